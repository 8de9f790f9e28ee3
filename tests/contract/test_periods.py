# ruff: noqa: E501 (a row of a table is a line)
"""Rules 6 and 7: when the promotion applies to this customer."""

from datetime import UTC, datetime

import pytest

from tests.contract.service import (
    PLAIN,
    Bad,
    Partner,
    at_path,
    bad,
    check_problem,
    instant,
    tell,
    utc,
)

NOW = utc("2026-05-15T12:00:00")
START, END = "2026-06-01T00:00:00Z", "2026-09-01T00:00:00Z"
EFFECTIVE, EXPIRATION = "enrollmentEffectiveDateTime", "enrollmentExpirationDateTime"

REVERSED = bad("period_reversed")
IN_PAST = bad("period_in_past")
OUTSIDE = bad("period_outside_promotion")

# id, the promotion's start and end, the customer's two moments, the refusal (None: enrolled)
Moment = str | None
PERIODS: list[tuple[str, Moment, Moment, Moment, Moment, Bad | None]] = [
    ("inside", START, END, "2026-06-10T00:00:00Z", "2026-06-20T00:00:00Z", None),
    ("around", START, END, "2026-05-20T00:00:00Z", "2026-12-01T00:00:00Z", None),
    ("the-very-same", START, END, START, END, None),
    ("a-second", None, None, "2026-06-10T00:00:00Z", "2026-06-10T00:00:01Z", None),
    ("effective-only", START, END, "2026-06-10T00:00:00Z", None, None),
    ("expiration-only", None, END, None, "2026-06-10T00:00:00Z", None),
    ("effective-in-past", None, None, "2026-01-01T00:00:00Z", "2026-06-10T00:00:00Z", None),
    ("effective-in-past-only", None, None, "2026-01-01T00:00:00Z", None, None),
    ("no-end-of-promotion", START, None, "2099-01-01T00:00:00Z", "2099-01-02T00:00:00Z", None),
    ("no-start-of-promotion", None, END, "2026-05-15T12:00:00Z", "2026-05-15T12:00:01Z", None),
    # It expires at or before it is effective.
    ("reversed", None, None, "2026-06-20T00:00:00Z", "2026-06-10T00:00:00Z", REVERSED),
    ("reversed-by-a-second", None, None, "2026-06-10T00:00:01Z", "2026-06-10T00:00:00Z", REVERSED),
    ("empty", None, None, "2026-06-10T00:00:00Z", "2026-06-10T00:00:00Z", REVERSED),
    ("empty-in-other-zones", None, None, "2026-06-10T02:00:00+02:00", "2026-06-09T19:00:00-05:00", REVERSED),
    ("reversed-to-the-eye-only", None, None, "2026-06-10T09:00:00+09:00", "2026-06-10T01:00:00Z", None),
    ("reversed-and-in-past", None, None, "2026-02-01T00:00:00Z", "2026-01-01T00:00:00Z", REVERSED),
    ("reversed-and-after-end", START, END, "2027-01-02T00:00:00Z", "2027-01-01T00:00:00Z", REVERSED),
    ("reversed-and-all", START, END, "2026-02-01T00:00:00Z", "2026-01-01T00:00:00Z", REVERSED),
    ("expiration-only-in-past", None, None, None, "2026-05-01T00:00:00Z", bad(("period_reversed", "period_in_past"))),
    ("expiration-only-now", None, None, None, "2026-05-15T12:00:00Z", bad(("period_reversed", "period_in_past"))),
    # It is over already.
    ("in-past", None, None, "2026-01-01T00:00:00Z", "2026-05-01T00:00:00Z", IN_PAST),
    ("over-a-second-ago", None, None, "2026-01-01T00:00:00Z", "2026-05-15T11:59:59Z", IN_PAST),
    ("over-this-second", None, None, "2026-01-01T00:00:00Z", "2026-05-15T12:00:00Z", IN_PAST),
    ("over-in-a-second", None, None, "2026-01-01T00:00:00Z", "2026-05-15T12:00:01Z", None),
    ("in-past-in-other-zone", None, None, "2026-01-01T00:00:00Z", "2026-05-15T13:59:59+02:00", IN_PAST),
    ("not-past-in-other-zone", None, None, "2026-01-01T00:00:00Z", "2026-05-15T07:00:01-05:00", None),
    ("in-past-and-before-start", START, END, "2026-01-01T00:00:00Z", "2026-05-01T00:00:00Z", IN_PAST),
    # It never meets the promotion.
    ("starts-at-end", START, END, END, None, OUTSIDE),
    ("starts-at-end-with-end", START, END, END, "2026-12-01T00:00:00Z", OUTSIDE),
    ("starts-after-end", START, END, "2027-01-01T00:00:00Z", "2027-02-01T00:00:00Z", OUTSIDE),
    ("starts-a-second-before-end", START, END, "2026-08-31T23:59:59Z", None, None),
    ("starts-at-end-in-other-zone", START, END, "2026-09-01T05:30:00+05:30", None, OUTSIDE),
    ("starts-before-end-in-other-zone", START, END, "2026-09-01T05:29:59+05:30", None, None),
    ("over-at-start", START, END, "2026-05-20T00:00:00Z", START, OUTSIDE),
    ("over-before-start", START, END, "2026-05-20T00:00:00Z", "2026-05-30T00:00:00Z", OUTSIDE),
    ("over-before-start-expiration-only", START, END, None, "2026-05-30T00:00:00Z", OUTSIDE),
    ("over-at-start-expiration-only", START, END, None, START, OUTSIDE),
    ("over-a-second-after-start", START, END, "2026-05-20T00:00:00Z", "2026-06-01T00:00:01Z", None),
]  # fmt: skip

