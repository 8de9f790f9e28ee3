"""A request is one transaction, refused as a whole unless it asks for the good items (rule 11)."""

from enum import StrEnum

import pytest
from django.db import IntegrityError, transaction

from enrollments.models import Contact, PromotionPartyUsage, PromotionPartyUsageHistory
from enrollments.services.enrolling import enroll
from enrollments.services.outcomes import Enrolled, NotEnrolled
from enrollments.wire import Item, Unreadable
from promotions.actors import Actor
from promotions.errors import DomainError
from promotions.models import Promotion
from tests.factories import NOW, actor, make_contact
from tests.services.enrolling.requests import DAY, item, refusals, request

pytestmark = pytest.mark.django_db


def bad_request(contact: Contact, promotion: Promotion) -> list[Item | Unreadable]:
    return [
        item(0, contact_id=contact.pk, promotion_id=promotion.pk),
        item(1, contact_id=2**62, promotion_code="NONE"),
        Unreadable((DomainError("invalid_type", "…", "inputParameters[2].contact.email"),)),
        item(3, contact_id=make_contact().pk, promotion_id=promotion.pk),
        item(4, contact_id=make_contact().pk, promotion_id=promotion.pk, expiration=NOW - DAY),
    ]


BAD = [
    ("customer_not_found", "[1].contact.id"),
    ("promotion_not_found", "[1].promotion.code"),
    ("invalid_type", "[2].contact.email"),
    ("period_reversed", "[4].enrollmentExpirationDateTime"),
]


def test_rule_11_every_bad_item_is_reported_at_once_and_nothing_is_written(
    contact: Contact, promotion: Promotion
) -> None:
    assert refusals(*bad_request(contact, promotion)) == BAD
    assert PromotionPartyUsage.objects.count() == 0
    assert PromotionPartyUsageHistory.objects.count() == 0


def test_rule_11_without_it_the_good_items_are_enrolled_and_the_bad_keep_their_place(
    contact: Contact, promotion: Promotion
) -> None:
    outcomes = request(bad_request(contact, promotion), all_or_none=False)
    assert [isinstance(outcome, Enrolled) for outcome in outcomes] == [
        True,
        False,
        False,
        True,
        False,
    ]
    found = [error for o in outcomes if isinstance(o, NotEnrolled) for error in o.errors]
    assert [(e.code, e.pointer.removeprefix("inputParameters")) for e in found] == BAD
    assert PromotionPartyUsage.objects.count() == PromotionPartyUsageHistory.objects.count() == 2


def test_rule_11_without_it_and_without_a_good_item_nothing_happens(promotion: Promotion) -> None:
    outcomes = request([item(promotion_id=promotion.pk, email="x@y.example")], all_or_none=False)
    assert [type(outcome) for outcome in outcomes] == [NotEnrolled]
    assert PromotionPartyUsage.objects.count() == 0


class Door(StrEnum):
    FAX = "fax"


@pytest.mark.parametrize("all_or_none", [True, False])
def test_history_that_cannot_be_written_takes_the_enrollment_with_it(
    contact: Contact,
    promotion: Promotion,
    all_or_none: bool,
) -> None:
    """The history knows no such door."""
    unknown = Actor(actor().user, Door.FAX)  # type: ignore[arg-type]  # what the database refuses
    items = [item(contact_id=contact.pk, promotion_id=promotion.pk)]
    with pytest.raises(IntegrityError), transaction.atomic():
        enroll(items, by=unknown, at=NOW, all_or_none=all_or_none)
    assert PromotionPartyUsage.objects.count() == 0
