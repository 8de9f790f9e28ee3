"""One record per customer and promotion, whatever the concurrency (rule 8)."""

import random
from collections import Counter
from collections.abc import Callable

import pytest

from enrollments.models import PromotionPartyUsage, PromotionPartyUsageHistory
from enrollments.services.enrolling import enroll
from enrollments.services.enrollments import withdraw
from enrollments.services.outcomes import Enrolled
from enrollments.wire import Item
from promotions.errors import Refused
from tests.factories import NOW, actor, enroll_contact, make_contact, make_promotion
from tests.services.threads import at_once

pytestmark = pytest.mark.django_db(transaction=True)

THREADS = [
    pytest.param(32, marks=pytest.mark.postgresql),
    pytest.param(4, id="4, also where there is but one writer"),
]


def enroll_one(item: Item) -> Callable[[], str]:
    """An act: enrolls, and answers with the record's id or with error code and id."""
    by = actor()

    def act() -> str:
        try:
            [outcome] = enroll([item], by=by, at=NOW)
        except Refused as refused:
            [error] = refused.errors
            return f"{error.code} {error.extra['promotionPartyUsageId']}"
        assert isinstance(outcome, Enrolled)
        return outcome.record_id

    return act


@pytest.mark.parametrize("threads", THREADS)
def test_many_enroll_the_same_customer_and_one_does(threads: int) -> None:
    contact, promotion = make_contact(), make_promotion()
    item = Item(contact_id=contact.pk, promotion_id=promotion.pk)
    answers = Counter(at_once([enroll_one(item)] * threads))
    usage = PromotionPartyUsage.objects.get()
    assert answers == {
        usage.record_id: 1,
        f"already_enrolled {usage.record_id}": threads - 1,
    }
    assert PromotionPartyUsageHistory.objects.count() == 1


@pytest.mark.parametrize("threads", THREADS)
def test_many_enroll_a_withdrawn_customer_again_and_one_does(threads: int) -> None:
    contact, promotion = make_contact(), make_promotion()
    usage = enroll_contact(contact, promotion, at=NOW)
    withdraw(usage.pk, by=actor(), at=NOW, reason="x")
    item = Item(contact_id=contact.pk, promotion_id=promotion.pk)
    answers = Counter(at_once([enroll_one(item)] * threads))
    assert answers == {
        usage.record_id: 1,
        f"already_enrolled {usage.record_id}": threads - 1,
    }
    usage.refresh_from_db()
    assert (usage.is_party_enrolled, usage.version) == (True, 3)


@pytest.mark.parametrize("threads", THREADS)
def test_many_withdraw_the_same_enrollment_and_one_does(threads: int) -> None:
    usage, by = enroll_contact(make_contact(), make_promotion(), at=NOW), actor()

    def act() -> str:
        try:
            withdraw(usage.pk, by=by, at=NOW, reason="x")
        except Refused as refused:
            return refused.errors[0].code
        return "withdrawn"

    assert Counter(at_once([act] * threads)) == {"withdrawn": 1, "not_enrolled": threads - 1}
    assert usage.history.filter(field="IsPartyEnrolled").count() == 1


@pytest.mark.parametrize("threads", THREADS)
@pytest.mark.parametrize("withdrawn", [False, True], ids=["new", "enrolled before"])
def test_overlapping_batches_in_any_order_never_deadlock(threads: int, withdrawn: bool) -> None:
    promotion, by = make_promotion(), actor()
    people = [make_contact() for _ in range(60)]
    if withdrawn:
        for person in people[::2]:
            usage = enroll_contact(person, promotion, at=NOW)
            withdraw(usage.pk, by=by, at=NOW, reason="x")
    chance = random.Random(7)

    def batch() -> Callable[[], int]:
        items = [
            Item(contact_id=person.pk, promotion_id=promotion.pk)
            for person in chance.sample(people, 50)
        ]

        def act() -> int:
            outcomes = enroll(items, by=by, at=NOW, all_or_none=False)
            return sum(isinstance(outcome, Enrolled) for outcome in outcomes)

        return act

    enrolled = sum(at_once([batch() for _ in range(threads)]))
    usages = PromotionPartyUsage.objects.filter(is_party_enrolled=True)
    assert enrolled == usages.count() == len(set(usages.values_list("contact_id")))
    assert 50 <= enrolled <= 60
    created = PromotionPartyUsageHistory.objects.filter(field="created")
    assert created.count() == PromotionPartyUsage.objects.count()


@pytest.mark.postgresql
def test_batches_that_must_succeed_as_a_whole_leave_no_half() -> None:
    promotion, by = make_promotion(), actor()
    people = [make_contact() for _ in range(40)]

    def batch(start: int) -> Callable[[], int]:
        items = [
            Item(contact_id=person.pk, promotion_id=promotion.pk)
            for person in people[start : start + 20]
        ]

        def act() -> int:
            try:
                return len(enroll(items, by=by, at=NOW))
            except Refused as refused:
                codes = {error.code for error in refused.errors}
                return 0 if codes == {"already_enrolled"} else -1

        return act

    counts = at_once([batch(start) for start in (0, 10, 20) for _ in range(6)])
    assert PromotionPartyUsage.objects.count() == sum(counts) in (20, 40)
    assert set(counts) == {0, 20}
