"""No query takes longer than it may, nor fails in a way that is nobody's but the service's own."""

from collections.abc import Iterator
from contextlib import contextmanager
from time import monotonic
from typing import Any, Final

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
        refused = _refused(error)
        if refused is None:
            raise
        raise refused from error


@contextmanager
def _on_postgresql(seconds: float) -> Iterator[None]:
    until = monotonic() + seconds

    def limited(execute: Any, sql: str, parameters: Any, many: bool, context: Any) -> Any:
        # The limit of PostgreSQL's is each statement's; this one is all of them together.
        rest = until - monotonic()
        if rest <= 0:
            raise _too_long()
        if rest < seconds - 1 and not sql.startswith(_LIMIT):
            _limit(rest)
        return execute(sql, parameters, many, context)

    is_inside = connection.in_atomic_block
    with transaction.atomic():
        _limit(seconds)
        with connection.execute_wrapper(limited):
            yield
        if is_inside:  # what comes after it in the same transaction has time again
            _set_limit("DEFAULT")


_LIMIT: Final = "SET LOCAL statement_timeout = "


def _limit(seconds: float) -> None:
    _set_limit(str(max(1, int(seconds * 1000))))


def _set_limit(value: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(_LIMIT + value)


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
        return _too_long()
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


def _too_long() -> CallFailed:
    message = (
        "The query took too long and was ended. Filter by indexed fields, such as ids or "
        "SystemModstamp, or ask for less at a time."
    )
    return CallFailed(Problem("QUERY_TIMEOUT", message))


def _too_complicated() -> CallFailed:
    message = "The query is too complicated. Ask for less at a time, in several queries."
    return CallFailed(Problem("QUERY_TOO_COMPLICATED", message))
