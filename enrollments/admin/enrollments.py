"""The enrollments: a list that stays quick with ten million of them, and a page for each.

Nothing is edited here around the service: enrollments are enrolled, withdrawn and given another
period, each on a page of its own (``acts.py``).
"""

from typing import Any, Final
from urllib.parse import urlencode

from django.contrib import admin
from django.contrib.admin.options import IncorrectLookupParameters
from django.core.paginator import InvalidPage
from django.db import models
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.html import format_html
from unfold.decorators import action

from enrollments.admin import acts
from enrollments.admin.acts import act_page, enroll_page, require
from enrollments.admin.cards import (
    cards,
    customer_url,
    party_name,
    period_in_words,
    shown_enrollments,
)
from enrollments.admin.customer_page import (
    WHAT_TO_TYPE_MASKED,
    customer_page,
    find_customer_page,
)
from enrollments.admin.exports import CHOSEN_PROMOTION, export_links, export_page
from enrollments.admin.figures_page import figures_page
from enrollments.admin.home import attention_part
from enrollments.admin.why_page import why_page
from enrollments.in_turn import IN_TURN, keys_in_turn
from enrollments.models import PromotionPartyUsage
from enrollments.personal_data import sees_personal_data
from enrollments.selectors import find_enrollments, of_standing
from enrollments.standing import Standing
from promotions.admin.moments import DayRangeFilter, show_short, unbroken
from promotions.admin.site import (
    CappedPaginator,
    ChangeList,
    ModelAdmin,
    RecordFilter,
    WordFilter,
    actor_of,
    badge,
    staff_user,
)
from promotions.services.views import note_view

MOST_FOUND: Final = 1000
"""The most enrollments that a search answers with."""


class StandingFilter(WordFilter):
    title = "standing"
    parameter_name = "standing"
    words = tuple(standing.value for standing in Standing)

    def queryset(
        self, request: HttpRequest, queryset: "models.QuerySet[PromotionPartyUsage]"
    ) -> "models.QuerySet[PromotionPartyUsage]":
        return queryset if _in_turn(request) else super().queryset(request, queryset)

    def matching(
        self, queryset: "models.QuerySet[PromotionPartyUsage]", word: str
    ) -> "models.QuerySet[PromotionPartyUsage]":
        return of_standing(queryset, Standing(word), timezone.now())


_IN_TURN_WORDS: Final = {
    Standing.EXPIRED: "What expired last comes first.",
    Standing.SCHEDULED: "What begins next comes first.",
    Standing.PAUSED: "Those of the promotion that was changed last come first.",
}


def _in_turn(request: HttpRequest) -> Standing | None:
    """The standing that is asked for, where its enrollments come in the order of the moment that
    decides. Of what a search found, all are looked at instead."""
    word = request.GET.get(StandingFilter.parameter_name, "")
    return Standing(word) if word in IN_TURN and not request.GET.get("q") else None


class EnrollmentChangeList(ChangeList):
    """Finds those that stand so by the moment that decides."""

    result_list: list[Any]

    def get_results(self, request: HttpRequest) -> None:
        standing = _in_turn(request)
        if standing is None:
            super().get_results(request)
            return
        most = CappedPaginator.MOST + 1
        by, at = actor_of(request), timezone.now()
        keys = keys_in_turn(self.queryset, standing, by=by, at=at, most=most)
        self.paginator = self.model_admin.get_paginator(request, keys, self.list_per_page)
        self.result_count = self.full_result_count = self.paginator.count
        self.show_admin_actions = True
        self.can_show_all, self.multi_page = False, self.result_count > self.list_per_page
        try:
            shown = self.paginator.page(self.page_num).object_list
        except InvalidPage as error:
            raise IncorrectLookupParameters(str(error)) from error
        found = {usage.pk: usage for usage in self.queryset.filter(pk__in=shown)}
        self.result_list = [found[key] for key in shown if key in found]


class PromotionFilter(RecordFilter):
    """By promotion. Asked for as a range of one, so that PostgreSQL takes the index that has the
    promotion's enrollments in their order, and not the order of all, in which it may lead through
    millions of others first."""

    def queryset(
        self, request: HttpRequest, queryset: "models.QuerySet[Any]"
    ) -> "models.QuerySet[Any]":
        if not self.key:
            return super().queryset(request, queryset)
        return queryset.filter(promotion__gte=self.key, promotion__lte=self.key)


class TypeFilter(WordFilter):
    title = "type"
    parameter_name = "type"
    words = tuple(PromotionPartyUsage.Type.values)


