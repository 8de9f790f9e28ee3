"""What would happen, with numbers, if something were done to a promotion now: said before it is
done."""

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from typing import Final

from django.conf import settings

from promotions.admin.moments import (
    organisation_zone,
    show_counted,
    show_day,
    show_read,
    show_short,
)
from promotions.dependents import all_dependents, counted_in_words
from promotions.figures import of_promotion
from promotions.models import (
    Coupon,
    Promotion,
    PromotionLimit,
    PromotionLineItemRule,
    PromotionMarketSegment,
    PromotionPart,
    PromotionQualifier,
    PromotionTarget,
    PromotionTier,
)
from promotions.rules import EnrollmentWindow, enrollment_window, has_begun, is_over
from promotions.services.figures import figure
from promotions.wording.states import ACTIVE, INACTIVE

MOST_COUNTED: Final = 10_000
_COPIED: Final[Mapping[type[PromotionPart], tuple[str, str]]] = {
    PromotionTier: ("tier", "tiers"),
    PromotionQualifier: ("condition on the cart", "conditions on the cart"),
    PromotionTarget: ("discount", "discounts"),
    PromotionLineItemRule: ("rule for single items", "rules for single items"),
    PromotionLimit: ("limit", "limits"),
    PromotionMarketSegment: ("segment", "segments"),
}
"""What is copied, and how one and several are called."""


def of_activating(promotion: Promotion, at: datetime, coupons: int | None = None) -> Iterator[str]:
    """``coupons``: how many it has, where they are counted already."""
    begins, ends = promotion.start_date_time, promotion.end_date_time
    until = f"until {show_read(ends, ends=True)}" if ends else "until you end it"
    if begins is None or has_begun(begins, at):
        yield f"It applies at once, {until}."
    else:
        yield f"It applies from {show_read(begins, ends=False)} {until}."
    yield from _enrollment(promotion, at)
    yield from _enrolled(
        promotion,
        at,
        "that was paused goes on",
        "that were paused go on",
        none="Nobody is enrolled yet.",
    )
    if count := coupons_in_words(promotion) if coupons is None else so_many_coupons(coupons):
        yield f"It has {count}."


def of_deactivating(promotion: Promotion, at: datetime) -> Iterator[str]:
    yield from _enrolled(
        promotion, at, "is paused at once", "are paused at once", none="Nobody is enrolled now."
    )
    if promotion.is_enrollment_required:
        yield "Nobody can enroll until it is activated again."
    if count := coupons_in_words(promotion):
        yield f"It has {count}: none can be used meanwhile."


def of_closing(promotion: Promotion, at: datetime) -> Iterator[str]:
    if promotion.end_date_time is None:
        yield "It has no end so far; its end becomes this moment."
    else:
        days = (promotion.end_date_time - at).days
        early = f", {days:,} {'day' if days == 1 else 'days'} early" if days else ""
        yield f"Its end is {show_read(promotion.end_date_time, ends=True)}: it becomes now{early}."
    yield from _enrolled(
        promotion, at, "ends with it", "end with it", none="Nobody is enrolled now."
    )
    if count := coupons_in_words(promotion):
        yield f"It has {count}: none can be used any more."


def of_cloning(promotion: Promotion, at: datetime) -> Iterator[str]:
    counted = []
    for model, (one, several) in _COPIED.items():
        live = model._default_manager.filter(promotion=promotion, is_deleted=False)
        if count := live.count():
            counted.append(f"{count:,} {one if count == 1 else several}")
    if coupons := coupons_in_words(promotion):
        counted.append(f"{coupons} with new codes")
    yield f"Copied with it: {', '.join(counted)}." if counted else "Nothing is below it to copy."
    yield from _enrolled(
        promotion,
        at,
        "stays with the original",
        "stay with the original",
        none="Nobody is enrolled in it.",
    )


def of_deleting(promotion: Promotion, at: datetime) -> Iterator[str]:
    yield from _enrolled(promotion, at, "is paused", "are paused", none="Nobody is enrolled now.")
    if count := coupons_in_words(promotion):
        yield f"It has {count}: they go with it, and none can be used."
    if promotion.promotion_code:
        yield f"Its code {promotion.promotion_code} is free for another promotion."
    purged = at + timedelta(days=settings.RECYCLE_BIN_DAYS)
    yield (
        f"It can be restored until {show_short(purged)} ({settings.TIME_ZONE}), with everything "
        "that belongs to it."
    )


def of_restoring(promotion: Promotion, at: datetime) -> Iterator[str]:
    if is_over(promotion.end_date_time, at):
        yield "It comes back as one that is over."
    elif promotion.is_active:
        yield f"It comes back {ACTIVE}, as it was."
    else:
        yield f"It comes back {INACTIVE}, as it was."
    yield from _enrolled(
        promotion, at, "comes back with it", "come back with it", none="Nobody is enrolled in it."
    )
    if count := coupons_in_words(promotion, in_bin=True):
        yield f"It comes back with {count}."


def _enrollment(promotion: Promotion, at: datetime) -> Iterator[str]:
    if not promotion.is_enrollment_required:
        yield "Customers need not enroll."
        return
    opens, closes = promotion.enrollment_start_date, promotion.enrollment_end_date
    to = f", to the end of {show_day(closes)}" if closes else ""
    match enrollment_window(promotion, at, organisation_zone()):
        case EnrollmentWindow.OPEN:
            yield f"Customers can enroll at once{to}."
        case EnrollmentWindow.NOT_OPEN if opens is not None:
            yield f"Enrollment opens on {show_day(opens)}{to}."
        case _:
            yield "Enrollment is closed: nobody can enroll."


def _enrolled(
    promotion: Promotion, at: datetime, one: str, several: str, *, none: str
) -> Iterator[str]:
    """How many are enrolled; of very many, how many were a while ago."""
    said = False
    for dependents in all_dependents():
        found = figure(dependents.figure, of_promotion(promotion.pk), at=at)
        if found.value is None:
            yield f"Its {dependents.what} {several}. They are being counted."
        elif found.value:
            counted = f" ({show_counted(found.counted, at)})" if found.counted else ""
            number = counted_in_words({dependents.what: found.value})
            yield f"{number}{counted} {one if found.value == 1 else several}."
        said = said or found.value != 0
    if not said:
        yield none


def coupons_in_words(promotion: Promotion, *, in_bin: bool = False) -> str:
    """``500 coupons``; of very many nobody waits for the count. Empty where there are none."""
    coupons = Coupon.objects.filter(promotion=promotion, is_deleted=in_bin)
    if in_bin:
        coupons = coupons.filter(deleted_with_promotion=True)
    count = coupons.order_by().values("pk")[: MOST_COUNTED + 1].count()
    if count > MOST_COUNTED:
        return f"more than {MOST_COUNTED:,} coupons"
    return so_many_coupons(count)


def so_many_coupons(count: int) -> str:
    """``1 coupon``; empty where there are none."""
    return f"{count:,} coupon{'' if count == 1 else 's'}" if count else ""
