"""Segments: who promotions are for, where they are for some."""

from django.contrib import admin

from promotions.admin.described import DescribedAdmin, PartAdmin
from promotions.admin.site import RecordFilter
from promotions.admin.tables import Under
from promotions.models import (
    PromotionMarketSegment,
    PromotionSegment,
    PromotionSegmentBuyerGroup,
    PromotionSegmentSalesStore,
)
from promotions.services import parts


@admin.register(PromotionSegment)
class SegmentAdmin(DescribedAdmin):
    nothing_yet = "A segment is a set of buyer groups and stores that promotions can be limited to."
    service = parts.segments
    list_display = ("name", "owner", "created")
    list_select_related = ("owner_user", "owner_group")
    search_fields = ("name_key",)
    folded_fields = ("name_key",)
    search_help_text = "Name"

    @admin.display(description="owner")
    def owner(self, segment: PromotionSegment) -> str:
        return str(segment.owner_group or segment.owner_user)

    def under(self, record: PromotionSegment) -> Under:
        filters = {"promotion_segment": record.pk}
        return dict.fromkeys((PromotionSegmentBuyerGroup, PromotionSegmentSalesStore), filters)


class SegmentPartAdmin(DescribedAdmin):
    """A buyer group or a store of a segment."""

    nothing_yet = "Make a segment first, then say here what belongs to it."
    list_filter = (("promotion_segment", RecordFilter),)
    folded_fields = ("promotion_segment__name_key",)
    search_help_text = "Number, or the segment's name"


@admin.register(PromotionSegmentBuyerGroup)
class SegmentBuyerGroupAdmin(SegmentPartAdmin):
    service = parts.segment_buyer_groups
    list_display = ("number", "promotion_segment", "buyer_group")
    list_select_related = ("promotion_segment", "buyer_group")
    summary = ("buyer_group",)


@admin.register(PromotionSegmentSalesStore)
class SegmentSalesStoreAdmin(SegmentPartAdmin):
    service = parts.segment_sales_stores
    list_display = ("number", "promotion_segment", "sales_store")
    list_select_related = ("promotion_segment", "sales_store")
    summary = ("sales_store",)


@admin.register(PromotionMarketSegment)
class MarketSegmentAdmin(PartAdmin):
    service = parts.market_segments
    list_display = ("numbered", "of_promotion", "promotion_segment")
    list_select_related = ("promotion", "promotion_segment")
    summary = ("promotion_segment",)
