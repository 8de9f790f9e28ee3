"""``POST /services/oauth2/token``."""

import base64
import hashlib
import hmac
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pytest
from django.test import Client
from oauth2_provider.models import get_access_token_model

from promotions.http.throttling import TokenThrottle
from promotions.models import Partner
from promotions.services.partners import Credentials
from tests.factories import make_partner

if TYPE_CHECKING:
    from django.test.client import _MonkeyPatchedWSGIResponse as Answer  # what Client answers with

PATH = "/services/oauth2/token"

pytestmark = pytest.mark.django_db


@pytest.fixture
def shop() -> Credentials:
    return make_partner(["enrollments:read", "enrollments:write"])


def _basic(client_id: str, secret: str) -> dict[str, str]:
    encoded = base64.b64encode(f"{client_id}:{secret}".encode()).decode()
    return {"Authorization": f"Basic {encoded}"}


def _post(form: dict[str, str], path: str = PATH, **headers: str) -> "Answer":
    return Client().post(path, form, headers=headers)


def _form(shop: Credentials, **more: str) -> dict[str, str]:
    return {
        "grant_type": "client_credentials",
        "client_id": shop.partner.client_id,
        "client_secret": shop.client_secret,
        **more,
    }


@pytest.mark.parametrize("path", [PATH, f"{PATH}/"])
@pytest.mark.parametrize("basic", [True, False], ids=["basic", "form"])
def test_client_credentials(shop: Credentials, basic: bool, path: str) -> None:
    if basic:
        headers = _basic(shop.partner.client_id, shop.client_secret)
        response = Client().post(path, {"grant_type": "client_credentials"}, headers=headers)
    else:
        response = _post(_form(shop), path)
    assert response.status_code == 200, response.content
    answer = response.json()
    assert answer["token_type"] == "Bearer"
    assert answer["expires_in"] == 7200
    assert sorted(answer["scope"].split()) == ["enrollments:read", "enrollments:write"]
    assert response["Cache-Control"] == "no-store"
    token = f"Bearer {answer['access_token']}"
    listed = Client().get("/api/v1/enrollments", headers={"Authorization": token})
    assert listed.status_code == 200


def test_what_existing_clients_read(shop: Credentials) -> None:
    answer = _post(_form(shop)).json()
    assert answer["instance_url"] == "http://testserver"
    user_id = shop.partner.acting_user.record_id
    assert answer["id"].split("/")[-1] == user_id
    assert len(answer["id"].split("/")[-2]) == 18
    issued = datetime.fromtimestamp(int(answer["issued_at"]) / 1000, UTC)
    assert abs((datetime.now(UTC) - issued).total_seconds()) < 60
    signed = hmac.digest(
        shop.client_secret.encode(), (answer["id"] + answer["issued_at"]).encode(), "sha256"
    )
    assert base64.b64decode(answer["signature"]) == signed
    organization, _, rest = answer["access_token"].partition("!")
    assert organization.startswith("00D")
    assert rest.isalnum()


def test_neither_token_nor_secret_is_stored(shop: Credentials) -> None:
    token = _post(_form(shop)).json()["access_token"]
    stored = get_access_token_model().objects.get()
    assert stored.token == ""
    assert stored.token_checksum == hashlib.sha256(token.encode()).hexdigest()
    assert shop.client_secret not in Partner.objects.get().client_secret


def test_a_token_can_have_less_than_its_partner_may(shop: Credentials) -> None:
    answer = _post(_form(shop, scope="enrollments:read")).json()
    assert answer["scope"] == "enrollments:read"


@pytest.mark.parametrize(
    ("change", "status", "error"),
    [
        ({"client_secret": "wrong"}, 401, "invalid_client"),
        ({"client_id": "nobody"}, 401, "invalid_client"),
        ({"client_id": "", "client_secret": ""}, 401, "invalid_client"),
        ({"client_id": "a\0b"}, 401, "invalid_client"),
        ({"client_secret": "ü"}, 401, "invalid_client"),
        ({"grant_type": "password"}, 400, "invalid_grant"),
        ({"grant_type": "urn:ietf:params:oauth:grant-type:device_code"}, 400, None),
        ({"grant_type": "authorization_code"}, 400, None),
        ({"grant_type": ""}, 400, None),
        ({"scope": "promotions:write"}, 400, "invalid_scope"),
        ({"scope": "everything"}, 400, "invalid_scope"),
    ],
)
def test_what_gets_no_token(
    shop: Credentials, change: dict[str, str], status: int, error: str | None
) -> None:
    response = _post({**_form(shop), **change})
    assert response.status_code == status
    assert response.json()["error"] == error or error is None
    assert not get_access_token_model().objects.exists()


@pytest.mark.parametrize("header", ["Basic", "Basic ???", "Basic /w==", "Basic YQ==", "Bearer x"])
def test_broken_authorization_headers(shop: Credentials, header: str) -> None:
    response = _post({"grant_type": "client_credentials"}, Authorization=header)
    assert response.status_code == 401
    assert response.json()["error"] == "invalid_client"


def test_other_bodies_and_methods(shop: Credentials) -> None:
    as_json = Client().post(PATH, _form(shop), content_type="application/json")
    assert as_json.status_code == 400 or as_json.status_code == 401
    assert "error" in as_json.json()
    broken = Client().post(PATH, b"--x", content_type="multipart/form-data; boundary=y")
    assert broken.status_code in (400, 401)
    assert Client().get(PATH).status_code == 405


def test_too_many_calls_are_refused_for_a_while(
    shop: Credentials, monkeypatch: pytest.MonkeyPatch
) -> None:
    rates: Any = {"token": "2/minute"}
    monkeypatch.setattr(TokenThrottle, "THROTTLE_RATES", rates)
    assert [_post(_form(shop)).status_code for _ in range(3)] == [200, 200, 429]
    assert int(_post(_form(shop))["Retry-After"]) > 0


def test_a_partner_that_was_switched_off_is_refused(shop: Credentials) -> None:
    token = _post(_form(shop)).json()["access_token"]
    user = shop.partner.acting_user
    user.is_active = False
    user.save()
    response = Client().get("/api/v1/enrollments", headers={"Authorization": f"Bearer {token}"})
    assert response.status_code == 401
    assert _post(_form(shop)).json()["error"] == "invalid_client"


def test_a_scope_that_its_partner_lost_is_lost_to_a_token_too(shop: Credentials) -> None:
    token = _post(_form(shop)).json()["access_token"]
    shop.partner.scopes = ["enrollments:write"]
    shop.partner.save()
    response = Client().get("/api/v1/enrollments", headers={"Authorization": f"Bearer {token}"})
    assert response.status_code == 403


def test_a_form_of_any_size_is_not_read(shop: Credentials) -> None:
    response = _post(_form(shop, padding="x" * 100_000))
    assert response.status_code == 413
    assert response.json()["error"] == "invalid_request"
