"""When a promotion applies to a customer, without dates (rule 6) and with their own (rule 7)."""

from typing import Any

import pytest

from enrollments.models import Contact
from enrollments.standing import Standing, standing
from promotions.models import Promotion
from promotions.services.promotions import update_promotion
from tests.factories import NOW, actor, make_promotion
from tests.services.enrolling.requests import DAY, SECOND, enrolled, item, refusals

pytestmark = pytest.mark.django_db


def test_rule_6_without_dates_it_ends_with_the_promotion_wherever_that_end_moves(
    contact: Contact,
) -> None:
    promotion = make_promotion(end_date_time=NOW + DAY)
    usage = enrolled(item(contact_id=contact.pk, promotion_id=promotion.pk))
    assert usage.enrollment_effective_date_time == NOW
    assert usage.enrollment_expiration_date_time is None
    assert standing(usage, promotion, NOW + 2 * DAY) is Standing.EXPIRED
    longer = update_promotion(
        promotion.pk, {"end_date_time": NOW + 3 * DAY}, by=actor(), at=NOW + SECOND
    )
    usage.refresh_from_db()
    assert standing(usage, longer, NOW + 2 * DAY) is Standing.ACTIVE


def test_rule_7_the_customers_own_window_is_stored(contact: Contact, promotion: Promotion) -> None:
    usage = enrolled(
        item(
            contact_id=contact.pk,
            promotion_id=promotion.pk,
            effective=NOW + DAY,
            expiration=NOW + 2 * DAY,
        )
    )
    assert usage.enrollment_effective_date_time == NOW + DAY
    assert usage.enrollment_expiration_date_time == NOW + 2 * DAY


@pytest.mark.parametrize(
    ("own", "code", "pointer"),
    [
        ({"expiration": NOW}, "period_reversed", "Expiration"),
        ({"effective": NOW - DAY, "expiration": NOW}, "period_in_past", "Expiration"),
        (
            {"effective": NOW, "expiration": NOW + 10 * DAY},
            "period_outside_promotion",
            "Expiration",
        ),
        ({"effective": NOW + 20 * DAY}, "period_outside_promotion", "Effective"),
    ],
)
def test_rule_7_a_window_that_can_never_meet_the_promotion(
    contact: Contact, own: dict[str, Any], code: str, pointer: str
) -> None:
    promotion = make_promotion(start_date_time=NOW + 10 * DAY, end_date_time=NOW + 20 * DAY)
    assert refusals(item(contact_id=contact.pk, promotion_id=promotion.pk, **own)) == [
        (code, f"[0].enrollment{pointer}DateTime")
    ]
