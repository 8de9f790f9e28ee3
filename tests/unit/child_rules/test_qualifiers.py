"""What makes a qualifier valid."""

from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

import pytest

from promotions.child_rules import (
    qualifier_problems,
)
from tests.unit.child_rules.cases import (
    OWN_TIERS,
    TIER_REFERENCES,
    Cases,
    Wrong,
    found,
    invalid,
    required,
    table,
)


@dataclass
class FakeQualifier:
    """A product of the catalogue, however few of it."""

    promotion_tier_id: int | None = None
    qualifier_type: str = "Product"
    qualifier_operator: str = "EQUAL_TO"
    qualifier_product_id: int | None = 1
    qualifier_category_id: int | None = None
    external_qualifier: str | None = None
    minimum_quantity: Decimal | None = None
    minimum_amount: Decimal | None = None
    approaching_discount_threshold: Decimal | None = None


PRODUCT = FakeQualifier()
CATEGORY = FakeQualifier(
    qualifier_type="ProductCategory", qualifier_product_id=None, qualifier_category_id=1
)
TOTAL = FakeQualifier(
    qualifier_type="TransactionTotal",
    qualifier_operator="NONE",
    qualifier_product_id=None,
    minimum_amount=Decimal(50),
)


@pytest.mark.parametrize(
    ("tier_id", "is_tiered", "wrong"), TIER_REFERENCES.values(), ids=TIER_REFERENCES.keys()
)
def test_tiers_of_qualifiers(tier_id: int | None, is_tiered: bool, wrong: Wrong) -> None:
    qualifier = FakeQualifier(promotion_tier_id=tier_id)
    assert found(qualifier_problems(qualifier, is_tiered=is_tiered, tiers=OWN_TIERS)) == wrong


PRODUCTS: Cases = {
    "a product": ({}, []),
    "any other product": ({"qualifier_operator": "NOT_EQUAL_TO"}, []),
    "a product outside the catalogue": (
        {"qualifier_product_id": None, "external_qualifier": "SKU-1"},
        [],
    ),
    "what line item rules say": ({"qualifier_product_id": None, "qualifier_operator": "NONE"}, []),
    "no product": ({"qualifier_product_id": None}, required("qualifierId")),
    "an external code that is empty": (
        {"qualifier_product_id": None, "external_qualifier": ""},
        required("qualifierId"),
    ),
    "none but no product": (
        {"qualifier_product_id": None, "qualifier_operator": "NOT_EQUAL_TO"},
        required("qualifierId"),
    ),
    "a product twice": ({"external_qualifier": "SKU-1"}, invalid("externalQualifier")),
    "a category": (
        {"qualifier_product_id": None, "qualifier_category_id": 1},
        invalid("qualifierId"),
    ),
    "a product and a category": ({"qualifier_category_id": 1}, invalid("qualifierId")),
    "a category, and a product's code": (
        {
            "qualifier_product_id": None,
            "qualifier_category_id": 1,
            "external_qualifier": "SKU-1",
        },
        invalid("qualifierId", "externalQualifier"),
    ),
    "a product, compared with nothing": (
        {"qualifier_operator": "NONE"},
        invalid("qualifierOperator"),
    ),
    "a product's code, compared with nothing": (
        {
            "qualifier_product_id": None,
            "external_qualifier": "SKU-1",
            "qualifier_operator": "NONE",
        },
        invalid("qualifierOperator"),
    ),
    "at least half a piece": ({"minimum_quantity": Decimal("0.5")}, []),
    "at least none": ({"minimum_quantity": Decimal(0)}, invalid("minimumQuantity")),
    "at least less than none": ({"minimum_quantity": Decimal(-1)}, invalid("minimumQuantity")),
    "for at least a cent": ({"minimum_amount": Decimal("0.01")}, []),
    "for at least nothing": ({"minimum_amount": Decimal(0)}, invalid("minimumAmount")),
    "quantity and amount": (
        {"minimum_quantity": Decimal(2), "minimum_amount": Decimal(20)},
        [],
    ),
    "approaching the amount": (
        {"minimum_amount": Decimal(20), "approaching_discount_threshold": Decimal(15)},
        [],
    ),
    "approaching nothing": (
        {"approaching_discount_threshold": Decimal(15)},
        required("minimumAmount"),
    ),
    "type and operator are missing": (
        {"qualifier_type": "", "qualifier_operator": ""},
        [],  # each is said once, by its field
    ),
    "the operator is missing": ({"qualifier_operator": ""}, []),
}


