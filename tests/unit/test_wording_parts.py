"""How the parts of a promotion read in plain English: what is bought, what is given, which terms.

``test_wording.py`` has whole promotions.
"""

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from promotions.whole import CouponsInWhole, Whole
from promotions.wording import Topic, promotion_sentences
from tests.unit.wholes import (
    BERLIN,
    FakeQualifier,
    FakeRule,
    FakeTarget,
    berlin,
    buy,
    give,
    limit,
    spend,
    whole,
)


def about(topic: Topic, whole: Whole, *, zone: ZoneInfo = BERLIN) -> str:
    """The sentences on one topic, one after the other."""
    sentences = promotion_sentences(whole, zone=zone)
    return " ".join(one.text for one in sentences if one.topic is topic)


# --- The offer: what must be bought ---------------------------------------------------------------

RED = FakeRule("Attribute", type_value="red")
CONDITIONS: dict[str, tuple[list[FakeQualifier], str]] = {
    "a product": ([buy(product="Runner")], "Buy *Runner*"),
    "one of a product": ([buy(1, product="Runner")], "Buy 1 of *Runner*"),
    "a category": ([buy(category="Shoes")], "Buy anything from *Shoes*"),
    "a product for some money": (
        [buy(product="Runner", worth="80")],
        "Spend at least 80.00 EUR on *Runner*",
    ),
    "a thousand euros": ([spend("1234.5")], "Spend at least 1,234.50 EUR"),
    "any products for some money": ([buy(worth="80")], "Spend at least 80.00 EUR"),
    "one product, whichever": ([buy(1)], "Buy 1 product"),
    "a total and a number": (
        [spend("50", minimum_quantity=Decimal("3.0000"))],
        "Buy 3 products worth at least 50.00 EUR",
    ),
    "a product not": (
        [buy(2, product="Runner", operator="NOT_EQUAL_TO")],
        "Buy 2 products other than *Runner*",
    ),
    "a product not, no number": (
        [buy(product="Runner", operator="NOT_EQUAL_TO")],
        "Buy anything other than *Runner*",
    ),
    "a product not, and a rule": (
        [buy(2, RED, product="Runner", operator="NOT_EQUAL_TO")],
        "Buy 2 products other than *Runner* and with the attribute *red*",
    ),
    "the same verb once": (
        [buy(1, product="Cap"), buy(1, product="Scarf"), buy(2, category="Shoes")],
        "Buy 1 of *Cap*, 1 of *Scarf* and 2 from *Shoes*",
    ),
    "two verbs": (
        [buy(1, product="Cap"), spend("50")],
        "Buy 1 of *Cap* and spend at least 50.00 EUR",
    ),
    "its own currency": (
        [buy(category="Shoes", worth="80", currency_iso_code="CHF")],
        "Spend at least 80.00 CHF on products from *Shoes*",
    ),
    "a list of products": (
        [
            buy(
                2,
                FakeRule("Product", type_reference_name="Runner"),
                FakeRule("Product", type_reference_name="Walker"),
                qualifier_rule_criteria_type="Any",
            )
        ],
        "Buy 2 of *Runner* or *Walker*",
    ),
    "a total over some products": (
        [spend("50", qualifier_rule_criteria_type="Any", rules=(RED,))],
        "Spend at least 50.00 EUR on products with the attribute *red*",
    ),
    "rules, any of them": (
        [
            buy(
                2,
                FakeRule("Price", "LESS_THAN", "9.99"),
                FakeRule("ProductCategory", "NOT_EQUAL_TO", type_reference_name="Sale"),
                qualifier_rule_criteria_type="Any",
            )
        ],
        "Buy 2 products costing less than 9.99 EUR or not from *Sale*",
    ),
    "rules on a category, all of them": (
        [
            buy(
                2,
                FakeRule("Product", "NOT_EQUAL_TO", type_reference_name="Laces"),
                FakeRule("Price", "LESS_THAN_OR_EQUAL_TO", "50"),
                FakeRule("Price", "NOT_EQUAL_TO", "20"),
                category="Shoes",
            )
        ],
        "Buy 2 from *Shoes* other than *Laces*, costing at most 50.00 EUR and "
        "not costing 20.00 EUR",
    ),
    "rules on attributes": (
        [
            buy(
                1,
                FakeRule("Attribute", "NOT_EQUAL_TO", "red"),
                FakeRule("Attribute", "GREATER_THAN", "40"),
                FakeRule("Attribute", "EQUAL_TO", "leather", "Shoes"),
            )
        ],
        "Buy 1 product without the attribute *red*, with an attribute above *40* "
        "and with the attribute *leather* of *Shoes*",
    ),
    "rules on attributes that have an order": (
        [
            buy(
                1,
                FakeRule("Attribute", "GREATER_THAN_OR_EQUAL_TO", "40"),
                FakeRule("Attribute", "LESS_THAN_OR_EQUAL_TO", "45"),
                FakeRule("Attribute", "LESS_THAN", "99"),
            )
        ],
        "Buy 1 product with an attribute of at least *40*, with an attribute of at most *45* "
        "and with an attribute below *99*",
    ),
    "a price that hits": (
        [buy(1, FakeRule("Price", "EQUAL_TO", "20"))],
        "Buy 1 product costing exactly 20.00 EUR",
    ),
    "one rule that names a product": (
        [buy(1, FakeRule("Product", type_reference_name="Cap"))],
        "Buy 1 of *Cap*",
    ),
    "one rule that excludes a product": (
        [buy(1, FakeRule("Product", "NOT_EQUAL_TO", type_reference_name="Cap"))],
        "Buy 1 product other than *Cap*",
    ),
    "a product or a category": (
        [
            buy(
                1,
                FakeRule("Product", type_reference_name="Cap"),
                FakeRule("ProductCategory", type_reference_name="Shoes"),
                qualifier_rule_criteria_type="Any",
            )
        ],
        "Buy 1 product named *Cap* or from *Shoes*",
    ),
    "categories, all of them": (
        [
            buy(
                2,
                FakeRule("ProductCategory", type_reference_name="Shoes"),
                FakeRule("ProductCategory", type_reference_name="Sale"),
            )
        ],
        "Buy 2 products from *Shoes* and from *Sale*",
    ),
}


