"""What makes a coupon valid, and whether it may be redeemed now. Pure."""

from collections.abc import Iterator
from datetime import datetime
from typing import Final, Protocol

from promotions.errors import DomainError
from promotions.moments import format_moment
from promotions.rules import has_begun, is_over

ACTIVE: Final = "Active"


class CouponLike(Protocol):
    """What the rules read of a coupon."""

    coupon_code: str
    status: str
    start_date_time: datetime | None
    end_date_time: datetime | None
    redemption_limit_all_buyers: int | None
    redemption_limit_per_buyer: int | None


class CouponPromotionLike(Protocol):
    """What redeeming reads of the coupon's promotion."""

    is_active: bool
    is_deleted: bool
    start_date_time: datetime | None
    end_date_time: datetime | None


def coupon_problems(coupon: CouponLike) -> Iterator[DomainError]:
    """What is wrong with a coupon. That no other has its code, the unique index knows."""
    code = coupon.coupon_code
    if code and (code != code.strip() or not code.isprintable()):
        detail = "Write the code as people will type it: no spaces around, nothing invisible."
        yield DomainError("invalid_value", detail, "couponCode")
    start, end = coupon.start_date_time, coupon.end_date_time
    if start is not None and end is not None and end <= start:
        yield DomainError("invalid_value", "The coupon must end after it starts.", "endDateTime")
    everyone, each = coupon.redemption_limit_all_buyers, coupon.redemption_limit_per_buyer
    if everyone is not None and each is not None and each > everyone:
        detail = "One buyer can't redeem it more often than all together. Lower this limit."
        yield DomainError("invalid_value", detail, "redemptionLimitPerBuyer")


def redemption_refusals(
    coupon: CouponLike,
    promotion: CouponPromotionLike,
    *,
    used: int,
    used_by_buyer: int,
    at: datetime,
) -> Iterator[DomainError]:
    """Every reason why this coupon of ``promotion`` may not be redeemed at the moment ``at``; it
    may be where there is none.

    ``used`` and ``used_by_buyer`` count the redemptions so far, of all buyers and of this one, and
    hold only while the coupon is locked.
    """
    yield from _promotion_refusals(promotion, at)
    if coupon.status != ACTIVE:
        detail = "The coupon is not active. Activate it first."
        yield DomainError("coupon_inactive", detail, "couponId")
    start, end = coupon.start_date_time, coupon.end_date_time
    if start is not None and not has_begun(start, at):
        detail = f"The coupon starts at {format_moment(start)}. Redeem it from then on."
        yield DomainError("coupon_not_started", detail, "couponId")
    if end is not None and is_over(end, at):
        detail = f"The coupon ended at {format_moment(end)}. Use another one."
        yield DomainError("coupon_ended", detail, "couponId")
    everyone, each = coupon.redemption_limit_all_buyers, coupon.redemption_limit_per_buyer
    if everyone is not None and used >= everyone:
        detail = f"The coupon could be redeemed {_times(everyone)} and has been. Use another one."
        yield DomainError("coupon_used_up", detail, "couponId")
    if each is not None and used_by_buyer >= each:
        detail = f"A buyer can redeem the coupon {_times(each)}, and this one has. Use another one."
        yield DomainError("coupon_used_up", detail, "buyer")


def _promotion_refusals(promotion: CouponPromotionLike, at: datetime) -> Iterator[DomainError]:
    start, end = promotion.start_date_time, promotion.end_date_time
    if promotion.is_deleted or not promotion.is_active:
        detail = "The coupon's promotion is not active. Activate it first."
        yield DomainError("promotion_inactive", detail, "couponId")
    if start is not None and not has_begun(start, at):
        detail = f"The coupon's promotion starts at {format_moment(start)}. Redeem it from then on."
        yield DomainError("coupon_not_started", detail, "couponId")
    if end is not None and is_over(end, at):
        detail = f"The coupon's promotion ended at {format_moment(end)}. Use another coupon."
        yield DomainError("promotion_ended", detail, "couponId")


def _times(count: int) -> str:
    return "once" if count == 1 else f"{count} times"