@table(PRODUCTS)
def test_qualifiers_by_product(changes: dict[str, Any], wrong: Wrong) -> None:
    qualifier = replace(PRODUCT, **changes)
    assert found(qualifier_problems(qualifier, is_tiered=False, tiers=())) == wrong


CATEGORIES: Cases = {
    "a category": ({}, []),
    "any other category": ({"qualifier_operator": "NOT_EQUAL_TO"}, []),
    "a category outside the catalogue": (
        {"qualifier_category_id": None, "external_qualifier": "shoes"},
        [],
    ),
    "what line item rules say": ({"qualifier_category_id": None, "qualifier_operator": "NONE"}, []),
    "no category": ({"qualifier_category_id": None}, required("qualifierId")),
    "a product": (
        {"qualifier_category_id": None, "qualifier_product_id": 1},
        invalid("qualifierId"),
    ),
    "a category and a product": ({"qualifier_product_id": 1}, invalid("qualifierId")),
    "a category twice": ({"external_qualifier": "shoes"}, invalid("externalQualifier")),
}


@table(CATEGORIES)
def test_qualifiers_by_category(changes: dict[str, Any], wrong: Wrong) -> None:
    qualifier = replace(CATEGORY, **changes)
    assert found(qualifier_problems(qualifier, is_tiered=False, tiers=())) == wrong


TOTALS: Cases = {
    "an amount": ({}, []),
    "an amount and so many pieces": ({"minimum_quantity": Decimal(3)}, []),
    "no amount": ({"minimum_amount": None}, required("minimumAmount")),
    "pieces alone": (
        {"minimum_amount": None, "minimum_quantity": Decimal(3)},
        required("minimumAmount"),
    ),
    "no amount is being approached": (
        {"minimum_amount": None, "approaching_discount_threshold": Decimal(30)},
        required("minimumAmount"),
    ),
    "an amount of 0": ({"minimum_amount": Decimal(0)}, invalid("minimumAmount")),
    "a product": ({"qualifier_product_id": 1}, invalid("qualifierId")),
    "a category": ({"qualifier_category_id": 1}, invalid("qualifierId")),
    "an external code": ({"external_qualifier": "SKU-1"}, invalid("externalQualifier")),
    "is": ({"qualifier_operator": "EQUAL_TO"}, invalid("qualifierOperator")),
    "is not": ({"qualifier_operator": "NOT_EQUAL_TO"}, invalid("qualifierOperator")),
    "the operator is missing": ({"qualifier_operator": ""}, []),
    "approaching from a cent": ({"approaching_discount_threshold": Decimal("0.01")}, []),
    "approaching to the last cent": ({"approaching_discount_threshold": Decimal("49.99")}, []),
    "approaching when it is reached": (
        {"approaching_discount_threshold": Decimal("50.00")},
        invalid("approachingDiscountThreshold"),
    ),
    "approaching with an empty cart": (
        {"approaching_discount_threshold": Decimal(0)},
        invalid("approachingDiscountThreshold"),
    ),
    "all at once": (
        {
            "qualifier_operator": "EQUAL_TO",
            "qualifier_product_id": 1,
            "external_qualifier": "SKU-1",
            "minimum_quantity": Decimal(0),
            "minimum_amount": None,
        },
        [
            *invalid("qualifierId", "externalQualifier", "qualifierOperator", "minimumQuantity"),
            *required("minimumAmount"),
        ],
    ),
}


@table(TOTALS)
def test_qualifiers_by_total(changes: dict[str, Any], wrong: Wrong) -> None:
    qualifier = replace(TOTAL, **changes)
    assert found(qualifier_problems(qualifier, is_tiered=False, tiers=())) == wrong
