"""The promotions' list and form."""

from collections.abc import Iterable, Mapping, Sequence
from functools import partial
from typing import Any, Final

from django.contrib import admin, messages
from django.contrib.admin.actions import delete_selected
from django.db import models, transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.html import format_html

from promotions.access import Access
from promotions.admin import coupon_pages, exchange_pages, verbs
from promotions.admin.access import access_to
from promotions.admin.calendar_page import calendar_page
from promotions.admin.consequences import of_deleting
from promotions.admin.glance import at_a_glance, status_in_words
from promotions.admin.history_page import history_page
from promotions.admin.moments import organisation_zone, read_typed_page
from promotions.admin.pages import link, promotion_url
from promotions.admin.part_rows import part_model
from promotions.admin.promotion_form import PromotionForm
from promotions.admin.promotion_list import PromotionListAdmin
from promotions.admin.recycle_bin import recycle_bin_page
from promotions.admin.refusals import in_words
from promotions.admin.search_box import search_page
from promotions.admin.share_page import share_page
from promotions.admin.site import LookupView, actor_of, is_key
from promotions.admin.summary import editor, summary_page
from promotions.admin.tables import Under, records_under, tables
from promotions.dependents import counted_in_words
from promotions.dictionary import fields_of
from promotions.errors import DomainError, Refused
from promotions.models import (
    Promotion,
    PromotionLimit,
    PromotionLineItemRule,
    PromotionMarketSegment,
    PromotionQualifier,
    PromotionTarget,
    PromotionTier,
)
from promotions.rules import is_over, promotion_problems
from promotions.sections import MORE, OWNER, PROMOTION_SECTIONS
from promotions.services.editing import create_edited, edit_promotion
from promotions.services.figures import quickly
from promotions.services.promotions import promotions
from promotions.services.recycle_bin import current_dependents_of, delete_promotion
from promotions.snapshots import stored_whole

FOLDED = {MORE, OWNER, "Record"}
"""The sections that few need: opened when asked for."""
TIERED_IS_FINAL = (
    "Tiers are chosen when a promotion is created: what customers were promised could not be "
    "kept otherwise. To change it, make a new promotion."
)


_WORDS: Final[Mapping[str, tuple[str, str]]] = {
    "is_enrollment_required": (
        "Members only: customers enroll",
        "On: only customers who are enrolled take part. Off: everybody can.",
    ),
    "discount_order": (
        "Which pieces are discounted first",
        "Least expensive first: the cheapest gets the discount.",
    ),
    "priority_number": ("Priority", "1 comes first. Empty: after all that have a number."),
    "exclusivity_type": ("Together with other promotions", ""),
    "is_automatic": (
        "Without a coupon",
        "On: it applies by itself to every cart that qualifies. Off: customers enter one of its "
        "coupons. Of members, who are enrolled, it asks that only where there are coupons.",
    ),
    "is_tiered": ("In tiers", "Who buys more gets more. This can't be changed after saving."),
}
"""Labels and help texts of the form, where the form says more than the field alone."""


