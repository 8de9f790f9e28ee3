"""Enrollments as the lines of a file, some thousand at a time: what a page of a list has, in bulk.

Both forms are made of the same properties as everywhere else (``rendering.py``), by a library that
writes JSON in C, and date-times with it: of a million rows that takes seconds.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from enum import StrEnum
from functools import lru_cache
from typing import Any, Final

import orjson

from enrollments.rendering import PROPERTIES, ShownEnrollment, properties
from promotions.csv_files import write_rows


class Form(StrEnum):
    """How an export is written; the word is also the end of a file's name."""

    CSV = "csv"
    """A table as RFC 4180 has it, with the properties' names in the first line."""
    NDJSON = "ndjson"
    """A JSON object for each enrollment, one a line."""


MEDIA_TYPES: Final[Mapping[Form, str]] = {
    Form.CSV: "text/csv; charset=utf-8",
    Form.NDJSON: "application/x-ndjson",
}
_HEADER: Final = write_rows([PROPERTIES]).encode()
_BROKEN_OFF: Final = b"THE EXPORT BROKE OFF HERE AND IS NOT COMPLETE. ASK FOR IT AGAIN."
_PLAIN: Final = re.compile(r"\w[\w .:;/()!?&-]*")
"""Texts that stand in CSV as they are, and mean nothing to JSON."""


def begin(form: Form) -> bytes:
    """What stands before the enrollments."""
    return _HEADER if form is Form.CSV else b""


def break_off(form: Form) -> bytes:
    """What stands behind the enrollments where not all of them are there: a line that is neither
    an enrollment's nor readable as one. For there is a server that ends an answer as if it were
    complete when we fail, and callers must not take it for that."""
    return _BROKEN_OFF + (b"\r\n" if form is Form.CSV else b"\n")


def write(form: Form, rows: Sequence[ShownEnrollment], at: datetime) -> bytes:
    """The lines of ``rows``, of which there is at least one, as they are at the moment ``at``."""
    return _WRITERS[form](rows, at)


def _as_it_is(moment: datetime) -> datetime:
    return moment


def _dumps(rows: list[Any]) -> bytes:
    return orjson.dumps(rows, option=orjson.OPT_UTC_Z)


def _write_ndjson(rows: Sequence[ShownEnrollment], at: datetime) -> bytes:
    objects = _dumps([properties(row, at, _as_it_is) for row in rows])
    # Between objects and nowhere else: in a string a quotation mark has a backslash before it,
    # and behind the one that ends a string there is no letter.
    return objects[1:-1].replace(b'},{"id":', b'}\n{"id":') + b"\n"


def _write_csv(rows: Sequence[ShownEnrollment], at: datetime) -> bytes:
    cells = [[*properties(row, at, _as_it_is).values()] for row in rows]
    # The lists of JSON become lines of CSV by leaving out brackets, quotation marks and null: right
    # for all rows but those with texts that have such characters, or want quotation marks, and
    # these are written again.
    arrays = _dumps(cells)[2:-2].replace(b",null", b",").replace(b'"', b"")
    lines = arrays.split(b"],[")
    special = [n for n, row in enumerate(rows) if not _is_plain(row)]
    if special:
        if len(lines) != len(rows):  # a text has what lies between rows
            return b"".join(_line(properties(row, at)) for row in rows)
        for n in special:
            lines[n] = _line(properties(rows[n], at))[:-2]
    return b"\r\n".join(lines) + b"\r\n"


def _is_plain(row: ShownEnrollment) -> bool:
    return (
        _is_plain_text(row.promotion_code)
        and _is_plain_text(row.withdrawal_reason)
        and (row.username is None or _is_plain_name(row.first_name, row.last_name, row.username))
    )


@lru_cache(maxsize=1024)
def _is_plain_text(text: str | None) -> bool:
    return text is None or _PLAIN.fullmatch(text) is not None


@lru_cache(maxsize=1024)
def _is_plain_name(*names: str | None) -> bool:
    return all(_is_plain_text(name or None) for name in names)


def _line(cells: Mapping[str, Any]) -> bytes:
    return write_rows([[_cell(value) for value in cells.values()]]).encode()


def _cell(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return "" if value is None else str(value)


_WRITERS: Final[Mapping[Form, Callable[[Sequence[ShownEnrollment], datetime], bytes]]] = {
    Form.CSV: _write_csv,
    Form.NDJSON: _write_ndjson,
}
