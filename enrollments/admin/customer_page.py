"""A customer at a glance, for whoever is on the telephone: who it is, where they stand, and why."""

from collections.abc import Sequence
from typing import Any, Final
from urllib.parse import urlencode

from django.contrib import admin
from django.core.paginator import Paginator
from django.db.models import Q
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone

from enrollments.admin.acts import require
from enrollments.admin.cards import cards, customer_url, shown_enrollments
from enrollments.models import Account, Contact, PromotionPartyUsage
from enrollments.selectors import (
    MOST_CUSTOMERS,
    enrollments_shown,
    find_accounts,
    find_contacts,
)
from promotions import ids
from promotions.actors import Actor
from promotions.admin.moments import show_moment
from promotions.admin.site import actor_of
from promotions.numbers import parse_record_number

MAY_VIEW: Final = "enrollments.view_promotionpartyusage"
PER_PAGE: Final = 50
MOST_CONTACTS: Final = 50
"""The most contacts that an account's page lists."""


def find_customer_page(request: HttpRequest) -> HttpResponse:
    """One box for whatever the customer gives; a single hit goes straight to their page."""
    require(request, MAY_VIEW)
    text = request.GET.get("q", "").strip()
    found = _found(text, actor_of(request))
    if len(found) == 1:
        return HttpResponseRedirect(customer_url(found[0]))
    context = {
        **admin.site.each_context(request),
        "title": "Find a customer",
        "text": text,
        "hits": [_hit(customer) for customer in found[:MOST_CUSTOMERS]],
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
    key = parse_record_number(PromotionPartyUsage.number_letters, text)
    if key is None:
        try:
            key = ids.decode(ids.PROMOTION_PARTY_USAGE, text)
        except ids.MalformedId:
            return None
    return enrollments_shown(by).filter(pk=key).first()


def _hit(customer: Account | Contact) -> dict[str, Any]:
    url = customer_url(customer)
    if isinstance(customer, Account):
        return {"url": url, "name": customer.name, "kind": "Account", "more": customer.external_id}
    more = " · ".join(str(part) for part in (customer.email, customer.account) if part)
    return {"url": url, "name": customer.full_name, "kind": "Contact", "more": more}


def customer_page(request: HttpRequest, record_id: str) -> HttpResponse:
    """The customer with this record id, a contact or an account, and all their enrollments: first
    those to which something happened last."""
    require(request, MAY_VIEW)
    customer = _customer(record_id)
    own = (
        Q(contact=customer.pk)
        if isinstance(customer, Contact)
        else Q(contact=None, account=customer.pk)
    )
    usages = (
        shown_enrollments(actor_of(request), timezone.now())
        .filter(own)
        .order_by("-last_modified_date", "-id")
    )
    page = Paginator(usages, PER_PAGE).get_page(request.GET.get("page"))
    context = {
        **admin.site.each_context(request),
        "title": str(customer),
        "customer": customer,
        "facts": _facts(customer),
        "edit_url": _edit_url(request, customer),
        "enroll_url": _enroll_url(request, customer),
        "cards": cards(list(page.object_list), request),
        "page": page,
        "contacts": _contacts(customer),
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


def _facts(customer: Account | Contact) -> list[tuple[str, str, str]]:
    """Label, value and link of what is known of a customer."""
    since = show_moment(customer.created_date)
    if isinstance(customer, Account):
        own: list[tuple[str, str | None, str]] = []
    else:
        account = customer.account
        own = [
            ("E-mail", customer.email, ""),
            ("Phone", customer.phone, ""),
            (
                "Account",
                account.name if account else None,
                customer_url(account) if account else "",
            ),
        ]
    facts = [
        *own,
        ("External id", customer.external_id, ""),
        ("Record id", customer.record_id, ""),
        ("Customer since", since, ""),
    ]
    return [(label, value or "–", url) for label, value, url in facts]


def _contacts(customer: Account | Contact) -> list[dict[str, Any]]:
    if isinstance(customer, Contact):
        return []
    people = Contact.objects.live().filter(account=customer).order_by("pk")[:MOST_CONTACTS]
    return [{"url": customer_url(one), "name": one.full_name, "more": one.email} for one in people]


def _edit_url(request: HttpRequest, customer: Account | Contact) -> str:
    kind = customer._meta.model_name
    if customer.is_deleted or not request.user.has_perm(f"enrollments.change_{kind}"):
        return ""
    return reverse(f"admin:enrollments_{kind}_change", args=[customer.pk])


def _enroll_url(request: HttpRequest, customer: Account | Contact) -> str:
    if customer.is_deleted or not request.user.has_perm("enrollments.add_promotionpartyusage"):
        return ""
    url = reverse("admin:enrollments_promotionpartyusage_enroll")
    query = {str(customer._meta.model_name): customer.pk, "next": request.get_full_path()}
    return f"{url}?{urlencode(query)}"
