"""Which days date literals mean."""

from datetime import date

import pytest

from promotions.sobjects.query.dates import Days, span_of

WEDNESDAY = date(2026, 4, 15)


@pytest.mark.parametrize(
    ("literal", "number", "start", "end"),
    [
        ("TODAY", None, "2026-04-15", "2026-04-16"),
        ("YESTERDAY", None, "2026-04-14", "2026-04-15"),
        ("TOMORROW", None, "2026-04-16", "2026-04-17"),
        ("THIS_WEEK", None, "2026-04-12", "2026-04-19"),
        ("LAST_WEEK", None, "2026-04-05", "2026-04-12"),
        ("NEXT_WEEK", None, "2026-04-19", "2026-04-26"),
        ("LAST_MONTH", None, "2026-03-01", "2026-04-01"),
        ("THIS_MONTH", None, "2026-04-01", "2026-05-01"),
        ("NEXT_QUARTER", None, "2026-07-01", "2026-10-01"),
        ("LAST_FISCAL_QUARTER", None, "2026-01-01", "2026-04-01"),
        ("THIS_YEAR", None, "2026-01-01", "2027-01-01"),
        ("NEXT_FISCAL_YEAR", None, "2027-01-01", "2028-01-01"),
        ("LAST_90_DAYS", None, "2026-01-15", "2026-04-16"),
        ("NEXT_90_DAYS", None, "2026-04-16", "2026-07-15"),
        ("LAST_N_DAYS:n", 3, "2026-04-12", "2026-04-16"),
        ("NEXT_N_DAYS:n", 3, "2026-04-16", "2026-04-19"),
        ("N_DAYS_AGO:n", 3, "2026-04-12", "2026-04-13"),
        ("LAST_N_WEEKS:n", 2, "2026-03-29", "2026-04-12"),
        ("N_WEEKS_AGO:n", 2, "2026-03-29", "2026-04-05"),
        ("LAST_N_MONTHS:n", 4, "2025-12-01", "2026-04-01"),
        ("NEXT_N_MONTHS:n", 9, "2026-05-01", "2027-02-01"),
        ("N_QUARTERS_AGO:n", 2, "2025-10-01", "2026-01-01"),
        ("LAST_N_FISCAL_QUARTERS:n", 1, "2026-01-01", "2026-04-01"),
        ("LAST_N_YEARS:n", 2, "2024-01-01", "2026-01-01"),
        ("N_FISCAL_YEARS_AGO:n", 1, "2025-01-01", "2026-01-01"),
        ("NEXT_N_YEARS:n", 9000, "2027-01-01", None),
        ("LAST_N_DAYS:n", 999_999, None, "2026-04-16"),
        ("LAST_N_DAYS:n", 0, "2026-04-15", "2026-04-16"),
    ],
)
def test_spans(literal: str, number: int | None, start: str | None, end: str | None) -> None:
    days = [date.fromisoformat(day) if day else None for day in (start, end)]
    assert span_of(literal, number, WEDNESDAY) == Days(*days)


def test_a_week_begins_on_sunday() -> None:
    sunday = date(2026, 4, 12)
    assert span_of("THIS_WEEK", None, sunday) == Days(sunday, date(2026, 4, 19))


@pytest.mark.parametrize("literal", ["SOMEDAY", "LAST_N_DAYS:n", "THIS_N_DAYS:n", ""])
def test_what_is_no_literal(literal: str) -> None:
    assert span_of(literal, None, WEDNESDAY) is None
