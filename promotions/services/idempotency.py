"""Answers kept for idempotency keys: claiming a key, keeping its answer, giving it again. Rule 12.

The key is claimed by inserting its row, in the transaction of the request that it belongs to: both
are there afterwards or neither is. A copy that arrives meanwhile waits at the unique constraint
for the first, for a while, and then gets the first one's answer.

An act that is one statement, and so needs no BEGIN and no COMMIT, claims the key by that statement:
before anything has been answered. Beside the key stands then what it made, of which the same answer
is made again.
"""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any, Final

import orjson
from django.db import OperationalError, connection
from psycopg.errors import LockNotAvailable

from promotions.database import is_postgresql
from promotions.errors import refuse
from promotions.models import IdempotentRequest
from promotions.services.transactions import LostRace, in_transaction, statements_stand_alone

REMEMBERED: Final = timedelta(hours=24)
LONGEST_KEY: Final = 255
_LONGEST_PATH: Final = 300
_LONGEST_WAIT: Final = "5s"
_TABLE: Final = IdempotentRequest._meta.db_table


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


@dataclass(frozen=True, slots=True)
class Claim:
    """A key for an act to claim by the one statement that does it."""

    key: Key
    is_made: bool = False
    """It is claimed already, for this act, which was not possible by one statement."""
    outcome: Any = None
    """What the first request with the key made, as it wrote that down; None where this is the
    first. The act is then not done: it answers as it did at the moment ``key.at``."""


class NotClaimed(Exception):
    """The act is not one statement, or the key is claimed already; nothing was written."""


class _Failed(Exception):
    """What the first request with a key raised."""


def may_be_kept(path: str) -> bool:
    """Whether a request with this path can be one of a resource's; others have no place in the
    table: the index has no room for any length, and PostgreSQL none for NUL."""
    return len(path) <= _LONGEST_PATH and "\x00" not in path


def answer_once(
    key: Key,
    answer: Callable[[Claim | None], Answer],
    refusal: Callable[[Exception], Answer],
    *,
    may_claim: bool = False,
) -> Answer:
    """The answer of the first request with ``key``: ``answer()`` if this is it, else the kept one.

    What ``answer`` raises takes back all that it wrote; ``refusal`` makes an answer of it, which is
    kept, or raises it again, and then nothing is. If ``answer`` ``may_claim`` the key itself, it is
    given a ``Claim`` where it stands alone, and is called again if it raises ``NotClaimed``; else
    None, and the key is claimed for it. Raises ``Refused``: ``invalid_value`` for a key
    that is none, ``idempotency_in_progress`` where the first still runs after five seconds,
    ``idempotency_key_reused`` where its body was another.
    """
    if not 1 <= len(key.key) <= LONGEST_KEY or "\x00" in key.key:
        detail = f"An idempotency key has 1 to {LONGEST_KEY} characters."
        raise refuse("invalid_value", detail, "Idempotency-Key")

    def first(claim: Claim | None) -> Answer:
        try:
            return answer(claim)
        except (OperationalError, NotClaimed):
            raise  # tried again, in another way or at another time, or told of
        except Exception as failure:
            raise _Failed(failure) from None

    claimed = None
    try:
        if may_claim and statements_stand_alone():
            try:
                with _in_good_time():
                    return first(Claim(key))
            except (OperationalError, NotClaimed):
                claimed = Claim(key, is_made=True)  # what was wrong is found out in the usual way
        return in_transaction(lambda: _answer(key, first, claimed))
    except _Failed as failed:
        [failure] = failed.args
    try:
        given = refusal(failure)
    finally:
        del failure  # else it would keep, by its traceback, all that was asked
    # Nothing is left of what was refused, so another copy may have come first after all.
    return in_transaction(lambda: _answer(key, lambda claim: answer(claim) if claim else given))


def _answer(
    key: Key, answer: Callable[[Claim | None], Answer], claimed: Claim | None = None
) -> Answer:
    """The kept answer, or that of ``answer``: with ``claimed``, or with what was made before."""
    claim = _claim(key)
    if claim is None:
        rows = IdempotentRequest.objects.select_for_update()
        with _in_good_time():
            kept = rows.filter(partner=key.partner_id, path=key.path, key=key.key).first()
        if kept is None:
            raise LostRace("the kept answer was removed just now")
        _be_patient_again()
        if kept.created_date > key.at - REMEMBERED:
            return _kept_answer(kept, key, answer)
        claim = kept.pk  # forgotten: the key begins anew
        IdempotentRequest.objects.filter(pk=claim).update(
            body_hash=key.body_hash, created_date=key.at, outcome=None
        )
    given = answer(claimed)
    headers = orjson.dumps(dict(given.headers)).decode()
    with connection.cursor() as cursor:
        cursor.execute(_KEEP, [given.status, headers, given.body, claim])
    return given


