"""A partner's client: JSON in and out, with a token that has every scope."""

import json
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

import pytest
from django.test import Client

from tests.factories import make_partner, token_for

if TYPE_CHECKING:
    from django.test.client import _MonkeyPatchedWSGIResponse

    Answer = _MonkeyPatchedWSGIResponse
    """What Django's client answers with."""

COMPATIBLE = "/services/data/v67.0/global-promotions-management/promotion-enrollments"


class Api:
    """Sends requests as one partner; ``scopes`` None is all of them."""

    def __init__(self, scopes: Iterable[str] | None = None, name: str = "Shop") -> None:
        self.partner = make_partner(scopes, name=name).partner
        self.headers = {"Authorization": f"Bearer {token_for(self.partner)}"}
        self._client = Client(raise_request_exception=True)

    def send(
        self,
        method: str,
        path: str,
        body: Any = None,
        *,
        raw: bytes | str | None = None,
        **headers: str,
    ) -> "Answer":
        """``headers`` by their names with underscores: ``If_Match='"1"'``."""
        data = raw if raw is not None else b"" if body is None else json.dumps(body)
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        content_type = named.pop("Content-Type", "application/json")
        return self._client.generic(
            method,
            path,
            data,
            content_type=content_type,
            headers={**self.headers, **named},
        )

    def get(self, path: str, **headers: str) -> "Answer":
        return self.send("GET", path, **headers)

    def post(self, path: str, body: Any = None, **options: Any) -> "Answer":
        return self.send("POST", path, body, **options)

    def patch(self, path: str, body: Any = None, **options: Any) -> "Answer":
        return self.send("PATCH", path, body, **options)

    def put(self, path: str, body: Any = None, **options: Any) -> "Answer":
        return self.send("PUT", path, body, **options)

    def delete(self, path: str, **headers: str) -> "Answer":
        return self.send("DELETE", path, **headers)

    def enroll(self, *items: Any, path: str = COMPATIBLE, **more: Any) -> "Answer":
        """The compatible call; ``more`` are further properties of the body."""
        return self.post(path, {"inputParameters": list(items), **more})


@pytest.fixture
def api(db: None) -> Api:
    return Api()


def codes(response: "Answer") -> list[str]:
    """Our own codes of the errors in an answer, on either surface."""
    body = response.json()
    return [error["code"] for error in (body if isinstance(body, list) else body["errors"])]
