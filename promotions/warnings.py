"""What is odd about a promotion and doesn't keep it from being saved. Pure: no database, no clock.

What is wrong is refused by ``promotions/rules.py``. Here is what may well be meant, and usually
isn't. Each advice says what is odd and what to do about it; none is given of what every promotion
does in its life, such as a start that has passed while it runs.
"""

import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Final
from zoneinfo import ZoneInfo

from promotions.moments import day_in
from promotions.rules import has_begun, is_over, priority_order
from promotions.whole import DiscountClass, PromotionLike, Whole, discount_classes
from promotions.wording.states import ACTIVATED, INACTIVE
from promotions.wording.words import bound, called, in_day, in_end, in_moment, last_day, listed

_MOST_NAMES: Final = 3
_NOT_SAVED_YET: Final = sys.maxsize
"""In place of a key: such a promotion is newer than any other."""


class AdviceCode(StrEnum):
    """Every kind of advice, in the order in which they are given. Clients know these words."""

    ALREADY_OVER = "already_over"
    NO_TARGET = "no_target"
    TIERED_WITHOUT_TIERS = "tiered_without_tiers"
    TIER_WITHOUT_TARGET = "tier_without_target"
    MANUAL_WITHOUT_COUPONS = "manual_without_coupons"
    ENROLLMENT_SWITCHED_OFF = "enrollment_switched_off"
    ENROLLMENT_OPENS_AFTER_END = "enrollment_opens_after_end"
    ENROLLMENT_OUTLIVES_PROMOTION = "enrollment_outlives_promotion"
    ENROLLMENT_ALREADY_CLOSED = "enrollment_already_closed"
    STARTS_IN_PAST = "starts_in_past"
    COUPON_OUTLIVES_PROMOTION = "coupon_outlives_promotion"
    COUPONS_END_EARLY = "coupons_end_early"
    AUTOMATIC_WITH_COUPONS = "automatic_with_coupons"
    COUPONS_WITHOUT_LIMIT = "coupons_without_limit"
    OVERLAPS_EXCLUSIVE = "overlaps_exclusive"
    NO_QUALIFIER = "no_qualifier"
    NO_END = "no_end"


@dataclass(frozen=True, slots=True)
class Advice:
    """One thing that is odd."""

    code: AdviceCode
    text: str
    """What is odd, and what to do about it."""
    pointer: str = ""
    """The field of the promotion in the API; empty where it is about its children."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OtherPromotion:
    """What is asked of another promotion to know whether the two get in each other's way."""

    pk: int
    name: str
    start: datetime | None = None
    end: datetime | None = None
    exclusivity_type: str | None
    is_active: bool
    priority_number: int | None = None
    discount_classes: frozenset[DiscountClass] = field(default_factory=frozenset)
    """Of its targets, by ``promotions/whole.py:discount_classes``."""


def promotion_warnings(
    whole: Whole,
    *,
    others: Sequence[OtherPromotion],
    at: datetime,
    zone: ZoneInfo,
    commerce: bool = True,
) -> list[Advice]:
    """What is odd about a promotion at the moment ``at``, in the order of ``AdviceCode``.

    ``others`` are promotions beside it, itself not among them; which of them matter is found out
    here. Days are those of ``zone``, the organisation's. Without ``commerce``, where the
    organisation has switched the fields about carts off, nothing is said of carts. Of a promotion
    that is over nothing else is said.
    """
    promotion = whole.promotion
    if promotion.end_date_time is not None and is_over(promotion.end_date_time, at):
        return [_over(promotion.end_date_time, zone)]
    advice = [
        *_about_enrollment(promotion, at, zone),
        *_about_dates(whole, at, zone),
    ]
    if commerce:
        advice += [
            *_about_targets(whole),
            *_about_coupons(whole, zone),
            *_about_others(whole, others, at),
            *_about_qualifiers(whole),
        ]
    order = list(AdviceCode)
    return sorted(advice, key=lambda one: order.index(one.code))


# --- Dates ----------------------------------------------------------------------------------------


def _over(end: datetime, zone: ZoneInfo) -> Advice:
    return Advice(
        AdviceCode.ALREADY_OVER,
        f"It ended on {in_end(end, zone)} {zone.key}, so it does nothing any more. Move the end if "
        "it should run again.",
        "endDateTime",
    )


def _about_dates(whole: Whole, at: datetime, zone: ZoneInfo) -> Iterator[Advice]:
    promotion = whole.promotion
    start = bound(promotion.start_date_time)
    if not promotion.is_active and start is not None and has_begun(start, at):
        yield Advice(
            AdviceCode.STARTS_IN_PAST,
            f"Its start, {in_moment(start, zone)} {zone.key}, has passed and it is {INACTIVE}. "
            f"It will run as soon as it is {ACTIVATED}, and not before. Move the start if it "
            "should wait.",
            "startDateTime",
        )
    if bound(promotion.end_date_time) is None and not _is_capped(whole):
        yield Advice(
            AdviceCode.NO_END,
            "It has neither an end nor a limit in total, so it goes on until somebody ends it. "
            "Set an end if it should stop by itself.",
            "endDateTime",
        )


