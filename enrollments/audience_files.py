"""Files of customers to be enrolled, read row by row however long they are. Pure.

CSV (UTF-8, with or without a byte order mark; commas, semicolons or tabs, whichever the header has)
with the columns of ``enrollments/wire.py``, or newline-delimited JSON, an item of the wire format
in each line; either may be compressed by gzip. Bad rows are told, each with the line that it begins
in, and the rest is read. Blank lines are passed over, and what ``sep=;`` before the header of a CSV
file says is heeded.
"""

import csv
import gzip
import io
import re
import zlib
from collections import deque
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from io import BufferedReader
from typing import Any, Final, NamedTuple, Protocol, cast

import orjson

from enrollments.wire import COLUMNS, Item, TableReader, Unreadable, parse_audience_item
from promotions import ids
from promotions.csv_files import (
    HOW_TO_SAVE,
    check_encoding,
    columns_near,
    delimiter_of,
    named_delimiter,
    no_such_columns,
    of_another_width,
    unguarded,
)
from promotions.errors import DomainError, Refused, refuse
from promotions.folding import fold

CSV: Final = "csv"
NDJSON: Final = "ndjson"
_MOST_BLANK_LINES: Final = 1000
"""Before the header; behind it, no more are looked at to tell whether there is a row."""
LONGEST_ROW: Final = 64 * 1024
"""Bytes. A longer one is refused, and no more of it than this is in memory."""
_MOST_LINES: Final = 100
"""Of one row, which has several where a quoted cell has line breaks."""
_BLOCK: Final = 256 * 1024
_TOGETHER: Final = 16 * 1024
"""Bytes that are read at once: what is made of more would not stay in the processor's caches. Less
than half of the longest row, so that only ``next`` of ``_Lines`` has longer ones."""
_TOLD_TOGETHER: Final = 1_000
"""Rows that are read one by one: of a file in which each opens a quote, one leads to the next."""
_GZIP: Final = b"\x1f\x8b"
_BROKEN_OFF: Final = (EOFError, zlib.error, gzip.BadGzipFile)
"""What a compressed stream raises that is not whole."""
_WORKBOOKS: Final = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0")
"""What the files of spreadsheet programs begin with, new ones and old."""
_MARK: Final = b"\xef\xbb\xbf"
_MOST_TOLD: Final = 20
"""Of what is wrong with a header."""
_DATA: Final = re.compile(r"@|\d{3}|^\W*[A-Za-z]{0,2}[\W_]*\d")
"""What is in an address, an id or a date, and in the name of a column hardly ever."""
_NO_HEADER: Final = (
    "The first line names no column that is known, and looks like a row. Begin the file with a "
    f"line that names the columns, such as “email”. Known are {', '.join(COLUMNS)}."
)
_CUT_SHORT: Final = "unexpected end of data"
"""The ``csv`` module's words for a quote that is not closed."""


Row = tuple[int, Item | Unreadable]
"""The line in which it begins, and what it says."""


class Stream(Protocol):
    """A binary file that can be read, as ``open`` and ``io`` have them."""

    def read(self, size: int, /) -> bytes: ...
    def read1(self, size: int, /) -> bytes: ...
    def readline(self, size: int, /) -> bytes: ...
    def seek(self, offset: int, /) -> int: ...


class Rows(NamedTuple):
    """Some consecutive rows of a file, at least one."""

    rows: Sequence[Row]
    size: int
    """How many bytes they had, with the blank lines around them; of a row that is too long no more
    than of the longest."""


@dataclass(frozen=True, slots=True)
class Header:
    """What the beginning of a file says of the rest."""

    format: str
    is_compressed: bool
    columns: Sequence[str] = ()
    """Of a CSV file."""
    delimiter: str = ","


def _unreadable(detail: str) -> Unreadable:
    return Unreadable((DomainError("invalid_value", detail),))


