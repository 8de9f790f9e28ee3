"""Queries that are compiled once and asked again with other values.

Django builds and compiles a query anew for every request, which takes several times as long as
PostgreSQL takes to answer it. A hot query is built once for each form that it can have, by the same
querysets as everywhere else, with ``Parameter`` in the place of each value; what it compiles to is
kept, and the values are put in.
"""

from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass
from functools import cache
from typing import Any, Final

from django.core.exceptions import EmptyResultSet
from django.db import connection, models
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models.expressions import Expression
from django.db.models.sql.compiler import SQLCompiler

from promotions.database import is_postgresql

MOST_FORMS: Final = 500
"""The most forms of a query that are kept: a caller who tries them all must not fill the memory."""


@dataclass(frozen=True, slots=True)
class _Slot:
    """The place of a value among the parameters of a statement."""

    name: str
    field: "models.Field[Any, Any] | None"


class Parameter(Expression):
    """A value that is given only when the query is run, by its name. ``field`` says how such values
    are written for the database, where that differs."""

    def __init__(self, name: str, field: "models.Field[Any, Any] | None" = None) -> None:
        super().__init__(output_field=field)
        self._slot: Any = _Slot(name, field)

    def as_sql(  # type: ignore[override]  # places for values are no strings or numbers yet
        self, compiler: SQLCompiler, connection: BaseDatabaseWrapper
    ) -> tuple[str, list[Any]]:
        return "%s", [self._slot]


class Column(Expression):
    """A column of a table, by its name in a statement that the query becomes a part of."""

    def __init__(self, table: str, name: str) -> None:
        super().__init__()
        self._sql = f"{table}.{name}"

    def as_sql(
        self, compiler: SQLCompiler, connection: BaseDatabaseWrapper
    ) -> tuple[str, tuple[Any, ...]]:
        return self._sql, ()


@dataclass(frozen=True, slots=True)
class Statement:
    """SQL, and its parameters: constants, and places for values."""

    sql: str
    parameters: tuple[Any, ...]

    @classmethod
    def of(cls, queryset: "models.QuerySet[Any, Any]") -> "Statement":
        """What ``queryset`` compiles to. Raises ``EmptyResultSet`` where it can find nothing."""
        sql, parameters = queryset.query.get_compiler(queryset.db).as_sql()
        return cls(sql, tuple(parameters))

    def run(self, values: Mapping[str, Any], *, anew: bool = False) -> list[Any]:
        """The rows as the database's driver has them; ``values`` by their parameters' names.

        ``anew``: see ``planned_anew``.
        """
        parameters = [
            _written(values[one.name], one.field) if isinstance(one, _Slot) else one
            for one in self.parameters
        ]
        with connection.cursor() as cursor, planned_anew() if anew else nullcontext():
            if is_postgresql():
                cursor.cursor.adapters.register_loader("timestamptz", _moment_loader())
            cursor.execute(self.sql, parameters)
            rows: list[Any] = cursor.fetchall()
        return rows


@contextmanager
def planned_anew() -> Iterator[None]:
    """Within it PostgreSQL plans each statement for its own values, and keeps no plan for all of
    them. That is for a list between two moments, of which nearly all rows may be or nearly none:
    the plan that is best for the many reads ten million rows in vain for the few."""
    if connection.vendor != "postgresql":
        yield
        return
    connection.ensure_connection()
    driver = connection.connection
    kept, driver.prepare_threshold = driver.prepare_threshold, None
    try:
        yield
    finally:
        driver.prepare_threshold = kept


@cache
def _moment_loader() -> Any:
    """How psycopg itself reads moments, in the connection's zone, which is UTC: in C. Django's own
    way, in Python, takes longer for a page than PostgreSQL does."""
    import psycopg  # only there where PostgreSQL is

    oid = psycopg.postgres.types["timestamptz"].oid
    return psycopg.adapters.get_loader(oid, psycopg.pq.Format.TEXT)


def _written(value: Any, field: "models.Field[Any, Any] | None") -> Any:
    return value if field is None else field.get_db_prep_value(value, connection)


Converters = dict[int, tuple[list[Callable[..., Any]], Any]]


def converters_of(queryset: "models.QuerySet[Any, Any]") -> Converters:
    """How the columns of ``queryset`` become what the model has, where the driver's values are
    something else, by their place: SQLite knows neither moments nor booleans."""
    compiler = queryset.query.get_compiler(queryset.db)
    compiler.setup_query()
    found: Converters = compiler.get_converters([column for column, *_ in compiler.select])
    return found


def converted(rows: Sequence[Any], converters: Converters) -> Iterable[Any]:
    """``rows`` with their columns converted."""
    return _converted(rows, converters) if converters else rows


def _converted(rows: Sequence[Any], converters: Converters) -> Iterator[Any]:
    for row in rows:
        values = list(row)
        for place, (functions, expression) in converters.items():
            for function in functions:
                values[place] = function(values[place], expression, connection)
        yield values


class Forms:
    """The statements that a query has been compiled to, by its forms; None for a form that can
    find nothing."""

    def __init__(self) -> None:
        self._known: dict[Hashable, Statement | None] = {}

    def statement(self, form: Hashable, build: Callable[[], Statement]) -> Statement | None:
        """The statement of ``form``, made by ``build`` the first time it is asked for."""
        try:
            return self._known[form]
        except KeyError:
            if len(self._known) >= MOST_FORMS:
                self._known.clear()
        try:
            made: Statement | None = build()
        except EmptyResultSet:
            made = None
        self._known[form] = made
        return made