def _is_capped(whole: Whole) -> bool:
    """Whether it stops by itself once it has given enough."""
    return any(
        limit.category == "PromotionLevel" and limit.type != "UsagePerCustomer"
        for limit in whole.limits
    )


# --- Enrollment -----------------------------------------------------------------------------------


def _about_enrollment(promotion: PromotionLike, at: datetime, zone: ZoneInfo) -> Iterator[Advice]:
    opens, closes = promotion.enrollment_start_date, promotion.enrollment_end_date
    if not promotion.is_enrollment_required:
        if opens or closes or promotion.maximum_enrollment_count:
            yield Advice(
                AdviceCode.ENROLLMENT_SWITCHED_OFF,
                "It has days or places for enrollment, but nobody can enroll because enrollment is "
                "switched off. Switch it on, or empty those fields.",
                "isEnrollmentRequired",
            )
        return
    yield from _about_enrollment_after_end(promotion, zone)
    if not promotion.is_active and closes is not None and closes < day_in(zone, at):
        yield Advice(
            AdviceCode.ENROLLMENT_ALREADY_CLOSED,
            f"The last day to enroll, {in_day(closes)}, has passed and it is {INACTIVE}, so "
            "nobody will be able to enroll. Move that day.",
            "enrollmentEndDate",
        )


def _about_enrollment_after_end(promotion: PromotionLike, zone: ZoneInfo) -> Iterator[Advice]:
    """Days to enroll on which there is no promotion any more; the day of its end still has one."""
    end = bound(promotion.end_date_time)
    if end is None:
        return
    opens, closes = promotion.enrollment_start_date, promotion.enrollment_end_date
    ends = f"{in_end(end, zone)} {zone.key}"
    if opens is not None and opens > last_day(end, zone):
        yield Advice(
            AdviceCode.ENROLLMENT_OPENS_AFTER_END,
            f"Enrollment opens on {in_day(opens)}, but the promotion already ends on {ends}, so "
            "nobody can ever enroll. Open enrollment earlier, or let the promotion run longer.",
            "enrollmentStartDate",
        )
    elif closes is not None and closes > last_day(end, zone):
        yield Advice(
            AdviceCode.ENROLLMENT_OUTLIVES_PROMOTION,
            f"The last day to enroll is {in_day(closes)}, but the promotion already ends on "
            f"{ends}, and from then on nobody can enroll. Let enrollment close earlier, or the "
            "promotion run longer.",
            "enrollmentEndDate",
        )


# --- Targets and qualifiers -----------------------------------------------------------------------


def _about_targets(whole: Whole) -> Iterator[Advice]:
    if not whole.promotion.is_tiered:
        if not whole.targets:
            yield Advice(
                AdviceCode.NO_TARGET,
                "It discounts nothing, because it has no target. Add a target: the products, the "
                "order or the shipping that is discounted, and by how much.",
            )
    elif not whole.tiers:
        yield Advice(
            AdviceCode.TIERED_WITHOUT_TIERS,
            "It discounts nothing, because it works in tiers and has none. Add tiers, each with "
            "what must be bought and what is discounted.",
        )
    with_target = {target.promotion_tier_id for target in whole.targets}
    bare = [called(tier.name) for tier in whole.tiers if tier.pk not in with_target]
    if bare:
        yield Advice(
            AdviceCode.TIER_WITHOUT_TARGET,
            f"The tier{_s(bare)} {listed(bare)} discount{'' if len(bare) > 1 else 's'} nothing. "
            f"Give {'each of them' if len(bare) > 1 else 'it'} a target, or delete "
            f"{'them' if len(bare) > 1 else 'it'}.",
        )


def _s(things: Sequence[object]) -> str:
    return "" if len(things) == 1 else "s"


def _about_qualifiers(whole: Whole) -> Iterator[Advice]:
    """An order discount or free shipping for every cart there is; a sale of some products to
    everybody is what many promotions are."""
    promotion = whole.promotion
    is_for_all = promotion.is_automatic and not (
        promotion.is_enrollment_required or whole.segment_names
    )
    per_cart = discount_classes(whole.targets) - {DiscountClass.PRODUCT}
    if is_for_all and per_cart and not whole.qualifiers:
        yield Advice(
            AdviceCode.NO_QUALIFIER,
            f"Every cart gets this {listed(sorted(per_cart), 'and')} discount, whatever is in it, "
            "because it applies automatically and has no qualifier. Add one, such as an amount to "
            "spend, if that is not what you want.",
        )


# --- Coupons --------------------------------------------------------------------------------------


