"""Tables as XLSX files, in and out: cells are texts, as in ``promotions/csv_files.py``. Pure.

A file that comes is a ZIP archive of XML, which may grow a thousandfold while it is unpacked and
read. ``promotions/unpacking.py`` unpacks it first, within limits; openpyxl is given only that.
"""

from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime, time
from typing import Any, BinaryIO, Final

from openpyxl import Workbook, load_workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.writer.excel import save_workbook

from promotions.csv_files import guarded
from promotions.errors import Refused, refuse
from promotions.unpacking import HOW_TO_SAVE, TOO_LARGE, unpacked

LONGEST_CELL: Final = 32_767
MOST_LETTERS: Final = 20_000_000
"""In all cells together: a workbook may keep a text once and have it in every cell."""


def is_workbook(file: BinaryIO) -> bool:
    """Whether a file claims to be one: the beginning says so, whatever its name."""
    start = file.read(4)
    file.seek(0)
    return start == b"PK\x03\x04"


def write_workbook(rows: Iterable[Sequence[str]], file: BinaryIO, *, title: str) -> None:
    """Rows as the only sheet of a workbook. Every cell is a text: nothing is calculated."""
    book = Workbook(write_only=True)
    sheet = book.create_sheet(title[:31])
    sheet.freeze_panes = "A2"
    for row in rows:
        cells = []
        for text in row:
            cell = WriteOnlyCell(sheet, value=_writable(guarded(text)))
            cell.data_type = "s"
            cells.append(cell)
        sheet.append(cells)
    save_workbook(book, file)


def read_workbook(
    file: BinaryIO, *, most_rows: int, most_columns: int
) -> Iterator[tuple[int, list[str]]]:
    """The rows of a workbook's first sheet, by their numbers: of those behind ``most_rows``, one
    more; of each, its first ``most_columns`` cells. Raises ``Refused``."""
    try:
        book = load_workbook(unpacked(file), read_only=True, data_only=True, keep_links=False)
        sheet = book.worksheets[0]
        # What the file says of its own size need not be true.
        rows: Iterable[Any] = sheet.iter_rows(max_row=most_rows + 2, max_col=most_columns)
        found = list(_texts(rows))
    except Refused:
        raise
    except Exception as error:  # a broken file makes the reader stumble in any way there is
        raise refuse("invalid_value", f"This workbook can't be read. {HOW_TO_SAVE}") from error
    first = next((at for at, (_, cells) in enumerate(found) if cells), len(found))
    yield from found[first:]


def _texts(rows: Iterable[Any]) -> Iterator[tuple[int, list[str]]]:
    """What the rows say, numbered, without the empty cells behind the last."""
    letters = 0
    for number, row in enumerate(rows, 1):
        cells = []
        for cell in row:
            text = _text(cell)
            letters += len(text)
            if len(text) > LONGEST_CELL:
                detail = f"A cell of row {number} is longer than {LONGEST_CELL:,} letters. Mend it."
                raise refuse("invalid_value", detail)
            if letters > MOST_LETTERS:
                raise refuse("payload_too_large", TOO_LARGE)
            cells.append(text)
        yield number, _trimmed(cells)


def _text(cell: Any) -> str:
    """What a cell says, as it would be typed."""
    match cell.value:
        case None:
            return ""
        case bool() as value:
            return "Yes" if value else "No"
        case datetime() as moment:
            shows_time = "h" in (cell.number_format or "").lower()
            return f"{moment:%Y-%m-%d %H:%M:%S}" if shows_time else f"{moment:%Y-%m-%d}"
        case date() | time() as value:
            return value.isoformat()
        case float() as number if number.is_integer():
            return str(int(number))
        case value:
            return str(value)


def _trimmed(cells: list[str]) -> list[str]:
    """Without the empty cells behind the last."""
    while cells and not cells[-1].strip():
        cells.pop()
    return cells


def _writable(text: str) -> str:
    """Without what XML has no room for, and no longer than a cell can be."""
    kept = "".join(letter for letter in text if letter >= " " or letter in "\t\n")
    return kept[:LONGEST_CELL]
