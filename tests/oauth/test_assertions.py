"""``grant_type=urn:ietf:params:oauth:grant-type:jwt-bearer``: a token that the partner signs."""

import base64
from collections.abc import Callable
from typing import Any

import pytest
import time_machine
from jwcrypto.jwk import JWK
from oauth2_provider.models import get_access_token_model

from promotions.models import User
from promotions.oauth.grants import ASSERTION
from promotions.public_keys import read_public_key
from promotions.services.partners import Credentials, set_public_key
from tests.factories import make_partner
from tests.oauth.forms import send, works
from tests.oauth.keys import certificate, private_key, public_pem, signed

NOW = 1_800_000_000

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def moment() -> Any:
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def shop() -> Credentials:
    made = make_partner(["enrollments:read", "enrollments:write"])
    set_public_key(made.partner, public_pem(private_key()))
    return made


def claims(shop: Credentials, **change: Any) -> dict[str, Any]:
    """Those of a token that works; None takes one away."""
    whole = {
        "iss": shop.partner.client_id,
        "sub": shop.partner.acting_user.username,
        "aud": "http://testserver",
        "exp": NOW + 180,
        **change,
    }
    return {name: value for name, value in whole.items() if value is not None}


def bring(assertion: str, **more: str) -> Any:
    return send({"grant_type": ASSERTION, "assertion": assertion, **more})


@pytest.mark.parametrize(
    "change",
    [
        {},
        {"exp": str(NOW + 180)},  # simple-salesforce
        {"exp": NOW * 1000 + 300},  # the sf command line
        {"exp": NOW + 0.5},
        {"exp": NOW - 60},  # a clock that is behind
        {"exp": NOW + 360},  # and one that is ahead
        {"aud": "https://testserver"},
        {"aud": "https://testserver/services/oauth2/token#.salesforce.com"},
        {"aud": ["https://other.example.com", "http://TESTSERVER/"]},
        {"aud": "https://login.salesforce.com"},
        {"iat": NOW, "nbf": NOW, "jti": "1"},
    ],
    ids=str,
)
def test_what_existing_clients_sign_gives_a_token(shop: Credentials, change: Any) -> None:
    answer = bring(signed(claims(shop, **change)))
    assert answer.status_code == 200, answer.content
    body = answer.json()
    assert works(body["access_token"])
    assert sorted(body["scope"].split()) == ["enrollments:read", "enrollments:write"]
    assert body["id"].endswith(shop.partner.acting_user.record_id)
    assert {"refresh_token", "signature"}.isdisjoint(body), "nobody has sent a secret to sign by"


def test_the_client_id_as_the_subject_and_less_scope(shop: Credentials) -> None:
    assertion = signed(claims(shop, sub=shop.partner.client_id))
    assert bring(assertion, scope="enrollments:read").json()["scope"] == "enrollments:read"
    refused = bring(assertion, scope="promotions:write")
    assert (refused.status_code, refused.json()["error"]) == (400, "invalid_scope")


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({"exp": NOW - 3600}, "expired"),
        ({"exp": NOW + 3600}, "within 5 minutes"),
        ({"exp": None}, "no number"),
        ({"exp": True}, "no number"),
        ({"exp": "soon"}, "no number"),
        ({"exp": "9" * 400}, "no number"),
        ({"exp": 10**400}, "no number"),
        ({"exp": float("inf")}, "no number"),
        ({"exp": float("nan")}, "no number"),
        ({"aud": "https://other.example.com"}, "another service"),
        ({"aud": None}, "another service"),
        ({"aud": [1, "https://[", {}]}, "another service"),
        ({"sub": "somebody"}, "user name"),
        ({"sub": None}, "user name"),
        ({"sub": ["x"]}, "user name"),
        ({"iss": "nobody"}, "public key"),
        ({"iss": None}, "issuer"),
        ({"iss": {"a": 1}}, "issuer"),
        ({"iss": "a\0b"}, "issuer"),
    ],
    ids=lambda value: str(value)[:40],
)
def test_what_is_signed_and_gives_none(shop: Credentials, change: Any, why: str) -> None:
    answer = bring(signed(claims(shop, **change)))
    assert (answer.status_code, answer.json()["error"]) == (400, "invalid_grant")
    assert why in answer.json()["error_description"]
    assert not get_access_token_model().objects.exists()


def by_another_key(shop: Credentials) -> str:
    return signed(claims(shop), key=JWK.from_pyca(private_key("another")))


def by_the_public_key_as_a_secret(shop: Credentials) -> str:
    pem = base64.urlsafe_b64encode(public_pem(private_key())).decode().rstrip("=")
    return signed(claims(shop), key=JWK(kty="oct", k=pem), algorithm="HS256")


def unsigned(shop: Credentials) -> str:
    header = base64.urlsafe_b64encode(b'{"alg":"none"}').decode().rstrip("=")
    return f"{header}.{signed(claims(shop)).split('.')[1]}."


def with_another_body(shop: Credentials) -> str:
    first, second = signed(claims(shop)), signed(claims(shop, sub="system"))
    return ".".join([first.split(".")[0], second.split(".")[1], first.split(".")[2]])


@pytest.mark.parametrize(
    "forge", [by_another_key, by_the_public_key_as_a_secret, unsigned, with_another_body]
)
def test_forgeries(shop: Credentials, forge: Callable[[Credentials], str]) -> None:
    answer = bring(forge(shop))
    assert (answer.status_code, answer.json()["error"]) == (400, "invalid_grant")


@pytest.mark.parametrize(
    "assertion", ["x", "a.b.c", "...", "{}", '{"payload":"e30","signatures":[]}', "e30.W10.x"]
)
def test_what_is_no_assertion(assertion: str) -> None:
    answer = bring(assertion)
    assert (answer.status_code, answer.json()["error"]) == (400, "invalid_grant")


def test_none_at_all() -> None:
    assert bring("").json()["error"] == "invalid_request"


def test_a_partner_without_a_key_or_switched_off(shop: Credentials) -> None:
    assertion = signed(claims(shop))
    User.objects.filter(pk=shop.partner.acting_user.pk).update(is_active=False)
    assert bring(assertion).json()["error"] == "invalid_grant"
    User.objects.filter(pk=shop.partner.acting_user.pk).update(is_active=True)
    set_public_key(shop.partner, None)
    assert bring(assertion).json()["error"] == "invalid_grant"


def test_a_certificate_stands_for_its_key() -> None:
    key = private_key()
    assert read_public_key(certificate(key)) == read_public_key(public_pem(key))
