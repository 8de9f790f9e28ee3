"""The offers' list and form."""

from typing import Any

from django.contrib import admin

from enrollments.models import Offer
from enrollments.services.offers import offers
from promotions.admin.records import RecordAdmin
from promotions.admin.site import RecordFilter, YesNoFilter


@admin.register(Offer)
class OfferAdmin(RecordAdmin):
    nothing_yet = "An offer is what brings customers to enroll: an e-mail, a voucher, a banner."
    service = offers
    deleting_means = "Nobody can enroll through it any more; enrollments that it brought stay."
    ordering = ("-id",)
    list_display = ("name", "code", "promotion", "is_active")
    list_select_related = ("promotion",)
    list_filter = (("is_active", YesNoFilter), ("promotion", RecordFilter))
    search_fields = ("name_key", "code_key")
    folded_fields = ("name_key", "code_key")
    search_help_text = "Name or code"
    autocomplete_fields = ("promotion",)
    readonly_fields = ("shown_id", "created_by_whom", "changed_by_whom")

    def sections(self, new: bool) -> list[tuple[str, dict[str, Any]]]:
        offer = ("Offer", {"fields": ["name", "code", "promotion", "is_active"]})
        return [offer] if new else [offer, ("Record", {"fields": [*self.readonly_fields]})]