_TOO_LONG: Final = _unreadable(f"A row has at most {LONGEST_ROW // 1024} kB. Check its quotes.")
_NOT_CLOSED: Final = _unreadable("A quote is opened in this row and not closed. Mend the row.")
_NOT_UTF8: Final = _unreadable(f"The row is not encoded in UTF-8. {HOW_TO_SAVE}")
_LONG_LINE: Final = b"(too long)\n\n"
"""In place of a line that is too long: no line is like it."""


def read_header(file: Stream) -> Header:
    """Raises ``Refused`` for a file that is neither CSV with known columns nor JSON, and for one
    whose header nothing follows, or a few blank lines: where more of them follow,
    ``read_audience`` finds out."""
    header, lines = _begin(file)
    with _whole_gzip():
        if not lines.may_have_rows(header.delimiter):
            raise _without_rows()
    return header


def read_audience(file: Stream, *, promotion_id: int, promotion_code: str | None) -> Iterator[Rows]:
    """The rows of a file in their order, to be enrolled in the promotion with this key and code: a
    row that names another is unreadable.

    Raises ``Refused`` for a wrong header, where there is no row, and where a compressed file breaks
    off.
    """
    header, lines = _begin(file)
    if header.format == CSV:
        read = _csv_rows(lines, header, promotion_id)
    else:
        read = _json_rows(lines, promotion_id, promotion_code)
    found, size = False, 0
    try:
        for rows in read:
            if rows:
                found = True
                yield Rows(rows, lines.size - size)
                size = lines.size
    except _BROKEN_OFF as error:
        detail = f"The compressed file breaks off behind line {lines.number}. Send it again, whole."
        raise refuse("invalid_value", detail) from error
    if not found:
        raise _without_rows()


def _begin(file: Stream) -> tuple[Header, "_Lines"]:
    """The header, and the lines behind it."""
    beginning = file.read(4)
    file.seek(0)
    if beginning in _WORKBOOKS:
        detail = "The file is a workbook or an archive. Save the list as “CSV UTF-8” and send that."
        raise refuse("invalid_value", detail)
    is_compressed = beginning.startswith(_GZIP)
    stream = file
    if is_compressed:
        stream = gzip.GzipFile(fileobj=cast("Any", file))
    lines = _Lines(stream)
    with _whole_gzip():
        first = lines.first()
        if _has_old_line_ends(first):
            stream.seek(0)
            lines = _Lines(BufferedReader(_LineFeeds(stream), _BLOCK))
            first = lines.first()
    first = first.removeprefix(_MARK)
    if first.strip() == b"{" or first.lstrip().startswith(b"["):
        detail = "Write each customer as a JSON object in a line of its own, without a list around."
        raise refuse("malformed_json", detail)
    if _is_json(first):
        lines.give_back([(lines.number, first)])
        return Header(NDJSON, is_compressed), lines
    if not first:
        raise refuse("empty_request", "The file is empty. Send one with a header and rows.")
    columns, delimiter = _columns(first, lines.delimiter)
    return Header(CSV, is_compressed, columns, delimiter), lines


@contextmanager
def _whole_gzip() -> Iterator[None]:
    """Around what reads the beginning of a file."""
    try:
        yield
    except _BROKEN_OFF as error:
        raise refuse("invalid_value", "The file is no whole gzip file. Send it again.") from error


def _without_rows() -> Refused:
    detail = "The file has a header and no rows. Write a row for each customer below it."
    return refuse("empty_request", detail)


def _is_json(first: bytes) -> bool:
    begins = first.lstrip()
    return begins.startswith(b"{") and not begins.startswith(b"{\x00")  # which is UTF-16


def _has_old_line_ends(first: bytes) -> bool:
    """Whether lines end with a carriage return alone, so that the header goes on in what is the
    first one by line feeds. In JSON it is but a blank."""
    return b"\r" in first.strip() and not _is_json(first)


