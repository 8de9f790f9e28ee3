"""jsforce, unmodified, run by Node.js against the service.

Everything is called in one process (``jsforce/acceptance.mjs``); here stands what must come of it.
Source: the client contract.
"""

import json
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
from simple_salesforce.api import Salesforce

from tests.clients.service import Caller, word
from tests.clients.subjects import SUBJECTS, Subject

DIRECTORY = Path(__file__).parent / "jsforce"
MISSING = (
    "there is no Node.js (node) on the PATH"
    if shutil.which("node") is None
    else "jsforce is not installed; run: npm ci --prefix tests/clients/jsforce"
    if not (DIRECTORY / "node_modules" / "jsforce").is_dir()
    else ""
)

pytestmark = pytest.mark.skipif(bool(MISSING), reason=MISSING)


@pytest.fixture(scope="module")
def outcome(caller: Caller, sf: Salesforce) -> dict[str, Any]:
    """What each step got, by its name."""
    given = {
        "url": caller.url,
        "token": caller.token,
        "clientId": caller.client_id,
        "clientSecret": caller.client_secret,
        "word": word(),
        "subjects": [
            {
                "name": one.name,
                "values": one.sent(sf),
                "change": one.change,
                "key": one.key,
                "named": one.named,
            }
            for one in SUBJECTS
        ],
    }
    done = subprocess.run(
        ["node", "acceptance.mjs"],
        cwd=DIRECTORY,
        input=json.dumps(given),
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
    )
    assert done.returncode == 0, done.stderr
    said: dict[str, Any] = json.loads(done.stdout)
    return said


def answered(outcome: dict[str, Any], step: str) -> dict[str, Any]:
    assert "answered" in outcome[step], outcome[step]
    got: dict[str, Any] = outcome[step]["answered"]
    return got


@pytest.mark.parametrize("subject", SUBJECTS, ids=str)
def test_the_twelve_calls(outcome: dict[str, Any], subject: Subject) -> None:
    got = answered(outcome, subject.name)
    key = got["created"]["id"]
    saved = {"id": key, "success": True, "errors": []}
    assert got["created"] == saved
    shown = {name: got["retrieved"][name] for name in subject.shown}
    assert (got["retrieved"]["Id"], shown) == (key, subject.shown)
    assert sorted(got["chosen"]) == sorted(["attributes", "Id", subject.named])
    assert got["updated"] == saved
    assert {name: got["after"][name] for name in subject.changed} == subject.changed
    if subject.key != "Id":
        assert got["upserted"] == {**saved, "created": False}
    if subject.named not in subject.change:
        assert got["queried"] == [key]
        assert got["found"] == [key]
    assert got["destroyed"] == saved
    assert got["destroyedAgain"]["name"] == "ENTITY_IS_DELETED"
    assert got["deleted"] is True
    assert [(one["id"], one["success"]) for one in got["undeleted"]] == [(key, True)]
    assert (got["back"]["Id"], got["back"]["IsDeleted"]) == (key, False)
    assert got["updatedRecords"] is True
    assert set(got["described"]) == set(got["back"]) - {"attributes"}
    assert got["layouts"] == [1, "012000000000000AAA"]
    assert got["recent"] is True


def test_session(outcome: dict[str, Any]) -> None:
    got = answered(outcome, "session")
    assert [key[:3] for key in got["user"]] == ["005", "00D"]
    assert got["identity"] == got["user"]
    assert got["usage"]["limit"] > got["usage"]["used"] > 0
    assert got["refused"]["name"] == "INVALID_SESSION_ID"
    assert got["renewed"] == [1, True, "User"]
    assert got["undeleted"] is True
    # Once by the three requests at once, once by the SOAP call.
    assert got["refreshed"] == 2


def test_queries(outcome: dict[str, Any]) -> None:
    got = answered(outcome, "queries")
    assert got["made"] == [True] * 3
    assert got["builder"] == ["Cleo O'Hara", "Ben"]
    assert got["quoted"] == ["Cleo O'Hara"]
    assert got["dates"] == 3
    [phone, company] = got["all"]
    assert phone is None
    assert company.endswith(" company")
    assert got["children"] == [company, 2, ["Cleo O'Hara", "Ben"]]
    assert (got["count"], got["grouped"]) == (3, [3])
    assert got["changed"] == [True] * 3
    assert got["changedNames"] == ["Ada!", "Ben!", "Cleo O'Hara!"]
    assert got["destroyed"] == [True] * 3
    assert got["scanned"] == [True] * 3
    assert got["csv"].splitlines() == ["Id,Name", f"{got['accountId']},{company}"]
    assert set(got["explained"]) <= {"Account"}


def test_pages(outcome: dict[str, Any]) -> None:
    assert answered(outcome, "pages") == {
        "made": 450,
        "sizes": [200, 200, 50],
        "every": 450,
        "scanned": 450,
        "first": [250, 450],
        "children": 210,
        "changed": 450,
        "destroyed": 450,
        "left": 0,
    }


