"""Fetching a page's rows, without what costs more than asking for them.

On PostgreSQL moments stay in its own words, which are nearly those of the wire: Django's way from
these to a moment, and ours from there to a text, would take longer than all the rest.
"""

from functools import cache, partial
from typing import Any

from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import QuerySet

from promotions.prepared import converted, planned_anew

Row = tuple[Any, ...]


def fetch(queryset: "QuerySet[Any, Any]") -> list[Row]:
    """The rows of ``queryset``, which says by ``values_list`` which columns."""
    compiler = queryset.query.get_compiler(queryset.db)
    try:
        sql, parameters = compiler.as_sql()
    except EmptyResultSet:
        return []
    converters = compiler.get_converters([column for column, *_ in compiler.select])
    # What the conditions leave may be much or little.
    with connection.cursor() as cursor, planned_anew():
        if connection.vendor == "postgresql":
            cursor.cursor.adapters.register_loader("timestamptz", _words())
        cursor.execute(sql, parameters)
        rows: list[Row] = cursor.fetchall()
    return list(converted(rows, converters)) if converters else rows


def fetch_groups(queryset: "QuerySet[Any, Any]") -> list[Row]:
    """The same for groups. Their expressions are in several places of the statement, which
    PostgreSQL takes for one only if the values in them are there, not given beside it."""
    if connection.vendor != "postgresql":
        return list(queryset)
    from psycopg import ClientCursor

    compiler = queryset.query.get_compiler(queryset.db)
    try:
        sql, parameters = compiler.as_sql()
    except EmptyResultSet:
        return []
    converters = compiler.get_converters([column for column, *_ in compiler.select])
    connection.ensure_connection()
    with connection.wrap_database_errors, ClientCursor(connection.connection) as cursor:
        # Whoever watches statements, such as the limit of time, watches this one too.
        execute: Any = lambda sql, parameters, many, context: cursor.execute(sql, parameters)  # noqa: E731
        for watch in reversed(connection.execute_wrappers):
            execute = partial(watch, execute)
        execute(sql, parameters, False, {"connection": connection, "cursor": cursor})
        rows: list[Row] = cursor.fetchall()
    return list(converted(rows, converters)) if converters else rows


@cache
def _words() -> Any:
    from psycopg.types.string import TextLoader  # only there where PostgreSQL is

    return TextLoader
