"""Days and times as people type them. Pure: today is an argument, and there is no time zone.

What can be read in two ways is refused with both ways to write it. Whoever asks shows back what was
understood.
"""

import re
from calendar import monthrange
from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from typing import Final

from promotions.wording.words import in_day

HOW_TO_WRITE_A_DAY: Final = "Write the day as in 31 May 2026, 31.5.2026, 2026-05-31 or tomorrow."
HOW_TO_WRITE_A_TIME: Final = "Write the time as in 10:00, 10 am or noon."
_MONTHS: Final = (
    *("january", "february", "march", "april", "may", "june"),
    *("july", "august", "september", "october", "november", "december"),
)
_WEEKDAYS: Final = (
    *("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"),
)
_UNITS: Final = {"day": 1, "week": 7, "month": 0, "year": 0}
_COUNTS: Final = {"a": 1, "an": 1, "one": 1, "two": 2, "three": 3, "four": 4, "six": 6}
_NTH: Final = r"(?P<day>\d{1,2})(?:st|nd|rd|th|\.)?"
_NAME: Final = r"(?P<month>[a-z]{3,9})\.?"
_YEAR: Final = r"(?:,?[\s-]*(?P<year>\d{4}|'?\d{2}))?"
_MOST_YEARS: Final = 8
"""From a 29 February to the next, over the end of a century."""


def read_day(text: str, *, today: date) -> date:
    """The day that ``text`` means to somebody who types it ``today``.

    Without a year it is the next such day, today included. Raises ``ValueError``, whose message
    says what to write instead, for what is no day or may be two.
    """
    typed = " ".join(text.casefold().split())
    for pattern, read in _FORMS:
        if match := pattern.fullmatch(typed):
            try:
                return read(match, today)
            except OverflowError as error:
                raise ValueError("There is no such day in the calendar.") from error
    raise ValueError(f"“{text[:40]}” is no day that can be read. {HOW_TO_WRITE_A_DAY}")


def read_time(text: str) -> time | None:
    """The time of day that ``text`` means; None for 24:00, the end of the day.

    Raises ``ValueError``, whose message says what to write instead.
    """
    typed = " ".join(text.casefold().split())
    if typed in ("24:00", "24.00", "24", "end of day", "end of the day"):
        return None
    if typed in ("noon", "midday"):
        return time(12)
    if typed in ("start of day", "beginning of day", "start of the day"):
        return time(0)
    if typed == "midnight":
        raise ValueError(
            "Midnight can be the beginning or the end of a day. Write 00:00 or 24:00 instead."
        )
    if match := _TIME.fullmatch(typed):
        return _time(match, text)
    raise ValueError(f"“{text[:40]}” is no time that can be read. {HOW_TO_WRITE_A_TIME}")


def read_clock(day: str, clock: str, *, today: date, ends: bool = False) -> datetime:
    """What clocks and calendar show at the moment that somebody types as a day and a time.

    A time may also stand behind the day. Without one it is the beginning of the day or, where it
    ``ends`` something, the end: the midnight with which the next day begins. Raises ``ValueError``.
    """
    if not clock.strip():
        day, clock = _split(day)
    on = read_day(day, today=today)
    at = (None if ends else time(0)) if not clock.strip() else read_time(clock)
    if at is not None:
        return datetime.combine(on, at)  # a clock's face has no zone
    if on == date.max:
        raise ValueError("The calendar ends with this day. Write a time, such as 23:59.")
    return datetime.combine(on + timedelta(days=1), time(0))


# --- Times ----------------------------------------------------------------------------------------

_TIME: Final = re.compile(
    r"(?:at )?(?P<hour>\d{1,2})"
    r"(?:[:.h](?P<minute>\d{2})(?::(?P<second>\d{2})(?:\.(?P<fraction>\d{1,6}))?)?)?"
    r"\s*(?P<half>[ap]\.?m\.?|o'clock|h|uhr)?",
    re.ASCII,
)
_BEHIND: Final = re.compile(
    r"(?P<day>.+?)(?:,| at|t(?=\d{2}:)|\s)\s*"
    r"(?P<clock>\d{1,2}[:h]\d{2}(?::\d{2}(?:\.\d{1,6})?)?\s*(?:[ap]\.?m\.?)?|\d{1,2}\s*[ap]\.?m\.?"
    r"|noon|midday|midnight|24:00|end of day)",
    re.ASCII | re.IGNORECASE,
)


def _time(match: re.Match[str], text: str) -> time:
    hour, minute, second = (int(match[name] or 0) for name in ("hour", "minute", "second"))
    half = (match["half"] or "").replace(".", "")
    if half in ("am", "pm"):
        if not 1 <= hour <= 12:
            raise ValueError(f"There is no {hour} {half}. Write the time as in 1 pm or 13:00.")
        hour = hour % 12 + (12 if half == "pm" else 0)
    try:
        return time(hour, minute, second, int((match["fraction"] or "").ljust(6, "0")))
    except ValueError as error:
        raise ValueError(f"There is no such time as {text[:40]}. {HOW_TO_WRITE_A_TIME}") from error


def _split(text: str) -> tuple[str, str]:
    """A day with a time behind it, as both; ``T`` stands between them in a date-time."""
    match = _BEHIND.fullmatch(" ".join(text.split()))
    return (match["day"], match["clock"]) if match else (text, "")


# --- Days -----------------------------------------------------------------------------------------


def _relative(match: re.Match[str], today: date) -> date:
    return today + timedelta(days={"today": 0, "tomorrow": 1, "yesterday": -1}[match[0]])


