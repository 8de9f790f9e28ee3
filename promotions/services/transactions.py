"""Transactions that are begun anew when the database, or another request, came in between."""

import random
import time
from collections.abc import Callable
from contextvars import ContextVar
from typing import Final, TypeVar

from django.db import InterfaceError, OperationalError, connection, transaction
from psycopg.errors import DeadlockDetected, SerializationFailure

from promotions.database import is_postgresql

T = TypeVar("T")

_TRIES: Final = 10
_LONGEST_PAUSE: Final = 0.02
"""Seconds, before the second try; after each further one it may be as much longer."""
LONGEST_ABSENCE: Final = 5.0
"""Seconds between two tries to reach a database that is away: half a minute in all, about."""
_begun: ContextVar[bool] = ContextVar("transaction_begun", default=False)


class LostRace(OperationalError):
    """What was decided no longer holds: another request has written meanwhile. Decide again."""


def in_transaction(act: Callable[[], T]) -> T:
    """What ``act`` answers, run in a transaction; all of it is written, or nothing.

    A deadlock, a serialization failure or a lost race rolls back and runs ``act`` again, ten times
    at most: nobody who calls sees them. Inside another such call it joins that one's transaction,
    which is then begun anew as a whole. Anything else that ``act`` raises is raised.
    """
    if _begun.get():
        with transaction.atomic(savepoint=False):
            return act()
    attempt = 1
    while True:
        token = _begun.set(True)
        try:
            with transaction.atomic():
                return act()
        except OperationalError as error:
            if attempt == _TRIES or not is_passing(error):
                raise
        finally:
            _begun.reset(token)
        # Those that collided must not collide again at once. Inside somebody else's transaction
        # nothing is gained by waiting with what it holds.
        if not connection.in_atomic_block:
            time.sleep(random.uniform(0, _LONGEST_PAUSE * attempt))  # noqa: S311  # no secret
        attempt += 1


def joins_another() -> bool:
    """Whether a transaction of ``in_transaction`` is open already: whoever began it tries again
    where something comes in between, so that must be raised to there."""
    return _begun.get()


def statements_stand_alone() -> bool:
    """Whether a single statement is a transaction of its own here: on PostgreSQL, outside of any
    other. Then an act that writes all by one statement needs no BEGIN and no COMMIT."""
    return is_postgresql() and not connection.in_atomic_block


def is_passing(error: OperationalError) -> bool:
    """Whether what failed so may succeed when it is run again."""
    cause = error.__cause__
    return isinstance(error, LostRace) or isinstance(cause, DeadlockDetected | SerializationFailure)


def patiently(act: Callable[[], T]) -> T:
    """What ``act`` answers, tried again with a new connection where the database was away: for a
    job, which has the time. ``act`` must not do again what was committed all the same."""
    for attempt in range(1, _TRIES):
        try:
            return act()
        except (OperationalError, InterfaceError):
            if connection.in_atomic_block:
                raise  # it is for whoever began the transaction to begin it anew
        connection.close()
        time.sleep(min(0.05 * 2**attempt, LONGEST_ABSENCE))
    return act()
