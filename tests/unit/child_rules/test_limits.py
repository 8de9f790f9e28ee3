"""Limits, what is used of them, and the segments a promotion is for."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import pytest

from promotions.child_rules import (
    limit_problems,
    limit_usage_problems,
    market_segment_problems,
)
from tests.unit.child_rules.cases import Cases, Wrong, duplicate, found, invalid, required, table


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
