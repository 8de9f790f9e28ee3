"""What makes a target valid."""

from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

import pytest

from promotions.child_rules import (
    target_problems,
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
class FakeTarget:
    """Ten percent off a product of the catalogue."""

    promotion_tier_id: int | None = None
    target_type: str = "Product"
    target_operator: str = "EQUAL_TO"
    target_product_id: int | None = 1
    target_category_id: int | None = None
    external_target: str | None = None
    adjustment_type: str = "PercentageDiscount"
    adjustment_amount: Decimal | None = None
    adjustment_percent: Decimal | None = Decimal(10)
    restriction_quantity: Decimal | None = None
    is_min_item_count_required: bool = False


@pytest.mark.parametrize(
    ("tier_id", "is_tiered", "wrong"), TIER_REFERENCES.values(), ids=TIER_REFERENCES.keys()
)
def test_tiers_of_targets(tier_id: int | None, is_tiered: bool, wrong: Wrong) -> None:
    target = FakeTarget(promotion_tier_id=tier_id)
    assert found(target_problems(target, is_tiered=is_tiered, tiers=OWN_TIERS)) == wrong


TARGETED_ITEMS: Cases = {
    "a product": ({}, []),
    "all but a product": ({"target_operator": "NOT_EQUAL_TO"}, []),
    "a product outside the catalogue": (
        {"target_product_id": None, "external_target": "SKU-1"},
        [],
    ),
    "what line item rules say": ({"target_product_id": None, "target_operator": "NONE"}, []),
    "no product": ({"target_product_id": None}, required("targetId")),
    "a product twice": ({"external_target": "SKU-1"}, invalid("externalTarget")),
    "a category as a product": (
        {"target_product_id": None, "target_category_id": 1},
        invalid("targetId"),
    ),
    "a product, compared with nothing": ({"target_operator": "NONE"}, invalid("targetOperator")),
    "a category": (
        {
            "target_type": "ProductCategory",
            "target_product_id": None,
            "target_category_id": 1,
        },
        [],
    ),
    "a product as a category": ({"target_type": "ProductCategory"}, invalid("targetId")),
    "the type is missing": ({"target_type": ""}, []),
}


@table(TARGETED_ITEMS)
def test_targets_that_are_items(changes: dict[str, Any], wrong: Wrong) -> None:
    target = replace(FakeTarget(), **changes)
    assert found(target_problems(target, is_tiered=False, tiers=())) == wrong


ORDER_LEVEL = ("Transaction", "Shipping", "StandardShippingRate")

TARGETED_ORDERS: Cases = {
    "nothing": ({}, []),
    "a product": ({"target_product_id": 1}, invalid("targetId")),
    "a category": ({"target_category_id": 1}, invalid("targetId")),
    "an external code": ({"external_target": "SKU-1"}, invalid("externalTarget")),
    "is": ({"target_operator": "EQUAL_TO"}, invalid("targetOperator")),
    "is not": ({"target_operator": "NOT_EQUAL_TO"}, invalid("targetOperator")),
}


@pytest.mark.parametrize("type_", ORDER_LEVEL)
@table(TARGETED_ORDERS)
def test_an_order_level_target_names_nothing(
    type_: str, changes: dict[str, Any], wrong: Wrong
) -> None:
    bare = FakeTarget(target_type=type_, target_operator="NONE", target_product_id=None)
    assert found(target_problems(replace(bare, **changes), is_tiered=False, tiers=())) == wrong


ADJUSTMENTS = {
    # what goes on: an item, shipping, the whole order
    "PercentageDiscount": (True, True, True),
    "FixedAmountOffLineItemTotal": (True, True, True),
    "FixedAmountOffTransaction": (False, True, True),
    "FixedAmountOffUnitPrice": (True, True, False),
    "FixedPrice": (True, True, False),
    "TotalFixedPrice": (True, False, False),
    "BonusProduct": (True, False, False),
}


@pytest.mark.parametrize(
    ("adjustment", "on_items", "on_shipping", "on_order"),
    [(adjustment, *on) for adjustment, on in ADJUSTMENTS.items()],
)
def test_what_can_be_adjusted_how(
    adjustment: str, on_items: bool, on_shipping: bool, on_order: bool
) -> None:
    percent = Decimal(10) if adjustment == "PercentageDiscount" else None
    amount = None if adjustment in ("PercentageDiscount", "BonusProduct") else Decimal(5)
    target = FakeTarget(
        adjustment_type=adjustment,
        adjustment_percent=percent,
        adjustment_amount=amount,
        restriction_quantity=Decimal(3),
    )
    bare = replace(target, target_operator="NONE", target_product_id=None)
    for type_, fits in {
        "Product": on_items,
        "ProductCategory": on_items,
        "Shipping": on_shipping,
        "StandardShippingRate": on_shipping,
        "Transaction": on_order,
    }.items():
        problems = target_problems(replace(bare, target_type=type_), is_tiered=False, tiers=())
        assert found(problems) == ([] if fits else invalid("adjustmentType")), type_


def adjusted(type_: str, **more: Any) -> dict[str, Any]:
    return {"adjustment_type": type_, "adjustment_percent": None, **more}


VALUES: Cases = {
    "1 percent": ({"adjustment_percent": Decimal(1)}, []),
    "12.5 percent": ({"adjustment_percent": Decimal("12.5")}, []),
    "100 percent": ({"adjustment_percent": Decimal(100)}, []),
    "too little": ({"adjustment_percent": Decimal("0.99")}, invalid("adjustmentPercent")),
    "too much": ({"adjustment_percent": Decimal("100.01")}, invalid("adjustmentPercent")),
    "no percent": ({"adjustment_percent": None}, required("adjustmentPercent")),
    "percent and amount": ({"adjustment_amount": Decimal(5)}, invalid("adjustmentAmount")),
    "an amount for the percent": (
        {"adjustment_percent": None, "adjustment_amount": Decimal(5)},
        [*required("adjustmentPercent"), *invalid("adjustmentAmount")],
    ),
    "the adjustment is missing": ({"adjustment_type": "", "adjustment_amount": Decimal(5)}, []),
    "a bonus": (adjusted("BonusProduct"), []),
    "a bonus of an amount": (
        adjusted("BonusProduct", adjustment_amount=Decimal(5)),
        invalid("adjustmentAmount"),
    ),
    "a bonus of a percent": (
        adjusted("BonusProduct", adjustment_percent=Decimal(5)),
        invalid("adjustmentPercent"),
    ),
    "free of charge": (adjusted("FixedPrice", adjustment_amount=Decimal(0)), []),
    "a price below nothing": (
        adjusted("FixedPrice", adjustment_amount=Decimal("-0.01")),
        invalid("adjustmentAmount"),
    ),
    "three for ten": (
        adjusted("TotalFixedPrice", adjustment_amount=Decimal(10), restriction_quantity=Decimal(3)),
        [],
    ),
    "any number for ten": (
        adjusted("TotalFixedPrice", adjustment_amount=Decimal(10)),
        required("restrictionQuantity"),
    ),
    "any number, all of which must be there, for ten": (
        adjusted("TotalFixedPrice", adjustment_amount=Decimal(10), is_min_item_count_required=True),
        required("restrictionQuantity"),
    ),
    "two at most": ({"restriction_quantity": Decimal(2)}, []),
    "none at most": ({"restriction_quantity": Decimal(0)}, invalid("restrictionQuantity")),
    "two or none": (
        {"restriction_quantity": Decimal(2), "is_min_item_count_required": True},
        [],
    ),
    "all or none, of nobody knows how many": (
        {"is_min_item_count_required": True},
        required("restrictionQuantity"),
    ),
}


@table(VALUES)
def test_how_much_a_target_is_adjusted(changes: dict[str, Any], wrong: Wrong) -> None:
    target = replace(FakeTarget(), **changes)
    assert found(target_problems(target, is_tiered=False, tiers=())) == wrong


AMOUNTS: Cases = {
    "an amount": ({"adjustment_amount": Decimal("0.01")}, []),
    "no amount": ({}, required("adjustmentAmount")),
    "amount and percent": (
        {"adjustment_amount": Decimal(5), "adjustment_percent": Decimal(5)},
        invalid("adjustmentPercent"),
    ),
    "a percent for the amount": (
        {"adjustment_percent": Decimal(5)},
        [*invalid("adjustmentPercent"), *required("adjustmentAmount")],
    ),
}


@pytest.mark.parametrize(
    "adjustment",
    [a for a in ADJUSTMENTS if a not in ("PercentageDiscount", "BonusProduct")],
)
@table(AMOUNTS)
def test_fixed_adjustments_have_an_amount(
    adjustment: str, changes: dict[str, Any], wrong: Wrong
) -> None:
    target = FakeTarget(
        target_type="Shipping" if adjustment == "FixedAmountOffTransaction" else "Product",
        target_operator="NONE",
        target_product_id=None,
        adjustment_type=adjustment,
        adjustment_percent=None,
        restriction_quantity=Decimal(3),
    )
    assert found(target_problems(replace(target, **changes), is_tiered=False, tiers=())) == wrong


@pytest.mark.parametrize("amount", [Decimal(0), Decimal(-5)])
@pytest.mark.parametrize(
    "adjustment",
    ["FixedAmountOffLineItemTotal", "FixedAmountOffTransaction", "FixedAmountOffUnitPrice"],
)
def test_what_is_taken_off_is_more_than_nothing(adjustment: str, amount: Decimal) -> None:
    target = FakeTarget(
        target_type="Shipping",
        target_operator="NONE",
        target_product_id=None,
        adjustment_type=adjustment,
        adjustment_percent=None,
        adjustment_amount=amount,
    )
    assert found(target_problems(target, is_tiered=False, tiers=())) == invalid("adjustmentAmount")
