"""Bulk jobs that bring rows: what becomes of each, and of the job."""

import threading
from typing import Any

import pytest
from django.db import OperationalError

from enrollments.models import Account, Contact
from promotions.models import Promotion, User
from promotions.models.bulk_jobs import BulkJob
from promotions.services import bulk_jobs, bulk_runs
from promotions.sobjects.bulk.worker import BulkJobs
from tests.factories import make_account
from tests.sobjects.bulk.conftest import BulkApi, work, work_until_killed

pytestmark = pytest.mark.django_db


def test_rows_are_inserted_and_told_with_their_columns(bulk: BulkApi) -> None:
    table = (
        'name,PromotionCode,IsActive\n"May, and ""June""",MAY,true\n,JULY,\n'
        '"two\nlines",AUGUST,false\n'
    )
    job = bulk.load("promotion", table)
    assert bulk.counts(job) == ("JobComplete", 3, 1)
    made = {p.promotion_code: p for p in Promotion.objects.all()}
    assert {code: (p.name, p.is_active) for code, p in made.items()} == {
        "MAY": ('May, and "June"', True),
        "AUGUST": ("two\nlines", False),
    }
    assert made["MAY"].created_by == bulk.partner.acting_user
    assert [list(row.values()) for row in bulk.rows(job, "successfulResults")] == [
        [made["MAY"].record_id, "true", 'May, and "June"', "MAY", "true"],
        [made["AUGUST"].record_id, "true", "two\nlines", "AUGUST", "false"],
    ]
    assert bulk.text(job, "failedResults") == (
        "sf__Id,sf__Error,name,PromotionCode,IsActive\n"
        ",REQUIRED_FIELD_MISSING:Required fields are missing: [Name]:Name --,,JULY,\n"
    )
    assert bulk.text(job, "unprocessedrecords") == "name,PromotionCode,IsActive\n"


def test_an_empty_cell_leaves_and_na_clears(bulk: BulkApi) -> None:
    kept = make_account(name="Oak", external_id="A-1")
    cleared = make_account(name="Elm", external_id="A-2")
    table = f"Id,Name,ExternalId\n{kept.record_id},Oak & Co,\n{cleared.record_id[:15]},,#N/A\n"
    job = bulk.load("Account", table, "update")
    assert bulk.counts(job) == ("JobComplete", 2, 0)
    assert [row["sf__Created"] for row in bulk.rows(job, "successfulResults")] == ["false"] * 2
    assert list(Account.objects.order_by("pk").values_list("name", "external_id")) == [
        ("Oak & Co", "A-1"),
        ("Elm", None),
    ]


def test_a_table_has_a_column_for_what_cannot_be_written_if_nothing_stands_in_it(
    bulk: BulkApi,
) -> None:
    """As what existing clients export of accounts, and bring."""
    table = "NAME,SHIPPINGCITY,JIGSAWCOMPANYID,SICDESC\nOak,Basel,,Grocery stores\nElm,Bern,1,\n"
    job = bulk.load("Account", table)
    assert bulk.counts(job) == ("JobComplete", 2, 1)
    made = Account.objects.get()
    assert (made.name, made.shipping_city, made.sic_desc) == ("Oak", "Basel", "Grocery stores")
    [failed] = bulk.rows(job, "failedResults")
    assert failed["sf__Error"].startswith("INVALID_FIELD_FOR_INSERT_UPDATE:")


def test_an_upsert_changes_and_makes_by_the_external_id(bulk: BulkApi) -> None:
    make_account(name="Oak", external_id="A-1")
    # jsforce names Id in the header, and says nothing in it.
    table = "Id,externalid,Name\n,A-1,Oak & Co\n,A-2,Elm\n,,Ash\n"
    job = bulk.load("Account", table, "upsert", externalIdFieldName="ExternalId")
    assert bulk.counts(job) == ("JobComplete", 3, 1)
    assert [row["sf__Created"] for row in bulk.rows(job, "successfulResults")] == ["false", "true"]
    assert bulk.errors(job) == ["MISSING_ARGUMENT:ExternalId not specified:ExternalId --"]
    assert sorted(Account.objects.values_list("name", flat=True)) == ["Elm", "Oak & Co"]


def test_an_upsert_by_id_makes_what_has_none(bulk: BulkApi) -> None:
    oak = make_account(name="Oak")
    table = f"Id,Name\n{oak.record_id},Oak & Co\n,Elm\n001000000000000AAA,Ash\n"
    job = bulk.load("Account", table, "upsert", externalIdFieldName="Id")
    assert bulk.counts(job) == ("JobComplete", 3, 1)
    assert bulk.errors(job)[0].startswith("INVALID_CROSS_REFERENCE_KEY:")


