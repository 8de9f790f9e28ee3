"""Batches that bring rows: what comes in each format, and what is told of each row."""

import csv
import io
import json
from typing import Any
from xml.etree.ElementTree import Element

import pytest
from defusedxml.ElementTree import fromstring
from django.db import OperationalError
from psycopg.errors import DeadlockDetected

from enrollments.models import Account, Contact
from promotions.models.bulk_jobs import BulkJob
from promotions.services import batched_jobs, bulk_jobs, kept_files
from promotions.services.transactions import joins_another
from promotions.sobjects import elements
from promotions.sobjects.batched import intake, tables
from promotions.sobjects.elements import BadXml, read_children
from tests.factories import make_account, make_contact
from tests.sobjects.batched.conftest import (
    MEDIA_TYPES,
    NAMESPACE,
    BatchedApi,
    in_xml,
    outcome,
    problem,
)
from tests.sobjects.bulk.conftest import work, work_until_killed

pytestmark = pytest.mark.django_db

XSI = 'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"'
MISSING = "REQUIRED_FIELD_MISSING:Required fields are missing: [Name]:Name --"


def xml(*records: str) -> str:
    inside = "\n".join(f"<sObject>{record}</sObject>" for record in records)
    return f'<?xml version="1.0"?>\n<sObjects xmlns="{NAMESPACE}" {XSI}>\n{inside}\n</sObjects>'


SAME: dict[str, str] = {
    "CSV": 'Name,ExternalId\n"May, and ""June""",A-1\n,A-2\nElm,A-3\n',
    "JSON": json.dumps(
        [
            {"attributes": {"type": "Account"}, "Name": 'May, and "June"', "ExternalId": "A-1"},
            {"externalid": "A-2"},
            {"ExternalId": "A-3", "Name": "Elm"},
        ]
    ),
    "XML": xml(
        '<type>Account</type><Name>May, and "June"</Name><ExternalId>A-1</ExternalId>',
        "<externalid>A-2</externalid>",
        "<ExternalId>A-3</ExternalId><Name>Elm</Name>",
    ),
}


@pytest.mark.parametrize("form", ["CSV", "JSON", "XML"])
def test_rows_are_written_and_told_in_their_order(batched: BatchedApi, form: str) -> None:
    path, told = batched.load(SAME[form], form=form)
    assert (told["jobId"], told["id"][:3]) == (path.split("/")[1], "751")
    assert outcome(told) == ("Completed", 3, 1)
    assert {"totalProcessingTime", "apiActiveProcessingTime", "apexProcessingTime"} < set(told)
    made = {account.external_id: account for account in Account.objects.all()}
    assert {key: account.name for key, account in made.items()} == {
        "A-1": 'May, and "June"',
        "A-3": "Elm",
    }
    assert made["A-1"].created_by == batched.partner.acting_user
    answer = batched.get(f"{path}/result")
    assert answer["Content-Type"] == MEDIA_TYPES[form].partition(";")[0]
    text = batched.text(f"{path}/result")
    rows = READ[form](text)
    assert rows == [
        (made["A-1"].record_id, "true", "true", ""),
        ("", "false", "false", MISSING),
        (made["A-3"].record_id, "true", "true", ""),
    ]
    assert batched.text(f"{path}/request") == SAME[form]


def from_csv(text: str) -> list[tuple[str, ...]]:
    header, *rows = csv.reader(io.StringIO(text))
    assert header == ["Id", "Success", "Created", "Error"]
    return [tuple(row) for row in rows]


def from_json(text: str) -> list[tuple[str, ...]]:
    """Exactly the properties that salesforce-bulk takes."""
    return [
        (
            row.pop("id") or "",
            str(row.pop("success")).lower(),
            str(row.pop("created")).lower(),
            _error(row.pop("errors")),
        )
        for row in json.loads(text)
        if len(row) == 4
    ]


