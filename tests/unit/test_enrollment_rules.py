"""The rules of enrolling, 1 to 10 and 13, each as a table of cases."""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from enrollments import rules
from enrollments.rules import ContactMatches, Period
from enrollments.standing import Standing
from enrollments.wire import Item
from promotions.errors import DomainError
from tests.unit.fakes import NOW, FakeOffer, FakePromotion, utc

SECOND = timedelta(seconds=1)
TICK = timedelta(microseconds=1)
DAY = timedelta(days=1)
FOR_EVER = utc("9999-12-31 23:59:59")


def code(error: DomainError | None) -> str | None:
    return error.code if error else None


# --- Rules 1 to 3 ---------------------------------------------------------------------------------

BY_ACCOUNT = Item(account_id=1)
BY_ID = Item(contact_id=1)
BY_NAME = Item(last_name="Ng")
BY_EMAIL = Item(email="a@b.example")
BY_BOTH = Item(contact_id=1, email="a@b.example")
WITH_ACCOUNT = Item(account_id=1, last_name="Ng")

CUSTOMERS = {
    # item, account found, contacts that match, those in the account → code, pointer
    "account found": (BY_ACCOUNT, True, 0, 0, []),
    "account not found": (BY_ACCOUNT, False, 0, 0, [("customer_not_found", "account.id")]),
    "contact by id": (BY_ID, False, 1, 0, []),
    "no contact of that id": (BY_ID, False, 0, 0, [("customer_not_found", "contact.id")]),
    "no contact of that name": (BY_NAME, False, 0, 0, [("customer_not_found", "contact.lastName")]),
    "no contact of that e-mail": (BY_EMAIL, False, 0, 0, [("customer_not_found", "contact.email")]),
    "identifiers disagree": (BY_BOTH, False, 0, 0, [("customer_not_found", "contact")]),
    "a name of two": (BY_NAME, False, 2, 0, [("customer_ambiguous", "contact.lastName")]),
    "an e-mail of two": (BY_EMAIL, False, 2, 0, [("customer_ambiguous", "contact.email")]),
    "both, of two": (
        Item(last_name="Ng", email="a@b.example"),
        False,
        2,
        0,
        [("customer_ambiguous", "contact")],
    ),
    "within the account": (WITH_ACCOUNT, True, 1, 1, []),
    "another account's": (WITH_ACCOUNT, True, 1, 0, [("account_contact_mismatch", "contact")]),
    "the account narrows to one": (WITH_ACCOUNT, True, 9, 1, []),
    "the account narrows to none": (
        WITH_ACCOUNT,
        True,
        9,
        0,
        [("account_contact_mismatch", "contact")],
    ),
    "the account narrows to two": (
        WITH_ACCOUNT,
        True,
        9,
        2,
        [("customer_ambiguous", "contact.lastName")],
    ),
    "neither account nor contact": (
        WITH_ACCOUNT,
        False,
        0,
        0,
        [("customer_not_found", "account.id"), ("customer_not_found", "contact.lastName")],
    ),
    "account missing, contact there": (
        WITH_ACCOUNT,
        False,
        1,
        0,
        [("customer_not_found", "account.id")],
    ),
    "account missing, name of two": (
        # Whether the name is ambiguous depends on the account, so it is not said.
        WITH_ACCOUNT,
        False,
        2,
        0,
        [("customer_not_found", "account.id")],
    ),
    "account there, contact missing": (
        WITH_ACCOUNT,
        True,
        0,
        0,
        [("customer_not_found", "contact.lastName")],
    ),
}


@pytest.mark.parametrize(
    ("item", "account_found", "total", "within", "expected"),
    CUSTOMERS.values(),
    ids=CUSTOMERS.keys(),
)
def test_rules_1_to_3_the_customer(
    item: Item, account_found: bool, total: int, within: int, expected: list[tuple[str, str]]
) -> None:
    refusals = rules.customer_refusals(
        item, account_found=account_found, matches=ContactMatches(total, within)
    )
    assert [(refusal.code, refusal.pointer) for refusal in refusals] == expected


