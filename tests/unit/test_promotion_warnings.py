"""What is odd about a promotion: for each advice, when it is given and when it isn't."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from promotions.warnings import Advice, AdviceCode, OtherPromotion, promotion_warnings
from promotions.whole import CouponsInWhole, DiscountClass, Whole, discount_classes
from tests.unit.wholes import (
    BERLIN,
    FOR_EVER,
    FakeTarget,
    berlin,
    buy,
    give,
    limit,
    spend,
    tier,
    whole,
)

NOW = berlin("2026-05-10 12:00")
TICK = timedelta(microseconds=1)
END = berlin("2026-06-01")

SOUND: Any = {"end_date_time": END}
"""Nothing is odd about a promotion with a target and this."""
SHOES = give("20 %", category="Shoes")
SHIPPING = give("100 %", on="Shipping")
DRAFT: Any = {"is_active": False}
ENROLLING: Any = {"is_enrollment_required": True}
MANUAL: Any = {"is_automatic": False}


def advice(
    promotion: Whole, *others: OtherPromotion, at: datetime = NOW, zone: ZoneInfo = BERLIN
) -> list[Advice]:
    return promotion_warnings(promotion, others=others, at=at, zone=zone)


def codes(promotion: Whole, *others: OtherPromotion, **asked: Any) -> list[str]:
    return [one.code.value for one in advice(promotion, *others, **asked)]


def coupons(count: int, last: datetime | None = None, *, endless: bool = False) -> CouponsInWhole:
    return CouponsInWhole(count, (), last, endless)


# --- Each code, raised and not raised -------------------------------------------------------------

ALONE: list[tuple[str, Whole, list[str]]] = [
    ("nothing odd", whole(SHOES, **SOUND), []),
    # Over.
    ("ends now", whole(SHOES, end_date_time=NOW), ["already_over"]),
    ("ends in a moment", whole(SHOES, end_date_time=NOW + TICK), []),
    ("over, a draft with nothing in it", whole(end_date_time=NOW, **DRAFT), ["already_over"]),
    # Start.
    ("draft, starts now", whole(SHOES, **DRAFT, **SOUND, start_date_time=NOW), ["starts_in_past"]),
    ("draft, starts next", whole(SHOES, **DRAFT, **SOUND, start_date_time=NOW + TICK), []),
    ("draft, without a start", whole(SHOES, **DRAFT, **SOUND), []),
    (
        "draft, started in the year 1",
        whole(SHOES, **DRAFT, **SOUND, start_date_time=datetime.min.replace(tzinfo=UTC)),
        [],
    ),
    ("running", whole(SHOES, **SOUND, start_date_time=NOW - TICK), []),
    # End.
    ("no end", whole(SHOES), ["no_end"]),
    ("for ever", whole(SHOES, end_date_time=FOR_EVER), ["no_end"]),
    ("no end, capped", whole(SHOES, limit("FinancialLiability", 500)), []),
    ("no end, each customer capped", whole(SHOES, limit("OrderCount", 5, each=True)), ["no_end"]),
    ("no end, uses per customer", whole(SHOES, limit("UsagePerCustomer", 5)), ["no_end"]),
    # Enrollment after the end, which is the last moment of 31 May.
    (
        "enrolls to the last day",
        whole(SHOES, **SOUND, **ENROLLING, enrollment_end_date=date(2026, 5, 31)),
        [],
    ),
    (
        "enrolls a day longer",
        whole(SHOES, **SOUND, **ENROLLING, enrollment_end_date=date(2026, 6, 1)),
        ["enrollment_outlives_promotion"],
    ),
    (
        "ends at noon of the last day",
        whole(
            SHOES,
            **ENROLLING,
            end_date_time=berlin("2026-05-31 12:00"),
            enrollment_end_date=date(2026, 5, 31),
        ),
        [],
    ),
    (
        "enrolls, no end",
        whole(SHOES, **ENROLLING, enrollment_end_date=date(2026, 6, 1)),
        ["no_end"],
    ),
    (
        "opens on the last day",
        whole(SHOES, **SOUND, **ENROLLING, enrollment_start_date=date(2026, 5, 31)),
        [],
    ),
    (
        "opens the day after, and closes even later",
        whole(
            SHOES,
            **SOUND,
            **ENROLLING,
            enrollment_start_date=date(2026, 6, 1),
            enrollment_end_date=date(2026, 6, 9),
        ),
        ["enrollment_opens_after_end"],
    ),
    # Enrollment closed before it could begin.
    (
        "draft, enrollment closed yesterday",
        whole(SHOES, **SOUND, **DRAFT, **ENROLLING, enrollment_end_date=date(2026, 5, 9)),
        ["enrollment_already_closed"],
    ),
    (
        "draft, enrollment closes today",
        whole(SHOES, **SOUND, **DRAFT, **ENROLLING, enrollment_end_date=date(2026, 5, 10)),
        [],
    ),
    (
        "running, enrollment closed",
        whole(SHOES, **SOUND, **ENROLLING, enrollment_end_date=date(2026, 5, 9)),
        [],
    ),
    # Enrollment that is off.
    (
        "days to enroll, switched off",
        whole(SHOES, **SOUND, enrollment_end_date=date(2026, 6, 9)),
        ["enrollment_switched_off"],
    ),
    (
        "a first day, switched off",
        whole(SHOES, **SOUND, enrollment_start_date=date(2026, 5, 9)),
        ["enrollment_switched_off"],
    ),
    (
        "places, switched off",
        whole(SHOES, **SOUND, maximum_enrollment_count=9),
        ["enrollment_switched_off"],
    ),
    ("places, switched on", whole(SHOES, **SOUND, **ENROLLING, maximum_enrollment_count=9), []),
    # Targets.
    ("no target", whole(buy(2), **SOUND), ["no_target"]),
    ("no target, to enroll in", whole(**SOUND, **ENROLLING), ["no_target"]),
    ("tiered, no tiers", whole(**SOUND, is_tiered=True), ["tiered_without_tiers"]),
    ("tiered, a tier", whole(tier("A", 1, buy(2), SHOES), **SOUND), []),
    (
        "tiered, a tier without a target",
        whole(tier("A", 1, buy(2), SHOES), tier("B", 2, buy(3)), **SOUND),
        ["tier_without_target"],
    ),
    # Qualifiers.
    ("free shipping for all", whole(SHIPPING, **SOUND), ["no_qualifier"]),
    ("off every order", whole(give("5 %", on="Transaction"), **SOUND), ["no_qualifier"]),
    ("free shipping from 50 on", whole(spend("50"), SHIPPING, **SOUND), []),
    ("free shipping, enrolled", whole(SHIPPING, **SOUND, **ENROLLING), []),
    ("free shipping, members", whole(SHIPPING, **SOUND, segments=("Members",)), []),
    (
        "free shipping, coupon",
        whole(SHIPPING, **SOUND, **MANUAL, coupons=coupons(1, endless=True)),
        [],
    ),
    # Coupons.
    ("manual, no coupon", whole(SHOES, **SOUND, **MANUAL), ["manual_without_coupons"]),
    ("manual, enrolling", whole(SHOES, **SOUND, **MANUAL, **ENROLLING), []),
    ("manual, a coupon", whole(SHOES, **SOUND, **MANUAL, coupons=coupons(1, endless=True)), []),
    (
        "automatic, a coupon",
        whole(SHOES, **SOUND, coupons=coupons(1, FOR_EVER)),
        ["automatic_with_coupons"],
    ),
    (
        "a coupon to the end",
        whole(SHOES, **SOUND, **MANUAL, coupons=coupons(2, END)),
        [],
    ),
    (
        "a coupon beyond the end",
        whole(SHOES, **SOUND, **MANUAL, coupons=coupons(2, END + TICK, endless=True)),
        ["coupon_outlives_promotion"],
    ),
    (
        "a coupon for ever",
        whole(SHOES, **SOUND, **MANUAL, coupons=coupons(2, FOR_EVER)),
        [],
    ),
    (
        "all coupons end early",
        whole(SHOES, **SOUND, **MANUAL, coupons=coupons(2, END - TICK)),
        ["coupons_end_early"],
    ),
    (
        "some coupons end early",
        whole(SHOES, **SOUND, **MANUAL, coupons=coupons(2, END - TICK, endless=True)),
        [],
    ),
    (
        "one code for everybody",
        whole(SHOES, **SOUND, **MANUAL, coupons=CouponsInWhole(1, unlimited=1)),
        [],
    ),
    (
        "many codes, used by anybody",
        whole(SHOES, **SOUND, **MANUAL, coupons=CouponsInWhole(9, unlimited=1)),
        ["coupons_without_limit"],
    ),
    (
        "many codes, a limit for each customer",
        whole(
            SHOES,
            limit("UsagePerCustomer", 1, each=True),
            **SOUND,
            **MANUAL,
            coupons=CouponsInWhole(9, unlimited=9),
        ),
        [],
    ),
    (
        "all coupons end, the promotion doesn't",
        whole(SHOES, **MANUAL, coupons=coupons(2, END)),
        ["coupons_end_early", "no_end"],
    ),
    # Several at once, the gravest first.
    (
        "just made",
        whole(**DRAFT, **MANUAL, start_date_time=NOW, maximum_enrollment_count=3),
        [
            "no_target",
            "manual_without_coupons",
            "enrollment_switched_off",
            "starts_in_past",
            "no_end",
        ],
    ),
]


@pytest.mark.parametrize(
    ("promotion", "expected"), [row[1:] for row in ALONE], ids=[row[0] for row in ALONE]
)
def test_advice_about_a_promotion_alone(promotion: Whole, expected: list[str]) -> None:
    assert codes(promotion) == expected


def test_every_code_is_given_somewhere_in_these_tables() -> None:
    given = {code for row in ALONE for code in row[2]}
    assert given | {"overlaps_exclusive"} == {code.value for code in AdviceCode}


def test_days_are_those_of_the_zone() -> None:
    promotion = whole(SHOES, **SOUND, **DRAFT, **ENROLLING, enrollment_end_date=date(2026, 5, 10))
    assert codes(promotion, at=NOW) == []
    assert codes(promotion, at=NOW, zone=ZoneInfo("Pacific/Kiritimati")) == [
        "enrollment_already_closed"
    ]


# --- Beside other promotions ----------------------------------------------------------------------

PRODUCT = frozenset({DiscountClass.PRODUCT})
ORDER = frozenset({DiscountClass.ORDER})
WINTER = OtherPromotion(
    pk=5, name="Winter", exclusivity_type="Class", is_active=True, discount_classes=PRODUCT
)
MINE = whole(SHOES, **SOUND)
MINE_COMBINES = whole(SHOES, **SOUND, exclusivity_type="No")
MINE_ALONE = whole(SHOES, **SOUND, exclusivity_type="Global")

BESIDE: list[tuple[str, Whole, OtherPromotion, bool]] = [
    ("both of a class", MINE, WINTER, True),
    ("of different classes", MINE, replace(WINTER, discount_classes=ORDER), False),
    ("of two classes, one shared", MINE, replace(WINTER, discount_classes=ORDER | PRODUCT), True),
    ("the other combines", MINE, replace(WINTER, exclusivity_type="No"), True),
    ("this one combines", MINE_COMBINES, WINTER, True),
    ("both combine", MINE_COMBINES, replace(WINTER, exclusivity_type="No"), False),
    ("blank means class", MINE_COMBINES, replace(WINTER, exclusivity_type=None), True),
    (
        "the other stands alone",
        MINE_COMBINES,
        replace(WINTER, exclusivity_type="Global", discount_classes=ORDER),
        True,
    ),
    (
        "this one stands alone",
        MINE_ALONE,
        replace(WINTER, exclusivity_type="No", discount_classes=ORDER),
        True,
    ),
    ("the other is off", MINE, replace(WINTER, is_active=False), False),
    ("the other begins at the end", MINE, replace(WINTER, start=END), False),
    ("the other begins before the end", MINE, replace(WINTER, start=END - TICK), True),
    ("the other ended before", MINE, replace(WINTER, end=NOW), False),
    ("the other ends soon", MINE, replace(WINTER, end=NOW + TICK), True),
    (
        "they met in the past only",
        whole(SHOES, **SOUND, start_date_time=NOW - timedelta(days=9)),
        replace(WINTER, end=NOW - timedelta(days=1)),
        False,
    ),
    (
        "this one begins when the other ends",
        whole(SHOES, **SOUND, start_date_time=NOW + timedelta(days=1)),
        replace(WINTER, end=NOW + timedelta(days=1)),
        False,
    ),
    ("a draft is told in time", whole(SHOES, **SOUND, **DRAFT), WINTER, True),
    (
        "neither ends",
        whole(SHOES, limit("TotalUsage", 9)),
        WINTER,
        True,
    ),
    (
        "this one discounts nothing yet",
        whole(limit("TotalUsage", 9), exclusivity_type="Global"),
        WINTER,
        False,
    ),
]


@pytest.mark.parametrize(
    ("promotion", "other", "expected"), [row[1:] for row in BESIDE], ids=[row[0] for row in BESIDE]
)
def test_overlaps(promotion: Whole, other: OtherPromotion, expected: bool) -> None:
    assert ("overlaps_exclusive" in codes(promotion, other)) == expected


MANY = [replace(WINTER, name=name) for name in ("Advent", "Snow", "Ice", "Frost")]
WINNERS: list[tuple[int | None, list[OtherPromotion], str, str]] = [
    (1, [WINTER], "*Winter* and cannot be combined with it", "this one"),
    (
        None,
        [replace(WINTER, priority_number=7)],
        "*Winter* and cannot be combined with it",
        "*Winter*",
    ),
    (
        2,
        [replace(WINTER, priority_number=1), replace(WINTER, name="Ice", priority_number=0)],
        "*Winter* and *Ice* and cannot be combined with them",
        "one of the others",
    ),
    (
        2,
        [replace(WINTER, priority_number=3), replace(WINTER, name="Ice", priority_number=1)],
        "*Winter* and *Ice* and cannot be combined with them",
        "*Ice*",
    ),
    (
        None,
        MANY[:3],
        "*Advent*, *Snow* and *Ice* and cannot be combined with them",
        "one of the others",
    ),
    (1, MANY, "*Advent*, *Snow* and 2 others and cannot be combined with them", "this one"),
]


@pytest.mark.parametrize(("priority", "others", "which", "first"), WINNERS)
def test_which_of_them_a_cart_gets(
    priority: int | None, others: list[OtherPromotion], which: str, first: str
) -> None:
    promotion = whole(SHOES, **SOUND, priority_number=priority)
    text = (
        f"It overlaps in time with {which}. A cart that qualifies for more than one gets only "
        f"{first}: a lower priority number comes first, and of equal ones the older promotion. "
        "Change the dates, the exclusivity or the priority if that is not what you want."
    )
    assert advice(promotion, *others) == [
        Advice(AdviceCode.OVERLAPS_EXCLUSIVE, text, "exclusivityType")
    ]


@pytest.mark.parametrize(("pk", "first"), [(4, "this one"), (6, "*Winter*"), (None, "*Winter*")])
def test_of_equal_priorities_the_older_comes_first(pk: int | None, first: str) -> None:
    (found,) = advice(whole(SHOES, **SOUND, pk=pk), WINTER)
    assert f"gets only {first}:" in found.text


CLASSES: list[tuple[list[FakeTarget], set[str]]] = [
    ([], set()),
    ([give("5 %", product="Cap"), give("5 %", category="Tea")], {"product"}),
    ([give("gift", product="Cap")], {"product"}),
    ([give("5 %", on="Transaction")], {"order"}),
    ([give("5 off cart", on="Transaction")], {"order"}),
    ([give("5 off cart", on="Shipping")], {"shipping"}),
    ([SHIPPING, give("5 %", on="StandardShippingRate"), SHOES], {"shipping", "product"}),
]


@pytest.mark.parametrize(("targets", "expected"), CLASSES)
def test_the_classes_of_discounts(targets: list[FakeTarget], expected: set[str]) -> None:
    assert discount_classes(targets) == expected


# --- What is told ---------------------------------------------------------------------------------

TEXTS: dict[str, tuple[Whole, Advice]] = {
    "already over": (
        whole(end_date_time=berlin("2026-05-01")),
        Advice(
            AdviceCode.ALREADY_OVER,
            "It ended on 30 April 2026 24:00 Europe/Berlin, so it does nothing any more. "
            "Move the end if it should run again.",
            "endDateTime",
        ),
    ),
    "starts in the past": (
        whole(SHOES, **DRAFT, **SOUND, start_date_time=berlin("2026-05-01")),
        Advice(
            AdviceCode.STARTS_IN_PAST,
            "Its start, 1 May 2026 00:00 Europe/Berlin, has passed and it is inactive. "
            "It will run as soon as it is activated, and not before. "
            "Move the start if it should wait.",
            "startDateTime",
        ),
    ),
    "no end": (
        whole(SHOES),
        Advice(
            AdviceCode.NO_END,
            "It has neither an end nor a limit in total, so it goes on until somebody ends it. "
            "Set an end if it should stop by itself.",
            "endDateTime",
        ),
    ),
    "enrollment outlives": (
        whole(SHOES, **SOUND, **ENROLLING, enrollment_end_date=date(2026, 6, 15)),
        Advice(
            AdviceCode.ENROLLMENT_OUTLIVES_PROMOTION,
            "The last day to enroll is 15 June 2026, but the promotion already ends on "
            "31 May 2026 24:00 Europe/Berlin, and from then on nobody can enroll. "
            "Let enrollment close earlier, or the promotion run longer.",
            "enrollmentEndDate",
        ),
    ),
    "enrollment opens after the end": (
        whole(SHOES, **SOUND, **ENROLLING, enrollment_start_date=date(2026, 6, 15)),
        Advice(
            AdviceCode.ENROLLMENT_OPENS_AFTER_END,
            "Enrollment opens on 15 June 2026, but the promotion already ends on "
            "31 May 2026 24:00 Europe/Berlin, so nobody can ever enroll. "
            "Open enrollment earlier, or let the promotion run longer.",
            "enrollmentStartDate",
        ),
    ),
    "enrollment already closed": (
        whole(SHOES, **SOUND, **DRAFT, **ENROLLING, enrollment_end_date=date(2026, 5, 9)),
        Advice(
            AdviceCode.ENROLLMENT_ALREADY_CLOSED,
            "The last day to enroll, 9 May 2026, has passed and it is inactive, so nobody "
            "will be able to enroll. Move that day.",
            "enrollmentEndDate",
        ),
    ),
    "enrollment switched off": (
        whole(SHOES, **SOUND, maximum_enrollment_count=9),
        Advice(
            AdviceCode.ENROLLMENT_SWITCHED_OFF,
            "It has days or places for enrollment, but nobody can enroll because enrollment is "
            "switched off. Switch it on, or empty those fields.",
            "isEnrollmentRequired",
        ),
    ),
    "no target": (
        whole(**SOUND),
        Advice(
            AdviceCode.NO_TARGET,
            "It discounts nothing, because it has no target. Add a target: the products, the "
            "order or the shipping that is discounted, and by how much.",
        ),
    ),
    "tiered without tiers": (
        whole(**SOUND, is_tiered=True),
        Advice(
            AdviceCode.TIERED_WITHOUT_TIERS,
            "It discounts nothing, because it works in tiers and has none. Add tiers, each with "
            "what must be bought and what is discounted.",
        ),
    ),
    "a tier without a target": (
        whole(tier("A", 1, SHOES), tier("B", 2, buy(2)), **SOUND),
        Advice(
            AdviceCode.TIER_WITHOUT_TARGET,
            "The tier *B* discounts nothing. Give it a target, or delete it.",
        ),
    ),
    "tiers without targets": (
        whole(tier("A", 1), tier("B", 2, buy(2)), **SOUND),
        Advice(
            AdviceCode.TIER_WITHOUT_TARGET,
            "The tiers *A* and *B* discount nothing. Give each of them a target, or delete them.",
        ),
    ),
    "no qualifier": (
        whole(SHIPPING, give("5 %", on="Transaction"), **SOUND),
        Advice(
            AdviceCode.NO_QUALIFIER,
            "Every cart gets this order and shipping discount, whatever is in it, because it "
            "applies automatically and has no qualifier. Add one, such as an amount to spend, "
            "if that is not what you want.",
        ),
    ),
    "manual without coupons": (
        whole(SHOES, **SOUND, **MANUAL),
        Advice(
            AdviceCode.MANUAL_WITHOUT_COUPONS,
            "Nobody can use it: it is not automatic, it has no coupon, and customers cannot "
            "enroll. Make it automatic, add a coupon, or open it to enrollment.",
            "isAutomatic",
        ),
    ),
    "automatic with coupons": (
        whole(SHOES, **SOUND, coupons=coupons(3)),
        Advice(
            AdviceCode.AUTOMATIC_WITH_COUPONS,
            "It has coupons, but applies automatically, so customers get it without one. "
            "Make it not automatic if the coupons should count.",
            "isAutomatic",
        ),
    ),
    "a coupon outlives": (
        whole(SHOES, **SOUND, **MANUAL, coupons=coupons(3, berlin("2026-07-01"))),
        Advice(
            AdviceCode.COUPON_OUTLIVES_PROMOTION,
            "There is a coupon until 30 June 2026 24:00, but the promotion already ends on "
            "31 May 2026 24:00 Europe/Berlin; in between the coupon does nothing. "
            "End the coupon with the promotion, or let the promotion run longer.",
            "endDateTime",
        ),
    ),
    "coupons end early": (
        whole(SHOES, **SOUND, **MANUAL, coupons=coupons(3, berlin("2026-05-16"))),
        Advice(
            AdviceCode.COUPONS_END_EARLY,
            "The last coupon is valid until 15 May 2026 24:00, but the promotion goes on until "
            "31 May 2026 24:00 Europe/Berlin; in between nobody can use it. "
            "Let a coupon run longer, or end the promotion with it.",
            "endDateTime",
        ),
    ),
    "coupons without limit": (
        whole(SHOES, **SOUND, **MANUAL, coupons=CouponsInWhole(500, unlimited=500)),
        Advice(
            AdviceCode.COUPONS_WITHOUT_LIMIT,
            "It has 500 coupons, and each of them can be used by anybody, any number of times. "
            "Set “Uses by all buyers” or “Uses by each buyer” of the coupons, or give the "
            "promotion a limit in total or for each customer.",
        ),
    ),
    "coupons end, the promotion never": (
        whole(SHOES, limit("TotalUsage", 9), **MANUAL, coupons=coupons(3, berlin("2026-05-16"))),
        Advice(
            AdviceCode.COUPONS_END_EARLY,
            "The last coupon is valid until 15 May 2026 24:00 Europe/Berlin, but the promotion has "
            "no end; from then on nobody can use it. "
            "Let a coupon run longer, or end the promotion with it.",
            "endDateTime",
        ),
    ),
}


@pytest.mark.parametrize(("promotion", "expected"), TEXTS.values(), ids=TEXTS.keys())
def test_what_is_odd_and_what_to_do(promotion: Whole, expected: Advice) -> None:
    assert advice(promotion) == [expected]


# --- Where there are no carts ---------------------------------------------------------------------


def test_without_the_fields_about_carts_nothing_is_said_of_carts() -> None:
    odd = whole(
        **DRAFT, **MANUAL, **ENROLLING, start_date_time=NOW, enrollment_end_date=date(2026, 5, 9)
    )
    odd_in_carts = whole(SHIPPING, **SOUND, **MANUAL, exclusivity_type="Global")
    asked: Any = {"others": [WINTER], "at": NOW, "zone": BERLIN, "commerce": False}
    assert [one.code.value for one in promotion_warnings(odd, **asked)] == [
        "enrollment_already_closed",
        "starts_in_past",
        "no_end",
    ]
    assert promotion_warnings(odd_in_carts, **asked) == []
    assert codes(odd_in_carts, WINTER) == ["manual_without_coupons", "overlaps_exclusive"]
