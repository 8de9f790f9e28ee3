"""What makes a promotion valid, begun, over, open: tables of cases."""

from datetime import date, timedelta
from zoneinfo import ZoneInfo

import pytest

from promotions.rules import (
    EnrollmentWindow,
    currency_problem,
    enrollment_window,
    has_begun,
    is_over,
    priority_order,
    promotion_problems,
    promotion_status,
    uses_per_cart,
)
from tests.unit.fakes import NOW, FakePromotion

UTC = ZoneInfo("UTC")
TICK = timedelta(microseconds=1)
TODAY = date(2026, 5, 15)
DAY = timedelta(days=1)


def test_periods_are_half_open() -> None:
    assert has_begun(None, NOW)
    assert has_begun(NOW, NOW)
    assert not has_begun(NOW + TICK, NOW)
    assert not is_over(None, NOW)
    assert is_over(NOW, NOW)
    assert not is_over(NOW + TICK, NOW)


STATUSES = {
    "without dates": (FakePromotion(), "running"),
    "begins this moment": (FakePromotion(start_date_time=NOW), "running"),
    "takes no enrollment": (FakePromotion(is_enrollment_required=False), "running"),
    "ends in a moment": (FakePromotion(end_date_time=NOW + TICK), "running"),
    "running, enrollment closed": (
        FakePromotion(enrollment_end_date=TODAY - DAY),
        "running",
    ),
    "ends this moment": (FakePromotion(end_date_time=NOW), "ended"),
    "inactive and over": (FakePromotion(is_active=False, end_date_time=NOW), "ended"),
    "inactive": (FakePromotion(is_active=False), "draft"),
    "inactive and ahead": (FakePromotion(is_active=False, start_date_time=NOW + TICK), "draft"),
    "ahead, enrollment open": (FakePromotion(start_date_time=NOW + TICK), "enrolling"),
    "ahead, enrollment opens today": (
        FakePromotion(start_date_time=NOW + TICK, enrollment_start_date=TODAY),
        "enrolling",
    ),
    "ahead, enrollment closes today": (
        FakePromotion(start_date_time=NOW + TICK, enrollment_end_date=TODAY),
        "enrolling",
    ),
    "ahead, enrollment opens tomorrow": (
        FakePromotion(start_date_time=NOW + TICK, enrollment_start_date=TODAY + DAY),
        "scheduled",
    ),
    "ahead, enrollment closed yesterday": (
        FakePromotion(start_date_time=NOW + TICK, enrollment_end_date=TODAY - DAY),
        "scheduled",
    ),
    "ahead, takes no enrollment": (
        FakePromotion(start_date_time=NOW + TICK, is_enrollment_required=False),
        "scheduled",
    ),
}


@pytest.mark.parametrize(("promotion", "word"), STATUSES.values(), ids=STATUSES.keys())
def test_status(promotion: FakePromotion, word: str) -> None:
    assert promotion_status(promotion, NOW, UTC) == word


def test_the_window_is_days_of_the_organisations_zone() -> None:
    promotion = FakePromotion(enrollment_start_date=date(2026, 5, 16))
    assert enrollment_window(promotion, NOW, UTC) is EnrollmentWindow.NOT_OPEN
    east = ZoneInfo("Pacific/Kiritimati")  # where it is the 16th already
    assert enrollment_window(promotion, NOW, east) is EnrollmentWindow.OPEN


PROBLEMS = {
    "without dates": (FakePromotion(), (), []),
    "ends after it starts": (
        FakePromotion(start_date_time=NOW, end_date_time=NOW + TICK),
        (),
        [],
    ),
    "ends as it starts": (
        FakePromotion(start_date_time=NOW, end_date_time=NOW),
        (),
        ["endDateTime"],
    ),
    "ends before": (
        FakePromotion(start_date_time=NOW, end_date_time=NOW - DAY),
        (),
        ["endDateTime"],
    ),
    "only a start": (FakePromotion(start_date_time=NOW), (), []),
    "only an end": (FakePromotion(end_date_time=NOW), (), []),
    "enrollment of one day": (
        FakePromotion(enrollment_start_date=TODAY, enrollment_end_date=TODAY),
        (),
        [],
    ),
    "enrollment closes before it opens": (
        FakePromotion(enrollment_start_date=TODAY, enrollment_end_date=TODAY - DAY),
        (),
        ["enrollmentEndDate"],
    ),
    "enrollment outside the promotion is allowed": (
        FakePromotion(
            start_date_time=NOW + 30 * DAY,
            enrollment_start_date=TODAY,
            enrollment_end_date=TODAY + DAY,
        ),
        (),
        [],
    ),
    "the organisation's currency": (FakePromotion(currency_iso_code="EUR"), ("EUR", "USD"), []),
    "another currency": (
        FakePromotion(currency_iso_code="GBP"),
        ("EUR", "USD"),
        ["currencyIsoCode"],
    ),
    "a currency where there is one only": (
        FakePromotion(currency_iso_code="EUR"),
        (),
        ["currencyIsoCode"],
    ),
    "all at once": (
        FakePromotion(
            start_date_time=NOW,
            end_date_time=NOW,
            enrollment_start_date=TODAY,
            enrollment_end_date=TODAY - DAY,
            currency_iso_code="EUR",
        ),
        (),
        ["endDateTime", "enrollmentEndDate", "currencyIsoCode"],
    ),
}


@pytest.mark.parametrize(
    ("promotion", "currencies", "pointers"), PROBLEMS.values(), ids=PROBLEMS.keys()
)
def test_problems(
    promotion: FakePromotion, currencies: tuple[str, ...], pointers: list[str]
) -> None:
    problems = list(promotion_problems(promotion))
    if promotion.currency_iso_code is not None:
        problems += currency_problem(promotion.currency_iso_code, currencies)
    assert [problem.pointer for problem in problems] == pointers
    assert {problem.code for problem in problems} <= {"invalid_value"}


@pytest.mark.parametrize(("maximum", "uses"), [(None, 1), (1, 1), (7, 7)])
def test_a_blank_maximum_of_uses_means_one(maximum: int | None, uses: int) -> None:
    assert uses_per_cart(maximum) == uses


def test_a_lower_priority_number_comes_first_and_blank_comes_last() -> None:
    promotions = [(None, 1), (10, 2), (0, 3), (None, 4), (10, 5), (2**31 - 1, 6)]
    ordered = sorted(promotions, key=lambda one: priority_order(*one))
    assert [key for _, key in ordered] == [3, 2, 5, 6, 1, 4]
