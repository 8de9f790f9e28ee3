"""What makes a coupon valid, and when it can be redeemed."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from promotions.child_rules import (
    coupon_problems,
    redemption_refusals,
)
from tests.unit.child_rules.cases import Cases, Wrong, found, invalid, table
from tests.unit.fakes import NOW, FakePromotion

TICK = timedelta(microseconds=1)
DAY = timedelta(days=1)


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
