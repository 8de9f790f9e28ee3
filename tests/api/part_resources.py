"""The resources of what belongs to another record, as tables for the tests of what they share."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from tests import part_factories as parts
from tests.factories import make_promotion


@dataclass(frozen=True)
class Resource:
    """One resource below another; ``body`` are the properties of a new record of a parent."""

    flat: str
    nested: str
    make: Callable[..., Any]
    body: Callable[[Any], dict[str, Any]]
    change: tuple[str, Any] | None
    """A property that can be changed, and another value for it; None: nothing can."""
    names_parent: str | None = "promotionId"
    """The property that says what it belongs to; None where that follows from another."""
    parents: str = "promotions"
    tiered: bool = field(default=False)

    def __str__(self) -> str:
        return self.flat

    def make_parent(self, **options: Any) -> Any:
        if self.parents == "promotion-segments":
            return parts.make_segment(**options)
        return make_promotion(is_tiered=self.tiered, **options)

    def make_in(self, parent: Any, **options: Any) -> Any:
        """A record that belongs to ``parent``."""
        if self.flat == "promotion-line-item-rules":
            return self.make(parts.make_qualifier(parent, **options), **options)
        if self.flat == "promotion-limit-usages":
            return self.make(parts.make_limit(parent, **options), **options)
        return self.make(parent, **options)

    def flat_body(self, parent: Any) -> dict[str, Any]:
        body = self.body(parent)
        return {**body, self.names_parent: parent.record_id} if self.names_parent else body

    @property
    def path(self) -> str:
        return f"/api/v1/{self.flat}"

    def below(self, parent: Any) -> str:
        return f"/api/v1/{self.parents}/{parent.record_id}/{self.nested}"


TIERS = Resource(
    "promotion-tiers",
    "tiers",
    parts.make_tier,
    lambda p: {"name": "Silver"},
    ("rank", 7),
    tiered=True,
)
QUALIFIERS = Resource(
    "promotion-qualifiers",
    "qualifiers",
    parts.make_qualifier,
    lambda p: {
        "qualifierType": "Product",
        "qualifierOperator": "EQUAL_TO",
        "qualifierRuleCriteriaType": "All",
        "externalQualifier": "SHOE",
    },
    ("minimumQuantity", 3),
)
TARGETS = Resource(
    "promotion-targets",
    "targets",
    parts.make_target,
    lambda p: {
        "targetType": "Transaction",
        "targetOperator": "NONE",
        "targetRuleCriteriaType": "ALL",
        "adjustmentType": "PercentageDiscount",
        "adjustmentPercent": 12.5,
    },
    ("adjustmentPercent", 30),
)
LINE_ITEM_RULES = Resource(
    "promotion-line-item-rules",
    "line-item-rules",
    parts.make_line_item_rule,
    lambda p: {
        "associatedType": "PromotionQualifier",
        "associatedReferenceId": parts.make_qualifier(p).record_id,
        "type": "Price",
        "typeValue": "19.90",
    },
    ("typeValue", "5"),
    names_parent=None,
)
MARKET_SEGMENTS = Resource(
    "promotion-market-segments",
    "market-segments",
    parts.make_market_segment,
    lambda p: {"promotionSegmentId": parts.make_segment().record_id},
    None,
)
LIMITS = Resource(
    "promotion-limits",
    "limits",
    parts.make_limit,
    lambda p: {"category": "CustomerLevel", "type": "UsagePerCustomer", "value": 2},
    ("value", 3),
)
LIMIT_USAGES = Resource(
    "promotion-limit-usages",
    "limit-usages",
    parts.make_limit_usage,
    lambda p: {"promotionLimitId": parts.make_limit(p).record_id, "usage": 1.5},
    ("usage", 2),
    names_parent=None,
)
SEGMENT_BUYER_GROUPS = Resource(
    "promotion-segment-buyer-groups",
    "buyer-groups",
    parts.make_segment_buyer_group,
    lambda s: {"buyerGroupId": parts.make_buyer_group().record_id},
    None,
    names_parent="promotionSegmentId",
    parents="promotion-segments",
)
SEGMENT_SALES_STORES = Resource(
    "promotion-segment-sales-stores",
    "sales-stores",
    parts.make_segment_sales_store,
    lambda s: {"salesStoreId": parts.make_web_store().record_id},
    None,
    names_parent="promotionSegmentId",
    parents="promotion-segments",
)

OF_PROMOTIONS = (
    TIERS,
    QUALIFIERS,
    TARGETS,
    LINE_ITEM_RULES,
    MARKET_SEGMENTS,
    LIMITS,
    LIMIT_USAGES,
)
ALL = (*OF_PROMOTIONS, SEGMENT_BUYER_GROUPS, SEGMENT_SALES_STORES)