@pytest.mark.parametrize(
    ("item", "matches", "count"),
    [(BY_NAME, ContactMatches(7, 0), 7), (WITH_ACCOUNT, ContactMatches(7, 3), 3)],
)
def test_rule_2_says_how_many_match_and_never_who(
    item: Item, matches: ContactMatches, count: int
) -> None:
    [refusal] = rules.customer_refusals(item, account_found=True, matches=matches)
    assert refusal.extra == {"matches": count}
    assert refusal.detail == f"{count} contacts match. Name the contact by its id."


# --- Rule 4 ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("item", "pointer"),
    [
        (Item(promotion_id=1), "promotion.id"),
        (Item(promotion_code="X"), "promotion.code"),
        (Item(promotion_id=1, promotion_code="X"), "promotion"),
    ],
)
def test_rule_4_a_promotion_that_is_not_there(item: Item, pointer: str) -> None:
    refusal = rules.promotion_not_found(item)
    assert (refusal.code, refusal.pointer) == ("promotion_not_found", pointer)


PROMOTIONS = {
    "active, for ever": (FakePromotion(), None),
    "not active": (FakePromotion(is_active=False), "promotion_inactive"),
    "takes no enrollment": (FakePromotion(is_enrollment_required=False), "enrollment_not_enabled"),
    "over a second ago": (FakePromotion(end_date_time=NOW - SECOND), "promotion_ended"),
    "over this very moment": (FakePromotion(end_date_time=NOW), "promotion_ended"),
    "over in a moment": (FakePromotion(end_date_time=NOW + TICK), None),
    "over at the end of time": (FakePromotion(end_date_time=FOR_EVER), None),
    "not begun yet": (FakePromotion(start_date_time=NOW + DAY), None),
    "begun": (FakePromotion(start_date_time=NOW - DAY), None),
    "not active and over": (
        FakePromotion(is_active=False, end_date_time=NOW),
        "promotion_inactive",
    ),
    "over and no enrollment": (
        FakePromotion(is_enrollment_required=False, end_date_time=NOW),
        "promotion_ended",
    ),
    "nothing is right": (
        FakePromotion(is_active=False, is_enrollment_required=False, end_date_time=NOW),
        "promotion_inactive",
    ),
}


@pytest.mark.parametrize(("promotion", "expected"), PROMOTIONS.values(), ids=PROMOTIONS.keys())
def test_rule_4_the_promotion(promotion: FakePromotion, expected: str | None) -> None:
    refusal = rules.promotion_refusal(promotion, NOW)
    assert code(refusal) == expected
    assert refusal is None or refusal.pointer == "promotion"


# --- Rule 5 ---------------------------------------------------------------------------------------

