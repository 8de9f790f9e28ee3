"""What is done to what belongs to a promotion: the only writer of tiers, qualifiers, targets, line
item rules, segments, limits, and of the catalogue that they name.

Each asks the rules in ``promotions/child_rules``; the promotion is held meanwhile, so that what the
rules are told of its other parts stays true.
"""

from collections.abc import Iterator
from typing import Any, Final

from promotions import child_rules
from promotions.errors import DomainError
from promotions.models import (
    BuyerGroup,
    Product,
    ProductCategory,
    Promotion,
    PromotionLimit,
    PromotionLimitUsage,
    PromotionLineItemRule,
    PromotionMarketSegment,
    PromotionPart,
    PromotionQualifier,
    PromotionSegment,
    PromotionSegmentBuyerGroup,
    PromotionSegmentSalesStore,
    PromotionTarget,
    PromotionTier,
    WebStore,
)
from promotions.services.records import RecordService

NAMED_ALREADY: Final = "This is named here already. Change that record instead."


def _promotion(part: PromotionPart) -> Promotion | None:
    return Promotion.objects.filter(pk=part.promotion_id).first()


def _other_tiers(tier: PromotionTier) -> list[PromotionTier]:
    tiers = PromotionTier.objects.live().filter(promotion=tier.promotion_id)
    return list(tiers.exclude(pk=tier.pk))


def _fill_in_rank(tier: PromotionTier) -> None:
    if tier.rank is None:
        tier.rank = child_rules.free_rank(_other_tiers(tier))


def _tier_problems(tier: PromotionTier) -> Iterator[DomainError]:
    if promotion := _promotion(tier):
        yield from child_rules.tier_problems(
            tier, others=_other_tiers(tier), is_tiered=promotion.is_tiered
        )


def _steps(part: PromotionQualifier | PromotionTarget) -> dict[str, Any] | None:
    """What the rules must know of the promotion's tiers; None where there is no promotion."""
    promotion = _promotion(part)
    if promotion is None:
        return None
    tiers = PromotionTier.objects.live().filter(promotion=promotion)
    return {
        "is_tiered": promotion.is_tiered,
        "tiers": set(tiers.values_list("pk", flat=True)) if promotion.is_tiered else (),
    }


def _qualifier_problems(qualifier: PromotionQualifier) -> Iterator[DomainError]:
    if (steps := _steps(qualifier)) is not None:
        yield from child_rules.qualifier_problems(qualifier, **steps)


def _target_problems(target: PromotionTarget) -> Iterator[DomainError]:
    if (steps := _steps(target)) is not None:
        yield from child_rules.target_problems(target, **steps)


def take_promotion(rule: PromotionLineItemRule) -> None:
    """A line item rule belongs to the promotion of the qualifier or target that it narrows."""
    if not _belongs_already(rule) and (associated := _associated(rule)):
        rule.promotion_id = associated.promotion_id


def _belongs_already(part: PromotionPart) -> bool:
    key: int | None = part.promotion_id  # a new record need not have one yet
    return key is not None


def _associated(rule: PromotionLineItemRule) -> PromotionQualifier | PromotionTarget | None:
    """What the rule narrows; None where it names nothing, or what is not there."""
    if (key := rule.associated_qualifier_id) is not None:
        return PromotionQualifier.objects.filter(pk=key).first()
    if (key := rule.associated_target_id) is not None:
        return PromotionTarget.objects.filter(pk=key).first()
    return None


def _line_item_rule_problems(rule: PromotionLineItemRule) -> Iterator[DomainError]:
    yield from child_rules.line_item_rule_problems(rule)
    associated = _associated(rule)
    if associated is not None and associated.promotion_id != rule.promotion_id:
        detail = "This qualifier or target belongs to another promotion."
        yield DomainError("invalid_value", detail, "associatedReferenceId")


def _limit_problems(limit: PromotionLimit) -> Iterator[DomainError]:
    limits = PromotionLimit.objects.live().filter(promotion=limit.promotion_id)
    yield from child_rules.limit_problems(limit, others=list(limits.exclude(pk=limit.pk)))


def _market_segment_problems(link: PromotionMarketSegment) -> Iterator[DomainError]:
    yield from child_rules.market_segment_problems(link)
    same = PromotionMarketSegment.objects.live().filter(
        promotion=link.promotion_id, promotion_segment=link.promotion_segment_id
    )
    if same.exclude(pk=link.pk).exists():
        yield DomainError("duplicate_value", NAMED_ALREADY, "promotionSegmentId")


