"""What a client asks before anything else: versions, resources, limits, who it is."""

import re
from typing import Any

import pytest
from django.test import Client

from tests.api.conftest import COMPATIBLE, Api
from tests.factories import make_partner, token_for

DATA = "/services/data/v67.0"
ORGANIZATION = "00D000000000001EAA"
EXPIRED = [
    {
        "message": "Session expired or invalid",
        "errorCode": "INVALID_SESSION_ID",
        "fields": [],
        "code": "unauthenticated",
    }
]
GUARDED = [DATA, f"{DATA}/limits", f"/id/{ORGANIZATION}/x", "/services/oauth2/userinfo", COMPATIBLE]

pytestmark = pytest.mark.django_db


@pytest.fixture
def api(db: None) -> Api:
    return Api(["enrollments:read"], name="Web shop")


def own_path(api: Api) -> str:
    return f"/id/{ORGANIZATION}/{api.partner.acting_user.record_id}"


@pytest.mark.parametrize("path", ["/services/data", "/services/data/"])
def test_versions_are_listed_for_everybody(path: str) -> None:
    answer = Client().get(path)
    assert answer["Content-Type"] == "application/json;charset=UTF-8"
    listed = answer.json()
    assert len(listed) == 48
    assert listed[0] == {"label": "Winter '11", "url": "/services/data/v20.0", "version": "20.0"}
    assert listed[-1] == {"label": "Summer '26", "url": "/services/data/v67.0", "version": "67.0"}
    assert [one["version"] for one in listed] == sorted(one["version"] for one in listed)


@pytest.mark.parametrize("version", ["v20.0", "v59.0", "v67.0"])
@pytest.mark.parametrize("slash", ["", "/"])
def test_resources_by_the_version_that_was_asked_for(api: Api, version: str, slash: str) -> None:
    listed = api.get(f"/services/data/{version}{slash}").json()
    assert listed.pop("identity") == f"http://testserver{own_path(api)}"
    assert listed["query"] == f"/services/data/{version}/query"
    assert {name: path.rpartition("/")[2] for name, path in listed.items()} == {
        name: name for name in listed
    }
    assert {"sobjects", "queryAll", "search", "limits", "composite", "recent", "jobs"} < set(listed)


@pytest.mark.parametrize("version", ["v19.0", "v69.0", "67.0", "v67", "v067.0", "v67.1", "V67.0"])
def test_what_is_no_version(api: Api, version: str) -> None:
    answer = api.get(f"/services/data/{version}")
    assert (answer.status_code, answer.json()[0]["errorCode"]) == (404, "NOT_FOUND")


@pytest.mark.parametrize("slash", ["", "/"])
def test_limits_leave_room_for_every_client(api: Api, slash: str) -> None:
    answer = api.get(f"{DATA}/limits{slash}")
    limits = answer.json()
    assert {"DailyApiRequests", "DailyBulkApiBatches", "DailyBulkV2QueryJobs"} < set(limits)
    assert all(one["Remaining"] > 0.9 * one["Max"] > 0 for one in limits.values())
    used, most = re.fullmatch(r"api-usage=(\d+)/(\d+)", answer["Sforce-Limit-Info"]).groups()  # type: ignore[union-attr]
    requests = limits["DailyApiRequests"]
    assert (int(most), int(used)) == (requests["Max"], requests["Max"] - requests["Remaining"])


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/services/data", 200),
        (DATA, 200),
        (f"{DATA}/nothing", 404),
        ("/services/data/v1.0", 404),
        (COMPATIBLE, 405),
    ],
)
def test_every_answer_says_how_much_is_used(api: Api, path: str, status: int) -> None:
    answer = api.get(path)
    assert answer.status_code == status
    assert re.fullmatch(r"api-usage=\d+/\d+", answer["Sforce-Limit-Info"])
    assert answer["Content-Type"] == "application/json;charset=UTF-8"


