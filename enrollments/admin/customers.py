"""Accounts and contacts: lists and forms. Both share how customers are found."""

from collections.abc import Iterable
from typing import Any

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.db import models
from django.http import Http404, HttpRequest, HttpResponseRedirect

from enrollments.admin.acts import require
from enrollments.admin.cards import customer_url
from enrollments.admin.customer_page import MAY_VIEW
from enrollments.admin.masking import masked
from enrollments.models import Account, Contact
from enrollments.personal_data import sees_personal_data
from enrollments.selectors import find_accounts, find_contacts
from enrollments.services.customers import accounts, contacts
from promotions.actors import Actor
from promotions.admin.records import RecordAdmin
from promotions.admin.site import MOST_OFFERED, actor_of
from promotions.likelihood import by_names


class CustomerAdmin(RecordAdmin):
    """Base of the two: the form leads to the customer's page."""

    found_by_id = False  # the search box leads to the customer's page
    deleting_means = "Enrollments stay as they are; the customer can't be enrolled any more."
    ordering = ("-id",)
    readonly_fields = ("shown_id", "created_by_whom", "changed_by_whom")
    change_form_outer_before_template = "enrollments/admin/to_customer_page.html"
    customer_fields: tuple[str, ...]
    named_by_id = "Record id or enrollment number"
    """What can be searched for without the permission to see personal data."""

    # --- Who may not see personal data sees that there are customers, and no more ---

    def role_allows(self, request: HttpRequest, act: str) -> bool:
        allowed = super().role_allows(request, act)
        return allowed and (act == "view" or sees_personal_data(actor_of(request)))

    def label_for(self, record: Any, by: Actor) -> str:
        return self.label_of(record) if sees_personal_data(by) else masked(record)

    def get_list_display(self, request: HttpRequest) -> Any:
        named = sees_personal_data(actor_of(request))
        return super().get_list_display(request) if named else ("shown_id", "created")

    def get_changelist_instance(self, request: HttpRequest) -> Any:
        changes = super().get_changelist_instance(request)
        if not sees_personal_data(actor_of(request)):
            changes.search_help_text = self.named_by_id
        return changes

    def change_view(
        self,
        request: HttpRequest,
        object_id: str,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> Any:
        if sees_personal_data(actor_of(request)):
            return super().change_view(request, object_id, form_url, extra_context)
        if request.method != "GET":
            raise PermissionDenied
        customer = self.get_object(request, object_id)
        if customer is None:
            raise Http404
        require(request, MAY_VIEW)
        return HttpResponseRedirect(customer_url(customer))

    def history_view(
        self, request: HttpRequest, object_id: str, extra_context: dict[str, Any] | None = None
    ) -> Any:
        if not sees_personal_data(actor_of(request)):
            raise PermissionDenied
        return super().history_view(request, object_id, extra_context)

    def likeliest(self, found: "models.QuerySet[Any]", typed: str) -> list[Any]:
        """They are few: the search has found their keys."""
        return sorted(found, key=lambda one: by_names(self.names_of(one), typed))[:MOST_OFFERED]

    profile_fields: tuple[str, ...] = ()
    """What is kept of the customer and few need: shown when asked for."""

    def sections(self, new: bool) -> list[tuple[str, dict[str, Any]]]:
        shown: list[tuple[str, dict[str, Any]]] = [("Who", {"fields": [*self.customer_fields]})]
        if self.profile_fields:
            profile = {"fields": [*self.profile_fields], "classes": ("collapse",)}
            shown.append(("Profile", profile))
        return shown if new else [*shown, ("Record", {"fields": [*self.readonly_fields]})]

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
            context["customer_url"] = customer_url(obj)
        return super().render_change_form(request, context, add, change, form_url, obj)


@admin.register(Account)
class AccountAdmin(CustomerAdmin):
    nothing_yet = (
        "Accounts are companies and households. Partner systems send them, or support adds them."
    )
    service = accounts
    called_by = ("name_key",)
    list_display = ("name", "external_id", "created")
    search_fields = ("name_key",)
    search_help_text = "Beginning of the name, external id, record id or enrollment number"
    autocomplete_fields = ("parent",)
    customer_fields = ("name", "external_id")
    profile_fields = (
        "account_number", "type", "parent", "phone", "website", "billing_street",
        "billing_postal_code", "billing_city", "billing_state", "billing_country",
        "shipping_street", "shipping_postal_code", "shipping_city", "shipping_state",
        "shipping_country", "industry", "number_of_employees", "annual_revenue", "description",
    )  # fmt: skip

    def get_search_results(
        self, request: HttpRequest, queryset: "models.QuerySet[Any]", search_term: str
    ) -> "tuple[models.QuerySet[Any], bool]":
        if search_term.strip():
            by = actor_of(request)
            queryset = queryset.filter(pk__in=[one.pk for one in find_accounts(search_term, by=by)])
        return queryset, False


@admin.register(Contact)
class ContactAdmin(CustomerAdmin):
    nothing_yet = "Contacts are people. Partner systems send them, or support adds them here."
    service = contacts
    list_display = ("full_name", "email", "account", "phone", "external_id", "created")
    sortable_by = ("account", "phone", "external_id", "created")  # by what an index is ordered
    list_select_related = ("account",)
    search_fields = ("last_name_key",)
    search_help_text = "E-mail, name, phone, external id, record id or enrollment number"
    autocomplete_fields = ("account",)
    named_by_id = "Record id, enrollment number or complete e-mail address"
    customer_fields = ("first_name", "last_name", "email", "phone", "account", "external_id")

    def names_of(self, record: Contact) -> Iterable[str]:
        first, last = record.first_name_key or "", record.last_name_key or ""
        whole = (f"{first} {last}", f"{last} {first}", f"{last}, {first}")
        return (first, last, record.email_key or "", *(name.strip(" ,") for name in whole))

    def label_of(self, record: Contact) -> str:
        parts = [record.full_name, record.email, str(record.account or "")]
        return " · ".join(part for part in parts if part)

    @admin.display(description="name")
    def full_name(self, contact: Contact) -> str:
        return contact.full_name

    def get_search_results(
        self, request: HttpRequest, queryset: "models.QuerySet[Any]", search_term: str
    ) -> "tuple[models.QuerySet[Any], bool]":
        if search_term.strip():
            by = actor_of(request)
            queryset = queryset.filter(pk__in=[one.pk for one in find_contacts(search_term, by=by)])
        return queryset.select_related("account"), False
