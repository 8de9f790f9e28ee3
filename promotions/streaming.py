"""Reading very many rows: some hundred at a time, all as they were at one moment.

Nothing but the rows at hand is in memory, here and in the database's driver. On PostgreSQL a cursor
keeps the moment, in a transaction that ends with the reading; the database ends it where nobody
reads on, so that a caller who has gone to sleep doesn't keep old rows from being cleaned up.
"""

from collections.abc import Iterator
from time import monotonic
from typing import Any, Final

from django.core.exceptions import EmptyResultSet
from django.db import connection, models, transaction

from promotions.fetching import fetch_ahead
from promotions.prepared import Statement, converted, converters_of

PART: Final = 500
"""Rows at a time. More of them are slower: they no longer fit into the processor's cache."""
_LONGEST_PAUSE: Final = "60s"
_LONGEST: Final = 3600.0
"""Seconds in which everything has to be read, in however small sips."""


def read_in_parts(
    queryset: "models.QuerySet[Any, Any]", *, pause_after: int | None = None
) -> Iterator[list[Any]]:
    """The rows of ``queryset``, which says by ``values_list`` which columns, as tuples; ``PART`` of
    them at a time. On SQLite to be used outside of transactions: they would lock writers out. On
    PostgreSQL the connection is free for others' statements only while a part is at hand whose
    number ``pause_after`` divides.

    Raises ``TimeoutError`` where reading all takes longer than an hour, and whatever Django does of
    a database that has gone, or has ended a transaction in which nobody read on for a minute.
    """
    try:
        statement = Statement.of(queryset)
    except EmptyResultSet:
        return
    converters = converters_of(queryset)
    until = monotonic() + _LONGEST
    read = _read_postgresql if connection.vendor == "postgresql" else _read
    for rows in read(statement, pause_after):
        yield list(converted(rows, converters))
        if monotonic() > until:
            raise TimeoutError("This was read too slowly.")


def _read(statement: Statement, pause_after: int | None) -> Iterator[list[Any]]:
    """An open statement of SQLite's sees the database as it was when it began."""
    with connection.cursor() as cursor:
        cursor.execute(statement.sql, statement.parameters)
        while rows := cursor.fetchmany(PART):
            yield rows


def _read_postgresql(statement: Statement, pause_after: int | None) -> Iterator[list[Any]]:
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute(f"SET LOCAL idle_in_transaction_session_timeout = '{_LONGEST_PAUSE}'")
        with connection.chunked_cursor() as cursor:
            cursor.execute(statement.sql, statement.parameters)
            with connection.wrap_database_errors:
                yield from fetch_ahead(cursor.cursor, PART, pause_after=pause_after)