WINDOWS = [
    # zone, first day, last day; the first moment inside and the first one past it, in UTC
    ("UTC", "2026-05-01", "2026-05-01", "2026-05-01 00:00:00", "2026-05-02 00:00:00"),
    ("UTC", "2026-05-01", "2026-05-31", "2026-05-01 00:00:00", "2026-06-01 00:00:00"),
    ("Europe/Berlin", "2026-05-01", "2026-05-31", "2026-04-30 22:00:00", "2026-05-31 22:00:00"),
    ("Europe/Berlin", "2026-01-01", "2026-12-31", "2025-12-31 23:00:00", "2026-12-31 23:00:00"),
    # A day of 23 hours and one of 25.
    ("Europe/Berlin", "2026-03-29", "2026-03-29", "2026-03-28 23:00:00", "2026-03-29 22:00:00"),
    ("Europe/Berlin", "2026-10-25", "2026-10-25", "2026-10-24 22:00:00", "2026-10-25 23:00:00"),
    ("America/New_York", "2026-05-01", "2026-05-31", "2026-05-01 04:00:00", "2026-06-01 04:00:00"),
    ("America/New_York", "2026-03-08", "2026-03-08", "2026-03-08 05:00:00", "2026-03-09 04:00:00"),
    ("America/New_York", "2026-11-01", "2026-11-01", "2026-11-01 04:00:00", "2026-11-02 05:00:00"),
    # The clocks go from 23:59:59 to 01:00:00: these days have no midnight.
    ("Africa/Cairo", "2026-04-24", "2026-04-24", "2026-04-23 22:00:00", "2026-04-24 21:00:00"),
    ("America/Santiago", "2026-09-06", "2026-09-06", "2026-09-06 04:00:00", "2026-09-07 03:00:00"),
    # The clocks go from 23:59:59 back to 23:00:00: this day ends twice, and the second end counts.
    ("Africa/Cairo", "2026-10-29", "2026-10-29", "2026-10-28 21:00:00", "2026-10-29 22:00:00"),
    # Half an hour of summer time; three quarters of an hour off.
    ("Australia/Lord_Howe", "2026-10-04", "2026-10-04", "2026-10-03 13:30", "2026-10-04 13:00"),
    ("Asia/Kathmandu", "2026-05-01", "2026-05-01", "2026-04-30 18:15:00", "2026-05-01 18:15:00"),
    # The first and the last place on earth at which a day begins.
    ("Pacific/Kiritimati", "2026-05-01", "2026-05-01", "2026-04-30 10:00", "2026-05-01 10:00"),
    ("Pacific/Pago_Pago", "2026-05-01", "2026-05-01", "2026-05-01 11:00", "2026-05-02 11:00"),
    ("Europe/Berlin", "2028-02-29", "2028-02-29", "2028-02-28 23:00:00", "2028-02-29 23:00:00"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("zone", "first", "last", "opens", "closes"),
    WINDOWS,
    ids=[f"{zone} {first}" for zone, first, *_ in WINDOWS],
)
def test_rule_5_the_window_to_the_second(
    zone: str, first: str, last: str, opens: str, closes: str
) -> None:
    promotion = FakePromotion(
        enrollment_start_date=date.fromisoformat(first),
        enrollment_end_date=date.fromisoformat(last),
    )

    def refused(at: datetime) -> str | None:
        return code(rules.window_refusal(promotion, at, ZoneInfo(zone)))

    assert refused(utc(opens) - SECOND) == refused(utc(opens) - TICK) == "enrollment_not_open"
    assert refused(utc(opens)) is refused(utc(closes) - SECOND) is None
    assert refused(utc(closes) - TICK) is None
    assert refused(utc(closes)) == refused(utc(closes) + DAY) == "enrollment_closed"


@pytest.mark.parametrize(
    ("first", "last", "at", "expected"),
    [
        (None, None, utc("0001-01-01 00:00:00"), None),
        (None, None, FOR_EVER, None),
        (None, date(2026, 5, 14), NOW, "enrollment_closed"),
        (None, date(2026, 5, 15), NOW, None),
        (date(2026, 5, 16), None, NOW, "enrollment_not_open"),
        (date(2026, 5, 15), None, NOW, None),
        (date(2026, 5, 15), None, FOR_EVER, None),
        (None, date(9999, 12, 31), FOR_EVER, None),
    ],
)
def test_rule_5_an_open_end_is_open(
    first: date | None, last: date | None, at: datetime, expected: str | None
) -> None:
    promotion = FakePromotion(enrollment_start_date=first, enrollment_end_date=last)
    assert code(rules.window_refusal(promotion, at, ZoneInfo("UTC"))) == expected


def test_rule_5_is_about_the_moment_of_the_request_not_about_when_the_promotion_applies() -> None:
    promotion = FakePromotion(
        start_date_time=NOW + 30 * DAY,
        enrollment_start_date=date(2026, 5, 1),
        enrollment_end_date=date(2026, 5, 31),
    )
    assert rules.window_refusal(promotion, NOW, ZoneInfo("UTC")) is None
    assert rules.promotion_refusal(promotion, NOW) is None


def test_rule_5_says_the_day_and_the_zone() -> None:
    zone = ZoneInfo("Europe/Berlin")
    early = rules.window_refusal(FakePromotion(enrollment_start_date=date(2026, 6, 1)), NOW, zone)
    late = rules.window_refusal(FakePromotion(enrollment_end_date=date(2026, 5, 1)), NOW, zone)
    assert early is not None
    assert "2026-06-01 (Europe/Berlin)" in early.detail
    assert late is not None
    assert "2026-05-01 (Europe/Berlin)" in late.detail
    assert early.pointer == late.pointer == "promotion"


# --- The offer ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("offer", "expected"),
    [
        (FakeOffer(promotion_id=None), None),
        (FakeOffer(promotion_id=7), None),
        (FakeOffer(promotion_id=8), "offer_not_for_promotion"),
        (FakeOffer(is_active=False), "offer_inactive"),
        (FakeOffer(promotion_id=8, is_active=False), "offer_not_for_promotion"),
    ],
)
def test_the_offer(offer: FakeOffer, expected: str | None) -> None:
    refusal = rules.offer_refusal(offer, 7)
    assert code(refusal) == expected
    assert refusal is None or refusal.pointer == "enrollmentOffer"