def from_xml(text: str) -> list[tuple[str, ...]]:
    root = fromstring(text)
    assert root.tag == f"{{{NAMESPACE}}}results"

    def said(result: Element, name: str) -> str:
        return result.findtext(f"{{{NAMESPACE}}}{name}") or ""

    return [
        (
            *(said(result, name) for name in ("id", "success", "created")),
            _error(
                {
                    "statusCode": said(one, "statusCode"),
                    "message": said(one, "message"),
                    "fields": [found.text for found in one.findall(f"{{{NAMESPACE}}}fields")],
                }
                for one in result.findall(f"{{{NAMESPACE}}}errors")
            ),
        )
        for result in root
    ]


def _error(errors: Any) -> str:
    return " ".join(
        f"{one['statusCode']}:{one['message']}:{' '.join(one['fields'])} --" for one in errors
    )


READ = {"CSV": from_csv, "JSON": from_json, "XML": from_xml}


@pytest.mark.parametrize(
    ("form", "batch"),
    [
        ("CSV", "Id,Name,ExternalId,ParentId\n{a},,#N/A,#N/A\n{b},Ash,,\n"),
        (
            "JSON",
            '[{{"Id": "{a}", "ExternalId": null, "Parent": null, "Name": ""}},'
            ' {{"Id": "{b}", "Name": "Ash"}}]',
        ),
        (
            "XML",
            xml(
                '<Id>{a}</Id><ExternalId xsi:nil="true"/><Parent xsi:nil="1"/><Name></Name>',
                "<Id>{b}</Id><Name>Ash</Name>",
            ),
        ),
    ],
)
def test_what_is_not_said_is_left_and_null_clears(
    batched: BatchedApi, form: str, batch: str
) -> None:
    group = make_account(name="Group")
    a = make_account(name="Oak", external_id="A-1", parent=group)
    b = make_account(name="Elm", external_id="A-2", parent=group)
    path, told = batched.load(batch.format(a=a.record_id, b=b.record_id), "update", form)
    assert outcome(told) == ("Completed", 2, 0), batched.text(f"{path}/result")
    assert [row[1:3] for row in READ[form](batched.text(f"{path}/result"))] == [
        ("true", "false")
    ] * 2
    rows = Account.objects.exclude(pk=group.pk).order_by("pk")
    assert list(rows.values_list("name", "external_id", "parent")) == [
        ("Oak", None, None),
        ("Ash", "A-2", group.pk),
    ]


@pytest.mark.parametrize(
    ("form", "batch"),
    [
        ("CSV", "LastName,Account.ExternalId\nMeyer,A-1\nKunz,A-9\nHolt,\n"),
        (
            "JSON",
            '[{"LastName": "Meyer", "Account": {"attributes": {"type": "Account"},'
            ' "ExternalId": "A-1"}}, {"LastName": "Kunz", "account": {"ExternalId": "A-9"}},'
            ' {"LastName": "Holt"}]',
        ),
        (
            "XML",
            xml(
                "<LastName>Meyer</LastName><Account><sObject><type>Account</type>"
                "<ExternalId>A-1</ExternalId></sObject></Account>",
                "<LastName>Kunz</LastName><Account><ExternalId>A-9</ExternalId></Account>",
                "<LastName>Holt</LastName>",
            ),
        ),
    ],
)
def test_a_relationship_names_the_other_record_by_its_own_key(
    batched: BatchedApi, form: str, batch: str
) -> None:
    oak = make_account(name="Oak", external_id="A-1")
    path, told = batched.load(batch, form=form, name="Contact")
    assert outcome(told) == ("Completed", 3, 1), told
    assert dict(Contact.objects.values_list("last_name", "account")) == {
        "Meyer": oak.pk,
        "Holt": None,
    }
    rows = READ[form](batched.text(f"{path}/result"))
    assert rows[1][3].startswith("INVALID_FIELD:Foreign key external ID: no record found")


