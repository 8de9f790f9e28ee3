# ruff: noqa: E501 (a row of a table is a line)
"""Rule 13: withdrawing, changing, and their history."""

from datetime import timedelta
from typing import Any

import pytest

from tests.contract.identifiers import encode
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
HOUR = timedelta(hours=1)
EFFECTIVE, EXPIRATION = "enrollmentEffectiveDateTime", "enrollmentExpirationDateTime"
ENTRY = {"field", "oldValue", "newValue", "reason", "source", "createdBy", "createdDate"}


def enrolled(partner: Partner, **more: Any) -> str:
    usage = partner.enrollment(
        {
            "contact": {"id": partner.contact()["id"]},
            "promotion": {"id": partner.promotion()["id"]},
            **more,
        }
    )
    return f"{PLAIN}/{usage['id']}"


WITHDRAW: list[tuple[str, Any, Bad]] = [
    ("no-reason", {}, at_path("reason_required", "reason")),
    ("reason-null", {"reason": None}, at_path("reason_required", "reason")),
    ("reason-empty", {"reason": ""}, at_path("reason_required", "reason")),
    ("reason-blank", {"reason": "  "}, at_path("reason_required", "reason")),
    ("reason-number", {"reason": 5}, at_path("invalid_type", "reason")),
    ("reason-list", {"reason": ["Moved"]}, at_path("invalid_type", "reason")),
    ("unknown", {"reason": "Moved", "when": "now"}, at_path("unknown_property", "when")),
    ("list", ["Moved"], bad("invalid_type")),
]
CHANGE: list[tuple[str, Any, Bad]] = [
    ("unknown", {"status": "active", "reason": "x"}, at_path(("unknown_property", "invalid_value"), "status")),
    ("contact", {"contactId": encode("003", 1), "reason": "x"}, at_path(("unknown_property", "invalid_value"), "contactId")),
    ("no-offset", {EXPIRATION: "2026-06-01T00:00:00", "reason": "x"}, at_path("invalid_datetime", EXPIRATION)),
    ("number", {EXPIRATION: 5, "reason": "x"}, at_path("invalid_type", EXPIRATION)),
    ("reason-number", {EXPIRATION: "2026-06-01T00:00:00Z", "reason": 5}, at_path("invalid_type", "reason")),
    ("reversed", {EXPIRATION: "2026-05-01T00:00:00Z", EFFECTIVE: "2026-06-01T00:00:00Z", "reason": "x"}, bad("period_reversed")),
    ("list", [], bad("invalid_type")),
]  # fmt: skip


def test_withdraw(partner: Partner, subtests: pytest.Subtests) -> None:
    with partner.at(NOW):
        path = enrolled(partner)
        before = partner.fetch(path)
        for name, body, expected in WITHDRAW:
            with subtests.test(name):
                check_problem(partner.post(f"{path}/withdraw", body), expected)
        with subtests.test("nothing-changed"):
            assert partner.fetch(path) == before
    with partner.at(NOW + HOUR):
        for slash in ("", "/"):
            with subtests.test(f"withdrawn{slash}"):
                path = enrolled(partner)
                answer = partner.post(f"{path}/withdraw{slash}", {"reason": "Moved to Żary"})
                assert answer.status_code == 200, tell(answer)
                usage = answer.json()
                assert usage == partner.fetch(path)
                assert usage["status"] == "withdrawn"
                assert usage["isPartyEnrolled"] is False
                assert instant(usage["withdrawnDate"]) == NOW + HOUR
                assert usage["withdrawnBy"]
                assert usage["withdrawalReason"] == "Moved to Żary"
        with subtests.test("twice"):
            check_problem(partner.post(f"{path}/withdraw", {"reason": "x"}), bad("not_enrolled"))
            assert partner.fetch(path) == usage
        with subtests.test("change-of-a-withdrawn-one"):
            body = {EXPIRATION: "2026-12-01T00:00:00Z", "reason": "x"}
            check_problem(partner.patch(path, body), bad("not_enrolled"))
            assert partner.fetch(path) == usage
        for name, one, error in (
            ("of-nobody", encode("0hP", 987654321), "not_found"),
            ("malformed", "nothing", "malformed_id"),
            ("of-a-contact", encode("003", 1), "malformed_id"),
        ):
            with subtests.test(name):
                answer = partner.post(f"{PLAIN}/{one}/withdraw", {"reason": "x"})
                check_problem(answer, bad(error))
                body = {EXPIRATION: "2026-12-01T00:00:00Z", "reason": "x"}
                check_problem(partner.patch(f"{PLAIN}/{one}", body), bad(error))
                check_problem(partner.get(f"{PLAIN}/{one}/history"), bad(error))


