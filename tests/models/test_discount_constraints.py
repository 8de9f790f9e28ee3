"""The database's constraints on qualifiers, targets and line item rules.

Every branch of a constraint that has several has a case that only this constraint refuses, and one
that it accepts.
"""

from decimal import Decimal
from typing import Any

import pytest

from promotions.models import PromotionLineItemRule, PromotionQualifier, PromotionTarget
from tests.models.breaking import (
    Check,
    Make,
    Valid,
    Values,
    assert_refused,
    names_of_checks,
    names_of_valid,
    put,
)
from tests.part_factories import (
    make_line_item_rule,
    make_product,
    make_product_category,
    make_qualifier,
    make_target,
)

pytestmark = pytest.mark.django_db


def on_sku() -> PromotionQualifier:
    return make_qualifier()


def on_product() -> PromotionQualifier:
    return make_qualifier(qualifier_product=make_product())


def on_category() -> PromotionQualifier:
    category = make_product_category()
    return make_qualifier(qualifier_type="ProductCategory", qualifier_category=category)


def on_rules() -> PromotionQualifier:
    """Of products that only line item rules describe."""
    return make_qualifier(qualifier_operator="NONE")


def on_total() -> PromotionQualifier:
    return make_qualifier(
        qualifier_type="TransactionTotal", qualifier_operator="NONE", minimum_amount=50
    )


def off_order() -> PromotionTarget:
    return make_target()


def off_sku() -> PromotionTarget:
    return make_target(target_type="Product", target_operator="EQUAL_TO", external_target="SHOE")


def off_product() -> PromotionTarget:
    return make_target(
        target_type="Product", target_operator="EQUAL_TO", target_product=make_product()
    )


def off_category() -> PromotionTarget:
    return make_target(
        target_type="ProductCategory",
        target_operator="NOT_EQUAL_TO",
        target_category=make_product_category(),
    )


def off_items() -> PromotionTarget:
    """Off products that only line item rules describe."""
    return make_target(target_type="Product")


def price_rule() -> PromotionLineItemRule:
    return make_line_item_rule()


def price_rule_of_target() -> PromotionLineItemRule:
    return make_line_item_rule(make_target())


def product_rule() -> PromotionLineItemRule:
    return make_line_item_rule(
        type="Product",
        operator_type="EQUAL_TO",
        type_value=None,
        type_reference_product=make_product(),
    )


def category_rule() -> PromotionLineItemRule:
    return make_line_item_rule(
        type="ProductCategory",
        operator_type="NOT_EQUAL_TO",
        type_value=None,
        type_reference_category=make_product_category(),
    )


def attribute_rule() -> PromotionLineItemRule:
    return make_line_item_rule(type="Attribute", operator_type="EQUAL_TO", type_value="red")


# --- Qualifiers -----------------------------------------------------------------------------------

_names = "qualifier_names_what_its_type_says"
_operator = "qualifier_operator_none_names_nothing"
_threshold = "qualifier_threshold_below_amount"

QUALIFIERS: list[Check] = [
    (_names, on_category, {"qualifier_type": "Product"}),
    (_names, on_product, {"qualifier_type": "ProductCategory"}),
    (_names, on_total, {"minimum_amount": None}),
    *(
        (_names, make, {"qualifier_type": "TransactionTotal", "minimum_amount": 50})
        for make in (on_sku, on_product, on_category)
    ),
    (_names, on_rules, {"qualifier_type": "Cart", "minimum_amount": 50}),
    *((_operator, make, {"qualifier_operator": "NONE"}) for make in (on_sku, on_product)),
    (_operator, on_category, {"qualifier_operator": "NONE"}),
    *(
        (_operator, make, {"qualifier_operator": operator})
        for make in (on_rules, on_total)
        for operator in ("EQUAL_TO", "NOT_EQUAL_TO")
    ),
    *(
        ("qualifier_catalogue_or_external", make, {"external_qualifier": "SHOE"})
        for make in (on_product, on_category)
    ),
    (_threshold, on_total, {"approaching_discount_threshold": 50}),
    (_threshold, on_total, {"approaching_discount_threshold": 60}),
    (_threshold, on_sku, {"approaching_discount_threshold": 5}),
    ("qualifier_minimum_quantity_positive", on_sku, {"minimum_quantity": 0}),
    ("qualifier_minimum_quantity_positive", on_sku, {"minimum_quantity": -1}),
    ("qualifier_minimum_amount_positive", on_sku, {"minimum_amount": 0}),
    ("qualifier_minimum_amount_positive", on_total, {"minimum_amount": -1}),
    (
        "qualifier_approaching_discount_threshold_positive",
        on_total,
        {"approaching_discount_threshold": 0},
    ),
    ("qualifier_external_qualifier_not_blank", on_sku, {"external_qualifier": ""}),
    ("qualifier_qualifier_operator_known", on_sku, {"qualifier_operator": "LIKE"}),
    (
        "qualifier_qualifier_rule_criteria_type_known",
        on_sku,
        {"qualifier_rule_criteria_type": "ALL"},
    ),
]

