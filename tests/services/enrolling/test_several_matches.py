"""More than one match is ambiguous, and says how many there are (rule 2)."""

from typing import Any

import pytest

from enrollments.services.customers import contacts
from promotions.models import Promotion
from tests.factories import NOW, actor, make_contact
from tests.services.enrolling.requests import enrolled, errors, item, refusals

pytestmark = pytest.mark.django_db


def test_rule_2_several_matches_are_ambiguous_and_counted(promotion: Promotion) -> None:
    for number in range(3):
        make_contact(last_name="Ng" if number else "NG", email="family@example.com")
    cases: list[tuple[dict[str, Any], str]] = [
        ({"last_name": "ng"}, "[0].contact.lastName"),
        ({"email": "FAMILY@example.com"}, "[0].contact.email"),
        ({"last_name": "ng", "email": "family@example.com"}, "[0].contact"),
    ]
    for names, pointer in cases:
        one = item(promotion_id=promotion.pk, **names)
        assert refusals(one) == [("customer_ambiguous", pointer)]
        assert errors(one)[0].extra == {"matches": 3}


def test_rule_2_deleted_contacts_do_not_match(promotion: Promotion) -> None:
    contact, deleted = make_contact(last_name="Ng"), make_contact(last_name="Ng")
    contacts.delete(deleted.pk, by=actor(), at=NOW)
    assert enrolled(item(promotion_id=promotion.pk, last_name="Ng")).contact == contact
