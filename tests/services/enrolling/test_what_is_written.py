"""What enrolling answers and writes, in which order, and at what price."""

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from enrollments.facts import OfferFacts
from enrollments.models import Contact, PromotionPartyUsage, PromotionPartyUsageHistory
from enrollments.services.enrolling import enroll
from enrollments.services.outcomes import Enrolled
from enrollments.wire import MOST_ITEMS
from promotions.actors import Source
from promotions.models import Promotion
from promotions.request_ids import request_id_for
from tests.factories import (
    NOW,
    actor,
    make_account,
    make_contact,
    make_offer,
    make_promotion,
    make_user,
)
from tests.services.enrolling.requests import enrolled, item, request

pytestmark = pytest.mark.django_db


def test_outcomes_stand_in_the_order_of_the_items_with_all_they_name(promotion: Promotion) -> None:
    people = [make_contact() for _ in range(5)]
    people.reverse()
    offer = make_offer()
    outcomes = request(
        [
            item(n, email=person.email, promotion_id=promotion.pk, offer_code=offer.code)
            for n, person in enumerate(people)
        ]
    )
    with CaptureQueriesContext(connection) as queries:
        named = [
            (one.item.pointer, one.contact, one.decision.promotion, one.decision.offer)
            for one in outcomes
            if isinstance(one, Enrolled)
        ]
        assert [
            (pointer, contact, found and found.key, offer)
            for pointer, contact, found, offer in named
        ] == [
            (
                f"inputParameters[{n}]",
                (person.pk, person.last_name, person.email),
                promotion.pk,
                OfferFacts(offer.pk, offer.code, None, True),
            )
            for n, person in enumerate(people)
        ]
    assert len(queries) == 0, "an answer is rendered from what is at hand"


def test_an_enrollment_tells_who_made_it_when_and_through_which_door(
    contact: Contact, promotion: Promotion
) -> None:
    clerk = actor(Source.COMMAND, make_user())
    with request_id_for("request-7"):
        usage = enrolled(
            item(contact_id=contact.pk, promotion_id=promotion.pk), by=clerk, reason="by phone"
        )
    assert (usage.created_by, usage.last_modified_by) == (clerk.user, clerk.user)
    assert (usage.created_date, usage.last_modified_date, usage.version) == (NOW, NOW, 1)
    assert usage.usage_count == usage.order_count == usage.points_credited == 0
    row = PromotionPartyUsageHistory.objects.get(usage=usage)
    assert (row.field, row.old_value, row.new_value) == ("created", None, None)
    assert (row.created_by, row.created_date, row.source) == (clerk.user, NOW, "command")
    assert (row.reason, row.request_id) == ("by phone", "request-7")


def test_two_hundred_items_cost_no_more_statements_than_one(promotion: Promotion) -> None:
    by, offer = actor(), make_offer()
    account = make_account()
    people = [make_contact(account=account) for _ in range(MOST_ITEMS + 2)]

    def names(number: int, person: Contact) -> dict[str, Any]:
        ways: list[dict[str, Any]] = [
            {"contact_id": person.pk},
            {"email": person.email},
            {"last_name": person.last_name, "account_id": account.pk},
        ]
        return ways[number % 3]

    def statements(*chosen: Contact) -> int:
        items = [
            item(n, **names(n, person), promotion_id=promotion.pk, offer_code=offer.code)
            for n, person in enumerate(chosen)
        ]
        with CaptureQueriesContext(connection) as queries:
            enroll(items, by=by, at=NOW)
        return len(queries)

    statements(people[0])  # the promotion is known after that
    one, many = statements(people[1]), statements(*people[2:])
    # The savepoint of the test's own transaction and its release; on PostgreSQL one that does it
    # all, on SQLite one reads, one writes the records and one the history.
    assert one == many == (3 if connection.vendor == "postgresql" else 5)
    assert PromotionPartyUsage.objects.count() == MOST_ITEMS + 2


def test_new_records_are_inserted_in_the_order_of_their_keys() -> None:
    """Whatever the order of the items: two overlapping requests then never wait for each other
    both ways."""
    promotion, contacts = make_promotion(), [make_contact() for _ in range(3)]
    items = [item(n, contact_id=c.pk, promotion_id=promotion.pk) for n, c in enumerate(contacts)]
    enroll([items[2], items[0], items[1]], by=actor(), at=NOW)
    by_key = PromotionPartyUsage.objects.order_by("pk").values_list("contact", flat=True)
    assert list(by_key) == sorted(contact.pk for contact in contacts)
