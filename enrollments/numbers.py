"""Enrollment numbers: the ``Name`` of a PromotionPartyUsage, a pure function of its key."""

import re

_NUMBER = re.compile(r"PPU-(\d{1,18})", re.ASCII | re.IGNORECASE)


def enrollment_number(key: int) -> str:
    """``PPU-000000042`` for primary key 42."""
    return f"PPU-{key:09d}"


def parse_enrollment_number(text: str) -> int | None:
    """The primary key behind an enrollment number; None where the text is none. Case and leading
    zeros don't matter: people type these."""
    match = _NUMBER.fullmatch(text.strip())
    return int(match[1]) if match else None
