"""What changed and what was deleted between two moments, as clients that keep a copy ask for it."""

from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import quote

import pytest
import time_machine
from pytest_django import Settings

from enrollments.models import Account
from enrollments.services.customers import accounts
from promotions.models import Record
from promotions.services.partners import known_scopes
from promotions.sobjects import replication
from promotions.sobjects.query.time_limit import within_time
from tests.factories import LONG_AGO, actor, make_account, make_promotion
from tests.sobjects.conftest import ObjectApi, problem

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 5, 15, 12, 0, 30, 500_000, tzinfo=UTC)
INVALID: tuple[int, str, list[str]] = (400, "INVALID_REPLICATION_DATE", [])


def ago(**since: float) -> str:
    return (NOW - timedelta(**since)).isoformat()


def asked(objects: ObjectApi, what: str, start: str, end: str, name: str = "Account") -> Any:
    with time_machine.travel(NOW, tick=False):
        return objects.get(f"sobjects/{name}/{what}/?start={quote(start)}&end={quote(end)}")


def changed(**since: float) -> Account:
    """An account that was last changed so long ago."""
    account = make_account(name="Oak")
    at = NOW - timedelta(**since)
    return accounts.update(account.pk, {"name": "Oak 2"}, by=actor(), at=at)


def removed(**since: float) -> Account:
    account = make_account()
    return accounts.delete(account.pk, by=actor(), at=NOW - timedelta(**since))


def test_updated_tells_what_was_made_or_changed_from_start_on_and_before_end(
    objects: ObjectApi,
) -> None:
    changed(days=3)
    first = changed(days=2)
    second = make_account(at=NOW - timedelta(days=1, seconds=30, microseconds=500_001))
    changed(days=1)
    removed(days=1, minutes=30)
    answer = asked(objects, "updated", ago(days=2), ago(days=1))
    assert answer.status_code == 200
    assert answer.json() == {
        "ids": [first.record_id, second.record_id],
        "latestDateCovered": "2026-05-14T12:00:00.000+0000",
    }


def test_deleted_tells_what_lies_in_the_recycle_bin(objects: ObjectApi) -> None:
    removed(days=3)
    first, second = removed(days=2), removed(days=1, minutes=1)
    removed(days=1)
    changed(days=1, minutes=30)
    restored = removed(days=1, minutes=10)
    accounts.restore(restored.pk, by=actor(), at=NOW)
    answer = asked(objects, "deleted", ago(days=2), ago(days=1))
    assert answer.status_code == 200
    assert answer.json() == {
        "deletedRecords": [
            {"id": first.record_id, "deletedDate": "2026-05-13T12:00:30.500+0000"},
            {"id": second.record_id, "deletedDate": "2026-05-14T11:59:30.500+0000"},
        ],
        "earliestDateAvailable": "2026-04-30T12:00:00.000+0000",
        "latestDateCovered": "2026-05-14T12:00:00.000+0000",
    }


@pytest.mark.parametrize(
    "start",
    [
        "2026-05-13T12:00:30Z",
        "2026-05-13T12:00:30.123+00:00",
        "2026-05-13T14:00:59.999+0200",
        "2026-05-13T12:00Z",
    ],
)
@pytest.mark.parametrize("encode", [quote, str], ids=["encoded", "raw"])
def test_moments_in_every_form_with_their_seconds_cut_off(
    objects: ObjectApi, start: str, encode: Any
) -> None:
    """Also a plus sign that was not encoded and has become a space."""
    make_account(at=datetime(2026, 5, 13, 11, 59, 59, tzinfo=UTC))
    account = make_account(at=datetime(2026, 5, 13, 12, 0, tzinfo=UTC))
    with time_machine.travel(NOW, tick=False):
        answer = objects.get(
            f"sobjects/Account/updated?start={encode(start)}&end={encode('2026-05-14T00:00:00Z')}"
        )
    assert answer.json()["ids"] == [account.record_id]


@pytest.mark.parametrize(
    ("end", "covered", "seen"),
    [
        (ago(minutes=-60), "2026-05-15T11:59:30.000+0000", True),
        (ago(seconds=0), "2026-05-15T11:59:30.000+0000", True),
        (ago(seconds=1), "2026-05-15T11:59:30.000+0000", False),
        (ago(minutes=1), "2026-05-15T11:59:00.000+0000", False),
    ],
)
def test_the_present_is_told_and_not_called_covered(
    objects: ObjectApi, end: str, covered: str, seen: bool
) -> None:
    """A change of the last minute may not be committed yet: who goes on from what is covered is
    told of it then."""
    account = make_account(at=NOW - timedelta(seconds=2))
    shown = asked(objects, "updated", ago(minutes=10), end).json()
    assert shown == {"ids": [account.record_id] * seen, "latestDateCovered": covered}


