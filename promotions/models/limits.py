"""What a promotion may cost or give at most, and how much of it is used."""

from typing import ClassVar

from django.db import models
from django.db.models import Q

from promotions import ids
from promotions.models import picklists
from promotions.models.base import PromotionPart, RecordManager
from promotions.models.facts import Facts, fixed
from promotions.models.fields import NumberField, one_of, positive


class PromotionLimit(PromotionPart):
    """A limit, for each customer or for the promotion as a whole."""

    key_prefix: ClassVar = ids.PROMOTION_LIMIT
    number_letters: ClassVar = "PL"
    field_facts: ClassVar = {"promotion": fixed()}

    category = models.CharField(max_length=20, choices=picklists.LimitCategory)
    type = models.CharField(max_length=30, choices=picklists.LimitType)
    value = NumberField(help_text="The most of it.")

    objects = RecordManager["PromotionLimit"]()

    class Meta(PromotionPart.Meta):
        default_related_name = "limits"
        constraints = [
            *PromotionPart.Meta.constraints,
            one_of("category", picklists.LimitCategory, on="limit"),
            one_of("type", picklists.LimitType, on="limit"),
            positive("value", on="limit"),
            models.CheckConstraint(
                name="limit_category_fits_type",
                condition=Q(type="TotalUsage", category="PromotionLevel")
                | Q(type="UsagePerCustomer", category="CustomerLevel")
                | ~Q(type__in=["TotalUsage", "UsagePerCustomer"]),
            ),
            models.UniqueConstraint(
                name="limit_once_per_type_and_category",
                fields=["promotion", "type", "category"],
                condition=Q(is_deleted=False),
            ),
        ]


class PromotionLimitUsage(PromotionPart):
    """How much of a limit is used."""

    key_prefix: ClassVar = ids.PROMOTION_LIMIT_USAGE
    number_letters: ClassVar = "PLU"
    field_facts: ClassVar = {"promotion": Facts(hidden=True), "promotion_limit": fixed()}

    promotion_limit = models.ForeignKey(PromotionLimit, models.PROTECT, verbose_name="limit")
    usage = NumberField(help_text="How much of the limit is used.")

    objects = RecordManager["PromotionLimitUsage"]()

    class Meta(PromotionPart.Meta):
        default_related_name = "limit_usages"
        indexes = [models.Index(name="limit_usage_by_promotion", fields=["promotion", "id"])]
        constraints = [
            *PromotionPart.Meta.constraints,
            models.CheckConstraint(name="limit_usage_not_negative", condition=Q(usage__gte=0)),
        ]