def test_identity(api: Api) -> None:
    user = api.partner.acting_user
    document = api.get(own_path(api)).json()
    assert document["id"] == f"http://testserver{own_path(api)}"
    assert (document["user_id"], document["organization_id"]) == (user.record_id, ORGANIZATION)
    assert (document["username"], document["display_name"]) == (user.username, "Web shop")
    assert document["urls"]["rest"] == "http://testserver/services/data/v{version}/"
    assert document["active"] is True
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT[\d:]{8}\.000\+0000", document["last_modified_date"])


@pytest.mark.parametrize("slash", ["", "/"])
def test_identity_by_short_ids_and_with_a_format(api: Api, slash: str) -> None:
    _, organization, user = own_path(api).strip("/").split("/")
    answer = api.get(f"/id/{organization[:15]}/{user[:15]}{slash}?format=json")
    assert answer.json()["user_id"] == user


def test_identity_with_the_token_in_the_address(api: Api) -> None:
    token = api.headers["Authorization"].removeprefix("Bearer ")
    assert Client().get(own_path(api), {"oauth_token": token}).status_code == 200
    assert Client().get(own_path(api), {"oauth_token": "x"}).status_code == 401
    for path in (DATA, COMPATIBLE, "/api/v1/me"):
        assert Client().get(path, {"oauth_token": token}).status_code == 401, "nowhere else"


def test_nobody_reads_another_identity(api: Api) -> None:
    other = make_partner(name="Other").partner.acting_user.record_id
    for path in (f"/id/{ORGANIZATION}/{other}", f"/id/{other}/{other}", "/id/x/y", "/id/x"):
        answer = api.get(path)
        assert (answer.status_code, answer.json()[0]["errorCode"]) == (404, "NOT_FOUND"), path


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_user_info(api: Api, method: str) -> None:
    told = api.send(method, "/services/oauth2/userinfo").json()
    assert told["sub"] == f"http://testserver{own_path(api)}"
    assert told["preferred_username"] == api.partner.acting_user.username


@pytest.mark.parametrize("scheme", ["Bearer", "OAuth", "bearer", "OAUTH"])
def test_both_schemes(api: Api, scheme: str) -> None:
    headers = {"Authorization": f"{scheme} {token_for(api.partner)}"}
    assert Client().get(DATA, headers=headers).status_code == 200


@pytest.mark.parametrize("path", GUARDED)
@pytest.mark.parametrize(
    "headers",
    [{}, {"Authorization": "Bearer x"}, {"Authorization": "Basic YTpi"}, {"X-SFDC-Session": "x"}],
    ids=str,
)
def test_without_a_valid_token(path: str, headers: dict[str, str]) -> None:
    method = "POST" if path == COMPATIBLE else "GET"
    answer = Client().generic(method, path, headers=headers)
    assert (answer.status_code, answer.json()) == (401, EXPIRED)
    assert "/services/oauth2/token" in answer["WWW-Authenticate"], "what to do about it"


def test_a_token_may_have_no_scope_left(api: Api) -> None:
    api.partner.scopes = []
    api.partner.save()
    assert api.get(DATA).status_code == 200


def test_other_methods_are_refused_and_change_nothing(api: Api) -> None:
    for path in ("/services/data", DATA, f"{DATA}/limits", own_path(api)):
        answer = api.post(path, {})
        assert (answer.status_code, answer.json()[0]["errorCode"]) == (405, "METHOD_NOT_ALLOWED")


@pytest.mark.parametrize("path", ["/services/x", "/services/data/v67.0/x", "/id/x", "/id/"])
def test_what_clients_miss_is_logged(api: Api, path: str, caplog: Any) -> None:
    assert api.send("PATCH", path).status_code == 404
    [line] = [one.getMessage() for one in caplog.records]
    assert line == f"no such resource: PATCH {path}"


def test_nobody_fills_the_log_with_it(caplog: Any) -> None:
    client = Client()
    for number in range(130):
        client.generic("X" * 50, f"/services/{number}" + "x" * 300)
    lines = [one.getMessage() for one in caplog.records if "no such resource" in one.getMessage()]
    assert len(lines) == 120
    assert all(len(line) < 250 for line in lines)