def _about_coupons(whole: Whole, zone: ZoneInfo) -> Iterator[Advice]:
    promotion, coupons = whole.promotion, whole.coupons
    if not coupons.count:
        if not (promotion.is_automatic or promotion.is_enrollment_required):
            yield Advice(
                AdviceCode.MANUAL_WITHOUT_COUPONS,
                "Nobody can use it: it is not automatic, it has no coupon, and customers cannot "
                "enroll. Make it automatic, add a coupon, or open it to enrollment.",
                "isAutomatic",
            )
        return
    if promotion.is_automatic:
        yield Advice(
            AdviceCode.AUTOMATIC_WITH_COUPONS,
            "It has coupons, but applies automatically, so customers get it without one. Make it "
            "not automatic if the coupons should count.",
            "isAutomatic",
        )
    else:
        yield from _about_last_coupon(whole, zone)
        yield from _about_uses(whole)


def _about_uses(whole: Whole) -> Iterator[Advice]:
    """One code for everybody is meant to be used often. Many are handed out one by one."""
    coupons = whole.coupons
    if coupons.count > 1 and coupons.unlimited and not whole.limits:
        each = "each" if coupons.unlimited == coupons.count else f"{coupons.unlimited:,}"
        yield Advice(
            AdviceCode.COUPONS_WITHOUT_LIMIT,
            f"It has {coupons.count:,} coupons, and {each} of them can be used by anybody, any "
            "number of times. Set “Uses by all buyers” or “Uses by each buyer” of the coupons, or "
            "give the promotion a limit in total or for each customer.",
        )


def _about_last_coupon(whole: Whole, zone: ZoneInfo) -> Iterator[Advice]:
    """A coupon without an end of its own ends with the promotion."""
    last, end = bound(whole.coupons.latest_end), bound(whole.promotion.end_date_time)
    if last is None:
        return
    until = in_end(last, zone)
    if end is not None and last > end:
        yield Advice(
            AdviceCode.COUPON_OUTLIVES_PROMOTION,
            f"There is a coupon until {until}, but the promotion already ends on "
            f"{in_end(end, zone)} {zone.key}; in between the coupon does nothing. End the coupon "
            "with the promotion, or let the promotion run longer.",
            "endDateTime",
        )
    elif not whole.coupons.any_without_end and (end is None or last < end):
        if end is None:
            gap = f"{until} {zone.key}, but the promotion has no end; from then on"
        else:
            goes_on = f"goes on until {in_end(end, zone)} {zone.key}"
            gap = f"{until}, but the promotion {goes_on}; in between"
        yield Advice(
            AdviceCode.COUPONS_END_EARLY,
            f"The last coupon is valid until {gap} nobody can use it. Let a coupon run longer, or "
            "end the promotion with it.",
            "endDateTime",
        )


# --- Other promotions -----------------------------------------------------------------------------


def _about_others(whole: Whole, others: Sequence[OtherPromotion], at: datetime) -> Iterator[Advice]:
    rivals = [other for other in others if _is_rival(whole, other, at)]
    if not rivals:
        return
    names = [called(other.name) for other in rivals]
    if len(names) > _MOST_NAMES:
        names = [*names[: _MOST_NAMES - 1], f"{len(names) - _MOST_NAMES + 1} others"]
    yield Advice(
        AdviceCode.OVERLAPS_EXCLUSIVE,
        f"It overlaps in time with {listed(names)} and cannot be combined with "
        f"{'it' if len(rivals) == 1 else 'them'}. {_which_wins(whole.promotion, rivals)}",
        "exclusivityType",
    )


def _is_rival(whole: Whole, other: OtherPromotion, at: datetime) -> bool:
    """Whether from ``at`` on there is a time at which a cart could get either and not both."""
    promotion = whole.promotion
    starts = [moment for moment in (promotion.start_date_time, other.start) if moment is not None]
    ends = [moment for moment in (promotion.end_date_time, other.end) if moment is not None]
    overlap = not ends or max([at, *starts]) < min(ends)
    return (
        other.is_active
        and overlap
        and bool(whole.targets)
        and _exclude(
            {promotion.exclusivity_type, other.exclusivity_type},
            share_class=bool(discount_classes(whole.targets) & other.discount_classes),
        )
    )


def _exclude(exclusivities: set[str | None], *, share_class: bool) -> bool:
    """Whether two promotions exclude each other: one of them is enough to. A blank means what the
    default means, Class."""
    return "Global" in exclusivities or (share_class and exclusivities != {"No"})


def _which_wins(promotion: PromotionLike, rivals: Sequence[OtherPromotion]) -> str:
    """What a cart gets that qualifies for several."""
    own = priority_order(promotion.priority_number, promotion.pk or _NOT_SAVED_YET)
    before = [other for other in rivals if priority_order(other.priority_number, other.pk) < own]
    if not before:
        first = "this one"
    elif len(before) == 1:
        first = called(before[0].name)
    else:
        first = "one of the others"
    return (
        f"A cart that qualifies for more than one gets only {first}: a lower priority number comes "
        "first, and of equal ones the older promotion. Change the dates, the exclusivity or the "
        "priority if that is not what you want."
    )
