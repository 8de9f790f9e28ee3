"""Rows of a file on their way to become coupons: in a temporary table, so that the database finds
repeated and taken codes, and a file of any length needs no memory."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any, Final

from django.db import connection

from promotions.errors import DomainError
from promotions.folding import fold
from promotions.models import Coupon
from promotions.services.coupon_rows import as_table, insert_from, references_checked_at_once
from promotions.services.records import taken

_TABLE: Final = "coupon_import"
_COUPONS: Final = Coupon._meta.db_table
_CODE: Final = "couponCode"
_SAME: Final = "same"
"""Marks a row that is a coupon already: it is not written, and nothing is wrong with it."""

Refusal = tuple[int, str | None, DomainError]
"""A line, the code that stands there, and why it is no coupon."""


class StagedRows:
    """The rows of one file. ``columns`` are those of a coupon's that a file can have."""

    def __init__(self, columns: Sequence[str]) -> None:
        self._columns = [*columns, "coupon_code_key"]
        self._types = {
            "line": "integer",
            **{name: str(_db_type(name)) for name in self._columns},
            **dict.fromkeys(("error_code", "error_pointer", "error_detail"), "text"),
        }

    def create(self) -> None:
        columns = ", ".join(f"{name} {kind}" for name, kind in self._types.items())
        _execute(f"CREATE TEMPORARY TABLE {_TABLE} ({columns})")

    def drop(self) -> None:
        _execute(f"DROP TABLE {_TABLE}")

    def add(self, coupons: Sequence[tuple[int, Coupon, DomainError | None]]) -> None:
        """Puts rows by line, with what is wrong with them."""
        rows = [(line, *self._values(coupon, error)) for line, coupon, error in coupons]
        given, parameters = as_table(self._types, rows)
        _execute(f"INSERT INTO {_TABLE} SELECT * FROM {given}", parameters)  # noqa: S608  # ours

    def _values(self, coupon: Coupon, error: DomainError | None) -> list[Any]:
        if error is None:
            coupon.coupon_code_key = fold(coupon.coupon_code)
            return [*(getattr(coupon, name) for name in self._columns), None, None, None]
        # Of a bad row only the code is shown, and the rest may fit no column.
        code = coupon.coupon_code[:80].replace("\x00", "\ufffd") or None
        nothing = dict.fromkeys(self._columns) | {"coupon_code": code}
        return [*nothing.values(), error.code, error.pointer, error.detail]

    def refuse_repeated(self) -> None:
        """Refuses the rows whose code a line before has."""
        _execute(
            f"""
            UPDATE {_TABLE} SET error_code = 'duplicate_value', error_pointer = %s,
                error_detail = 'Line ' || same.first || ' has this code already.'
            FROM (SELECT line AS again, min(line) OVER (PARTITION BY coupon_code_key) AS first
                  FROM {_TABLE} WHERE error_code IS NULL) AS same
            WHERE same.again = line AND same.first < line
            """,  # noqa: S608  # names of ours
            [_CODE],
        )

    def refuse_taken(self, batch: int | None = None) -> None:
        """Refuses the rows whose code a coupon has that is not of the ``batch``."""
        _execute(
            f"""
            UPDATE {_TABLE} SET error_code = 'duplicate_value', error_pointer = %s,
                error_detail = %s
            WHERE error_code IS NULL AND EXISTS (
                SELECT 1 FROM {_COUPONS} coupon WHERE NOT coupon.is_deleted
                AND coupon.coupon_code_key = {_TABLE}.coupon_code_key
                AND (coupon.batch_id IS NULL OR coupon.batch_id <> %s))
            """,  # noqa: S608  # names of ours
            [_CODE, taken(Coupon, "coupon_code"), batch or 0],
        )

    def pass_over_same(self, promotion: int, columns: Sequence[str]) -> int:
        """Passes over the rows that are a coupon of the promotion already, alike in ``columns``;
        how many."""
        alike = " AND ".join(
            f"(coupon.{name} = {_TABLE}.{name}"
            f" OR (coupon.{name} IS NULL AND {_TABLE}.{name} IS NULL))"
            for name in columns
        )
        with connection.cursor() as cursor:
            cursor.execute(
                f"""
                UPDATE {_TABLE} SET error_code = %s WHERE error_code IS NULL AND EXISTS (
                    SELECT 1 FROM {_COUPONS} coupon WHERE NOT coupon.is_deleted
                    AND coupon.coupon_code_key = {_TABLE}.coupon_code_key
                    AND coupon.promotion_id = %s AND {alike})
                """,  # noqa: S608  # names of ours
                [_SAME, promotion],
            )
            return int(cursor.rowcount)

    def count_good(self) -> int:
        with connection.cursor() as cursor:
            cursor.execute(f"SELECT count(*) FROM {_TABLE} WHERE error_code IS NULL")  # noqa: S608
            return int(cursor.fetchone()[0])

    def write(self, template: Coupon) -> int:
        """Makes coupons like ``template`` of the good rows; of how many, where others were faster
        with the same codes."""
        # In the order of the codes, so that of two imports with codes in common one waits for the
        # other, and not each for the other.
        good = f"SELECT * FROM {_TABLE} WHERE error_code IS NULL ORDER BY coupon_code_key"  # noqa: S608
        columns = {name: f"given.{name}" for name in self._columns}
        with references_checked_at_once():
            return insert_from(template, columns, f"({good}) AS given")

    def refused(self) -> Iterator[Refusal]:
        """The bad rows, by line; some thousand are in memory."""
        line = 0
        while rows := self._refused_after(line):
            yield from rows
            line = rows[-1][0]

    def _refused_after(self, line: int) -> list[Refusal]:
        with connection.cursor() as cursor:
            cursor.execute(
                f"""
                SELECT line, coupon_code, error_code, error_detail, error_pointer FROM {_TABLE}
                WHERE line > %s AND error_code <> %s ORDER BY line LIMIT 5000
                """,  # noqa: S608  # names of ours
                [line, _SAME],
            )
            return [(row[0], row[1], DomainError(*row[2:])) for row in cursor.fetchall()]


@contextmanager
def staged_rows(columns: Sequence[str]) -> Iterator[StagedRows]:
    """The table, until the transaction inside which this is used is done with it."""
    rows = StagedRows(columns)
    rows.create()
    yield rows
    rows.drop()


def _db_type(column: str) -> str | None:
    return Coupon._meta.get_field(column).db_type(connection)


def _execute(statement: str, parameters: Sequence[Any] = ()) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement, parameters)
