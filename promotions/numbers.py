"""Record numbers: the ``Name`` of records that have no other, a pure function of their key. Pure.

``PPU-000000042`` is the enrollment with primary key 42. People read them out and type them.
"""

import re
from collections.abc import Iterable
from typing import Final

_DIGITS: Final = 9


def record_number(letters: str, key: int) -> str:
    """The number of primary key ``key`` among the records that ``letters`` stand for."""
    return f"{letters}-{key:0{_DIGITS}d}"


def record_numbers(letters: str, keys: Iterable[int]) -> list[str]:
    """The same for many."""
    form = f"{letters}-%0{_DIGITS}d"
    return [form % key for key in keys]


def parse_record_number(letters: str, text: str) -> int | None:
    """The primary key behind a number; None where the text is none of this kind. Case and leading
    zeros don't matter."""
    match = re.fullmatch(rf"{letters}-(\d{{1,18}})", text.strip(), re.ASCII | re.IGNORECASE)
    return int(match[1]) if match else None
