"""Unpacking workbooks (XLSX: ZIP archives of XML) that anybody may have sent. Pure.

Nothing that the archive says of itself is believed: what comes out of it is counted as it comes, in
small pieces, and so are the elements, each of which costs its reader many times its few letters.
"""

import zlib
from collections.abc import Iterator
from io import BytesIO
from typing import Any, BinaryIO, Final
from xml.parsers import expat
from zipfile import ZIP_DEFLATED, ZIP_STORED, BadZipFile, ZipFile, ZipInfo

from promotions.errors import refuse

HOW_TO_SAVE: Final = "Save it as “Excel workbook (.xlsx)” or as “CSV UTF-8”, and send that."
TOO_LARGE: Final = "The workbook is too large unpacked. Send fewer rows at once."
MOST_BYTES: Final = 30 * 1024 * 1024
MOST_FILES: Final = 500
MOST_ELEMENTS: Final = 1_000_000
"""In all files together; 2,000 rows of 50 cells have half a million at most."""
MOST_IN_A_ROW: Final = 60_000
"""Elements between one row, or shared text, and the next: a reader has them all at once. A row that
was formatted as a whole has 16,384."""
_PIECE: Final = 64 * 1024
_METHODS: Final = (ZIP_STORED, ZIP_DEFLATED)
_STEPS: Final = ("row", "si")
_BROKEN: Final = (
    BadZipFile, OSError, ValueError, RuntimeError, EOFError, zlib.error, expat.ExpatError,
)  # fmt: skip


def unpacked(file: BinaryIO) -> BytesIO:
    """The same archive with nothing compressed, and nothing but its XML. Raises ``Refused`` for
    what is no workbook, and for one that is too large."""
    try:
        with ZipFile(file) as archive:
            if len(archive.infolist()) > MOST_FILES:
                raise refuse("payload_too_large", TOO_LARGE)
            inside = {one.filename: one for one in archive.infolist()}  # the last of a name counts
            kept = [one for one in inside.values() if one.filename.endswith((".xml", ".rels"))]
            return _repacked(archive, kept)
    except _BROKEN as error:
        raise refuse("invalid_value", f"This is no workbook. {HOW_TO_SAVE}") from error


def _repacked(archive: ZipFile, kept: list[ZipInfo]) -> BytesIO:
    if any(one.compress_type not in _METHODS for one in kept):  # others can't be read in pieces
        raise refuse("invalid_value", f"The workbook is packed in an odd way. {HOW_TO_SAVE}")
    if sum(one.file_size for one in kept) > MOST_BYTES:  # it says so itself
        raise refuse("payload_too_large", TOO_LARGE)
    found, room, elements = BytesIO(), MOST_BYTES, MOST_ELEMENTS
    with ZipFile(found, "w", ZIP_STORED) as copy:
        for one in kept:
            counted = _Counted(elements)
            with archive.open(one) as source, copy.open(one.filename, "w") as target:
                for piece in _pieces(source):
                    room -= len(piece)
                    if room < 0:
                        raise refuse("payload_too_large", TOO_LARGE)
                    counted.read(piece)
                    target.write(piece)
            counted.read(b"", is_last=True)
            elements = counted.left
    found.seek(0)
    return found


def _pieces(source: Any) -> Iterator[bytes]:
    while piece := source.read(_PIECE):
        yield piece


class _Counted:
    """Counts the elements of one XML file while it is read. Raises ``Refused`` for too many, and
    for a file that declares entities."""

    def __init__(self, most: int) -> None:
        self.left = most
        self._in_a_row = 0
        self._parser = expat.ParserCreate()
        self._parser.StartElementHandler = self._count
        self._parser.StartDoctypeDeclHandler = self._refuse

    def read(self, piece: bytes, *, is_last: bool = False) -> None:
        self._parser.Parse(piece, is_last)

    def _count(self, name: str, attributes: dict[str, str]) -> None:
        self.left -= 1
        self._in_a_row = 0 if name.rpartition(":")[2] in _STEPS else self._in_a_row + 1
        if self.left < 0 or self._in_a_row > MOST_IN_A_ROW:
            raise refuse("payload_too_large", TOO_LARGE)

    def _refuse(self, *declared: Any) -> None:
        raise refuse("invalid_value", f"This is no workbook. {HOW_TO_SAVE}")
