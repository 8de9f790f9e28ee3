"""Withdrawing a customer by the record's ``IsPartyEnrolled``, and enrolling them again by it."""

import pytest

from enrollments.models import PromotionPartyUsage
from enrollments.services import usages as service
from enrollments.services.usages import update_usage
from promotions.models import Promotion
from tests.factories import (
    NOW,
    actor,
    enroll_account,
    enroll_contact,
    make_account,
    make_contact,
    make_offer,
)
from tests.services.usages.records import DAY, LATER, Values, history, left, refusals, updated

pytestmark = pytest.mark.django_db


def test_false_withdraws(usage: PromotionPartyUsage) -> None:
    changed = updated(usage, {"is_party_enrolled": False, "order_count": 1})
    assert not changed.is_party_enrolled
    assert (changed.withdrawn_date, changed.withdrawal_reason) == (LATER, service.WITHDRAWN)
    assert (changed.order_count, changed.version) == (1, 2)
    assert {row.reason for row in usage.history.exclude(field="created")} == {service.WITHDRAWN}


def test_of_a_withdrawn_record_only_what_is_counted_changes(usage: PromotionPartyUsage) -> None:
    left(usage)
    values = {"enrollment_offer_id": make_offer().pk, "enrollment_expiration_date_time": None}
    assert refusals(update_usage, usage.pk, values, actor(), LATER) == [
        ("not_enrolled", "enrollmentOfferId"),
        ("not_enrolled", "enrollmentExpirationDateTime"),
    ]
    changed = updated(usage, {"usage_count": 1, "is_party_enrolled": False})
    assert (changed.usage_count, changed.withdrawal_reason) == (1, "moved")


@pytest.mark.parametrize("dated", [False, True])
def test_true_enrolls_again(usage: PromotionPartyUsage, dated: bool) -> None:
    offer = make_offer()
    PromotionPartyUsage.objects.filter(pk=usage.pk).update(enrollment_offer=offer, usage_count=3)
    left(usage)
    values: Values = {"is_party_enrolled": True, "order_count": 1}
    if dated:
        values["enrollment_effective_date_time"] = LATER + DAY
    changed = updated(usage, values)
    assert changed.is_party_enrolled
    assert changed.enrollment_effective_date_time == (LATER + DAY if dated else LATER)
    assert (changed.enrollment_expiration_date_time, changed.withdrawn_date) == (None, None)
    assert (changed.enrollment_offer, changed.usage_count, changed.order_count) == (offer, 3, 1)
    assert changed.version == 3
    assert ("IsPartyEnrolled", "false", "true") in history(usage)


def test_the_account_beside_the_contact_stays_while_it_is_theirs(promotion: Promotion) -> None:
    account = make_account()
    for stays in (True, False):
        contact = make_contact(account=account)
        usage = left(enroll_contact(contact, promotion, at=NOW, account_id=account.pk))
        if not stays:
            type(contact).objects.filter(pk=contact.pk).update(account=make_account())
        changed = updated(usage, {"is_party_enrolled": True})
        assert changed.account_id == (account.pk if stays else None)


def test_an_account_is_enrolled_again(promotion: Promotion) -> None:
    usage = left(enroll_account(make_account(), promotion, at=NOW))
    assert updated(usage, {"is_party_enrolled": True}).is_party_enrolled
