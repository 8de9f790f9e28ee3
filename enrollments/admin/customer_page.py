"""A customer at a glance, for whoever is on the telephone: who it is, where they stand, and why."""

from collections.abc import Sequence
from typing import Any, Final
from urllib.parse import urlencode

from django.conf import settings
from django.contrib import admin
from django.core.paginator import Paginator
from django.db.models import Q
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone

from enrollments.admin.acts import require
from enrollments.admin.cards import cards, customer_url, shown_enrollments
from enrollments.admin.masking import name_of, shown
from enrollments.admin.refused_calls import call_url, reason_of, shown_calls
from enrollments.admin.why_words import what_was_wrong
from enrollments.models import Account, Contact, PromotionPartyUsage
from enrollments.personal_data import sees_personal_data
from enrollments.selectors import (
    MOST_CUSTOMERS,
    enrollments_shown,
    find_accounts,
    find_contacts,
    usage_key,
)
from promotions import ids
from promotions.actors import Actor
from promotions.admin.moments import show_moment
from promotions.admin.site import actor_of

MAY_VIEW: Final = "enrollments.view_promotionpartyusage"
PER_PAGE: Final = 50
MOST_REFUSED: Final = 10
"""The most refused calls that the page lists; a link leads to all of them."""
WHAT_TO_TYPE: Final = "E-mail, name, phone, external id, record id or enrollment number"
WHAT_TO_TYPE_MASKED: Final = "Record id, enrollment number or complete e-mail address"
MOST_CONTACTS: Final = 50
"""The most contacts that an account's page lists."""


def find_customer_page(request: HttpRequest) -> HttpResponse:
    """One box for whatever the customer gives; a single hit goes straight to their page."""
    require(request, MAY_VIEW)
    text = request.GET.get("q", "").strip()
    by = actor_of(request)
    found = _found(text, by)
    if len(found) == 1:
        return HttpResponseRedirect(customer_url(found[0]))
    context = {
        **admin.site.each_context(request),
        "title": "Find a customer",
        "text": text,
        "hits": [_hit(customer, by) for customer in found[:MOST_CUSTOMERS]],
        "asked_for": WHAT_TO_TYPE if sees_personal_data(by) else WHAT_TO_TYPE_MASKED,
        "more": len(found) > MOST_CUSTOMERS,
    }
    return TemplateResponse(request, "enrollments/admin/customers.html", context)


def _found(text: str, by: Actor) -> Sequence[Account | Contact]:
    usage = _usage_named(text, by)
    if usage is not None:
        return [usage.party]
    return [*find_contacts(text, by=by), *find_accounts(text, by=by)]


def _usage_named(text: str, by: Actor) -> PromotionPartyUsage | None:
    """The enrollment whose number or id this is: its party is meant, not the account beside it."""
    key = usage_key(text)
    return None if key is None else enrollments_shown(by).filter(pk=key).first()


def _hit(customer: Account | Contact, by: Actor) -> dict[str, Any]:
    return {
        "url": customer_url(customer),
        "name": name_of(customer, by),
        "kind": type(customer).__name__,
        "more": more_of(customer, by),
    }


def more_of(customer: Account | Contact, by: Actor) -> str:
    """What tells a customer from others of the same name."""
    if not sees_personal_data(by):
        return ""
    if isinstance(customer, Account):
        return customer.external_id or ""
    return " · ".join(str(part) for part in (customer.email, customer.account) if part)