class _LineFeeds(io.RawIOBase):
    """A stream with line feeds in place of its carriage returns."""

    def __init__(self, stream: Stream) -> None:
        self._stream = stream

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        block = self._stream.read1(len(buffer))
        buffer[: len(block)] = block.replace(b"\r", b"\n")
        return len(block)


class _Lines:
    """The lines of a stream with their numbers, from 1: one by one, or those that are there at
    once. Lines can be given back."""

    def __init__(self, stream: Stream) -> None:
        self._stream = stream
        self._readline = stream.readline
        self._begun = b""
        """What has been read of the next line."""
        self._back: deque[tuple[int, bytes]] = deque()
        self.number = 0
        self.size = 0
        """How many bytes have been read."""
        self.delimiter = ","
        """What stands between columns, by a line before the header."""

    def __iter__(self) -> "_Lines":
        return self

    def __next__(self) -> tuple[int, bytes]:
        if self._back:
            return self._back.popleft()
        line, self._begun = self._begun, b""
        line += self._readline(LONGEST_ROW - len(line))
        if not line:
            raise StopIteration
        self.number += 1
        self.size += len(line)
        if len(line) == LONGEST_ROW and line[-1:] != b"\n":
            while line and line[-1:] != b"\n":
                line = self._readline(LONGEST_ROW)
            line = _LONG_LINE
        return self.number, line

    def together(self) -> tuple[int, bytes]:
        """As many of the next lines as are there at once, with the number of the first; none where
        only ``next`` knows: before the last and a long one, and of those that were given back.

        Raises what is wrong with the stream not before all lines in front of that were read.
        """
        if self._back:
            return 0, b""
        block = self._begun + self._stream.read1(_TOGETHER)
        lines, end, self._begun = block.rpartition(b"\n")
        lines += end
        first = self.number + 1
        self.number += lines.count(b"\n")
        self.size += len(lines)
        return first, lines

    def first(self) -> bytes:
        """The first line that is not blank, nor names the delimiter; empty where there is none.
        Looks no further than a header can be: a small file may unpack to very much."""
        for _ in range(_MOST_BLANK_LINES):
            line = self._readline(LONGEST_ROW)
            if not line:
                return b""
            self.number += 1
            is_too_long = len(line) == LONGEST_ROW and line[-1:] != b"\n"
            if is_too_long and not _has_old_line_ends(line):
                detail = f"The first line has more than {LONGEST_ROW // 1024} kB. Send a header."
                raise refuse("invalid_value", detail)
            if line.removeprefix(_MARK).split():
                named = named_delimiter(line.removeprefix(_MARK).decode("latin-1"))
                if named is None:
                    return line
                self.delimiter = named
        detail = f"The file begins with {_MOST_BLANK_LINES:,} blank lines. Take them out."
        raise refuse("invalid_value", detail)

    def may_have_rows(self, delimiter: str) -> bool:
        """Whether it can't be ruled out that a row follows; what was read for that is gone. Looks
        as far as ``first`` does."""
        if self._back:
            return True
        nothing = b" \t\r\n" + delimiter.encode()
        for _ in range(_MOST_BLANK_LINES):
            line = self._readline(LONGEST_ROW)
            if not line:
                return False
            if line.strip(nothing) or (line[-1:] != b"\n" and len(line) == LONGEST_ROW):
                return True
        return True

    def give_back(self, lines: Sequence[tuple[int, bytes]]) -> None:
        self._back.extendleft(reversed(lines))

    def are_given_back(self) -> bool:
        """Whether lines that were given back are left."""
        return bool(self._back)


def _numbered(first: int, lines: bytes) -> list[tuple[int, bytes]]:
    """Whole lines with their numbers."""
    return [(number, line + b"\n") for number, line in enumerate(lines.split(b"\n")[:-1], first)]


# --- CSV ------------------------------------------------------------------------------------------