def test_rows_are_deleted(bulk: BulkApi) -> None:
    accounts = [make_account(name=name) for name in ("Oak", "Elm")]
    table = "\r\n".join(["Id", *(a.record_id for a in accounts), accounts[0].record_id, "x", ""])
    job = bulk.load("Account", table, "delete", lineEnding="CRLF")
    assert bulk.counts(job) == ("JobComplete", 4, 2)
    assert Account.objects.filter(is_deleted=True).count() == 2
    assert bulk.errors(job) == [
        "ENTITY_IS_DELETED:entity is deleted:--",
        "MALFORMED_ID:bad id x:Id --",
    ]
    assert bulk.text(job, "failedResults").count("\r\n") == 3


def test_a_relationship_names_the_other_record_by_its_own_key(bulk: BulkApi) -> None:
    oak = make_account(name="Oak", external_id="A-1")
    job = bulk.load("Contact", "LastName,account.externalid\nMeyer,A-1\nKunz,A-9\nHolt,\n")
    assert bulk.counts(job) == ("JobComplete", 3, 1)
    assert bulk.errors(job)[0].startswith("INVALID_FIELD:Foreign key external ID: no record")
    assert dict(Contact.objects.values_list("last_name", "account")) == {
        "Meyer": oak.pk,
        "Holt": None,
    }


@pytest.mark.parametrize(
    ("delimiter", "character"),
    [("TAB", "\t"), ("SEMICOLON", ";"), ("PIPE", "|"), ("BACKQUOTE", "`"), ("CARET", "^")],
)
def test_each_delimiter_and_a_byte_order_mark(
    bulk: BulkApi, delimiter: str, character: str
) -> None:
    table = f"Name{character}ExternalId\nOak, old{character}A-1\n\n"
    job = bulk.load("Account", b"\xef\xbb\xbf" + table.encode(), columnDelimiter=delimiter)
    assert bulk.counts(job) == ("JobComplete", 1, 0)
    assert Account.objects.get().name == "Oak, old"
    first = f"sf__Id{character}sf__Created{character}Name{character}ExternalId\n"
    assert bulk.text(job, "successfulResults").startswith(first)


@pytest.mark.parametrize(
    ("operation", "header", "message"),
    [
        ("insert", "Name,Colour", "InvalidBatch : Field name not found : Colour"),
        ("insert", "Name,Colour.Name", "InvalidBatch : Field name not found : Colour.Name"),
        ("insert", "," * 100_000, "InvalidBatch : Duplicate field name : "),
        ("insert", "Name,name", "InvalidBatch : Duplicate field name : name"),
        ("update", "Name", "InvalidBatch : The 'update' batch must contain the column Id"),
        ("delete", "Id,Name", "InvalidBatch : The 'delete' batch must contain only ids"),
        ("insert", "Näme", "InvalidBatch : Field name not found : Näme"),
    ],
)
def test_a_header_that_can_not_be_used_fails_the_job(
    bulk: BulkApi, operation: str, header: str, message: str
) -> None:
    job = bulk.load("Account", f"{header}\nOak,x\n", operation)
    told = bulk.job(job)
    assert told["state"] == "Failed"
    assert told["errorMessage"].startswith(message)
    assert not Account.objects.exists()
    assert bulk.text(job, "unprocessedRecords") == f"{header}\nOak,x\n"


@pytest.mark.parametrize("table", ["\n\r\n", "Name\n", "\ufeff\n"])
def test_a_table_without_rows_is_done_at_once(bulk: BulkApi, table: str) -> None:
    job = bulk.load("Account", table)
    assert bulk.counts(job) == ("JobComplete", 0, 0)
    assert bulk.rows(job, "successfulResults") == bulk.rows(job, "failedResults") == []


def test_bad_rows_fail_alone(bulk: BulkApi) -> None:
    table = b"Name,ExternalId\nOak,A-1,more\nElm\n\xe4sh,A-3\nBee\x00ch,A-4\nFir,A-5\n"
    job = bulk.load("Account", table)
    assert bulk.counts(job) == ("JobComplete", 5, 4)
    assert bulk.errors(job) == [
        "INVALID_INPUT:Line 2 has 3 cells, the header 2.:--",
        "INVALID_INPUT:Line 3 has 1 cell, the header 2.:--",
        "INVALID_INPUT:Line 4 is not encoded in UTF-8.:--",
        "INVALID_INPUT:Line 5 has a NUL character.:--",
    ]
    assert Account.objects.get().name == "Fir"


def test_what_stands_behind_the_end_of_the_csv_is_not_processed(bulk: BulkApi) -> None:
    job = bulk.load("Account", 'Name\nOak\n"Elm"x\nAsh\n')
    assert bulk.counts(job) == ("Failed", 1, 0)
    assert bulk.job(job)["errorMessage"].startswith(
        "ClientInputError : The table is no CSV from line 3 on"
    )
    assert bulk.text(job, "unprocessedRecords") == 'Name\n"Elm"x\nAsh\n'
    assert len(bulk.rows(job, "successfulResults")) == 1


