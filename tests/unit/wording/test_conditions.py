"""How a promotion says what must be bought for it."""

from decimal import Decimal

import pytest

from promotions.wording import Topic
from tests.unit.wholes import FakeQualifier, FakeRule, buy, give, spend, whole
from tests.unit.wording.sayings import about

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


def test_without_criteria_all_qualifiers_must_be_met_as_the_default_has_it() -> None:
    offered = whole(buy(1, product="Cap"), buy(1, product="Belt"), qualifier_criteria=None)
    assert about(Topic.OFFER, offered).startswith("Buy 1 of *Cap* and 1 of *Belt*,")
