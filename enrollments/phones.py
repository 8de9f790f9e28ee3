"""Telephone numbers as people write and read them out. Pure.

``+49 (0)30 23125-600``, ``0049 30 23125600`` and ``030 / 23125 600`` are one number: what tells
numbers apart are the last digits, what differs is how they begin.
"""

import re
from typing import Final

_TRUNK_ZERO: Final = re.compile(r"\(\s*0\s*\)")
_LOOKS_LIKE_ONE: Final = re.compile(r"[+\d\s().,/\-–]+", re.ASCII)
LEAST_DIGITS: Final = 5
"""With fewer than these nobody is looked for by a number."""
_LONGEST_COUNTRY: Final = 3
"""Digits of the longest country code."""


def phone_key(text: str) -> str | None:
    """What a number is looked up by: its digits without the zeros before them, the last one first,
    so that numbers that end alike stand together. None where there is no digit."""
    digits = _digits(text)
    return digits[::-1] or None


def phone_keys(text: str) -> tuple[str, list[str]]:
    """How keys of the numbers begin that ``text`` may mean, and which other keys may be meant:
    those of numbers kept without the country code that is written here."""
    digits = _digits(text)
    local = [digits[n:].lstrip("0")[::-1] for n in range(1, _LONGEST_COUNTRY + 1)]
    return digits[::-1], [key for key in local if len(key) >= LEAST_DIGITS]


def looks_like_a_phone(text: str) -> bool:
    """Whether somebody who typed this may mean a number."""
    return bool(_LOOKS_LIKE_ONE.fullmatch(text)) and len(_digits(text)) >= LEAST_DIGITS


def _digits(text: str) -> str:
    plain = _TRUNK_ZERO.sub("", text)
    return "".join(c for c in plain if c.isascii() and c.isdigit()).lstrip("0")