def customer_page(request: HttpRequest, record_id: str) -> HttpResponse:
    """The customer with this record id, a contact or an account, and all their enrollments: first
    those to which something happened last."""
    require(request, MAY_VIEW)
    customer, by = _customer(record_id), actor_of(request)
    own = (
        Q(contact=customer.pk)
        if isinstance(customer, Contact)
        else Q(contact=None, account=customer.pk)
    )
    usages = (
        shown_enrollments(by, timezone.now()).filter(own).order_by("-last_modified_date", "-id")
    )
    page = Paginator(usages, PER_PAGE).get_page(request.GET.get("page"))
    context = {
        **admin.site.each_context(request),
        "title": name_of(customer, by),
        "customer": customer,
        "facts": _facts(customer, by),
        "why_url": _why_url(customer),
        "refused": _refused(customer, by),
        "refused_days": settings.REFUSED_CALLS_DAYS,
        "all_refused_url": f"{reverse('admin:enrollments_refusedcall_changelist')}?"
        + urlencode({"q": customer.record_id}),
        "edit_url": _edit_url(request, customer),
        "enroll_url": _enroll_url(request, customer),
        "cards": cards(list(page.object_list), request),
        "page": page,
        "contacts": _contacts(customer, by),
    }
    return TemplateResponse(request, "enrollments/admin/customer.html", context)


def _customer(record_id: str) -> Account | Contact:
    for prefix, customers in (
        (ids.CONTACT, Contact.objects.select_related("account")),
        (ids.ACCOUNT, Account.objects.all()),
    ):
        try:
            found = customers.filter(pk=ids.decode(prefix, record_id)).first()
        except ids.MalformedId:
            continue
        if found is not None:
            return found
    raise Http404


def _facts(customer: Account | Contact, by: Actor) -> list[tuple[str, str, str]]:
    """Label, value and link of what is known of a customer."""
    since = show_moment(customer.created_date)
    own: list[tuple[str, str, str]] = []
    if isinstance(customer, Contact):
        account = customer.account
        own = [
            ("E-mail", shown(customer.email, by), ""),
            ("Phone", shown(customer.phone, by), ""),
            (
                "Account",
                name_of(account, by) if account else "–",
                customer_url(account) if account else "",
            ),
        ]
    return [
        *own,
        ("External id", shown(customer.external_id, by), ""),
        ("Record id", customer.record_id, ""),
        ("Customer since", since, ""),
    ]


def _refused(customer: Account | Contact, by: Actor) -> list[dict[str, str]]:
    """The last calls for this customer that were refused, newest first."""
    own = {"account": customer, "contact": None}
    calls = shown_calls(by).filter(
        **({"contact": customer} if isinstance(customer, Contact) else own)
    )
    return [
        {
            "url": call_url(call),
            "when": show_moment(call.created_date),
            "partner": str(call.created_by),
            "promotion": "promotion not known" if call.promotion is None else call.promotion.name,
            "was_wrong": what_was_wrong(call.code),
            "reason": reason_of(call),
        }
        for call in calls[:MOST_REFUSED]
    ]


def _contacts(customer: Account | Contact, by: Actor) -> list[dict[str, Any]]:
    if isinstance(customer, Contact):
        return []
    people = Contact.objects.live().filter(account=customer).order_by("pk")[:MOST_CONTACTS]
    seen = sees_personal_data(by)
    return [
        {"url": customer_url(one), "name": name_of(one, by), "more": one.email if seen else ""}
        for one in people
    ]


def _edit_url(request: HttpRequest, customer: Account | Contact) -> str:
    kind = customer._meta.model_name
    if customer.is_deleted or not request.user.has_perm(f"enrollments.change_{kind}"):
        return ""
    return reverse(f"admin:enrollments_{kind}_change", args=[customer.pk])


def _enroll_url(request: HttpRequest, customer: Account | Contact) -> str:
    if customer.is_deleted or not request.user.has_perm("enrollments.add_promotionpartyusage"):
        return ""
    url = reverse("admin:enrollments_promotionpartyusage_enroll")
    query = {**_named(customer), "next": request.get_full_path()}
    return f"{url}?{urlencode(query)}"


def _named(customer: Account | Contact) -> dict[str, Any]:
    """The customer, as forms are prefilled with it."""
    return {str(customer._meta.model_name): customer.pk}


def _why_url(customer: Account | Contact) -> str:
    return "" if customer.is_deleted else f"{reverse('admin:why')}?{urlencode(_named(customer))}"