@admin.register(Promotion)
class PromotionAdmin(PromotionListAdmin):
    form = PromotionForm
    service = promotions
    deleting_means = (
        "It goes to the recycle bin with everything that belongs to it, and can be restored from "
        "there. Its enrollments stay and are paused, customers can no longer enroll, its coupons "
        "can't be used, and its codes are free for others."
    )
    autocomplete_fields = ("related_promotion",)
    actions = ("delete_selected",)
    delete_confirmation_template = "promotions/admin/delete_promotion.html"
    change_form_outer_before_template = "promotions/admin/promotion_at_a_glance.html"
    change_form_outer_after_template = "promotions/admin/tables.html"
    stand_ins = {
        "start_date_time": "starts",
        "end_date_time": "ends",
        "owner_user": "owner",
        "owner_group": "owner",
        "related_promotion": "related",
        "is_tiered": "tiered",
    }
    readonly_fields = ("created_by_whom", "changed_by_whom", "shown_id")

    def get_object(
        self, request: HttpRequest, object_id: str, from_field: str | None = None
    ) -> Any:
        people = ("created_by", "last_modified_by", "owner_user")
        found = self.get_queryset(request).select_related(*people)
        promotion: Any = found.filter(pk=int(object_id)).first() if is_key(object_id) else None
        if promotion is not None:
            promotion.seen_related = None
            if (related := promotion.related_promotion_id) is not None:
                seen = Promotion.objects.accessible(actor_of(request))
                promotion.seen_related = seen.filter(pk=related).first()
        return promotion

    def label_of(self, record: Promotion) -> str:
        code = record.promotion_code
        return f"{record.name} ({code})" if code else record.name

    def stands_so(self, record: Promotion) -> str:
        return status_in_words(record, timezone.now(), organisation_zone())

    # --- The form ---

    def sections(self, new: bool) -> list[tuple[str, dict[str, Any]]]:
        return promotion_sections(new=new)

    def fixed_fields(self, request: HttpRequest, obj: Promotion | None) -> Iterable[str]:
        if obj is None:
            return
        yield "is_tiered"
        if access_to(request, obj) < Access.ALL:  # naming another owner is a transfer
            yield from ("owner_user", "owner_group")

    def formfield_for_dbfield(
        self, db_field: "models.Field[Any, Any]", request: HttpRequest, **kwargs: Any
    ) -> Any:
        field = super().formfield_for_dbfield(db_field, request, **kwargs)
        if db_field.name in _WORDS:
            field.label, field.help_text = _WORDS[db_field.name]
        return field

    @admin.display(description="tiered")
    def tiered(self, promotion: Promotion) -> str:
        return f"{'Yes' if promotion.is_tiered else 'No'}. {TIERED_IS_FINAL}"

    @admin.display(description="related promotion")
    def related(self, promotion: Any) -> str:
        return link(promotion.seen_related) if promotion.seen_related else "–"

    def render_change_form(
        self,
        request: HttpRequest,
        context: dict[str, Any],
        add: bool = False,
        change: bool = False,
        form_url: str = "",
        obj: Promotion | None = None,
    ) -> Any:
        form = context["adminform"].form
        edits = "name" in form.fields
        context["may_activate"] = obj is None or (
            not obj.is_active and not is_over(obj.end_date_time, timezone.now())
        )
        if edits:
            context |= editor(request, context["adminform"], obj)
        if obj is not None and edits:
            context["glance"] = at_a_glance(request, obj, None)
            in_rows = {part_model(prefix) for prefix in form.rows}
            under = {kind: names for kind, names in parts_of(obj).items() if kind not in in_rows}
            if under.keys() != {PromotionLineItemRule}:
                context["tables"] = tables(request, under, may_add=True)
        elif obj is not None:
            parts = records_under(request, parts_of(obj))
            whole = stored_whole(obj, [part for found in parts.values() for part in found])
            context["glance"] = at_a_glance(request, obj, whole)
            context["tables"] = tables(request, parts_of(obj), may_add=False, records=parts)
        return super().render_change_form(request, context, add, change, form_url, obj)

    # --- Other pages ---

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view
        lookup = LookupView.as_view(admin_site=self.admin_site)
        own = [
            path("lookup/", view(lookup), name="record_lookup"),
            path(
                "calendar/",
                view(partial(calendar_page, self)),
                name="promotions_promotion_calendar",
            ),
            path("find/", view(search_page), name="find"),
            path("summary/", view(summary_page), name="promotions_promotion_summary"),
            path("<str:key>/summary/", view(summary_page), name="promotions_promotion_summary_of"),
            path("typed/", view(read_typed_page), name="read_typed"),
            path("recycle-bin/", view(recycle_bin_page), name="recycle_bin"),
            path("<str:key>/share/", view(share_page), name="promotions_promotion_share"),
            *verbs.urls(view),
            *coupon_pages.urls(view),
            *exchange_pages.urls(view),
        ]
        return [*own, *super().get_urls()]

    def history_view(
        self, request: HttpRequest, object_id: str, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        return history_page(request, object_id)

    # --- Writing ---

    def problems(self, record: Promotion) -> Iterable[DomainError]:
        return promotion_problems(record)

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        by, at = actor_of(request), timezone.now()
        if not change:
            branches, named = form.new_whole()
            columns = {column.name for column in obj._meta.concrete_fields}
            given = [name for name in form.cleaned_data if name in columns - {"version"}]
            create_edited(obj, branches, named, given=given, by=by, at=at)
            return
        changes = form.changes()
        edits, named = form.edits()
        if changes or edits:
            known = (form.cleaned_data.get("version") or 0,)  # none sent: no version that there is
            edit_promotion(obj.pk, changes, edits, named, by=by, at=at, expected=known)

    # After saving: to the promotion's page, which says what is still missing.

    def response_post_save_add(self, request: HttpRequest, obj: Any) -> HttpResponseRedirect:
        return _after_saving(request, obj)

    def response_post_save_change(self, request: HttpRequest, obj: Any) -> HttpResponseRedirect:
        return _after_saving(request, obj)

    # Deleting asks, where customers are enrolled now, and takes only a tick for a yes.

    def delete_model(self, request: HttpRequest, obj: Any) -> None:
        self._delete(request, obj)

    def delete_queryset(self, request: HttpRequest, queryset: "models.QuerySet[Any]") -> None:
        with transaction.atomic():
            for promotion in queryset:
                self._delete(request, promotion)

    def _delete(self, request: HttpRequest, promotion: Promotion) -> None:
        confirmed = request.POST.get("confirmed") == "on"
        delete_promotion(promotion.pk, by=actor_of(request), at=timezone.now(), confirmed=confirmed)

    def delete_view(
        self, request: HttpRequest, object_id: str, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        try:
            return self.ask_and_delete(request, object_id, extra_context)
        except Refused as refused:
            messages.error(request, in_words(refused))
            return HttpResponseRedirect(request.get_full_path())

    def response_delete(
        self, request: HttpRequest, obj_display: str, obj_id: int
    ) -> HttpResponseRedirect:
        bin_ = reverse("admin:recycle_bin")
        said = '“{}” is deleted. It can be restored from the <a class="underline" href="{}">{}</a>.'
        messages.success(request, format_html(said, obj_display, bin_, "recycle bin"))
        return HttpResponseRedirect(reverse("admin:promotions_promotion_changelist"))

    def render_delete_form(self, request: HttpRequest, context: dict[str, Any]) -> HttpResponse:
        promotion = context["object"]
        context["affected"] = _affected([promotion])
        context["consequences"] = list(of_deleting(promotion, timezone.now()))
        response: HttpResponse = super().render_delete_form(request, context)
        return response

    @admin.action(permissions=["delete"], description="Delete selected promotions")
    def delete_selected(
        self, request: HttpRequest, queryset: "models.QuerySet[Any]"
    ) -> HttpResponse | None:
        asked: Any = delete_selected(self, request, queryset)
        if asked is not None:
            asked.context_data["affected"] = _affected(queryset)
        return asked  # type: ignore[no-any-return]

    def get_deleted_objects(
        self, objs: Sequence[Any], request: HttpRequest
    ) -> tuple[list[str], dict[Any, int], set[str], list[str]]:
        named, counts, needed, _ = super().get_deleted_objects(objs, request)
        theirs = Promotion.objects.accessible(actor_of(request), Access.ALL)
        deletable = set(theirs.filter(pk__in=[one.pk for one in objs]).values_list("pk", flat=True))
        kept = [str(one) for one in objs if one.pk not in deletable]
        return named, counts, needed, kept


def _after_saving(request: HttpRequest, promotion: Promotion) -> HttpResponseRedirect:
    """To what the button that saved it is about: else to the promotion's page."""
    pages = {"_activate": "activate", "_generate": "generate_coupons"}
    page = next((page for button, page in pages.items() if button in request.POST), "change")
    return HttpResponseRedirect(promotion_url(promotion, page))


def _affected(promotions: Iterable[Promotion]) -> list[str]:
    """Who is enrolled now in what would be deleted: ``Summer sale: 12 enrollments``. Where they are
    so many that nobody would wait for their number, that is asked about without it."""
    listed = list(promotions)
    found = quickly(lambda: current_dependents_of(listed, timezone.now()))
    if found is None:
        return ["Very many: they are not counted here."]
    return [f"{one}: {counted_in_words(found[one.pk])}" for one in listed if one.pk in found]


def parts_of(promotion: Promotion) -> Under:
    """The kinds of records that the promotion's page has a table of."""
    kinds: list[type[models.Model]] = [
        PromotionQualifier,
        PromotionTarget,
        PromotionLineItemRule,
        PromotionLimit,
        PromotionMarketSegment,
    ]
    if promotion.is_tiered and "IsTiered" in fields_of(Promotion):
        kinds.insert(0, PromotionTier)
    return {kind: {"promotion": promotion.pk} for kind in kinds}


def promotion_sections(*, new: bool) -> list[tuple[str, dict[str, Any]]]:
    """The form's sections, in the order in which a marketer thinks; record facts come last. Whether
    it is active is no field of the form: that is switched by buttons, which say what it means."""
    here = {column for field in fields_of(Promotion).values() for column in field.columns}
    shown = {
        title: [name for name in names if name in here and name != "is_active"]
        for title, names in PROMOTION_SECTIONS.items()
    }
    if not new:
        shown["Record"] = ["shown_id", "created_by_whom", "changed_by_whom"]
    folded = {"classes": ("collapse",)}
    return [
        (title, {"fields": names, **(folded if title in FOLDED else {})})
        for title, names in shown.items()
        if names
    ]