@pytest.mark.parametrize(("qualifiers", "text"), CONDITIONS.values(), ids=CONDITIONS.keys())
def test_what_must_be_bought(qualifiers: list[FakeQualifier], text: str) -> None:
    offered = whole(*qualifiers, give("100 %", on="Shipping"))
    assert about(Topic.OFFER, offered) == f"{text}, get free shipping."


def test_an_amount_finer_than_cents_is_told_in_full() -> None:
    offered = whole(give("20 %", FakeRule("Price", "GREATER_THAN", "19.9990")))
    assert about(Topic.OFFER, offered) == "Get 20 % off everything costing more than 19.999 EUR."


def test_a_number_that_could_fill_a_page_is_left_as_it_was_typed() -> None:
    rule = FakeRule("Price", "GREATER_THAN", "1E999999")
    offered = whole(give("20 %", rule))
    assert about(Topic.OFFER, offered) == "Get 20 % off everything costing more than 1E999999."


# --- The offer: what is given ---------------------------------------------------------------------

SHOES: Any = {"category": "Shoes"}
RUNNER: Any = {"product": "Runner"}
AT_LEAST: Any = {"is_min_item_count_required": True}
REWARDS: list[tuple[FakeTarget, str]] = [
    # Percentages.
    (give("20 %", **RUNNER), "20 % off *Runner*"),
    (give("20 %", **RUNNER, only=1), "20 % off 1 of *Runner*"),
    (give("20 %", **RUNNER, only=2), "20 % off *Runner* (up to 2 of them)"),
    (
        give("20 %", **RUNNER, only=2, **AT_LEAST),
        "20 % off *Runner* (for 2 of them, if the cart has as many)",
    ),
    (give("20 %", **SHOES, only=1, **AT_LEAST), "20 % off the most expensive from *Shoes*"),
    (give("20 %", **SHOES, only=2), "20 % off the 2 most expensive from *Shoes*"),
    (
        give("20 %", **SHOES, only=2, **AT_LEAST),
        "20 % off the 2 most expensive from *Shoes* (only if the cart has at least 2 of them)",
    ),
    (give("20 %", only=1), "20 % off the most expensive product"),
    (give("20 %", only=3), "20 % off the 3 most expensive products"),
    (give("20 %"), "20 % off everything"),
    (give("20 %", **RUNNER, operator="NOT_EQUAL_TO"), "20 % off everything other than *Runner*"),
    (give("100 %", **RUNNER), "each *Runner* free"),
    (give("100 %", **SHOES), "everything from *Shoes* free"),
    (give("100 %", **RUNNER, only=1), "1 of *Runner* free"),
    (
        give(
            "20 %",
            FakeRule("Product", type_reference_name="Cap"),
            FakeRule("Product", type_reference_name="Scarf"),
            target_rule_criteria_type="ANY",
            only=1,
        ),
        "20 % off the most expensive of *Cap* or *Scarf*",
    ),
    # Amounts off.
    (give("5 off each", **RUNNER), "5.00 EUR off each *Runner*"),
    (give("5 off each", **RUNNER, only=2), "5.00 EUR off each *Runner* (up to 2 of them)"),
    (give("5 off each", **SHOES, only=1), "5.00 EUR off the most expensive from *Shoes*"),
    (give("5 off each"), "5.00 EUR off each product"),
    (give("5 off total", **SHOES), "5.00 EUR off the total for everything from *Shoes*"),
    (give("5 off total", **SHOES, only=1), "5.00 EUR off the most expensive from *Shoes*"),
    (
        give("5 off total", **SHOES, only=2),
        "5.00 EUR off the total for the 2 most expensive from *Shoes*",
    ),
    (
        give("5 off each", **SHOES, currency_iso_code="CHF"),
        "5.00 CHF off each product from *Shoes*",
    ),
    # Prices.
    (give("9.9 each", **RUNNER), "each *Runner* for 9.90 EUR"),
    (give("9.9 each", **SHOES, only=1), "the most expensive from *Shoes* for 9.90 EUR"),
    (give("9.9 each", **SHOES, only=2), "each of the 2 most expensive from *Shoes* for 9.90 EUR"),
    (give("0 each", **SHOES), "everything from *Shoes* free"),
    (give("20 together", **RUNNER, only=3), "3 of *Runner* for 20.00 EUR in total"),
    (give("20 together", **RUNNER, only=1), "1 of *Runner* for 20.00 EUR"),
    (give("20 together", **SHOES, only=1), "the most expensive from *Shoes* for 20.00 EUR"),
    (give("0 together", **SHOES, only=2), "the 2 most expensive from *Shoes* free"),
    (
        give("20 together", **SHOES, only=3),
        "the 3 most expensive from *Shoes* for 20.00 EUR in total",
    ),
    # Gifts.
    (give("gift", **RUNNER), "1 of *Runner* as a free gift"),
    (give("gift", **SHOES, only=2), "2 from *Shoes* as free gifts"),
    # The whole cart.
    (give("10 %", on="Transaction"), "10 % off the whole cart"),
    (give("100 %", on="Transaction"), "the whole cart free"),
    (give("10 off total", on="Transaction"), "10.00 EUR off the whole cart"),
    (give("10 off cart", on="Transaction", only=2), "10.00 EUR off the whole cart"),
    (give("10 %", on="Transaction", only=2), "10 % off the 2 most expensive products"),
    (
        give("10 %", FakeRule("Price", "GREATER_THAN", "5"), on="Transaction"),
        "10 % off everything costing more than 5.00 EUR",
    ),
    # Shipping.
    (give("100 %", on="Shipping"), "free shipping"),
    (give("0 each", on="StandardShippingRate"), "free standard shipping"),
    (give("50 %", on="Shipping"), "50 % off shipping"),
    (give("4.9 each", on="Shipping"), "shipping for 4.90 EUR"),
    (give("5 off total", on="Shipping"), "5.00 EUR off shipping"),
]


