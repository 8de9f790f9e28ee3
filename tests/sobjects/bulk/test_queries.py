"""Bulk jobs that find records."""

from typing import Any

import pytest
from pytest_django import Settings

from promotions import streaming
from promotions.models import BulkJob, User
from promotions.services import bulk_runs
from promotions.sobjects.bulk import queries
from promotions.sobjects.query import plan
from tests.factories import make_account, make_contact, make_promotion
from tests.sobjects.bulk.conftest import BulkApi, work
from tests.sobjects.conftest import problem

pytestmark = pytest.mark.django_db


def test_what_is_found_is_a_table(bulk: BulkApi) -> None:
    oak = make_account(name='Oak, "old"', external_id="A-1")
    make_contact(last_name="Meyer\nKunz", account=oak, email=None)
    make_contact(last_name="Holt", email="h@example.com")
    job = bulk.ask(
        "SELECT LastName, Account.Name, account.externalid, Email, IsDeleted, CreatedDate "
        "FROM Contact ORDER BY LastName DESC"
    )
    told = bulk.get(f"jobs/query/{job}").json()
    assert (told["state"], told["numberRecordsProcessed"]) == ("JobComplete", 2)
    assert (told["object"], told["jobType"], told["operation"]) == ("Contact", "V2Query", "query")
    count, locator, table = bulk.found(job)
    moment = "2026-"
    assert (count, locator) == ("2", "null")
    lines = table.split("\n")
    assert lines[0] == "LastName,Account.Name,Account.ExternalId,Email,IsDeleted,CreatedDate"
    assert lines[1:3] == ['"Meyer', lines[2]]
    assert lines[2].startswith('Kunz","Oak, ""old""",A-1,,false,')
    assert lines[3].startswith("Holt,,,h@example.com,false,")
    assert lines[3].endswith(".000+0000")
    assert moment


def test_pages_are_as_large_as_asked_for(bulk: BulkApi) -> None:
    for n in range(5):
        make_account(name=f"A\n{n}")
    job = bulk.ask("SELECT Name FROM Account ORDER BY Name", lineEnding="CRLF")
    pages, locator = [], ""
    while locator != "null":
        count, locator, table = bulk.found(job, f"/?maxRecords=2&locator={locator}")
        pages.append((count, table))
    assert pages == [
        ("2", 'Name\r\n"A\n0"\r\n"A\n1"\r\n'),
        ("2", 'Name\r\n"A\n2"\r\n"A\n3"\r\n'),
        ("1", 'Name\r\n"A\n4"\r\n'),
    ]
    assert bulk.found(job)[0] == "5"
    second = bulk.found(job, "?maxRecords=2")[1]
    assert bulk.found(job, f"?locator={second}")[:2] == ("3", "null")


@pytest.mark.parametrize(
    ("asked", "code"),
    [
        ("maxRecords=0", "INVALID_INPUT"),
        ("maxRecords=many", "INVALID_INPUT"),
        ("locator=MA", "INVALID_QUERY_LOCATOR"),
        ("locator=OTk5OTk5", "INVALID_QUERY_LOCATOR"),
        ("locator=Mg", "INVALID_QUERY_LOCATOR"),
        ("locator=%C3%A4", "INVALID_QUERY_LOCATOR"),
    ],
)
def test_pages_that_there_are_not(bulk: BulkApi, asked: str, code: str) -> None:
    make_account()
    job = bulk.ask("SELECT Name FROM Account")
    assert problem(bulk.get(f"jobs/query/{job}/results?{asked}"))[:2] == (400, code)


def test_nothing_found_is_a_header(bulk: BulkApi) -> None:
    job = bulk.ask("SELECT Id, Name FROM Account WHERE Name = 'x'", columnDelimiter="PIPE")
    assert bulk.found(job) == ("0", "null", "Id|Name\n")


def test_deleted_records_are_there_for_query_all(bulk: BulkApi) -> None:
    record_id = bulk.make("Account", Name="Oak")
    bulk.delete(f"sobjects/Account/{record_id}")
    text = "SELECT Id, IsDeleted FROM Account"
    assert bulk.found(bulk.ask(text))[0] == "0"
    found = bulk.found(bulk.ask(text, "queryAll"))
    assert found[2] == f"Id,IsDeleted\n{record_id},true\n"


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({"query": "SELECT Id FROM"}, "MALFORMED_QUERY"),
        ({"query": "SELECT Id FROM Acount"}, "INVALID_TYPE"),
        ({"query": "SELECT Colour FROM Account"}, "INVALID_FIELD"),
        ({"query": "SELECT COUNT() FROM Account"}, "FUNCTIONALITY_NOT_ENABLED"),
        (
            {"query": "SELECT Name, COUNT(Id) FROM Account GROUP BY Name"},
            "FUNCTIONALITY_NOT_ENABLED",
        ),
        ({"query": "SELECT Id FROM Account LIMIT 1 OFFSET 1"}, "FUNCTIONALITY_NOT_ENABLED"),
        (
            {"query": "SELECT Id, (SELECT Id FROM PromotionTiers) FROM Promotion"},
            "FUNCTIONALITY_NOT_ENABLED",
        ),
        ({"query": "SELECT Id FROM Account", "operation": "insert"}, "INVALIDJOB"),
        ({"query": ""}, "INVALIDJOB"),
        ({"query": "SELECT Id FROM Account", "object": "Account"}, "JSON_PARSER_ERROR"),
        ({"query": "SELECT Id FROM Account", "columnDelimiter": "X"}, "INVALIDJOB"),
    ],
)
def test_what_can_not_be_asked(bulk: BulkApi, body: dict[str, str], code: str) -> None:
    answer = bulk.post("jobs/query", {"operation": "query", **body})
    assert problem(answer)[:2] == (400, code)
    assert not BulkJob.objects.exists()