@pytest.mark.parametrize(
    ("start", "end"),
    [
        ("", ""),
        ("", ago(days=1)),
        (ago(days=1), ""),
        (ago(days=1), "yesterday"),
        ("2026-05-13", ago(days=1)),
        ("2026-05-13T12:00:00", ago(days=1)),
        ("2026-02-30T12:00:00Z", ago(days=1)),
        (ago(days=1), ago(days=2)),
        (ago(minutes=5), ago(minutes=5)),
        ("2026-05-15T11:55:00Z", "2026-05-15T11:55:59.999Z"),
        (ago(seconds=20), ago(minutes=-60)),
        (ago(minutes=-5), ago(minutes=-60)),
        ("0001-01-01T00:00:00Z", "9999-12-31T23:59:59Z"),
    ],
)
def test_periods_that_are_none(objects: ObjectApi, start: str, end: str) -> None:
    assert problem(asked(objects, "updated", start, end)) == INVALID
    assert problem(asked(objects, "deleted", start, end)) == INVALID


@pytest.mark.parametrize("what", ["updated", "deleted"])
@pytest.mark.parametrize(
    ("start", "end", "covered"),
    [
        (ago(minutes=1), ago(minutes=0), "2026-05-15T11:59:30.000+0000"),
        (ago(minutes=5), ago(minutes=4), "2026-05-15T11:56:00.000+0000"),
        ("2026-05-15T11:55:59.999Z", "2026-05-15T11:56:00Z", "2026-05-15T11:56:00.000+0000"),
    ],
)
def test_a_minute_is_period_enough(
    objects: ObjectApi, what: str, start: str, end: str, covered: str
) -> None:
    """Seconds don't count: existing clients ask for the minute up to the present."""
    answer = asked(objects, what, start, end)
    assert (answer.status_code, answer.json()["latestDateCovered"]) == (200, covered)


@pytest.mark.parametrize(("what", "days"), [("updated", 30), ("deleted", 15), ("deleted", 40)])
def test_how_far_back_one_may_ask(
    objects: ObjectApi, settings: Settings, what: str, days: int
) -> None:
    settings.RECYCLE_BIN_DAYS = days
    end = ago(hours=1)
    assert asked(objects, what, ago(days=days), end).status_code == 200
    assert problem(asked(objects, what, ago(days=days, minutes=1), end)) == INVALID


@pytest.mark.parametrize("what", ["updated", "deleted"])
def test_too_many_records_at_once(
    objects: ObjectApi, monkeypatch: pytest.MonkeyPatch, what: str
) -> None:
    monkeypatch.setattr(replication, "MOST_IDS", 2)
    make = {"updated": changed, "deleted": removed}[what]
    for hours in (1, 2):
        make(hours=hours)
    assert asked(objects, what, ago(days=1), ago(minutes=5)).status_code == 200
    make(hours=3)
    answer = asked(objects, what, ago(days=1), ago(minutes=5))
    assert problem(answer) == (400, "EXCEEDED_ID_LIMIT", [])


@pytest.mark.parametrize("what", ["updated", "deleted"])
def test_who_may_ask_and_sees_what(objects: ObjectApi, settings: Settings, what: str) -> None:
    settings.PROMOTION_SHARING = "private"
    make_promotion(at=NOW - timedelta(hours=1))
    period = (ago(days=1), ago(minutes=5), "Promotion")
    bound = ObjectApi([s for s in known_scopes() if s != "promotions:all"], name="Bound")
    shown = asked(bound, what, *period).json()
    assert shown.get("ids", shown.get("deletedRecords")) == []
    stranger = ObjectApi(["customers:read"], name="Stranger")
    denied: tuple[int, str, list[str]] = (403, "INSUFFICIENT_ACCESS_OR_READONLY", [])
    assert problem(asked(stranger, what, *period)) == denied
    assert problem(asked(objects, what, *period[:2], "Colour")) == (404, "NOT_FOUND", [])
    answer = asked(objects, what, *period[:2], "Group")
    assert problem(answer) == (400, "INVALID_TYPE_FOR_OPERATION", [])


@pytest.mark.parametrize("name", ["User", "PromotionHistory", "PromotionFeed", "PromotionShare"])
def test_records_that_leave_no_trace(objects: ObjectApi, name: str) -> None:
    with time_machine.travel(NOW, tick=False):
        objects.make("Promotion", Name="Summer")
    period = (ago(days=1), ago(minutes=-5), name)
    assert asked(objects, "deleted", *period).json()["deletedRecords"] == []
    assert asked(objects, "updated", *period).status_code == 200


def test_a_promotions_history_is_told(objects: ObjectApi) -> None:
    with time_machine.travel(NOW - timedelta(hours=1), tick=False):
        objects.make("Promotion", Name="Summer")
    shown = asked(objects, "updated", ago(days=1), ago(minutes=5), "PromotionHistory").json()
    assert len(shown["ids"]) > 0


def test_a_deletion_never_lies_after_the_last_change() -> None:
    """What lets deletions be found by the index of changes."""
    later = make_account(at=NOW)
    gone = accounts.delete(later.pk, by=actor(), at=LONG_AGO)
    assert isinstance(gone, Record)
    assert gone.deleted_date is not None
    assert gone.deleted_date <= gone.last_modified_date


@pytest.mark.postgresql
@pytest.mark.parametrize("what", ["updated", "deleted"])
def test_both_end_in_time(objects: ObjectApi, monkeypatch: pytest.MonkeyPatch, what: str) -> None:
    monkeypatch.setattr(replication, "within_time", lambda: within_time(0))
    answer = asked(objects, what, ago(days=2), ago(days=1))
    assert problem(answer) == (400, "QUERY_TIMEOUT", [])