# --- Targets --------------------------------------------------------------------------------------

ORDERS = ("Transaction", "Shipping", "StandardShippingRate")
ITEMS = ("Product", "ProductCategory")
ON: dict[str, tuple[str, ...]] = {
    "PercentageDiscount": (*ITEMS, *ORDERS),
    "FixedAmountOffLineItemTotal": (*ITEMS, *ORDERS),
    "FixedAmountOffTransaction": ORDERS,
    "FixedAmountOffUnitPrice": (*ITEMS, "Shipping", "StandardShippingRate"),
    "FixedPrice": (*ITEMS, "Shipping", "StandardShippingRate"),
    "TotalFixedPrice": ITEMS,
    "BonusProduct": ITEMS,
}
"""With which types of targets an adjustment goes."""


def adjusts(adjustment: str, **overrides: Any) -> Values:
    """What makes a target of this adjustment valid."""
    amount = 5 if "Fixed" in adjustment else None
    percent = 20 if adjustment == "PercentageDiscount" else None
    pieces = 3 if adjustment == "TotalFixedPrice" else None
    return {
        "target_type": ON[adjustment][0],
        "adjustment_type": adjustment,
        "adjustment_amount": amount,
        "adjustment_percent": percent,
        "restriction_quantity": pieces,
        **overrides,
    }


_names = "target_names_what_its_type_says"
_operator = "target_operator_none_names_nothing"
_percent = "target_percentage_has_percent"
_amount = "target_amount_where_its_type_takes_one"
_pieces = "target_counted_pieces_have_quantity"

TARGETS: list[Check] = [
    (_names, off_category, {"target_type": "Product"}),
    (_names, off_product, {"target_type": "ProductCategory"}),
    *(
        (_names, make, {"target_type": type_})
        for make in (off_sku, off_product, off_category)
        for type_ in ORDERS
    ),
    (_names, off_order, {"target_type": "Cart"}),
    *(
        (_operator, make, {"target_operator": "NONE"})
        for make in (off_sku, off_product, off_category)
    ),
    *(
        (_operator, make, {"target_operator": operator})
        for make in (off_items, off_order)
        for operator in ("EQUAL_TO", "NOT_EQUAL_TO")
    ),
    *(
        ("target_catalogue_or_external", make, {"external_target": "SHOE"})
        for make in (off_product, off_category)
    ),
    *(
        (_percent, off_order, {"adjustment_percent": percent})
        for percent in (None, Decimal(0), Decimal("0.99"), Decimal("100.01"))
    ),
    *(
        ("target_only_percentage_has_percent", off_items, adjusts(other, adjustment_percent=20))
        for other in ON
        if other != "PercentageDiscount"
    ),
    (_amount, off_order, {"adjustment_amount": 5}),
    (_amount, off_items, adjusts("BonusProduct", adjustment_amount=0)),
    *(
        (_amount, off_items, adjusts(price, adjustment_amount=amount))
        for price in ("FixedPrice", "TotalFixedPrice")
        for amount in (None, Decimal("-0.01"))
    ),
    *(
        (_amount, off_items, adjusts(f"FixedAmountOff{what}", adjustment_amount=amount))
        for what in ("LineItemTotal", "Transaction", "UnitPrice")
        for amount in (None, 0, -1)
    ),
    (_amount, off_items, {"adjustment_type": "Gift", "adjustment_percent": None}),
    *(
        ("target_adjustment_fits_its_type", off_items, adjusts(adjustment, target_type=type_))
        for adjustment, types in ON.items()
        for type_ in (*ITEMS, *ORDERS)
        if type_ not in types
    ),
    (_pieces, off_items, {"is_min_item_count_required": True}),
    (_pieces, off_items, adjusts("TotalFixedPrice", restriction_quantity=None)),
    ("target_restriction_quantity_positive", off_items, {"restriction_quantity": 0}),
    ("target_restriction_quantity_positive", off_order, {"restriction_quantity": -1}),
    ("target_external_target_not_blank", off_sku, {"external_target": ""}),
    ("target_target_operator_known", off_sku, {"target_operator": "LIKE"}),
    ("target_target_rule_criteria_type_known", off_sku, {"target_rule_criteria_type": "All"}),
]