def _buyer_group_problems(link: PromotionSegmentBuyerGroup) -> Iterator[DomainError]:
    same = PromotionSegmentBuyerGroup.objects.live().filter(
        promotion_segment=link.promotion_segment_id, buyer_group=link.buyer_group_id
    )
    if same.exclude(pk=link.pk).exists():
        yield DomainError("duplicate_value", NAMED_ALREADY, "buyerGroupId")


def _sales_store_problems(link: PromotionSegmentSalesStore) -> Iterator[DomainError]:
    same = PromotionSegmentSalesStore.objects.live().filter(
        promotion_segment=link.promotion_segment_id, sales_store=link.sales_store_id
    )
    if same.exclude(pk=link.pk).exists():
        yield DomainError("duplicate_value", NAMED_ALREADY, "salesStoreId")


tiers: Final = RecordService(
    PromotionTier,
    problems=_tier_problems,
    prepare=_fill_in_rank,
    tracked=True,
    used_by=((PromotionQualifier, "promotion_tier"), (PromotionTarget, "promotion_tier")),
)
qualifiers: Final = RecordService(
    PromotionQualifier,
    problems=_qualifier_problems,
    tracked=True,
    used_by=((PromotionLineItemRule, "associated_qualifier"),),
)
targets: Final = RecordService(
    PromotionTarget,
    problems=_target_problems,
    tracked=True,
    used_by=((PromotionLineItemRule, "associated_target"),),
)
line_item_rules: Final = RecordService(
    PromotionLineItemRule,
    problems=_line_item_rule_problems,
    belongs=take_promotion,
    tracked=True,
)
limits: Final = RecordService(
    PromotionLimit,
    problems=_limit_problems,
    tracked=True,
    used_by=((PromotionLimitUsage, "promotion_limit"),),
)


def _limit_promotion(usage: PromotionLimitUsage) -> None:
    if not _belongs_already(usage) and (limit := _limit(usage)):
        usage.promotion_id = limit.promotion_id


def _limit(usage: PromotionLimitUsage) -> PromotionLimit | None:
    return PromotionLimit.objects.filter(pk=usage.promotion_limit_id).first()


def _limit_usage_problems(usage: PromotionLimitUsage) -> Iterator[DomainError]:
    yield from child_rules.limit_usage_problems(usage)
    limit = _limit(usage)
    if limit is not None and limit.promotion_id != usage.promotion_id:
        detail = "This limit belongs to another promotion."
        yield DomainError("invalid_value", detail, "promotionLimitId")


limit_usages: Final = RecordService(
    PromotionLimitUsage,
    problems=_limit_usage_problems,
    belongs=_limit_promotion,
    tracked=True,
)
market_segments: Final = RecordService(
    PromotionMarketSegment, problems=_market_segment_problems, tracked=True
)
segments: Final = RecordService(
    PromotionSegment,
    tracked=True,
    used_by=(
        (PromotionMarketSegment, "promotion_segment"),
        (PromotionSegmentBuyerGroup, "promotion_segment"),
        (PromotionSegmentSalesStore, "promotion_segment"),
    ),
)
segment_buyer_groups: Final = RecordService(
    PromotionSegmentBuyerGroup, problems=_buyer_group_problems, tracked=True
)
segment_sales_stores: Final = RecordService(
    PromotionSegmentSalesStore, problems=_sales_store_problems, tracked=True
)

products: Final = RecordService(
    Product,
    unique=("external_id",),
    tracked=True,
    used_by=(
        (PromotionQualifier, "qualifier_product"),
        (PromotionTarget, "target_product"),
        (PromotionLineItemRule, "type_reference_product"),
    ),
)
product_categories: Final = RecordService(
    ProductCategory,
    unique=("external_id",),
    tracked=True,
    used_by=(
        (PromotionQualifier, "qualifier_category"),
        (PromotionTarget, "target_category"),
        (PromotionLineItemRule, "type_reference_category"),
    ),
)
buyer_groups: Final = RecordService(
    BuyerGroup,
    unique=("external_id",),
    tracked=True,
    used_by=((PromotionSegmentBuyerGroup, "buyer_group"),),
)
web_stores: Final = RecordService(
    WebStore,
    unique=("external_id",),
    tracked=True,
    used_by=((PromotionSegmentSalesStore, "sales_store"),),
)
