"""The recycle bin: deleting a promotion with everything under it, restoring it, and, when its days
are over, removing it for ever."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType
from typing import Any, Final

from django.db import transaction
from django.db.models import F, Value
from django.db.models.functions import Greatest

from promotions.access import Access
from promotions.actors import Actor
from promotions.dependents import all_dependents
from promotions.errors import DomainError, Refused, refuse
from promotions.models import (
    Coupon,
    CouponCodeRedemption,
    Promotion,
    PromotionLimit,
    PromotionLimitUsage,
    PromotionLineItemRule,
    PromotionMarketSegment,
    PromotionPart,
    PromotionQualifier,
    PromotionTarget,
    PromotionTier,
    RecordQuerySet,
)
from promotions.permissions import require
from promotions.selectors import deleted_promotions
from promotions.services import history
from promotions.services.promotions import promotions
from promotions.services.records import check_version, own_problems

PARTS: Final[tuple[type[PromotionPart], ...]] = (
    PromotionLineItemRule,
    PromotionQualifier,
    PromotionTarget,
    PromotionTier,
    PromotionMarketSegment,
    PromotionLimitUsage,
    PromotionLimit,
    CouponCodeRedemption,
    Coupon,
)
"""All that belongs to a promotion, what refers to others before these."""


@dataclass(frozen=True, slots=True)
class Obstacle:
    """What keeps a promotion in the recycle bin: another record has a value that it had."""

    field: str
    """The promotion's field, or ``coupon_code`` of a coupon that would come back with it."""
    value: str
    holder: Promotion | None
    """The promotion that has it, or whose coupon does; None where the asker may not see that."""
    coupon: Coupon | None = None


def current_dependents(promotion: Promotion, at: datetime) -> dict[str, int]:
    """What deleting the promotion at the moment ``at`` would affect: ``{"enrollments": 12}``."""
    return current_dependents_of([promotion], at).get(promotion.pk, {})


def current_dependents_of(
    promotions: Collection[Promotion], at: datetime
) -> dict[int, dict[str, int]]:
    """The same of several by their keys, those left out of which nothing would be affected."""
    found: dict[int, dict[str, int]] = {}
    for one in all_dependents():
        for key, count in one.current(promotions, at).items():
            if count:
                found.setdefault(key, {})[one.what] = count
    return found


def delete_promotion(
    key: int,
    *,
    by: Actor,
    at: datetime,
    expected: Iterable[int] | None = None,
    confirmed: bool = False,
) -> Promotion:
    """Puts a promotion and everything under it into the recycle bin. Its enrollments stay and are
    paused, its codes are free again.

    Raises ``Refused``: ``confirmation_required`` where customers are enrolled now and the deletion
    is not ``confirmed``.
    """
    with transaction.atomic():
        promotion = promotions.lock(key, expected, by=by, access=Access.ALL)
        if not confirmed and (affected := current_dependents(promotion, at)):
            what = ", ".join(f"{name}: {count:,}" for name, count in affected.items())
            raise refuse(
                "confirmation_required",
                f"Deleting the promotion pauses what is under it now ({what}). "
                "Confirm that this is meant.",
                **affected,
            )
        at = max(at, promotion.last_modified_date)
        # Coupons before their redemptions: one that is being redeemed is waited for.
        for part in reversed(PARTS):
            _move_parts(part, promotion, by=by, at=at, deleted=True)
        return promotions.delete(key, by=by, at=at)


def obstacles_to_restoring(promotion: Promotion, *, by: Actor) -> list[Obstacle]:
    """What stands in the way of restoring a promotion now; of coupon codes, the first few."""
    seen = Promotion.objects.accessible(by)
    found = [
        Obstacle(name, str(getattr(promotion, name)), seen.filter(pk=holder.pk).first())
        for name, holder in promotions.holders(promotion)
    ]
    coupons = list(_holders_of_codes(promotion))
    shown = seen.in_bulk([coupon.promotion_id for coupon in coupons]) if coupons else {}
    for coupon in coupons:
        holder = shown.get(coupon.promotion_id)
        found.append(Obstacle("coupon_code", coupon.coupon_code, holder, coupon))
    return found


def restore_promotion(
    key: int,
    *,
    by: Actor,
    at: datetime,
    expected: Iterable[int] | None = None,
    changes: Mapping[str, Any] = MappingProxyType({}),
) -> Promotion:
    """Takes a deleted promotion out of the recycle bin, with everything that went in with it, and
    sets the fields ``changes`` on the way: another code, or none, where its own was given away.

    Raises ``Refused``: ``not_found``, ``insufficient_access``, ``duplicate_value`` where one of its
    codes has been given to another record meanwhile.
    """
    with transaction.atomic():
        promotion = _lock_deleted(key, by)
        check_version(promotion, expected)
        at = max(at, promotion.last_modified_date)
        before = history.values_of(promotion)
        for name, value in changes.items():
            setattr(promotion, name, value)
        errors = own_problems(promotion, changes, by) if changes else []
        if errors := [*errors, *promotions.taken(promotion), *_taken_codes(promotion)]:
            raise Refused(*errors)
        promotion.is_deleted, promotion.deleted_date = False, None
        promotion.last_modified_by, promotion.last_modified_date = by.user, at
        promotion.version += 1
        promotion.save()
        for part in PARTS:
            _move_parts(part, promotion, by=by, at=at, deleted=False)
        promotions.tell(promotion, history.changed(promotion, before), by=by, at=at)
    return promotion


def _lock_deleted(key: int, by: Actor) -> Promotion:
    promotion = deleted_promotions(by).select_for_update(no_key=True).filter(pk=key).first()
    if promotion is None:
        raise refuse("not_found", "There is no such promotion in the recycle bin.")
    require(promotion, by, Access.ALL)
    return promotion


def _move_parts(
    part: type[PromotionPart], promotion: Promotion, *, by: Actor, at: datetime, deleted: bool
) -> None:
    """Moves a promotion's records of one kind into the bin or out of it, in one statement. The row
    of the promotion's own history stands for them: what lies in the bin with it says so."""
    parts = part._default_manager.filter(
        promotion=promotion, is_deleted=not deleted, deleted_with_promotion=not deleted
    )
    parts.update(
        is_deleted=deleted,
        deleted_with_promotion=deleted,
        deleted_date=at if deleted else None,
        last_modified_by=by.user,
        # Clocks of several servers differ; time never runs backwards within a record.
        last_modified_date=Greatest(F("last_modified_date"), Value(at)),
        version=F("version") + 1,
    )


def _holders_of_codes(promotion: Promotion) -> RecordQuerySet[Coupon]:
    """The first few coupons to which codes were given while their promotion lay in the bin."""
    mine = Coupon.objects.filter(promotion=promotion, deleted_with_promotion=True)
    return Coupon.objects.live().filter(coupon_code_key__in=mine.values("coupon_code_key"))[:3]


def _taken_codes(promotion: Promotion) -> list[DomainError]:
    codes = [coupon.coupon_code for coupon in _holders_of_codes(promotion)]
    if not codes:
        return []
    detail = (
        f"Other coupons have its codes meanwhile ({', '.join(codes)}). "
        "Delete these, or give them other codes."
    )
    return [DomainError("duplicate_value", detail, "couponCode")]