@pytest.mark.parametrize(
    ("item", "pointer"),
    [
        (Item(offer_id=1), "enrollmentOffer.id"),
        (Item(offer_code="X"), "enrollmentOffer.code"),
        (Item(offer_id=1, offer_code="X"), "enrollmentOffer"),
    ],
)
def test_an_offer_that_is_not_there(item: Item, pointer: str) -> None:
    refusal = rules.offer_not_found(item)
    assert (refusal.code, refusal.pointer) == ("offer_not_found", pointer)


# --- Rules 6 and 7 --------------------------------------------------------------------------------


def test_rule_6_it_begins_now_and_its_end_is_not_stored_unless_said() -> None:
    assert rules.period_of(None, None, NOW) == Period(NOW, None)
    assert rules.period_of(NOW + DAY, None, NOW) == Period(NOW + DAY, None)
    assert rules.period_of(None, NOW + DAY, NOW) == Period(NOW, NOW + DAY)


START, END = NOW + 10 * DAY, NOW + 20 * DAY
"""The promotion's period: it lies ahead."""

PERIODS = {
    # effective, expiration (None: not given) → code, pointer
    "no dates": (None, None, None),
    "inside": (NOW + 11 * DAY, NOW + 12 * DAY, None),
    "the promotion's own": (START, END, None),
    "around it": (NOW, NOW + 30 * DAY, None),
    "from the past to after": (NOW - 30 * DAY, NOW + 30 * DAY, None),
    "for ever": (None, FOR_EVER, None),
    # period_reversed: expires at or before it is effective
    "ends as it begins": (START, START, ("period_reversed", "Expiration")),
    "ends a tick after it begins": (START, START + TICK, None),
    "ends before it begins": (END, START, ("period_reversed", "Expiration")),
    "ends in the past, begins now": (None, NOW - DAY, ("period_reversed", "Expiration")),
    "ends now, begins now": (None, NOW, ("period_reversed", "Expiration")),
    "reversed and in the past": (
        NOW - DAY,
        NOW - 2 * DAY,
        ("period_reversed", "Expiration"),
    ),
    "reversed and outside": (END + DAY, END + DAY, ("period_reversed", "Expiration")),
    # period_in_past: already over
    "over": (NOW - 2 * DAY, NOW - DAY, ("period_in_past", "Expiration")),
    "over this very moment": (NOW - DAY, NOW, ("period_in_past", "Expiration")),
    # period_outside_promotion
    "over a moment from now, before the start": (
        NOW - DAY,
        NOW + TICK,
        ("period_outside_promotion", "Expiration"),
    ),
    "over as the promotion begins": (NOW, START, ("period_outside_promotion", "Expiration")),
    "over a tick after it begins": (NOW, START + TICK, None),
    "over before it begins": (NOW, START - DAY, ("period_outside_promotion", "Expiration")),
    "begins as the promotion ends": (END, None, ("period_outside_promotion", "Effective")),
    "begins a tick before": (END - TICK, None, None),
    "begins after": (END + DAY, END + 2 * DAY, ("period_outside_promotion", "Effective")),
}


