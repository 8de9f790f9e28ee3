"""What makes the parts of a promotion valid: for each object a table of cases.

A case changes a part that is valid and says what is wrong then: code and pointer, in order.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from promotions.child_rules import (
    MOST_TIERS,
    coupon_problems,
    free_rank,
    limit_problems,
    limit_usage_problems,
    line_item_rule_problems,
    market_segment_problems,
    price_in,
    qualifier_problems,
    redemption_refusals,
    target_problems,
    tier_problems,
)
from promotions.errors import DomainError
from tests.unit.fakes import NOW, FakePromotion

TICK = timedelta(microseconds=1)
DAY = timedelta(days=1)

Wrong = list[tuple[str, str]]
Cases = dict[str, tuple[dict[str, Any], Wrong]]


def found(problems: Iterable[DomainError]) -> Wrong:
    """What is wrong, after making sure that each reason is in words."""
    listed = list(problems)
    assert all(problem.detail.endswith(".") for problem in listed)
    return [(problem.code, problem.pointer) for problem in listed]


def invalid(*pointers: str) -> Wrong:
    return [("invalid_value", pointer) for pointer in pointers]


def required(*pointers: str) -> Wrong:
    return [("required", pointer) for pointer in pointers]


def duplicate(*pointers: str) -> Wrong:
    return [("duplicate_value", pointer) for pointer in pointers]


def table(cases: Cases) -> pytest.MarkDecorator:
    return pytest.mark.parametrize(("changes", "wrong"), cases.values(), ids=cases.keys())


# --- Tiers ----------------------------------------------------------------------------------------


@dataclass
class FakeTier:
    rank: int | None = None


def tiers(*ranks: int) -> list[FakeTier]:
    return [FakeTier(rank) for rank in ranks]


TIERS = {
    # rank, the others', whether the promotion is tiered
    "the first": (1, (), True, []),
    "ranks may leave gaps": (10, (1, 5), True, []),
    "the tenth": (10, range(1, 10), True, []),
    "a rank twice": (2, (1, 2), True, duplicate("rank")),
    "no rank": (None, (1,), True, required("rank")),
    "the eleventh": (1, range(1, 11), True, invalid("promotionId")),
    "the eleventh, without a rank": (None, range(1, 11), True, invalid("promotionId")),
    "of a promotion that is not tiered": (1, (), False, invalid("promotionId")),
}


@pytest.mark.parametrize(("rank", "others", "is_tiered", "wrong"), TIERS.values(), ids=TIERS.keys())
def test_tiers(rank: int | None, others: Iterable[int], is_tiered: bool, wrong: Wrong) -> None:
    problems = tier_problems(FakeTier(rank), others=tiers(*others), is_tiered=is_tiered)
    assert found(problems) == wrong


@pytest.mark.parametrize("rank", [1, None])
def test_which_ranks_are_free_is_said(rank: int | None) -> None:
    (problem,) = tier_problems(FakeTier(rank), others=tiers(1, 3, 4, 5, 7, 8), is_tiered=True)
    assert problem.detail.endswith(": 2, 6, 9, 10.")


@pytest.mark.parametrize(
    ("taken", "free"),
    [((), 1), ((1, 2), 3), ((2, 3), 1), ((1, 3), 2), (range(1, 10), 10), (range(1, 11), None)],
)
def test_the_lowest_free_rank(taken: Iterable[int], free: int | None) -> None:
    assert free_rank(tiers(*taken)) == free


# --- Qualifiers -----------------------------------------------------------------------------------

OWN_TIERS = frozenset((1, 2))

TIER_REFERENCES = {
    # the tier that is named, whether the promotion is tiered
    "one of the promotion's": (2, True, []),
    "none, of a tiered promotion": (None, True, required("promotionTierId")),
    "another promotion's": (3, True, invalid("promotionTierId")),
    "none": (None, False, []),
    "one, of a promotion that is not tiered": (1, False, invalid("promotionTierId")),
}


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


# --- Targets --------------------------------------------------------------------------------------


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


# --- Line item rules ------------------------------------------------------------------------------


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


# --- Coupons --------------------------------------------------------------------------------------


@dataclass
class FakeCoupon:
    """Active, without dates and limits."""

    coupon_code: str = "SUMMER"
    status: str = "Active"
    start_date_time: datetime | None = None
    end_date_time: datetime | None = None
    redemption_limit_all_buyers: int | None = None
    redemption_limit_per_buyer: int | None = None


COUPONS: Cases = {
    "without dates and limits": ({}, []),
    "inactive": ({"status": "Inactive"}, []),
    "spaces within": ({"coupon_code": "Sommer süß 26!"}, []),
    "the code is missing": ({"coupon_code": ""}, []),  # said once, by its field
    "nothing but a space": ({"coupon_code": " "}, invalid("couponCode")),
    "a space before": ({"coupon_code": " SUMMER"}, invalid("couponCode")),
    "a space after": ({"coupon_code": "SUMMER "}, invalid("couponCode")),
    "a line break": ({"coupon_code": "SUM\nMER"}, invalid("couponCode")),
    "an invisible character": ({"coupon_code": "SUM\u200bMER"}, invalid("couponCode")),
    "ends after it starts": ({"start_date_time": NOW, "end_date_time": NOW + TICK}, []),
    "ends as it starts": (
        {"start_date_time": NOW, "end_date_time": NOW},
        invalid("endDateTime"),
    ),
    "ends before": (
        {"start_date_time": NOW, "end_date_time": NOW - DAY},
        invalid("endDateTime"),
    ),
    "only a start": ({"start_date_time": NOW}, []),
    "only an end": ({"end_date_time": NOW}, []),
    "as often for one as for all": (
        {"redemption_limit_all_buyers": 5, "redemption_limit_per_buyer": 5},
        [],
    ),
    "more often for one than for all": (
        {"redemption_limit_all_buyers": 5, "redemption_limit_per_buyer": 6},
        invalid("redemptionLimitPerBuyer"),
    ),
    "only a limit for all": ({"redemption_limit_all_buyers": 5}, []),
    "only a limit for one": ({"redemption_limit_per_buyer": 5}, []),
}


@table(COUPONS)
def test_coupons(changes: dict[str, Any], wrong: Wrong) -> None:
    assert found(coupon_problems(replace(FakeCoupon(), **changes))) == wrong


REFUSALS = {
    # the coupon, its promotion, redemptions of all, of this buyer
    "nothing against it": ({}, {}, 0, 0, []),
    "however often": ({}, {}, 10**6, 10**6, []),
    "the coupon is inactive": ({"status": "Inactive"}, {}, 0, 0, [("coupon_inactive", "couponId")]),
    "the coupon's status is missing": ({"status": ""}, {}, 0, 0, [("coupon_inactive", "couponId")]),
    "the coupon starts now": ({"start_date_time": NOW}, {}, 0, 0, []),
    "the coupon starts later": (
        {"start_date_time": NOW + TICK},
        {},
        0,
        0,
        [("coupon_not_started", "couponId")],
    ),
    "the coupon ends later": ({"end_date_time": NOW + TICK}, {}, 0, 0, []),
    "the coupon ends now": ({"end_date_time": NOW}, {}, 0, 0, [("coupon_ended", "couponId")]),
    "the promotion is inactive": (
        {},
        {"is_active": False},
        0,
        0,
        [("promotion_inactive", "couponId")],
    ),
    "the promotion is deleted": (
        {},
        {"is_deleted": True},
        0,
        0,
        [("promotion_inactive", "couponId")],
    ),
    "the promotion starts now": ({}, {"start_date_time": NOW}, 0, 0, []),
    "the promotion starts later": (
        {},
        {"start_date_time": NOW + TICK},
        0,
        0,
        [("coupon_not_started", "couponId")],
    ),
    "the promotion ends later": ({}, {"end_date_time": NOW + TICK}, 0, 0, []),
    "the promotion ends now": (
        {},
        {"end_date_time": NOW},
        0,
        0,
        [("promotion_ended", "couponId")],
    ),
    "the last for all": ({"redemption_limit_all_buyers": 3}, {}, 2, 2, []),
    "none left": ({"redemption_limit_all_buyers": 3}, {}, 3, 0, [("coupon_used_up", "couponId")]),
    "the limit was lowered": (
        {"redemption_limit_all_buyers": 3},
        {},
        9,
        0,
        [("coupon_used_up", "couponId")],
    ),
    "the last for this buyer": ({"redemption_limit_per_buyer": 1}, {}, 9, 0, []),
    "none left for this buyer": (
        {"redemption_limit_per_buyer": 1},
        {},
        1,
        1,
        [("coupon_used_up", "buyer")],
    ),
    "everything against it": (
        {
            "status": "Inactive",
            "end_date_time": NOW,
            "redemption_limit_all_buyers": 1,
            "redemption_limit_per_buyer": 1,
        },
        {"is_active": False, "end_date_time": NOW},
        1,
        1,
        [
            ("promotion_inactive", "couponId"),
            ("promotion_ended", "couponId"),
            ("coupon_inactive", "couponId"),
            ("coupon_ended", "couponId"),
            ("coupon_used_up", "couponId"),
            ("coupon_used_up", "buyer"),
        ],
    ),
}


@pytest.mark.parametrize(
    ("coupon", "promotion", "used", "used_by_buyer", "wrong"),
    REFUSALS.values(),
    ids=REFUSALS.keys(),
)
def test_redeeming(
    coupon: dict[str, Any], promotion: dict[str, Any], used: int, used_by_buyer: int, wrong: Wrong
) -> None:
    refusals = redemption_refusals(
        FakeCoupon(**coupon),
        FakePromotion(**promotion),
        used=used,
        used_by_buyer=used_by_buyer,
        at=NOW,
    )
    assert found(refusals) == wrong


@pytest.mark.parametrize(
    ("coupon", "says"),
    [
        ({"start_date_time": NOW + DAY}, "starts at 2026-05-16T12:00:00Z"),
        ({"end_date_time": NOW - DAY}, "ended at 2026-05-14T12:00:00Z"),
        ({"redemption_limit_all_buyers": 1}, "could be redeemed once and"),
        ({"redemption_limit_all_buyers": 7}, "could be redeemed 7 times"),
        ({"redemption_limit_per_buyer": 2}, "can redeem the coupon 2 times"),
    ],
)
def test_the_reason_says_when_and_how_often(coupon: dict[str, Any], says: str) -> None:
    (refusal,) = redemption_refusals(
        FakeCoupon(**coupon), FakePromotion(), used=9, used_by_buyer=9, at=NOW
    )
    assert says in refusal.detail


# --- What the reasons call things -----------------------------------------------------------------

NOUNS = {
    "no product": (replace(PRODUCT, qualifier_product_id=None), "a product or"),
    "no category": (replace(CATEGORY, qualifier_category_id=None), "a category or"),
    "a category for a product": (
        replace(PRODUCT, qualifier_product_id=None, qualifier_category_id=1),
        "a product and no category,",
    ),
    "a product for a category": (
        replace(CATEGORY, qualifier_category_id=None, qualifier_product_id=1),
        "a category and no product,",
    ),
    "no qualifier": (FakeRule(associated_qualifier_id=None), "the qualifier that"),
    "no target": (replace(FakeRule(), **target_s()), "the target that"),
    "no product to compare with": (FakeRule(type_reference_product_id=None), "the product to"),
    "no category to compare with": (
        replace(FakeRule(), **of_category(type_reference_category_id=None)),
        "the category to",
    ),
}


@pytest.mark.parametrize(("part", "says"), NOUNS.values(), ids=NOUNS.keys())
def test_the_reason_names_what_the_type_asks_for(part: FakeQualifier | FakeRule, says: str) -> None:
    (problem,) = (
        line_item_rule_problems(part)
        if isinstance(part, FakeRule)
        else qualifier_problems(part, is_tiered=False, tiers=())
    )
    assert says in problem.detail


# --- Limits and segments --------------------------------------------------------------------------


@dataclass
class FakeLimit:
    category: str = "PromotionLevel"
    type: str = "VouchersIssued"
    value: Decimal | None = Decimal(100)


LIMITS: Cases = {
    "for the promotion": ({}, []),
    "for each customer": ({"category": "CustomerLevel"}, []),
    "total usage": ({"type": "TotalUsage"}, []),
    "total usage for each customer": (
        {"type": "TotalUsage", "category": "CustomerLevel"},
        invalid("category"),
    ),
    "usage per customer": ({"type": "UsagePerCustomer", "category": "CustomerLevel"}, []),
    "usage per customer for the promotion": ({"type": "UsagePerCustomer"}, invalid("category")),
    "the category is missing": ({"type": "TotalUsage", "category": ""}, []),
    "the value is missing": ({"value": None}, []),
    "nothing": ({"value": Decimal(0)}, invalid("value")),
    "less than nothing": ({"value": Decimal(-1)}, invalid("value")),
    "half a voucher": ({"value": Decimal("0.5")}, invalid("value")),
    "half an order": ({"type": "OrderCount", "value": Decimal("1.5")}, invalid("value")),
    "half a usage": ({"type": "TotalUsage", "value": Decimal("1.5")}, invalid("value")),
    "half a customer's usage": (
        {"type": "UsagePerCustomer", "category": "CustomerLevel", "value": Decimal("1.5")},
        invalid("value"),
    ),
    "a whole number, written out": ({"value": Decimal("5.0000")}, []),
    "cents": ({"type": "FinancialLiability", "value": Decimal("999.99")}, []),
    "half points": ({"type": "PointsCredited", "value": Decimal("0.5")}, []),
    "half a metre": ({"type": "CartItemCount", "value": Decimal("0.5")}, []),
}


@table(LIMITS)
def test_limits(changes: dict[str, Any], wrong: Wrong) -> None:
    assert found(limit_problems(FakeLimit(**changes), others=[])) == wrong


OTHER_LIMITS = {
    "none": ((), []),
    "of another type": ((FakeLimit(type="OrderCount"),), []),
    "of the other category": ((FakeLimit(category="CustomerLevel"),), []),
    "of the same type and category": ((FakeLimit(value=Decimal(7)),), duplicate("type")),
    "one of several": ((FakeLimit(type="OrderCount"), FakeLimit()), duplicate("type")),
}


@pytest.mark.parametrize(("others", "wrong"), OTHER_LIMITS.values(), ids=OTHER_LIMITS.keys())
def test_one_limit_of_a_type_and_category(others: tuple[FakeLimit, ...], wrong: Wrong) -> None:
    assert found(limit_problems(FakeLimit(), others=others)) == wrong


@dataclass
class FakeLimitUsage:
    usage: Decimal | None


@pytest.mark.parametrize(
    ("usage", "wrong"),
    [
        (Decimal(0), []),
        (Decimal("99999.5"), []),
        (Decimal("-0.0001"), invalid("usage")),
        (None, []),  # said once, by its field
    ],
)
def test_usage_of_a_limit(usage: Decimal | None, wrong: Wrong) -> None:
    assert found(limit_usage_problems(FakeLimitUsage(usage))) == wrong


@dataclass
class FakeMarketSegment:
    promotion_segment_id: int | None


@pytest.mark.parametrize(("segment", "wrong"), [(1, []), (None, required("promotionSegmentId"))])
def test_a_link_leads_to_a_segment(segment: int | None, wrong: Wrong) -> None:
    assert found(market_segment_problems(FakeMarketSegment(segment))) == wrong


def test_ten_tiers_as_the_object_is_described() -> None:
    assert MOST_TIERS == 10
