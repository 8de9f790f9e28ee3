"""Tables as CSV files, in and out, row by row. Pure.

In: UTF-8 with or without a byte order mark; commas, semicolons or tabs, whichever the header has,
or a line ``sep=;`` before it says; blank lines are passed over. Out: as RFC 4180 has it. Cells that
a spreadsheet would take for a formula are written with an apostrophe before them, which is taken
away again on the way in.
"""

import csv
import io
import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from itertools import chain
from typing import Any, BinaryIO, Final

from promotions.errors import DomainError, Refused, refuse

_FORMULA: Final = re.compile(r"'*[=+\-@\t\r]")
_DELIMITERS: Final = ",;\t"
_NAMED_DELIMITER: Final = re.compile(
    r"""\ufeff?[ "]*sep *= *"?([!#-/:-@\[-`{-~]|\t)[,;\t "]*[\r\n]*\Z""", re.IGNORECASE
)
_NOT_UTF8: Final = re.compile("[\x00\udc80-\udcff]")
"""What is no text in UTF-8. NUL is how another encoding shows, and no database takes it."""
_MOST_TOLD: Final = 20
"""Of what is wrong with a header."""
HOW_TO_SAVE: Final = "Save the file as “CSV UTF-8”."


@dataclass(frozen=True, slots=True)
class Row:
    """One row of a file."""

    line: int
    """Where it begins; the first line is 1."""
    cells: Mapping[str, str]
    """By column; without blanks around."""
    problem: str | None = None
    """Why it can't be read, as a sentence."""


def read_rows(
    file: BinaryIO, *, columns: Collection[str], required: Collection[str]
) -> Iterator[Row]:
    """The rows of a CSV file whose header names some of ``columns``, in any order and case, and all
    the ``required`` ones. Nothing but the row at hand is kept. Where ``columns`` is a mapping, it
    says which column each name means, and spaces within a name don't matter.

    Raises ``Refused`` for a header that doesn't, at once, and where the file stops being CSV, when
    that is read: what comes behind can't be trusted.
    """
    text = io.TextIOWrapper(file, encoding="utf-8-sig", errors="surrogateescape", newline="")
    skipped, first, delimiter = 0, "", ","
    try:
        for first in text:
            named = named_delimiter(first)
            if first.strip() and named is None:
                break
            skipped, first, delimiter = skipped + 1, "", named or delimiter
    except Refused:
        text.detach()
        raise
    if not first.strip():
        text.detach()
        raise refuse("empty_request", "The file is empty. Send one with a header and rows.")
    reader = csv.reader(chain([first], text), delimiter=delimiter_of(first, delimiter), strict=True)
    lines = _lines(reader, skipped, text)
    _, header = next(lines)
    return _rows(lines, _columns(header, columns, required))


def delimiter_of(header: str, named: str = ",") -> str:
    """What stands between the columns of a header; the tab at its end is none. In a header of one
    column nothing does: there it is what was ``named``."""
    by_count: list[str] = [named, *_DELIMITERS]
    return max(by_count, key=header.strip().count)


def named_delimiter(line: str) -> str | None:
    """What the line ``sep=;``, which some programs write before the header, says that stands
    between columns; None for any other line. Raises ``Refused`` for what does so nowhere."""
    found = _NAMED_DELIMITER.match(line)
    if found is None:
        return None
    delimiter: str = found[1]
    if delimiter not in _DELIMITERS:
        detail = f"Separate columns by commas, semicolons or tabs instead of “{delimiter}”."
        raise refuse("invalid_value", detail)
    return delimiter


def rows_of(
    lines: Iterator[tuple[int, list[str]]], *, columns: Collection[str], required: Collection[str]
) -> Iterator[Row]:
    """The rows of a table that was no CSV file, by the numbers of its lines, header first. Raises
    ``Refused`` as ``read_rows`` does."""
    _, header = next(lines, (1, []))
    if not any(header):
        raise refuse("empty_request", "The file is empty. Send one with a header and rows.")
    return _rows(lines, _columns(header, columns, required))


def _lines(reader: Any, skipped: int, text: io.TextIOWrapper) -> Iterator[tuple[int, list[str]]]:
    """What a reader of the ``csv`` module reads of ``text``, with the numbers of the lines."""
    try:
        while True:
            line = skipped + reader.line_num + 1
            try:
                cells = next(reader, None)
            except csv.Error as error:
                detail = f"The file is no CSV from line {line} on ({error}). Mend it there."
                raise refuse("invalid_value", detail) from error
            if cells is None:
                return
            yield line, cells
    finally:
        if not text.closed:
            text.detach()  # or it would close the file, which is the caller's