def test_change(partner: Partner, subtests: pytest.Subtests) -> None:
    with partner.at(NOW):
        path = enrolled(partner)
        before = partner.fetch(path)
        for name, body, expected in CHANGE:
            with subtests.test(name):
                check_problem(partner.patch(path, body), expected)
        with subtests.test("nothing-changed"):
            assert partner.fetch(path) == before
        for name, body, effective, expiration in (
            ("expiration", {EXPIRATION: "2026-12-01T00:00:00Z"}, "2026-05-15T12:00:00Z", "2026-12-01T00:00:00Z"),
            ("effective", {EFFECTIVE: "2026-06-01T00:00:00+02:00"}, "2026-05-31T22:00:00Z", "2026-12-01T00:00:00Z"),
            ("both", {EFFECTIVE: "2026-06-02T00:00:00Z", EXPIRATION: "2026-06-03T00:00:00Z"}, "2026-06-02T00:00:00Z", "2026-06-03T00:00:00Z"),
            ("null-clears", {EXPIRATION: None}, "2026-06-02T00:00:00Z", None),
            ("reason-only-leaves", {}, "2026-06-02T00:00:00Z", None),
        ):  # fmt: skip
            with subtests.test(name):
                answer = partner.patch(path, {**body, "reason": "Asked for"})
                assert answer.status_code == 200, tell(answer)
                changed = answer.json()
                assert instant(changed[EFFECTIVE]) == instant(effective)
                assert changed[EXPIRATION] == expiration or instant(changed[EXPIRATION]) == (
                    instant(expiration)
                )
                assert partner.fetch(path) == changed
        with subtests.test("effective-is-never-null"):
            answer = partner.patch(path, {EFFECTIVE: None, "reason": "x"})
            if answer.status_code == 200:
                assert answer.json()[EFFECTIVE] is not None, tell(answer)
            else:
                assert answer.status_code == 400, tell(answer)
            assert partner.fetch(path)[EFFECTIVE] is not None


def test_history(partner: Partner, subtests: pytest.Subtests) -> None:
    with partner.at(NOW):
        path = enrolled(partner, **{EXPIRATION: "2026-09-01T00:00:00Z"})
    with partner.at(NOW + HOUR):
        body = {EXPIRATION: "2026-10-01T00:00:00Z", "reason": "Asked for"}
        answer = partner.patch(path, body)
        assert answer.status_code == 200, tell(answer)
    with partner.at(NOW + 2 * HOUR):
        partner.post(f"{path}/withdraw", {"reason": "Moved"})
    with partner.at(NOW + 3 * HOUR):
        page = partner.fetch(f"{path}/history")
        entries: list[dict[str, Any]] = page["results"]
        told = str(entries)
        with subtests.test("slash"):
            assert partner.fetch(f"{path}/history/") == page
        with subtests.test("list-shape"):
            assert page.keys() >= {"next", "previous", "results"}
        with subtests.test("properties"):
            for entry in entries:
                assert entry.keys() >= ENTRY, told
                assert entry["field"], told
                assert entry["source"], told
                assert entry["createdBy"], told
                instant(entry["createdDate"])
        with subtests.test("newest-first"):
            moments = [instant(entry["createdDate"]) for entry in entries]
            assert moments == sorted(moments, reverse=True), told
            assert set(moments) == {NOW, NOW + HOUR, NOW + 2 * HOUR}, told
        with subtests.test("reasons"):
            reasons = {
                (instant(entry["createdDate"]), entry["reason"])
                for entry in entries
                if instant(entry["createdDate"]) > NOW
            }
            assert reasons == {(NOW + HOUR, "Asked for"), (NOW + 2 * HOUR, "Moved")}, told
        with subtests.test("what-changed"):
            [changed] = [one for one in entries if instant(one["createdDate"]) == NOW + HOUR]
            assert changed["field"] == EXPIRATION, told
            assert instant(changed["oldValue"]) == utc("2026-09-01T00:00:00"), told
            assert instant(changed["newValue"]) == utc("2026-10-01T00:00:00"), told
        with subtests.test("cannot-be-written"):
            for method in ("POST", "PUT", "PATCH", "DELETE"):
                answer = partner.send(method, f"{path}/history", {})
                check_problem(answer, bad("method_not_allowed"))


def test_history_has_no_secrets(partner: Partner) -> None:
    """Who did it is a name, never a secret of the client."""
    path = enrolled(partner)
    text = partner.get(f"{path}/history").text
    assert partner.token not in text
