"""Tables as bulk jobs have them: CSV with a declared delimiter, read from any row on, and written.

In: UTF-8 with or without a byte order mark; quoted cells may hold line breaks; blank lines are
passed over. Where a row begins is told in bytes, so that whoever goes on with a table doesn't read
again what was done.
"""

import codecs
import csv
import io
import re
from collections.abc import Generator, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import BinaryIO, Final

_LONGEST_ROW: Final = 1024 * 1024
"""In bytes."""
_NOT_UTF8: Final = re.compile("[\udc80-\udcff]")


class UnreadableTable(Exception):
    """The table is no CSV from some line on: what comes behind can't be trusted."""


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
    """A table, its header read. Nothing but the row at hand is in memory."""

    def __init__(self, file: BinaryIO, delimiter: str) -> None:
        """Raises ``UnreadableTable``, ``EmptyTable`` where there is no header."""
        self._file = file
        self._delimiter = delimiter
        self._at, self._line, self._since_row = 0, 1, 0
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
            names = [cell.strip() for cell in cells]
            if any("\x00" in name or _NOT_UTF8.search(name) for name in names):
                raise UnreadableTable("The table is not encoded in UTF-8.")
            return names
        raise EmptyTable("The table is empty.")

    def _row(self, line: int, cells: list[str]) -> Row:
        wanted, problem = len(self.header), None
        if len(cells) != wanted:
            problem = f"Line {line} has {len(cells)} cells, the header {wanted}."
            cells = (cells + [""] * wanted)[:wanted]
        if any(_NOT_UTF8.search(cell) for cell in cells):
            problem = f"Line {line} is not encoded in UTF-8."
            cells = [_NOT_UTF8.sub("\ufffd", cell) for cell in cells]
        if any("\x00" in cell for cell in cells):
            problem = f"Line {line} has a NUL character."
        return Row(line, cells, self._at, self._line, problem)

    def _records(self) -> Iterator[tuple[int, list[str]]]:
        reader = csv.reader(self._lines(), delimiter=self._delimiter, strict=True)
        while True:
            line, self._since_row = self._line, 0
            try:
                cells = next(reader, None)
            except csv.Error as error:
                raise UnreadableTable(
                    f"The table is no CSV from line {line} on: {error}."
                ) from None
            if cells is None:
                return
            if cells:
                yield line, cells

    def _lines(self) -> Iterator[str]:
        while block := self._file.readline(_LONGEST_ROW + 1):
            begins, self._at = self._at, self._at + len(block)
            self._since_row += len(block)
            if self._since_row > _LONGEST_ROW:
                raise UnreadableTable(f"A row at line {self._line} is longer than 1 MB.")
            self._line += 1
            if begins == 0:
                block = block.removeprefix(codecs.BOM_UTF8)
            yield block.decode("utf-8", "surrogateescape")


def table_lines(rows: Iterable[Sequence[str]], *, delimiter: str, newline: str) -> bytes:
    """Rows as lines of a table."""
    text = io.StringIO()
    csv.writer(text, delimiter=delimiter, lineterminator=newline).writerows(rows)
    return text.getvalue().encode()
