"""Rows of values as parameters of a statement: the same text for one row or thousands.

PostgreSQL takes an array for each column, which it reads faster than anything else; SQLite takes
one JSON list.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

import orjson
from django.db import connection

from promotions.database import is_postgresql

Row = Sequence[Any]
"""Values in the order of the columns."""


def single_values(columns: Mapping[str, str]) -> str:
    """PostgreSQL's query of one row with these columns, a parameter each."""
    # What is sent without a type is a text in any case.
    values = (
        f"%s AS {name}" if kind == "text" else f"%s::{kind} AS {name}"
        for name, kind in columns.items()
    )
    return f"SELECT {', '.join(values)}"


@dataclass(frozen=True)
class ParameterRows:
    """Rows with these columns, by name; their types are PostgreSQL's."""

    columns: Mapping[str, str]

    def query(self, *, alone: bool = False) -> str:
        """A query of the rows that ``values`` are for; ``alone``: of a single one."""
        if not is_postgresql():
            taken = (
                f"json_extract(value, '$[{n}]') AS {name}" for n, name in enumerate(self.columns)
            )
            return f"SELECT {', '.join(taken)} FROM json_each(%s)"
        if alone:
            return single_values(self.columns)
        # Behind a SELECT: of a plain array PostgreSQL would count the elements, and plan anew
        # for each number of them, which takes longer than the statement.
        arrays = ", ".join(f"(SELECT %s::{kind}[])" for kind in self.columns.values())
        return f"SELECT * FROM unnest({arrays}) AS r ({', '.join(self.columns)})"

    def values(self, rows: Sequence[Row], *, alone: bool = False) -> list[str | None]:
        """The parameters that stand for ``rows``; moments are aware datetimes."""
        columns = zip(*rows, strict=True) if rows else [()] * len(self.columns)
        return self.values_of([*columns], alone=alone)

    def values_of(self, columns: Sequence[Sequence[Any]], *, alone: bool) -> list[str | None]:
        """The parameters that stand for rows, which are given column by column."""
        kinds = self.columns.values()
        if not is_postgresql():
            return [self._as_json(zip(*columns, strict=True))]
        if alone:
            # As texts, whose type is that of the column: of numbers the driver has several types,
            # and for each of them a statement would be prepared.
            return [
                None if value is None else _TEXTS[kind](value)
                for kind, (value,) in zip(kinds, columns, strict=True)
            ]
        return [
            "{" + ",".join(_LITERALS[kind](column)) + "}"
            for kind, column in zip(kinds, columns, strict=True)
        ]

    def _as_json(self, rows: Iterable[Row]) -> str:
        moments = [n for n, kind in enumerate(self.columns.values()) if kind == "timestamptz"]
        stored = [list(row) for row in rows]
        for row in stored:
            for n in moments:
                row[n] = connection.ops.adapt_datetimefield_value(row[n])
        return orjson.dumps(stored).decode()


def _flag(value: bool) -> str:
    return "t" if value else "f"


_TEXTS: Final[Mapping[str, Callable[[Any], str]]] = {
    "bigint": str,
    "integer": str,
    "boolean": _flag,
    "text": str,
    "timestamptz": datetime.isoformat,
}
"""How a single value is written, by type."""


def _numbers(column: Sequence[int | None]) -> list[str]:
    return ["NULL" if value is None else str(value) for value in column]


def _flags(column: Sequence[bool]) -> list[str]:
    return [_flag(value) for value in column]


def _texts(column: Sequence[str | None]) -> list[str]:
    return [
        "NULL" if value is None else '"' + value.replace("\\", "\\\\").replace('"', '\\"') + '"'
        for value in column
    ]


def _moments(column: Sequence[datetime | None]) -> list[str]:
    # Nearly all are the moment of the request.
    written = {moment: moment.isoformat() for moment in {*column} if moment is not None}
    return ["NULL" if moment is None else written[moment] for moment in column]


_LITERALS: Final[Mapping[str, Callable[[Any], list[str]]]] = {
    "bigint": _numbers,
    "integer": _numbers,
    "boolean": _flags,
    "text": _texts,
    "timestamptz": _moments,
}
"""How the elements of an array are written, by type."""
