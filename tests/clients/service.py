"""The service as its clients know it: an address, credentials, and words of one's own in it."""

import os
from dataclasses import dataclass
from itertools import count
from typing import Any, Final

import httpx

SCOPES: Final = (
    "promotions:read",
    "promotions:write",
    "promotions:all",
    "customers:read",
    "customers:write",
    "enrollments:read",
    "enrollments:write",
)
_number = count(1)


@dataclass(frozen=True)
class Caller:
    """A partner system that has logged in."""

    url: str
    client_id: str
    client_secret: str
    token: str

    @classmethod
    def logged_in(cls, url: str, client_id: str, client_secret: str) -> "Caller":
        answer = token_answer(url, client_id, client_secret)
        return cls(url, client_id, client_secret, answer["access_token"])

    def limited_to(self, *scopes: str) -> "Caller":
        """The same with a token for less."""
        answer = token_answer(self.url, self.client_id, self.client_secret, scope=" ".join(scopes))
        return Caller(self.url, self.client_id, self.client_secret, answer["access_token"])


def token_answer(url: str, client_id: str, client_secret: str, **more: str) -> dict[str, Any]:
    """What the token endpoint says to client credentials."""
    answer = httpx.post(
        f"{url}/services/oauth2/token",
        data={"grant_type": "client_credentials", **more},
        auth=(client_id, client_secret),
        timeout=30,
    )
    assert answer.status_code == 200, answer.text
    said: dict[str, Any] = answer.json()
    return said


def word() -> str:
    """A word that nothing else in the service contains, such as ``zq4711n3``."""
    return f"zq{os.getpid()}n{next(_number)}"


def absent(prefix: str) -> str:
    """The well-formed id, in its short form, of a record that there isn't."""
    return prefix + "000999999999"
