"""Tables as XLSX files, in and out: cells are texts, as in ``promotions/csv_files.py``. Pure.

A file that comes is a ZIP archive of XML: its size unpacked is looked at before anything is, and
entities are refused (by defusedxml, which openpyxl uses where it is there).
"""

from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime, time
from typing import Any, BinaryIO, Final
from zipfile import BadZipFile, ZipFile

from openpyxl import Workbook, load_workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.writer.excel import save_workbook

from promotions.csv_files import guarded
from promotions.errors import Refused, refuse

_MOST_UNPACKED: Final = 30 * 1024 * 1024
_MOST_FILES: Final = 500
"""Inside of one workbook."""
_MOST_COLUMNS: Final = 200
_HOW_TO_SAVE: Final = "Save it as “Excel workbook (.xlsx)” or as “CSV UTF-8”, and send that."
_LONGEST_CELL: Final = 32_767


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


def read_workbook(file: BinaryIO, *, most_rows: int) -> Iterator[tuple[int, list[str]]]:
    """The rows of a workbook's first sheet, by their numbers: of those behind ``most_rows``, one
    more. Raises ``Refused``."""
    _check_size(file)
    try:
        book = load_workbook(file, read_only=True, data_only=True)
        sheet = book.worksheets[0]
        # What the file says of its own size need not be true.
        rows: Iterable[Any] = sheet.iter_rows(max_row=most_rows + 2, max_col=_MOST_COLUMNS)
        found = [(number, [_text(cell) for cell in row]) for number, row in enumerate(rows, 1)]
    except Refused:
        raise
    except Exception as error:  # a broken file makes the reader stumble in any way there is
        raise refuse("invalid_value", f"This workbook can't be read. {_HOW_TO_SAVE}") from error
    first = next((at for at, (_, cells) in enumerate(found) if any(cells)), len(found))
    yield from ((number, _trimmed(cells)) for number, cells in found[first:])


def _check_size(file: BinaryIO) -> None:
    """Raises ``Refused`` for what is no ZIP archive, or a bomb: what an archive says of its files'
    sizes is what is unpacked of them at most."""
    try:
        with ZipFile(file) as archive:
            inside = archive.infolist()
    except (BadZipFile, OSError, ValueError, NotImplementedError) as error:
        raise refuse("invalid_value", f"This is no workbook. {_HOW_TO_SAVE}") from error
    if len(inside) > _MOST_FILES or sum(one.file_size for one in inside) > _MOST_UNPACKED:
        raise refuse(
            "payload_too_large",
            "The workbook is too large unpacked. Send fewer rows at once, and no pictures.",
        )
    file.seek(0)


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
            return str(value)[:_LONGEST_CELL]


def _trimmed(cells: list[str]) -> list[str]:
    """Without the empty cells behind the last."""
    while cells and not cells[-1].strip():
        cells.pop()
    return cells


def _writable(text: str) -> str:
    """Without what XML has no room for, and no longer than a cell can be."""
    kept = "".join(letter for letter in text if letter >= " " or letter in "\t\n")
    return kept[:_LONGEST_CELL]
