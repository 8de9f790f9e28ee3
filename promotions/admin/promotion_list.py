"""The list of promotions: what it shows of each, and the tabs above it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from urllib.parse import urlencode

from django.contrib import admin
from django.db import models
from django.http import HttpRequest, QueryDict
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html, format_html_join

from promotions.admin.glance import enrollment_in_words
from promotions.admin.moments import (
    DayRangeFilter,
    moment_column,
    organisation_zone,
    show_counted,
)
from promotions.admin.records import RecordAdmin
from promotions.admin.saved_views import VIEWS, RunsFilter, StatusFilter, ViewFilter, attention
from promotions.admin.site import ChangeList, YesNoFilter, badge
from promotions.attention import in_short
from promotions.models import Promotion
from promotions.status import status_case
from promotions.uptake import CountedUptake, uptakes, whole_percent
from promotions.wording.states import STATUS_WORDS

CALENDAR: Final = "promotions_promotion_calendar"
EXPORT: Final = "promotions_promotion_export"


@dataclass(frozen=True, slots=True)
class Tab:
    """A saved view above the list."""

    title: str
    url: str
    active: bool


class PromotionChangeList(ChangeList):
    """Counts who is enrolled in the promotions of the page, once for all of them."""

    result_list: list[Any]

    def get_results(self, request: HttpRequest) -> None:
        super().get_results(request)
        promotions = list(self.result_list)
        counted = uptakes([one.pk for one in promotions], timezone.now())
        warnings = attention(request).value if self.params.get("view") == "attention" else None
        for one in promotions:
            one.counted_uptake = counted.get(one.pk)
            one.odd = in_short((warnings or {}).get(str(one.pk), ()))
        self.result_list = promotions

    @property
    def nothing_here(self) -> str:
        """What an empty list says of the view that is chosen."""
        view = VIEWS.get(self.params.get("view", ""))
        return view.none if view else ""


class UnlistedPromotions(ChangeList):
    """The same promotions, by the same search and filters, for a page that is no list of them."""

    def get_results(self, request: HttpRequest) -> None:
        self.result_list: list[Any] = []
        self.result_count = self.full_result_count = 0
        self.can_show_all = self.multi_page = False
        self.paginator = self.model_admin.get_paginator(request, self.result_list, 1)


class PromotionListAdmin(RecordAdmin):
    """The list's part of the promotions' admin."""

    ordering = ("-id",)
    list_select_related = ("owner_user", "owner_group")
    list_display = (
        "named",
        "shown_status",
        "starts",
        "ends",
        "enrolled",
        "uptake",
        "enrollment",
        "owner",
    )
    list_filter = (
        ViewFilter,
        StatusFilter,
        RunsFilter,
        ("is_active", YesNoFilter),
        ("start_date_time", DayRangeFilter),
        ("end_date_time", DayRangeFilter),
    )
    search_fields = ("name_key", "promotion_code_key", "external_id")
    folded_fields = ("name_key", "promotion_code_key")
    search_help_text = "Name, code or external id"
    list_before_template = "promotions/admin/promotion_tabs.html"
    nothing_yet = (
        "There are no promotions yet. Begin with a new one: a name is enough, the rest can follow."
    )

    starts = moment_column("start_date_time", "starts")
    ends = moment_column("end_date_time", "ends")

    def get_queryset(self, request: HttpRequest) -> "models.QuerySet[Any]":
        status = status_case(timezone.now(), organisation_zone())
        live: models.QuerySet[Any] = super().get_queryset(request).annotate(status=status)
        return live

    def get_search_results(
        self, request: HttpRequest, queryset: "models.QuerySet[Any]", search_term: str
    ) -> "tuple[models.QuerySet[Any], bool]":
        """By words of name or code, or by the whole external id."""
        named, _ = super().get_search_results(request, queryset, search_term)
        external_id = search_term.strip().replace("\x00", "")
        return (named | queryset.filter(external_id=external_id) if external_id else named), False

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type[ChangeList]:
        page = request.resolver_match and request.resolver_match.url_name
        return UnlistedPromotions if page in (None, CALENDAR, EXPORT) else PromotionChangeList

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> Any:
        context = {"view_tabs": view_tabs(request), "calendar_url": _calendar(request)}
        response = super().changelist_view(request, {**context, **(extra_context or {})})
        if request.GET.get("view") == "attention" and hasattr(response, "context_data"):
            found = attention(request)
            response.context_data["attention"] = found
            if found.counted:
                counted = show_counted(found.counted, timezone.now())
                response.context_data["attention_when"] = counted
        return response

    @admin.display(description="name and code", ordering="name_key")
    def named(self, promotion: Any) -> str:
        """With what is odd about it, where that is what is looked at."""
        lines = [promotion.promotion_code or "", *promotion.odd]
        below = format_html_join(
            "",
            '<span class="block font-normal text-xs">{}</span>',
            ((line,) for line in lines if line),
        )
        return format_html("<span>{} {}</span>", promotion.name, below)

    @admin.display(description="status")
    def shown_status(self, promotion: Any) -> str:
        return badge(STATUS_WORDS[promotion.status])

    @admin.display(description="enrollment")
    def enrollment(self, promotion: Promotion) -> str:
        return enrollment_in_words(promotion, timezone.now(), organisation_zone())

    @admin.display(description="owner")
    def owner(self, promotion: Promotion) -> str:
        return str(promotion.owner_group or promotion.owner_user)

    @admin.display(description="enrolled")
    def enrolled(self, promotion: Any) -> str:
        return enrolled_in_words(promotion.counted_uptake, timezone.now())

    @admin.display(description="uptake")
    def uptake(self, promotion: Any) -> str:
        return uptake_in_words(promotion, promotion.counted_uptake)


def enrolled_in_words(counted: CountedUptake | None, at: datetime) -> str:
    """``1,204``, with the time where it was not counted just now."""
    if counted is None:
        return "being counted"
    number = f"{counted.uptake.enrolled:,}"
    if counted.counted is None:
        return number
    return format_html(
        '<span>{} <span class="whitespace-nowrap text-xs">{}</span></span>',
        number,
        show_counted(counted.counted, at),
    )


def uptake_in_words(promotion: Promotion, counted: CountedUptake | None) -> str:
    """Enrolled of the places; where they are not limited, how many have used it."""
    if counted is None:
        return "being counted"
    uptake, places = counted.uptake, promotion.maximum_enrollment_count
    if places is not None:
        return f"{whole_percent(uptake.enrolled, places)} % of {places:,} places"
    if not uptake.enrolled:
        return "no limit" if promotion.is_enrollment_required else "–"
    return f"no limit, {uptake.used:,} used"


# --- Tabs -----------------------------------------------------------------------------------------


def view_tabs(request: HttpRequest, **more: str) -> list[Tab]:
    """The saved views, over the same search and filters; ``more`` goes into their addresses."""
    chosen = request.GET.get("view", "")
    views = {**{name: view.title for name, view in VIEWS.items()}, "": "All"}
    return [
        Tab(title, with_query(request, {"view": name, **more}), name == chosen)
        for name, title in views.items()
    ]


def with_query(request: HttpRequest, changes: Mapping[str, str]) -> str:
    """The address of a view of the same promotions; what is empty is left out."""
    query = _carried(request.GET)
    for name, value in changes.items():
        query.pop(name, None)
        if value:
            query[name] = value
    return f"?{query.urlencode()}"


def _carried(query: QueryDict) -> QueryDict:
    """What of a query goes with one to another view of the same promotions."""
    carried = query.copy()
    for name in ("p", "o", "e"):
        carried.pop(name, None)
    return carried


def _calendar(request: HttpRequest) -> str:
    """The same promotions as a calendar."""
    return f"{reverse(f'admin:{CALENDAR}')}{with_query(request, {})}"


def list_url(**query: str) -> str:
    """The list, narrowed down."""
    return f"{reverse('admin:promotions_promotion_changelist')}?{urlencode(query)}"
