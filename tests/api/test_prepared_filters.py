"""Queries that are compiled once: whatever is asked next, the answer is that of its own values."""

from itertools import permutations
from typing import Any

import pytest
from django.utils import timezone

from enrollments.api.enrollment_filters import EnrollmentFilters
from enrollments.services.enrollments import withdraw
from promotions.api.filters import PreparedFilter
from promotions.prepared import MOST_FORMS, Forms, Statement
from tests.api.callers import bound_api
from tests.api.conftest import Api
from tests.factories import (
    actor,
    enroll_account,
    enroll_contact,
    make_account,
    make_contact,
    make_offer,
    make_promotion,
)

PATH = "/api/v1/enrollments"


def ids(api: Api, query: str) -> list[str]:
    response = api.get(f"{PATH}?{query}")
    assert response.status_code == 200, response.content
    return [one["id"] for one in response.json()["results"]]


def test_a_form_serves_every_value(api: Api) -> None:
    account, offer = make_account(), make_offer()
    usages = [
        enroll_contact(
            make_contact(account=account, email=f"{name}@example.com"),
            make_promotion(promotion_code=name),
            account_id=account.pk,
            offer_id=offer.pk,
        )
        for name in ("one", "two", "three")
    ]
    alone = enroll_account(make_account(), make_promotion())
    withdraw(usages[2].pk, by=actor(), at=timezone.now(), reason="x")
    for _ in range(2):
        for usage in usages:
            mine = [usage.record_id]
            contact, promotion = usage.contact, usage.promotion
            assert contact is not None
            assert ids(api, f"contactId={contact.record_id}") == mine
            assert ids(api, f"partyId={contact.record_id}") == mine
            assert ids(api, f"email={contact.email}") == mine
            assert ids(api, f"promotionId={promotion.record_id}") == mine
            assert ids(api, f"promotionCode={promotion.promotion_code}") == mine
            assert ids(api, f"name={usage.name}") == mine
        party = alone.account
        assert party is not None
        assert ids(api, f"partyId={party.record_id}") == [alone.record_id]
        assert ids(api, "promotionCode=nosuch") == []
        assert ids(api, "status=withdrawn") == [usages[2].record_id]
        assert len(ids(api, "status=active")) == 3
        assert ids(api, "isPartyEnrolled=false") == [usages[2].record_id]
        assert len(ids(api, "isPartyEnrolled=true")) == 3
        assert ids(api, "type=Account") == [alone.record_id]


def test_filters_are_one_form_in_any_order(api: Api) -> None:
    usage = enroll_contact(make_contact(email="a@example.com"), make_promotion())
    asked = ("email=a@example.com", f"promotionId={usage.promotion.record_id}", "type=Contact")
    for given in permutations(asked):
        assert ids(api, "&".join(given)) == [usage.record_id]


def test_several_promotions_may_have_had_a_code(api: Api) -> None:
    from promotions.services.recycle_bin import delete_promotion

    found = []
    for _ in range(3):
        promotion = make_promotion(promotion_code="AGAIN")
        found.append(enroll_contact(make_contact(), promotion).record_id)
        assert ids(api, "promotionCode=again") == found[::-1]
        delete_promotion(promotion.pk, by=actor(), at=timezone.now(), confirmed=True)


def test_each_caller_has_its_own(api: Api, settings: Any) -> None:
    settings.PROMOTION_SHARING = "private"
    usages = [enroll_contact(make_contact(), make_promotion()) for _ in range(2)]
    callers = [bound_api(usage.promotion, "Read") for usage in usages]
    for _ in range(2):
        assert len(ids(api, "")) == 2
        for caller, usage in zip(callers, usages, strict=True):
            assert ids(caller, "") == [usage.record_id]
            path = f"{PATH}/{usages[0].record_id}"
            assert caller.get(path).status_code == (200 if usage is usages[0] else 404)
    settings.PROMOTION_SHARING = "read"
    assert len(ids(callers[0], "")) == 2


def test_a_sort_of_filter_without_places_for_values_has_few_values() -> None:
    """Each of their values is compiled for itself, and kept."""
    whole = {
        name
        for name, one in EnrollmentFilters.base_filters.items()
        if not isinstance(one, PreparedFilter)
    }
    assert whole == {"isPartyEnrolled", "status", "type"}


def test_no_more_forms_are_kept_than_fit() -> None:
    forms = Forms()
    for number in range(3 * MOST_FORMS):
        made = forms.statement(number, lambda: Statement("", ()))
        assert forms.statement(number, lambda: pytest.fail("it is known")) is made
    assert len(forms._known) <= MOST_FORMS
