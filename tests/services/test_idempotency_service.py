"""Answers kept for idempotency keys: rule 12, as far as it is about what is kept."""

import time
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.db import connection

from enrollments.models import Account
from promotions.errors import Refused, refuse
from promotions.models import IdempotentRequest, Partner
from promotions.services.idempotency import Answer, Key, answer_once
from promotions.services.transactions import LostRace
from tests.factories import NOW, make_account, make_partner
from tests.services.threads import at_once

pytestmark = pytest.mark.django_db

CREATED = Answer(201, {"ETag": '"1"'}, b'{"id": 1}')
OTHER = Answer(200, {}, b"{}")


def ask(
    partner: Partner,
    answer: Callable[[], Answer],
    *,
    key: str = "key-1",
    path: str = "/api/v1/accounts",
    body: bytes = b"hash",
    after: timedelta = timedelta(),
) -> Answer:
    return answer_once(Key(partner.pk, path, key, body, NOW + after), lambda _: answer(), as_it_is)


def as_it_is(failure: Exception) -> Answer:
    """Makes an answer of a refusal, as the API does; anything else is a defect."""
    if isinstance(failure, Refused):
        return Answer(409, {}, failure.errors[0].code.encode())
    raise failure


def refusal(*args: object, **options: object) -> str:
    with pytest.raises(Refused) as caught:
        ask(*args, **options)  # type: ignore[arg-type]
    [error] = caught.value.errors
    return error.code


@pytest.fixture
def shop() -> Partner:
    return make_partner().partner


def never() -> Answer:
    raise AssertionError("asked again")


def test_the_first_answer_is_given_again_and_nothing_is_asked_twice(shop: Partner) -> None:
    assert ask(shop, lambda: CREATED) == CREATED
    assert ask(shop, never) == CREATED
    assert ask(shop, never, after=timedelta(hours=24) - timedelta(microseconds=1)) == CREATED


def test_an_answer_tells_whether_it_was_given_before(shop: Partner) -> None:
    assert not ask(shop, lambda: CREATED).is_replayed
    assert ask(shop, never).is_replayed


def test_after_a_day_the_key_begins_anew(shop: Partner) -> None:
    day = timedelta(hours=24)
    ask(shop, lambda: CREATED)
    assert ask(shop, lambda: OTHER, body=b"another", after=day) == OTHER
    assert ask(shop, never, body=b"another", after=2 * day - timedelta(seconds=1)) == OTHER
    assert IdempotentRequest.objects.count() == 1


@pytest.mark.postgresql
@pytest.mark.parametrize("after", [timedelta(), timedelta(hours=24)], ids=["new", "forgotten"])
def test_once_a_key_is_claimed_nothing_else_has_to_be_quick(
    shop: Partner, after: timedelta
) -> None:
    seen: list[str] = []

    def look() -> Answer:
        with connection.cursor() as cursor:
            cursor.execute("SHOW lock_timeout")
            seen.append(cursor.fetchone()[0])
        return OTHER

    if after:
        ask(shop, lambda: CREATED)
    assert ask(shop, look, after=after) == OTHER
    assert seen == ["0"]


def test_another_body_is_refused_and_the_first_answer_stays(shop: Partner) -> None:
    ask(shop, lambda: CREATED)
    assert refusal(shop, never, body=b"another") == "idempotency_key_reused"
    assert ask(shop, never) == CREATED


def test_a_key_belongs_to_its_client_and_its_path_and_is_case_sensitive(shop: Partner) -> None:
    other = make_partner().partner
    ask(shop, lambda: CREATED)
    assert ask(other, lambda: OTHER) == OTHER
    assert ask(shop, lambda: OTHER, path="/api/v1/contacts") == OTHER
    assert ask(shop, lambda: OTHER, key="KEY-1") == OTHER
    assert ask(shop, never) == CREATED


@pytest.mark.parametrize("key", ["", "x" * 256, "a\x00b"], ids=["empty", "256", "NUL"])
def test_what_is_no_key(shop: Partner, key: str) -> None:
    assert refusal(shop, never, key=key) == "invalid_value"


@pytest.mark.parametrize("key", ["x", "x" * 255, "ключ", " "])
def test_what_is_a_key(shop: Partner, key: str) -> None:
    assert ask(shop, lambda: CREATED, key=key) == ask(shop, never, key=key) == CREATED


def test_an_answer_that_fails_takes_its_claim_and_its_work_back(shop: Partner) -> None:
    def fail() -> Answer:
        make_account()
        raise RuntimeError("disk full")

    with pytest.raises(RuntimeError, match="disk full"):
        ask(shop, fail)
    assert (Account.objects.count(), IdempotentRequest.objects.count()) == (0, 0)
    assert ask(shop, lambda: CREATED) == CREATED


def test_a_refusal_is_kept_and_what_was_written_before_it_is_not(shop: Partner) -> None:
    def refused() -> Answer:
        make_account()
        raise refuse("already_enrolled", "no")

    assert ask(shop, refused) == ask(shop, never) == Answer(409, {}, b"already_enrolled")
    assert (Account.objects.count(), IdempotentRequest.objects.count()) == (0, 1)


def test_a_lost_race_is_run_again_and_its_claim_with_it(shop: Partner) -> None:
    tries: list[int] = []

    def second_time_lucky() -> Answer:
        make_account()
        tries.append(1)
        if len(tries) == 1:
            raise LostRace("somebody was faster")
        return CREATED

    assert ask(shop, second_time_lucky) == CREATED
    assert (Account.objects.count(), IdempotentRequest.objects.count()) == (1, 1)


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("threads", [4, pytest.param(16, marks=pytest.mark.postgresql)])
def test_many_copies_at_once_are_worked_on_once(shop: Partner, threads: int) -> None:
    worked: list[int] = []

    def work() -> Answer:
        worked.append(1)
        time.sleep(0.1)
        return CREATED

    assert at_once([lambda: ask(shop, work)] * threads) == [CREATED] * threads
    assert worked == [1]


@pytest.mark.postgresql
@pytest.mark.django_db(transaction=True)
def test_a_copy_waits_for_a_while_and_is_told_to_try_again(
    shop: Partner, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("promotions.services.idempotency._LONGEST_WAIT", "200ms")

    def work() -> Answer:
        time.sleep(1)
        return CREATED

    def act() -> str:
        try:
            return str(ask(shop, work).status)
        except Refused as refused:
            return refused.errors[0].code

    assert sorted(at_once([act] * 3)) == ["201", *["idempotency_in_progress"] * 2]
    assert ask(shop, never) == CREATED
