"""How a promotion says when it runs, and when and how many customers enroll."""

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest

from promotions.wording import Topic
from promotions.wording.words import in_end, last_day
from tests.unit.wholes import FOR_EVER, berlin, whole
from tests.unit.wording.sayings import about

# --- When it runs ---------------------------------------------------------------------------------

PERIODS: dict[str, tuple[datetime | None, datetime | None, str]] = {
    "always": (None, None, "It runs until you end it."),
    "for ever": (None, FOR_EVER, "It runs until you end it."),
    "from for ever ago": (
        datetime.min.replace(tzinfo=UTC),
        berlin("2026-06-01"),
        "It runs until 31 May 2026 24:00 Europe/Berlin.",
    ),
    "written in UTC": (
        datetime(2026, 4, 30, 22, tzinfo=UTC),
        datetime(2026, 5, 31, 22, tzinfo=UTC),
        "It runs from 1 May 2026 00:00 to 31 May 2026 24:00 Europe/Berlin.",
    ),
    "an end within a day": (
        None,
        berlin("2026-05-31 23:59:59"),
        "It runs until 31 May 2026 23:59 Europe/Berlin.",
    ),
    "an end at midnight elsewhere": (
        None,
        datetime(2026, 6, 1, tzinfo=UTC),
        "It runs until 1 June 2026 02:00 Europe/Berlin.",
    ),
    "the year turns": (
        berlin("2026-12-01"),
        berlin("2027-01-01"),
        "It runs from 1 December 2026 00:00 to 31 December 2026 24:00 Europe/Berlin.",
    ),
}


@pytest.mark.parametrize(("start", "end", "text"), PERIODS.values(), ids=PERIODS.keys())
def test_when_it_runs(start: datetime | None, end: datetime | None, text: str) -> None:
    promotion = whole(start_date_time=start, end_date_time=end)
    assert about(Topic.PERIOD, promotion) == text


def test_it_runs_on_the_clocks_of_the_zone_that_is_named() -> None:
    promotion = whole(end_date_time=berlin("2026-06-01"))
    assert about(Topic.PERIOD, promotion, zone=ZoneInfo("America/New_York")) == (
        "It runs until 31 May 2026 18:00 America/New_York."
    )
    assert about(Topic.PERIOD, promotion, zone=ZoneInfo("UTC")) == (
        "It runs until 31 May 2026 22:00 UTC."
    )


def test_the_first_moment_of_the_calendar_breaks_nothing() -> None:
    first = datetime.min.replace(tzinfo=UTC)
    for zone in (ZoneInfo("UTC"), ZoneInfo("Europe/Berlin"), ZoneInfo("America/New_York")):
        assert in_end(first, zone)
        assert last_day(first, zone)


# --- When customers enroll, and how many ----------------------------------------------------------

FIRST, LAST = date(2026, 5, 1), date(2026, 5, 15)
WINDOWS: list[tuple[date | None, date | None, bool, str]] = [
    (None, None, False, "at any time."),
    (None, None, True, "at any time until it ends."),
    (FIRST, None, False, "from 1 May 2026 on in Europe/Berlin."),
    (FIRST, None, True, "from 1 May 2026 until it ends."),
    (None, LAST, False, "until the end of 15 May 2026 in Europe/Berlin."),
    (None, LAST, True, "until the end of 15 May 2026."),
    (FIRST, LAST, False, "from 1 May 2026 to the end of 15 May 2026 in Europe/Berlin."),
    (FIRST, FIRST, True, "on 1 May 2026 only."),
]


@pytest.mark.parametrize(("opens", "closes", "has_end", "text"), WINDOWS)
def test_when_customers_enroll(
    opens: date | None, closes: date | None, has_end: bool, text: str
) -> None:
    promotion = whole(
        is_enrollment_required=True,
        enrollment_start_date=opens,
        enrollment_end_date=closes,
        end_date_time=berlin("2026-06-01") if has_end else None,
    )
    assert about(Topic.ENROLLMENT, promotion) == f"Customers enroll {text}"


@pytest.mark.parametrize(
    ("places", "text"),
    [
        (None, "Customers enroll at any time."),
        (1, "Customers enroll at any time. At most 1 customer can be enrolled."),
        (2500, "Customers enroll at any time. At most 2,500 customers can be enrolled."),
    ],
)
def test_how_many_enroll(places: int | None, text: str) -> None:
    promotion = whole(is_enrollment_required=True, maximum_enrollment_count=places)
    assert about(Topic.ENROLLMENT, promotion) == text


def test_places_that_are_not_given_back() -> None:
    promotion = whole(
        is_enrollment_required=True,
        maximum_enrollment_count=5,
        is_place_freed_on_withdrawal=False,
    )
    text = "At most 5 customers can be enrolled; a place is not given back."
    assert text in about(Topic.ENROLLMENT, promotion)


def test_nothing_is_said_of_enrollment_where_it_is_off() -> None:
    promotion = whole(enrollment_end_date=LAST, maximum_enrollment_count=5)
    assert about(Topic.ENROLLMENT, promotion) == about(Topic.AUDIENCE, promotion) == ""
