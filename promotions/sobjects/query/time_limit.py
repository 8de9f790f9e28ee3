"""No query takes longer than it may, nor fails in a way that is nobody's but the service's own."""

from collections.abc import Iterator
from contextlib import contextmanager
from time import monotonic
from typing import Final

from django.db import DatabaseError, OperationalError, connection, transaction

from promotions.sobjects.errors import CallFailed, Problem

LONGEST: Final = 30.0
"""Seconds that the database may take for a call."""
_STEPS: Final = 10_000
"""Of SQLite's machine between two looks at the clock."""


@contextmanager
def within_time(seconds: float = LONGEST) -> Iterator[None]:
    """Reads within it are ended after so many seconds: ``QUERY_TIMEOUT``. What a database can't
    work out is ``QUERY_TOO_COMPLICATED`` or a value out of range."""
    limit = _on_postgresql if connection.vendor == "postgresql" else _on_sqlite
    try:
        with limit(seconds):
            yield
    except RecursionError as error:
        raise _too_complicated() from error
    except DatabaseError as error:
        raise _refused(error) or error from error


@contextmanager
def _on_postgresql(seconds: float) -> Iterator[None]:
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute(f"SET LOCAL statement_timeout = {int(seconds * 1000)}")
        yield


@contextmanager
def _on_sqlite(seconds: float) -> Iterator[None]:
    # Without a transaction, which would lock writers out.
    connection.ensure_connection()
    driver = connection.connection
    until = monotonic() + seconds
    driver.set_progress_handler(lambda: monotonic() > until, _STEPS)
    try:
        yield
    finally:
        driver.set_progress_handler(None, 0)


def _refused(error: DatabaseError) -> CallFailed | None:
    """What the client did wrong, as far as it was the client."""
    code = getattr(error.__cause__, "sqlstate", None)
    said = str(error)
    if code == "57014" or said == "interrupted":
        message = (
            "The query took too long and was ended. Filter by indexed fields, such as ids or "
            "SystemModstamp, or ask for less at a time."
        )
        return CallFailed(Problem("QUERY_TIMEOUT", message))
    if code is None and isinstance(error, OperationalError) and _is_about_size(said):
        return _too_complicated()
    if code is not None and code[:2] == "54":  # program limit exceeded
        return _too_complicated()
    if code is not None and code[:2] == "22":  # data exception
        message = "A value in the query is outside of what its field can have."
        return CallFailed(Problem("INVALID_FIELD", message))
    return None


def _is_about_size(said: str) -> bool:
    return any(
        words in said
        for words in ("too many", "too large", "too complex", "parser stack", "at most")
    )


def _too_complicated() -> CallFailed:
    message = "The query is too complicated. Ask for less at a time, in several queries."
    return CallFailed(Problem("QUERY_TOO_COMPLICATED", message))
