"""Two items of a request for the same customer and promotion: the later is refused (rule 10)."""

import pytest

from enrollments.models import Contact, PromotionPartyUsage
from enrollments.services.outcomes import Enrolled, NotEnrolled
from promotions.models import Promotion
from tests.factories import NOW, enroll_contact, make_contact, make_promotion
from tests.services.enrolling.requests import errors, item, request

pytestmark = pytest.mark.django_db


def test_rule_10_the_later_item_is_the_bad_one_however_it_names_the_customer(
    contact: Contact, promotion: Promotion
) -> None:
    found = errors(
        item(0, contact_id=contact.pk, promotion_id=promotion.pk),
        item(1, contact_id=make_contact().pk, promotion_id=promotion.pk),
        item(2, email="ZOE@example.com", promotion_code="summer26"),
        item(3, last_name="strasse", promotion_id=promotion.pk),
    )
    assert [(error.code, error.pointer, error.extra) for error in found] == [
        ("duplicate_in_request", "inputParameters[2]", {}),
        ("duplicate_in_request", "inputParameters[3]", {}),
    ]
    assert "inputParameters[0]" in found[0].detail
    assert PromotionPartyUsage.objects.count() == 0


def test_rule_10_a_duplicate_carries_the_record_made_by_this_very_request(
    contact: Contact, promotion: Promotion
) -> None:
    same = {"contact_id": contact.pk, "promotion_id": promotion.pk}
    first, *others = request([item(n, **same) for n in range(3)], all_or_none=False)
    assert isinstance(first, Enrolled)
    for number, other in enumerate(others, 1):
        assert isinstance(other, NotEnrolled)
        [error] = other.errors
        assert (error.code, error.pointer) == (
            "duplicate_in_request",
            f"inputParameters[{number}]",
        )
        assert error.extra == {"promotionPartyUsageId": first.read().record_id}


@pytest.mark.parametrize("all_or_none", [True, False])
def test_rule_10_of_a_customer_who_is_enrolled_already(
    contact: Contact, promotion: Promotion, all_or_none: bool
) -> None:
    usage = enroll_contact(contact, promotion, at=NOW)
    items = [item(n, contact_id=contact.pk, promotion_id=promotion.pk) for n in range(2)]
    if all_or_none:
        found = list(errors(*items))
    else:
        outcomes = request(items, all_or_none=False)
        found = [e for o in outcomes if isinstance(o, NotEnrolled) for e in o.errors]
    assert [error.code for error in found] == ["already_enrolled", "duplicate_in_request"]
    assert {error.extra["promotionPartyUsageId"] for error in found} == {usage.record_id}


def test_rule_10_one_customer_in_two_promotions_is_no_duplicate(contact: Contact) -> None:
    outcomes = request(
        [item(n, contact_id=contact.pk, promotion_id=make_promotion().pk) for n in range(2)]
    )
    assert len({o.read().pk for o in outcomes if isinstance(o, Enrolled)}) == 2