@pytest.mark.parametrize(("target", "text"), REWARDS, ids=[text for _, text in REWARDS])
def test_what_is_given(target: FakeTarget, text: str) -> None:
    assert about(Topic.OFFER, whole(target)) == f"Get {text}."


TWO_SHOES = buy(2, **SHOES)
OTHERS_ONLY: Any = {"are_qual_items_excl_from_discounts": True}
SAME: list[tuple[Whole, str]] = [
    # What qualifies is discounted itself: it need not be named again.
    (whole(TWO_SHOES, give("20 %", **SHOES, only=1)), "20 % off the most expensive"),
    (whole(TWO_SHOES, give("20 %", **SHOES, only=2)), "20 % off the 2 most expensive"),
    (whole(TWO_SHOES, give("20 %", **SHOES)), "20 % off everything from *Shoes*"),
    (
        whole(TWO_SHOES, give("5 off each", **SHOES, only=2)),
        "5.00 EUR off each of the 2 most expensive",
    ),
    (whole(TWO_SHOES, give("20 %", **SHOES, only=2, **AT_LEAST)), "20 % off the 2 most expensive"),
    (
        whole(TWO_SHOES, give("20 %", **SHOES, only=3, **AT_LEAST)),
        "20 % off the 3 most expensive (only if the cart has at least 3 of them)",
    ),
    # What qualifies is not: further pieces are.
    (
        whole(TWO_SHOES, give("20 %", **SHOES), **OTHERS_ONLY),
        "20 % off everything else from *Shoes*",
    ),
    (
        whole(TWO_SHOES, give("5 off each", **SHOES), **OTHERS_ONLY),
        "5.00 EUR off each further product from *Shoes*",
    ),
    (
        whole(TWO_SHOES, give("100 %", **SHOES, only=2), **OTHERS_ONLY),
        "2 more free (the most expensive ones)",
    ),
    (
        whole(TWO_SHOES, give("100 %", **SHOES, only=2, **AT_LEAST), **OTHERS_ONLY),
        "2 more free (the most expensive ones, only if the cart has at least 2 more)",
    ),
    (
        whole(TWO_SHOES, give("9 each", **SHOES, only=1), **OTHERS_ONLY),
        "1 more for 9.00 EUR (the most expensive one)",
    ),
]


