"""Transactions that are begun anew: deadlocks and lost races are nobody's error."""

import threading
from collections.abc import Callable

import pytest
from django.db import OperationalError, transaction

from enrollments.models import Account
from promotions.errors import Refused, refuse
from promotions.services.transactions import LostRace, in_transaction
from tests.factories import make_account
from tests.services.threads import at_once

pytestmark = pytest.mark.django_db(transaction=True)


def losing(times: int) -> tuple[list[int], Callable[[], str]]:
    """An act that loses its race so many times; and a list with an entry for each try."""
    tries: list[int] = []

    def act() -> str:
        make_account()
        tries.append(1)
        if len(tries) <= times:
            raise LostRace("somebody was faster")
        return "done"

    return tries, act


@pytest.mark.parametrize("times", [0, 1, 9])
def test_a_lost_race_is_run_again_and_leaves_nothing_of_before(times: int) -> None:
    tries, act = losing(times)
    assert in_transaction(act) == "done"
    assert (len(tries), Account.objects.count()) == (times + 1, 1)


def test_a_race_is_lost_ten_times_at_most() -> None:
    tries, act = losing(100)
    with pytest.raises(LostRace):
        in_transaction(act)
    assert (len(tries), Account.objects.count()) == (10, 0)


def test_an_inner_one_is_run_again_as_part_of_the_whole() -> None:
    tries, act = losing(1)

    def outer() -> str:
        make_account()
        return in_transaction(act)

    assert in_transaction(outer) == "done"
    assert (len(tries), Account.objects.count()) == (2, 2)


def test_inside_somebody_elses_transaction_only_its_own_part_is_run_again() -> None:
    tries, act = losing(1)
    with transaction.atomic():
        make_account()
        assert in_transaction(act) == "done"
    assert (len(tries), Account.objects.count()) == (2, 2)


@pytest.mark.parametrize(
    "failure", [refuse("not_found", "…"), OperationalError("disk full"), ValueError("a defect")]
)
def test_anything_else_is_raised_at_once(failure: Exception) -> None:
    tries: list[int] = []

    def act() -> None:
        make_account()
        tries.append(1)
        raise failure

    with pytest.raises(type(failure)):
        in_transaction(act)
    assert (len(tries), Account.objects.count()) == (1, 0)


@pytest.mark.postgresql
def test_a_deadlock_is_run_again() -> None:
    first, second = make_account().pk, make_account().pk
    both_hold_one = threading.Barrier(2)
    tries: list[int] = []

    def locking(*keys: int) -> Callable[[], str]:
        def act() -> str:
            tries.append(keys[0])
            Account.objects.select_for_update().get(pk=keys[0])
            if tries.count(keys[0]) == 1:
                both_hold_one.wait(timeout=10)
            Account.objects.select_for_update().get(pk=keys[1])
            return "done"

        return lambda: in_transaction(act)

    assert at_once([locking(first, second), locking(second, first)]) == ["done", "done"]
    assert len(tries) == 3, "one of them was the victim, and came back"


def test_a_refusal_is_no_reason_to_try_again() -> None:
    with pytest.raises(Refused):
        in_transaction(lambda: (_ for _ in ()).throw(refuse("not_found", "…")))
