"""Bulk jobs as such: making them, their data, their state, their end."""

from datetime import timedelta
from typing import Any

import pytest
from django.core.management import call_command
from django.utils import timezone
from pytest_django import Settings

from promotions.models import BulkJob
from promotions.services import bulk_jobs, kept_files
from tests.sobjects.bulk.conftest import BulkApi, work
from tests.sobjects.conftest import DATA, problem

pytestmark = pytest.mark.django_db

ACCOUNTS = {"object": "Account", "operation": "insert"}


def test_a_new_job_has_what_existing_clients_read(bulk: BulkApi) -> None:
    answer = bulk.post("jobs/ingest/", {**ACCOUNTS, "contentType": "CSV", "assignmentRuleId": "x"})
    job = answer.json()
    assert answer.status_code == 200
    assert job["id"].startswith("750")
    assert len(job["id"]) == 18
    assert job["contentUrl"] == f"{DATA}/jobs/ingest/{job['id']}/batches".lstrip("/")
    assert job["createdById"] == bulk.partner.acting_user.record_id
    assert job["createdDate"] == job["systemModstamp"]
    assert {name: value for name, value in job.items() if "Date" not in name} == {
        "id": job["id"],
        "operation": "insert",
        "object": "Account",
        "createdById": job["createdById"],
        "systemModstamp": job["systemModstamp"],
        "state": "Open",
        "concurrencyMode": "Parallel",
        "contentType": "CSV",
        "apiVersion": 59.0,
        "jobType": "V2Ingest",
        "lineEnding": "LF",
        "columnDelimiter": "COMMA",
        "numberRecordsProcessed": 0,
        "numberRecordsFailed": 0,
        "retries": 0,
        "totalProcessingTime": 0,
        "apiActiveProcessingTime": 0,
        "apexProcessingTime": 0,
        "contentUrl": job["contentUrl"],
    }
    assert bulk.job(job["id"]) == job


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({"operation": "insert"}, "INVALIDJOB"),
        ({**ACCOUNTS, "object": "Acount"}, "INVALIDJOB"),
        ({**ACCOUNTS, "operation": "merge"}, "INVALIDJOB"),
        ({**ACCOUNTS, "operation": "query"}, "INVALIDJOB"),
        ({**ACCOUNTS, "operation": "hardDelete"}, "FEATURENOTENABLED"),
        ({**ACCOUNTS, "operation": "upsert"}, "INVALIDJOB"),
        (
            {**ACCOUNTS, "operation": "upsert", "externalIdFieldName": "Description"},
            "INVALID_FIELD",
        ),
        ({**ACCOUNTS, "columnDelimiter": "COLON"}, "INVALIDJOB"),
        ({**ACCOUNTS, "lineEnding": "CR"}, "INVALIDJOB"),
        ({**ACCOUNTS, "contentType": "JSON"}, "INVALIDJOB"),
        ({**ACCOUNTS, "objekt": "Account"}, "JSON_PARSER_ERROR"),
        ({**ACCOUNTS, "lineEnding": 1}, "JSON_PARSER_ERROR"),
        ([ACCOUNTS], "JSON_PARSER_ERROR"),
    ],
)
def test_what_is_no_job(bulk: BulkApi, body: Any, code: str) -> None:
    assert problem(bulk.post("jobs/ingest", body))[:2] == (400, code)
    assert not BulkJob.objects.exists()


def test_a_job_needs_what_its_rows_need(db: None) -> None:
    answer = BulkApi(["customers:read"]).post("jobs/ingest", ACCOUNTS)
    assert problem(answer)[:2] == (403, "INSUFFICIENT_ACCESS_OR_READONLY")
    history = {"object": "PromotionHistory", "operation": "insert"}
    answer = BulkApi(name="Other").post("jobs/ingest", history)
    assert problem(answer)[:2] == (403, "INSUFFICIENT_ACCESS_OR_READONLY")


def test_a_job_is_nobody_elses(bulk: BulkApi) -> None:
    job, other = bulk.open("Account"), BulkApi(name="Other")
    assert problem(other.get(f"jobs/ingest/{job}"))[:2] == (404, "NOT_FOUND")
    assert other.upload(job, "Name\n").status_code == 404
    assert other.delete(f"jobs/ingest/{job}").status_code == 404
    assert other.get(f"jobs/ingest/{job}/failedResults").status_code == 404
    assert other.get("jobs/ingest").json()["records"] == []
    assert bulk.get("jobs/ingest/750").status_code == 404


def test_the_data_comes_once_and_only_to_an_open_job(bulk: BulkApi) -> None:
    job = bulk.open("Account")
    state = {"state": "UploadComplete"}
    assert problem(bulk.patch(f"jobs/ingest/{job}", state))[:2] == (400, "INVALIDJOBSTATE")
    assert bulk.upload(job, "Name\nOak\n").status_code == 201
    assert problem(bulk.upload(job, "Name\nOak\n"))[:2] == (400, "INVALIDJOBSTATE")
    bulk.close(job)
    assert problem(bulk.upload(job, "Name\nOak\n"))[:2] == (400, "INVALIDJOBSTATE")
    assert problem(bulk.patch(f"jobs/ingest/{job}", state))[:2] == (400, "INVALIDJOBSTATE")