@pytest.mark.parametrize(("offered", "text"), SAME, ids=[text for _, text in SAME])
def test_what_is_given_of_what_was_bought(offered: Whole, text: str) -> None:
    assert about(Topic.OFFER, offered) == f"Buy 2 from *Shoes*, get {text}."


def test_further_pieces_of_a_product() -> None:
    offered = whole(buy(1, **RUNNER), give("30 %", **RUNNER), **OTHERS_ONLY)
    assert about(Topic.OFFER, offered) == "Buy 1 of *Runner*, get 30 % off every further *Runner*."


def test_further_pieces_of_a_product_for_a_price_in_all() -> None:
    offered = whole(buy(1, **RUNNER), give("30 together", **RUNNER, only=2), **OTHERS_ONLY)
    assert about(Topic.OFFER, offered) == "Buy 1 of *Runner*, get 2 more for 30.00 EUR in total."


def test_as_many_of_a_product_as_were_bought_are_there() -> None:
    reward = give("20 %", **RUNNER, only=2, **AT_LEAST)
    assert about(Topic.OFFER, whole(buy(2, **RUNNER), reward)) == (
        "Buy 2 of *Runner*, get 20 % off *Runner* (up to 2 of them)."
    )


@pytest.mark.parametrize("bought", [buy(1, **RUNNER), buy(2, product="Cap"), buy(**RUNNER)])
def test_fewer_of_a_product_were_bought_than_must_be_there(bought: FakeQualifier) -> None:
    reward = give("20 %", **RUNNER, only=2, **AT_LEAST)
    assert about(Topic.OFFER, whole(bought, reward)).endswith(
        "get 20 % off *Runner* (for 2 of them, if the cart has as many)."
    )


def test_one_of_several_qualifiers_is_named_again() -> None:
    offered = whole(TWO_SHOES, buy(1, product="Cap"), give("20 %", **SHOES, only=1))
    assert "20 % off the most expensive from *Shoes*" in about(Topic.OFFER, offered)


@pytest.mark.parametrize(
    ("criteria", "end"),
    [
        (None, "."),
        ("All", ", if all of them are in the cart."),
        ("Any", ", whichever are in the cart."),
    ],
)
def test_which_of_three_targets_must_be_there(criteria: str | None, end: str) -> None:
    targets = [give("5 %", product=name) for name in ("Cap", "Scarf", "Belt")]
    offered = whole(*targets, target_criteria=criteria)
    assert (
        about(Topic.OFFER, offered) == f"Get 5 % off *Cap*, 5 % off *Scarf* and 5 % off *Belt*{end}"
    )


@pytest.mark.parametrize("beside", [give("100 %", on="Shipping"), give("gift", product="Cap")])
def test_what_is_always_there_need_not_be_in_the_cart(beside: FakeTarget) -> None:
    offered = whole(give("5 %", product="Belt"), beside, target_criteria="All")
    assert "in the cart" not in about(Topic.OFFER, offered)


