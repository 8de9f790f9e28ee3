"""Moments on the wire: ISO 8601 with an offset, in and out."""

from datetime import UTC, date, datetime, timedelta, timezone
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from promotions.moments import day_in, format_moment, in_zone, parse_moment

ACCEPTED = [
    # text, the same moment in UTC
    ("2026-05-01T00:00:00Z", "2026-05-01T00:00:00Z"),
    ("2026-05-01t00:00:00z", "2026-05-01T00:00:00Z"),
    ("2026-05-01T00:00:00+00:00", "2026-05-01T00:00:00Z"),
    ("2026-05-01T00:00:00-00:00", "2026-05-01T00:00:00Z"),
    ("2026-05-01T00:00:00+02:00", "2026-04-30T22:00:00Z"),
    ("2026-05-01T00:00:00+0200", "2026-04-30T22:00:00Z"),
    ("2026-05-01T00:00:00.000+0000", "2026-05-01T00:00:00Z"),
    ("2026-05-01T00:00:00+02", "2026-04-30T22:00:00Z"),
    ("2026-05-01T00:00:00+05:45", "2026-04-30T18:15:00Z"),
    ("2026-05-01T00:00:00-11:00", "2026-05-01T11:00:00Z"),
    ("2026-05-01T00:00:00+14:00", "2026-04-30T10:00:00Z"),
    ("2026-05-01T12:34Z", "2026-05-01T12:34:00Z"),
    ("2026-05-01T12:34+01:00", "2026-05-01T11:34:00Z"),
    ("2026-05-01T12:34:56.5Z", "2026-05-01T12:34:56.500000Z"),
    ("2026-05-01T12:34:56,25Z", "2026-05-01T12:34:56.250000Z"),
    ("2026-05-01T12:34:56.123456Z", "2026-05-01T12:34:56.123456Z"),
    ("2026-05-01T12:34:56.123456999Z", "2026-05-01T12:34:56.123456Z"),
    ("2026-05-01T12:34:56.000Z", "2026-05-01T12:34:56Z"),
    ("2028-02-29T00:00:00Z", "2028-02-29T00:00:00Z"),
    ("9999-12-31T23:59:59Z", "9999-12-31T23:59:59Z"),
    ("0001-01-01T00:00:00Z", "0001-01-01T00:00:00Z"),
]


@pytest.mark.parametrize(("text", "in_utc"), ACCEPTED, ids=[text for text, _ in ACCEPTED])
def test_accepted(text: str, in_utc: str) -> None:
    moment = parse_moment(text)
    assert moment.utcoffset() == timedelta(0)
    assert format_moment(moment) == in_utc


REFUSED = {
    "empty": "",
    "blank": " ",
    "a word": "tomorrow",
    "no offset": "2026-05-01T00:00:00",
    "no offset, with fraction": "2026-05-01T00:00:00.5",
    "date only": "2026-05-01",
    "date with offset": "2026-05-01Z",
    "time only": "12:00:00Z",
    "basic format": "20260501T000000Z",
    "week date": "2026-W18-5T00:00:00Z",
    "ordinal date": "2026-121T00:00:00Z",
    "a space instead of T": "2026-05-01 00:00:00Z",
    "hour only": "2026-05-01T12Z",
    "fraction of a minute": "2026-05-01T12:34.5Z",
    "no digit in the fraction": "2026-05-01T12:34:56.Z",
    "ten digits in the fraction": "2026-05-01T12:34:56.1234567890Z",
    "leap second": "2016-12-31T23:59:60Z",
    "24 o'clock": "2026-05-01T24:00:00Z",
    "25 o'clock": "2026-05-01T25:00:00Z",
    "minute 60": "2026-05-01T12:60:00Z",
    "30 February": "2026-02-30T00:00:00Z",
    "29 February, no leap year": "2026-02-29T00:00:00Z",
    "month 13": "2026-13-01T00:00:00Z",
    "month 0": "2026-00-01T00:00:00Z",
    "year 0": "0000-01-01T00:00:00Z",
    "year 10000": "10000-01-01T00:00:00Z",
    "two-digit year": "26-05-01T00:00:00Z",
    "before the year 1 in UTC": "0001-01-01T00:00:00+00:01",
    "after the year 9999 in UTC": "9999-12-31T23:59:59-00:01",
    "offset of a day": "2026-05-01T00:00:00+24:00",
    "offset with minute 60": "2026-05-01T00:00:00+02:60",
    "offset with seconds": "2026-05-01T00:00:00+02:00:30",
    "one digit offset": "2026-05-01T00:00:00+2",
    "offset by name": "2026-05-01T00:00:00 Europe/Berlin",
    "Z and offset": "2026-05-01T00:00:00Z+02:00",
    "minus sign of typography": "2026-05-01T00:00:00−02:00",
    "space before": " 2026-05-01T00:00:00Z",
    "newline after": "2026-05-01T00:00:00Z\n",
    "digits of another script": "٢٠٢٦-05-01T00:00:00Z",
    "number of seconds": "1777593600",
}


@pytest.mark.parametrize("text", REFUSED.values(), ids=REFUSED.keys())
def test_refused_with_a_sentence_that_shows_how(text: str) -> None:
    with pytest.raises(ValueError, match="2026-05-01T00:00:00Z"):
        parse_moment(text)


@given(st.datetimes(timezones=st.timezones()).filter(lambda moment: 1 < moment.year < 9999))
def test_what_is_written_reads_back_as_the_same_moment(moment: datetime) -> None:
    text = format_moment(moment)
    assert text.endswith("Z")
    assert parse_moment(text) == moment.astimezone(UTC)


def test_a_fraction_is_shown_only_where_there_is_one() -> None:
    moment = datetime(2026, 5, 1, 2, 0, tzinfo=timezone(timedelta(hours=2)))
    assert format_moment(moment) == "2026-05-01T00:00:00Z"
    assert format_moment(moment.replace(microsecond=7)) == "2026-05-01T00:00:00.000007Z"


@pytest.mark.parametrize(
    ("zone", "moment", "day"),
    [
        ("UTC", "2026-05-01T00:00:00Z", "2026-05-01"),
        ("Europe/Berlin", "2026-04-30T22:00:00Z", "2026-05-01"),
        ("Europe/Berlin", "2026-04-30T21:59:59Z", "2026-04-30"),
        ("Pacific/Kiritimati", "2026-04-30T10:00:00Z", "2026-05-01"),
        ("Pacific/Pago_Pago", "2026-05-01T10:59:59Z", "2026-04-30"),
        # "For ever" east of Greenwich, the beginning of time west of it: the calendar has no such
        # day, and there is nothing to decide any more.
        ("Europe/Berlin", "9999-12-31T23:59:59Z", "9999-12-31"),
        ("America/New_York", "0001-01-01T00:00:00Z", "0001-01-01"),
    ],
)
def test_the_day_in_a_zone(zone: str, moment: str, day: str) -> None:
    assert day_in(ZoneInfo(zone), parse_moment(moment)) == date.fromisoformat(day)


def test_a_moment_in_a_zone_is_the_same_moment() -> None:
    for text in ("2026-05-01T00:00:00Z", "9999-12-31T23:59:59Z"):
        assert in_zone(parse_moment(text), ZoneInfo("Asia/Tokyo")) == parse_moment(text)
