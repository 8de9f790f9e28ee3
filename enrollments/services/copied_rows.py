"""New records and the history of each, in PostgreSQL's binary format of COPY: what comes before the
rows, for each row the number of its cells and the cells, each behind its length, and what comes
after. The statement that decided on them wrote the cells that many have in common.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from struct import Struct, unpack_from
from typing import Final

from enrollments.services import enrollment_sql as sql

_BEGIN: Final = b"PGCOPY\n\xff\r\n\0" + bytes(8)
_COUNT: Final = Struct(">h").pack
"""Begins a row: how many cells it has."""
_END: Final = _COUNT(-1)
_NULL: Final = Struct(">i").pack(-1)
_KEY: Final = Struct(">iq")
"""The cell of a key, behind its length."""
_NO_KEY: Final = _KEY.pack(8, 0)
_BEFORE_ELEMENTS: Final = 20
"""Bytes before the elements of an array."""
_ROWS_IN_PIECE: Final = 1_000


@dataclass(frozen=True, slots=True)
class NewRecords:
    """Records to be, of contacts, as ``enrollment_sql.deciding_on_staged`` answers with them:
    arrays in PostgreSQL's binary format. The elements of such an array stand in it like the cells
    of COPY, each behind its length."""

    keys: bytes
    contacts: bytes
    accounts: bytes
    """0 where there is none."""
    terms: bytes
    """Which of the terms a record is of."""
    cells: Sequence[bytes]
    """What records have in common, for each of the terms."""
    note: bytes
    """What all rows of history have in common."""

    def records(self) -> Iterator[bytes]:
        """For ``enrollment_sql.COPY_RECORDS``, piece by piece: PostgreSQL is at work at each while
        the next one is put together."""
        count = _COUNT(len(sql.RECORD_COLUMNS))
        without_account = [_NULL + cells for cells in self.cells]
        own = map(_keys_in, (self.keys, self.contacts, self.accounts))
        return _in_pieces(
            count + key + contact + without_account[terms]
            if account == _NO_KEY
            else count + key + contact + account + self.cells[terms]
            for key, contact, account, terms in zip(*own, numbers_in(self.terms), strict=True)
        )

    def history(self) -> Iterator[bytes]:
        """For ``enrollment_sql.COPY_HISTORY``, piece by piece."""
        count = _COUNT(len(sql.HISTORY_COLUMNS))
        return _in_pieces(count + key + self.note for key in _keys_in(self.keys))


def numbers_in(integers: bytes) -> tuple[int, ...]:
    """The elements of an array of integers in PostgreSQL's binary format, of which none is null."""
    size = (len(integers) - _BEFORE_ELEMENTS) // 4
    return unpack_from(f">{size}i", integers, _BEFORE_ELEMENTS)[1::2]


def _keys_in(keys: bytes) -> Iterator[bytes]:
    """The elements of an array of keys, each behind its length."""
    size = _KEY.size
    return (keys[n : n + size] for n in range(_BEFORE_ELEMENTS, len(keys), size))


def _in_pieces(rows: Iterator[bytes]) -> Iterator[bytes]:
    yield _BEGIN
    while piece := b"".join(islice(rows, _ROWS_IN_PIECE)):
        yield piece
    yield _END
