"""Date literals: the days that ``TODAY`` or ``LAST_N_DAYS:30`` mean, seen from a moment. Pure.

Days and weeks are those of UTC, a week begins on Sunday, the fiscal year is the calendar's. Source:
the client contract, section 5, and the spans that the compatible platform documents.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Final


@dataclass(frozen=True, slots=True)
class Days:
    """From ``start`` on, before ``end``; None: without end, or outside of the calendar."""

    start: date | None
    end: date | None


@dataclass(frozen=True, slots=True)
class Moments:
    """The same of moments, in UTC."""

    start: datetime | None
    end: datetime | None


def moments_of(days: Days) -> Moments:
    """From midnight to midnight."""
    return Moments(_midnight(days.start), _midnight(days.end))


def _midnight(day: date | None) -> datetime | None:
    return None if day is None else datetime.combine(day, time.min, UTC)


def span_of(name: str, number: int | None, today: date) -> Days | None:
    """The days that a literal (``THIS_WEEK``, ``LAST_N_DAYS:n`` with its number) means; None where
    there is no such literal."""
    name = name.replace("FISCAL_", "")
    if name in _DAYS:
        return _days(today, *_DAYS[name])
    if name in _NUMBERED_DAYS and number is not None:
        return _days(today, *_NUMBERED_DAYS[name](number))
    steps, unit = _steps(name, number)
    return None if steps is None else _units(unit, today, *steps)


_DAYS: Final[Mapping[str, tuple[int, int]]] = {
    "YESTERDAY": (-1, 0),
    "TODAY": (0, 1),
    "TOMORROW": (1, 2),
    "LAST_90_DAYS": (-90, 1),
    "NEXT_90_DAYS": (1, 91),
}
"""First day and the one behind the last, seen from today."""
_NUMBERED_DAYS: Final[Mapping[str, Callable[[int], tuple[int, int]]]] = {
    "LAST_N_DAYS:n": lambda n: (-n, 1),
    "NEXT_N_DAYS:n": lambda n: (1, n + 1),
    "N_DAYS_AGO:n": lambda n: (-n, -n + 1),
}
_FORMS: Final[Mapping[str, Callable[[int], tuple[int, int]]]] = {
    "LAST_{}": lambda _: (-1, 0),
    "THIS_{}": lambda _: (0, 1),
    "NEXT_{}": lambda _: (1, 2),
    "LAST_N_{}S:n": lambda n: (-n, 0),
    "NEXT_N_{}S:n": lambda n: (1, n + 1),
    "N_{}S_AGO:n": lambda n: (-n, -n + 1),
}
"""First unit and the one behind the last, seen from the one that today is in."""
_UNITS: Final = ("WEEK", "MONTH", "QUARTER", "YEAR")


def _steps(name: str, number: int | None) -> tuple[tuple[int, int] | None, str]:
    for unit in _UNITS:
        for form, steps in _FORMS.items():
            if form.format(unit) == name and (number is not None or ":" not in name):
                return steps(number or 0), unit
    return None, ""


def _days(today: date, first: int, behind: int) -> Days:
    return Days(_plus(today, first), _plus(today, behind))


def _units(unit: str, today: date, first: int, behind: int) -> Days:
    if unit == "WEEK":
        # Monday is 0; a week begins on the day before.
        sunday = -((today.weekday() + 1) % 7)
        return _days(today, sunday + 7 * first, sunday + 7 * behind)
    length = {"MONTH": 1, "QUARTER": 3, "YEAR": 12}[unit]
    month = today.year * 12 + today.month - 1
    start = month - month % length
    return Days(_first_of(start + length * first), _first_of(start + length * behind))


def _plus(day: date, days: int) -> date | None:
    try:
        return day + timedelta(days=days)
    except OverflowError:
        return None


def _first_of(month: int) -> date | None:
    """The first day of the month with this number, counted from that of the year 0."""
    year, index = divmod(month, 12)
    return date(year, index + 1, 1) if 1 <= year <= 9999 else None
