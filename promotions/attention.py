"""Which promotions need attention: the warnings of those that run or are about to, in short.

What is odd about one is told at length on its own page (``promotions/warnings.py``). Here the
question is asked of all at once, which takes long where there are thousands: see
``promotions/figures.py``. That one can't be combined with others is not among it: that is mostly
meant, and where it was in the list, nearly every promotion was.
"""

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db.models import Q, QuerySet

from promotions.actors import Actor
from promotions.figures import Kind, TakesLong, actor_in
from promotions.models import Promotion
from promotions.snapshots import wholes_of
from promotions.warnings import AdviceCode, promotion_warnings

IN_SHORT: Final[Mapping[AdviceCode, str]] = {
    AdviceCode.ALREADY_OVER: "is over",
    AdviceCode.NO_TARGET: "discounts nothing yet",
    AdviceCode.TIERED_WITHOUT_TIERS: "is tiered and has no tiers",
    AdviceCode.TIER_WITHOUT_TARGET: "has a tier that discounts nothing",
    AdviceCode.MANUAL_WITHOUT_COUPONS: "needs a coupon and has none",
    AdviceCode.ENROLLMENT_SWITCHED_OFF: "has enrollment days, but enrollment is switched off",
    AdviceCode.ENROLLMENT_OPENS_AFTER_END: "opens to enrollment after it ends",
    AdviceCode.ENROLLMENT_OUTLIVES_PROMOTION: "is open to enrollment longer than it runs",
    AdviceCode.ENROLLMENT_ALREADY_CLOSED: "has not started, and enrollment is closed",
    AdviceCode.STARTS_IN_PAST: "should have started, and is inactive",
    AdviceCode.COUPON_OUTLIVES_PROMOTION: "has coupons that outlive it",
    AdviceCode.COUPONS_END_EARLY: "has coupons that all end before it does",
    AdviceCode.AUTOMATIC_WITH_COUPONS: "applies by itself and has coupons",
    AdviceCode.COUPONS_WITHOUT_LIMIT: "has coupons that can be used without limit",
    AdviceCode.NO_QUALIFIER: "asks nothing of a cart",
    AdviceCode.NO_END: "has no end",
}
"""Each warning as what stands after the promotion's name."""


def in_short(codes: Iterable[str]) -> list[str]:
    """What the figure says of a promotion, in words."""
    # A figure that was kept by an earlier version may have others.
    return [IN_SHORT[AdviceCode(code)] for code in codes if code in IN_SHORT]


FEW: Final = 200
"""So many promotions are looked at while somebody waits."""


def candidates(by: Actor, at: datetime) -> QuerySet[Promotion]:
    """Those that ``by`` may see and that run, are about to, or should have started and are
    inactive. Others that are inactive are work in progress."""
    not_over = Q(end_date_time=None) | Q(end_date_time__gt=at)
    meant_to_run = Q(is_active=True) | Q(start_date_time__lte=at)
    return Promotion.objects.accessible(by).filter(not_over & meant_to_run).order_by("pk")


def _attention(subject: str, at: datetime) -> dict[str, list[str]]:
    """The words of ``AdviceCode`` for each of the candidates that has any, by its key."""
    return _found(list(candidates(actor_in(subject), at)), at)


def _attention_of_few(subject: str, at: datetime) -> dict[str, list[str]]:
    """The same; raises ``TakesLong`` where there are more than ``FEW`` candidates."""
    promotions = list(candidates(actor_in(subject), at)[: FEW + 1])
    if len(promotions) > FEW:
        raise TakesLong
    return _found(promotions, at)


def _found(promotions: list[Promotion], at: datetime) -> dict[str, list[str]]:
    return {
        str(key): [code.value for code in sorted(codes, key=list(AdviceCode).index)]
        for key, codes in _codes(promotions, at)
        if codes
    }


def _codes(promotions: list[Promotion], at: datetime) -> Iterator[tuple[int, list[AdviceCode]]]:
    zone, commerce = ZoneInfo(settings.TIME_ZONE), settings.COMMERCE_FIELDS
    for promotion, whole in zip(promotions, wholes_of(promotions), strict=True):
        found = promotion_warnings(whole, others=(), at=at, zone=zone, commerce=commerce)
        codes = [one.code for one in found]
        if not promotion.is_active:
            codes = [code for code in codes if code is AdviceCode.STARTS_IN_PAST]
        yield promotion.pk, codes


ATTENTION: Final = Kind(
    "promotions.attention", _attention, at_once=_attention_of_few, fresh=timedelta(minutes=10)
)