def _columns(first: bytes, delimiter: str) -> tuple[list[str], str]:
    """The columns that a header names, and what stands between them: ``delimiter`` if only one."""
    known = {name.lower(): name for name in COLUMNS}
    text = first.decode("utf-8", "surrogateescape")
    check_encoding(text)
    delimiter = delimiter_of(text, delimiter)
    try:
        named = [
            cell.strip()
            for cell in next(csv.reader([text], delimiter=delimiter, skipinitialspace=True))
        ]
    except (csv.Error, StopIteration):
        named = [text.strip()]
    unknown = [name for name in named if name and name.lower() not in known]
    if len(unknown) == len([*filter(None, named)]) and _are_data(unknown):
        raise refuse("invalid_value", _NO_HEADER)
    found = [known.get(name.lower(), name) for name in named]
    errors = no_such_columns(unknown[:_MOST_TOLD], found, COLUMNS)
    if "" in named:
        detail = f"Column {named.index('') + 1} of the header has no name. Name it, or take it out."
        errors.append(DomainError("invalid_value", detail))
    for name in dict.fromkeys(found):
        if name and found.count(name) > 1:
            detail = "The header names this column twice."
            errors.append(DomainError("invalid_value", detail, name[:80]))
    if errors:
        raise Refused(*errors[:_MOST_TOLD])
    return found, delimiter


def _are_data(cells: Sequence[str]) -> bool:
    """Whether what stands in place of names, none of which is known, is a row rather."""
    some = cells[:_MOST_TOLD]
    return any(map(_DATA.search, some)) and not any(columns_near(cell, COLUMNS) for cell in some)


def _csv_rows(lines: _Lines, header: Header, promotion_id: int) -> Iterator[Sequence[Row]]:
    table = TableReader(header.columns, promotion_id)
    while True:
        first, some = lines.together()
        if some:
            items = _plain_items(some, header.delimiter, table)
            if items is not None:
                yield [*enumerate(items, first)]
                continue
            lines.give_back(_numbered(first, some))
        elif one := next(lines, None):
            lines.give_back([one])
        else:
            return
        told: list[Row] = []
        try:
            while lines.are_given_back() and len(told) < _TOLD_TOGETHER:
                if row := _next_row(lines, header.delimiter, table):
                    told.append(row)
        except _BROKEN_OFF:  # in the row behind these
            yield told
            raise
        yield told


def _plain_items(lines: bytes, delimiter: str, table: TableReader) -> Sequence[Item] | None:
    """What whole lines say of which each is a row without quotes, where there is nothing to tell of
    any; None otherwise. Nearly all rows of an audience are read here."""
    if b'"' in lines:
        return None
    try:
        text = lines.decode().replace("\r\n", "\n")
    except UnicodeDecodeError:
        return None
    rows = [line.split(delimiter) for line in text.split("\n")[:-1]]
    if _may_have_blanks(text.replace("\n", "").replace(delimiter, "")):
        rows = [[*map(str.strip, cells)] for cells in rows]
    if "'" in text:
        rows = [[*map(unguarded, cells)] for cells in rows]
    return table.items(rows)


def _next_row(lines: _Lines, delimiter: str, table: TableReader) -> Row | None:
    """The row that begins in the next line, which there is; None where that is blank."""
    number, line = next(lines)
    is_quoted = b'"' in line
    if is_quoted:
        cells = _quoted_cells(lines, (number, line), delimiter)
    else:
        cells = _plain_cells(line, delimiter)
    if isinstance(cells, Unreadable):
        return number, cells
    if is_quoted or b"'" in line:  # a quoted row may go on in other lines
        cells = [*map(unguarded, cells)]
    width = len(table.columns)
    item = table.item(cells) if len(cells) == width else None
    if isinstance(item, Item):
        return number, item
    if not any(cells):
        return None
    return number, item or _of_another_width(len(cells), width)


def _of_another_width(cells: int, width: int) -> Unreadable:
    return _unreadable(f"{of_another_width('The row', cells, width)} Mend the row.")