@pytest.mark.parametrize(
    ("offered", "said"),
    [
        (whole(TWO_SHOES, give("5 %"), discount_restriction="LeastExpensive"), True),
        (whole(TWO_SHOES, give("5 %"), discount_restriction="None"), False),
        (whole(TWO_SHOES, give("5 %"), discount_restriction=None), False),
        (whole(give("5 %"), discount_restriction="LeastExpensive"), False),
        (
            whole(TWO_SHOES, give("5 %", on="Transaction"), discount_restriction="LeastExpensive"),
            False,
        ),
    ],
)
def test_only_cheaper_products_are_discounted(offered: Whole, said: bool) -> None:
    assert ("no more than the cheapest" in about(Topic.OFFER, offered)) == said


@pytest.mark.parametrize(
    ("offered", "text"),
    [
        (whole(spend("50"), is_approaching_discount_applicable=True), "."),
        (
            whole(
                spend("50", approaching_discount_threshold=Decimal(20), currency_iso_code="USD"),
                is_approaching_discount_applicable=True,
            ),
            " once the cart reaches 20.00 USD.",
        ),
        (
            whole(
                spend("50", approaching_discount_threshold=Decimal(20)),
                spend("90", approaching_discount_threshold=Decimal(40)),
                is_approaching_discount_applicable=True,
            ),
            ".",
        ),
    ],
)
def test_a_discount_that_is_near_is_announced(offered: Whole, text: str) -> None:
    start = "Shops tell customers how much is missing for the discount"
    assert about(Topic.ANNOUNCEMENT, offered) == start + text


def test_nothing_is_announced_where_that_is_off() -> None:
    offered = whole(spend("50", approaching_discount_threshold=Decimal(20)))
    assert about(Topic.ANNOUNCEMENT, offered) == ""


# --- The terms ------------------------------------------------------------------------------------

FOR_EVER = datetime(9999, 12, 31, 23, 59, 59, tzinfo=UTC)
PERIODS: dict[str, tuple[datetime | None, datetime | None, str]] = {
    "always": (None, None, "It runs until you end it."),
    "for ever": (None, FOR_EVER, "It runs until you end it."),
    "from for ever ago": (
        datetime.min.replace(tzinfo=UTC),
        berlin("2026-06-01"),
        "It runs until 31 May 2026 24:00 Europe/Berlin.",
    ),
    "written in UTC": (
        datetime(2026, 4, 30, 22, tzinfo=UTC),
        datetime(2026, 5, 31, 22, tzinfo=UTC),
        "It runs from 1 May 2026 00:00 to 31 May 2026 24:00 Europe/Berlin.",
    ),
    "an end within a day": (
        None,
        berlin("2026-05-31 23:59:59"),
        "It runs until 31 May 2026 23:59 Europe/Berlin.",
    ),
    "an end at midnight elsewhere": (
        None,
        datetime(2026, 6, 1, tzinfo=UTC),
        "It runs until 1 June 2026 02:00 Europe/Berlin.",
    ),
    "the year turns": (
        berlin("2026-12-01"),
        berlin("2027-01-01"),
        "It runs from 1 December 2026 00:00 to 31 December 2026 24:00 Europe/Berlin.",
    ),
}


@pytest.mark.parametrize(("start", "end", "text"), PERIODS.values(), ids=PERIODS.keys())
def test_when_it_runs(start: datetime | None, end: datetime | None, text: str) -> None:
    promotion = whole(start_date_time=start, end_date_time=end)
    assert about(Topic.PERIOD, promotion) == text


def test_it_runs_on_the_clocks_of_the_zone_that_is_named() -> None:
    promotion = whole(end_date_time=berlin("2026-06-01"))
    assert about(Topic.PERIOD, promotion, zone=ZoneInfo("America/New_York")) == (
        "It runs until 31 May 2026 18:00 America/New_York."
    )
    assert about(Topic.PERIOD, promotion, zone=ZoneInfo("UTC")) == (
        "It runs until 31 May 2026 22:00 UTC."
    )


