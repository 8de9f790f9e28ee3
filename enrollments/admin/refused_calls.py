"""Refused calls of partners: the list, and a page for each that says what would be said now."""

from typing import Any, Final, cast

from django.contrib import admin
from django.db import models
from django.db.models import Value
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html

from enrollments.admin.acts import require
from enrollments.admin.cards import customer_url
from enrollments.admin.masking import masked, name_of
from enrollments.admin.why_page import MAY_VIEW, answer_now, item_of
from enrollments.admin.why_words import in_words, is_malformed, what_was_wrong
from enrollments.models import Account, Contact, Offer, RefusedCall
from enrollments.personal_data import sees_personal_data
from enrollments.selectors import find_accounts, find_contacts
from enrollments.services.refused_calls import ANOTHER_REFUSED
from promotions.actors import Actor
from promotions.admin.moments import DayRangeFilter, show_moment, show_short, unbroken
from promotions.admin.pages import page
from promotions.admin.site import ModelAdmin, RecordFilter, actor_of
from promotions.models import RecordQuerySet

MOST_FOUND: Final = 1000
"""The most calls that a search answers with, of each way to find them."""
_DOORS: Final = {
    RefusedCall.Door.COMPATIBLE.value: "the promotion-enrollments call",
    RefusedCall.Door.PLAIN.value: "the call /api/v1/enrollments",
}
_KINDS: Final = {
    "account.id": "account by its record id",
    "contact.id": "contact by its record id",
    "contact.lastName": "contact by last name",
    "contact.email": "contact by e-mail",
    "promotion.id": "promotion by its record id",
    "promotion.code": "promotion by its code",
    "enrollmentOffer.id": "offer by its record id",
    "enrollmentOffer.code": "offer by its code",
}
_CUSTOMERS: Final = ("account", "contact")


def shown_calls(by: Actor) -> "models.QuerySet[Any]":
    """The refused calls that ``by`` may see, newest first, with what lists show of them."""
    calls: models.QuerySet[Any] = RefusedCall.objects.shown(by)
    return calls.select_related("promotion", "contact", "account", "created_by").order_by("-id")


def call_url(call: RefusedCall) -> str:
    return reverse("admin:enrollments_refusedcall_change", args=[call.pk])


def reason_of(call: RefusedCall) -> str:
    """Why it was refused, in words."""
    detail = in_words(call.detail)
    if not call.is_of_another_item:
        return detail
    if call.detail == ANOTHER_REFUSED:
        return f"All or none was asked for. {detail}"
    return f"All or none was asked for, and another item was refused: {detail}"


