"""Days and times as people type them: what they mean to somebody who types them on a Friday."""

from datetime import date, time

import pytest

from promotions.typed_dates import read_clock, read_day, read_time

TODAY = date(2026, 5, 15)
"""A Friday."""

DAYS = {
    "31 May": date(2026, 5, 31),
    "31 may": date(2026, 5, 31),
    "31. May": date(2026, 5, 31),
    "May 31": date(2026, 5, 31),
    "May 31st": date(2026, 5, 31),
    "31st of May": date(2026, 5, 31),
    "the 31st of May 2027": date(2027, 5, 31),
    "31 May 2026": date(2026, 5, 31),
    "31 May, 2026": date(2026, 5, 31),
    "31 May 26": date(2026, 5, 31),
    "31 May '26": date(2026, 5, 31),
    "31-May-2026": date(2026, 5, 31),
    "31May2026": date(2026, 5, 31),
    "May 31, 2026": date(2026, 5, 31),
    "  31   MAY  ": date(2026, 5, 31),
    "1 Sept": date(2026, 9, 1),
    "1 Sep.": date(2026, 9, 1),
    "15 May": date(2026, 5, 15),  # today is not over
    "14 May": date(2027, 5, 14),  # the next one
    "1 January": date(2027, 1, 1),
    "29 Feb": date(2028, 2, 29),
    "1.5.2026": date(2026, 5, 1),
    "1.5.26": date(2026, 5, 1),
    "01.05.2026": date(2026, 5, 1),
    "1. 5. 2026": date(2026, 5, 1),
    "1.6.": date(2026, 6, 1),
    "1.5.": date(2027, 5, 1),
    "2026-05-01": date(2026, 5, 1),
    "2026/5/1": date(2026, 5, 1),
    "9999-12-31": date(9999, 12, 31),
    "5/31/2026": date(2026, 5, 31),
    "31/5/2026": date(2026, 5, 31),
    "31/5": date(2026, 5, 31),
    "31-05-2026": date(2026, 5, 31),
    "6/6/2026": date(2026, 6, 6),
    "today": date(2026, 5, 15),
    "Tomorrow": date(2026, 5, 16),
    "yesterday": date(2026, 5, 14),
    "in 3 days": date(2026, 5, 18),
    "in a week": date(2026, 5, 22),
    "in 2 weeks": date(2026, 5, 29),
    "in two weeks": date(2026, 5, 29),
    "in 1 month": date(2026, 6, 15),
    "in 9 months": date(2027, 2, 15),
    "in a year": date(2027, 5, 15),
    "Monday": date(2026, 5, 18),
    "on Thursday": date(2026, 5, 21),
    "thu": date(2026, 5, 21),
    "end of May": date(2026, 5, 31),
    "end of February 2028": date(2028, 2, 29),
    "end of April": date(2027, 4, 30),
    "beginning of June": date(2026, 6, 1),
    "end of the month": date(2026, 5, 31),
}

NO_DAYS = {
    "5/6/2026": "5 June 2026 or 6 May 2026",
    "5/6": "or",
    "5-6-2026": "5 June 2026 or 6 May 2026",
    "Friday": "15 May 2026 or 22 May 2026",
    "next Monday": "18 May 2026 or 25 May 2026",
    "31 June": "June 2026 has 30 days",
    "31 June 2027": "June 2027 has 30 days",
    "29 Feb 2027": "has 28 days",
    "2026-13-01": "no such day",
    "31/31/2026": "no such day",
    "0 May": "May 2026 has 31 days",
    "May": "the day, too",
    "May 2026": "the day, too",
    "5 Smarch": "no month",
    "5 ma": "Write the day",
    "soon": "no month",
    "in 99999 years": "no such day",
    "next year": "Write the day",
    "": "Write the day",
    "31": "Write the day",
    "٣١ May": "Write the day",
    "x" * 5000: "Write the day",
}

TIMES = {
    "10:00": time(10),
    "10": time(10),
    "10.30": time(10, 30),
    "10h30": time(10, 30),
    "10:30:15": time(10, 30, 15),
    "10:30:15.25": time(10, 30, 15, 250_000),
    "10 am": time(10),
    "10am": time(10),
    "10 a.m.": time(10),
    "10:30 PM": time(22, 30),
    "12 am": time(0),
    "12:30 am": time(0, 30),
    "12 pm": time(12),
    "at 9": time(9),
    "9 o'clock": time(9),
    "noon": time(12),
    "0:00": time(0),
    "24:00": None,
    "end of day": None,
}

NO_TIMES = {
    "13 pm": "no 13 pm",
    "0 am": "no 0 am",
    "25:00": "no such time",
    "10:60": "no such time",
    "24:30": "no such time",
    "midnight": "00:00 or 24:00",
    "late": "Write the time",
    "10:0": "Write the time",
    "1000000": "Write the time",
}

CLOCKS = [
    ("31 May", "", False, "2026-05-31T00:00:00"),
    ("31 May", "", True, "2026-06-01T00:00:00"),  # to the very end of the day
    ("31 May", "24:00", False, "2026-06-01T00:00:00"),
    ("31 May", "23:59", True, "2026-05-31T23:59:00"),
    ("31 May 10 am", "", False, "2026-05-31T10:00:00"),
    ("tomorrow, 10:30", "", True, "2026-05-16T10:30:00"),
    ("tomorrow at noon", "", False, "2026-05-16T12:00:00"),
    ("2026-05-31T10:00", "", False, "2026-05-31T10:00:00"),
    ("May 31", "", False, "2026-05-31T00:00:00"),
    ("May 31 2026", "", False, "2026-05-31T00:00:00"),
    ("31.5.2026 10:00", "", False, "2026-05-31T10:00:00"),
]


@pytest.mark.parametrize(("typed", "day"), DAYS.items())
def test_days(typed: str, day: date) -> None:
    assert read_day(typed, today=TODAY) == day


@pytest.mark.parametrize(("typed", "says"), NO_DAYS.items(), ids=lambda text: text[:20])
def test_no_days(typed: str, says: str) -> None:
    with pytest.raises(ValueError, match=r"[Ww]rite|[Nn]o") as refused:
        read_day(typed, today=TODAY)
    assert says in str(refused.value)


@pytest.mark.parametrize(("typed", "clock"), TIMES.items())
def test_times(typed: str, clock: time | None) -> None:
    assert read_time(typed) == clock


@pytest.mark.parametrize(("typed", "says"), NO_TIMES.items())
def test_no_times(typed: str, says: str) -> None:
    with pytest.raises(ValueError, match=r"Write") as refused:
        read_time(typed)
    assert says in str(refused.value)


@pytest.mark.parametrize(("day", "clock", "ends", "moment"), CLOCKS)
def test_days_with_times(day: str, clock: str, ends: bool, moment: str) -> None:
    assert read_clock(day, clock, today=TODAY, ends=ends).isoformat() == moment


def test_the_last_day_of_the_calendar_has_no_midnight_behind_it() -> None:
    with pytest.raises(ValueError, match="Write a time"):
        read_clock("9999-12-31", "", today=TODAY, ends=True)
    last = read_clock("9999-12-31", "23:59:59", today=TODAY, ends=True)
    assert last.isoformat() == "9999-12-31T23:59:59"
