"""Fetching from a cursor on PostgreSQL so that database and service work at the same time: the next
rows are asked for before these are handed on.

psycopg's own cursors ask when they are asked; this does by its lower layers what they do.
"""

from collections.abc import Iterator
from contextlib import suppress
from typing import Any

import psycopg
from psycopg.adapt import Transformer
from psycopg.generators import fetch_many, send
from psycopg.pq import ExecStatus, Format
from psycopg.pq.abc import PGresult


def fetch_ahead(
    cursor: "psycopg.ServerCursor[Any]", size: int, *, pause_after: int | None = None
) -> Iterator[list[Any]]:
    """The rows of a ``cursor`` that has been declared, as tuples of what psycopg makes of binary
    values; ``size`` of them at a time. Until it is exhausted or closed, nothing else can be done on
    the connection, except while a part is at hand whose number ``pause_after`` divides: the next is
    then asked for only when it is wanted."""
    connection = cursor.connection
    fetch = b'FETCH FORWARD %d FROM "%s"' % (size, cursor.name.encode())
    rows_of = Transformer(cursor)
    asked = False
    try:
        found, number = size, 0
        while found == size:
            number += 1
            if not asked:
                _ask(connection, fetch)
            asked = False
            result = _answer(connection)
            found = result.ntuples
            if found == size and (pause_after is None or number % pause_after):
                _ask(connection, fetch)
                asked = True
            if found:
                rows_of.set_pgresult(result)
                yield rows_of.load_rows(0, found, tuple)
    finally:
        if asked:
            with suppress(psycopg.Error):
                _answer(connection)


def _ask(connection: "psycopg.Connection[Any]", statement: bytes) -> None:
    connection.pgconn.send_query_params(statement, None, result_format=Format.BINARY)
    connection.wait(send(connection.pgconn))


def _answer(connection: "psycopg.Connection[Any]") -> PGresult:
    result: PGresult = connection.wait(fetch_many(connection.pgconn))[-1]
    if result.status != ExecStatus.TUPLES_OK:
        raise psycopg.errors.error_from_result(result, encoding=connection.info.encoding)
    return result
