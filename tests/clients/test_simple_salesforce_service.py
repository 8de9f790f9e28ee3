"""Around the records: logging in by simple-salesforce, and what the service says of itself.

Source: the client contract, sections 0 to 2 and 4.
"""

import base64
import gzip
import hmac
import json
import re
from typing import Any
from urllib.parse import urlsplit

import httpx
import pytest
from simple_salesforce.api import Salesforce

from tests.clients.service import Caller, token_answer, word
from tests.clients.simple import connect, created, refusal, session_for, sobject
from tests.clients.subjects import SUBJECTS

FIELD_KEYS = {
    *("aggregatable", "aiPredictionField", "autoNumber", "byteLength", "calculated"),
    *("calculatedFormula", "cascadeDelete", "caseSensitive", "compoundFieldName"),
    *("controllerName", "createable", "custom", "defaultValue", "defaultValueFormula"),
    *("defaultedOnCreate", "dependentPicklist", "deprecatedAndHidden", "digits"),
    *("displayLocationInDecimal", "encrypted", "externalId", "extraTypeInfo", "filterable"),
    *("filteredLookupInfo", "formulaTreatNullNumberAsZero", "groupable", "highScaleNumber"),
    *("htmlFormatted", "idLookup", "inlineHelpText", "label", "length", "mask", "maskType"),
    *("name", "nameField", "namePointing", "nillable", "permissionable", "picklistValues"),
    *("polymorphicForeignKey", "precision", "queryByDistance", "referenceTargetField"),
    *("referenceTo", "relationshipName", "relationshipOrder", "restrictedDelete"),
    *("restrictedPicklist", "scale", "searchPrefilterable", "soapType", "sortable", "type"),
    *("unique", "updateable", "writeRequiresMasterRead"),
}
TYPES = {
    *("id", "string", "picklist", "multipicklist", "textarea", "reference", "boolean", "int"),
    *("double", "currency", "percent", "date", "datetime", "time", "email", "phone", "url"),
    *("combobox", "address"),
}
"""Any other makes tap-salesforce and Airbyte give up."""


def log_in(caller: Caller, **more: Any) -> Salesforce:
    """The client logs in by itself: its address is the token endpoint's, with a fragment that takes
    what the client appends."""
    return Salesforce(
        consumer_key=caller.client_id,
        consumer_secret=caller.client_secret,
        domain=f"{urlsplit(caller.url).netloc}/services/oauth2/token#",
        session=session_for(caller.url),
        **more,
    )


def test_the_client_logs_in_and_does_so_again_when_its_token_is_gone(caller: Caller) -> None:
    sf = log_in(caller)
    assert sf.query("SELECT COUNT() FROM Organization")["totalSize"] == 1
    revoked = sf.session_id
    answer = sf.session.post(sf.oauth2_url + "revoke", data={"token": revoked})
    assert (answer.status_code, answer.content) == (200, b"")
    assert refusal(lambda: connect(caller, revoked).limits()).status == 401
    assert sobject(sf, "Promotion").metadata()["objectDescribe"]["name"] == "Promotion"
    assert sf.query("SELECT COUNT() FROM Organization")["totalSize"] == 1
    assert sf.session_id != revoked


def test_what_the_token_endpoint_answers(caller: Caller) -> None:
    said = token_answer(caller.url, caller.client_id, caller.client_secret)
    assert re.fullmatch(r"00D\w{12,15}![.\w]+", said["access_token"])
    assert said["instance_url"] == caller.url
    assert re.fullmatch(re.escape(caller.url) + r"/id/00D\w{15}/005\w{15}", said["id"])
    assert said["token_type"] == "Bearer"
    text = said["id"] + said["issued_at"]
    digest = hmac.digest(caller.client_secret.encode(), text.encode(), "sha256")
    assert said["signature"] == base64.b64encode(digest).decode()