def _columns(
    header: Sequence[str], columns: Collection[str], required: Collection[str]
) -> list[str]:
    """The columns that a header names."""
    check_encoding("".join(header))
    names = [cell.strip() for cell in header]
    where = ""
    if isinstance(columns, Mapping):
        where = "All columns are listed where you chose the file."
        meant = {_squeezed(name): column for name, column in columns.items()}
        found = [meant.get(_squeezed(name), name) for name in names]
        columns = list(dict.fromkeys(columns.values()))
    else:
        known = {name.lower(): name for name in columns}
        found = [known.get(name.lower(), name) for name in names]
    unknown = [name for name in found if name not in columns]
    errors = no_such_columns(unknown[:_MOST_TOLD], found, columns, where)
    errors += [
        DomainError("invalid_value", "The header names this column twice.", name[:80])
        for name in dict.fromkeys(found)
        if found.count(name) > 1
    ]
    errors += [
        DomainError("required", "The first line must name this column.", name)
        for name in required
        if name not in found
    ]
    if errors:
        raise Refused(*errors[:_MOST_TOLD])
    return found


def check_encoding(header: str) -> None:
    """Raises ``Refused`` for a header in UTF-16, Latin-1 or the like."""
    if _NOT_UTF8.search(header):
        raise refuse("invalid_value", f"The file is not encoded in UTF-8. {HOW_TO_SAVE}")


def no_such_columns(
    names: Sequence[str], header: Collection[str], columns: Collection[str], where: str = ""
) -> list[DomainError]:
    """What to say of columns of a header that nobody knows: which each may have been meant to be,
    of those that the ``header`` has not, and once, ``where`` all of ``columns`` are listed; without
    that, all of them."""
    left = [column for column in columns if column not in header]
    errors: list[DomainError] = []
    for name in names:
        near = columns_near(name, left)
        detail = "There is no such column."
        if near:
            detail += f" Is it {' or '.join(f'“{one}”' for one in near)}?"
        if not errors:
            detail += f" {where}" if where else f" Known are {', '.join(columns)}."
        errors.append(DomainError("unknown_property", detail, name[:80]))
    return errors


def columns_near(name: str, columns: Collection[str]) -> list[str]:
    """The ``columns`` that a name may have been meant to be."""
    by_letters = {_squeezed(column): column for column in columns}
    return [by_letters[one] for one in get_close_matches(_squeezed(name[:80]), by_letters)]


def of_another_width(row: str, cells: int, columns: int) -> str:
    """What is wrong with a row, called ``row``, that has so many cells under so many columns."""
    return f"{row} has {cells} {'cell' if cells == 1 else 'cells'}, the header {columns}."


def _squeezed(name: str) -> str:
    """A column's name as it is compared: ``Start date-time`` is ``startDateTime``."""
    return re.sub(r"[\s_-]+", "", name.casefold())


def _rows(lines: Iterable[tuple[int, list[str]]], columns: Sequence[str]) -> Iterator[Row]:
    for line, cells in lines:
        values = [unguarded(cell.strip()) for cell in cells]
        if any(values):
            problem = None
            if len(values) > len(columns):
                problem = of_another_width("The row", len(values), len(columns))
            elif any(_NOT_UTF8.search(value) for value in values):
                problem = f"The row is not encoded in UTF-8. {HOW_TO_SAVE}"
                values = [_NOT_UTF8.sub("\ufffd", value) for value in values]
            values += [""] * (len(columns) - len(values))
            yield Row(line, dict(zip(columns, values, strict=False)), problem)


def write_rows(rows: Iterable[Sequence[str]]) -> str:
    """Rows as lines of a CSV file."""
    text = io.StringIO()
    csv.writer(text).writerows([guarded(cell) for cell in row] for row in rows)
    return text.getvalue()


def guarded(cell: str) -> str:
    """A cell that no spreadsheet takes for a formula."""
    return f"'{cell}" if _FORMULA.match(cell) else cell


def unguarded(cell: str) -> str:
    """What a cell says: without the apostrophe that keeps a spreadsheet from calculating."""
    return cell[1:] if cell.startswith("'") and _FORMULA.match(cell) else cell
