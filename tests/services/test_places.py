"""The places of a limited promotion under concurrency: never one too many, none left unused.

With real transactions: what is tested is who waits for whom. The rules are in
``test_enrollment_limit.py``.
"""

import random
import threading
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from enrollments.models import EnrollmentPlaces, PromotionPartyUsage
from enrollments.services import enrolling as enrolling_module
from enrollments.services.enrolling import enroll
from enrollments.services.enrollments import withdraw
from enrollments.services.loading import read_facts
from enrollments.services.places import places_taken
from enrollments.wire import Item
from promotions.errors import Refused
from promotions.models import Promotion
from promotions.services.editing import edit_promotion
from promotions.services.promotions import update_promotion
from tests.factories import NOW, actor, enroll_contact, make_contact, make_promotion
from tests.services.threads import at_once, until_somebody_waits

pytestmark = pytest.mark.django_db(transaction=True)

THREADS = [
    pytest.param(24, marks=pytest.mark.postgresql),
    pytest.param(4, id="4, also where there is but one writer"),
]


def counted(promotion: Promotion) -> int:
    """The count that is kept, which is that of the rows."""
    promotion.refresh_from_db()
    taken = EnrollmentPlaces.objects.get(promotion=promotion).taken
    assert taken == places_taken(promotion)
    return taken


def enrolling(promotion: Promotion, contact: int) -> Callable[[], str]:
    """An act: enrolls, and answers ``enrolled`` or why not."""
    by, item = actor(), Item(contact_id=contact, promotion_id=promotion.pk)

    def act() -> str:
        try:
            enroll([item], by=by, at=NOW)
        except Refused as refused:
            return refused.errors[0].code
        return "enrolled"

    return act


@pytest.mark.parametrize("threads", THREADS)
def test_as_many_are_enrolled_as_there_are_places(threads: int) -> None:
    promotion = make_promotion(maximum_enrollment_count=threads // 2)
    acts = [enrolling(promotion, make_contact().pk) for _ in range(threads)]
    assert Counter(at_once(acts)) == {
        "enrolled": threads // 2,
        "enrollment_limit_reached": threads - threads // 2,
    }
    assert counted(promotion) == threads // 2


@pytest.mark.parametrize("threads", THREADS)
def test_copies_for_the_last_place_are_told_that_the_customer_has_it(threads: int) -> None:
    promotion, contact = make_promotion(maximum_enrollment_count=1), make_contact()
    answers = Counter(at_once([enrolling(promotion, contact.pk)] * threads))
    assert answers == {"enrolled": 1, "already_enrolled": threads - 1}
    assert counted(promotion) == 1


@pytest.mark.parametrize("frees", [True, False])
@pytest.mark.parametrize("threads", THREADS)
def test_coming_and_going_keeps_the_count(threads: int, frees: bool) -> None:
    promotion = make_promotion(maximum_enrollment_count=threads, is_place_freed_on_withdrawal=frees)
    people = [make_contact().pk for _ in range(threads)]
    by, chance = actor(), random.Random(5)

    def coming_and_going() -> Callable[[], str]:
        mine = chance.sample(people, 3)

        def act() -> str:
            for contact in mine:
                enrolling(promotion, contact)()
                usage = PromotionPartyUsage.objects.get(promotion=promotion, contact=contact)
                with suppress(Refused):  # another has withdrawn this customer meanwhile
                    withdraw(usage.pk, by=by, at=NOW, reason="x")
            return "done"

        return act

    at_once([coming_and_going() for _ in range(threads)])
    assert counted(promotion) == (0 if frees else PromotionPartyUsage.objects.count())


@pytest.mark.parametrize("threads", THREADS)
def test_a_limit_that_comes_while_customers_enroll_counts_them_all(threads: int) -> None:
    promotion = make_promotion()
    by, places = actor(), threads // 2
    acts = [enrolling(promotion, make_contact().pk) for _ in range(threads - 1)]

    def limit() -> str:
        update_promotion(promotion.pk, {"maximum_enrollment_count": places}, by=by, at=NOW)
        return "limited"

    answers = Counter(at_once([*acts, limit]))
    # Whoever came before the limit is in, be they more; nobody after it once the places are taken.
    assert answers["enrolled"] >= places
    assert PromotionPartyUsage.objects.count() == answers["enrolled"]
    assert enrolling(promotion, make_contact().pk)() == "enrollment_limit_reached"
    assert counted(promotion) == answers["enrolled"]


@pytest.mark.parametrize("threads", THREADS)
def test_a_limit_that_comes_while_customers_return_counts_them_all(threads: int) -> None:
    promotion, by = make_promotion(), actor()
    places = threads // 2
    acts = []
    for _ in range(threads - 1):
        contact = make_contact()
        usage = enroll_contact(contact, promotion, at=NOW)
        withdraw(usage.pk, by=by, at=NOW, reason="x")
        acts.append(enrolling(promotion, contact.pk))

    def limit() -> str:
        update_promotion(promotion.pk, {"maximum_enrollment_count": places}, by=by, at=NOW)
        return "limited"

    answers = Counter(at_once([*acts, limit]))
    assert answers["enrolled"] >= places
    assert enrolling(promotion, make_contact().pk)() == "enrollment_limit_reached"
    assert counted(promotion) == answers["enrolled"]


@pytest.mark.postgresql
@pytest.mark.parametrize("stood", ["withdrawn", "expired", "new"])
def test_who_was_decided_on_before_the_limit_came_is_decided_on_again(
    stood: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    promotion, by = make_promotion(), actor()
    contact = make_contact()
    long_ago, ended = NOW - timedelta(days=2), NOW - timedelta(days=1)
    if stood == "withdrawn":
        withdraw(enroll_contact(contact, promotion, at=NOW).pk, by=by, at=NOW, reason="x")
    elif stood == "expired":
        enroll_contact(contact, promotion, at=long_ago, expiration=ended)
    others = [make_contact().pk for _ in range(2)]

    def read_and_be_overtaken(*args: Any, **options: Any) -> Any:
        facts = read_facts(*args, **options)
        monkeypatch.undo()

        def overtake() -> str:
            update_promotion(promotion.pk, {"maximum_enrollment_count": 2}, by=by, at=NOW)
            return "".join(enrolling(promotion, other)() for other in others)

        at_once([overtake])
        return facts

    monkeypatch.setattr(enrolling_module, "read_facts", read_and_be_overtaken)
    answer = enrolling(promotion, contact.pk)()
    # Who has expired kept the place, and found only one left for the others.
    assert answer == ("enrolled" if stood == "expired" else "enrollment_limit_reached")
    assert counted(promotion) == 2


@pytest.mark.parametrize("threads", THREADS)
def test_who_leaves_while_the_limit_comes_leaves_a_place(threads: int) -> None:
    promotion, by = make_promotion(), actor()
    usages = [enroll_contact(make_contact(), promotion, at=NOW) for _ in range(threads - 2)]

    def leaving(key: int) -> Callable[[], str]:
        def act() -> str:
            withdraw(key, by=by, at=NOW, reason="x")
            return "left"

        return act

    def limit() -> str:
        update_promotion(promotion.pk, {"maximum_enrollment_count": 2}, by=by, at=NOW)
        return "limited"

    newcomer = enrolling(promotion, make_contact().pk)
    at_once([*(leaving(usage.pk) for usage in usages), limit, newcomer])
    [first, second] = [enrolling(promotion, make_contact().pk) for _ in range(2)]
    assert {first(), second()} <= {"enrolled", "enrollment_limit_reached"}
    assert counted(promotion) == 2


@pytest.mark.postgresql
@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"maximum_enrollment_count": 1}, "enrollment_limit_reached"),
        ({"is_active": False}, "promotion_inactive"),
        ({"end_date_time": NOW}, "promotion_ended"),
        ({"is_deleted": True, "deleted_date": NOW}, "promotion_not_found"),
        ({"maximum_enrollment_count": None}, "enrolled"),
    ],
)
def test_a_limited_promotion_is_judged_as_it_is_once_it_is_the_requests_turn(
    change: dict[str, Any], code: str
) -> None:
    """Somebody holds it and changes it, while the request waits."""
    promotion = make_promotion(maximum_enrollment_count=2)
    enroll_contact(make_contact(), promotion, at=NOW)
    answers: list[str] = []

    def wait_for_the_turn() -> None:
        answers.append(enrolling(promotion, make_contact().pk)())
        connection.close()

    request = threading.Thread(target=wait_for_the_turn)
    with transaction.atomic():
        Promotion.objects.select_for_update(no_key=True).get(pk=promotion.pk)
        request.start()
        until_somebody_waits()
        Promotion.objects.filter(pk=promotion.pk).update(**change)
    request.join(timeout=30)
    assert answers == [code]


