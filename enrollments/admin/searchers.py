"""What the search box finds of customers: themselves, enrollments, audiences, refused calls."""

import re
from collections.abc import Iterator
from typing import Any, Final

from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone

from enrollments.admin.audience_progress import audience_url
from enrollments.admin.cards import customer_url, party_name, shown_enrollments
from enrollments.admin.customer_page import more_of
from enrollments.admin.masking import name_of
from enrollments.admin.refused_calls import call_url, shown_calls
from enrollments.admin.why_words import what_was_wrong
from enrollments.models import Account, Contact, EnrollmentJob
from enrollments.phones import looks_like_a_phone, phone_key
from enrollments.selectors import account_conditions, contact_conditions, usage_key
from enrollments.spelling import is_spelled_so
from promotions.actors import Actor
from promotions.admin.moments import show_short
from promotions.admin.search_box import MOST_OF_A_KIND, Hit, searcher
from promotions.admin.site import actor_of, may_view_enrollments
from promotions.folding import fold
from promotions.ids import MalformedId, decode
from promotions.likelihood import Likelihood
from promotions.models import RecordQuerySet
from promotions.numbers import parse_record_number

_REQUEST_ID: Final = re.compile(r"[A-Za-z0-9._:-]{6,64}")


@searcher
def _enrollments(request: HttpRequest, text: str) -> Iterator[Hit]:
    key = usage_key(text)
    if key is None or not may_view_enrollments(request):
        return
    usages: QuerySet[Any] = shown_enrollments(actor_of(request), timezone.now())
    for usage in usages.filter(pk=key):
        customer = party_name(usage)
        yield Hit(
            kind="Enrollment",
            title=usage.name,
            more=f"{customer} · {usage.promotion} · {usage.standing}",
            url=reverse("admin:enrollments_promotionpartyusage_change", args=[usage.pk]),
            icon="how_to_reg",
            likelihood=Likelihood.EXACT,
        )


@searcher
def _contacts(request: HttpRequest, text: str) -> Iterator[Hit]:
    by = actor_of(request)
    if may_view_enrollments(request):
        found = _found(Contact, contact_conditions(text, by), related=("account",))
        yield from _customers(found, text, by, icon="person")


@searcher
def _accounts(request: HttpRequest, text: str) -> Iterator[Hit]:
    by = actor_of(request)
    if may_view_enrollments(request):
        found = _found(Account, account_conditions(text, by))
        yield from _customers(found, text, by, icon="apartment")


@searcher
def _audiences(request: HttpRequest, text: str) -> Iterator[Hit]:
    key = parse_record_number(EnrollmentJob.number_letters, text)
    if key is None:
        try:
            key = decode(EnrollmentJob.key_prefix, text)
        except MalformedId:
            return
    if may_view_enrollments(request):
        for job in EnrollmentJob.objects.shown(actor_of(request)).filter(pk=key):
            yield Hit(
                kind="Audience",
                title=job.name,
                more=f"{job.promotion} · {job.status}",
                url=audience_url(job),
                icon="group_add",
                likelihood=Likelihood.EXACT,
            )


@searcher
def _refused_calls(request: HttpRequest, text: str) -> Iterator[Hit]:
    if not (_REQUEST_ID.fullmatch(text) and may_view_enrollments(request)):
        return
    by = actor_of(request)
    for call in shown_calls(by).filter(request_id=text)[:MOST_OF_A_KIND]:
        customer = "" if call.party is None else f"{name_of(call.party, by)} · "
        yield Hit(
            kind="Refused call",
            title=f"{what_was_wrong(call.code)}, {show_short(call.created_date)}",
            more=f"{customer}{call.created_by}",
            url=call_url(call),
            icon="block",
            likelihood=Likelihood.EXACT,
        )


def _found(model: Any, conditions: Iterator[Any], related: tuple[str, ...] = ()) -> list[Any]:
    """Customers in the order of the conditions that hold of them; once there are enough, the rest
    is not looked up."""
    records: RecordQuerySet[Any] = RecordQuerySet(model).live()
    rows: QuerySet[Any] = records.select_related(*related) if related else records
    found: dict[int, Any] = {}
    for condition in conditions:
        found |= {one.pk: one for one in rows.filter(condition)[:MOST_OF_A_KIND]}
        if len(found) >= MOST_OF_A_KIND:
            break
    return list(found.values())[:MOST_OF_A_KIND]


def _customers(found: list[Any], text: str, by: Actor, *, icon: str) -> Iterator[Hit]:
    for customer in found:
        yield Hit(
            kind=type(customer).__name__,
            title=name_of(customer, by),
            more=more_of(customer, by),
            url=customer_url(customer),
            icon=icon,
            likelihood=_likelihood(customer, text),
        )


def _likelihood(customer: Account | Contact, text: str) -> Likelihood:
    folded = fold(text)
    if customer.external_id == text or customer.record_id[:15] == text[:15]:
        return Likelihood.EXACT
    if isinstance(customer, Contact):
        same_phone = looks_like_a_phone(text) and customer.phone_key == phone_key(text)
        if customer.email_key == folded or same_phone:
            return Likelihood.EXACT
    return Likelihood.NAMED_SO if is_spelled_so(customer.name, text) else Likelihood.BEGINS_SO
