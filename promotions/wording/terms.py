"""When a promotion runs, for whom, how often, and beside which others. Pure."""

from collections.abc import Iterator
from typing import Final
from zoneinfo import ZoneInfo

from promotions import rules
from promotions.whole import CouponsInWhole, LimitLike, PromotionLike, Whole, discount_classes
from promotions.wording.words import (
    bound,
    called,
    in_day,
    in_end,
    in_moment,
    listed,
    money,
    number,
    times,
)

CART_LIMITS: Final = frozenset({"CartItemCount", "OrderCount"})
"""The types of limits that count something about carts."""

_LIMITS: Final = {
    "CartItemCount": (
        "It is applied to at most {n} cart item{s} in total.",
        "It is applied to at most {n} cart item{s} of each customer.",
    ),
    "FinancialLiability": (
        "Its discounts add up to at most {money} in total.",
        "Its discounts add up to at most {money} for each customer.",
    ),
    "Milestone": (
        "It counts at most {n} milestone{s} in total.",
        "It counts at most {n} milestone{s} for each customer.",
    ),
    "OrderCount": (
        "It is applied to at most {n} order{s} in total.",
        "It is applied to at most {n} order{s} of each customer.",
    ),
    "PointsCredited": (
        "It credits at most {n} point{s} in total.",
        "It credits at most {n} point{s} to each customer.",
    ),
    "VouchersIssued": (
        "It issues at most {n} voucher{s} in total.",
        "It issues at most {n} voucher{s} to each customer.",
    ),
}
"""What a limit says of all customers together, and of each."""

_USES: Final = {
    "TotalUsage": "All customers together can use it at most {times}.",
    "UsagePerCustomer": "Each customer can use it at most {times}.",
}
"""The limits whose type says by itself for whom they are."""


def period(promotion: PromotionLike, zone: ZoneInfo) -> str:
    """From when to when it runs."""
    start, end = bound(promotion.start_date_time), bound(promotion.end_date_time)
    if start is None and end is None:
        return "It runs until you end it."
    if start is None and end is not None:
        return f"It runs until {in_end(end, zone)} {zone.key}."
    since = f"It runs from {in_moment(start, zone)}" if start else ""
    if end is None:
        return f"{since} {zone.key} until you end it."
    return f"{since} to {in_end(end, zone)} {zone.key}."


def enrollment(promotion: PromotionLike, zone: ZoneInfo) -> Iterator[str]:
    """When customers enroll, and how many."""
    if not promotion.is_enrollment_required:
        return
    start, end = bound(promotion.start_date_time), bound(promotion.end_date_time)
    has_days = promotion.enrollment_start_date or promotion.enrollment_end_date
    # The period names the zone where it has an end or a beginning.
    where = f" in {zone.key}" if has_days and start is None and end is None else ""
    yield f"Customers enroll {_enrollment_days(promotion)}{where}."
    if (places := promotion.maximum_enrollment_count) is not None:
        who = "1 customer" if places == 1 else f"{number(places)} customers"
        kept = "" if promotion.is_place_freed_on_withdrawal else "; a place is not given back"
        yield f"At most {who} can be enrolled{kept}."


def _enrollment_days(promotion: PromotionLike) -> str:
    opens, closes = promotion.enrollment_start_date, promotion.enrollment_end_date
    ends = bound(promotion.end_date_time) is not None
    if closes is None:
        if opens is None:
            return "at any time until it ends" if ends else "at any time"
        return f"from {in_day(opens)} {'until it ends' if ends else 'on'}"
    if opens is None:
        return f"until the end of {in_day(closes)}"
    if opens == closes:
        return f"on {in_day(opens)} only"
    return f"from {in_day(opens)} to the end of {in_day(closes)}"


def audience(whole: Whole) -> Iterator[str]:
    """Who it is for; nothing where it is for everybody."""
    if whole.promotion.is_enrollment_required:
        yield "Only enrolled customers take part."
    if names := [called(name) for name in whole.segment_names]:
        yield f"It is limited to the segment{'' if len(names) == 1 else 's'} {listed(names)}."


def application(whole: Whole, zone: ZoneInfo) -> str | None:
    """Whether it comes by itself or customers enter a coupon; None where they just enroll."""
    coupons = whole.coupons
    if whole.promotion.is_automatic:
        if not coupons.count:
            return "It applies automatically, without a coupon."
        are = "coupon is" if coupons.count == 1 else "coupons are"
        return f"It applies automatically, so its {are} not needed."
    if coupons.count:
        who = "Enrolled customers also" if whole.promotion.is_enrollment_required else "Customers"
        return f"{who} enter {_coupon(coupons, zone)}."
    if whole.promotion.is_enrollment_required:
        return None
    return "Customers need a coupon, but there is none yet."


def _coupon(coupons: CouponsInWhole, zone: ZoneInfo) -> str:
    if coupons.count > 1:
        if coupons.codes:
            return f"the coupon {listed(coupons.codes, 'or')}{_uses(coupons)}"
        return f"one of its {number(coupons.count)} coupons{_uses(coupons)}"
    coupon = f"the coupon {coupons.codes[0]}" if coupons.codes else "a coupon"
    coupon += _uses(coupons)
    end = bound(coupons.latest_end)
    return coupon if end is None else f"{coupon}, valid until {in_end(end, zone)} {zone.key}"


def _uses(coupons: CouponsInWhole) -> str:
    """How often each can be used; nothing where that differs from one to the other."""
    several, by_all, by_each = coupons.count > 1, coupons.uses_by_all, coupons.uses_by_each
    if coupons.unlimited:
        each = "each " if several else ""
        which = each if coupons.unlimited == coupons.count else "some of them "
        return f", {which}good for any number of uses"
    limits = []
    if by_all is not None:
        limits.append(f"{number(by_all)} {'use' if by_all == 1 else 'uses'} in all")
    if by_each is not None:
        limits.append(f"{number(by_each)} {'use' if by_each == 1 else 'uses'} by each customer")
    return f", {'each ' if several else ''}good for {listed(limits)}" if limits else ""


def uses_per_cart(promotion: PromotionLike) -> str:
    """How often it applies to one cart."""
    count = rules.uses_per_cart(promotion.maximum_usage_count)
    return f"It applies at most {times(count)} per cart."


def limit(limit: LimitLike, currency: str | None) -> str:
    """One of the limits, in the unit of its type."""
    text = _USES.get(limit.type) or _LIMITS[limit.type][limit.category == "CustomerLevel"]
    return text.format(
        n=number(limit.value),
        s="" if limit.value == 1 else "s",
        times=times(limit.value),
        money=money(limit.value, currency),
    )


def combination(whole: Whole) -> str:
    """With which others it can be combined; a blank means what the default means, Class."""
    exclusivity = whole.promotion.exclusivity_type
    if exclusivity == "No":
        return "It can be combined with every promotion that allows it."
    if exclusivity == "Global":
        return "It cannot be combined with any other promotion."
    classes = sorted(discount_classes(whole.targets))
    return f"It cannot be combined with other {listed(classes, 'or')} discounts."


def order(promotion: PromotionLike) -> str:
    """Which of several promotions comes first: the lower number; without one, last."""
    priority = promotion.priority_number
    if priority is None:
        return "It has no priority number, so promotions that have one come first."
    return f"Its priority number is {number(priority)}, and the lowest number comes first."