@pytest.mark.parametrize(
    ("table", "headers", "status", "code"),
    [
        ("Name\n", {"Content_Type": "application/json"}, 415, "UNSUPPORTED_MEDIA_TYPE"),
        ("Name\n", {"Content_Type": "text/csv; charset=latin-1"}, 415, "UNSUPPORTED_MEDIA_TYPE"),
        ("Name\n", {"Content_Encoding": "br"}, 415, "UNSUPPORTED_MEDIA_TYPE"),
        ("Name\n" + "x" * 1024 * 1024, {}, 400, "EXCEEDED_MAX_SIZE_REQUEST"),
    ],
    ids=["json", "charset", "encoding", "large"],
)
def test_data_that_is_not_taken_leaves_nothing(
    bulk: BulkApi,
    settings: Settings,
    table: str,
    headers: dict[str, str],
    status: int,
    code: str,
) -> None:
    settings.BULK_UPLOAD_LIMIT_MB = 1
    job = bulk.open("Account")
    assert problem(bulk.upload(job, table, **headers))[:2] == (status, code)
    assert list(kept_files.kept_directory("bulk").iterdir()) == []
    assert (
        bulk.upload(job, "Name\nOak\n", Content_Type="text/csv; charset=UTF-8").status_code == 201
    )


def test_a_full_disk_is_told(bulk: BulkApi, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*args: Any) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(kept_files.Arriving, "write", full)
    answer = bulk.upload(bulk.open("Account"), "Name\nOak\n")
    assert problem(answer)[:2] == (507, "STORAGE_LIMIT_EXCEEDED")


@pytest.mark.parametrize("state", ["Open", "UploadComplete", "JobComplete", "Aborted"])
def test_what_can_be_aborted_and_deleted(bulk: BulkApi, state: str) -> None:
    job = bulk.open("Account")
    path = f"jobs/ingest/{job}"
    if state != "Open":
        bulk.upload(job, "Name\nOak\n")
        bulk.close(job)
    if state == "JobComplete":
        work()
    if state == "Aborted":
        bulk.patch(path, {"state": "Aborted"})
        assert work() == []
    assert bulk.job(job)["state"] == state
    if state == "Open":
        assert problem(bulk.delete(path))[:2] == (400, "INVALIDJOBSTATE")
    aborted = bulk.patch(path, {"state": "Aborted"})
    if state in ("Open", "UploadComplete"):
        assert aborted.json()["state"] == "Aborted"
    else:
        assert problem(aborted)[:2] == (400, "INVALIDJOBSTATE")
    assert bulk.delete(path).status_code == 204
    assert bulk.get(path).status_code == 404
    assert list(kept_files.kept_directory("bulk").iterdir()) == []


@pytest.mark.parametrize("body", [{"state": "JobComplete"}, {"state": "Shut"}, {}, {"status": "x"}])
def test_other_states_are_nobodys_to_set(bulk: BulkApi, body: dict[str, str]) -> None:
    answer = bulk.patch(f"jobs/ingest/{bulk.open('Account')}", body)
    assert answer.status_code == 400


def test_jobs_are_listed_the_newest_first_in_pages(
    bulk: BulkApi, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("promotions.sobjects.views.bulk._PAGE", 2)
    jobs = [bulk.open("Account") for _ in range(3)]
    first = bulk.get("jobs/ingest/?jobType=V2Ingest&isPkChunkingEnabled=false").json()
    assert [job["id"] for job in first["records"]] == jobs[:0:-1]
    assert first["done"] is False
    second = bulk.get(first["nextRecordsUrl"]).json()
    assert [job["id"] for job in second["records"]] == jobs[:1]
    assert (second["done"], second["nextRecordsUrl"]) == (True, None)
    assert bulk.get("jobs/ingest?jobType=Classic").json()["records"] == []
    answer = bulk.get("jobs/ingest?queryLocator=x")
    assert problem(answer)[:2] == (400, "INVALID_QUERY_LOCATOR")


def test_results_before_there_are_any(bulk: BulkApi) -> None:
    job = bulk.open("Account")
    assert bulk.text(job, "successfulResults/") == "sf__Id,sf__Created\n"
    assert bulk.text(job, "FAILEDRESULTS") == "sf__Id,sf__Error\n"
    assert bulk.text(job, "unprocessedRecords") == ""
    assert bulk.post(f"jobs/ingest/{job}/failedResults").status_code == 405


def test_old_jobs_are_cleaned_up(bulk: BulkApi) -> None:
    now = timezone.now()
    kept = [bulk.load("Account", "Name\nOak\n") for _ in range(2)]
    waiting = bulk.open("Account")
    bulk.upload(waiting, "Name\nOak\n")
    bulk.close(waiting)
    old = BulkJob.objects.exclude(pk=BulkJob.objects.order_by("-pk")[1].pk)
    old.update(created_date=now - timedelta(days=8), system_modstamp=now - timedelta(days=8))
    call_command("clean_up", verbosity=0)
    assert {job["id"] for job in bulk.get("jobs/ingest").json()["records"]} == {kept[1], waiting}
    names = {file.name for file in kept_files.kept_directory("bulk").iterdir()}
    bulk_jobs.remove_old_jobs(at=now + timedelta(days=2))
    left = {file.name for file in kept_files.kept_directory("bulk").iterdir()}
    assert left < names
    assert len(left) == 4
