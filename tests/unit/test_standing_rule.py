"""Where a customer stands: one word, the first that holds."""

from dataclasses import replace
from datetime import timedelta

import pytest

from enrollments.standing import Standing, standing
from tests.unit.fakes import NOW, FakePromotion, FakeUsage

TICK = timedelta(microseconds=1)

ENROLLED = FakeUsage()
WITHDRAWN = FakeUsage(is_party_enrolled=False)
EXPIRED = FakeUsage(enrollment_expiration_date_time=NOW)
TO_BEGIN = FakeUsage(enrollment_effective_date_time=NOW + TICK)
RUNNING = FakePromotion()
OVER = FakePromotion(end_date_time=NOW)
INACTIVE = FakePromotion(is_active=False)
DELETED = FakePromotion(is_deleted=True)
AHEAD = FakePromotion(start_date_time=NOW + TICK)

CASES = {
    "enrolled": (ENROLLED, RUNNING, "active"),
    "begins this moment": (
        replace(ENROLLED, enrollment_effective_date_time=NOW),
        RUNNING,
        "active",
    ),
    "promotion begins this moment": (ENROLLED, FakePromotion(start_date_time=NOW), "active"),
    "ends in a moment": (
        replace(ENROLLED, enrollment_expiration_date_time=NOW + TICK),
        FakePromotion(end_date_time=NOW + TICK),
        "active",
    ),
    "enrollment needs nothing of is_enrollment_required": (
        ENROLLED,
        FakePromotion(is_enrollment_required=False),
        "active",
    ),
    "to begin": (TO_BEGIN, RUNNING, "scheduled"),
    "promotion to begin": (ENROLLED, AHEAD, "scheduled"),
    "promotion inactive": (ENROLLED, INACTIVE, "paused"),
    "promotion deleted": (ENROLLED, DELETED, "paused"),
    "paused goes before scheduled": (TO_BEGIN, replace(AHEAD, is_active=False), "paused"),
    "own window over": (EXPIRED, RUNNING, "expired"),
    "promotion over": (ENROLLED, OVER, "expired"),
    "expired goes before paused": (EXPIRED, INACTIVE, "expired"),
    "expired goes before paused, by the promotion": (
        ENROLLED,
        replace(OVER, is_deleted=True),
        "expired",
    ),
    "expired goes before scheduled": (TO_BEGIN, OVER, "expired"),
    "withdrawn": (WITHDRAWN, RUNNING, "withdrawn"),
    "withdrawn goes before expired": (WITHDRAWN, OVER, "withdrawn"),
    "withdrawn goes before all": (
        replace(EXPIRED, is_party_enrolled=False),
        replace(INACTIVE, end_date_time=NOW, is_deleted=True),
        "withdrawn",
    ),
}


@pytest.mark.parametrize(("usage", "promotion", "word"), CASES.values(), ids=CASES.keys())
def test_the_first_that_holds(usage: FakeUsage, promotion: FakePromotion, word: str) -> None:
    assert standing(usage, promotion, NOW) == word


def test_the_words_are_the_contracts() -> None:
    assert list(Standing) == ["withdrawn", "expired", "paused", "scheduled", "active"]
