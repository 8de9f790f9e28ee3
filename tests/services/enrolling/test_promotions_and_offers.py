"""Which promotions take customers, on which days (rules 4 and 5), and which offers lead there."""

from datetime import date
from typing import Any

import pytest
from pytest_django import Settings

from enrollments.models import Contact
from promotions.models import Promotion
from tests.factories import NOW, make_offer, make_promotion
from tests.services.enrolling.requests import DAY, SECOND, enrolled, item, refusals

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("values", "code"),
    [
        ({"is_active": False}, "promotion_inactive"),
        ({"end_date_time": NOW}, "promotion_ended"),
        ({"end_date_time": NOW + SECOND}, None),
        ({"start_date_time": NOW + DAY}, None),
        ({"is_enrollment_required": False}, "enrollment_not_enabled"),
        ({"enrollment_start_date": date(2026, 5, 16)}, "enrollment_not_open"),
        ({"enrollment_start_date": date(2026, 5, 15)}, None),
        ({"enrollment_end_date": date(2026, 5, 15)}, None),
        ({"enrollment_end_date": date(2026, 5, 14)}, "enrollment_closed"),
    ],
)
def test_rules_4_and_5_the_promotion(
    contact: Contact, values: dict[str, Any], code: str | None
) -> None:
    one = item(contact_id=contact.pk, promotion_id=make_promotion(**values).pk)
    if code is None:
        assert enrolled(one).is_party_enrolled
    else:
        assert refusals(one) == [(code, "[0].promotion")]


@pytest.mark.parametrize(
    ("zone", "code"),
    [
        ("UTC", None),
        ("Europe/Berlin", None),
        ("Pacific/Kiritimati", "enrollment_closed"),  # where it is the 16th already
    ],
)
def test_rule_5_days_are_those_of_the_organisations_zone(
    contact: Contact, settings: Settings, zone: str, code: str | None
) -> None:
    settings.TIME_ZONE = zone
    promotion = make_promotion(enrollment_end_date=date(2026, 5, 15))
    one = item(contact_id=contact.pk, promotion_id=promotion.pk)
    if code is None:
        assert enrolled(one)
    else:
        assert refusals(one) == [(code, "[0].promotion")]


def test_the_offer_leads_to_this_promotion_and_is_active(
    contact: Contact, promotion: Promotion
) -> None:
    good = {"contact_id": contact.pk, "promotion_id": promotion.pk}
    elsewhere = make_offer(promotion=make_promotion())
    inactive = make_offer(is_active=False)
    here = make_offer(promotion=promotion)
    for offer, code in (
        (elsewhere, "offer_not_for_promotion"),
        (inactive, "offer_inactive"),
    ):
        assert refusals(item(**good, offer_id=offer.pk)) == [(code, "[0].enrollmentOffer")]
    assert enrolled(item(**good, offer_id=here.pk)).enrollment_offer == here
