"""What an access token stands for, looked up once and remembered for a moment.

Every request of the API comes with a token; asking the database each time would cost more than
most of what is then done. Source: the issue, "The hot path": a short-lived, bounded cache, and a
token that was revoked stops working in every process within five seconds.
"""

from dataclasses import dataclass
from datetime import datetime
from threading import Lock
from typing import Final

from django.db import transaction
from oauth2_provider.models import get_access_token_model

from promotions.models import Partner, User

LIFETIME: Final = 3.0
"""Seconds. What changed meanwhile (revoked, switched off, other scopes) is noticed after them."""
MOST: Final = 10_000
"""Tokens remembered at once; the one looked up longest ago makes room."""


@dataclass(frozen=True, slots=True)
class KnownToken:
    """What a token stands for. Shared by all threads: read it, change nothing in it."""

    partner: Partner
    user: User
    """The partner's own, as whom it acts."""
    scopes: frozenset[str]
    """Of the token's own scopes those that its partner still has."""
    expires: datetime
    issued: datetime


class KnownTokens:
    """Tokens by their checksums, as this process has found them within the last seconds.

    Times are seconds of a clock that never goes back, told by whoever asks. An unknown token is
    looked up each time, so that nobody can fill the memory, and a new one works at once.
    """

    def __init__(self, *, lifetime: float = LIFETIME, most: int = MOST) -> None:
        self.lifetime = lifetime
        self._most = most
        self._lock = Lock()
        self._found: dict[str, tuple[float, KnownToken]] = {}  # in the order of their ends
        self._forgotten = 0

    def __len__(self) -> int:
        return len(self._found)

    def find(self, checksum: str, at: float) -> KnownToken | None:
        """The token with this SHA-256 in hexadecimal digits; it may have expired, and its user
        may be switched off. None where there is none."""
        end, token = self._found.get(checksum, (at, None))
        if at < end:
            return token
        forgotten = self._forgotten
        token = _look_up(checksum)
        if token is not None:
            self._remember(checksum, token, at + self.lifetime, forgotten)
        return token

    def forget(self) -> None:
        """Everything, once the transaction of this change is committed: it applies from then on
        in this process, in the others within ``LIFETIME``."""
        transaction.on_commit(self._forget)

    def _remember(self, checksum: str, token: KnownToken, end: float, forgotten: int) -> None:
        with self._lock:
            if forgotten != self._forgotten:
                return  # it may have been read before the change
            self._found.pop(checksum, None)
            begin = end - self.lifetime
            while self._found:
                oldest = next(iter(self._found))
                if self._found[oldest][0] > begin and len(self._found) < self._most:
                    break
                del self._found[oldest]
            self._found[checksum] = (end, token)

    def _forget(self) -> None:
        with self._lock:
            self._forgotten += 1
            self._found.clear()


def _look_up(checksum: str) -> KnownToken | None:
    found = (
        get_access_token_model()
        .objects.select_related("application__user")
        .filter(token_checksum=checksum)
        .first()
    )
    if found is None or found.application is None:
        return None
    partner: Partner = found.application
    return KnownToken(
        partner=partner,
        user=partner.acting_user,
        scopes=frozenset(found.scope.split()) & frozenset(partner.scopes),
        expires=found.expires,
        issued=found.created,
    )


known_tokens: Final = KnownTokens()
"""Those of this process."""
