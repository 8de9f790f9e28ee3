"""``POST /services/oauth2/revoke``."""

from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from promotions.http.throttling import TokenThrottle
from promotions.services.partners import Credentials
from promotions.services.tokens import issue_refresh_token
from tests.factories import make_partner, token_for
from tests.oauth.forms import REVOKE, own, send, works

pytestmark = pytest.mark.django_db


@pytest.fixture
def shop() -> Credentials:
    return make_partner()


def refresh(shop: Credentials, token: str) -> dict[str, Any]:
    form = {"grant_type": "refresh_token", "refresh_token": token, **own(shop)}
    answer: dict[str, Any] = send(form).json()
    return answer


@pytest.mark.parametrize("path", [REVOKE, f"{REVOKE}/"])
def test_an_access_token_ends_at_once(
    shop: Credentials, path: str, django_capture_on_commit_callbacks: Any
) -> None:
    first, second = token_for(shop), token_for(shop)
    assert works(first)
    with django_capture_on_commit_callbacks(execute=True):
        answer = send({"token": first}, path)
    assert (answer.status_code, answer.content) == (200, b"")
    assert not works(first)
    assert works(second)


def test_a_refresh_token_ends_with_what_came_by_it(
    shop: Credentials, django_capture_on_commit_callbacks: Any
) -> None:
    first, second = (issue_refresh_token(shop.partner, at=timezone.now()) for _ in range(2))
    came_by_it, by_secret = refresh(shop, first)["access_token"], token_for(shop)
    assert works(came_by_it)
    with django_capture_on_commit_callbacks(execute=True):
        assert send({"token": first}, REVOKE).status_code == 200
    assert refresh(shop, first)["error"] == "invalid_grant"
    assert not works(came_by_it)
    assert works(by_secret)
    assert works(refresh(shop, second)["access_token"]), "the partner's other one lives on"


def test_revoking_an_access_token_leaves_the_refresh_token(shop: Credentials) -> None:
    token = issue_refresh_token(shop.partner, at=timezone.now())
    send({"token": refresh(shop, token)["access_token"]}, REVOKE)
    assert works(refresh(shop, token)["access_token"])


@pytest.mark.parametrize("token", ["unknown", "00D000000000001!x", "ü", "\0", "\udc80", "x" * 5000])
def test_what_is_no_token_is_not_told(token: str) -> None:
    body = b"token=" + token.encode("utf-8", "surrogateescape")
    form = "application/x-www-form-urlencoded"
    answer = Client().generic("POST", REVOKE, body, content_type=form)
    assert (answer.status_code, answer.content) == (200, b"")


def test_a_form_without_a_token_and_other_methods() -> None:
    answer = send({}, REVOKE)
    assert (answer.status_code, answer.json()["error"]) == (400, "invalid_request")
    assert send({"token": "x" * 100_000}, REVOKE).status_code == 413
    assert Client().get(REVOKE).status_code == 405


def test_it_is_throttled_as_the_other_is(monkeypatch: pytest.MonkeyPatch) -> None:
    rates: Any = {"token": "2/minute"}
    monkeypatch.setattr(TokenThrottle, "THROTTLE_RATES", rates)
    assert [send({"token": "x"}, REVOKE).status_code for _ in range(3)] == [200, 200, 429]
