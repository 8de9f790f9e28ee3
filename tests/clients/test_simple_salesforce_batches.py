"""Jobs in batches by simple-salesforce: its ``sf.bulk``, which speaks JSON throughout."""

import gzip
import time
from collections.abc import Iterator
from typing import Any

import httpx
import pytest
import simple_salesforce.bulk
from simple_salesforce.api import Salesforce
from simple_salesforce.exceptions import SalesforceGeneralError

from tests.clients.service import Caller, word
from tests.clients.simple import batches, connect, created, refusal, sobject


@pytest.fixture(autouse=True)
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """The client looks again every five seconds."""
    monkeypatch.setattr(simple_salesforce.bulk, "sleep", lambda seconds: time.sleep(0.2))


Told = tuple[bool, bool, list[str]]


def told(results: list[dict[str, Any]]) -> list[Told]:
    return [
        (row["success"], row["created"], [error["statusCode"] for error in row["errors"]])
        for row in results
    ]


NEW: Told = (True, True, [])
CHANGED: Told = (True, False, [])


def test_insert_with_refused_rows_in_between(sf: Salesforce) -> None:
    one = word()
    rows: list[dict[str, Any]] = [{"Name": f"{one} {n}", "Phone": None} for n in range(5)]
    rows[1]["Name"] = None
    rows[3] = {"ExternalId": f"{one}-3"}
    # In three batches at once.
    results = batches(sf, "Account").insert(rows, batch_size=2)
    missing = (False, False, ["REQUIRED_FIELD_MISSING"])
    assert told(results) == [NEW, missing, NEW, missing, NEW]
    assert results[1]["id"] is None
    assert results[1]["errors"][0]["fields"] == ["Name"]
    found = sf.query(f"SELECT Id FROM Account WHERE Name LIKE '{one}%' ORDER BY Name")["records"]
    assert [record["Id"] for record in found] == [row["id"] for row in results if row["success"]]


def test_update_upsert_and_delete(sf: Salesforce) -> None:
    known, fresh = word(), word()
    key = created(sf, "Account", Name="before", ExternalId=known, Phone="1", Site="here")
    accounts = batches(sf, "Account")
    row = {"Id": key, "Name": "between", "Phone": None}
    assert told(accounts.update([row, row], batch_size="auto")) == [CHANGED] * 2
    record = sobject(sf, "Account").get(key)
    assert (record["Name"], record["Phone"], record["Site"]) == ("between", None, "here")
    rows = [{"ExternalId": name, "Name": "after"} for name in (known, fresh)]
    upserted = accounts.upsert(rows, external_id_field="ExternalId", use_serial=True)
    assert told(upserted) == [CHANGED, NEW]
    assert sobject(sf, "Account").get(key)["Name"] == "after"
    contact = {"LastName": word(), "Account": {"ExternalId": known}}
    [made] = batches(sf, "Contact").insert([contact], include_detailed_results=True)
    assert sobject(sf, "Contact").get(made["id"])["AccountId"] == key
    assert (made["LastName"], made["Account.ExternalId"]) == (contact["LastName"], known)
    ids = [{"Id": row["id"]} for row in upserted]
    assert told(accounts.delete([*ids, ids[0]])) == [
        CHANGED,
        CHANGED,
        (False, False, ["ENTITY_IS_DELETED"]),
    ]


def test_query(sf: Salesforce) -> None:
    one = word()
    keys = [created(sf, "Account", Name=f"{one} {n}") for n in range(3)]
    sobject(sf, "Account").delete(keys[2])
    question = (
        f"SELECT Id, Name, IsDeleted, CreatedDate, CreatedBy.Name FROM Account"
        f" WHERE Name LIKE '{one}%' ORDER BY Name"
    )
    records = batches(sf, "Account").query(question, wait=0)
    assert [(record["Id"], record["Name"]) for record in records] == [
        (keys[0], f"{one} 0"),
        (keys[1], f"{one} 1"),
    ]
    [first, _] = records
    assert first["attributes"]["type"] == "Account"
    assert (first["IsDeleted"], first["CreatedBy"]["attributes"]["type"]) == (False, "User")
    # Milliseconds, as this client's users are used to.
    assert abs(first["CreatedDate"] / 1000 - time.time()) < 3600
    every = batches(sf, "Account").query_all(question, wait=0)
    assert [record["Id"] for record in every] == keys
    lazily: Iterator[list[Any]] = batches(sf, "Account").query(
        f"SELECT Id FROM Account WHERE Name = '{word()}'", lazy_operation=True, wait=0
    )
    assert list(lazily) == [[]]


def test_refusals(sf: Salesforce, caller: Caller) -> None:
    accounts = batches(sf, "Account")
    strangers = batches(connect(caller, "00D000000000001!x"), "Account")
    with pytest.raises(SalesforceGeneralError, match=r"(?s)INVALID_FIELD.*Colour"):
        accounts.query("SELECT Colour FROM Account", wait=0)
    for act, code in (
        (lambda: batches(sf, "Voucher").insert([{"Name": "x"}]), "InvalidJob"),
        (lambda: accounts.hard_delete([{"Id": "x"}]), "FeatureNotEnabled"),
        (lambda: accounts.insert([{"Name": "x", "Colour": "red"}]), "InvalidBatch"),
        (lambda: accounts.insert([{"Name": ["x"]}]), "ClientInputError"),
        (lambda: strangers.insert([{"Name": "x"}]), "InvalidSessionId"),
    ):
        refused = refusal(act)
        assert (refused.status, refused.content["exceptionCode"]) == (400, code)


def test_a_batch_in_csv_packed_and_in_chunks(wire: httpx.Client, sf: Salesforce) -> None:
    """What of this no client shows: a body compressed by gzip, without a length."""
    one = word()
    said = {"object": "Account", "operation": "insert", "contentType": "CSV"}
    job = wire.post("/services/async/61.0/job", json=said).json()["id"]
    packed = gzip.compress(f"Name\n{one}\n".encode())
    added = wire.post(
        f"/services/async/61.0/job/{job}/batch",
        content=iter([packed[:9], packed[9:]]),
        headers={"Content-Type": "text/csv", "Content-Encoding": "gzip"},
    )
    assert added.status_code == 201, added.text
    batch = added.text.partition("<id>")[2].partition("</id>")[0]
    path = f"/services/async/61.0/job/{job}/batch/{batch}"
    for _ in range(600):
        if "<state>Completed</state>" in wire.get(path).text:
            break
        time.sleep(0.05)
    results = wire.get(f"{path}/result")
    assert results.headers["Content-Type"] == "text/csv"
    [record] = sf.query(f"SELECT Id FROM Account WHERE Name = '{one}'")["records"]
    assert results.text == f"Id,Success,Created,Error\n{record['Id']},true,true,\n"
