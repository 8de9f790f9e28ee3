"""Changing the customer's own window of an enrollment (rules 7 and 13)."""

from datetime import datetime, timedelta

import pytest

from enrollments.models import PromotionPartyUsage
from enrollments.services.enrollments import change_period, withdraw
from promotions.errors import Refused
from promotions.models import Promotion
from tests.factories import NOW, actor, enroll_contact, make_contact, make_promotion

pytestmark = pytest.mark.django_db

DAY = timedelta(days=1)
LATER = NOW + DAY
START, END = NOW + 10 * DAY, NOW + 20 * DAY

Period = dict[str, datetime | None]


@pytest.fixture
def promotion() -> Promotion:
    return make_promotion(start_date_time=START, end_date_time=END)


@pytest.fixture
def usage(promotion: Promotion) -> PromotionPartyUsage:
    return enroll_contact(make_contact(), promotion, at=NOW, expiration=NOW + 15 * DAY)


def change(usage: PromotionPartyUsage, period: Period, **options: object) -> PromotionPartyUsage:
    options = {"by": actor(), "at": LATER, "reason": "asked to", **options}
    change_period(usage.pk, period, **options)  # type: ignore[arg-type]
    return PromotionPartyUsage.objects.get(pk=usage.pk)


def refusals(
    usage: PromotionPartyUsage, period: Period, **options: object
) -> list[tuple[str, str]]:
    with pytest.raises(Refused) as caught:
        change(usage, period, **options)
    return [(error.code, error.pointer) for error in caught.value.errors]


@pytest.mark.parametrize(
    ("period", "effective", "expiration"),
    [
        ({"expiration": NOW + 12 * DAY}, NOW, NOW + 12 * DAY),
        ({"expiration": None}, NOW, None),
        ({"effective": NOW + 11 * DAY}, NOW + 11 * DAY, NOW + 15 * DAY),
        ({"effective": None}, LATER, NOW + 15 * DAY),
        ({"effective": None, "expiration": None}, LATER, None),
        ({"effective": END - DAY, "expiration": END + DAY}, END - DAY, END + DAY),
    ],
    ids=["sooner", "cleared", "later", "from now on", "as by default", "both"],
)
def test_what_is_given_changes_and_null_clears(
    usage: PromotionPartyUsage,
    period: Period,
    effective: datetime,
    expiration: datetime | None,
) -> None:
    changed = change(usage, period)
    assert changed.enrollment_effective_date_time == effective
    assert changed.enrollment_expiration_date_time == expiration
    assert (changed.version, changed.last_modified_date) == (2, LATER)
    assert changed.is_party_enrolled


def test_history_holds_each_end_that_changed(usage: PromotionPartyUsage) -> None:
    change(usage, {"effective": NOW, "expiration": None}, reason=" stays longer ")
    [row] = usage.history.exclude(field="created")
    assert (row.field, row.old_value, row.new_value, row.reason) == (
        "EnrollmentExpirationDateTime",
        "2026-05-30T12:00:00Z",
        None,
        "stays longer",
    )


@pytest.mark.parametrize("period", [{}, {"effective": NOW}, {"expiration": NOW + 15 * DAY}])
def test_a_change_that_changes_nothing_leaves_no_trace(
    usage: PromotionPartyUsage, period: Period
) -> None:
    assert change(usage, period).version == 1
    assert usage.history.count() == 1


@pytest.mark.parametrize(
    ("period", "code", "pointer"),
    [
        ({"expiration": NOW}, "period_reversed", "Expiration"),
        ({"effective": NOW + 15 * DAY}, "period_reversed", "Expiration"),
        ({"expiration": LATER}, "period_in_past", "Expiration"),
        ({"expiration": LATER - DAY / 2}, "period_in_past", "Expiration"),
        ({"effective": END, "expiration": None}, "period_outside_promotion", "Effective"),
        ({"expiration": START}, "period_outside_promotion", "Expiration"),
    ],
)
def test_rule_7_holds_for_the_new_window(
    usage: PromotionPartyUsage, period: Period, code: str, pointer: str
) -> None:
    assert refusals(usage, period) == [(code, f"enrollment{pointer}DateTime")]
    usage.refresh_from_db()
    assert usage.version == 1


def test_an_expired_enrollment_can_be_made_to_run_on(promotion: Promotion) -> None:
    usage = enroll_contact(make_contact(), promotion, at=NOW, expiration=START + DAY)
    changed = change(usage, {"expiration": None}, at=START + 2 * DAY)
    assert changed.enrollment_expiration_date_time is None


def test_refused_without_a_reason_when_withdrawn_or_stale(usage: PromotionPartyUsage) -> None:
    period: Period = {"expiration": None}
    assert refusals(usage, period, reason=" ") == [("reason_required", "reason")]
    assert refusals(usage, period, expected=[7]) == [("version_conflict", "")]
    withdraw(usage.pk, by=actor(), at=LATER, reason="moved")
    assert refusals(usage, period) == [("not_enrolled", "")]
    usage.pk = 2**62
    assert refusals(usage, period) == [("not_found", "")]
