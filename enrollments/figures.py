"""Figures about enrollments: how many there are where, since when, and how customers stand.

Reads only. Pages ask ``promotions/services/figures.py`` for them, which knows how long a page may
wait; everything here is also right when it is asked directly. Enrollments that are deleted count
nowhere.
"""

from collections.abc import Collection
from datetime import date, datetime, timedelta
from typing import Any, Final, cast
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db.models import Count, Q, QuerySet
from django.db.models.functions import TruncDate

from enrollments.models import PromotionPartyUsage
from enrollments.standing import Standing, is_current, standing_case
from promotions.figures import Kind, actor_in, promotion_in
from promotions.models import Promotion
from promotions.moments import day_in
from promotions.rules import is_over
from promotions.uptake import Uptake

DAYS: Final = 30
"""So many days, today among them, have a count of their own."""


def _of(subject: str) -> QuerySet[PromotionPartyUsage]:
    """The enrollments that a subject means."""
    promotion = promotion_in(subject)
    usages = PromotionPartyUsage.objects.accessible(actor_in(subject)).order_by()
    return usages if promotion is None else usages.filter(promotion=promotion)


# --- Enrolled now ---------------------------------------------------------------------------------

_UPTAKE: Final[dict[str, Any]] = {
    "enrolled": Count("pk", filter=Q(is_party_enrolled=True)),
    "used": Count("pk", filter=Q(is_party_enrolled=True, usage_count__gt=0)),
}


def uptake_of(promotions: Collection[int]) -> dict[int, Uptake]:
    """How many are enrolled in each of the promotions: not withdrawn, whatever their period."""
    found = dict.fromkeys(promotions, Uptake(0, 0))
    usages = PromotionPartyUsage.objects.live().filter(promotion__in=promotions).order_by()
    rows = usages.values_list("promotion").annotate(**_UPTAKE)
    return found | {key: Uptake(enrolled, used) for key, enrolled, used in rows}


def _uptake(subject: str, at: datetime) -> dict[str, list[int]]:
    """Of every promotion in which anybody is or was enrolled: how many are, have used it, and are
    or were."""
    rows = _of(subject).values_list("promotion").annotate(**_UPTAKE, all=Count("pk"))
    return {str(key): counts for key, *counts in rows}


def current_in(promotions: Collection[Promotion], at: datetime) -> dict[int, int]:
    """How many are enrolled in each of the promotions whose period is not over, nor the
    promotion's, by its key."""
    going_on = [one.pk for one in promotions if not is_over(one.end_date_time, at)]
    if not going_on:
        return {}
    usages = PromotionPartyUsage.objects.live().filter(promotion__in=going_on)
    counts = usages.filter(is_current(at)).order_by().values_list("promotion")
    return dict(counts.annotate(count=Count("pk")))


def _current(subject: str, at: datetime) -> int:
    """The same of the promotion that a subject means."""
    return _of(subject).filter(is_current(at)).exclude(promotion__end_date_time__lte=at).count()


# --- Over time ------------------------------------------------------------------------------------


def last_days(at: datetime) -> list[date]:
    """The last ``DAYS`` days of the organisation's calendar, the last of them today."""
    today = day_in(ZoneInfo(settings.TIME_ZONE), at)
    return [today - timedelta(days=ago) for ago in reversed(range(DAYS))]


def _per_day(subject: str, at: datetime) -> dict[str, int]:
    """Customers who were enrolled for the first time, for each of the last days, in the
    organisation's zone: ``{"2026-05-31": 12}``."""
    zone, days = ZoneInfo(settings.TIME_ZONE), last_days(at)
    since = datetime.combine(days[0], datetime.min.time(), zone)
    counts = (
        _of(subject)
        .filter(created_date__gte=since, created_date__lte=at)
        .values_list(TruncDate("created_date", tzinfo=zone))
        .annotate(count=Count("pk"))
    )
    found = cast("dict[date, int]", dict(counts))
    return {day.isoformat(): found.get(day, 0) for day in days}


# --- One promotion --------------------------------------------------------------------------------


def _by_standing(subject: str, at: datetime) -> dict[str, int]:
    """How many customers stand how: ``{"active": 12}``, each word of ``Standing``."""
    counts = _of(subject).values_list(standing_case(at)).annotate(count=Count("pk"))
    return {word.value: 0 for word in Standing} | cast("dict[str, int]", dict(counts))


def _by_offer(subject: str, at: datetime) -> list[list[int | None]]:
    """How many are enrolled now through which offer, by its key; None: without one. The most
    first."""
    counts = (
        _of(subject)
        .filter(is_party_enrolled=True)
        .values_list("enrollment_offer")
        .annotate(count=Count("pk"))
    )
    return [[key, count] for key, count in sorted(counts, key=lambda row: (-row[1], row[0] or 0))]


UPTAKE: Final = Kind("enrollments.uptake", _uptake)
CURRENT: Final = Kind("enrollments.current", _current)
PER_DAY: Final = Kind("enrollments.per_day", _per_day)
BY_STANDING: Final = Kind("enrollments.by_standing", _by_standing)
BY_OFFER: Final = Kind("enrollments.by_offer", _by_offer)
KINDS: Final = (UPTAKE, CURRENT, PER_DAY, BY_STANDING, BY_OFFER)