def _in_units(match: re.Match[str], today: date) -> date:
    written, unit = match["count"], match["unit"]
    count = _COUNTS[written] if written in _COUNTS else int(written)
    if unit in ("day", "week"):
        return today + timedelta(days=count * _UNITS[unit])
    months = today.year * 12 + today.month - 1 + count * (12 if unit == "year" else 1)
    year, month = divmod(months, 12)
    if not 1 <= year <= 9999:
        raise OverflowError
    return date(year, month + 1, min(today.day, monthrange(year, month + 1)[1]))


def _weekday(match: re.Match[str], today: date) -> date:
    name = match["weekday"]
    index = next(n for n, full in enumerate(_WEEKDAYS) if full.startswith(name[:3]))
    if not _WEEKDAYS[index].startswith(name):
        raise ValueError(f"“{match[0]}” is no day that can be read. {HOW_TO_WRITE_A_DAY}")
    days = (index - today.weekday()) % 7
    first = today + timedelta(days=days)
    if days == 0 or match["next"]:
        later = first + timedelta(days=7)
        raise ValueError(
            f"“{match[0]}” can be {in_day(first)} or {in_day(later)}. Write which of them."
        )
    return first


def _iso(match: re.Match[str], today: date) -> date:
    return _date(int(match["year"]), int(match["month"]), int(match["day"]))


def _dotted(match: re.Match[str], today: date) -> date:
    """As on the continent: the day comes first."""
    return _dated(match["year"], int(match["month"]), int(match["day"]), today)


def _slashed(match: re.Match[str], today: date) -> date:
    """Month or day first, whichever it can be; not where it can be either."""
    first, second = int(match["first"]), int(match["second"])
    if first <= 12 and second <= 12 and first != second:
        year = match["year"]
        one = _dated(year, second, first, today)
        other = _dated(year, first, second, today)
        raise ValueError(
            f"“{match[0]}” can be {in_day(one)} or {in_day(other)}. Write one of these."
        )
    month, day = (second, first) if first > 12 else (first, second)
    return _dated(match["year"], month, day, today)


def _named(match: re.Match[str], today: date) -> date:
    return _dated(match["year"], _month(match["month"]), int(match["day"]), today)


def _edge(match: re.Match[str], today: date) -> date:
    """The first or the last day of a month."""
    month, year = today.month, today.year
    if match["month"]:
        month = _month(match["month"])
        written = _year(match["year"])
        year = written or (today.year if month >= today.month else today.year + 1)
    last = monthrange(year, month)[1]
    return _date(year, month, last if match["edge"] == "end" else 1)


def _only_month(match: re.Match[str], today: date) -> date:
    name = _MONTHS[_month(match["month"]) - 1].capitalize()
    raise ValueError(f"Write the day, too, as in 1 {name} or end of {name}.")


def _month(name: str) -> int:
    for number, full in enumerate(_MONTHS, start=1):
        if full.startswith(name) or (name == "sept" and number == 9):
            return number
    raise ValueError(f"There is no month “{name}”. {HOW_TO_WRITE_A_DAY}")


def _year(text: str | None) -> int | None:
    if not text:
        return None
    year = int(text.lstrip("'"))
    return year if len(text) == 4 else 2000 + year


def _dated(year: str | None, month: int, day: int, today: date) -> date:
    if (written := _year(year)) is not None:
        return _date(written, month, day)
    for ahead in range(_MOST_YEARS + 1):
        try:
            found = date(today.year + ahead, month, day)
        except ValueError:
            continue  # 29 February
        if found >= today:
            return found
    return _date(today.year, month, day)


def _date(year: int, month: int, day: int) -> date:
    try:
        return date(year, month, day)
    except ValueError as error:
        if 1 <= month <= 12 and 1 <= year <= 9999:
            name, last = _MONTHS[month - 1].capitalize(), monthrange(year, month)[1]
            raise ValueError(f"{name} {year} has {last} days. Write another day.") from error
        raise ValueError(f"There is no such day. {HOW_TO_WRITE_A_DAY}") from error


_FORMS: Final[tuple[tuple[re.Pattern[str], Callable[[re.Match[str], date], date]], ...]] = tuple(
    (re.compile(pattern, re.ASCII), read)
    for pattern, read in (
        (r"today|tomorrow|yesterday", _relative),
        (r"in (?P<count>\d{1,5}|an?|one|two|three|four|six) (?P<unit>day|week|month|year)s?",
         _in_units),
        (r"(?P<next>next )?(?:on )?(?P<weekday>mon|tues?|wed|thu(?:rs?)?|fri|sat|sun"
         r"|monday|tuesday|wednesday|thursday|friday|saturday|sunday)", _weekday),
        (r"(?P<year>\d{4})[-/.](?P<month>\d{1,2})[-/.](?P<day>\d{1,2})", _iso),
        (r"(?P<day>\d{1,2})\.\s?(?P<month>\d{1,2})\.?\s?(?P<year>\d{4}|\d{2})?", _dotted),
        (r"(?P<first>\d{1,2})[/-](?P<second>\d{1,2})(?:[/-](?P<year>\d{4}|\d{2}))?", _slashed),
        (rf"(?:the )?{_NTH}(?: of)?[ -]?{_NAME}{_YEAR}", _named),
        (rf"{_NAME} (?:the )?{_NTH}(?:(?:,| )\s*(?P<year>\d{{4}}))?", _named),
        (r"(?:the )?(?P<edge>end|start|beginning) of (?:(?:the|this) )?month"
         r"(?P<month>)(?P<year>)", _edge),
        (rf"(?:the )?(?P<edge>end|start|beginning) of {_NAME}{_YEAR}", _edge),
        (rf"{_NAME}{_YEAR}", _only_month),
    )
)  # fmt: skip
"""The forms that a day can have, the first that fits."""
