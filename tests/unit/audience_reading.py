"""Reading files of customers from memory, for those who test what is read."""

from datetime import UTC, datetime
from io import BufferedReader, BytesIO
from typing import cast

import pytest

from enrollments.audience_files import Header, read_audience, read_header
from enrollments.wire import Item, Unreadable
from promotions import ids
from promotions.errors import Refused

PROMOTION = 7
CONTACT = ids.encode(ids.CONTACT, 42)
ACCOUNT = ids.encode(ids.ACCOUNT, 3)
OFFER = ids.encode(ids.OFFER, 9)
OPENED = datetime(2026, 5, 1, tzinfo=UTC)


def rows_of(data: bytes, code: str | None = "SPRING") -> list[tuple[int, Item | Unreadable]]:
    file = BufferedReader(BytesIO(data))
    read = read_audience(file, promotion_id=PROMOTION, promotion_code=code)
    return [row for some in read for row in some.rows]


def items_of(data: bytes) -> list[Item]:
    items = [item for _, item in rows_of(data)]
    assert all(isinstance(item, Item) for item in items), items
    return cast("list[Item]", items)


def told(data: bytes) -> list[tuple[int, str]]:
    """Each row by its line, with what it says: an e-mail address, or the code of its error."""
    return [
        (line, item.email or "" if isinstance(item, Item) else item.errors[0].code)
        for line, item in rows_of(data)
    ]


def pointers(data: bytes) -> list[str]:
    [(_, row)] = rows_of(data)
    assert isinstance(row, Unreadable)
    return [f"{error.code} {error.pointer}".strip() for error in row.errors]


def header_of(data: bytes) -> Header:
    return read_header(BufferedReader(BytesIO(data)))


def refusals(data: bytes) -> list[tuple[str, str]]:
    with pytest.raises(Refused) as caught:
        header_of(data)
    return [(error.code, error.pointer) for error in caught.value.errors]