_KEEP: Final = """
UPDATE promotions_idempotentrequest SET status = %s, headers = %s, body = %s WHERE id = %s"""


# The first copy holds the unique key until its transaction ends; others wait for that, for a while.
# Once the key is claimed, there is no such limit to any other waiting.
_PATIENCE: Final = """
SELECT current_setting('lock_timeout') AS before, set_config('lock_timeout', %s, true)"""
_CLAIM: Final = """
INSERT INTO promotions_idempotentrequest
       (partner_id, path, key, body_hash, created_date, outcome, headers, body)
SELECT {values}
    ON CONFLICT (partner_id, key, path) DO NOTHING
RETURNING id{and_again}"""
_CLAIM_ON_SQLITE: Final = _CLAIM.format(
    # It has one writer: who comes second waits before it begins, as long as configured.
    values="%s, %s, %s, %s, %s, NULL, '{}', x'' WHERE true",
    and_again="",
)


def claiming(*, outcome: str = "NULL::jsonb", where: str = "") -> dict[str, str]:
    """Parts of a WITH of PostgreSQL's, for an act that is one statement: ``claim`` has a row where
    the key is claimed by it, and none where it was before; ``patience`` is for that. ``outcome`` is
    SQL for what is made, as JSON, ``where`` an optional condition. Parameters: those of
    ``claim_values``, then those of ``outcome`` and ``where``, in their order.
    """
    claim = _CLAIM.format(
        values=f"%s, %s, %s, %s, %s, {outcome}, '{{}}'::jsonb, ''::bytea FROM patience {where}",
        and_again=", set_config('lock_timeout', (SELECT before FROM patience), true)",
    )
    return {"patience": _PATIENCE, "claim": claim}


def claim_values(key: Key) -> list[Any]:
    """The parameters of ``claiming``."""
    return [_LONGEST_WAIT, key.partner_id, key.path, key.key, key.body_hash, key.at]


def _claim(key: Key) -> int | None:
    """The primary key of the row that claims ``key``; None where it is claimed already."""
    statement, values = _CLAIM_ALONE, claim_values(key)
    if not is_postgresql():
        at = connection.ops.adapt_datetimefield_value(key.at)
        statement, values = _CLAIM_ON_SQLITE, [*values[1:-1], at]
    with _in_good_time(), connection.cursor() as cursor:
        cursor.execute(statement, values)
        claimed = cursor.fetchone()
    return claimed[0] if claimed else None


_CLAIM_ALONE: Final = "WITH patience AS MATERIALIZED ({patience}) {claim}".format(**claiming())


@contextmanager
def _in_good_time() -> Iterator[None]:
    """Raises ``idempotency_in_progress`` where the key was waited for too long."""
    try:
        yield
    except OperationalError as error:
        cause = error.__cause__
        if not isinstance(cause, LockNotAvailable) or _TABLE not in (cause.diag.context or ""):
            raise
        raise refuse(
            "idempotency_in_progress",
            "The first request with this idempotency key is still running. Try again in a moment.",
        ) from error


def _be_patient_again() -> None:
    """Where the claim was no insert, nothing has taken back how long it waits."""
    if is_postgresql():
        with connection.cursor() as cursor:
            cursor.execute("SET LOCAL lock_timeout TO DEFAULT")


def _kept_answer(
    kept: IdempotentRequest, key: Key, answer: Callable[[Claim | None], Answer]
) -> Answer:
    if bytes(kept.body_hash) != key.body_hash:
        raise refuse(
            "idempotency_key_reused",
            "This idempotency key was used for another request: one with another body or other "
            "parameters. Use a new key.",
        )
    if kept.outcome is not None:
        given = answer(Claim(replace(key, at=kept.created_date), outcome=kept.outcome))
        return replace(given, is_replayed=True)
    assert kept.status is not None  # committed together with the claim
    return Answer(kept.status, kept.headers, bytes(kept.body), is_replayed=True)