FIRST, LAST = date(2026, 5, 1), date(2026, 5, 15)
WINDOWS: list[tuple[date | None, date | None, bool, str]] = [
    (None, None, False, "at any time."),
    (None, None, True, "at any time until it ends."),
    (FIRST, None, False, "from 1 May 2026 on in Europe/Berlin."),
    (FIRST, None, True, "from 1 May 2026 until it ends."),
    (None, LAST, False, "until the end of 15 May 2026 in Europe/Berlin."),
    (None, LAST, True, "until the end of 15 May 2026."),
    (FIRST, LAST, False, "from 1 May 2026 to the end of 15 May 2026 in Europe/Berlin."),
    (FIRST, FIRST, True, "on 1 May 2026 only."),
]


@pytest.mark.parametrize(("opens", "closes", "has_end", "text"), WINDOWS)
def test_when_customers_enroll(
    opens: date | None, closes: date | None, has_end: bool, text: str
) -> None:
    promotion = whole(
        is_enrollment_required=True,
        enrollment_start_date=opens,
        enrollment_end_date=closes,
        end_date_time=berlin("2026-06-01") if has_end else None,
    )
    assert about(Topic.ENROLLMENT, promotion) == f"Customers enroll {text}"


@pytest.mark.parametrize(
    ("places", "text"),
    [
        (None, "Customers enroll at any time."),
        (1, "Customers enroll at any time. At most 1 customer can be enrolled."),
        (2500, "Customers enroll at any time. At most 2,500 customers can be enrolled."),
    ],
)
def test_how_many_enroll(places: int | None, text: str) -> None:
    promotion = whole(is_enrollment_required=True, maximum_enrollment_count=places)
    assert about(Topic.ENROLLMENT, promotion) == text


def test_places_that_are_not_given_back() -> None:
    promotion = whole(
        is_enrollment_required=True,
        maximum_enrollment_count=5,
        is_place_freed_on_withdrawal=False,
    )
    text = "At most 5 customers can be enrolled; a place is not given back."
    assert text in about(Topic.ENROLLMENT, promotion)


def test_nothing_is_said_of_enrollment_where_it_is_off() -> None:
    promotion = whole(enrollment_end_date=LAST, maximum_enrollment_count=5)
    assert about(Topic.ENROLLMENT, promotion) == about(Topic.AUDIENCE, promotion) == ""


COUPONS: list[tuple[bool, CouponsInWhole, str]] = [
    (True, CouponsInWhole(), "It applies automatically, without a coupon."),
    (True, CouponsInWhole(1, ["A"]), "It applies automatically, so its coupon is not needed."),
    (True, CouponsInWhole(9), "It applies automatically, so its coupons are not needed."),
    (False, CouponsInWhole(), "Customers need a coupon, but there is none yet."),
    (False, CouponsInWhole(1, ["A"], None, True), "Customers enter the coupon A."),
    (False, CouponsInWhole(1), "Customers enter a coupon."),
    (False, CouponsInWhole(1, ["A"], FOR_EVER), "Customers enter the coupon A."),
    (False, CouponsInWhole(3, ["A", "B", "C"]), "Customers enter the coupon A, B or C."),
    (False, CouponsInWhole(1_000_000), "Customers enter one of its 1,000,000 coupons."),
    (
        False,
        CouponsInWhole(1, ["A"], unlimited=1),
        "Customers enter the coupon A, good for any number of uses.",
    ),
    (
        False,
        CouponsInWhole(1, ["A"], berlin("2026-06-01"), uses_by_all=100),
        "Customers enter the coupon A, good for 100 uses in all, valid until 31 May 2026 24:00 "
        "Europe/Berlin.",
    ),
    (
        False,
        CouponsInWhole(500, uses_by_all=1),
        "Customers enter one of its 500 coupons, each good for 1 use in all.",
    ),
    (
        False,
        CouponsInWhole(2, ["A", "B"], uses_by_all=9, uses_by_each=2),
        "Customers enter the coupon A or B, each good for 9 uses in all and 2 uses by each "
        "customer.",
    ),
    (
        False,
        CouponsInWhole(500, unlimited=500),
        "Customers enter one of its 500 coupons, each good for any number of uses.",
    ),
    (
        False,
        CouponsInWhole(500, unlimited=1),
        "Customers enter one of its 500 coupons, some of them good for any number of uses.",
    ),
]


