"""The database's constraints on what belongs to promotions, on segments and on the catalogue; those
on what promotions ask and give are in ``test_discount_constraints.py``."""

from datetime import timedelta
from decimal import Decimal
from itertools import count
from typing import Any

import pytest
from django.contrib.auth.models import Group

from promotions.models import (
    Coupon,
    CouponBatch,
    CouponCodeRedemption,
)
from tests.factories import LONG_AGO, NOW, actor, make_promotion
from tests.models.breaking import (
    Check,
    Make,
    Unique,
    Valid,
    Values,
    assert_once,
    assert_refused,
    names_of_checks,
    names_of_valid,
    put,
)
from tests.part_factories import (
    make_buyer_group,
    make_coupon,
    make_limit,
    make_limit_usage,
    make_line_item_rule,
    make_market_segment,
    make_product,
    make_product_category,
    make_qualifier,
    make_segment,
    make_segment_buyer_group,
    make_segment_sales_store,
    make_target,
    make_tier,
    make_web_store,
)

pytestmark = pytest.mark.django_db

DAY = timedelta(days=1)
_number = count(1)


def a_group() -> Group:
    return Group.objects.get_or_create(name="Buyers of the north")[0]


def redemption() -> CouponCodeRedemption:
    coupon, by = make_coupon(), actor().user
    return CouponCodeRedemption.objects.create(
        promotion=coupon.promotion,
        coupon=coupon,
        buyer="C-1",
        transaction=f"order {next(_number)}",
        owner_user=by,
        created_by=by,
        created_date=LONG_AGO,
        last_modified_by=by,
        last_modified_date=LONG_AGO,
    )


def batch() -> CouponBatch:
    return CouponBatch.objects.create(
        promotion=make_promotion(),
        kind="generated",
        pattern="SUMMER-****-****",
        quantity=10,
        created_by=actor().user,
        created_date=NOW,
    )


def dated_coupon() -> Coupon:
    return make_coupon(start_date_time=NOW, end_date_time=NOW + DAY)


def limited_coupon() -> Coupon:
    return make_coupon(redemption_limit_all_buyers=10, redemption_limit_per_buyer=10)


def order_limit() -> Any:
    return make_limit(type="OrderCount")


# --- What kinds of records have in common ---------------------------------------------------------

CATALOGUE: dict[str, Make] = {
    "product": lambda: make_product(external_id=str(next(_number))),
    "productcategory": lambda: make_product_category(external_id=str(next(_number))),
    "buyergroup": lambda: make_buyer_group(external_id=str(next(_number))),
    "webstore": lambda: make_web_store(external_id=str(next(_number))),
}
PARTS: dict[str, Make] = {
    "promotiontier": make_tier,
    "promotionqualifier": make_qualifier,
    "promotiontarget": make_target,
    "promotionlineitemrule": make_line_item_rule,
    "promotionlimit": make_limit,
    "promotionlimitusage": make_limit_usage,
    "promotionmarketsegment": make_market_segment,
    "coupon": make_coupon,
    "couponcoderedemption": redemption,
}
SEGMENTS: dict[str, Make] = {
    "promotionsegment": make_segment,
    "promotionsegmentbuyergroup": make_segment_buyer_group,
    "promotionsegmentsalesstore": make_segment_sales_store,
}
OWNED: dict[str, Make] = {
    "promotionlineitemrule": make_line_item_rule,
    "promotionsegment": make_segment,
    "coupon": make_coupon,
    "couponcoderedemption": redemption,
}

FAMILIES: list[Check] = [
    *(
        case
        for kind, make in {**CATALOGUE, **PARTS, **SEGMENTS}.items()
        for case in (
            (f"{kind}_deleted_has_date", make, {"is_deleted": True}),
            (f"{kind}_deleted_has_date", make, {"deleted_date": NOW}),
            (f"{kind}_modified_after_created", make, {"last_modified_date": LONG_AGO - DAY}),
        )
    ),
    *(
        (f"{kind}_deleted_with_promotion_is_deleted", make, {"deleted_with_promotion": True})
        for kind, make in PARTS.items()
    ),
    *(
        case
        for kind, make in OWNED.items()
        for case in (
            (f"{kind}_one_owner", make, {"owner_user": None}),
            (f"{kind}_one_owner", make, {"owner_group": a_group}),
        )
    ),
    *(
        case
        for kind, make in CATALOGUE.items()
        for case in (
            (f"{kind}_name_not_blank", make, {"name": ""}),
            (f"{kind}_external_id_not_blank", make, {"external_id": ""}),
        )
    ),
]

# --- Tiers, limits, segments, coupons -------------------------------------------------------------

