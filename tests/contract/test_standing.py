# ruff: noqa: E501 (a row of a table is a line)
"""Where a customer stands: one word, equal where it is computed and where it is filtered."""

from datetime import datetime
from typing import Any

import pytest

from tests.contract.service import PLAIN, Partner, bad, check_problem, tell, utc

WORDS = ("withdrawn", "expired", "paused", "scheduled", "active")

MADE = utc("2026-05-15T12:00:00")
# The promotion runs in [START, END), the customer's own window is [OWN_START, OWN_END).
START, OWN_START = "2026-06-01T00:00:00Z", "2026-06-10T00:00:00Z"
OWN_END, END = "2026-06-20T00:00:00Z", "2026-07-01T00:00:00Z"

# id, dates of its own, promotion's dates, what happens to it (w: withdrawn, i: promotion
# inactive, d: promotion deleted), the moments and words
ROWS: list[tuple[str, bool, bool, str, list[tuple[str, str]]]] = [
    ("plain", False, False, "", [("2026-05-15T12:00:00", "active"), ("2046-01-01T00:00:00", "active")]),
    (
        "promotion-dates",
        False,
        True,
        "",
        [
            ("2026-05-15T12:00:00", "scheduled"),
            ("2026-05-31T23:59:59", "scheduled"),
            ("2026-05-31T23:59:59.999999", "scheduled"),
            ("2026-06-01T00:00:00", "active"),
            ("2026-06-30T23:59:59", "active"),
            ("2026-06-30T23:59:59.999999", "active"),
            ("2026-07-01T00:00:00", "expired"),
            ("2026-07-01T00:00:01", "expired"),
        ],
    ),
    (
        "own-dates",
        True,
        False,
        "",
        [
            ("2026-06-09T23:59:59", "scheduled"),
            ("2026-06-10T00:00:00", "active"),
            ("2026-06-19T23:59:59", "active"),
            ("2026-06-20T00:00:00", "expired"),
        ],
    ),
    (
        "both-dates",
        True,
        True,
        "",
        [
            ("2026-05-31T23:59:59", "scheduled"),
            ("2026-06-01T00:00:00", "scheduled"),
            ("2026-06-10T00:00:00", "active"),
            ("2026-06-20T00:00:00", "expired"),
            ("2026-07-01T00:00:00", "expired"),
        ],
    ),
    (
        "inactive",
        True,
        True,
        "i",
        [
            ("2026-06-09T23:59:59", "paused"),
            ("2026-06-10T00:00:00", "paused"),
            ("2026-06-19T23:59:59", "paused"),
            ("2026-06-20T00:00:00", "expired"),
        ],
    ),
    (
        "inactive-promotion-over",
        False,
        True,
        "i",
        [
            ("2026-05-20T00:00:00", "paused"),
            ("2026-06-30T23:59:59", "paused"),
            ("2026-07-01T00:00:00", "expired"),
        ],
    ),
    (
        "deleted",
        True,
        True,
        "d",
        [
            ("2026-05-20T00:00:00", "paused"),
            ("2026-06-10T00:00:00", "paused"),
            ("2026-06-20T00:00:00", "expired"),
        ],
    ),
    ("deleted-plain", False, False, "d", [("2026-05-20T00:00:00", "paused")]),
    (
        "withdrawn",
        True,
        True,
        "w",
        [
            ("2026-05-20T00:00:00", "withdrawn"),
            ("2026-06-10T00:00:00", "withdrawn"),
            ("2026-06-20T00:00:00", "withdrawn"),
            ("2026-07-01T00:00:00", "withdrawn"),
        ],
    ),
    (
        "withdrawn-and-inactive",
        True,
        True,
        "wi",
        [("2026-05-20T00:00:00", "withdrawn"), ("2026-08-01T00:00:00", "withdrawn")],
    ),
    ("withdrawn-and-deleted", False, False, "wd", [("2026-05-20T00:00:00", "withdrawn")]),
]  # fmt: skip


def test_words(partner: Partner, subtests: pytest.Subtests) -> None:
    made: dict[str, str] = {}
    moments: dict[datetime, dict[str, str]] = {}
    with partner.at(MADE):
        for name, own, dated, then, expected in ROWS:
            dates = {"startDateTime": START, "endDateTime": END} if dated else {}
            promotion = partner.promotion(**dates)
            item: dict[str, Any] = {
                "contact": {"id": partner.contact()["id"]},
                "promotion": {"id": promotion["id"]},
            }
            if own:
                item["enrollmentEffectiveDateTime"] = OWN_START
                item["enrollmentExpirationDateTime"] = OWN_END
            made[name] = partner.enrollment(item)["id"]
            if "w" in then:
                answer = partner.post(f"{PLAIN}/{made[name]}/withdraw", {"reason": "Moved"})
                assert answer.status_code == 200, tell(answer)
                assert answer.json()["status"] == "withdrawn"
            if "i" in then:
                partner.change(f"/api/v1/promotions/{promotion['id']}", isActive=False)
            if "d" in then:
                # One with current enrollments asks whether that is meant.
                partner.delete(f"/api/v1/promotions/{promotion['id']}?confirm=true")
            for told, word in expected:
                moments.setdefault(utc(told), {})[name] = word
    for moment, words in sorted(moments.items()):
        with partner.at(moment):
            listed = {
                word: partner.listed(f"{PLAIN}?status={word}&page_size=500") for word in WORDS
            }
            with subtests.test(f"one-word-each-{moment.isoformat()}"):
                everything = partner.listed(PLAIN)
                assert everything == set(made.values())
                assert sum(map(len, listed.values())) == len(everything)
            for name, word in words.items():
                with subtests.test(f"{name}-{moment.isoformat()}"):
                    usage = partner.fetch(f"{PLAIN}/{made[name]}")
                    assert usage["status"] == word
                    assert [one for one in WORDS if made[name] in listed[one]] == [word]
                    # The stored fact, whatever the clock.
                    assert usage["isPartyEnrolled"] is (word != "withdrawn")


def test_a_word_that_there_is_not(partner: Partner, subtests: pytest.Subtests) -> None:
    for value in ("gone", "ACTIVE", "active ", "1"):
        with subtests.test(value):
            answer = partner.http.get(
                PLAIN,
                params={"status": value},
                headers={"Authorization": f"Bearer {partner.token}"},
            )
            check_problem(answer, bad("invalid_filter"))
