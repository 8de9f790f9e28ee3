"""Who a promotion is for, where it is for some: segments of buyer groups and stores."""

from typing import ClassVar

from django.db import models
from django.db.models import Q

from promotions import ids
from promotions.models.base import Owned, PromotionPart, Record, RecordManager
from promotions.models.catalogue import BuyerGroup, WebStore
from promotions.models.facts import Facts, fixed
from promotions.models.fields import CurrencyField, FoldedField


class PromotionSegment(Owned):
    """A part of the market: the members of buyer groups, the visitors of stores."""

    key_prefix: ClassVar = ids.PROMOTION_SEGMENT
    field_facts: ClassVar = {
        "name": Facts(id_lookup=True),
        "currency_iso_code": Facts(currency=True, nillable=False),
    }

    name = models.CharField(max_length=255, help_text="Such as Members, or German shops.")
    name_key = FoldedField("name")
    currency_iso_code = CurrencyField()

    objects = RecordManager["PromotionSegment"]()

    class Meta(Owned.Meta):
        default_permissions = ()  # who works on promotions works on these
        indexes = [models.Index(name="segment_by_name", fields=["name_key", "id"])]
        constraints = [
            *Owned.Meta.constraints,
            models.CheckConstraint(name="segment_name_not_blank", condition=~Q(name="")),
        ]


class SegmentPart(Record):
    """What a segment consists of."""

    field_facts: ClassVar = {
        "promotion_segment": fixed(),
        "currency_iso_code": Facts(currency=True, nillable=False),
    }

    promotion_segment = models.ForeignKey(
        PromotionSegment, models.PROTECT, db_index=False, verbose_name="segment"
    )
    currency_iso_code = CurrencyField()

    class Meta(Record.Meta):
        abstract = True
        default_permissions = ()


class PromotionSegmentBuyerGroup(SegmentPart):
    """A buyer group that belongs to a segment."""

    key_prefix: ClassVar = ids.PROMOTION_SEGMENT_BUYER_GROUP
    number_letters: ClassVar = "PSB"
    field_facts: ClassVar = {"buyer_group": fixed()}

    buyer_group = models.ForeignKey(BuyerGroup, models.PROTECT)

    objects = RecordManager["PromotionSegmentBuyerGroup"]()

    class Meta(SegmentPart.Meta):
        default_related_name = "segment_buyer_groups"
        constraints = [
            *SegmentPart.Meta.constraints,
            models.UniqueConstraint(
                name="segment_has_buyer_group_once",
                fields=["promotion_segment", "buyer_group"],
                condition=Q(is_deleted=False),
            ),
        ]


class PromotionSegmentSalesStore(SegmentPart):
    """A store that belongs to a segment."""

    key_prefix: ClassVar = ids.PROMOTION_SEGMENT_SALES_STORE
    number_letters: ClassVar = "PSS"
    field_facts: ClassVar = {"sales_store": fixed()}

    sales_store = models.ForeignKey(WebStore, models.PROTECT, verbose_name="store")

    objects = RecordManager["PromotionSegmentSalesStore"]()

    class Meta(SegmentPart.Meta):
        default_related_name = "segment_sales_stores"
        constraints = [
            *SegmentPart.Meta.constraints,
            models.UniqueConstraint(
                name="segment_has_store_once",
                fields=["promotion_segment", "sales_store"],
                condition=Q(is_deleted=False),
            ),
        ]


class PromotionMarketSegment(PromotionPart):
    """A segment that a promotion is for. Without any, it is for everybody."""

    key_prefix: ClassVar = ids.PROMOTION_MARKET_SEGMENT
    number_letters: ClassVar = "PMS"
    field_facts: ClassVar = {
        "promotion": fixed(),
        "currency_iso_code": Facts(currency=True, nillable=False),
    }

    promotion_segment = models.ForeignKey(
        PromotionSegment, models.PROTECT, null=True, blank=True, verbose_name="segment"
    )
    currency_iso_code = CurrencyField()

    objects = RecordManager["PromotionMarketSegment"]()

    class Meta(PromotionPart.Meta):
        default_related_name = "market_segments"
        indexes = [models.Index(name="market_segment_by_promotion", fields=["promotion", "id"])]
        constraints = [
            *PromotionPart.Meta.constraints,
            models.CheckConstraint(
                name="market_segment_names_segment", condition=Q(promotion_segment__isnull=False)
            ),
            models.UniqueConstraint(
                name="promotion_for_segment_once",
                fields=["promotion", "promotion_segment"],
                condition=Q(is_deleted=False),
            ),
        ]
