"""What the plain fields of an enrollment record take: its counts, and what is noted beside. Pure.

No rule of enrolling depends on these. The columns' own limits are the database's; here they are
kept before anything is written.
"""

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any, Final

from promotions import ids
from promotions.errors import DomainError

COUNTS: Final[Mapping[str, str]] = {
    "usage_count": "usageCount",
    "order_count": "orderCount",
    "issued_voucher_count": "issuedVoucherCount",
}
POINTS: Final = "points_credited"
NOTES: Final = "additional_attribute_info"
PLAIN: Final[Mapping[str, str]] = {
    **COUNTS,
    POINTS: "pointsCredited",
    NOTES: "additionalAttributeInfo",
}
"""What the object calls each of them, by the model's names."""

MOST: Final = 2**31 - 1
MOST_POINTS: Final = Decimal(10) ** 13
"""What is less has fifteen digits, and so many are kept exactly by every database."""
_CENT: Final = Decimal("0.01")
DEEPEST: Final = 50
"""How many lists and objects may lie within one another in structured notes."""


def plain_values(values: Mapping[str, Any]) -> tuple[dict[str, Any], list[DomainError]]:
    """The plain fields among ``values``, as their columns hold them (no count is none: 0), and what
    is wrong with the others."""
    plain: dict[str, Any] = {}
    errors = []
    for name, pointer in PLAIN.items():
        if name not in values:
            continue
        value = values[name]
        problem = _problem(name, value)
        if problem:
            errors.append(DomainError("invalid_value", problem, pointer))
        elif name == NOTES:
            plain[name] = value
        elif name == POINTS:
            plain[name] = Decimal(value or 0).quantize(_CENT)
        else:
            plain[name] = int(value or 0)
    return plain, errors


def is_same(old: object, new: object) -> bool:
    """Whether a field keeps its value. Clients read moments to the millisecond: one that comes back
    so has not been changed."""
    if isinstance(old, datetime) and isinstance(new, datetime):
        return new in (old, old.replace(microsecond=old.microsecond // 1000 * 1000))
    return old == new


def names_party(party: object) -> bool:
    """Whether ``party`` is the prefix and the key of what can be enrolled."""
    match party:
        case [ids.CONTACT | ids.ACCOUNT, int()]:
            return True
        case _:
            return False


def _problem(name: str, value: Any) -> str | None:
    if value is None:
        return None
    if name == NOTES:
        return _notes_problem(value)
    if isinstance(value, bool) or not isinstance(value, int | Decimal):
        return "Write a number."
    if name == POINTS:
        # What would be rounded up to the limit is past it.
        fits = 0 <= value <= MOST_POINTS - _CENT
        return None if fits else f"Write a number from 0 to less than {MOST_POINTS:.0f}."
    fits = 0 <= value <= MOST and value == int(value)
    return None if fits else f"Write a whole number from 0 to {MOST}."


def _notes_problem(notes: Any, depth: int = 0) -> str | None:
    match notes:
        case str():
            return "This must not contain the NUL character." if "\x00" in notes else None
        case float():
            finite = float("-inf") < notes < float("inf")
            return None if finite else "Write numbers that JSON has."
        case list() | dict() if depth == DEEPEST:
            return f"Nest lists and objects at most {DEEPEST} deep."
        case list():
            problems = (_notes_problem(one, depth + 1) for one in notes)
        case dict():
            parts = (part for pair in notes.items() for part in pair)
            problems = (_notes_problem(one, depth + 1) for one in parts)
        case _:
            return None
    return next((problem for problem in problems if problem), None)