# id, what is sent for both moments in turn, the moment that is meant (None: refused)
FORMATS: list[tuple[str, str, str | None]] = [
    ("z", "2026-06-10T10:00:00Z", "2026-06-10T10:00:00"),
    ("offset-zero", "2026-06-10T10:00:00+00:00", "2026-06-10T10:00:00"),
    ("offset-minus-zero", "2026-06-10T10:00:00-00:00", "2026-06-10T10:00:00"),
    ("offset-east", "2026-06-10T10:00:00+05:30", "2026-06-10T04:30:00"),
    ("offset-west", "2026-06-10T22:00:00-08:00", "2026-06-11T06:00:00"),
    ("offset-far-east", "2026-06-10T10:00:00+14:00", "2026-06-09T20:00:00"),
    ("milliseconds", "2026-06-10T10:00:00.250Z", "2026-06-10T10:00:00.250000"),
    ("microseconds", "2026-06-10T10:00:00.000001Z", "2026-06-10T10:00:00.000001"),
    ("zeros", "2026-06-10T10:00:00.000+0000".replace("+0000", "+00:00"), "2026-06-10T10:00:00"),
    ("no-offset", "2026-06-10T10:00:00", None),
    ("no-offset-milliseconds", "2026-06-10T10:00:00.000", None),
    ("date-only", "2026-06-10", None),
    ("date-with-z", "2026-06-10Z", None),
    ("words", "tomorrow", None),
    ("number-as-text", "1781085600", None),
    ("blank", " ", None),
    ("no-such-day", "2026-06-31T10:00:00Z", None),
    ("no-leap-day", "2026-02-29T10:00:00Z", None),
    ("no-such-month", "2026-13-10T10:00:00Z", None),
    ("no-such-hour", "2026-06-10T25:00:00Z", None),
    ("no-such-minute", "2026-06-10T10:60:00Z", None),
    ("no-such-offset", "2026-06-10T10:00:00+99:00", None),
    ("offset-minute-60", "2026-06-10T10:00:00+01:60", None),
    ("trailing-words", "2026-06-10T10:00:00Z or so", None),
    ("line-feed", "2026-06-10T10:00:00Z\n", None),
    ("us-order", "06/10/2026 10:00:00Z", None),
    ("other-digits", "２０２６-06-10T10:00:00Z", None),
    ("year-0", "0000-06-10T10:00:00Z", None),
    ("nul", "2026-06-10T10:00:00Z\x00", None),
]  # fmt: skip


def utc_of(text: str) -> datetime:
    return datetime.fromisoformat(text).astimezone(UTC)


def test_periods(partner: Partner, subtests: pytest.Subtests) -> None:
    with partner.at(NOW):
        for name, start, end, effective, expiration, expected in PERIODS:
            with subtests.test(name):
                promotion = partner.promotion(startDateTime=start, endDateTime=end)
                given = {EFFECTIVE: effective, EXPIRATION: expiration}
                item = {
                    "contact": {"id": partner.contact()["id"]},
                    "promotion": {"id": promotion["id"]},
                    **{name: moment for name, moment in given.items() if moment},
                }
                if expected is not None:
                    partner.check_refused(item, expected)
                    partner.check_not_there(promotion)
                    continue
                result = partner.enrolled(item)
                assert instant(result[EFFECTIVE]) == (utc_of(effective) if effective else NOW), (
                    result
                )
                assert (EXPIRATION in result) == (expiration is not None), result
                if expiration is not None:
                    assert instant(result[EXPIRATION]) == utc_of(expiration), result
                path = f"{PLAIN}/{result['promotionPartyUsageId']}"
                assert partner.fetch(path)[EXPIRATION] == result.get(EXPIRATION)