def test_wrong_credentials(caller: Caller) -> None:
    answer = httpx.post(
        f"{caller.url}/services/oauth2/token",
        data={
            "grant_type": "client_credentials",
            "client_id": caller.client_id,
            "client_secret": "wrong",
        },
        timeout=30,
    )
    assert answer.status_code in (400, 401)
    assert answer.json()["error"] == "invalid_client"


def test_versions_need_no_session(caller: Caller) -> None:
    for slash in ("", "/"):
        answer = httpx.get(f"{caller.url}/services/data{slash}")
        versions = answer.json()
        numbers = [float(one["version"]) for one in versions]
        assert numbers == sorted(numbers)
        assert (numbers[0], numbers[-1]) == (20.0, 67.0)
        assert versions[-1]["url"] == "/services/data/v67.0"


@pytest.mark.parametrize("version", ["20.0", "42.0", "50.0", "59.0", "62.0", "67.0"])
def test_every_version_is_answered_and_echoed(caller: Caller, version: str) -> None:
    sf = connect(caller, version=version)
    key = created(sf, "Account", Name=word())
    path = f"/services/data/v{version}/sobjects/Account/{key}"
    assert sobject(sf, "Account").get(key)["attributes"]["url"] == path
    [record] = sf.query(f"SELECT Id FROM Account WHERE Id = '{key}'")["records"]
    assert record["attributes"]["url"] == path


def test_resources_and_identity(sf: Salesforce) -> None:
    resources = sf.restful("")
    assert resources is not None
    assert resources["sobjects"] == "/services/data/v59.0/sobjects"
    assert resources["query"] == "/services/data/v59.0/query"
    identity = resources["identity"].replace("http://", "https://")
    for headers, params in (
        ({"Authorization": f"Bearer {sf.session_id}"}, {}),
        ({}, {"oauth_token": sf.session_id}),
    ):
        answer = sf.session.get(identity, headers=headers, params={"format": "json", **params})
        said = answer.json()
        assert said["organization_id"][:3] == "00D"
        assert said["user_id"][:3] == "005"
        assert said["id"].endswith(f"/id/{said['organization_id']}/{said['user_id']}")
        assert said["username"]
        assert isinstance(said["urls"], dict)
    user = sobject(sf, "User").get(said["user_id"])
    assert user["Username"] == said["username"]


def test_limits_and_usage(sf: Salesforce) -> None:
    limits = sf.limits()
    for name in ("DailyApiRequests", "DailyBulkApiBatches", "DataStorageMB", "FileStorageMB"):
        assert limits[name]["Max"] >= limits[name]["Remaining"] >= 0
    answer = sobject(sf, "Account").update(
        created(sf, "Account", Name=word()), {"Name": "Meyer"}, raw_response=True
    )
    assert re.fullmatch(r"api-usage=\d+/\d+", answer.headers["Sforce-Limit-Info"])
    usage: Any = sf.api_usage["api-usage"]
    # tap-salesforce stops at four fifths.
    assert usage.total > 10 * usage.used > 0


def test_the_organization(sf: Salesforce) -> None:
    assert sf.is_sandbox() is False
    question = (
        "SELECT Name, InstanceName, IsSandbox, TrialExpirationDate, NamespacePrefix,"
        " OrganizationType FROM Organization"
    )
    [record] = sf.query(question)["records"]
    assert record["TrialExpirationDate"] is None


def test_every_object_is_described(sf: Salesforce) -> None:
    answer = sf.describe()
    assert answer is not None
    assert (answer["encoding"], answer["maxBatchSize"]) == ("UTF-8", 200)
    objects = {one["name"]: one for one in answer["sobjects"]}
    assert {subject.name for subject in SUBJECTS} <= set(objects)
    assert {"Offer", "User", "Group", "Organization", "PromotionHistory"} <= set(objects)
    assert objects["Promotion"]["keyPrefix"] == "0c8"
    assert objects["PromotionHistory"]["createable"] is False
    for name, one in objects.items():
        described = sobject(sf, name).describe()
        assert {key: described[key] for key in one} == one
        for field in described["fields"]:
            assert set(field) == FIELD_KEYS, (name, field["name"])
            assert field["type"] in TYPES, (name, field["name"])
        assert [field["name"] for field in described["fields"] if field["type"] == "id"] == ["Id"]
        if one["queryable"]:
            sf.query(f"SELECT COUNT() FROM {name}")
        for child in described["childRelationships"]:
            assert child["childSObject"] in objects


