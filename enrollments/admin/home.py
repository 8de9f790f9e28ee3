"""The home page: what there is to see and to do today, for each role what it may see."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils import timezone

from enrollments.admin.masking import name_of
from enrollments.admin.refused_calls import call_url, reason_of, shown_calls
from enrollments.admin.why_words import what_was_wrong
from enrollments.figures import PER_DAY, UPTAKE
from enrollments.uptake import by_promotion
from promotions.admin.charts import Chart
from promotions.admin.moments import show_counted, show_short
from promotions.admin.pages import promotion_url
from promotions.admin.promotion_list import uptake_in_words
from promotions.admin.saved_views import running
from promotions.admin.site import actor_of, may_view_enrollments, may_view_promotions
from promotions.admin.this_week import needs_attention, this_week
from promotions.figures import EVERYTHING, Figure, seen_by
from promotions.models import Promotion
from promotions.services.figures import figures
from promotions.uptake import whole_percent

LAST: Final = 6
"""So many refused calls."""
TOP: Final = 8
"""The running promotions with the most customers."""


@dataclass(frozen=True, slots=True)
class Top:
    """A running promotion and how many take part."""

    name: str
    url: str
    enrolled: str
    words: str
    percent: int | None
    """Of its places."""


def home(request: HttpRequest, context: dict[str, Any]) -> dict[str, Any]:
    """What the page shows beside what the user can do."""
    at = timezone.now()
    if may_view_promotions(request):
        context["week"] = this_week(request)
    if may_view_promotions(request) and may_view_enrollments(request):
        per_day = (PER_DAY.name, seen_by(actor_of(request)))
        uptake = (UPTAKE.name, EVERYTHING)
        found = figures([per_day, uptake], at=at)
        context["per_day"] = days_chart(found[per_day], at)
        context["top"] = _top(request, found[uptake], at)
    context["failures"] = recent_failures(request)
    context["serves_customers"] = request.user.has_perm(
        "enrollments.add_promotionpartyusage"
    ) and not request.user.has_perm("promotions.add_promotion")
    return context


def days_chart(figure: Figure, at: datetime) -> Chart | None:
    """Enrollments per day; None while they are being counted."""
    if figure.value is None:
        return None
    days = [(date.fromisoformat(day), count) for day, count in figure.value.items()]
    return Chart(
        title="Enrollments per day, last 30 days",
        label="Enrollments",
        heading="Day",
        rows=[(f"{day.day} {day:%b}", count) for day, count in days],
        when=show_counted(figure.counted, at) if figure.counted else "",
    )


def _top(request: HttpRequest, figure: Figure, at: datetime) -> dict[str, Any]:
    """The running promotions in which most customers are enrolled now."""
    if figure.value is None:
        return {"rows": None}
    counted = by_promotion(figure)
    seen = Promotion.objects.accessible(actor_of(request)).filter(running()).order_by()
    keys = [key for key in seen.values_list("pk", flat=True) if key in counted]
    keys.sort(key=lambda key: (-counted[key].uptake.enrolled, key))
    promotions = Promotion.objects.in_bulk(keys[:TOP])
    rows = []
    for key in keys[:TOP]:
        promotion, enrolled = promotions[key], counted[key].uptake.enrolled
        places = promotion.maximum_enrollment_count
        rows.append(
            Top(
                name=promotion.name,
                url=promotion_url(promotion),
                enrolled=f"{enrolled:,}",
                words=uptake_in_words(promotion, counted[key]),
                percent=None if places is None else min(whole_percent(enrolled, places), 100),
            )
        )
    return {"rows": rows, "when": show_counted(figure.counted, at) if figure.counted else ""}


# --- Failures of partner calls --------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Failure:
    """A partner's call that was refused."""

    when: str
    partner: str
    promotion: str
    was_wrong: str
    customer: str
    """As far as the viewer may see; empty where it is not certain who was meant."""
    reason: str
    url: str


def recent_failures(request: HttpRequest) -> Sequence[Failure] | None:
    """The last partner calls that were refused, with their reasons; those left out that were
    refused with others. None for whoever doesn't see enrollments."""
    if not may_view_enrollments(request):
        return None
    by = actor_of(request)
    calls = shown_calls(by).filter(is_of_another_item=False)
    calls = calls.order_by("-created_date", "-id")
    return [
        Failure(
            when=show_short(call.created_date),
            partner=str(call.created_by),
            promotion=str(call.promotion or "promotion not known"),
            was_wrong=what_was_wrong(call.code),
            customer="" if call.party is None else name_of(call.party, by),
            reason=reason_of(call),
            url=call_url(call),
        )
        for call in calls[:LAST]
    ]


# --- The part that comes by itself ----------------------------------------------------------------


def attention_part(request: HttpRequest) -> HttpResponse:
    """What needs attention, for a place on the home page."""
    if not may_view_promotions(request):
        raise PermissionDenied
    return TemplateResponse(
        request, "promotions/admin/attention.html", {"attention": needs_attention(request)}
    )