def _plain_cells(line: bytes, delimiter: str) -> list[str] | Unreadable:
    """The cells of what nearly all rows are, without the blanks around them."""
    if line is _LONG_LINE:
        return _TOO_LONG
    try:
        text = line.decode().rstrip("\r\n")
    except UnicodeDecodeError:
        return _NOT_UTF8
    cells = text.split(delimiter)
    return [*map(str.strip, cells)] if _may_have_blanks(text) else cells


def _may_have_blanks(text: str) -> bool:
    return " " in text or not text.isprintable()  # no other blank is printable


def _quoted_cells(
    lines: _Lines, first: tuple[int, bytes], delimiter: str
) -> list[str] | Unreadable:
    """The same of a row with quotes, which may go on in the next lines. Of a row that can't be
    read the lines behind the first are given back: they may be good rows."""
    taken = [first]
    size = len(first[1])
    problem = None
    while problem is None:
        try:
            text = b"".join(line for _, line in taken).decode()
            quoted = csv.reader([text], delimiter=delimiter, strict=True, skipinitialspace=True)
            cells = next(quoted, [])
            return [*map(str.strip, cells)]
        except UnicodeDecodeError:
            problem = _NOT_UTF8
        except csv.Error as error:
            if str(error) != _CUT_SHORT:
                problem = _unreadable(f"The row is no CSV: {error}. Mend the row.")
        while problem is None:
            # A quote can only be closed in a line that has one.
            number, line = next(lines, (0, b""))
            if not line:
                problem = _NOT_CLOSED
                break
            taken.append((number, line))
            size += len(line)
            if line is _LONG_LINE or size > LONGEST_ROW or len(taken) > _MOST_LINES:
                problem = _NOT_CLOSED
            elif b'"' in line:
                break
    lines.give_back(taken[1:])
    return problem


# --- Newline-delimited JSON -----------------------------------------------------------------------


def _json_rows(
    lines: _Lines, promotion_id: int, promotion_code: str | None
) -> Iterator[Sequence[Row]]:
    this_one = {"id": ids.encode(ids.PROMOTION, promotion_id)}
    code = None if promotion_code is None else fold(promotion_code)

    def read(line: bytes) -> Item | Unreadable:
        if line is _LONG_LINE:
            return _TOO_LONG
        line = line.strip()
        try:
            body: Any = orjson.loads(line)
        except orjson.JSONDecodeError as error:
            return _no_json(line, error)
        if isinstance(body, dict) and body.get("promotion") is None:
            body["promotion"] = this_one
        return _of_promotion(parse_audience_item(body), promotion_id, code)

    while True:
        first, some = lines.together()
        if some:
            numbered = _numbered(first, some)
        elif one := next(lines, None):
            numbered = [one]
        else:
            return
        yield [(number, read(line)) for number, line in numbered if not line.isspace()]


def _no_json(line: bytes, error: orjson.JSONDecodeError) -> Unreadable:
    try:
        line.decode()
        detail = f"The line is not valid JSON: {error.msg}, column {error.colno}."
    except UnicodeDecodeError:
        detail = "The line is not encoded in UTF-8. Save the file in UTF-8."
    return Unreadable((DomainError("malformed_json", detail),))


def _of_promotion(
    item: Item | Unreadable, promotion_id: int, code: str | None
) -> Item | Unreadable:
    """The item, where it names the promotion that the file is for, and by its id."""
    if isinstance(item, Unreadable) or (
        item.promotion_id == promotion_id and item.promotion_code is None
    ):
        return item
    if item.promotion_id not in (None, promotion_id) or (
        item.promotion_code is not None and fold(item.promotion_code) != code
    ):
        detail = "The file is for another promotion. Leave the promotion out, or name that one."
        return Unreadable((DomainError("invalid_value", detail, "promotion"),))
    return item._replace(promotion_id=promotion_id, promotion_code=None)
