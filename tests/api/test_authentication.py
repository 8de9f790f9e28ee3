"""Access tokens: asked for once, remembered for a moment, and forgotten in time."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from oauth2_provider.models import get_access_token_model

from promotions.http import authentication
from promotions.known_tokens import LIFETIME, MOST, KnownTokens, known_tokens
from promotions.models import Partner, User
from tests.api.conftest import Api

PATH = "/api/v1/me"
NOTICED_WITHIN = 5
"""Seconds: what the issue promises."""

pytestmark = pytest.mark.django_db


class Clock:
    """A clock that moves when told to."""

    def __init__(self) -> None:
        self.seconds = 1000.0

    def __call__(self) -> float:
        return self.seconds


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    """With it tokens are remembered as long as in production, unlike in other tests."""
    clock = Clock()
    monkeypatch.setattr(authentication, "monotonic", clock)
    monkeypatch.setattr(known_tokens, "lifetime", LIFETIME)
    return clock


def queries(act: Callable[[], Any]) -> int:
    with CaptureQueriesContext(connection) as captured:
        act()
    return len(captured)


def test_a_token_is_asked_for_once_in_a_while(api: Api, clock: Clock) -> None:
    assert queries(lambda: api.get(PATH)) == 1
    clock.seconds += LIFETIME - 0.01
    assert [queries(lambda: api.get(PATH)) for _ in range(5)] == [0] * 5
    clock.seconds += 0.01
    assert [queries(lambda: api.get(PATH)) for _ in range(5)] == [1, 0, 0, 0, 0]


def revoke(api: Api) -> None:
    get_access_token_model().objects.filter(application=api.partner).delete()


def delete_partner(api: Api) -> None:
    Partner.objects.filter(pk=api.partner.pk).delete()


def switch_off(api: Api) -> None:
    User.objects.filter(pk=api.partner.acting_user.pk).update(is_active=False)


def take_scopes_away(api: Api) -> None:
    Partner.objects.filter(pk=api.partner.pk).update(scopes=["customers:read"])


def shorten(api: Api) -> None:
    tokens = get_access_token_model().objects.filter(application=api.partner)
    tokens.update(expires=timezone.now() - timedelta(seconds=1))


@pytest.mark.parametrize(
    ("change", "status"),
    [
        (revoke, 401),
        (delete_partner, 401),
        (switch_off, 401),
        (shorten, 401),
        (take_scopes_away, 403),
    ],
)
def test_what_another_process_changed_is_noticed_in_time(
    api: Api, clock: Clock, change: Callable[[Api], None], status: int
) -> None:
    assert api.get("/api/v1/promotions").status_code == 200
    change(api)
    clock.seconds += NOTICED_WITHIN
    assert api.get("/api/v1/promotions").status_code == status


def test_being_used_all_the_time_does_not_keep_a_token_alive(api: Api, clock: Clock) -> None:
    api.get(PATH)
    revoke(api)
    statuses = []
    for _ in range(NOTICED_WITHIN * 10):
        clock.seconds += 0.1
        statuses.append(api.get(PATH).status_code)
    assert statuses[-1] == 401
    assert statuses == sorted(statuses)


def test_more_scopes_are_noticed_too(api: Api, clock: Clock) -> None:
    take_scopes_away(api)
    assert api.get("/api/v1/promotions").status_code == 403
    Partner.objects.filter(pk=api.partner.pk).update(scopes=["promotions:read"])
    clock.seconds += NOTICED_WITHIN
    assert api.get("/api/v1/promotions").status_code == 200


def test_a_token_expires_at_its_moment_though_it_is_remembered(api: Api, clock: Clock) -> None:
    expires = get_access_token_model().objects.get(application=api.partner).expires
    with time_machine.travel(expires - timedelta(seconds=1), tick=False):
        assert api.get(PATH).status_code == 200
    with time_machine.travel(expires, tick=False):
        answer = api.get(PATH)
    assert (answer.status_code, answer.json()["code"]) == (401, "unauthenticated")


def test_a_token_works_from_the_moment_that_it_is_given(api: Api, clock: Clock) -> None:
    token = get_access_token_model().objects.get(application=api.partner)
    checksum = token.token_checksum
    token.token_checksum = "0" * 64
    token.save()
    assert api.get(PATH).status_code == 401
    get_access_token_model().objects.update(token_checksum=checksum)
    assert api.get(PATH).status_code == 200


def test_what_this_process_changed_is_noticed_at_once(
    api: Api, clock: Clock, django_capture_on_commit_callbacks: Any
) -> None:
    api.get(PATH)
    with django_capture_on_commit_callbacks(execute=True), transaction.atomic():
        revoke(api)
        known_tokens.forget()
        assert api.get(PATH).status_code == 200, "not committed yet"
    assert api.get(PATH).status_code == 401


def test_what_was_read_before_a_change_is_not_remembered_after_it(
    api: Api, monkeypatch: pytest.MonkeyPatch, django_capture_on_commit_callbacks: Any
) -> None:
    tokens = KnownTokens()
    checksum = get_access_token_model().objects.get(application=api.partner).token_checksum
    some = tokens.find(checksum, at=0)

    def read_and_dawdle(checksum: str) -> Any:
        revoke(api)
        with django_capture_on_commit_callbacks(execute=True):
            tokens.forget()
        return some

    monkeypatch.setattr("promotions.known_tokens._look_up", read_and_dawdle)
    assert tokens.find(checksum, at=LIFETIME) is some
    assert len(tokens) == 0


def test_memory_is_bounded(api: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    checksum = get_access_token_model().objects.get(application=api.partner).token_checksum
    some = known_tokens.find(checksum, at=0)
    monkeypatch.setattr("promotions.known_tokens._look_up", lambda checksum: some)
    tokens = KnownTokens(lifetime=3, most=10)
    for number in range(1000):
        assert tokens.find(str(number), at=number / 1000) is some
        assert len(tokens) <= 10
    tokens.find("later", at=100)
    assert len(tokens) == 1, "what is over goes first"
    assert MOST == 10_000


def test_unknown_tokens_are_not_remembered(db: None) -> None:
    tokens = KnownTokens()
    assert [tokens.find(str(number), at=0) for number in range(100)] == [None] * 100
    assert len(tokens) == 0
