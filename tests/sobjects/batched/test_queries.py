"""Batches that ask: what is found, in each format."""

import csv
import io
import json

import pytest
from defusedxml.ElementTree import fromstring
from django.db import connection
from django.test.utils import CaptureQueriesContext

from enrollments.models import Account
from tests.factories import NOW, make_account, make_contact
from tests.sobjects.batched.conftest import (
    MEDIA_TYPES,
    NAMESPACE,
    BatchedApi,
    in_xml,
    outcome,
    problem,
)
from tests.sobjects.bulk.conftest import work
from tests.sobjects.conftest import DATA

pytestmark = pytest.mark.django_db

PEOPLE = "SELECT Id, LastName, Account.Name, CreatedDate FROM Contact ORDER BY LastName"
XSI = "{http://www.w3.org/2001/XMLSchema-instance}"


def result_of(batched: BatchedApi, path: str) -> str:
    """The path of the one result."""
    answer = batched.get(f"{path}/result")
    assert answer.status_code == 200, answer.content
    if answer["Content-Type"] == "application/json":
        [key] = answer.json()
    else:
        assert f'<result-list xmlns="{NAMESPACE}">' in answer.content.decode()
        key = in_xml(answer)["result"]
    assert key[:3] == "752"
    return f"{path}/result/{key}"


def found(batched: BatchedApi, query: str, form: str, operation: str = "query", **more: str) -> str:
    path, told = batched.load(query, operation, form, **more)
    assert told["state"] == "Completed", told
    result = result_of(batched, path)
    assert batched.get(result)["Content-Type"] == MEDIA_TYPES[form].partition(";")[0]
    assert batched.text(f"{path}/request") == query
    return batched.text(result)


def test_in_csv(batched: BatchedApi) -> None:
    oak = make_account(name="Oak")
    meyer = make_contact(last_name="Meyer", account=oak)
    rows = list(csv.DictReader(io.StringIO(found(batched, PEOPLE, "CSV", name="Contact"))))
    assert [{**row, "CreatedDate": ""} for row in rows] == [
        {"Id": meyer.record_id, "LastName": "Meyer", "Account.Name": "Oak", "CreatedDate": ""}
    ]


def test_in_json_moments_are_numbers(batched: BatchedApi) -> None:
    oak = make_account(name="Oak")
    kunz, meyer = (
        make_contact(last_name=name, account=account)
        for name, account in (("Kunz", None), ("Meyer", oak))
    )
    query = PEOPLE.replace("CreatedDate", "CreatedDate, Account.CreatedDate, NumberOfEmployees")
    query = query.replace(", NumberOfEmployees", ", Account.NumberOfEmployees")
    records = json.loads(found(batched, query, "JSON", name="Contact"))

    def milliseconds(record: object) -> int:
        return int(record.created_date.timestamp() * 1000)  # type: ignore[attr-defined]

    assert records == [
        {
            "attributes": {"type": "Contact", "url": f"{DATA}/sobjects/Contact/{kunz.record_id}"},
            "Id": kunz.record_id,
            "LastName": "Kunz",
            "Account": None,
            "CreatedDate": milliseconds(kunz),
        },
        {
            "attributes": {"type": "Contact", "url": f"{DATA}/sobjects/Contact/{meyer.record_id}"},
            "Id": meyer.record_id,
            "LastName": "Meyer",
            "Account": {
                "attributes": {
                    "type": "Account",
                    "url": f"{DATA}/sobjects/Account/{oak.record_id}",
                },
                "Name": "Oak",
                "CreatedDate": milliseconds(oak),
                "NumberOfEmployees": None,
            },
            "CreatedDate": milliseconds(meyer),
        },
    ]


def test_in_xml(batched: BatchedApi) -> None:
    make_contact(last_name="Kunz & Co", account=None, email=None)
    make_contact(last_name="Meyer", account=make_account(name="Oak"))
    query = "SELECT LastName, Email, Account.Name FROM Contact ORDER BY LastName"
    root = fromstring(found(batched, query, "XML", name="Contact"))
    assert root.tag == f"{{{NAMESPACE}}}queryResult"
    kunz, meyer = root
    assert [record.attrib for record in root] == [{f"{XSI}type": "sObject"}] * 2
    assert kunz.findtext(f"{{{NAMESPACE}}}type") == "Contact"
    assert kunz.findtext(f"{{{NAMESPACE}}}LastName") == "Kunz & Co"
    email = kunz.find(f"{{{NAMESPACE}}}Email")
    assert email is not None
    assert email.attrib == {f"{XSI}nil": "true"}
    account = meyer.find(f"{{{NAMESPACE}}}Account")
    assert account is not None
    assert account.findtext(f"{{{NAMESPACE}}}type") == "Account"
    assert account.findtext(f"{{{NAMESPACE}}}Name") == "Oak"


