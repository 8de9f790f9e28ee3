"""What the migrations put into the database, kept for tests with real transactions: those empty
every table after themselves, and the next one begins with it again.

Django keeps it as JSON and saves object after object, which takes longer than many a test.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.db.backends.base.base import BaseDatabaseWrapper


@dataclass(frozen=True)
class Kept:
    """The rows of one table, as the database's driver gives and takes them."""

    table: str
    columns: Sequence[str]
    rows: Sequence[Sequence[Any]]


def keep_as_rows(connection: BaseDatabaseWrapper) -> None:
    """From now on what a test database begins with is kept, and put back, as rows."""
    # Django knows only text here; whoever puts back gets what was kept.
    connection.creation.serialize_db_to_string = lambda: keep(connection)  # type: ignore[assignment, method-assign, return-value]
    connection.creation.deserialize_db_from_string = lambda kept: put_back(connection, kept)  # type: ignore[assignment, method-assign, arg-type]


def keep(connection: BaseDatabaseWrapper) -> list[Kept]:
    """The tables in which there is anything, of those that are emptied."""
    quote = connection.ops.quote_name
    kept = []
    with connection.cursor() as cursor:
        for table in connection.introspection.django_table_names(
            only_existing=True, include_views=False
        ):
            cursor.execute(f"SELECT * FROM {quote(table)}")
            if rows := cursor.fetchall():
                kept.append(Kept(table, [column[0] for column in cursor.description], rows))
    return kept


def put_back(connection: BaseDatabaseWrapper, kept: Sequence[Kept]) -> None:
    quote = connection.ops.quote_name
    # The order does not matter: references are looked at when the transaction ends.
    with transaction.atomic(using=connection.alias), connection.cursor() as cursor:
        for one in kept:
            columns = ", ".join(map(quote, one.columns))
            values = ", ".join(["%s"] * len(one.columns))
            cursor.executemany(
                f"INSERT INTO {quote(one.table)} ({columns}) VALUES ({values})"
                " ON CONFLICT DO NOTHING",  # the first test finds them all there
                one.rows,
            )
