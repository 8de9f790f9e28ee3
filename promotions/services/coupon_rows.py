"""Writing many coupons with few statements: the database makes the rows itself from what differs
between them, and leaves out those whose code is taken.

With the ORM, a million coupons are a million objects. The columns are those of the model, so that
what is added to it is written here too; the constraints hold as for every other row.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime
from typing import Any, Final

from django.db import connection

from promotions.database import is_postgresql
from promotions.folding import fold
from promotions.models import Coupon

CHUNK: Final = 20_000
"""How many rows go into one statement: some megabytes, however many there are in all."""

_TABLE: Final = Coupon._meta.db_table
_LIKE_THE_ORIGINAL: Final = (
    "status",
    "start_date_time",
    "end_date_time",
    "redemption_limit_all_buyers",
    "redemption_limit_per_buyer",
    "description",
    "currency_iso_code",
)
"""What a copy of a coupon has as the original has it."""


@contextmanager
def references_checked_at_once() -> Iterator[None]:
    """PostgreSQL would otherwise keep a list of all rows, to check at the end what each refers
    to."""
    _set_constraints("IMMEDIATE")
    yield
    _set_constraints("DEFERRED")


def insert_codes(template: Coupon, codes: Sequence[str]) -> int:
    """Makes coupons like ``template`` with those of ``codes`` that are free; how many."""
    rows = [(code, fold(code)) for code in codes]
    source, parameters = as_table({"coupon_code": "text", "coupon_code_key": "text"}, rows)
    columns = {name: f"given.{name}" for name in ("coupon_code", "coupon_code_key")}
    return insert_from(template, columns, source, parameters)


def insert_copies(template: Coupon, codes: Mapping[int, str]) -> set[str]:
    """Makes copies of coupons, by key, each with its new code. Answers with the folded codes of
    those that were made: the others' were taken. What is not copied is as ``template`` has it."""
    rows = [(key, code, fold(code)) for key, code in codes.items()]
    types = {"original": "bigint", "coupon_code": "text", "coupon_code_key": "text"}
    source, parameters = as_table(types, rows)
    source += f" JOIN {_TABLE} original ON original.id = given.original"
    columns = {name: f"given.{name}" for name in ("coupon_code", "coupon_code_key")}
    columns |= {name: f"original.{name}" for name in _LIKE_THE_ORIGINAL}
    statement, values = _insert(template, columns, source)
    with connection.cursor() as cursor:
        cursor.execute(f"{statement} RETURNING coupon_code_key", [*values, *parameters])
        return {key for (key,) in cursor.fetchall()}


def insert_from(
    template: Coupon, columns: Mapping[str, str], source: str, parameters: Sequence[Any] = ()
) -> int:
    """Makes a coupon of each row of ``source`` (what stands behind ``FROM``) whose code is free;
    how many. ``columns`` are the expressions of those columns that differ; the others are as
    ``template`` has them."""
    statement, values = _insert(template, columns, source)
    with connection.cursor() as cursor:
        cursor.execute(statement, [*values, *parameters])
        return int(cursor.rowcount)


def as_table(types: Mapping[str, str], rows: Sequence[Sequence[Any]]) -> tuple[str, list[Any]]:
    """``rows`` as a table ``given``, to stand behind ``FROM``, and its parameters. ``types`` are
    PostgreSQL's of the columns by name; moments are ``datetime``."""
    if is_postgresql():
        arrays = ", ".join(f"%s::{kind}[]" for kind in types.values())
        lists = [list(values) for values in zip(*rows, strict=True)]
        return f"unnest({arrays}) AS given({', '.join(types)})", lists
    picked = ", ".join(f"value ->> {place} AS {name}" for place, name in enumerate(types))
    table = f"(SELECT {picked} FROM json_each(%s)) AS given"  # noqa: S608  # names of columns
    return table, [json.dumps(rows, default=_as_stored)]


def _as_stored(moment: datetime) -> str | None:
    return connection.ops.adapt_datetimefield_value(moment)


def _insert(template: Coupon, columns: Mapping[str, str], source: str) -> tuple[str, list[Any]]:
    same = {
        str(field.column): field.get_db_prep_save(getattr(template, field.attname), connection)
        for field in Coupon._meta.concrete_fields
        if not field.primary_key and field.column not in columns
    }
    names = ", ".join([*same, *columns])
    expressions = ", ".join([*("%s" for _ in same), *columns.values()])
    # Without the condition SQLite would read ON as part of the FROM.
    return (
        f"INSERT INTO {_TABLE} ({names}) SELECT {expressions} FROM {source} "  # noqa: S608  # names
        "WHERE true ON CONFLICT DO NOTHING",
        list(same.values()),
    )


def _set_constraints(when: str) -> None:
    if is_postgresql():
        with connection.cursor() as cursor:
            cursor.execute(f"SET CONSTRAINTS ALL {when}")
