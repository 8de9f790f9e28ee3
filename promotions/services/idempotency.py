"""Answers kept for idempotency keys: claiming a key, keeping its answer, giving it again. Rule 12.

The key is claimed by inserting its row, in the transaction of the request that it belongs to: both
are there afterwards or neither is. A copy that arrives meanwhile waits at the unique constraint
for the first, for a while, and then gets the first one's answer.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from django.db import IntegrityError, OperationalError, connection, transaction
from psycopg.errors import LockNotAvailable

from promotions.errors import refuse
from promotions.models import IdempotentRequest, Partner

REMEMBERED: Final = timedelta(hours=24)
LONGEST_KEY: Final = 255
LONGEST_PATH: Final = 300
"""No resource has a longer one; an index has no room for any."""
_LONGEST_WAIT: Final = "5s"


@dataclass(frozen=True, slots=True)
class Answer:
    """What a caller gets: status, headers worth keeping, body."""

    status: int
    headers: Mapping[str, str]
    body: bytes


def answer_once(
    *,
    partner: Partner,
    path: str,
    key: str,
    body_hash: bytes,
    at: datetime,
    answer: Callable[[], Answer],
) -> Answer:
    """The answer of the first request with ``key``: ``answer()`` if this is it, else the kept one.

    Raises ``Refused``: ``invalid_value`` for a key that is none, ``idempotency_in_progress`` where
    the first still runs after five seconds, ``idempotency_key_reused`` for another body than the
    first one's (``body_hash``). What ``answer`` raises takes the claim back with it.
    """
    if not 1 <= len(key) <= LONGEST_KEY or "\x00" in key:
        detail = f"An idempotency key has 1 to {LONGEST_KEY} ASCII characters."
        raise refuse("invalid_value", detail, "Idempotency-Key")
    with transaction.atomic():
        claim, is_first = _claim(partner, path, key, body_hash, at)
        if not is_first:
            return _kept_answer(claim, body_hash)
        given = answer()
        claim.status, claim.headers, claim.body = given.status, dict(given.headers), given.body
        claim.save()
    return given


def _claim(
    partner: Partner, path: str, key: str, body_hash: bytes, at: datetime
) -> tuple[IdempotentRequest, bool]:
    """The row for this key, and whether this request is the first to come with it."""
    claim = IdempotentRequest(
        partner=partner, path=path, key=key, body_hash=body_hash, created_date=at
    )
    try:
        _wait_at_most(_LONGEST_WAIT)
        try:
            with transaction.atomic():
                claim.save(force_insert=True)
            return claim, True
        except IntegrityError:
            with transaction.atomic():
                kept = IdempotentRequest.objects.select_for_update().get(
                    partner=partner, path=path, key=key
                )
        finally:
            _wait_at_most("0")
    except OperationalError as error:
        if not isinstance(error.__cause__, LockNotAvailable):
            raise
        raise refuse(
            "idempotency_in_progress",
            "The first request with this idempotency key is still running. Try again in a moment.",
        ) from error
    if kept.created_date > at - REMEMBERED:
        return kept, False
    claim.pk = kept.pk  # forgotten: the key begins anew
    claim.save(force_update=True)
    return claim, True


def _kept_answer(kept: IdempotentRequest, body_hash: bytes) -> Answer:
    if bytes(kept.body_hash) != body_hash:
        raise refuse(
            "idempotency_key_reused",
            "This idempotency key was used for a request with another body. Use a new key.",
        )
    assert kept.status is not None  # committed together with the claim
    return Answer(kept.status, kept.headers, bytes(kept.body))


def _wait_at_most(time: str) -> None:
    """How long this transaction waits for a lock; SQLite waits for its one lock as configured."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT set_config('lock_timeout', %s, true)", [time])