# --- Line item rules ------------------------------------------------------------------------------

ORDERINGS = ("GREATER_THAN", "GREATER_THAN_OR_EQUAL_TO", "LESS_THAN", "LESS_THAN_OR_EQUAL_TO")
_associated = "line_item_rule_type_names_associated"
_compares = "line_item_rule_compares_what_its_type_says"

LINE_ITEM_RULES: list[Check] = [
    (_associated, price_rule, {"associated_qualifier": None}),
    (_associated, price_rule, {"associated_target": make_target}),
    (_associated, price_rule, {"associated_type": "PromotionTarget"}),
    (_associated, price_rule, {"associated_type": "Promotion"}),
    (_associated, price_rule_of_target, {"associated_target": None}),
    (_associated, price_rule_of_target, {"associated_qualifier": make_qualifier}),
    (_associated, price_rule_of_target, {"associated_type": "PromotionQualifier"}),
    (
        "line_item_rule_product_or_category",
        attribute_rule,
        {"type_reference_product": make_product, "type_reference_category": make_product_category},
    ),
    (_compares, product_rule, {"type_reference_product": None}),
    (
        _compares,
        product_rule,
        {"type_reference_product": None, "type_reference_category": make_product_category},
    ),
    (_compares, category_rule, {"type_reference_category": None}),
    (
        _compares,
        category_rule,
        {"type_reference_product": make_product, "type_reference_category": None},
    ),
    *(
        (_compares, make, {"operator_type": operator})
        for make in (product_rule, category_rule)
        for operator in ORDERINGS
    ),
    (_compares, price_rule, {"type_reference_product": make_product}),
    (_compares, price_rule, {"type_reference_category": make_product_category}),
    (_compares, price_rule, {"type_value": None}),
    (_compares, attribute_rule, {"type_value": None}),
    (_compares, price_rule, {"type": "Colour"}),
    ("line_item_rule_type_value_not_blank", attribute_rule, {"type_value": ""}),
    ("line_item_rule_operator_type_known", price_rule, {"operator_type": "LIKE"}),
]

# --- All ------------------------------------------------------------------------------------------

CHECKS: list[Check] = [*QUALIFIERS, *TARGETS, *LINE_ITEM_RULES]


@pytest.mark.parametrize(("name", "make", "values"), CHECKS, ids=names_of_checks(CHECKS))
def test_checks(name: str, make: Make, values: Values) -> None:
    assert_refused(name, make(), values)


VALID: list[Valid] = [
    *((make, {"qualifier_operator": "NOT_EQUAL_TO"}) for make in (on_sku, on_product, on_category)),
    (on_sku, {"qualifier_type": "ProductCategory"}),
    (on_rules, {"qualifier_type": "ProductCategory", "minimum_quantity": None}),
    (on_rules, {"qualifier_type": "TransactionTotal", "minimum_amount": 50}),
    (on_total, {"approaching_discount_threshold": Decimal("49.99")}),
    (on_total, {"minimum_amount": Decimal("0.01")}),
    (on_sku, {"minimum_quantity": Decimal("0.0001"), "qualifier_rule_criteria_type": "Any"}),
    *(
        (off_items, adjusts(adjustment, target_type=type_))
        for adjustment, types in ON.items()
        for type_ in types
    ),
    (off_items, adjusts("FixedPrice", adjustment_amount=0)),
    (off_items, adjusts("TotalFixedPrice", adjustment_amount=0, is_min_item_count_required=True)),
    (off_items, {"is_min_item_count_required": True, "restriction_quantity": 2}),
    (off_items, {"target_rule_criteria_type": "ANY"}),
    (off_order, {"adjustment_percent": 1}),
    (off_order, {"adjustment_percent": 100}),
    (off_sku, {"target_type": "ProductCategory", "target_operator": "NOT_EQUAL_TO"}),
    (off_product, {"target_operator": "NOT_EQUAL_TO"}),
    (off_category, {"target_operator": "EQUAL_TO"}),
    *((price_rule, {"operator_type": operator}) for operator in ORDERINGS),
    *((attribute_rule, {"operator_type": operator}) for operator in ORDERINGS),
    (attribute_rule, {"type_reference_product": make_product}),
    (attribute_rule, {"type_reference_category": make_product_category}),
    (product_rule, {"operator_type": "NOT_EQUAL_TO"}),
    (category_rule, {"operator_type": "EQUAL_TO"}),
    (price_rule_of_target, {"operator_type": "EQUAL_TO"}),
]


@pytest.mark.parametrize(("make", "values"), VALID, ids=names_of_valid(VALID))
def test_what_is_valid_is_accepted(make: Make, values: Values) -> None:
    put(make(), values)
