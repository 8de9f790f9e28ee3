"""What makes a line item rule valid."""

from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

import pytest

from promotions.child_rules import (
    line_item_rule_problems,
    price_in,
)
from tests.unit.child_rules.cases import Cases, Wrong, found, invalid, required, table


@dataclass
class FakeRule:
    """A qualifier's items must be of a product."""

    associated_type: str = "PromotionQualifier"
    associated_qualifier_id: int | None = 1
    associated_target_id: int | None = None
    type: str = "Product"
    operator_type: str = "EQUAL_TO"
    type_reference_product_id: int | None = 1
    type_reference_category_id: int | None = None
    type_value: str | None = None


def target_s(**more: Any) -> dict[str, Any]:
    return {"associated_type": "PromotionTarget", "associated_qualifier_id": None, **more}


def of_category(**more: Any) -> dict[str, Any]:
    return {
        "type": "ProductCategory",
        "type_reference_product_id": None,
        "type_reference_category_id": 1,
        **more,
    }


def of_price(text: str | None = "10", **more: Any) -> dict[str, Any]:
    return {"type": "Price", "type_reference_product_id": None, "type_value": text, **more}


def of_attribute(**more: Any) -> dict[str, Any]:
    return {
        "type": "Attribute",
        "type_reference_product_id": None,
        "type_value": "red",
        **more,
    }


LINE_ITEM_RULES: Cases = {
    "of a qualifier": ({}, []),
    "of no qualifier": ({"associated_qualifier_id": None}, required("associatedReferenceId")),
    "of a target by type": (
        {"associated_type": "PromotionTarget"},
        invalid("associatedReferenceId"),
    ),
    "of a target": (target_s(associated_target_id=1), []),
    "of no target": (target_s(), required("associatedReferenceId")),
    "of both": ({"associated_target_id": 1}, invalid("associatedReferenceId")),
    "of a qualifier by type": (
        {"associated_qualifier_id": None, "associated_target_id": 1},
        invalid("associatedReferenceId"),
    ),
    "of what is not said": ({"associated_type": "", "associated_qualifier_id": None}, []),
    "not this product": ({"operator_type": "NOT_EQUAL_TO"}, []),
    "a product with a note": ({"type_value": "Energy drink"}, []),
    "no product": ({"type_reference_product_id": None}, required("typeReferenceId")),
    "a category as a product": (
        {"type_reference_product_id": None, "type_reference_category_id": 1},
        invalid("typeReferenceId"),
    ),
    "a product and a category": ({"type_reference_category_id": 1}, invalid("typeReferenceId")),
    "a category": (of_category(), []),
    "not this category": (of_category(operator_type="NOT_EQUAL_TO"), []),
    "no category": (of_category(type_reference_category_id=None), required("typeReferenceId")),
    "a product as a category": (
        of_category(type_reference_product_id=1, type_reference_category_id=None),
        invalid("typeReferenceId"),
    ),
    "a category and a product": (
        of_category(type_reference_product_id=1),
        invalid("typeReferenceId"),
    ),
    "a price": (of_price("19.90"), []),
    "no price": (of_price(None), required("typeValue")),
    "an empty price": (of_price(""), required("typeValue")),
    "not a price": (of_price("cheap"), invalid("typeValue")),
    "a product's price": (of_price(type_reference_product_id=1), invalid("typeReferenceId")),
    "a category's price": (of_price(type_reference_category_id=1), invalid("typeReferenceId")),
    "an attribute": (of_attribute(), []),
    "no attribute": (of_attribute(type_value=None), required("typeValue")),
    "an attribute of a product": (of_attribute(type_reference_product_id=1), []),
    "an attribute of a category": (of_attribute(type_reference_category_id=1), []),
    "an attribute of both": (
        of_attribute(type_reference_product_id=1, type_reference_category_id=1),
        invalid("typeReferenceId"),
    ),
    "the type is missing": ({"type": "", "type_reference_product_id": None}, []),
}


@table(LINE_ITEM_RULES)
def test_line_item_rules(changes: dict[str, Any], wrong: Wrong) -> None:
    assert found(line_item_rule_problems(replace(FakeRule(), **changes))) == wrong


@pytest.mark.parametrize(
    "operator",
    ["GREATER_THAN", "GREATER_THAN_OR_EQUAL_TO", "LESS_THAN", "LESS_THAN_OR_EQUAL_TO"],
)
def test_only_what_has_an_order_is_more_or_less(operator: str) -> None:
    for part, wrong in (
        ({}, invalid("operatorType")),
        (of_category(), invalid("operatorType")),
        (of_price(), []),
        (of_attribute(), []),
    ):
        rule = replace(FakeRule(), **part, operator_type=operator)
        assert found(line_item_rule_problems(rule)) == wrong


@pytest.mark.parametrize(
    ("text", "price"),
    [("0", 0), ("19.90", Decimal("19.9")), ("007", 7), ("9" * 15, 10**15 - 1)],
)
def test_prices(text: str, price: Decimal) -> None:
    assert price_in(text) == price


@pytest.mark.parametrize(
    "text",
    [
        "-1",
        "+1",
        "1e3",
        "NaN",
        "Infinity",
        "12,50",
        "1_000",
        "1.",
        ".5",
        " 1",
        "1\n",
        "٣",
        "9" * 16,
    ],
)
def test_what_is_no_price(text: str) -> None:
    assert price_in(text) is None