def test_a_job_goes_on_where_its_worker_was_killed(
    bulk: BulkApi, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("promotions.sobjects.bulk.ingest._ROWS", 2)
    job = bulk.open("Account")
    bulk.upload(job, "Name\n" + "".join(f'"A\n{n}"\n' for n in range(7)))
    bulk.close(job)
    work_until_killed(monkeypatch, after=2)
    assert bulk.counts(job) == ("InProgress", 4, 0)
    # Written by a process that could not commit it.
    path = bulk_jobs.path_of(BulkJob.objects.get(), ".successful")
    with path.open("ab") as file:
        file.write(b"half a li")
    assert len(bulk.rows(job, "successfulResults")) == 4
    assert work() == [f"{job} begins.", f"{job}: JobComplete."]
    assert bulk.counts(job) == ("JobComplete", 7, 0)
    names = [row["Name"] for row in bulk.rows(job, "successfulResults")]
    assert names == [f"A\n{n}" for n in range(7)]
    assert Account.objects.count() == 7


def test_an_aborted_job_leaves_the_rest_unprocessed(
    bulk: BulkApi, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("promotions.sobjects.bulk.ingest._ROWS", 1)
    job = bulk.open("Account")
    bulk.upload(job, "Name\nOak\nElm\nAsh\n")
    bulk.close(job)
    advance = bulk_runs.advance

    def aborting(*args: Any, **options: Any) -> None:
        advance(*args, **options)
        assert bulk.patch(f"jobs/ingest/{job}", {"state": "Aborted"}).status_code == 200

    monkeypatch.setattr(bulk_runs, "advance", aborting)
    work()
    assert bulk.counts(job) == ("Aborted", 1, 0)
    assert bulk.text(job, "unprocessedrecords") == "Name\nElm\nAsh\n"


def test_a_small_job_does_not_wait_for_a_large_one(
    bulk: BulkApi, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("promotions.sobjects.bulk.ingest._ROWS", 1)
    large, small = bulk.open("Account"), bulk.open("Account")
    for job, names in ((large, "abcd"), (small, "x")):
        bulk.upload(job, "\n".join(["Name", *names]))
        bulk.close(job)
    assert work()[2] == f"{small}: JobComplete."


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ("switched off", "Who asked for the job has been switched off."),
        ("scope taken", "Who asked for the job may no longer write Account records."),
    ],
)
def test_a_job_may_do_what_its_maker_may_when_it_runs(
    bulk: BulkApi, change: str, message: str
) -> None:
    job = bulk.open("Account")
    bulk.upload(job, "Name\nOak\n")
    bulk.close(job)
    if change == "switched off":
        User.objects.filter(pk=bulk.partner.acting_user.pk).update(is_active=False)
    else:
        bulk.partner.scopes = ["customers:read"]
        bulk.partner.save()
    assert work()[-1] == f"{job}: Failed."
    assert BulkJob.objects.get().failure == message
    assert not Account.objects.exists()


def test_a_full_disk_fails_the_job_and_writes_nothing(
    bulk: BulkApi, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*args: Any) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(bulk_runs, "_append", full)
    job = bulk.load("Account", "Name\nOak\n")
    assert bulk.counts(job) == ("Failed", 0, 0)
    assert "disk is full" in bulk.job(job)["errorMessage"]
    assert not Account.objects.exists()


def test_a_defect_in_one_row_fails_that_row(
    bulk: BulkApi, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    from promotions.sobjects import records

    create = records.create

    def sometimes(one: Any, body: Any, **options: Any) -> str:
        if body["Name"] == "Elm":
            raise RuntimeError("out of order")
        return create(one, body, **options)

    monkeypatch.setattr(records, "create", sometimes)
    job = bulk.load("Account", "Name\nOak\nElm\nAsh\n")
    assert bulk.counts(job) == ("JobComplete", 3, 1)
    assert bulk.errors(job)[0].startswith("UNKNOWN_EXCEPTION:")
    assert "out of order" in caplog.text


def test_a_job_that_the_database_fails_at_is_given_up(
    bulk: BulkApi, monkeypatch: pytest.MonkeyPatch
) -> None:
    jobs = [bulk.open("Account") for _ in range(2)]
    for job, name in zip(jobs, ("Oak", "Elm"), strict=True):
        bulk.upload(job, f"Name\n{name}\n")
        bulk.close(job)
    advance = bulk_runs.advance

    def failing(job: BulkJob, *args: Any, **options: Any) -> None:
        if job.record_id == jobs[0]:
            raise OperationalError("out of order")
        advance(job, *args, **options)

    monkeypatch.setattr(bulk_runs, "advance", failing)
    worker = BulkJobs()
    told: list[str] = []
    for _ in range(2):
        with pytest.raises(OperationalError):
            worker.look(threading.Event(), told.append)
    worker.look(threading.Event(), told.append)
    assert [bulk.job(job)["state"] for job in jobs] == ["Failed", "JobComplete"]
