"""``grant_type=password``: the client's own credentials, by the names of a log-in."""

import base64
import hmac

import pytest

from promotions.models import User
from promotions.services.partners import Credentials
from tests.factories import make_partner
from tests.oauth.forms import own, send, works

pytestmark = pytest.mark.django_db


@pytest.fixture
def shop() -> Credentials:
    return make_partner()


def form(shop: Credentials, **change: str) -> dict[str, str]:
    return {
        "grant_type": "password",
        "username": shop.partner.acting_user.username,
        "password": shop.client_secret,
        **own(shop),
        **change,
    }


def test_a_token_that_existing_clients_can_check(shop: Credentials) -> None:
    answer = send(form(shop)).json()
    assert works(answer["access_token"])
    signed = (answer["id"] + answer["issued_at"]).encode()
    digest = hmac.digest(shop.client_secret.encode(), signed, "sha256")
    assert answer["signature"] == base64.b64encode(digest).decode()
    assert "refresh_token" not in answer


@pytest.mark.parametrize(
    "change",
    [{"password": "wrong"}, {"password": ""}, {"username": "system"}, {"username": ""}],
    ids=str,
)
def test_a_wrong_name_or_password(shop: Credentials, change: dict[str, str]) -> None:
    answer = send(form(shop, **change))
    assert (answer.status_code, answer.json()) == (
        400,
        {"error": "invalid_grant", "error_description": "authentication failure"},
    )


def test_a_wrong_client(shop: Credentials) -> None:
    answer = send(form(shop, client_secret="wrong"))
    assert (answer.status_code, answer.json()["error"]) == (401, "invalid_client")


def test_no_password_of_a_person_opens_it(shop: Credentials) -> None:
    person = User.objects.create_user("mia", password="a real password")
    person.is_superuser = person.is_staff = True
    person.save()
    answer = send(form(shop, username="mia", password="a real password"))
    assert answer.json()["error"] == "invalid_grant"


def test_no_other_partner_by_its_name(shop: Credentials) -> None:
    other = make_partner(name="Other")
    answer = send(
        form(shop, username=other.partner.acting_user.username, password=other.client_secret)
    )
    assert answer.json()["error"] == "invalid_grant"