def test_collections(outcome: dict[str, Any]) -> None:
    assert answered(outcome, "collections") == {
        "half": [None, "STRING_TOO_LONG"],
        "afterHalf": ["1", "two"],
        "none": ["ALL_OR_NONE_OPERATION_ROLLED_BACK", "STRING_TOO_LONG"],
        "afterNone": ["1", "two"],
        "destroyed": [None, None],
        "upserted": [[True, True], [True, True]],
        "upsertedAgain": [[True, False]],
        "afterAll": [None, None],
    }


def test_bulk(outcome: dict[str, Any]) -> None:
    got = answered(outcome, "bulk")
    missing = "REQUIRED_FIELD_MISSING:Required fields are missing: [Name]:Name --"
    assert got["inserted"] == [["true"] * 3, [missing], 0]
    assert got["updated"] == [["false"] * 3, [], 0]
    assert got["upserted"] == [["false"], [], 0]
    assert [name.split(" ", 1)[1] for name in got["queried"]] == ["bulk up", *['"bulk", new'] * 2]
    assert got["nothing"] == [[], [], 0]
    assert got["deleted"] == [["false"] * 3, [], 0]
    assert got["scanned"] == 3
    assert "InvalidBatch" in got["failed"]["message"]


def test_bulk_jobs_of_the_first_version(outcome: dict[str, Any]) -> None:
    got = answered(outcome, "batches")
    missing = "REQUIRED_FIELD_MISSING:Required fields are missing: [Name]:Name --"
    new, changed = [True, True, []], [True, False, []]
    assert got["inserted"] == [new, [False, False, [missing]], new, new]
    assert got["updated"] == [changed] * 3
    assert got["upserted"] == [changed, new]
    names = [name.split(" ", 1)[1] for name in got["queried"]]
    assert names == ["v1 up", *['"v1", new'] * 2, "v1 four"]
    assert got["deleted"] == [changed] * 3
    assert got["batches"] == ["Completed"] * 2
    assert got["job"] == ["Open", "2", "3", "Closed", "Aborted"]
    assert "Field name not found : Colour" in got["failed"]["message"]
    assert "INVALID_FIELD" in got["noQuery"]["message"]
    assert got["noObject"]["name"] == "InvalidJob"
    assert got["noSession"]["name"] == "InvalidSessionId"


def test_service_and_enrollment(outcome: dict[str, Any]) -> None:
    got = answered(outcome, "service")
    assert got["maxBatchSize"] == 200
    assert {subject.name for subject in SUBJECTS} <= set(got["names"])
    assert got["limits"] == [True] * 3
    assert "compactLayouts" in got["layouts"]["compact"]
    assert "approvalLayouts" in got["layouts"]["approval"]
    assert got["layouts"]["named"] >= 1
    assert (got["tabs"], got["theme"], got["recent"]) == (True, True, True)
    assert got["enrolledTwice"]["name"] == "DUPLICATE_VALUE"
    assert got["withdrawn"] == [False, False]
    assert got["again"] == [True, None]


@pytest.mark.parametrize(
    ("call", "name", "fields"),
    [
        ("unknown field", "INVALID_FIELD", None),
        ("read-only field", "INVALID_FIELD_FOR_INSERT_UPDATE", ["CreatedDate"]),
        ("required field missing", "REQUIRED_FIELD_MISSING", ["Name"]),
        ("text too long", "STRING_TOO_LONG", ["Name"]),
        ("number too large", "NUMBER_OUTSIDE_VALID_RANGE", ["PriorityNumber"]),
        ("no picklist value", "INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST", ["DiscountOrder"]),
        ("end before start", "FIELD_INTEGRITY_EXCEPTION", None),
        ("external id taken", "DUPLICATE_VALUE", None),
        ("reference of the wrong kind", "MALFORMED_ID", ["AccountId"]),
        ("reference to nothing", "INVALID_CROSS_REFERENCE_KEY", ["AccountId"]),
        ("query that is none", "MALFORMED_QUERY", None),
        ("query of an unknown object", "INVALID_TYPE", None),
        ("query of an unknown field", "INVALID_FIELD", None),
        ("page that there is not", "INVALID_QUERY_LOCATOR", None),
        ("search that is none", "MALFORMED_SEARCH", None),
        ("unknown object", "NOT_FOUND", None),
        ("unknown record", "NOT_FOUND", None),
        ("id that is none", "NOT_FOUND", None),
        ("deleted record", "ENTITY_IS_DELETED", None),
        ("several records of one name", "MULTIPLE_CHOICES", None),
        ("unknown resource", "NOT_FOUND", None),
        ("no session", "INVALID_SESSION_ID", None),
        ("broken JSON", "JSON_PARSER_ERROR", None),
    ],
)
def test_refusals(outcome: dict[str, Any], call: str, name: str, fields: list[str] | None) -> None:
    got = answered(outcome, "errors")[call]
    assert "answered" not in got, got
    assert got["name"] == name, got["message"]
    if fields is not None:
        assert got["fields"] == fields