@admin.register(PromotionPartyUsage)
class EnrollmentAdmin(ModelAdmin):
    nothing_yet = (
        "Partner systems enroll customers, or support does, one by one or a whole list from a file."
    )
    ordering = ("-id",)
    sortable_by = ()
    list_display = ("number", "customer", "promotion_name", "stands", "period", "offer", "enrolled")
    list_filter = (
        StandingFilter,
        TypeFilter,
        ("promotion", PromotionFilter),
        ("created_date", DayRangeFilter),
    )
    search_fields = ("id",)
    search_help_text = "Enrollment number, e-mail, name, phone, external id or record id"
    actions = ("withdraw_selected", "change_period_selected")
    actions_list = ("enroll",)
    list_before_template = "enrollments/admin/exports.html"

    # --- Who may do what ---

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_enroll_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("enrollments.add_promotionpartyusage")

    def has_act_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("enrollments.change_promotionpartyusage")

    # --- The list ---

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type[ChangeList]:
        return EnrollmentChangeList

    def get_changelist_instance(self, request: HttpRequest) -> Any:
        changes = super().get_changelist_instance(request)
        if not sees_personal_data(actor_of(request)):
            changes.search_help_text = WHAT_TO_TYPE_MASKED
        return changes

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        standing = _in_turn(request)
        context = {
            "exports": export_links(request),
            "order_in_words": _IN_TURN_WORDS[standing] if standing else "",
            **(extra_context or {}),
        }
        response: HttpResponse = super().changelist_view(request, context)
        return response

    def get_queryset(self, request: HttpRequest) -> "models.QuerySet[Any]":
        shown = shown_enrollments(actor_of(request), timezone.now())
        return shown.order_by(*self.get_ordering(request))

    def get_ordering(self, request: HttpRequest) -> tuple[str, ...]:
        """Newest first; by the day where days are asked for, and below their promotion where that
        is: what an index is then read by. By the number it may lead through millions of others."""
        of_days = any(name.startswith("created_date_") for name in request.GET)
        if of_days:
            return ("-created_date", "-id")
        return ("-promotion_id", "-id") if request.GET.get(CHOSEN_PROMOTION) else ("-id",)

    def get_search_results(
        self, request: HttpRequest, queryset: "models.QuerySet[Any]", search_term: str
    ) -> "tuple[models.QuerySet[Any], bool]":
        if search_term.strip():
            # The keys first: with an order and a limit a planner may walk through all enrollments.
            named = find_enrollments(search_term, by=actor_of(request))
            found = PromotionPartyUsage.objects.live().filter(named)
            queryset = queryset.filter(pk__in=list(found.values_list("pk", flat=True)[:MOST_FOUND]))
        return queryset, False

    @admin.display(description="number")
    def number(self, usage: PromotionPartyUsage) -> str:
        return format_html('<span class="whitespace-nowrap">{}</span>', usage.name)

    @admin.display(description="customer")
    def customer(self, usage: PromotionPartyUsage) -> str:
        return format_html(
            '<a class="text-link" href="{}">{}</a>', customer_url(usage.party), party_name(usage)
        )

    @admin.display(description="promotion")
    def promotion_name(self, usage: PromotionPartyUsage) -> str:
        return usage.promotion.name

    @admin.display(description="standing")
    def stands(self, usage: Any) -> str:
        return badge(usage.standing)

    @admin.display(description="own period")
    def period(self, usage: PromotionPartyUsage) -> str:
        return period_in_words(usage)

    @admin.display(description="offer")
    def offer(self, usage: PromotionPartyUsage) -> str:
        return usage.enrollment_offer.name if usage.enrollment_offer else "–"

    @admin.display(description="enrolled")
    def enrolled(self, usage: PromotionPartyUsage) -> str:
        when = unbroken(show_short(usage.created_date))
        return format_html("<span>{}, {}</span>", when, usage.created_by)

    # --- One enrollment ---

    def change_view(
        self,
        request: HttpRequest,
        object_id: str,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        require(request, "enrollments.view_promotionpartyusage")
        key = object_id if object_id.isdecimal() and len(object_id) < 19 else 0
        usage = self.get_queryset(request).filter(pk=key).first()
        if usage is None:
            raise Http404
        note_view(usage, user=staff_user(request.user), at=timezone.now())
        [card] = cards([usage], request)
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "original": usage,
            "title": usage.name,
            "card": card,
        }
        return TemplateResponse(request, "enrollments/admin/enrollment.html", context)

    # --- Acts ---

    @action(
        description="Enroll a customer",
        url_path="enroll",
        icon="person_add",
        permissions=["enroll"],
    )  # type: ignore[untyped-decorator]  # the theme's
    def enroll(self, request: HttpRequest) -> HttpResponse:
        return enroll_page(request)

    @admin.action(description="Withdraw …", permissions=["act"])
    def withdraw_selected(
        self, request: HttpRequest, queryset: "models.QuerySet[Any]"
    ) -> HttpResponse:
        return self._to_form(request, queryset, "withdraw")

    @admin.action(description="Change the period …", permissions=["act"])
    def change_period_selected(
        self, request: HttpRequest, queryset: "models.QuerySet[Any]"
    ) -> HttpResponse:
        return self._to_form(request, queryset, "change_period")

    def _to_form(
        self, request: HttpRequest, queryset: "models.QuerySet[Any]", act: str
    ) -> HttpResponse:
        keys = list(queryset.values_list("pk", flat=True)[: acts.MOST_CHOSEN])
        query = urlencode({"usage": keys, "next": request.get_full_path()}, doseq=True)
        return HttpResponseRedirect(
            f"{reverse(f'admin:enrollments_promotionpartyusage_{act}')}?{query}"
        )

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view
        act = "enrollments_promotionpartyusage"
        own = [
            path("withdraw/", view(_withdraw_page), name=f"{act}_withdraw"),
            path("change-period/", view(_change_period_page), name=f"{act}_change_period"),
            path("export/<str:key>/<str:form>/", view(export_page), name=f"{act}_export"),
            path("figures/<str:key>/", view(figures_page), name=f"{act}_figures"),
            path("attention/", view(attention_part), name="attention"),
            path("why/", view(why_page), name="why"),
            path("customers/", view(find_customer_page), name="customers"),
            path("customers/<str:record_id>/", view(customer_page), name="customer"),
        ]
        return [*own, *super().get_urls()]


def _withdraw_page(request: HttpRequest) -> HttpResponse:
    return act_page(request, acts.WITHDRAW)


def _change_period_page(request: HttpRequest) -> HttpResponse:
    return act_page(request, acts.CHANGE_PERIOD)
