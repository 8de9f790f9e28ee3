"""Tables as bulk jobs have them: CSV with a declared delimiter, read from any row on, and written.

In: UTF-8 with or without a byte order mark; quoted cells may hold line breaks; blank lines are
passed over. Where a row begins is told in bytes, so that whoever goes on with a table doesn't read
again what was done.
"""

import codecs
import csv
import re
from collections.abc import Generator, Iterator, Sequence
from dataclasses import dataclass
from types import SimpleNamespace
from typing import BinaryIO, Final

from promotions.csv_files import of_another_width

_LONGEST_ROW: Final = 1024 * 1024
"""In bytes."""
_TOO_MUCH: Final = "has more than 1 MB, or a value of more than 131,072 characters"
_BLOCK: Final = 64 * 1024
_CELL_TOO_LONG: Final = "field limit"
"""By which the reader's error is known that a cell is longer than it takes, 131,072 characters.
That stays as it is: it holds for all tables that the process reads, whoever's they are."""
_BARE_RETURN: Final = "new-line character"
"""By which it is known that a line ends with a carriage return alone."""
_NOT_UTF8: Final = re.compile("[\udc80-\udcff]")
_NO_TEXT: Final = "The table is not encoded in UTF-8."


class UnreadableTable(Exception):
    """The table is no CSV from some line on: what comes behind can't be trusted."""


class _TooLong(Exception):
    """The row at hand is longer than ``_LONGEST_ROW``, or a cell of it than the reader takes."""


class EmptyTable(UnreadableTable):
    """There is nothing in the table, not even a header."""


@dataclass(frozen=True, slots=True)
class Row:
    """One row of a table."""

    line: int
    """The number of the line in which it begins; the first is 1."""
    cells: Sequence[str]
    """As many as the header has."""
    ends: int
    """Where it does, in bytes."""
    next_line: int
    problem: str | None = None
    """Why it can't be used, as a sentence."""


class Table:
    """A table, its header read. Nothing but the row at hand is in memory, and of one that is too
    long not even that."""

    def __init__(self, file: BinaryIO, delimiter: str, *, is_ours: bool = False) -> None:
        """``is_ours``: it was written by ``table_lines``, so that each quote in it has its other.
        Raises ``UnreadableTable``, ``EmptyTable`` where there is no header."""
        self._file = file
        self._delimiter, self._is_ours = delimiter, is_ours
        self._at, self._line, self._row_begins = 0, 1, 0
        file.seek(0)
        if b"\x00" in file.read(4):  # UTF-16, whose lines don't end where those of UTF-8 do
            raise UnreadableTable(_NO_TEXT)
        file.seek(0)
        self.header = self._header()
        self.begins = self._at
        """Where the rows begin, in bytes."""
        self.first_line = self._line

    def rows(self, *, begins: int, line: int) -> Generator[Row]:
        """The rows from the one that begins at the byte ``begins``, in this line, to the end.
        Raises ``UnreadableTable`` where the table stops being CSV, when that is read."""
        self._file.seek(begins)
        self._at, self._line = begins, line
        for starts_in, cells in self._records():
            yield self._row(starts_in, cells)

    def _header(self) -> list[str]:
        for _, cells in self._records():
            if cells is None:
                raise UnreadableTable(f"The header {_TOO_MUCH}.")
            names = [cell.strip() for cell in cells]
            if any("\x00" in name or _NOT_UTF8.search(name) for name in names):
                raise UnreadableTable(_NO_TEXT)
            return names
        raise EmptyTable("The table is empty.")

    def _row(self, line: int, cells: list[str] | None) -> Row:
        wanted, problem = len(self.header), None
        if cells is None:
            problem = f"The row at line {line} is too long: it {_TOO_MUCH}."
            return Row(line, [""] * wanted, self._at, self._line, problem)
        if len(cells) != wanted:
            problem = of_another_width(f"Line {line}", len(cells), wanted)
            cells = (cells + [""] * wanted)[:wanted]
        if any(_NOT_UTF8.search(cell) for cell in cells):
            problem = f"Line {line} is not encoded in UTF-8."
            cells = [_NOT_UTF8.sub("\ufffd", cell) for cell in cells]
        if any("\x00" in cell for cell in cells):
            problem = f"Line {line} has a NUL character."
        return Row(line, cells, self._at, self._line, problem)

    def _records(self) -> Iterator[tuple[int, list[str] | None]]:
        """The line in which each row begins, and its cells; None where it is too long."""
        reader = self._reader()
        while True:
            line, self._row_begins = self._line, self._at
            try:
                cells = self._next(reader, line)
            except _TooLong:
                self._pass_over(line)
                yield line, None
                reader = self._reader()
                continue
            if cells is None:
                return
            if cells:
                yield line, cells

    @staticmethod
    def _next(reader: Iterator[list[str]], line: int) -> list[str] | None:
        try:
            return next(reader, None)
        except csv.Error as error:
            if _CELL_TOO_LONG in str(error):
                raise _TooLong from None
            why = "a carriage return alone ends no line" if _BARE_RETURN in str(error) else error
            raise UnreadableTable(f"The table is no CSV from line {line} on: {why}.") from None

    def _reader(self) -> Iterator[list[str]]:
        return csv.reader(self._lines(), delimiter=self._delimiter, strict=True)

    def _lines(self) -> Iterator[str]:
        while block := self._file.readline(_LONGEST_ROW + 1):
            begins, self._at = self._at, self._at + len(block)
            if self._at - self._row_begins > _LONGEST_ROW:
                raise _TooLong
            self._line += 1
            if begins == 0:
                block = block.removeprefix(codecs.BOM_UTF8)
            yield block.decode("utf-8", "surrogateescape")

    def _pass_over(self, line: int) -> None:
        """Goes to behind the row at hand, which begins in this line. Raises ``UnreadableTable``
        where a quote of somebody else's leaves open where that is."""
        self._file.seek(self._row_begins)
        self._at, self._line, quotes = self._row_begins, line, 0
        while block := self._file.readline(_BLOCK):
            self._at += len(block)
            quotes += block.count(b'"')
            if quotes and not self._is_ours:
                raise UnreadableTable(f"A row at line {line} {_TOO_MUCH}, and has quotes.")
            if block.endswith(b"\n"):
                self._line += 1
                if quotes % 2 == 0:
                    return


def table_lines(rows: Sequence[Sequence[str]], *, delimiter: str, newline: str) -> bytes:
    """Rows as lines of a table; a cell that holds a line break of any kind is quoted."""
    text = "".join(_lines(rows, delimiter, newline))
    # Some Pythons quote a cell where it holds a character of this table's own line ending, and no
    # other: a carriage return alone would stand bare, which readers take for the end of a line.
    if newline == "\n" and "\r" in text:
        text = "".join(f"{line[:-2]}\n" for line in _lines(rows, delimiter, "\r\n"))
    return text.encode()


def _lines(rows: Sequence[Sequence[str]], delimiter: str, ending: str) -> list[str]:
    """A text for each row: the writer writes one at a time."""
    lines: list[str] = []
    into = SimpleNamespace(write=lines.append)
    csv.writer(into, delimiter=delimiter, lineterminator=ending).writerows(rows)
    return lines
