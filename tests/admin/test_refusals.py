"""Reasons of the rules as the admin's people read them: moments on the organisation's clocks."""

from typing import Any

import pytest

from promotions.admin.refusals import for_people
from promotions.moments import HOW_TO_WRITE


@pytest.mark.parametrize(
    ("reason", "read"),
    [
        (
            "The coupon starts at 2026-05-15T12:00:00Z. Redeem it from then on.",
            "The coupon starts at 15 May 2026, 14:00 (Europe/Berlin). Redeem it from then on.",
        ),
        (
            "The promotion ended at 2026-05-31T22:00:00Z.",
            "The promotion ended at 31 May 2026, 24:00 (Europe/Berlin).",
        ),
        (
            "The period would end (2020-03-31T22:00:00Z) at or before it begins "
            "(2020-03-31T22:00:00.5Z).",
            "The period would end (31 Mar 2020, 24:00, Europe/Berlin) at or before it begins "
            "(1 Apr 2020, 00:00, Europe/Berlin).",
        ),
        (
            "The period would begin when the promotion is over (9999-12-31T00:00:00Z).",
            "The period would begin when the promotion is over (30 Dec 9999, 24:00, UTC).",
        ),
        (
            "Enrollment opens on 2026-05-15 (Europe/Berlin).",
            "Enrollment opens on 15 May 2026 (Europe/Berlin).",
        ),
    ],
)
def test_moments_and_days_are_written_as_everywhere_in_the_admin(
    reason: str, read: str, settings: Any
) -> None:
    settings.TIME_ZONE = "Europe/Berlin"
    assert for_people(reason) == read


@pytest.mark.parametrize(
    "reason",
    [HOW_TO_WRITE, f"There is no such moment as 2026-02-30T00:00:00Z. {HOW_TO_WRITE}"],
)
def test_how_a_moment_is_to_be_written_stays_as_it_is(reason: str) -> None:
    """And so does a moment that there isn't."""
    assert for_people(reason) == reason
