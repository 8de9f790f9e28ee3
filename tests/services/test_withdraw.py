"""Withdrawing an enrollment: who, when, why (rule 13)."""

from datetime import timedelta

import pytest

from enrollments.models import PromotionPartyUsage
from enrollments.services import enrollments as service
from enrollments.services.enrollments import withdraw
from promotions.actors import Source
from promotions.errors import Refused
from promotions.services.promotions import update_promotion
from promotions.services.recycle_bin import delete_promotion
from tests.factories import NOW, actor, enroll_contact, make_contact, make_promotion, make_user

pytestmark = pytest.mark.django_db

DAY = timedelta(days=1)
LATER = NOW + DAY


@pytest.fixture
def usage() -> PromotionPartyUsage:
    return enroll_contact(make_contact(), make_promotion(), at=NOW)


def codes(key: int, *, reason: str = "asked to", expected: list[int] | None = None) -> list[str]:
    with pytest.raises(Refused) as caught:
        withdraw(key, by=actor(), at=LATER, reason=reason, expected=expected)
    return [error.code for error in caught.value.errors]


def test_who_when_and_why_are_kept(usage: PromotionPartyUsage) -> None:
    clerk = actor(Source.ADMIN, make_user("Support"))
    answered = withdraw(usage.pk, by=clerk, at=LATER, reason="  moved away ")
    kept = PromotionPartyUsage.objects.get(pk=usage.pk)
    for withdrawn in (answered, kept):
        assert not withdrawn.is_party_enrolled
        assert withdrawn.withdrawn_date == LATER
        assert withdrawn.withdrawn_by == clerk.user
        assert withdrawn.withdrawal_reason == "moved away"
        assert (withdrawn.last_modified_by, withdrawn.last_modified_date) == (clerk.user, LATER)
        assert withdrawn.version == 2
        assert not withdrawn.is_deleted
    assert kept.enrollment_effective_date_time == usage.enrollment_effective_date_time


def test_history_tells_what_changed(usage: PromotionPartyUsage) -> None:
    clerk = actor(Source.ADMIN, make_user("Support"))
    withdraw(usage.pk, by=clerk, at=LATER, reason="moved away")
    rows = usage.history.exclude(field="created")
    assert {(row.field, row.old_value, row.new_value) for row in rows} == {
        ("IsPartyEnrolled", "true", "false"),
        ("WithdrawnDate", None, "2026-05-16T12:00:00Z"),
        ("WithdrawnBy", None, clerk.user.record_id),
        ("WithdrawalReason", None, "moved away"),
    }
    assert {(row.created_by, row.created_date, row.source, row.reason) for row in rows} == {
        (clerk.user, LATER, "admin", "moved away")
    }


@pytest.mark.parametrize("reason", ["", "  ", "\n"])
def test_without_a_reason_it_is_refused(usage: PromotionPartyUsage, reason: str) -> None:
    assert codes(usage.pk, reason=reason) == ["reason_required"]
    usage.refresh_from_db()
    assert usage.is_party_enrolled


def test_twice_is_refused(usage: PromotionPartyUsage) -> None:
    withdraw(usage.pk, by=actor(), at=LATER, reason="moved away")
    assert codes(usage.pk) == ["not_enrolled"]
    usage.refresh_from_db()
    assert usage.withdrawal_reason == "moved away"


def test_what_is_not_there_is_not_found() -> None:
    assert codes(2**62) == ["not_found"]


def test_a_stale_version_is_refused(usage: PromotionPartyUsage) -> None:
    assert codes(usage.pk, expected=[2, 3]) == ["version_conflict"]
    withdraw(usage.pk, by=actor(), at=LATER, reason="moved away", expected=[1])
    assert codes(usage.pk, expected=[1]) == ["version_conflict"]


def test_whatever_the_promotion_does_a_customer_can_leave() -> None:
    over = enroll_contact(make_contact(), make_promotion(end_date_time=NOW + DAY / 2), at=NOW)
    inactive = enroll_contact(make_contact(), make_promotion(), at=NOW)
    update_promotion(inactive.promotion_id, {"is_active": False}, by=actor(), at=NOW)
    deleted = enroll_contact(make_contact(), make_promotion(), at=NOW)
    delete_promotion(deleted.promotion_id, by=actor(), at=NOW, confirmed=True)
    for usage in (over, inactive, deleted):
        assert not withdraw(usage.pk, by=actor(), at=LATER, reason="x").is_party_enrolled


def test_time_never_runs_backwards_within_a_record(usage: PromotionPartyUsage) -> None:
    withdrawn = withdraw(usage.pk, by=actor(), at=NOW - DAY, reason="a slow clock")
    assert withdrawn.withdrawn_date == withdrawn.last_modified_date == NOW


def test_history_that_cannot_be_written_takes_the_withdrawal_with_it(
    usage: PromotionPartyUsage, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*args: object, **options: object) -> None:
        raise RuntimeError("disk full")

    monkeypatch.setattr(service, "record_changes", fail)
    with pytest.raises(RuntimeError, match="disk full"):
        withdraw(usage.pk, by=actor(), at=LATER, reason="moved away")
    usage.refresh_from_db()
    assert (usage.is_party_enrolled, usage.version) == (True, 1)