@pytest.mark.parametrize(
    ("effective", "expiration", "expected"), PERIODS.values(), ids=PERIODS.keys()
)
def test_rule_7_the_customers_window_meets_the_promotions(
    effective: datetime | None, expiration: datetime | None, expected: tuple[str, str] | None
) -> None:
    promotion = FakePromotion(start_date_time=START, end_date_time=END)
    refusal = rules.period_refusal(rules.period_of(effective, expiration, NOW), promotion, NOW)
    found = refusal and (refusal.code, refusal.pointer)
    assert found == (expected and (expected[0], f"enrollment{expected[1]}DateTime"))


MOMENTS = st.sampled_from([NOW + n * DAY for n in range(-3, 4)])
MAYBE = st.none() | MOMENTS


@given(MAYBE, MAYBE, MAYBE, MAYBE)
def test_rule_7_refuses_exactly_the_windows_that_can_never_meet_the_promotion(
    effective: datetime | None,
    expiration: datetime | None,
    start: datetime | None,
    end: datetime | None,
) -> None:
    if start and end and end <= start:
        return  # no such promotion
    period = rules.period_of(effective, expiration, NOW)
    refusal = rules.period_refusal(
        period, FakePromotion(start_date_time=start, end_date_time=end), NOW
    )
    # A window is worth something if the intersection has a moment, and its own end is to come.
    last = min(moment for moment in (period.expiration, end, FOR_EVER) if moment)
    first = max(moment for moment in (period.effective, start) if moment)
    over = period.expiration is not None and period.expiration <= NOW
    assert (refusal is None) == (first < last and not over)


def test_rule_7_open_promotions_meet_every_window_to_come() -> None:
    for effective, expiration in ((None, NOW + TICK), (NOW + DAY, FOR_EVER), (FOR_EVER, None)):
        period = rules.period_of(effective, expiration, NOW)
        assert rules.period_refusal(period, FakePromotion(), NOW) is None


# --- Rules 8 to 10 and 13 -------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("stands", "expected"),
    [
        (Standing.ACTIVE, "already_enrolled"),
        (Standing.SCHEDULED, "already_enrolled"),
        (Standing.PAUSED, "already_enrolled"),
        (Standing.EXPIRED, None),
        (Standing.WITHDRAWN, None),
    ],
)
def test_rule_9_who_is_enrolled_already(stands: Standing, expected: str | None) -> None:
    refusal = rules.record_refusal(stands, "0hP00000000000gEAA")
    assert code(refusal) == expected
    if refusal:
        assert refusal.extra == {"promotionPartyUsageId": "0hP00000000000gEAA"}
        assert "0hP00000000000gEAA" in refusal.detail


@pytest.mark.parametrize(
    ("first", "words"),
    [
        (Item(pointer="inputParameters[4]"), "as inputParameters[4]."),
        (Item(), "as an earlier item."),
    ],
)
def test_rule_10_the_duplicate_names_the_item_it_repeats(first: Item, words: str) -> None:
    refusal = rules.duplicate_refusal(first)
    assert (refusal.code, refusal.pointer) == ("duplicate_in_request", "")
    assert words in refusal.detail


@pytest.mark.parametrize(
    ("own", "promotions", "expected"),
    [
        (None, None, True),
        (None, NOW, True),
        (NOW, None, False),
        (NOW - TICK, NOW, False),
        (NOW, NOW, True),
        (NOW + TICK, NOW, True),
    ],
)
def test_what_ends_with_the_promotion_is_not_longer_by_an_end_of_its_own(
    own: datetime | None, promotions: datetime | None, expected: bool
) -> None:
    promotion = FakePromotion(end_date_time=promotions)
    assert rules.ends_with_promotion(own, promotion) is expected


@pytest.mark.parametrize(
    ("reason", "expected"),
    [
        (None, "reason_required"),
        ("", "reason_required"),
        (" \n\t", "reason_required"),
        ("moved away", None),
        ("x" * 1000, None),
        ("x" * 1001, "invalid_value"),
    ],
)
def test_rule_13_a_change_has_a_reason(reason: str | None, expected: str | None) -> None:
    refusal = rules.reason_refusal(reason)
    assert code(refusal) == expected
    assert refusal is None or refusal.pointer == "reason"


def test_rule_13_a_withdrawn_enrollment_is_not_enrolled() -> None:
    assert rules.not_enrolled().code == "not_enrolled"
