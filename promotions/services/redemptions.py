"""Redeeming coupons, and taking a redemption back: exact, however many buyers come at once."""

from dataclasses import replace
from datetime import datetime
from typing import Final

from django.db import transaction as database

from promotions.access import Access
from promotions.actors import Actor
from promotions.child_rules import redemption_refusals
from promotions.errors import DomainError, Refused, refuse
from promotions.folding import fold
from promotions.models import Coupon, CouponCodeRedemption
from promotions.services import history
from promotions.services.records import NO_SUCH_RECORD, RecordService, field_problems, fill_in

redemptions: Final = RecordService(
    CouponCodeRedemption, tracked=True, change_access=Access.READ, delete_access=Access.READ
)
"""Deleting a redemption takes it back: the coupon can be used once more. As enrolling does, this
needs but to see the promotion: it is the customer who does it."""


def redeem(
    redemption: CouponCodeRedemption, *, code: str | None = None, by: Actor, at: datetime
) -> CouponCodeRedemption:
    """Saves that a buyer uses a coupon in a transaction of the shop, where the rules allow it at
    the moment ``at``. The coupon is named by ``redemption`` or by its ``code`` (or both, of the
    same one), in any case of letters; buyer and transaction count as they are written.

    Raises ``Refused``: ``required``, ``invalid_value``, ``promotion_inactive``,
    ``promotion_ended``; ``duplicate_value`` where the coupon was used in this transaction already.
    A coupon that ``by`` may not see is answered for as if there were none.
    """
    fill_in(redemption, by=by, at=at)
    if errors := field_problems(redemption):
        raise Refused(*errors)
    with database.atomic():
        # Only the coupon is held, not its promotion: buyers of other coupons don't wait.
        coupon = redemption.coupon = _hold(redemption.coupon_id, code, by)
        redemption.promotion = coupon.promotion
        refusals = _refusals(redemption, coupon, at)
        if errors := [_as_named(error, code) for error in refusals]:
            raise Refused(*errors)
        redemptions.insert(redemption, by=by, at=at)
        redemptions.tell(redemption, [history.created(redemption)], by=by, at=at)
    return redemption


def restore_redemption(key: int, *, by: Actor, at: datetime) -> CouponCodeRedemption:
    """Takes a redemption that was taken back out of the recycle bin: the buyer uses the coupon
    after all, where the rules still allow it at the moment ``at``. Raises ``Refused``."""
    with database.atomic():
        redemption = redemptions.lock_deleted(key, by=by)
        coupon = _hold(redemption.coupon_id, None, by)
        if errors := _refusals(redemption, coupon, at):
            raise Refused(*errors)
        return redemptions.restore(key, by=by, at=at)


def _refusals(redemption: CouponCodeRedemption, coupon: Coupon, at: datetime) -> list[DomainError]:
    """Why the buyer can't use the coupon, which is held, in this transaction of the shop."""
    used = CouponCodeRedemption.objects.live().filter(coupon=coupon).order_by()
    if used.filter(transaction=redemption.transaction).exists():
        detail = "The coupon was redeemed in this transaction already. It counts once."
        return [DomainError("duplicate_value", detail, "transaction")]
    return list(
        redemption_refusals(
            coupon,
            redemption.promotion,
            used=0 if coupon.redemption_limit_all_buyers is None else used.count(),
            used_by_buyer=0
            if coupon.redemption_limit_per_buyer is None
            else used.filter(buyer=redemption.buyer).count(),
            at=at,
        )
    )


def _as_named(error: DomainError, code: str | None) -> DomainError:
    """What the rules say of the coupon, said of what the caller named it by."""
    by_code = code is not None and error.pointer == "couponId"
    return replace(error, pointer="couponCode") if by_code else error


def _hold(key: int | None, code: str | None, by: Actor) -> Coupon:
    """The coupon, held until the transaction ends: what is counted of it stays true."""
    if key is None and code is None:
        raise refuse("required", "Name the coupon: couponId or couponCode.", "couponCode")
    named = Coupon.objects.accessible(by).select_for_update(no_key=True, of=("self",))
    if key is not None:
        named = named.filter(pk=key)
    if code is not None:
        named = named.filter(coupon_code_key=fold(code.replace("\x00", "\ufffd")))
    coupon = named.first()
    if coupon is None:
        raise refuse("invalid_value", NO_SUCH_RECORD, "couponId" if code is None else "couponCode")
    return coupon
