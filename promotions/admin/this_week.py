"""The promotions' part of the home page: what runs, starts and ends this week, and what needs
attention."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from django.db.models import Count, Q
from django.http import HttpRequest
from django.utils import timezone

from promotions.admin.moments import midnight, show_counted, show_day, show_short, today
from promotions.admin.pages import promotion_url
from promotions.admin.promotion_list import list_url
from promotions.admin.saved_views import (
    attention,
    days_text,
    running,
    starting,
    week_of,
)
from promotions.admin.site import actor_of
from promotions.attention import in_short
from promotions.models import Promotion
from promotions.status import runs_between
from promotions.warnings import AdviceCode

MOST: Final = 6
"""So many of each list; a link leads to the others."""


@dataclass(frozen=True, slots=True)
class Line:
    """A promotion in a list."""

    name: str
    url: str
    when: str = ""
    is_inactive: bool = False
    words: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class Few:
    """The first of many."""

    title: str
    lines: Sequence[Line]
    count: int
    url: str
    none: str


def this_week(request: HttpRequest) -> dict[str, Any]:
    """What the page shows of this week: three statements."""
    at = timezone.now()
    monday, sunday = week_of(today())
    start, end = midnight(monday), midnight(sunday, days_later=1)
    starts = starting(monday, sunday)
    ends = Q(is_active=True, end_date_time__gt=start, end_date_time__lte=end)
    seen = Promotion.objects.accessible(actor_of(request)).order_by()
    counts = seen.aggregate(
        all=Count("pk"),
        running=Count("pk", filter=running()),
        this_week=Count("pk", filter=Q(is_active=True) & runs_between(start, end)),
        starts=Count("pk", filter=starts),
        ends=Count("pk", filter=ends),
    )
    first = seen.only("name", "is_active", "start_date_time", "end_date_time")
    return {
        "promotions": counts["all"],
        "week": f"{show_day(monday)} to {show_day(sunday)}",
        "running": counts["running"],
        "running_url": list_url(view="running"),
        "this_week": counts["this_week"],
        "this_week_url": list_url(runs=days_text(monday, sunday), is_active__exact="1"),
        "few": [
            Few(
                "Starts this week",
                [
                    _starts(one)
                    for one in first.filter(starts).order_by("start_date_time", "pk")[:MOST]
                ],
                counts["starts"],
                list_url(view="starting"),
                "Nothing starts this week.",
            ),
            Few(
                "Ends this week",
                [
                    _ends(one, at)
                    for one in first.filter(ends).order_by("end_date_time", "pk")[:MOST]
                ],
                counts["ends"],
                list_url(
                    is_active__exact="1",
                    end_date_time_from=f"{monday}",
                    end_date_time_to=f"{sunday}",
                ),
                "Nothing ends this week.",
            ),
        ],
    }


def _starts(promotion: Promotion) -> Line:
    when = show_short(promotion.start_date_time)
    return Line(promotion.name, promotion_url(promotion), when, not promotion.is_active)


def _ends(promotion: Promotion, at: datetime) -> Line:
    assert promotion.end_date_time is not None
    over = " (over)" if promotion.end_date_time <= at else ""
    return Line(
        promotion.name,
        promotion_url(promotion),
        f"{show_short(promotion.end_date_time, ends=True)}{over}",
    )


def needs_attention(request: HttpRequest) -> dict[str, Any]:
    """The first promotions that need attention, those with the gravest warnings before others, and
    how many there are; ``lines`` is None while that is being counted."""
    found = attention(request)
    if found.value is None:
        return {"lines": None}
    warnings: Mapping[str, list[str]] = found.value
    order = [code.value for code in AdviceCode]
    keys = sorted(warnings, key=lambda key: (order.index(warnings[key][0]), -int(key)))
    seen = (
        Promotion.objects.accessible(actor_of(request))
        .only("name")
        .in_bulk([int(key) for key in keys[:MOST]])
    )
    return {
        "lines": [
            Line(
                seen[int(key)].name,
                promotion_url(seen[int(key)]),
                words=in_short(warnings[key]),
            )
            for key in keys[:MOST]
            if int(key) in seen
        ],
        "count": len(warnings),
        "url": list_url(view="attention"),
        "when": show_counted(found.counted, timezone.now()) if found.counted else "",
    }
