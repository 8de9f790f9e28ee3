"""What promotions consist of: tiers, qualifiers, targets, line item rules, limits."""

from typing import Any

from django.contrib import admin
from django.utils.formats import number_format

from promotions.admin.described import PartAdmin
from promotions.admin.tables import Under
from promotions.models import (
    PromotionLimit,
    PromotionLimitUsage,
    PromotionLineItemRule,
    PromotionQualifier,
    PromotionTarget,
    PromotionTier,
)
from promotions.models.picklists import AssociatedType
from promotions.services import parts


def plain(number: Any) -> str:
    """A number without the zeros that the database adds."""
    return "–" if number is None else f"{number.normalize():f}"


def named(*choices: Any) -> str:
    """The first of several references, or codes, that names something."""
    return next((str(one) for one in choices if one), "–")


@admin.register(PromotionTier)
class TierAdmin(PartAdmin):
    service = parts.tiers
    list_display = ("name", "rank", "of_promotion")
    folded_fields = ("promotion__name_key",)
    search_help_text = "The promotion's name"
    summary = ("rank",)
    order_below = ("rank", "id")


@admin.register(PromotionQualifier)
class QualifierAdmin(PartAdmin):
    service = parts.qualifiers
    list_select_related = (
        "promotion", "promotion_tier", "qualifier_product", "qualifier_category",
    )  # fmt: skip
    summary = ("promotion_tier", "qualifier_type", "what", "from_quantity", "minimum_amount")
    list_display = ("numbered", "of_promotion", *summary)

    def under(self, record: PromotionQualifier) -> Under:
        kind = AssociatedType.QUALIFIER.value
        return {PromotionLineItemRule: {"associated_type": kind, "associated_qualifier": record.pk}}

    @admin.display(description="what")
    def what(self, qualifier: PromotionQualifier) -> str:
        goods = named(
            qualifier.qualifier_product,
            qualifier.qualifier_category,
            qualifier.external_qualifier,
        )
        return f"not {goods}" if qualifier.qualifier_operator == "NOT_EQUAL_TO" else goods

    @admin.display(description="at least", ordering="minimum_quantity")
    def from_quantity(self, qualifier: PromotionQualifier) -> str:
        return plain(qualifier.minimum_quantity)


@admin.register(PromotionTarget)
class TargetAdmin(PartAdmin):
    service = parts.targets
    list_select_related = ("promotion", "promotion_tier", "target_product", "target_category")
    summary = ("promotion_tier", "target_type", "what", "adjustment_type", "adjustment")
    list_display = ("numbered", "of_promotion", *summary)

    def under(self, record: PromotionTarget) -> Under:
        kind = AssociatedType.TARGET.value
        return {PromotionLineItemRule: {"associated_type": kind, "associated_target": record.pk}}

    @admin.display(description="what")
    def what(self, target: PromotionTarget) -> str:
        goods = named(target.target_product, target.target_category, target.external_target)
        return f"not {goods}" if target.target_operator == "NOT_EQUAL_TO" else goods

    @admin.display(description="adjustment")
    def adjustment(self, target: PromotionTarget) -> str:
        if target.adjustment_percent is not None:
            return f"{plain(target.adjustment_percent)} %"
        amount = target.adjustment_amount
        currency = f" {target.currency_iso_code}" if target.currency_iso_code else ""
        return "–" if amount is None else f"{number_format(amount)}{currency}"


@admin.register(PromotionLineItemRule)
class LineItemRuleAdmin(PartAdmin):
    service = parts.line_item_rules
    list_select_related = (
        "promotion", "associated_qualifier", "associated_target", "type_reference_product",
        "type_reference_category",
    )  # fmt: skip
    summary = ("narrows", "type", "operator_type", "what")
    list_display = ("numbered", "of_promotion", *summary)
    also_narrowed_by = (
        "associated_type__exact", "associated_qualifier__id__exact", "associated_target__id__exact",
    )  # fmt: skip

    @admin.display(description="of")
    def narrows(self, rule: PromotionLineItemRule) -> str:
        return named(rule.associated_qualifier, rule.associated_target)

    @admin.display(description="what")
    def what(self, rule: PromotionLineItemRule) -> str:
        return named(rule.type_reference_product, rule.type_reference_category, rule.type_value)


@admin.register(PromotionLimit)
class LimitAdmin(PartAdmin):
    service = parts.limits
    summary = ("type", "category", "at_most")
    list_display = ("numbered", "of_promotion", *summary)

    def under(self, record: PromotionLimit) -> Under:
        return {PromotionLimitUsage: {"promotion_limit": record.pk}}

    @admin.display(description="at most", ordering="value")
    def at_most(self, limit: PromotionLimit) -> str:
        return plain(limit.value)


@admin.register(PromotionLimitUsage)
class LimitUsageAdmin(PartAdmin):
    """How much of a limit is used; the shops say so, people look."""

    nothing_yet = "Shops send here how much of a limit is used."
    service = parts.limit_usages
    written = False
    list_select_related = ("promotion", "promotion_limit")
    summary = ("limit", "used")
    list_display = ("numbered", "of_promotion", *summary)
    also_narrowed_by = ("promotion_limit__id__exact",)

    @admin.display(description="limit", ordering="promotion_limit")
    def limit(self, usage: PromotionLimitUsage) -> str:
        limit = usage.promotion_limit
        return f"{limit.get_type_display()}, {limit.get_category_display().lower()}"

    @admin.display(description="used", ordering="usage")
    def used(self, usage: PromotionLimitUsage) -> str:
        return f"{plain(usage.usage)} of {plain(usage.promotion_limit.value)}"
