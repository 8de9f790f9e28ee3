"""Valid records of what belongs to a promotion, and of the catalogue, as ``tests/factories.py``.

What a record belongs to is made with it unless told otherwise; overrides are by the model's field
names.
"""

from datetime import datetime
from itertools import count
from typing import Any

from promotions.actors import Actor
from promotions.models import (
    BuyerGroup,
    Coupon,
    Product,
    ProductCategory,
    Promotion,
    PromotionLimit,
    PromotionLimitUsage,
    PromotionLineItemRule,
    PromotionMarketSegment,
    PromotionQualifier,
    PromotionSegment,
    PromotionSegmentBuyerGroup,
    PromotionSegmentSalesStore,
    PromotionTarget,
    PromotionTier,
    WebStore,
)
from promotions.services import parts
from promotions.services.coupons import coupons
from tests.factories import LONG_AGO, actor, make_promotion

_number = count(1)


def make_tier(
    promotion: Promotion | None = None,
    *,
    by: Actor | None = None,
    at: datetime = LONG_AGO,
    **overrides: Any,
) -> PromotionTier:
    """The next tier of a tiered promotion."""
    promotion = promotion or make_promotion(is_tiered=True)
    values = {"promotion": promotion, "name": f"Tier {next(_number)}", **overrides}
    return parts.tiers.create(PromotionTier(**values), by=by or actor(), at=at)


def make_qualifier(
    promotion: Promotion | None = None,
    *,
    by: Actor | None = None,
    at: datetime = LONG_AGO,
    **overrides: Any,
) -> PromotionQualifier:
    """Two of the product with the shop's code ``SHOE``; of a tiered promotion name the tier."""
    values = {
        "promotion": promotion or make_promotion(),
        "qualifier_type": "Product",
        "qualifier_operator": "EQUAL_TO",
        "qualifier_rule_criteria_type": "All",
        "minimum_quantity": 2,
        **overrides,
    }
    named = {"qualifier_product", "qualifier_category", "external_qualifier"} & overrides.keys()
    if not named and values["qualifier_operator"] != "NONE":
        values["external_qualifier"] = "SHOE"
    return parts.qualifiers.create(PromotionQualifier(**values), by=by or actor(), at=at)


def make_target(
    promotion: Promotion | None = None,
    *,
    by: Actor | None = None,
    at: datetime = LONG_AGO,
    **overrides: Any,
) -> PromotionTarget:
    """Twenty percent off the whole order; of a tiered promotion name the tier."""
    values = {
        "promotion": promotion or make_promotion(),
        "target_type": "Transaction",
        "target_operator": "NONE",
        "target_rule_criteria_type": "ALL",
        "adjustment_type": "PercentageDiscount",
        **overrides,
    }
    if values["adjustment_type"] == "PercentageDiscount":
        values.setdefault("adjustment_percent", 20)
    return parts.targets.create(PromotionTarget(**values), by=by or actor(), at=at)


def make_line_item_rule(
    associated: PromotionQualifier | PromotionTarget | None = None,
    *,
    by: Actor | None = None,
    at: datetime = LONG_AGO,
    **overrides: Any,
) -> PromotionLineItemRule:
    """That an item costs more than 10, of a qualifier or a target (by default a qualifier)."""
    associated = associated or make_qualifier()
    is_target = isinstance(associated, PromotionTarget)
    values = {
        "associated_type": "PromotionTarget" if is_target else "PromotionQualifier",
        "associated_target" if is_target else "associated_qualifier": associated,
        "type": "Price",
        "operator_type": "GREATER_THAN",
        "type_value": "10",
        **overrides,
    }
    return parts.line_item_rules.create(PromotionLineItemRule(**values), by=by or actor(), at=at)


def make_limit(
    promotion: Promotion | None = None,
    *,
    by: Actor | None = None,
    at: datetime = LONG_AGO,
    **overrides: Any,
) -> PromotionLimit:
    """At most a thousand uses in all."""
    values = {
        "promotion": promotion or make_promotion(),
        "category": "PromotionLevel",
        "type": "TotalUsage",
        "value": 1000,
        **overrides,
    }
    return parts.limits.create(PromotionLimit(**values), by=by or actor(), at=at)


