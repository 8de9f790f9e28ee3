"""A promotion's ``MaximumEnrollmentCount``: "the first 1,000 customers"."""

from datetime import timedelta

import pytest

from enrollments.models import PromotionPartyUsage
from enrollments.services.enrolling import enroll
from enrollments.services.enrollments import withdraw
from enrollments.services.outcomes import Enrolled, NotEnrolled
from enrollments.wire import Item
from promotions.errors import Refused
from promotions.models import Promotion
from promotions.services.promotions import update_promotion
from tests.factories import NOW, actor, enroll_contact, make_contact, make_promotion

pytestmark = pytest.mark.django_db


@pytest.fixture
def promotion() -> Promotion:
    return make_promotion(maximum_enrollment_count=2)


def _refused(promotion: Promotion) -> str:
    with pytest.raises(Refused) as refused:
        enroll_contact(make_contact(), promotion, at=NOW)
    [error] = refused.value.errors
    return error.code


def test_the_places_are_filled_and_no_more(promotion: Promotion) -> None:
    for _ in range(2):
        enroll_contact(make_contact(), promotion, at=NOW)
    assert _refused(promotion) == "enrollment_limit_reached"
    assert PromotionPartyUsage.objects.count() == 2


def test_who_is_enrolled_is_told_so_even_where_no_place_is_left(promotion: Promotion) -> None:
    contact = make_contact()
    enroll_contact(contact, promotion, at=NOW)
    enroll_contact(make_contact(), promotion, at=NOW)
    with pytest.raises(Refused) as refused:
        enroll_contact(contact, promotion, at=NOW)
    assert [e.code for e in refused.value.errors] == ["already_enrolled"]


def test_withdrawing_gives_the_place_back_and_enrolling_again_takes_one(
    promotion: Promotion,
) -> None:
    first = make_contact()
    usage = enroll_contact(first, promotion, at=NOW)
    enroll_contact(make_contact(), promotion, at=NOW)
    withdraw(usage.pk, by=actor(), at=NOW, reason="moved")
    enroll_contact(make_contact(), promotion, at=NOW)
    with pytest.raises(Refused) as refused:
        enroll_contact(first, promotion, at=NOW)
    assert [e.code for e in refused.value.errors] == ["enrollment_limit_reached"]


def test_a_place_that_is_not_given_back_waits_for_its_customer() -> None:
    promotion = make_promotion(maximum_enrollment_count=1, is_place_freed_on_withdrawal=False)
    contact = make_contact()
    usage = enroll_contact(contact, promotion, at=NOW)
    withdraw(usage.pk, by=actor(), at=NOW, reason="moved")
    assert _refused(promotion) == "enrollment_limit_reached"
    assert enroll_contact(contact, promotion, at=NOW).pk == usage.pk
    assert _refused(promotion) == "enrollment_limit_reached"


def test_who_has_expired_keeps_the_place_and_can_come_back(promotion: Promotion) -> None:
    contact = make_contact()
    enroll_contact(contact, promotion, at=NOW, expiration=NOW + timedelta(hours=1))
    enroll_contact(make_contact(), promotion, at=NOW)
    again = enroll_contact(contact, promotion, at=NOW + timedelta(hours=2))
    assert again.is_party_enrolled
    assert _refused(promotion) == "enrollment_limit_reached"


@pytest.mark.parametrize("all_or_none", [True, False])
def test_a_request_for_more_than_there_are(promotion: Promotion, all_or_none: bool) -> None:
    items = [
        Item(
            pointer=f"inputParameters[{n}]",
            contact_id=make_contact().pk,
            promotion_id=promotion.pk,
        )
        for n in range(4)
    ]
    if all_or_none:
        with pytest.raises(Refused) as refused:
            enroll(items, by=actor(), at=NOW)
        assert [(e.code, e.pointer) for e in refused.value.errors] == [
            ("enrollment_limit_reached", "inputParameters[2].promotion"),
            ("enrollment_limit_reached", "inputParameters[3].promotion"),
        ]
        assert not PromotionPartyUsage.objects.exists()
    else:
        outcomes = enroll(items, by=actor(), at=NOW, all_or_none=False)
        assert [type(o) for o in outcomes] == [Enrolled, Enrolled, NotEnrolled, NotEnrolled]


def test_a_limit_below_what_is_taken_removes_nobody(promotion: Promotion) -> None:
    for _ in range(2):
        enroll_contact(make_contact(), promotion, at=NOW)
    update_promotion(promotion.pk, {"maximum_enrollment_count": 1}, by=actor(), at=NOW)
    assert PromotionPartyUsage.objects.filter(is_party_enrolled=True).count() == 2
    assert _refused(promotion) == "enrollment_limit_reached"
