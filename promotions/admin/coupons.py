"""Coupons and their redemptions: lists that stay quick with a million of them."""

from collections.abc import Sequence
from typing import Any

from django.contrib import admin
from django.db import models
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse

from promotions.access import Access
from promotions.admin.access import find_promotion, may, may_on_promotions
from promotions.admin.described import PartAdmin
from promotions.admin.moments import moment_column
from promotions.admin.pages import promotion_url
from promotions.admin.site import RecordFilter, WordFilter
from promotions.admin.tables import Under
from promotions.folding import fold
from promotions.models import Coupon, CouponCodeRedemption
from promotions.models.picklists import CouponStatus
from promotions.numbers import parse_record_number
from promotions.permissions import VIEW_PERSONAL_DATA
from promotions.services.coupons import coupons
from promotions.services.redemptions import redemptions


class CouponStatusFilter(WordFilter):
    title = "status"
    parameter_name = "status"
    words = tuple(CouponStatus.values)


@admin.register(Coupon)
class CouponAdmin(PartAdmin):
    """Found by the whole code: one look-up in the index that keeps codes unique."""

    nothing_yet = (
        "Open a promotion and choose Generate or Import below its form, or add one code there."
    )
    service = coupons
    list_display = ("coupon_code", "of_promotion", "status", "starts", "ends", "uses")
    list_filter = (("promotion", RecordFilter), CouponStatusFilter)
    sortable_by = ()
    search_help_text = "The whole code, in any case, or the number"
    stand_ins = {"start_date_time": "starts", "end_date_time": "ends"}
    deleting_means = "Nobody can use it any more; what was redeemed stays."
    list_before_template = "promotions/admin/coupon_exchange.html"

    starts = moment_column("start_date_time", "starts")
    ends = moment_column("end_date_time", "ends")

    def under(self, record: Coupon) -> Under:
        return {CouponCodeRedemption: {"coupon": record.pk}}

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Where a code or a number is searched that one coupon has: straight to that coupon."""
        search = request.GET.get("q", "")
        if request.method == "GET" and search.strip() and self.has_view_permission(request):
            queryset, _ = self.get_search_results(request, self.get_queryset(request), search)
            if len(keys := list(queryset.values_list("pk", flat=True)[:2])) == 1:
                return HttpResponseRedirect(reverse("admin:promotions_coupon_change", args=keys))
        context = {"coupons_of": _acts_on_all(request), **(extra_context or {})}
        return super().changelist_view(request, context)

    @admin.display(description="uses, by each buyer")
    def uses(self, coupon: Coupon) -> str:
        in_all = coupon.redemption_limit_all_buyers
        each = coupon.redemption_limit_per_buyer
        if in_all is None and each is None:
            return "without limit"
        return f"{in_all or 'any number'}, {each or 'any number'}"

    def get_search_results(
        self, request: HttpRequest, queryset: "models.QuerySet[Any]", search_term: str
    ) -> "tuple[models.QuerySet[Any], bool]":
        if not search_term.strip():
            return queryset, False
        found = queryset.filter(coupon_code_key=fold(_clean(search_term)))
        return (found if found.exists() else by_number(queryset, search_term)), False


def _acts_on_all(request: HttpRequest) -> dict[str, Any] | None:
    """What is done to all coupons of the promotion that the list is narrowed to."""
    key = request.GET.get("promotion__id__exact", "")
    promotion = find_promotion(request, key) if key and may_on_promotions(request, "view") else None
    if promotion is None:
        return None
    acts = [("Export as CSV", promotion_url(promotion, "export_coupons"))]
    if may(request, "change", promotion, Access.EDIT):
        acts = [
            ("Generate…", promotion_url(promotion, "generate_coupons")),
            ("Import…", promotion_url(promotion, "import_coupons")),
            *acts,
        ]
    return {"name": promotion.name, "acts": acts}


@admin.register(CouponCodeRedemption)
class RedemptionAdmin(PartAdmin):
    """Shops redeem, people look."""

    nothing_yet = "Shops send one here whenever a buyer uses a coupon."
    service = redemptions
    written = False
    summary = ("buyer", "transaction", "created")
    order_below = ("-id",)
    list_display = ("numbered", "coupon", "of_promotion", "buyer", "transaction", "created")
    list_select_related = ("promotion", "coupon")
    also_narrowed_by = ("coupon__id__exact",)
    sortable_by = ()
    search_help_text = "The whole coupon code or transaction, or the number"
    personal = "buyer"
    """Who it is, in the shop's terms: hidden from who may not see personal data."""

    def get_list_display(self, request: HttpRequest) -> Any:
        return self._seen(request, super().get_list_display(request))

    def summary_for(self, request: HttpRequest) -> Sequence[str]:
        return self._seen(request, super().summary_for(request))

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        sections = super().get_fieldsets(request, obj)
        return [
            (title, {**options, "fields": self._seen(request, options["fields"])})
            for title, options in sections
        ]

    def _seen(self, request: HttpRequest, columns: Sequence[str]) -> Sequence[str]:
        if request.user.has_perm(VIEW_PERSONAL_DATA):
            return columns
        return [column for column in columns if column != self.personal]

    def get_search_results(
        self, request: HttpRequest, queryset: "models.QuerySet[Any]", search_term: str
    ) -> "tuple[models.QuerySet[Any], bool]":
        text = _clean(search_term)
        if not text:
            return queryset, False
        # One index each; an OR over both may end in a scan of all.
        coupon = Coupon.objects.filter(coupon_code_key=fold(text)).values_list("pk", flat=True)
        found = queryset.filter(transaction=text)
        if found.exists():
            return found, False
        if keys := list(coupon[:100]):
            return queryset.filter(coupon__in=keys), False
        return by_number(queryset, search_term), False


def by_number(queryset: "models.QuerySet[Any]", text: str) -> "models.QuerySet[Any]":
    """The record of this number, among ``queryset``."""
    letters = queryset.model.number_letters
    key = parse_record_number(letters, text)
    return queryset.filter(pk=key) if key is not None else queryset.none()


def _clean(text: str) -> str:
    return text.replace("\x00", " ").strip()
