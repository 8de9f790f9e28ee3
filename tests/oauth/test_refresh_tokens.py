"""``grant_type=refresh_token``: for clients that hold a refresh token in a file."""

import base64
import hashlib
from datetime import timedelta

import pytest
import time_machine
from django.utils import timezone
from oauth2_provider.models import get_access_token_model, get_refresh_token_model
from oauth2_provider.settings import oauth2_settings

from promotions.models import User
from promotions.services.housekeeping import remove_expired_tokens
from promotions.services.partners import Credentials
from promotions.services.tokens import issue_refresh_token, revoke_refresh_tokens
from tests.factories import make_partner
from tests.oauth.forms import TOKEN, own, send, works

LIFETIME = timedelta(seconds=oauth2_settings.REFRESH_TOKEN_EXPIRE_SECONDS)

pytestmark = pytest.mark.django_db


@pytest.fixture
def shop() -> Credentials:
    return make_partner(["enrollments:read", "enrollments:write"])


@pytest.fixture
def token(shop: Credentials) -> str:
    return issue_refresh_token(shop.partner, at=timezone.now())


def form(shop: Credentials, token: str, **more: str) -> dict[str, str]:
    return {"grant_type": "refresh_token", "refresh_token": token, **own(shop), **more}


@pytest.mark.parametrize("path", [TOKEN, f"{TOKEN}/"])
def test_an_access_token_as_often_as_wanted(shop: Credentials, token: str, path: str) -> None:
    answers = [send(form(shop, token), path).json() for _ in range(3)]
    access = {answer["access_token"] for answer in answers}
    assert len(access) == 3
    assert all(map(works, access)), "one that is new ends none that is in use"
    assert "refresh_token" not in answers[0], "it stays the same"
    assert {*answers[0]} >= {"instance_url", "id", "issued_at", "signature", "token_type", "scope"}


def test_the_secret_by_http_basic(shop: Credentials, token: str) -> None:
    text = f"{shop.partner.client_id}:{shop.client_secret}"
    basic = f"Basic {base64.b64encode(text.encode()).decode()}"
    answer = send({"grant_type": "refresh_token", "refresh_token": token}, Authorization=basic)
    assert works(answer.json()["access_token"])


def test_less_can_be_asked_for_but_not_more(shop: Credentials, token: str) -> None:
    less = send(form(shop, token, scope="enrollments:read"))
    assert less.json()["scope"] == "enrollments:read"
    more = send(form(shop, token, scope="promotions:read"))
    assert (more.status_code, more.json()["error"]) == (400, "invalid_scope")


def test_only_a_hash_is_stored(token: str) -> None:
    stored = get_refresh_token_model().objects.get()
    assert (stored.token, stored.revoked) == ("", None)
    assert stored.token_checksum == hashlib.sha256(token.encode()).hexdigest()


@pytest.mark.parametrize(
    ("change", "status", "error"),
    [
        ({"refresh_token": "refresh.unknown"}, 400, "invalid_grant"),
        ({"refresh_token": ""}, 400, "invalid_grant"),
        ({"client_secret": "wrong"}, 401, "invalid_client"),
        ({"client_secret": ""}, 401, "invalid_client"),
        ({"client_id": "nobody"}, 401, "invalid_client"),
    ],
)
def test_what_gets_none(
    shop: Credentials, token: str, change: dict[str, str], status: int, error: str
) -> None:
    answer = send({**form(shop, token), **change})
    assert (answer.status_code, answer.json()["error"]) == (status, error)


def test_it_is_of_no_use_to_another_partner(token: str) -> None:
    answer = send(form(make_partner(name="Thief"), token))
    assert (answer.status_code, answer.json()["error"]) == (400, "invalid_grant")


def test_an_access_token_is_no_refresh_token(shop: Credentials, token: str) -> None:
    access = send(form(shop, token)).json()["access_token"]
    assert send(form(shop, access)).json()["error"] == "invalid_grant"
    assert not works(token)


def test_it_lives_for_as_long_as_it_is_used(shop: Credentials, token: str) -> None:
    now = timezone.now()
    with time_machine.travel(now + LIFETIME - timedelta(hours=1)):
        remove_expired_tokens()
        assert send(form(shop, token)).status_code == 200
    with time_machine.travel(now + LIFETIME + timedelta(hours=1)):
        assert send(form(shop, token)).status_code == 200
    with time_machine.travel(now + 2 * LIFETIME + timedelta(hours=2)):
        assert send(form(shop, token)).json()["error"] == "invalid_grant"
        remove_expired_tokens()
    assert not get_refresh_token_model().objects.exists()


def test_none_for_a_partner_that_was_switched_off(shop: Credentials, token: str) -> None:
    User.objects.filter(pk=shop.partner.acting_user.pk).update(is_active=False)
    assert send(form(shop, token)).status_code == 401


def test_revoking_all_of_a_partner(shop: Credentials, token: str) -> None:
    other = make_partner(name="Other")
    others = issue_refresh_token(other.partner, at=timezone.now())
    access = send(form(shop, token)).json()["access_token"]
    assert revoke_refresh_tokens(shop.partner) == 1
    assert send(form(shop, token)).json()["error"] == "invalid_grant"
    assert not works(access)
    assert send(form(other, others)).status_code == 200
    assert revoke_refresh_tokens(shop.partner) == 0


def test_the_answer_to_client_credentials_has_none(shop: Credentials) -> None:
    """RFC 6749, 4.4.3."""
    assert "refresh_token" not in send({"grant_type": "client_credentials", **own(shop)}).json()
    assert get_access_token_model().objects.get().user is None
