"""Sending forms to the token endpoint."""

from typing import TYPE_CHECKING

from django.test import Client

from promotions.services.partners import Credentials

if TYPE_CHECKING:
    from django.test.client import _MonkeyPatchedWSGIResponse as Answer  # what Client answers with

TOKEN = "/services/oauth2/token"
REVOKE = "/services/oauth2/revoke"
GUARDED = "/api/v1/me"


def send(form: dict[str, str], path: str = TOKEN, **headers: str) -> "Answer":
    return Client().post(path, form, headers=headers)


def own(credentials: Credentials) -> dict[str, str]:
    """What names the client and proves it."""
    return {
        "client_id": credentials.partner.client_id,
        "client_secret": credentials.client_secret,
    }


def works(token: str) -> bool:
    """Whether the API takes it as an access token."""
    answer = Client().get(GUARDED, headers={"Authorization": f"Bearer {token}"})
    assert answer.status_code in (200, 401)
    return answer.status_code == 200