def make_limit_usage(
    limit: PromotionLimit | None = None,
    *,
    by: Actor | None = None,
    at: datetime = LONG_AGO,
    **overrides: Any,
) -> PromotionLimitUsage:
    """That ten of a limit are used."""
    values = {"promotion_limit": limit or make_limit(), "usage": 10, **overrides}
    return parts.limit_usages.create(PromotionLimitUsage(**values), by=by or actor(), at=at)


def make_market_segment(
    promotion: Promotion | None = None,
    segment: PromotionSegment | None = None,
    *,
    by: Actor | None = None,
    at: datetime = LONG_AGO,
    **overrides: Any,
) -> PromotionMarketSegment:
    """That a promotion is for a segment."""
    values = {
        "promotion": promotion or make_promotion(),
        "promotion_segment": segment or make_segment(),
        **overrides,
    }
    return parts.market_segments.create(PromotionMarketSegment(**values), by=by or actor(), at=at)


def make_segment(
    *, by: Actor | None = None, at: datetime = LONG_AGO, **overrides: Any
) -> PromotionSegment:
    values = {"name": f"Segment {next(_number)}", **overrides}
    return parts.segments.create(PromotionSegment(**values), by=by or actor(), at=at)


def make_segment_buyer_group(
    segment: PromotionSegment | None = None,
    *,
    by: Actor | None = None,
    at: datetime = LONG_AGO,
    **overrides: Any,
) -> PromotionSegmentBuyerGroup:
    """A buyer group of a segment."""
    values = {"promotion_segment": segment or make_segment(), **overrides}
    if "buyer_group" not in overrides:
        values["buyer_group"] = make_buyer_group()
    link = PromotionSegmentBuyerGroup(**values)
    return parts.segment_buyer_groups.create(link, by=by or actor(), at=at)


def make_segment_sales_store(
    segment: PromotionSegment | None = None,
    *,
    by: Actor | None = None,
    at: datetime = LONG_AGO,
    **overrides: Any,
) -> PromotionSegmentSalesStore:
    """A store of a segment."""
    values = {"promotion_segment": segment or make_segment(), **overrides}
    if "sales_store" not in overrides:
        values["sales_store"] = make_web_store()
    link = PromotionSegmentSalesStore(**values)
    return parts.segment_sales_stores.create(link, by=by or actor(), at=at)


def make_product(*, by: Actor | None = None, at: datetime = LONG_AGO, **overrides: Any) -> Product:
    values = {"name": f"Product {next(_number)}", **overrides}
    return parts.products.create(Product(**values), by=by or actor(), at=at)


def make_product_category(
    *, by: Actor | None = None, at: datetime = LONG_AGO, **overrides: Any
) -> ProductCategory:
    values = {"name": f"Category {next(_number)}", **overrides}
    return parts.product_categories.create(ProductCategory(**values), by=by or actor(), at=at)


def make_buyer_group(
    *, by: Actor | None = None, at: datetime = LONG_AGO, **overrides: Any
) -> BuyerGroup:
    values = {"name": f"Buyer group {next(_number)}", **overrides}
    return parts.buyer_groups.create(BuyerGroup(**values), by=by or actor(), at=at)


def make_web_store(
    *, by: Actor | None = None, at: datetime = LONG_AGO, **overrides: Any
) -> WebStore:
    values = {"name": f"Store {next(_number)}", **overrides}
    return parts.web_stores.create(WebStore(**values), by=by or actor(), at=at)


def make_coupon(
    promotion: Promotion | None = None,
    *,
    by: Actor | None = None,
    at: datetime = LONG_AGO,
    **overrides: Any,
) -> Coupon:
    """An active coupon without limits."""
    values = {
        "promotion": promotion or make_promotion(),
        "coupon_code": f"CODE{next(_number)}",
        "status": "Active",
        **overrides,
    }
    return coupons.create(Coupon(**values), by=by or actor(), at=at)