def test_a_description_that_is_known_is_not_sent_again(wire: httpx.Client) -> None:
    path = "/services/data/v59.0/sobjects/Promotion/describe"
    first = wire.get(path)
    stamp = first.headers["Last-Modified"]
    again = wire.get(path, headers={"If-Modified-Since": stamp})
    assert (first.status_code, again.status_code, again.content) == (200, 304, b"")


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "query{}?q=SELECT+Id+FROM+Account+LIMIT+1"),
        ("GET", "queryAll{}?q=SELECT+Id+FROM+Account+LIMIT+1"),
        ("GET", "search{}?q=FIND+%7Bnobody%7D"),
        ("GET", "limits{}"),
        ("GET", "sobjects{}"),
        ("GET", "sobjects/Account{}"),
        ("GET", "sobjects/Account/describe{}"),
        ("POST", "sobjects/Account{}"),
        ("POST", "composite/sobjects{}"),
        ("POST", "jobs/ingest{}"),
    ],
)
def test_a_slash_at_the_end_makes_no_difference(wire: httpx.Client, method: str, path: str) -> None:
    bodies: dict[str, Any] = {
        "sobjects/Account{}": {"Name": "Meyer"},
        "composite/sobjects{}": {"records": [{"attributes": {"type": "Account"}, "Name": "M"}]},
        "jobs/ingest{}": {"object": "Account", "operation": "insert"},
    }
    body = bodies[path] if method == "POST" else None
    statuses = {
        wire.request(method, f"/services/data/v59.0/{path.format(slash)}", json=body).status_code
        for slash in ("", "/")
    }
    assert len(statuses) == 1
    assert statuses <= {200, 201}


@pytest.mark.parametrize("path", ["services/data", "services/data/v67.0/limits"])
def test_a_slash_more_at_the_beginning_makes_none_either(caller: Caller, path: str) -> None:
    """sf keeps an instance's address with a slash at its end, and appends paths to that."""
    headers = {"Authorization": f"Bearer {caller.token}"}
    assert httpx.get(f"{caller.url}//{path}", headers=headers).status_code == 200


def test_bodies_are_compressed_both_ways(wire: httpx.Client) -> None:
    body = gzip.compress(json.dumps({"Name": word()}).encode())
    headers = {"Content-Encoding": "gzip", "Content-Type": "application/json"}
    made = wire.post("/services/data/v59.0/sobjects/Account", content=body, headers=headers)
    assert made.status_code == 201, made.text
    answer = wire.get("/services/data/v59.0/sobjects/Promotion/describe")
    assert answer.headers["Content-Encoding"] == "gzip"


def test_the_older_scheme_of_authorization(caller: Caller) -> None:
    answer = httpx.get(
        f"{caller.url}/services/data/v59.0/limits",
        headers={"Authorization": f"OAuth {caller.token}"},
    )
    assert answer.status_code == 200
    assert answer.headers["Content-Type"] == "application/json;charset=UTF-8"


def test_unknown_headers_are_ignored(sf: Salesforce) -> None:
    headers = {
        "Sforce-Auto-Assign": "FALSE",
        "Sforce-Call-Options": "client=test",
        "Sforce-Duplicate-Rule-Header": "allowSave=true",
        "Sforce-Mru": "updateMru=true",
    }
    assert sobject(sf, "Account").create({"Name": word()}, headers=headers)["success"] is True
