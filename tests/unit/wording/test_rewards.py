"""How a promotion says what it gives, of what was bought and beside it, and that it is near."""

from decimal import Decimal
from typing import Any

import pytest

from promotions.whole import Whole
from promotions.wording import Topic
from tests.unit.wholes import FakeQualifier, FakeRule, FakeTarget, buy, give, spend, whole
from tests.unit.wording.sayings import about

# --- What is given --------------------------------------------------------------------------------

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


def test_without_an_order_the_most_expensive_come_first_as_the_default_has_it() -> None:
    offered = whole(buy(2), give("5 %", only=1), discount_order=None)
    assert about(Topic.OFFER, offered) == "Buy 2 products, get 5 % off the most expensive."


# --- Of what was bought ---------------------------------------------------------------------------

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


# --- Several things -------------------------------------------------------------------------------


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


# --- A discount that is near ----------------------------------------------------------------------


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