def test_what_may_not_be_read_is_refused(db: None) -> None:
    body = {"operation": "query", "query": "SELECT Id FROM Account"}
    answer = BulkApi(["promotions:read"]).post("jobs/query", body)
    assert problem(answer)[:2] == (403, "INSUFFICIENT_ACCESS_OR_READONLY")


def test_only_what_its_maker_sees_when_it_runs(bulk: BulkApi, settings: Settings) -> None:
    settings.PROMOTION_SHARING = "private"
    make_promotion()
    body = {"operation": "query", "query": "SELECT Id FROM Promotion"}
    job = bulk.post("jobs/query", body).json()["id"]
    bulk.partner.scopes = ["promotions:read"]  # and no longer every promotion
    bulk.partner.save()
    work()
    assert bulk.found(job)[0] == "0"
    switched_off = bulk.post("jobs/query", body).json()["id"]
    User.objects.filter(pk=bulk.partner.acting_user.pk).update(is_active=False)
    work()
    failed = BulkJob.objects.order_by("-pk")[0]
    assert (failed.record_id, failed.state) == (switched_off, "Failed")


def test_a_query_of_what_may_no_longer_be_read_fails(bulk: BulkApi) -> None:
    body = {"operation": "query", "query": "SELECT Id FROM Account"}
    job = bulk.post("jobs/query", body).json()["id"]
    bulk.partner.scopes = ["promotions:read"]
    bulk.partner.save()
    work()
    told = bulk.get(f"jobs/query/{job}").json()
    message = "Who asked for the job may no longer read what it asks for."
    assert (told["state"], told["errorMessage"]) == ("Failed", message)


def test_a_query_whose_worker_was_killed_is_begun_anew(
    bulk: BulkApi, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_account(name="Oak")

    class Killed(BaseException):
        pass

    def killed(*args: Any, **options: Any) -> None:
        raise Killed

    with monkeypatch.context() as patch:
        patch.setattr(bulk_runs, "found", killed)
        with pytest.raises(Killed):
            bulk.ask("SELECT Name FROM Account")
    job = BulkJob.objects.get().record_id
    answer = bulk.get(f"jobs/query/{job}/results")
    assert problem(answer)[:2] == (400, "INVALIDJOBSTATE")
    assert work() == [f"{job} begins.", f"{job}: JobComplete."]
    assert bulk.found(job) == ("1", "null", "Name\nOak\n")


def test_whether_it_is_still_wanted_is_asked_between_the_parts(
    bulk: BulkApi, monkeypatch: pytest.MonkeyPatch
) -> None:
    """More rows than are read at once: PostgreSQL would otherwise be at the next ones already."""
    for module in (streaming, plan):
        monkeypatch.setattr(module, "PART", 1)
    monkeypatch.setattr(queries, "_PARTS", 2)
    for number in range(5):
        make_account(name=f"Oak {number}")
    wanted = bulk_runs.is_wanted
    asked = []

    def noted(job: BulkJob) -> bool:
        asked.append(job.record_id)
        return wanted(job)

    monkeypatch.setattr(bulk_runs, "is_wanted", noted)
    job = bulk.ask("SELECT Name FROM Account ORDER BY Name")
    table = "Name\n" + "".join(f"Oak {number}\n" for number in range(5))
    assert (asked, bulk.found(job)) == ([job, job], ("5", "null", table))
    monkeypatch.setattr(bulk_runs, "is_wanted", lambda job: False)
    unwanted = bulk.ask("SELECT Name FROM Account")
    assert bulk.get(f"jobs/query/{unwanted}").json()["state"] == "InProgress"


def test_a_query_that_is_aborted_is_left(bulk: BulkApi, monkeypatch: pytest.MonkeyPatch) -> None:
    make_account()
    found = bulk_runs.found

    def aborted(job: BulkJob, **options: Any) -> None:
        answer = bulk.patch(f"jobs/query/{job.record_id}", {"state": "Aborted"})
        assert answer.json()["state"] == "Aborted"
        found(job, **options)

    monkeypatch.setattr(bulk_runs, "found", aborted)
    job = bulk.ask("SELECT Id FROM Account")
    assert bulk.get(f"jobs/query/{job}").json()["state"] == "Aborted"
    done = bulk.patch(f"jobs/query/{job}", {"state": "UploadComplete"})
    assert problem(done)[:2] == (400, "INVALIDJOBSTATE")
    assert [one["id"] for one in bulk.get("jobs/query").json()["records"]] == [job]
    assert bulk.get(f"jobs/ingest/{job}").status_code == 404
    assert bulk.delete(f"jobs/query/{job}").status_code == 204
