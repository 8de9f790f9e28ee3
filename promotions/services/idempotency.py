"""Answers kept for idempotency keys: claiming a key, keeping its answer, giving it again. Rule 12.

The key is claimed by inserting its row, in the transaction of the request that it belongs to: both
are there afterwards or neither is. A copy that arrives meanwhile waits at the unique constraint
for the first, for a while, and then gets the first one's answer.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Final

import orjson
from django.db import OperationalError, connection
from psycopg.errors import LockNotAvailable

from promotions.errors import refuse
from promotions.models import IdempotentRequest
from promotions.services.transactions import LostRace, in_transaction

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
    is_replayed: bool = field(default=False, compare=False)
    """Whether it was given before, to the first request with the key; it is the same answer."""


@dataclass(frozen=True, slots=True)
class Key:
    """An idempotency key, and the request that came with it."""

    partner_id: int
    path: str
    key: str
    body_hash: bytes
    at: datetime


class _Failed(Exception):
    """What the first request with a key raised."""


def answer_once(
    key: Key, answer: Callable[[], Answer], refusal: Callable[[Exception], Answer]
) -> Answer:
    """The answer of the first request with ``key``: ``answer()`` if this is it, else the kept one.

    What ``answer`` raises takes back all that it wrote; ``refusal`` makes an answer of it, which is
    kept, or raises it again, and then nothing is. Raises ``Refused``: ``invalid_value`` for a key
    that is none, ``idempotency_in_progress`` where the first still runs after five seconds,
    ``idempotency_key_reused`` where its body was another.
    """
    if not 1 <= len(key.key) <= LONGEST_KEY or "\x00" in key.key:
        detail = f"An idempotency key has 1 to {LONGEST_KEY} ASCII characters."
        raise refuse("invalid_value", detail, "Idempotency-Key")

    def first() -> Answer:
        try:
            return answer()
        except OperationalError:
            raise  # the database's own trouble: tried again, or told of
        except Exception as failure:
            raise _Failed(failure) from None

    try:
        return in_transaction(lambda: _answer(key, first))
    except _Failed as failed:
        [failure] = failed.args
    try:
        given = refusal(failure)
    finally:
        del failure  # else it would keep, by its traceback, all that was asked
    # Nothing is left of what was refused, so another copy may have come first after all.
    return in_transaction(lambda: _answer(key, lambda: given))


def _answer(key: Key, answer: Callable[[], Answer]) -> Answer:
    claim = _claim(key)
    if claim is None:
        rows = IdempotentRequest.objects.select_for_update()
        kept = rows.filter(partner=key.partner_id, path=key.path, key=key.key).first()
        if kept is None:
            raise LostRace("the kept answer was removed just now")
        if kept.created_date > key.at - REMEMBERED:
            return _kept_answer(kept, key.body_hash)
        claim = kept.pk  # forgotten: the key begins anew
        _be_patient_again()
        IdempotentRequest.objects.filter(pk=claim).update(
            body_hash=key.body_hash, created_date=key.at
        )
    given = answer()
    headers = orjson.dumps(dict(given.headers)).decode()
    with connection.cursor() as cursor:
        cursor.execute(_KEEP, [given.status, headers, given.body, claim])
    return given


_KEEP: Final = """
UPDATE promotions_idempotentrequest SET status = %s, headers = %s, body = %s WHERE id = %s"""


# The first copy holds the unique key until its transaction ends; others wait for that, for a while.
# Once the key is claimed, there is no such limit to any other waiting.
_CLAIM: Final = """
{patience}
INSERT INTO promotions_idempotentrequest
       (partner_id, path, key, body_hash, created_date, headers, body)
SELECT {values} {patient}
    ON CONFLICT (partner_id, key, path) DO NOTHING
RETURNING id{reset}"""
_PATIENCE: Final = {
    "patience": "WITH patience AS MATERIALIZED (SELECT current_setting('lock_timeout') AS before, "
    "set_config('lock_timeout', %s, true))",
    "values": "%s::bigint, %s, %s, %s::bytea, %s::timestamptz, '{}'::jsonb, ''::bytea",
    "patient": "FROM patience",
    "reset": ", set_config('lock_timeout', (SELECT before FROM patience), true)",
}
_NO_PATIENCE: Final = {
    "patience": "",
    "values": "%s, %s, %s, %s, %s, '{}', x''",
    "patient": "WHERE true",
    "reset": "",
}
"""SQLite has one writer: who comes second waits before it begins, as long as configured."""


def _claim(key: Key) -> int | None:
    """The primary key of the row that claims ``key``; None where it is claimed already."""
    on_postgresql = connection.vendor == "postgresql"
    statement = _CLAIM.format(**(_PATIENCE if on_postgresql else _NO_PATIENCE))
    at = key.at if on_postgresql else connection.ops.adapt_datetimefield_value(key.at)
    try:
        with connection.cursor() as cursor:
            values: list[Any] = [key.partner_id, key.path, key.key, key.body_hash, at]
            cursor.execute(statement, [_LONGEST_WAIT, *values] if on_postgresql else values)
            claimed = cursor.fetchone()
    except OperationalError as error:
        if not isinstance(error.__cause__, LockNotAvailable):
            raise
        raise refuse(
            "idempotency_in_progress",
            "The first request with this idempotency key is still running. Try again in a moment.",
        ) from error
    return claimed[0] if claimed else None


def _be_patient_again() -> None:
    """Where the claim was no insert, nothing has taken back how long it waits."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SET LOCAL lock_timeout TO DEFAULT")


def _kept_answer(kept: IdempotentRequest, body_hash: bytes) -> Answer:
    if bytes(kept.body_hash) != body_hash:
        raise refuse(
            "idempotency_key_reused",
            "This idempotency key was used for a request with another body. Use a new key.",
        )
    assert kept.status is not None  # committed together with the claim
    return Answer(kept.status, kept.headers, bytes(kept.body), is_replayed=True)
