"""Ways of looking at the promotions that everybody needs: as tabs above the list and the calendar,
and as filters."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Final

from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.utils import timezone

from promotions.admin.moments import midnight, show_day, today
from promotions.admin.site import ChoiceFilter, WordFilter, actor_of, staff_user
from promotions.attention import ATTENTION
from promotions.figures import Figure, seen_by
from promotions.models import Promotion
from promotions.rules import PromotionStatus
from promotions.services.figures import figure
from promotions.status import runs_between
from promotions.wording.states import STATUS_WORDS

SOON: Final = timedelta(days=7)
"""What ends in less than this ends soon."""


def week_of(day: date) -> tuple[date, date]:
    """Its Monday and its Sunday."""
    monday = day - timedelta(days=day.weekday())
    return monday, monday + timedelta(days=6)


def attention(request: HttpRequest) -> Figure:
    """The warnings of each promotion that the user may see and that needs attention; read once for
    each page."""
    known: Figure | None = request.__dict__.get("_attention")
    if known is None:
        known = figure(ATTENTION.name, seen_by(actor_of(request)), at=timezone.now())
        request.__dict__["_attention"] = known
    return known


# --- Conditions -----------------------------------------------------------------------------------


def running() -> Q:
    at = timezone.now()
    return Q(is_active=True) & runs_between(at, at + timedelta(microseconds=1))


def starting(first: date, last: date) -> Q:
    """Those that start on these days, also inactive ones: they are to be activated in time."""
    return Q(start_date_time__gte=midnight(first), start_date_time__lt=midnight(last, days_later=1))


def ending(start: datetime, end: datetime) -> Q:
    """Those that are active and end between the moments, the later one included."""
    return Q(is_active=True, end_date_time__gt=start, end_date_time__lte=end)


def _running(request: HttpRequest) -> Q:
    return running()


def _starting(request: HttpRequest) -> Q:
    return starting(*week_of(today()))


def _ending(request: HttpRequest) -> Q:
    return ending(timezone.now(), timezone.now() + SOON)


def _mine(request: HttpRequest) -> Q:
    user = staff_user(request.user)
    return Q(owner_user=user) | Q(owner_group__in=user.groups.values("pk"))


def _attention(request: HttpRequest) -> Q:
    return Q(pk__in=[int(key) for key in attention(request).value or ()])


@dataclass(frozen=True, slots=True)
class SavedView:
    """One tab."""

    title: str
    condition: Callable[[HttpRequest], Q]
    none: str
    """What an empty list says, and what to do."""


VIEWS: Final[Mapping[str, SavedView]] = {
    "running": SavedView(
        "Running now",
        _running,
        "No promotion is running now. One runs when it is active and its start has come.",
    ),
    "starting": SavedView(
        "Starting this week",
        _starting,
        "No promotion starts this week. Look at the calendar for the weeks to come.",
    ),
    "ending": SavedView("Ending soon", _ending, "No promotion ends within the next seven days."),
    "mine": SavedView(
        "Mine",
        _mine,
        "No promotion belongs to you or to a group of yours. Those that you make are yours.",
    ),
    "attention": SavedView(
        "Needs attention",
        _attention,
        "Nothing needs attention: there is nothing odd about what runs or is about to.",
    ),
}


# --- Filters --------------------------------------------------------------------------------------


class ViewFilter(WordFilter):
    title = "view"
    parameter_name = "view"
    words = tuple(VIEWS)

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [(name, view.title) for name, view in VIEWS.items()]

    def queryset(
        self, request: HttpRequest, queryset: "QuerySet[Promotion]"
    ) -> "QuerySet[Promotion]":
        word = self.value()
        if not word:
            return queryset
        return queryset.filter(VIEWS[word].condition(request)) if word in VIEWS else queryset.none()


class StatusFilter(WordFilter):
    title = "status"
    parameter_name = "status"
    words = tuple(status.value for status in PromotionStatus)

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [(status.value, word.capitalize()) for status, word in STATUS_WORDS.items()]


class RunsFilter(ChoiceFilter):  # type: ignore[misc]  # the theme is not typed
    """Those whose period holds a day of these: ``runs=2026-05-04..2026-05-10``, or a word."""

    title = "days of its period"
    parameter_name = "runs"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        found = [("today", "Today"), ("this-week", "This week"), ("next-week", "Next week")]
        given = request.GET.get(self.parameter_name, "")
        if days := read_days(given):
            found.append((given, f"{show_day(days[0])} to {show_day(days[1])}"))
        return found

    def queryset(
        self, request: HttpRequest, queryset: "QuerySet[Promotion]"
    ) -> "QuerySet[Promotion]":
        word = self.value()
        if not word:
            return queryset
        days = {
            "today": (today(), today()),
            "this-week": week_of(today()),
            "next-week": week_of(today() + timedelta(days=7)),
        }.get(word) or read_days(word)
        return queryset.filter(runs_on(*days)) if days else queryset.none()


def runs_on(first: date, last: date) -> Q:
    """Those whose period holds a part of these days of the organisation's calendar. One that
    is inactive and without any date has no period yet."""
    has_period = ~Q(is_active=False, start_date_time=None, end_date_time=None)
    return has_period & runs_between(midnight(first), midnight(last, days_later=1))


def days_text(first: date, last: date) -> str:
    """As ``runs=`` has it."""
    return f"{first.isoformat()}..{last.isoformat()}"


def read_days(text: str) -> tuple[date, date] | None:
    first, dots, last = text.partition("..")
    try:
        return (date.fromisoformat(first), date.fromisoformat(last)) if dots else None
    except ValueError:
        return None
