"""Gives the demo's promotions what belongs to them, through the services."""

from dataclasses import dataclass, field
from datetime import datetime

from enrollments.demo.discounts import (
    BUYER_GROUP,
    CATEGORIES,
    DISCOUNTS,
    MEMBERS,
    Ask,
    Discount,
    Give,
)
from promotions.actors import Actor
from promotions.models import (
    BuyerGroup,
    ProductCategory,
    Promotion,
    PromotionMarketSegment,
    PromotionQualifier,
    PromotionSegment,
    PromotionSegmentBuyerGroup,
    PromotionTarget,
    PromotionTier,
)
from promotions.services import parts
from promotions.services.coupon_generation import generate_coupons


@dataclass
class Furnisher:
    """Makes the catalogue once, and then what belongs to each promotion."""

    by: Actor
    at: datetime
    """When the catalogue and the segment came to be."""
    categories: dict[str, ProductCategory] = field(default_factory=dict)
    members: PromotionSegment | None = None

    def make_catalogue(self) -> None:
        """The shop's categories, and the segment of its members."""
        for key, name in CATEGORIES.items():
            category = ProductCategory(name=name, external_id=key)
            self.categories[key] = parts.product_categories.create(category, by=self.by, at=self.at)
        key, name = BUYER_GROUP
        group = BuyerGroup(name=name, external_id=key)
        parts.buyer_groups.create(group, by=self.by, at=self.at)
        self.members = parts.segments.create(PromotionSegment(name=MEMBERS), by=self.by, at=self.at)
        link = PromotionSegmentBuyerGroup(promotion_segment=self.members, buyer_group=group)
        parts.segment_buyer_groups.create(link, by=self.by, at=self.at)

    def furnish(self, promotion: Promotion, at: datetime) -> None:
        """Makes all that belongs to a new promotion."""
        discount = DISCOUNTS.get(promotion.promotion_code or "")
        if discount is None:
            return
        self._discount(promotion, discount, at)
        if discount.members_only:
            link = PromotionMarketSegment(promotion=promotion, promotion_segment=self.members)
            parts.market_segments.create(link, by=self.by, at=at)
        if discount.coupons:
            generate_coupons(
                promotion.pk,
                pattern=discount.pattern,
                quantity=discount.coupons,
                values={"status": "Active", "redemption_limit_all_buyers": 1},
                by=self.by,
                at=at,
            )

    def _discount(self, promotion: Promotion, discount: Discount, at: datetime) -> None:
        for ask in discount.asks:
            self._ask(promotion, ask, None, at)
        for give in discount.gives:
            self._give(promotion, give, None, at)
        for step in discount.steps:
            tier = PromotionTier(promotion=promotion, name=step.name)
            parts.tiers.create(tier, by=self.by, at=at)
            for ask in step.asks:
                self._ask(promotion, ask, tier, at)
            for give in step.gives:
                self._give(promotion, give, tier, at)

    def _ask(
        self, promotion: Promotion, ask: Ask, tier: PromotionTier | None, at: datetime
    ) -> None:
        qualifier = PromotionQualifier(
            promotion=promotion,
            promotion_tier=tier,
            qualifier_type="ProductCategory" if ask.category else "TransactionTotal",
            qualifier_operator="EQUAL_TO" if ask.category else "NONE",
            qualifier_rule_criteria_type="All",
            qualifier_category=self.categories[ask.category] if ask.category else None,
            minimum_quantity=ask.quantity,
            minimum_amount=ask.amount,
        )
        parts.qualifiers.create(qualifier, by=self.by, at=at)

    def _give(
        self, promotion: Promotion, give: Give, tier: PromotionTier | None, at: datetime
    ) -> None:
        order_level = "Shipping" if give.delivery else "Transaction"
        target = PromotionTarget(
            promotion=promotion,
            promotion_tier=tier,
            target_type="ProductCategory" if give.category else order_level,
            target_operator="EQUAL_TO" if give.category else "NONE",
            target_rule_criteria_type="ALL",
            target_category=self.categories[give.category] if give.category else None,
            adjustment_type="PercentageDiscount",
            adjustment_percent=give.percent,
            restriction_quantity=give.pieces,
        )
        parts.targets.create(target, by=self.by, at=at)