@pytest.mark.parametrize(("automatic", "coupons", "text"), COUPONS)
def test_by_itself_or_with_a_coupon(automatic: bool, coupons: CouponsInWhole, text: str) -> None:
    assert about(Topic.COUPONS, whole(is_automatic=automatic, coupons=coupons)) == text


def test_the_enrolled_enter_a_coupon_too_where_there_are_coupons() -> None:
    both = whole(is_enrollment_required=True, is_automatic=False, coupons=CouponsInWhole(500))
    assert about(Topic.AUDIENCE, both) == "Only enrolled customers take part."
    assert about(Topic.COUPONS, both) == "Enrolled customers also enter one of its 500 coupons."
    without = whole(is_enrollment_required=True, is_automatic=False)
    assert about(Topic.COUPONS, without) == ""


LIMITS: list[tuple[str, float, bool, str]] = [
    ("TotalUsage", 200, False, "All customers together can use it at most 200 times."),
    ("TotalUsage", 2, False, "All customers together can use it at most twice."),
    ("UsagePerCustomer", 1, True, "Each customer can use it at most once."),
    ("UsagePerCustomer", 3, True, "Each customer can use it at most 3 times."),
    ("FinancialLiability", 9999.5, False, "Its discounts add up to at most 9,999.50 EUR in total."),
    (
        "FinancialLiability",
        20,
        True,
        "Its discounts add up to at most 20.00 EUR for each customer.",
    ),
    ("OrderCount", 1, True, "It is applied to at most 1 order of each customer."),
    ("OrderCount", 500, False, "It is applied to at most 500 orders in total."),
    ("CartItemCount", 10, False, "It is applied to at most 10 cart items in total."),
    ("CartItemCount", 1, True, "It is applied to at most 1 cart item of each customer."),
    ("PointsCredited", 1, False, "It credits at most 1 point in total."),
    ("PointsCredited", 2.5, True, "It credits at most 2.5 points to each customer."),
    ("VouchersIssued", 100, False, "It issues at most 100 vouchers in total."),
    ("VouchersIssued", 1, True, "It issues at most 1 voucher to each customer."),
    ("Milestone", 4, False, "It counts at most 4 milestones in total."),
    ("Milestone", 4, True, "It counts at most 4 milestones for each customer."),
]


@pytest.mark.parametrize(("kind", "value", "each", "text"), LIMITS)
def test_limits(kind: str, value: float, each: bool, text: str) -> None:
    assert about(Topic.LIMITS, whole(limit(kind, value, each=each))) == text


PRODUCT, ORDER, SHIPPING = (
    give("5 %", product="Cap"),
    give("5 %", on="Transaction"),
    give("5 %", on="Shipping"),
)
COMBINATIONS: list[tuple[str | None, list[FakeTarget], str]] = [
    ("No", [PRODUCT], "It can be combined with every promotion that allows it."),
    ("Global", [PRODUCT], "It cannot be combined with any other promotion."),
    ("Class", [PRODUCT], "It cannot be combined with other product discounts."),
    ("Class", [ORDER], "It cannot be combined with other order discounts."),
    (
        "Class",
        [SHIPPING, PRODUCT],
        "It cannot be combined with other product or shipping discounts.",
    ),
    (
        "Class",
        [SHIPPING, PRODUCT, ORDER],
        "It cannot be combined with other order, product or shipping discounts.",
    ),
    (None, [PRODUCT], "It cannot be combined with other product discounts."),
    ("Class", [], ""),
]


@pytest.mark.parametrize(("exclusivity", "targets", "text"), COMBINATIONS)
def test_combination(exclusivity: str | None, targets: list[FakeTarget], text: str) -> None:
    assert about(Topic.COMBINATION, whole(*targets, exclusivity_type=exclusivity)) == text


# --- What is left empty ---------------------------------------------------------------------------


def test_without_an_order_the_most_expensive_come_first_as_the_default_has_it() -> None:
    offered = whole(buy(2), give("5 %", only=1), discount_order=None)
    assert about(Topic.OFFER, offered) == "Buy 2 products, get 5 % off the most expensive."


def test_without_criteria_all_qualifiers_must_be_met_as_the_default_has_it() -> None:
    offered = whole(buy(1, product="Cap"), buy(1, product="Belt"), qualifier_criteria=None)
    assert about(Topic.OFFER, offered).startswith("Buy 1 of *Cap* and 1 of *Belt*,")
