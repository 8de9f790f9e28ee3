from promotions.models.base import (
    DerivedField,
    FoldedField,
    Owned,
    PromotionPart,
    Record,
    RecordManager,
    RecordQuerySet,
)
from promotions.models.batched_jobs import BatchedJob
from promotions.models.bulk_jobs import BulkJob
from promotions.models.catalogue import BuyerGroup, Product, ProductCategory, WebStore
from promotions.models.coupons import Coupon, CouponBatch, CouponCodeRedemption
from promotions.models.discounts import (
    PromotionLineItemRule,
    PromotionQualifier,
    PromotionTarget,
    PromotionTier,
)
from promotions.models.figures import KeptFigure
from promotions.models.idempotency import IdempotentRequest
from promotions.models.limits import PromotionLimit, PromotionLimitUsage
from promotions.models.organization import Organization
from promotions.models.partners import Partner
from promotions.models.people import User
from promotions.models.promotion import Promotion
from promotions.models.query_locators import QueryLocator, QueryPosition
from promotions.models.segments import (
    PromotionMarketSegment,
    PromotionSegment,
    PromotionSegmentBuyerGroup,
    PromotionSegmentSalesStore,
)
from promotions.models.sharing import PromotionShare, SharingRule
from promotions.models.trail import (
    HistoryRow,
    PromotionFeed,
    PromotionFeedComment,
    PromotionHistory,
    RecordView,
)

__all__ = [
    "BatchedJob",
    "BulkJob",
    "BuyerGroup",
    "Coupon",
    "CouponBatch",
    "CouponCodeRedemption",
    "DerivedField",
    "FoldedField",
    "HistoryRow",
    "IdempotentRequest",
    "KeptFigure",
    "Organization",
    "Owned",
    "Partner",
    "Product",
    "ProductCategory",
    "Promotion",
    "PromotionFeed",
    "PromotionFeedComment",
    "PromotionHistory",
    "PromotionLimit",
    "PromotionLimitUsage",
    "PromotionLineItemRule",
    "PromotionMarketSegment",
    "PromotionPart",
    "PromotionQualifier",
    "PromotionSegment",
    "PromotionSegmentBuyerGroup",
    "PromotionSegmentSalesStore",
    "PromotionShare",
    "PromotionTarget",
    "PromotionTier",
    "QueryLocator",
    "QueryPosition",
    "Record",
    "RecordManager",
    "RecordQuerySet",
    "RecordView",
    "SharingRule",
    "User",
    "WebStore",
]
