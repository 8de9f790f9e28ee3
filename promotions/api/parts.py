"""What belongs to a promotion, whom promotions are for, and the catalogue that they name: one
declaration for each resource. All else follows from the field dictionary."""

from typing import Any, ClassVar, Final

from django.db.models import F, Value
from django.db.models.functions import Coalesce

from promotions.api.part_views import ByExternalId, PartViewSet, ResourceViewSet
from promotions.models import (
    BuyerGroup,
    Product,
    ProductCategory,
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


class TierViewSet(PartViewSet[PromotionTier]):
    """The steps of tiered promotions: who buys more gets more."""

    model, service = PromotionTier, parts.tiers
    flat, nested = "promotion-tiers", "tiers"
    orderings: ClassVar = {
        "createdDate": F("created_date"),
        "lastModifiedDate": F("last_modified_date"),
        "name": F("name"),
        "rank": Coalesce("rank", Value(0)),
    }


class QualifierViewSet(PartViewSet[PromotionQualifier]):
    """What must be in a cart for a promotion to apply."""

    model, service = PromotionQualifier, parts.qualifiers
    flat, nested = "promotion-qualifiers", "qualifiers"


class TargetViewSet(PartViewSet[PromotionTarget]):
    """What is discounted, and by how much."""

    model, service = PromotionTarget, parts.targets
    flat, nested = "promotion-targets", "targets"


class LineItemRuleViewSet(PartViewSet[PromotionLineItemRule]):
    """Conditions on the items that a qualifier or a target means. A rule belongs to the promotion
    of what it narrows."""

    model, service = PromotionLineItemRule, parts.line_item_rules
    flat, nested = "promotion-line-item-rules", "line-item-rules"


class MarketSegmentViewSet(PartViewSet[PromotionMarketSegment]):
    """The segments that promotions are for. A promotion without any is for everybody."""

    model, service = PromotionMarketSegment, parts.market_segments
    flat, nested = "promotion-market-segments", "market-segments"


class LimitViewSet(PartViewSet[PromotionLimit]):
    """What a promotion may cost or give at most, for each customer or as a whole."""

    model, service = PromotionLimit, parts.limits
    flat, nested = "promotion-limits", "limits"


class LimitUsageViewSet(PartViewSet[PromotionLimitUsage]):
    """How much of a limit is used. A usage belongs to the promotion of its limit."""

    model, service = PromotionLimitUsage, parts.limit_usages
    flat, nested = "promotion-limit-usages", "limit-usages"


class SegmentViewSet(ResourceViewSet[PromotionSegment]):
    """Parts of the market: the members of buyer groups, the visitors of stores."""

    model, service = PromotionSegment, parts.segments
    flat = "promotion-segments"


class SegmentBuyerGroupViewSet(PartViewSet[PromotionSegmentBuyerGroup]):
    """The buyer groups that belong to a segment."""

    model, service = PromotionSegmentBuyerGroup, parts.segment_buyer_groups
    flat, nested = "promotion-segment-buyer-groups", "buyer-groups"
    parent, parents, parent_id = "promotion_segment", "promotion-segments", "promotionSegmentId"


class SegmentSalesStoreViewSet(PartViewSet[PromotionSegmentSalesStore]):
    """The stores that belong to a segment."""

    model, service = PromotionSegmentSalesStore, parts.segment_sales_stores
    flat, nested = "promotion-segment-sales-stores", "sales-stores"
    parent, parents, parent_id = "promotion_segment", "promotion-segments", "promotionSegmentId"


class ProductViewSet(ResourceViewSet[Product], ByExternalId[Product]):
    """Products of the shops, to be named by promotions."""

    model, service = Product, parts.products
    flat = "products"


class ProductCategoryViewSet(ResourceViewSet[ProductCategory], ByExternalId[ProductCategory]):
    """Categories of the shops' products."""

    model, service = ProductCategory, parts.product_categories
    flat = "product-categories"


class BuyerGroupViewSet(ResourceViewSet[BuyerGroup], ByExternalId[BuyerGroup]):
    """Groups of buyers that the shops know."""

    model, service = BuyerGroup, parts.buyer_groups
    flat = "buyer-groups"


class WebStoreViewSet(ResourceViewSet[WebStore], ByExternalId[WebStore]):
    """The shops' sales channels."""

    model, service = WebStore, parts.web_stores
    flat = "web-stores"


VIEWS: Final[tuple[type[ResourceViewSet[Any]], ...]] = (
    TierViewSet,
    QualifierViewSet,
    TargetViewSet,
    LineItemRuleViewSet,
    MarketSegmentViewSet,
    LimitViewSet,
    LimitUsageViewSet,
    SegmentViewSet,
    SegmentBuyerGroupViewSet,
    SegmentSalesStoreViewSet,
    ProductViewSet,
    ProductCategoryViewSet,
    BuyerGroupViewSet,
    WebStoreViewSet,
)