@admin.register(RefusedCall)
class RefusedCallAdmin(ModelAdmin):
    ordering = ("-id",)
    sortable_by = ()
    list_display = ("when", "partner", "customer", "promotion_name", "was_wrong", "reason")
    list_filter = (("promotion", RecordFilter), ("created_date", DayRangeFilter))
    search_fields = ("id",)
    search_help_text = "Request id, or the customer's e-mail, name, phone or record id"
    named_by_id = "Request id, or the customer's record id or complete e-mail address"
    """What can be searched for without the permission to see personal data."""

    # --- Who may do what: who sees enrollments sees what became none ---

    def has_module_permission(self, request: HttpRequest) -> bool:
        return self.has_view_permission(request)

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return request.user.has_perm(MAY_VIEW)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    # --- The list ---

    def get_changelist_instance(self, request: HttpRequest) -> Any:
        changes = super().get_changelist_instance(request)
        if not sees_personal_data(actor_of(request)):
            changes.search_help_text = self.named_by_id
        return changes

    def get_ordering(self, request: HttpRequest) -> tuple[str, ...]:
        """Newest first; by the day where days are asked for, which an index is read by then."""
        of_days = any(name.startswith("created_date_") for name in request.GET)
        return ("-created_date", "-id") if of_days else ("-id",)

    def get_queryset(self, request: HttpRequest) -> "models.QuerySet[Any]":
        by = actor_of(request)
        named = shown_calls(by).annotate(is_named=Value(sees_personal_data(by)))
        return cast("models.QuerySet[Any]", named)

    def get_search_results(
        self, request: HttpRequest, queryset: "models.QuerySet[Any]", search_term: str
    ) -> "tuple[models.QuerySet[Any], bool]":
        text, by = search_term.strip(), actor_of(request)
        if not text:
            return queryset, False
        contacts = list(find_contacts(text, by=by).values_list("pk", flat=True))
        accounts = list(find_accounts(text, by=by).values_list("pk", flat=True))
        keys: set[int] = set()
        for named in ({"request_id": text}, {"contact__in": contacts}, {"account__in": accounts}):
            # The keys first, by an index each: with an order and a limit all may be walked through.
            calls = RefusedCall.objects.filter(**named)
            keys.update(calls.values_list("pk", flat=True)[:MOST_FOUND])
        return queryset.filter(pk__in=keys), False

    @admin.display(description="when")
    def when(self, call: RefusedCall) -> str:
        return unbroken(show_short(call.created_date))

    @admin.display(description="partner")
    def partner(self, call: RefusedCall) -> str:
        return str(call.created_by)

    @admin.display(description="customer")
    def customer(self, call: Any) -> str:
        if call.party is None:
            return "not known"
        return str(call.party) if call.is_named else masked(call.party)

    @admin.display(description="promotion")
    def promotion_name(self, call: RefusedCall) -> str:
        return "not known" if call.promotion is None else call.promotion.name

    @admin.display(description="what was wrong")
    def was_wrong(self, call: RefusedCall) -> str:
        return what_was_wrong(call.code)

    @admin.display(description="reason")
    def reason(self, call: RefusedCall) -> str:
        return format_html('<span class="min-w-56 block">{}</span>', reason_of(call))

    # --- One of them ---

    def change_view(
        self,
        request: HttpRequest,
        object_id: str,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        return refused_call_page(request, object_id)


def refused_call_page(request: HttpRequest, key: str) -> HttpResponse:
    """What was sent, which rule refused it, when; and what would be said now."""
    require(request, MAY_VIEW)
    by = actor_of(request)
    is_key = key.isascii() and key.isdecimal() and len(key) < 19
    call = shown_calls(by).filter(pk=int(key)).first() if is_key else None
    if call is None:
        raise Http404
    item = item_of(call)
    return page(
        request,
        "enrollments/admin/refused_call.html",
        title=f"Refused call of {show_moment(call.created_date)}",
        call=call,
        was_wrong=what_was_wrong(call.code),
        reason=reason_of(call),
        further=[in_words(detail) for _, detail, _ in call.further or []],
        facts=_facts(request, call),
        is_read_in_part=is_malformed(call.code) and not call.is_of_another_item,
        answer=None if item is None else answer_now(request, item, call.party, timezone.now()),
    )


def _facts(request: HttpRequest, call: RefusedCall) -> list[tuple[str, str, str]]:
    """Label, value and link of what is kept of a call."""
    by = actor_of(request)
    named = call.named_by.split()
    customer, promotion = call.party, call.promotion
    sees = request.user.has_perm("promotions.view_promotion")
    linked = sees and promotion is not None and not promotion.is_deleted
    promotion_url = (
        reverse("admin:promotions_promotion_change", args=[call.promotion_id]) if linked else ""
    )
    period = _period(call)
    return [
        ("When", show_moment(call.created_date), ""),
        ("Partner", f"{call.created_by}, through {_DOORS.get(call.door, call.door)}", ""),
        ("Request id", call.request_id or "–", ""),
        ("Items in the call", "–" if call.item_count is None else f"{call.item_count:,}", ""),
        (
            "Customer",
            _named(customer, by, named, _CUSTOMERS),
            "" if customer is None else customer_url(customer),
        ),
        ("Promotion", _named(promotion, by, named, ("promotion",)), promotion_url),
        *([("Offer", _offer(call, by, named), "")] if "enrollmentOffer" in call.named_by else []),
        *([("Period asked for", period, "")] if period else []),
        ("Where in the call", _place(call), ""),
        ("Code", call.code, ""),
    ]


def _named(
    record: Account | Contact | Any | None, by: Actor, named: list[str], parts: tuple[str, ...]
) -> str:
    """A record, and by what the caller named it."""
    kinds = [_KINDS[kind] for kind in named if kind in _KINDS and kind.split(".")[0] in parts]
    ways = f"named: {', '.join(kinds)}" if kinds else "none was named, or it could not be read"
    return f"Not known ({ways})" if record is None else f"{name_of(record, by)} ({ways})"


def _offer(call: RefusedCall, by: Actor, named: list[str]) -> str:
    offers: RecordQuerySet[Offer] = RecordQuerySet(Offer).accessible(by)
    offer = offers.filter(pk=call.offer_id).first() if call.offer_id else None
    return _named(offer, by, named, ("enrollmentOffer",))


def _place(call: RefusedCall) -> str:
    otherwise = "Another item" if call.is_of_another_item else "The call as a whole"
    return call.pointer or otherwise


def _period(call: RefusedCall) -> str:
    if call.effective is None and call.expiration is None:
        return ""
    begins = show_moment(call.effective, otherwise="At once")
    return f"{begins} – {show_moment(call.expiration, otherwise='the promotion’s end', ends=True)}"
