"""Assertions: JSON web tokens that a partner signs to get an access token (RFC 7523). Pure.

Source: the client contract, section 1. Existing clients write the moment of expiry as a number, as
a string of digits, and one of them in milliseconds; none of them gives an assertion an id, and two
made in the same second are alike. So none can be refused for having been seen: what protects is the
signature, the short life and the transport.
"""

import json
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from urllib.parse import urlsplit

from jwcrypto.common import JWException
from jwcrypto.jwk import JWK
from jwcrypto.jws import JWS

LONGEST_LIFE: Final = 5 * 60
"""Seconds that an assertion may be valid for from now."""
LEEWAY: Final = 90
"""Seconds that two clocks may differ."""
WELL_KNOWN_AUDIENCES: Final = frozenset({"login.salesforce.com", "test.salesforce.com"})
"""The log-in hosts of the platform that clients name whatever service they were pointed at. What is
meant for those can be used nowhere else: it names a client id that only this service has given."""
_IN_MILLISECONDS: Final = 10**11
"""No moment in seconds is as large for the next thousand years."""


class BadAssertion(ValueError):
    """An assertion that gives no token; its message says why."""


@dataclass(frozen=True, slots=True)
class Assertion:
    """One that is well formed, and not verified yet."""

    issuer: str
    """The client id that it claims to come from."""
    claims: dict[str, Any]
    _signed: JWS

    def verify(self, *, public_key: str, hosts: Collection[str], at: datetime) -> None:
        """Raises ``BadAssertion`` unless ``public_key`` (PEM) signed it, it was made for one of
        ``hosts`` (such as ``localhost:8000``), and it is valid at ``at``, but not for long."""
        try:
            self._signed.verify(JWK.from_pem(public_key.encode()))
        except JWException:
            raise BadAssertion("The signature is not by this client's key, or not RS256.") from None
        if not self._audiences() & ({host.lower() for host in hosts} | WELL_KNOWN_AUDIENCES):
            raise BadAssertion("The audience (aud) is another service.")
        left = self._expires() - at.timestamp()
        if left <= -LEEWAY:
            raise BadAssertion("The assertion has expired.")
        if left > LONGEST_LIFE + LEEWAY:
            raise BadAssertion(f"An assertion expires (exp) within {LONGEST_LIFE // 60} minutes.")

    @property
    def subject(self) -> str:
        """Whom the token is to be for."""
        subject = self.claims.get("sub")
        return subject if isinstance(subject, str) else ""

    def _audiences(self) -> set[str]:
        named = self.claims.get("aud")
        audiences = named if isinstance(named, list) else [named]
        return {_host(audience) for audience in audiences if isinstance(audience, str)}

    def _expires(self) -> float:
        said = self.claims.get("exp")
        if isinstance(said, str) and said.isascii() and said.isdigit() and len(said) < 20:
            said = int(said)
        if isinstance(said, bool) or not isinstance(said, int | float) or not _is_moment(said):
            raise BadAssertion("The moment of expiry (exp) is no number of seconds.")
        return said / 1000 if said > _IN_MILLISECONDS else said


def read_assertion(text: str) -> Assertion:
    """The assertion that a request brings. Raises ``BadAssertion`` where it is none."""
    signed = JWS()
    signed.allowed_algs = ["RS256"]
    try:
        signed.deserialize(text)
        claims = json.loads(signed.objects["payload"])
    except (JWException, ValueError, KeyError, TypeError, AttributeError, RecursionError):
        raise BadAssertion("The assertion is no signed JSON web token.") from None
    issuer = claims.get("iss") if isinstance(claims, dict) else None
    if not isinstance(issuer, str) or not issuer or not issuer.isprintable():
        raise BadAssertion("The assertion names no issuer (iss): your client id.")
    return Assertion(issuer, claims, signed)


def _is_moment(number: float) -> bool:
    """Not infinite, not NaN, and no integer without end: JSON can say them all."""
    return 0 <= number < _IN_MILLISECONDS * 1000


def _host(url: str) -> str:
    try:
        return urlsplit(url).netloc.lower()
    except ValueError:
        return ""
