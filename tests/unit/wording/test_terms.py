"""How a promotion says with which coupons it applies, how often and beside which others."""

import pytest

from promotions.whole import CouponsInWhole
from promotions.wording import Topic
from tests.unit.wholes import FOR_EVER, FakeTarget, berlin, give, limit, whole
from tests.unit.wording.sayings import about

# --- Coupons --------------------------------------------------------------------------------------

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


# --- Limits ---------------------------------------------------------------------------------------

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


# --- Other promotions -----------------------------------------------------------------------------

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
