"""New records and the history of each, in PostgreSQL's binary format of COPY: what comes before the
rows, for each row the number of its cells and the cells, each behind its length, and what comes
after. The statement that decided on them wrote the cells that many have in common.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from struct import Struct
from typing import Final

from enrollments.services import enrollment_sql as sql

_BEGIN: Final = b"PGCOPY\n\xff\r\n\0" + bytes(8)
_END: Final = Struct(">h").pack(-1)
_NULL: Final = Struct(">i").pack(-1)
_KEY: Final = 8
"""Bytes of a primary key."""
_ROWS_IN_PIECE: Final = 1_000
_BEGIN_WITH_KEY: Final = Struct(">hiq").pack
_BEGIN_WITH_TWO_KEYS: Final = Struct(">hiqiq").pack
_ONE_KEY: Final = Struct(">iq").pack


@dataclass(frozen=True, slots=True)
class NewRecords:
    """Records to be, of contacts, as ``enrollment_sql.deciding_on_staged`` answers with them."""

    keys: Sequence[int]
    contacts: Sequence[int]
    accounts: Sequence[int | None]
    terms: Sequence[int]
    """Which of the terms, from 1, a record is of."""
    cells: Sequence[str]
    """What records have in common, for each of the terms."""
    note: str
    """What all rows of history have in common."""

    def records(self) -> Iterator[bytes]:
        """For ``enrollment_sql.COPY_RECORDS``, piece by piece: PostgreSQL is at work at each while
        the next one is put together."""
        count = len(sql.RECORD_COLUMNS)
        common = [b"", *map(bytes.fromhex, self.cells)]
        without_account = [_NULL + cells for cells in common]
        rows = zip(self.keys, self.contacts, self.accounts, self.terms, strict=True)
        return _in_pieces(
            _BEGIN_WITH_TWO_KEYS(count, _KEY, key, _KEY, contact) + without_account[terms]
            if account is None
            else _BEGIN_WITH_TWO_KEYS(count, _KEY, key, _KEY, contact)
            + _ONE_KEY(_KEY, account)
            + common[terms]
            for key, contact, account, terms in rows
        )

    def history(self) -> Iterator[bytes]:
        """For ``enrollment_sql.COPY_HISTORY``, piece by piece."""
        count = len(sql.HISTORY_COLUMNS)
        note = bytes.fromhex(self.note)
        return _in_pieces(_BEGIN_WITH_KEY(count, _KEY, key) + note for key in self.keys)


def _in_pieces(rows: Iterator[bytes]) -> Iterator[bytes]:
    yield _BEGIN
    while piece := b"".join(islice(rows, _ROWS_IN_PIECE)):
        yield piece
    yield _END