@pytest.mark.parametrize(
    "change",
    [
        {"maximum_enrollment_count": None},
        {"maximum_enrollment_count": 7},
        {"is_place_freed_on_withdrawal": False},
    ],
    ids=str,
)
def test_a_change_of_the_limit_has_the_places_counted_anew(change: dict[str, Any]) -> None:
    promotion = make_promotion(maximum_enrollment_count=5)
    gone = enroll_contact(make_contact(), promotion, at=NOW)
    enroll_contact(make_contact(), promotion, at=NOW)
    withdraw(gone.pk, by=actor(), at=NOW, reason="x")
    assert counted(promotion) == 1
    update_promotion(promotion.pk, change, by=actor(), at=NOW)
    assert not EnrollmentPlaces.objects.exists()
    enroll_contact(make_contact(), promotion, at=NOW)
    if change.get("maximum_enrollment_count", 0) is None:
        assert not EnrollmentPlaces.objects.exists()
    else:
        assert counted(promotion) == (3 if "is_place_freed_on_withdrawal" in change else 2)


def test_an_unlimited_promotion_keeps_no_count() -> None:
    enroll_contact(make_contact(), make_promotion(), at=NOW)
    assert not EnrollmentPlaces.objects.exists()


@pytest.mark.postgresql
def test_who_edits_the_limit_waits_for_enrollments_before_holding_anything() -> None:
    promotion = make_promotion()
    changes = {"maximum_enrollment_count": 5}
    with CaptureQueriesContext(connection) as said:
        edit_promotion(promotion.pk, changes, [], by=actor(), at=NOW, expected=(1,))
    locks = [one["sql"].partition(" FOR ")[2] for one in said if " FOR " in one["sql"]]
    assert locks[0] == "UPDATE", locks
    assert "NO KEY UPDATE" in locks[1]