def test_changes_of_periods(partner: Partner, subtests: pytest.Subtests) -> None:
    """PATCH is refused for the same reasons, in the same order."""
    with partner.at(NOW):
        for name, start, end, effective, expiration, expected in PERIODS:
            if effective is None or expiration is None:
                continue
            with subtests.test(name):
                promotion = partner.promotion(startDateTime=start, endDateTime=end)
                usage = partner.enrollment(
                    {
                        "contact": {"id": partner.contact()["id"]},
                        "promotion": {"id": promotion["id"]},
                    }
                )
                path = f"{PLAIN}/{usage['id']}"
                body = {EFFECTIVE: effective, EXPIRATION: expiration, "reason": "Asked for"}
                answer = partner.patch(path, body)
                if expected is not None:
                    check_problem(answer, expected)
                    assert partner.fetch(path)[EFFECTIVE] == usage[EFFECTIVE]
                    continue
                assert answer.status_code == 200, tell(answer)
                changed = answer.json()
                assert instant(changed[EFFECTIVE]) == utc_of(effective)
                assert instant(changed[EXPIRATION]) == utc_of(expiration)
                assert partner.fetch(path) == changed


def test_formats(partner: Partner, subtests: pytest.Subtests) -> None:
    with partner.at(NOW):
        promotion = partner.promotion()
        for name, text, meant in FORMATS:
            for where in (EFFECTIVE, EXPIRATION):
                with subtests.test(f"{name}-{where}"):
                    item = {
                        "contact": {"id": partner.contact()["id"]},
                        "promotion": {"id": promotion["id"]},
                        where: text,
                    }
                    if meant is None:
                        partner.check_refused(item, at_path("invalid_datetime", where))
                    else:
                        assert instant(partner.enrolled(item)[where]) == utc(meant)
        for text in ("9999-12-31T23:59:59-14:00", "0001-01-01T00:00:00+14:00"):
            with subtests.test(f"no-crash-{text}"):  # past what a calendar in UTC can hold
                item = {
                    "contact": {"id": partner.contact()["id"]},
                    "promotion": {"id": promotion["id"]},
                    EFFECTIVE: text,
                }
                partner.check_refused(item, at_path("invalid_datetime", EFFECTIVE))


def test_without_dates_until_the_promotion_ends(
    partner: Partner, subtests: pytest.Subtests
) -> None:
    """Rule 6: a later change of the promotion's end moves the customer's end with it."""

    def status(moment: str) -> str:
        with partner.at(utc(moment)):
            usage = partner.fetch(path)
            assert usage[EXPIRATION] is None, usage
            assert instant(usage[EFFECTIVE]) == NOW, usage
            word: str = usage["status"]
            return word

    with partner.at(NOW):
        promotion = partner.promotion(endDateTime=END)
        usage = partner.enrollment(
            {"contact": {"id": partner.contact()["id"]}, "promotion": {"id": promotion["id"]}}
        )
    path, of_promotion = f"{PLAIN}/{usage['id']}", f"/api/v1/promotions/{promotion['id']}"

    def move_end(end: str | None) -> None:
        with partner.at(NOW):
            partner.change(of_promotion, endDateTime=end)

    steps: list[tuple[str, str | None, list[tuple[str, str]]]] = [
        (
            "as-made",
            END,
            [("2026-08-31T23:59:59", "active"), ("2026-09-01T00:00:00", "expired")],
        ),
        (
            "earlier",
            "2026-07-01T00:00:00Z",
            [("2026-06-30T23:59:59", "active"), ("2026-07-01T00:00:00", "expired")],
        ),
        (
            "later",
            "2026-12-01T00:00:00Z",
            [("2026-11-30T23:59:59", "active"), ("2026-12-01T00:00:00", "expired")],
        ),
        ("never", None, [("2036-01-01T00:00:00", "active")]),
    ]
    for name, end, expected in steps:
        with subtests.test(name):
            move_end(end)
            assert [(moment, status(moment)) for moment, _ in expected] == expected


def test_with_dates_in_the_intersection(partner: Partner, subtests: pytest.Subtests) -> None:
    with partner.at(NOW):
        promotion = partner.promotion(startDateTime=START, endDateTime=END)

        def enrolled(effective: str, expiration: str) -> str:
            usage = partner.enrollment(
                {
                    "contact": {"id": partner.contact()["id"]},
                    "promotion": {"id": promotion["id"]},
                    EFFECTIVE: effective,
                    EXPIRATION: expiration,
                }
            )
            return f"{PLAIN}/{usage['id']}"

        wide = enrolled("2026-05-20T00:00:00Z", "2026-12-01T00:00:00Z")
        narrow = enrolled("2026-06-10T00:00:00Z", "2026-06-20T00:00:00Z")
    for moment, of_wide, of_narrow in (
        ("2026-05-25T00:00:00", "scheduled", "scheduled"),
        ("2026-05-31T23:59:59", "scheduled", "scheduled"),
        ("2026-06-01T00:00:00", "active", "scheduled"),
        ("2026-06-09T23:59:59", "active", "scheduled"),
        ("2026-06-10T00:00:00", "active", "active"),
        ("2026-06-19T23:59:59", "active", "active"),
        ("2026-06-20T00:00:00", "active", "expired"),
        ("2026-08-31T23:59:59", "active", "expired"),
        ("2026-09-01T00:00:00", "expired", "expired"),
    ):
        with subtests.test(moment), partner.at(utc(moment)):
            assert partner.fetch(wide)["status"] == of_wide
            assert partner.fetch(narrow)["status"] == of_narrow