@pytest.mark.parametrize(
    ("form", "batch"),
    [
        ("CSV", "Id,Account.ExternalId,LastName\n{a},#N/A,\n{b},,Kunz\n{c},,\n"),
        (
            "JSON",
            '[{{"Id": "{a}", "Account": {{"ExternalId": null}}}},'
            ' {{"Id": "{b}", "LastName": "Kunz"}}, {{"Id": "{c}"}}]',
        ),
        (
            "XML",
            xml(
                '<Id>{a}</Id><Account><ExternalId xsi:nil="true"/></Account>',
                "<Id>{b}</Id><Account></Account><LastName>Kunz</LastName>",
                "<Id>{c}</Id><Account> <sObject/> </Account>",
            ),
        ),
    ],
)
def test_a_relationship_that_names_nothing(batched: BatchedApi, form: str, batch: str) -> None:
    """Null clears it, wherever it stands; what is empty says nothing."""
    oak = make_account(name="Oak", external_id="A-1")
    people = {key: make_contact(last_name=key, account=oak) for key in "abc"}
    ids = {key: contact.record_id for key, contact in people.items()}
    _, told = batched.load(batch.format(**ids), "update", form, name="Contact")
    assert outcome(told) == ("Completed", 3, 0), told
    assert list(Contact.objects.order_by("pk").values_list("last_name", "account")) == [
        ("a", None),
        ("Kunz", oak.pk),
        ("c", oak.pk),
    ]


@pytest.mark.parametrize("form", ["JSON", "XML"])
def test_a_batch_has_no_more_columns_than_its_object(batched: BatchedApi, form: str) -> None:
    names = [f"F{n}" for n in range(4_000)]
    row = {"JSON": json.dumps([dict.fromkeys(names, 1)]), "XML": xml(*(f"<{n}/>" for n in names))}
    batch = row[form]
    path, told = batched.load(batch, form=form)
    assert outcome(told) == ("Failed", 0, 0)
    message = "InvalidBatch : The records have more different fields than Account has, F"
    assert told["stateMessage"].startswith(message)
    assert batched.text(f"{path}/request") == batch


@pytest.mark.parametrize("form", ["CSV", "JSON"])
def test_an_upsert_and_a_delete(batched: BatchedApi, form: str) -> None:
    oak = make_account(name="Oak", external_id="A-1")
    rows = [{"ExternalId": "A-1", "Name": "Oak & Co"}, {"ExternalId": "A-2", "Name": "Elm"}]
    # jsforce names Id in the header, and says nothing in it.
    batch = json.dumps(rows) if form == "JSON" else "Id,ExternalId,Name\n,A-1,Oak & Co\n,A-2,Elm\n"
    path, told = batched.load(batch, "upsert", form, externalIdFieldName="ExternalId")
    assert outcome(told) == ("Completed", 2, 0)
    upserted = READ[form](batched.text(f"{path}/result"))
    assert [row[2] for row in upserted] == ["false", "true"]
    assert upserted[0][0] == oak.record_id
    keys = [row[0] for row in upserted]
    batch = (
        json.dumps([{"Id": key} for key in keys]) if form == "JSON" else "\n".join(["Id", *keys])
    )
    path, told = batched.load(batch, "delete", form)
    assert outcome(told) == ("Completed", 2, 0)
    assert Account.objects.filter(is_deleted=True).count() == 2


@pytest.mark.parametrize(
    ("form", "batch", "operation", "message"),
    [
        ("CSV", "Name,Colour\nOak,red\n", "insert", "Field name not found : Colour"),
        ("JSON", '[{"Name": "Oak", "Colour": "red"}]', "insert", "Field name not found : Colour"),
        ("XML", xml("<Colour>red</Colour>"), "insert", "Field name not found : Colour"),
        ("JSON", '[{"Name": "Oak"}]', "update", "must contain the column Id"),
        ("JSON", '[{"Id": "x", "Name": "Oak"}]', "delete", "must contain only ids"),
    ],
)
def test_a_batch_of_other_fields_fails_as_a_whole(
    batched: BatchedApi, form: str, batch: str, operation: str, message: str
) -> None:
    path, told = batched.load(batch, operation, form)
    assert outcome(told) == ("Failed", 0, 0)
    assert told["stateMessage"].startswith("InvalidBatch : ")
    assert message in told["stateMessage"]
    answer = batched.get(f"{path}/result", Content_Type=MEDIA_TYPES[form])
    assert problem(answer) == (400, "InvalidBatch", "Records not processed")
    assert batched.text(f"{path}/request") == batch
    assert not Account.objects.exists()


