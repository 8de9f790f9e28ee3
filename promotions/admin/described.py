"""Admin classes that are read off the field dictionary: which fields there are, what they are
called, which are set once and never after."""

from collections.abc import Iterable, Sequence
from typing import Any, ClassVar
from urllib.parse import urlencode

from django import forms
from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.db import models
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.html import format_html
from django.utils.text import capfirst
from unfold.widgets import UnfoldAdminSelectWidget

from promotions.access import Access
from promotions.admin.access import access_to, find_promotion, may_on_promotions
from promotions.admin.history_page import record_history_page
from promotions.admin.record_forms import RecordForm
from promotions.admin.records import RecordAdmin
from promotions.admin.site import RecordFilter
from promotions.admin.tables import Under, tables
from promotions.dictionary import Field, field_of_column, fields_of
from promotions.models import PromotionPart, Record
from promotions.numbers import parse_record_number


class DescribedAdmin(RecordAdmin):
    """A record of what promotions consist of or refer to: who may see or change promotions may see
    or change these, as far as the promotion is shared."""

    ordering = ("-id",)
    search_fields = ("id",)
    readonly_fields = ("shown_id", "created_by_whom", "changed_by_whom")
    deleting_means = "It disappears from all lists. What refers to it keeps it from being deleted."
    change_form_outer_before_template = "promotions/admin/to_promotion.html"
    change_form_outer_after_template = "promotions/admin/tables.html"
    written: ClassVar[bool] = True
    """Whether people write such records; else the service or the shops do."""
    summary: ClassVar[Sequence[str]] = ()
    """The columns that the page shows of it to which it belongs."""
    order_below: ClassVar[Sequence[str]] = ("id",)

    def summary_for(self, request: HttpRequest) -> Sequence[str]:
        """Those of the ``summary`` that the user may see."""
        return self.summary

    def role_allows(self, request: HttpRequest, act: str) -> bool:
        if act == "view":
            return any(may_on_promotions(request, one) for one in ("view", "change"))
        return self.written and may_on_promotions(request, "change")

    # --- Lists ---

    def get_search_results(
        self, request: HttpRequest, queryset: "models.QuerySet[Any]", search_term: str
    ) -> "tuple[models.QuerySet[Any], bool]":
        letters = self.model.number_letters
        key = parse_record_number(letters, search_term) if letters else None
        if key is not None:
            return queryset.filter(pk=key), False
        if search_term.strip() and not self.folded_fields:
            return queryset.none(), False
        return super().get_search_results(request, queryset, search_term)

    # --- Its page ---

    def under(self, record: Any) -> Under:
        """The kinds of records that belong to ``record`` and are shown below its form."""
        return {}

    def render_change_form(
        self,
        request: HttpRequest,
        context: dict[str, Any],
        add: bool = False,
        change: bool = False,
        form_url: str = "",
        obj: Any = None,
    ) -> Any:
        if obj is not None:
            kind = f"admin:{self.opts.app_label}_{self.opts.model_name}_history"
            context["history_url"] = reverse(kind, args=[obj.pk])
            may_add = self.has_change_permission(request, obj)
            context["tables"] = tables(request, self.under(obj), may_add=may_add)
        return super().render_change_form(request, context, add, change, form_url, obj)

    def history_view(
        self, request: HttpRequest, object_id: str, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        if not self.has_view_permission(request):
            raise PermissionDenied
        record = self.get_object(request, object_id)
        if record is None:
            raise Http404
        return record_history_page(request, record)

    # --- The form, from the dictionary ---

    def fields_shown(self) -> list[Field]:
        """The fields that people write, as the organisation's settings have them."""
        fields = fields_of(self.model).values()
        return [field for field in fields if field.columns and not field.system and field.writable]

    def sections(self, new: bool) -> list[tuple[str, dict[str, Any]]]:
        fields = sorted(self.fields_shown(), key=lambda field: field.name == "OwnerId")  # last
        columns = [column for field in fields for column in field.columns]
        own = (capfirst(self.opts.verbose_name), {"fields": columns})
        return [own] if new else [own, ("Record", {"fields": [*self.readonly_fields]})]

    def fixed_fields(self, request: HttpRequest, obj: Any) -> Iterable[str]:
        if obj is None:
            return ()
        fixed = [field for field in self.fields_shown() if not field.updateable]
        return [column for field in fixed for column in field.columns]

    def get_autocomplete_fields(self, request: HttpRequest) -> Sequence[str]:
        return [
            column.name
            for column in self.model._meta.concrete_fields
            if isinstance(column, models.ForeignKey) and issubclass(column.related_model, Record)
        ]

    def formfield_for_dbfield(
        self, db_field: "models.Field[Any, Any]", request: HttpRequest, **kwargs: Any
    ) -> Any:
        formfield = super().formfield_for_dbfield(db_field, request, **kwargs)
        field = field_of_column(self.model, db_field.name)
        if formfield is not None and field is not None and len(field.columns) == 1:
            formfield.label = capfirst(field.label)
        return formfield


class PartForm(RecordForm):
    """Of a part of a known promotion: its own tiers are few enough to list them."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        tier = self.fields.get("promotion_tier")
        promotion = self.instance.promotion_id or self.initial.get("promotion")
        if isinstance(tier, forms.ModelChoiceField) and str(promotion or "").isdecimal():
            assert tier.queryset is not None
            tier.queryset = tier.queryset.filter(promotion=promotion).order_by("rank")
            tier.widget = UnfoldAdminSelectWidget(choices=tier.choices)
            tier.label_from_instance = str  # type: ignore[method-assign, assignment]


class PartAdmin(DescribedAdmin):
    """What belongs to one promotion, and is reached from its page."""

    nothing_yet = (
        "They are added on the page of the promotion that they belong to: open it under Promotions."
    )
    form = PartForm
    list_filter: Any = (("promotion", RecordFilter),)
    list_select_related: Any = ("promotion",)
    folded_fields = ("promotion__name_key",)
    search_help_text = "Number, or the promotion's name"
    deleting_means = "It disappears from the promotion; the promotion's history tells."

    def get_queryset(self, request: HttpRequest) -> "models.QuerySet[Any]":
        records: models.QuerySet[Any] = super().get_queryset(request)
        parts: models.QuerySet[Any] = records.select_related(*self.list_select_related)
        return parts

    def label_of(self, record: Any) -> str:
        return f"{record} · {record.promotion}"

    @admin.display(description="promotion", ordering="promotion__name_key")
    def of_promotion(self, part: PromotionPart) -> str:
        url = reverse("admin:promotions_promotion_change", args=[part.promotion_id])
        return format_html('<a class="text-link" href="{}">{}</a>', url, part.promotion)

    @admin.display(description="number", ordering="id")
    def numbered(self, part: Record) -> str:
        return format_html('<span class="whitespace-nowrap">{}</span>', part.number)

    def add_view(
        self,
        request: HttpRequest,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        key = request.GET.get("promotion", "")
        promotion = find_promotion(request, key)
        if promotion is not None and access_to(request, promotion) < Access.EDIT:
            raise PermissionDenied
        context = {"promotion": promotion, **(extra_context or {})}
        response: HttpResponse = super().add_view(request, form_url, context)
        return response

    def render_change_form(
        self,
        request: HttpRequest,
        context: dict[str, Any],
        add: bool = False,
        change: bool = False,
        form_url: str = "",
        obj: Any = None,
    ) -> Any:
        if obj is not None:
            context["promotion"] = obj.promotion
        return super().render_change_form(request, context, add, change, form_url, obj)

    # After saving and deleting: back to where people came from, the promotion.

    def response_post_save_add(self, request: HttpRequest, obj: Any) -> HttpResponseRedirect:
        return _to_promotion(obj)

    def response_post_save_change(self, request: HttpRequest, obj: Any) -> HttpResponseRedirect:
        return _to_promotion(obj)


def _to_promotion(part: PromotionPart) -> HttpResponseRedirect:
    return HttpResponseRedirect(
        reverse("admin:promotions_promotion_change", args=[part.promotion_id])
    )


def list_url(model: type[models.Model], **query: Any) -> str:
    """The list of a kind of record, filtered."""
    url = reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_changelist")
    return f"{url}?{urlencode(query)}" if query else url