@pytest.mark.parametrize(
    ("form", "nothing"),
    [
        ("CSV", "Id\n"),
        ("JSON", "[]"),
        ("XML", None),
    ],
)
def test_nothing_is_found(batched: BatchedApi, form: str, nothing: str | None) -> None:
    text = found(batched, "SELECT Id FROM Account", form)
    if nothing is None:
        assert len(fromstring(text)) == 0
    else:
        assert text == nothing


def test_query_all_finds_what_was_deleted(batched: BatchedApi) -> None:
    oak = make_account(name="Oak")
    Account.objects.filter(pk=oak.pk).update(is_deleted=True, deleted_date=NOW)
    query = "SELECT Name FROM Account"
    assert found(batched, query, "CSV") == "Name\n"
    assert found(batched, query, "CSV", "queryAll") == "Name\nOak\n"


@pytest.mark.parametrize(
    ("query", "message"),
    [
        ("SELECT Colour FROM Account", "InvalidBatch : Failed to process query: INVALID_FIELD: "),
        ("SELECT", "InvalidBatch : Failed to process query: MALFORMED_QUERY: "),
        ("SELECT Id FROM Contact", "InvalidBatch : The query is of Contact, the job of Account."),
        (
            "SELECT COUNT() FROM Account",
            "InvalidBatch : Failed to process query: FUNCTIONALITY_NOT_ENABLED: ",
        ),
    ],
)
def test_what_can_not_be_asked_is_a_batch_that_failed(
    batched: BatchedApi, query: str, message: str
) -> None:
    path, told = batched.load(query, "query", "JSON")
    assert outcome(told) == ("Failed", 0, 0)
    assert told["stateMessage"].startswith(message)
    assert problem(batched.get(f"{path}/result"))[:2] == (400, "InvalidBatch")


@pytest.mark.parametrize("query", ["", " \n", b"\xff", "x" * 400_001])
def test_what_is_no_text(batched: BatchedApi, query: str | bytes) -> None:
    answer = batched.add(batched.open(operation="query"), query)
    assert problem(answer)[:2] == (400, "ClientInputError")


def test_other_results_there_are_not(batched: BatchedApi) -> None:
    path, _ = batched.load("SELECT Id FROM Account", "query")
    answer = batched.get(f"{path}/result/752000000009999AAA")
    assert problem(answer)[:2] == (400, "InvalidBatch")
    path, _ = batched.load("Name\nOak\n")
    assert problem(batched.get(f"{path}/result/752"))[:2] == (400, "InvalidBatch")


def test_as_tap_salesforce_does(batched: BatchedApi) -> None:
    """It speaks JSON of its jobs, announces JSON throughout, and reads of batches XML."""
    make_account(name="Oak")
    json_kind = {"Content_Type": "application/json"}
    asked = {"operation": "queryAll", "object": "Account", "contentType": "CSV"}
    job = batched.post("job", asked).json()["id"]
    query = "SELECT Name FROM Account WHERE SystemModstamp >= 2000-01-01T00:00:00Z  ORDER BY Name"
    batch = in_xml(batched.add(job, query))["id"]
    assert batched.post(f"job/{job}", {"state": "Closed"}).json()["state"] == "Closed"
    path = f"job/{job}/batch/{batch}"
    work()
    assert in_xml(batched.get(path, **json_kind))["state"] == "Completed"
    assert "<batchInfo>" in batched.get(f"job/{job}/batch", **json_kind).content.decode()
    result = in_xml(batched.get(f"{path}/result", **json_kind))["result"]
    assert batched.text(f"{path}/result/{result}") == "Name\nOak\n"
    answer = batched.get("job/750000000009999AAA", **json_kind)
    assert answer["Content-Type"] == "application/json"  # to the letter
    assert problem(answer)[:2] == (400, "InvalidJob")


def test_what_is_asked_is_not_read_where_it_is_not_shown(batched: BatchedApi) -> None:
    path, told = batched.load(PEOPLE, "query", name="Contact")
    assert told["state"] == "Completed"
    for shown in (path, path.rpartition("/")[0]):
        with CaptureQueriesContext(connection) as asked:
            assert batched.get(shown).status_code == 200
        assert [one["sql"] for one in asked if '"query"' in one["sql"]] == []
    assert batched.text(f"{path}/request") == PEOPLE