@pytest.mark.parametrize(
    ("form", "batch", "code"),
    [
        ("CSV", "", "ClientInputError"),
        ("JSON", "", "ClientInputError"),
        ("JSON", "[", "ClientInputError"),
        ("JSON", "{}", "ClientInputError"),
        ("JSON", "[1]", "ClientInputError"),
        ("JSON", '[{"Name": ["Oak"]}]', "ClientInputError"),
        ("JSON", '[{"Name": "Oak", "name": "Elm"}]', "ClientInputError"),
        ("JSON", '[{"Parent": {"Name": "Oak", "ExternalId": "A"}}]', "ClientInputError"),
        ("JSON", '[{"Parent": {"Parent": {"Name": "Oak"}}}]', "ClientInputError"),
        ("JSON", '[{"Na\\u0000me": "Oak"}]', "ClientInputError"),
        ("JSON", '[{"Parent": {"Na\\u0000me": "Oak"}}]', "ClientInputError"),
        (
            "JSON",
            '[{"Parent": {"attributes": {"type": "A\\u0000"}, "Name": "Oak"}}]',
            "ClientInputError",
        ),
        ("JSON", "[" * 600_000, "ClientInputError"),
        ("XML", " ", "InvalidXML"),
        ("XML", "<sObjects>", "InvalidXML"),
        ("XML", "<records><sObject/></records>", "InvalidXML"),
        ("XML", '<!DOCTYPE a [<!ENTITY b "c">]><sObjects/>', "InvalidXML"),
        ("XML", "<sObjects>" + "<a>" * 20 + "</a>" * 20 + "</sObjects>", "InvalidXML"),
        (
            "XML",
            f"<sObjects><sObject>{'<Name/>' * 5_001}</sObject></sObjects>",
            "InvalidXML",
        ),
    ],
    ids=lambda value: str(value)[:40],
)
def test_what_can_not_be_read_is_told_at_once_and_leaves_nothing(
    batched: BatchedApi, form: str, batch: str, code: str
) -> None:
    answer = batched.add(batched.open(form=form), batch, form)
    assert problem(answer)[:2] == (400, code)
    assert not BulkJob.objects.exists()
    assert list(kept_files.kept_directory("bulk").iterdir()) == []


