"""There is one record per customer and promotion, for ever (rule 8), and who enrolls again is
enrolled in it (rule 9). Many who enroll at once are in ``test_enroll_concurrency.py``."""

from collections.abc import Sequence
from typing import Any

import pytest

from enrollments.facts import Facts
from enrollments.models import Contact, PromotionPartyUsage, PromotionPartyUsageHistory
from enrollments.services import enrolling
from enrollments.services.enrollments import withdraw
from enrollments.services.loading import read_facts
from enrollments.wire import Item
from promotions.actors import Actor, Source
from promotions.models import Promotion
from promotions.services.transactions import LostRace
from tests.factories import (
    NOW,
    actor,
    enroll_account,
    enroll_contact,
    make_account,
    make_offer,
    make_user,
)
from tests.services.enrolling.requests import DAY, SECOND, enrolled, errors, item

pytestmark = pytest.mark.django_db


# --- Rule 8: races --------------------------------------------------------------------------------


def facts(items: Sequence[Item], by: Actor, *, seen: bool) -> Facts:
    """What is found, without the records that exist where those are not ``seen`` yet."""
    found = read_facts(items, by)
    if not seen:
        found.customers = [customer._replace(existing=None) for customer in found.customers]
    return found


def test_rule_8_a_lost_race_is_decided_again_and_finds_the_others_record(
    contact: Contact, promotion: Promotion, monkeypatch: pytest.MonkeyPatch
) -> None:
    usage = enroll_contact(contact, promotion, at=NOW)
    seeing = iter([False, True])
    monkeypatch.setattr(
        enrolling, "read_facts", lambda *given, **how: facts(*given, seen=next(seeing))
    )
    [error] = errors(item(contact_id=contact.pk, promotion_id=promotion.pk))
    assert error.code == "already_enrolled"
    assert error.extra == {"promotionPartyUsageId": usage.record_id}


def test_rule_8_a_race_that_is_lost_again_and_again_is_no_record_and_no_endless_loop(
    contact: Contact, promotion: Promotion, monkeypatch: pytest.MonkeyPatch
) -> None:
    enroll_contact(contact, promotion, at=NOW)
    monkeypatch.setattr(enrolling, "read_facts", lambda *given, **how: facts(*given, seen=False))
    with pytest.raises(LostRace):
        enrolled(item(contact_id=contact.pk, promotion_id=promotion.pk))
    assert PromotionPartyUsage.objects.count() == PromotionPartyUsageHistory.objects.count() == 1


# --- Rule 9: already, and again -------------------------------------------------------------------


@pytest.mark.parametrize("when", [NOW, NOW + DAY], ids=["active", "scheduled"])
def test_rule_9_who_is_enrolled_already(contact: Contact, promotion: Promotion, when: Any) -> None:
    account = make_account()
    of_contact = enroll_contact(contact, promotion, at=NOW, effective=when)
    of_account = enroll_account(account, promotion, at=NOW, effective=when)
    found = errors(
        item(0, email="zoe@example.com", promotion_id=promotion.pk),
        item(1, account_id=account.pk, promotion_code="summer26"),
        at=NOW + SECOND,
    )
    assert [(error.code, error.pointer, error.extra) for error in found] == [
        ("already_enrolled", f"inputParameters[{n}]", {"promotionPartyUsageId": usage.record_id})
        for n, usage in enumerate((of_contact, of_account))
    ]


@pytest.mark.parametrize("how", ["withdrawn", "expired"])
def test_rule_9_again_in_the_same_record(contact: Contact, promotion: Promotion, how: str) -> None:
    offer, later = make_offer(), NOW + 5 * DAY
    first = enroll_contact(contact, promotion, at=NOW, expiration=NOW + DAY)
    PromotionPartyUsage.objects.filter(pk=first.pk).update(usage_count=3, order_count=2)
    if how == "withdrawn":
        withdraw(first.pk, by=actor(), at=NOW + SECOND, reason="asked to")
    clerk = actor(Source.ADMIN, make_user("Support"))
    again = enrolled(
        item(contact_id=contact.pk, promotion_id=promotion.pk, offer_id=offer.pk),
        at=later,
        by=clerk,
        reason="came back",
    )
    assert again.pk == first.pk
    assert (again.usage_count, again.order_count) == (3, 2)
    assert again.is_party_enrolled
    assert (again.withdrawn_date, again.withdrawn_by, again.withdrawal_reason) == (None,) * 3
    assert again.enrollment_effective_date_time == later
    assert again.enrollment_expiration_date_time is None
    assert again.enrollment_offer == offer
    assert (again.created_date, again.last_modified_date) == (NOW, later)
    assert again.last_modified_by == clerk.user
    assert again.version == (3 if how == "withdrawn" else 2)

    history = {row.field: row for row in again.history.filter(created_date=later)}
    assert set(history) == {
        "IsPartyEnrolled",  # tells enrolling again from a change of period
        "EnrollmentEffectiveDateTime",
        "EnrollmentExpirationDateTime",
        "EnrollmentOfferId",
    } | ({"WithdrawnDate", "WithdrawnBy", "WithdrawalReason"} if how == "withdrawn" else set())
    assert history["IsPartyEnrolled"].new_value == "true"
    changed = history["EnrollmentEffectiveDateTime"]
    assert (changed.old_value, changed.new_value) == (
        "2026-05-15T12:00:00Z",
        "2026-05-20T12:00:00Z",
    )
    assert history["EnrollmentOfferId"].new_value == offer.record_id
    assert {(r.source, r.created_by, r.reason) for r in history.values()} == {
        ("admin", clerk.user, "came back")
    }
    assert again.history.filter(field="created").count() == 1


def test_time_never_runs_backwards_within_a_record(contact: Contact, promotion: Promotion) -> None:
    usage = enroll_contact(contact, promotion, at=NOW)
    withdraw(usage.pk, by=actor(), at=NOW + DAY, reason="asked to")
    again = enrolled(item(contact_id=contact.pk, promotion_id=promotion.pk), at=NOW + SECOND)
    assert again.last_modified_date == NOW + DAY