OTHERS: list[Check] = [
    ("tier_name_not_blank", make_tier, {"name": ""}),
    ("tier_rank_from_1_to_10", make_tier, {"rank": 0}),
    ("tier_rank_from_1_to_10", make_tier, {"rank": 11}),
    ("tier_has_rank", make_tier, {"rank": None}),
    ("limit_category_known", order_limit, {"category": "ShopLevel"}),
    ("limit_type_known", order_limit, {"type": "Orders"}),
    ("limit_value_positive", make_limit, {"value": 0}),
    ("limit_value_positive", make_limit, {"value": -1}),
    ("limit_category_fits_type", make_limit, {"category": "CustomerLevel"}),
    ("limit_category_fits_type", make_limit, {"type": "UsagePerCustomer"}),
    ("limit_usage_not_negative", make_limit_usage, {"usage": Decimal("-0.0001")}),
    ("segment_name_not_blank", make_segment, {"name": ""}),
    ("market_segment_names_segment", make_market_segment, {"promotion_segment": None}),
    ("product_stock_keeping_unit_not_blank", make_product, {"stock_keeping_unit": ""}),
    ("coupon_status_known", make_coupon, {"status": "Used"}),
    ("coupon_code_not_blank", make_coupon, {"coupon_code": ""}),
    ("coupon_description_not_blank", make_coupon, {"description": ""}),
    ("coupon_ends_after_start", dated_coupon, {"end_date_time": NOW}),
    ("coupon_ends_after_start", dated_coupon, {"start_date_time": NOW + 2 * DAY}),
    ("coupon_limit_per_buyer_within_limit", limited_coupon, {"redemption_limit_per_buyer": 11}),
    ("coupon_limit_per_buyer_within_limit", limited_coupon, {"redemption_limit_all_buyers": 9}),
    ("coupon_batch_generated_from_pattern", batch, {"pattern": None}),
    ("redemption_buyer_not_blank", redemption, {"buyer": ""}),
    ("redemption_transaction_not_blank", redemption, {"transaction": ""}),
]

CHECKS: list[Check] = [*FAMILIES, *OTHERS]


@pytest.mark.parametrize(("name", "make", "values"), CHECKS, ids=names_of_checks(CHECKS))
def test_checks(name: str, make: Make, values: Values) -> None:
    assert_refused(name, make(), values)


GONE: Values = {"is_deleted": True, "deleted_date": NOW}

VALID: list[Valid] = [
    *((make, {}) for make in {**CATALOGUE, **PARTS, **SEGMENTS}.values()),
    *((make, GONE) for make in {**CATALOGUE, **PARTS, **SEGMENTS}.values()),
    *((make, {**GONE, "deleted_with_promotion": True}) for make in PARTS.values()),
    *((make, {"owner_user": None, "owner_group": a_group}) for make in OWNED.values()),
    *((make, {"external_id": None}) for make in CATALOGUE.values()),
    (make_tier, {"rank": 1}),
    (make_tier, {"rank": 10}),
    (make_tier, {**GONE, "rank": None}),
    (make_product, {"stock_keeping_unit": "SH-1"}),
    (make_coupon, {"description": "For members."}),
    (make_limit, {"type": "UsagePerCustomer", "category": "CustomerLevel"}),
    *((order_limit, {"category": level}) for level in ("CustomerLevel", "PromotionLevel")),
    *(
        (order_limit, {"type": type_})
        for type_ in (
            "CartItemCount",
            "FinancialLiability",
            "PointsCredited",
            "VouchersIssued",
            "Milestone",
        )
    ),
    (make_limit_usage, {"usage": 0}),
    (make_limit_usage, {"usage": 1001}),
    (make_coupon, {"status": "Inactive"}),
    (dated_coupon, {"end_date_time": NOW + timedelta(microseconds=1)}),
    (dated_coupon, {"start_date_time": None}),
    (dated_coupon, {"end_date_time": None}),
    (limited_coupon, {"redemption_limit_all_buyers": None}),
    (limited_coupon, {"redemption_limit_per_buyer": None}),
    (limited_coupon, {"redemption_limit_per_buyer": 1}),
    (batch, {"kind": "imported", "pattern": None}),
    (batch, {"kind": "cloned", "pattern": None}),
]


@pytest.mark.parametrize(("make", "values"), VALID, ids=names_of_valid(VALID))
def test_what_is_valid_is_accepted(make: Make, values: Values) -> None:
    put(make(), values)


UNIQUES: list[Unique] = [
    *((f"{kind}_external_id_once", make) for kind, make in CATALOGUE.items()),
    ("tier_rank_once", make_tier),
    ("limit_once_per_type_and_category", make_limit),
    ("promotion_for_segment_once", make_market_segment),
    ("segment_has_buyer_group_once", make_segment_buyer_group),
    ("segment_has_store_once", make_segment_sales_store),
    ("coupon_code_once", make_coupon),
    ("coupon_redeemed_once_per_transaction", redemption),
]


@pytest.mark.parametrize(("name", "make"), UNIQUES, ids=[name for name, _ in UNIQUES])
def test_uniques(name: str, make: Make) -> None:
    assert_once(name, make)