def test_a_batch_in_xml_has_so_many_elements_in_all(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(elements, "_MOST_IN_ALL", 100)
    read_children(b"<a>" + b"<b><c/></b>" * 49 + b"</a>", lambda node: None)
    with pytest.raises(BadXml):
        read_children(b"<a>" + b"<b><c/></b>" * 50 + b"</a>", lambda node: None)


@pytest.mark.parametrize(
    ("headers", "code"),
    [
        ({"Content_Type": "application/json"}, "InvalidBatch"),
        ({"Content_Type": "application/xml"}, "InvalidBatch"),
        ({"Content_Type": "text/csv; charset=latin-1"}, "InvalidBatch"),
        ({"Content_Type": "text/csv", "Content_Encoding": "br"}, "InvalidBatch"),
    ],
)
def test_a_batch_comes_as_its_job_says(
    batched: BatchedApi, headers: dict[str, str], code: str
) -> None:
    answer = batched.post(f"job/{batched.open()}/batch", raw="Name\nOak\n", **headers)
    assert problem(answer)[:2] == (400, code)


def test_a_batch_has_so_many_bytes_at_most(
    batched: BatchedApi, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(intake, "MOST_BYTES", 1000)
    job = batched.open()
    assert batched.add(job, "Name\n" + "x" * 995).status_code == 201
    told = problem(batched.add(job, "Name\n" + "x" * 996))
    assert told[:2] == (400, "ClientInputError")
    assert told[2].startswith("Failed to read request. Exceeded max size limit of ")


@pytest.mark.parametrize(
    ("form", "batch"),
    [
        ("CSV", "Name\n1\n2\n3\n"),
        ("JSON", '[{"Name": "1"}, {"Name": "2"}, {"Name": "3"}]'),
        ("XML", xml("<Name>1</Name>", "<Name>2</Name>", "<Name>3</Name>")),
    ],
)
def test_a_batch_of_too_many_rows_fails(
    batched: BatchedApi, monkeypatch: pytest.MonkeyPatch, form: str, batch: str
) -> None:
    monkeypatch.setattr(tables, "MOST_ROWS", 3)
    assert outcome(batched.load(batch, form=form)[1])[0] == "Completed"
    monkeypatch.setattr(tables, "MOST_ROWS", 2)
    _, told = batched.load(batch, form=form)
    assert outcome(told) == ("Failed", 0, 0)
    assert told["stateMessage"] == (
        "InvalidBatch : Exceeded number of records: 3. Number of records should be less than or "
        "equal to 2"
    )
    assert Account.objects.count() == 3


@pytest.mark.parametrize(
    ("form", "batch", "rows"),
    [
        ("CSV", "Name\n", 0),
        ("JSON", "[]", 0),
        ("XML", "<sObjects/>", 0),
        ("JSON", "[{}, {}]", 2),
        ("XML", xml("", ""), 2),
        ("JSON", '[{"ExternalId": ""}, {"Name": ""}]', 2),
    ],
)
def test_a_row_of_nothing_is_a_row(batched: BatchedApi, form: str, batch: str, rows: int) -> None:
    path, told = batched.load(batch, form=form)
    assert outcome(told) == ("Completed", rows, rows)
    assert READ[form](batched.text(f"{path}/result")) == [("", "false", "false", MISSING)] * rows


def test_values_of_json(batched: BatchedApi) -> None:
    row = {"Name": "two\nlines", "NumberOfEmployees": 5, "ExternalId": 7}
    path, told = batched.load(json.dumps([row]), form="JSON")
    assert outcome(told) == ("Completed", 1, 0), batched.text(f"{path}/result")
    account = Account.objects.get()
    assert (account.name, account.number_of_employees) == ("two\nlines", 5)
    promotion = json.dumps([{"Name": "May", "IsActive": True}])
    assert outcome(batched.load(promotion, form="JSON", name="Promotion")[1])[0] == "Completed"


LONG = "x" * 2_000_000


@pytest.mark.parametrize(
    ("form", "batch"),
    [
        ("JSON", json.dumps([{"Name": "Oak"}, {"Name": f'"{LONG}\n'}, {"Name": "Elm"}])),
        ("XML", xml("<Name>Oak</Name>", f'<Name>"{LONG}</Name>', "<Name>Elm</Name>")),
        ("CSV", f"Name\nOak\n{LONG}\nElm\n"),
    ],
    ids=["JSON", "XML", "CSV"],
)
def test_a_row_that_is_too_long_fails_alone(batched: BatchedApi, form: str, batch: str) -> None:
    path, told = batched.load(batch, form=form)
    assert outcome(told) == ("Completed", 3, 1)
    rows = READ[form](batched.text(f"{path}/result"))
    assert rows[1][1] == "false"
    assert rows[1][3].startswith("INVALID_INPUT:The row at line 3 is too long")
    assert set(Account.objects.values_list("name", flat=True)) == {"Oak", "Elm"}


@pytest.mark.parametrize("form", ["CSV", "JSON", "XML"])
def test_a_value_that_is_too_long_fails_alone(batched: BatchedApi, form: str) -> None:
    names = ["Oak", "x" * 200_000, "Elm"]
    batch = {
        "CSV": "\n".join(["Name", *names]),
        "JSON": json.dumps([{"Name": name} for name in names]),
        "XML": xml(*(f"<Name>{name}</Name>" for name in names)),
    }[form]
    path, told = batched.load(batch, form=form)
    assert outcome(told) == ("Completed", 3, 1)
    rows = READ[form](batched.text(f"{path}/result"))
    assert rows[1][3].startswith("INVALID_INPUT:The row at line 3 is too long")
    assert Account.objects.count() == 2


def test_a_carriage_return_is_a_character_as_others(batched: BatchedApi) -> None:
    accounts = [{"Name": "one\rtwo"}, {"Name": "Elm"}]
    path, told = batched.load(json.dumps(accounts), form="JSON")
    assert outcome(told) == ("Completed", 2, 0)
    assert Account.objects.filter(name="one\rtwo").exists()
    path, _ = batched.load("SELECT Name FROM Account ORDER BY Name", "query")
    result = in_xml(batched.get(f"{path}/result"))["result"]
    assert batched.text(f"{path}/result/{result}") == 'Name\nElm\n"one\rtwo"\n'


def test_results_are_there_when_the_batch_is_done(batched: BatchedApi) -> None:
    job = batched.open()
    told = in_xml(batched.add(job, "Name\nOak\n"))
    assert outcome(told) == ("Queued", 0, 0)
    path = f"job/{job}/batch/{told['id']}"
    answer = problem(batched.get(f"{path}/result"))
    assert answer == (400, "InvalidBatch", "Batch not completed")
    work()
    assert len(from_csv(batched.text(f"{path}/result"))) == 1


@pytest.mark.parametrize("form", ["CSV", "JSON", "XML"])
def test_a_batch_goes_on_where_its_worker_was_killed(
    batched: BatchedApi, monkeypatch: pytest.MonkeyPatch, form: str
) -> None:
    monkeypatch.setattr("promotions.sobjects.bulk.ingest._ROWS", 2)
    names = [str(n) for n in range(7)]
    batch = {
        "CSV": "\n".join(["Name", *names]),
        "JSON": json.dumps([{"Name": name} for name in names]),
        "XML": xml(*(f"<Name>{name}</Name>" for name in names)),
    }[form]
    job = batched.open(form=form)
    batched.add(job, batch, form)
    work_until_killed(monkeypatch, after=2)
    found = BulkJob.objects.get()
    path = f"job/{job}/batch/{found.record_id}"
    assert outcome(batched.batch(path)) == ("InProgress", 4, 0)
    work()
    assert outcome(batched.batch(path)) == ("Completed", 7, 0)
    keys = [row[0] for row in READ[form](batched.text(f"{path}/result"))]
    made = {account.record_id: account.name for account in Account.objects.all()}
    assert [made[key] for key in keys] == names


def test_batches_of_a_serial_job_wait_for_each_other(
    batched: BatchedApi, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("promotions.sobjects.bulk.ingest._ROWS", 1)
    for mode, ended in (("Parallel", [1, 0]), ("Serial", [0, 1])):
        job = batched.open(concurrencyMode=mode)
        keys = [in_xml(batched.add(job, table))["id"] for table in ("Name\na\nb\nc\n", "Name\nx\n")]
        told = [line.partition(":")[0] for line in work() if ": " in line]
        assert told == [keys[place] for place in ended]


@pytest.mark.parametrize("form", ["CSV", "JSON", "XML"])
def test_a_batch_that_is_sent_again_under_its_key_is_taken_once(
    batched: BatchedApi, form: str
) -> None:
    said = {"object": "Account", "operation": "insert", "contentType": form}
    jobs = [batched.post("job", said, Idempotency_Key="j") for _ in range(2)]
    assert jobs[0].content == jobs[1].content
    path = f"job/{jobs[0].json()['id']}/batch"
    kind = MEDIA_TYPES[form]
    first, again = (
        batched.post(path, raw=SAME[form], Content_Type=kind, Idempotency_Key="b") for _ in range(2)
    )
    assert (first.status_code, first.content) == (again.status_code, again.content)
    assert (first["Content-Type"], first.status_code) == (again["Content-Type"], 201)
    work()
    assert Account.objects.count() == 2
    other = batched.post(path, raw=SAME[form] + " ", Content_Type=kind, Idempotency_Key="b")
    assert problem(other)[0] == 400
    assert BulkJob.objects.count() == 1
    endings = {file.suffix for file in kept_files.kept_directory("bulk").iterdir()}
    wanted = {"", ".lock", ".successful"}
    assert endings == (wanted if form == "CSV" else wanted | {".request"})


@pytest.mark.parametrize("form", ["CSV", "JSON", "XML"])
@pytest.mark.parametrize("collisions", [1, 99])
def test_a_batch_that_collides_is_taken_again_or_leaves_nothing(
    batched: BatchedApi, monkeypatch: pytest.MonkeyPatch, form: str, collisions: int
) -> None:
    add_rows, left = batched_jobs.add_rows, iter([True] * collisions)

    def collide(*args: Any, **options: Any) -> BulkJob:
        added = add_rows(*args, **options)
        if next(left, False):
            raise OperationalError from DeadlockDetected()
        return added

    read = tables.READERS.get(form)

    def outside_of_the_transaction(*args: Any) -> Any:
        assert not joins_another()
        assert read is not None
        return read(*args)

    monkeypatch.setattr(batched_jobs, "add_rows", collide)
    monkeypatch.setitem(tables.READERS, form, outside_of_the_transaction)
    path = f"job/{batched.open(form=form)}/batch"
    kind = MEDIA_TYPES[form]
    answer = batched.post(path, raw=SAME[form], Content_Type=kind, Idempotency_Key="k")
    endings = sorted(file.suffix for file in kept_files.kept_directory("bulk").iterdir())
    if collisions > 1:
        assert problem(answer)[1] == "TooManyLockFailure"
        assert (endings, BulkJob.objects.count()) == ([], 0)
        return
    assert answer.status_code == 201, answer.content
    assert endings == ([""] if form == "CSV" else ["", ".request"])
    work()
    assert Account.objects.count() == 2
    told = in_xml(answer) if form != "JSON" else answer.json()
    assert batched.text(f"{path}/{told['id']}/request") == SAME[form]


def test_a_batch_is_given_again_under_its_key_when_its_job_is_closed(batched: BatchedApi) -> None:
    job = batched.open()
    sent = {"raw": "Name\nOak\n", "Content_Type": "text/csv", "Idempotency_Key": "k"}
    first = batched.post(f"job/{job}/batch", **sent)
    batched.post(f"job/{job}", {"state": "Closed"})
    again = batched.post(f"job/{job}/batch", **sent)
    assert (again.status_code, again.content) == (201, first.content)
    assert len(list(kept_files.kept_directory("bulk").iterdir())) == 1
    other = batched.post(f"job/{job}/batch", **{**sent, "Idempotency_Key": "other"})
    assert problem(other)[1] == "InvalidJobState"
    assert len(list(kept_files.kept_directory("bulk").iterdir())) == 1


def test_a_job_has_so_many_batches_at_most(
    batched: BatchedApi, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(batched_jobs, "MOST_BATCHES", 2)
    job = batched.open()
    for _ in range(2):
        assert batched.add(job, "Name\nOak\n").status_code == 201
    told = problem(batched.add(job, "Name\nOak\n"))
    assert told == (400, "ExceededQuota", "A job takes at most 2 batches. Make another job.")
    assert batched.batch(f"job/{job}")["numberBatchesTotal"] == "2"
    assert len(list(kept_files.kept_directory("bulk").iterdir())) == 2


def full(*args: Any) -> None:
    raise OSError(28, "No space left on device")


def test_a_full_disk_is_told(batched: BatchedApi, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kept_files.Arriving, "write", full)
    answer = batched.add(batched.open(), "Name\nOak\n")
    assert problem(answer)[:2] == (507, "ExceededQuota")


@pytest.mark.parametrize("form", ["JSON", "XML"])
@pytest.mark.parametrize("key", [{}, {"Idempotency_Key": "k"}])
@pytest.mark.parametrize("step", ["written", "laid beside"])
def test_a_disk_that_is_full_once_the_table_is_made(
    batched: BatchedApi,
    monkeypatch: pytest.MonkeyPatch,
    form: str,
    key: dict[str, str],
    step: str,
) -> None:
    write, first = kept_files.Arriving.write, iter([True])

    def full_after_the_first(*args: Any) -> None:
        if not next(first, False):
            full()
        write(*args)

    if step == "written":
        monkeypatch.setattr(kept_files.Arriving, "write", full_after_the_first)
    else:
        monkeypatch.setattr(bulk_jobs, "lay_beside", full)
    path = f"job/{batched.open(form=form)}/batch"
    answer = batched.post(path, raw=SAME[form], Content_Type=MEDIA_TYPES[form], **key)
    assert problem(answer)[:2] == (507, "ExceededQuota")
    assert list(kept_files.kept_directory("bulk").iterdir()) == []
