"""Jobs in batches as such: making and ending them, what is refused, whose they are."""

from datetime import timedelta
from typing import Any

import pytest
from django.core.management import call_command
from django.db import OperationalError
from django.test import Client
from django.utils import timezone

from promotions.errors import CATALOGUE, DomainError
from promotions.models import BatchedJob, BulkJob
from promotions.services import bulk_jobs, kept_files
from promotions.services.transactions import in_transaction
from promotions.sobjects.batched.errors import of_domain
from tests.sobjects.batched.conftest import (
    ASYNC,
    NAMESPACE,
    XML,
    BatchedApi,
    in_xml,
    outcome,
    problem,
)
from tests.sobjects.bulk.conftest import work

pytestmark = pytest.mark.django_db

ACCOUNTS = {"object": "Account", "operation": "insert", "contentType": "CSV"}


def xml_job(**said: str) -> str:
    """As jsforce writes it."""
    inside = "\n".join(f"  <{name}>{value}</{name}>" for name, value in said.items())
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        f'<jobInfo  xmlns="{NAMESPACE}">\n{inside}\n</jobInfo>'
    )


def test_a_new_job_has_what_existing_clients_read(batched: BatchedApi) -> None:
    answer = batched.post("job/", {**ACCOUNTS, "concurrencyMode": 1, "assignmentRuleId": "x"})
    assert (answer.status_code, answer["Content-Type"]) == (201, "application/json")
    job = answer.json()
    assert (job["id"][:3], len(job["id"])) == ("750", 18)
    assert job["createdById"] == batched.partner.acting_user.record_id
    assert job["createdDate"] == job["systemModstamp"]
    assert job["createdDate"].endswith("Z")
    assert {name: value for name, value in job.items() if "Date" not in name} == {
        "id": job["id"],
        "operation": "insert",
        "object": "Account",
        "createdById": job["createdById"],
        "systemModstamp": job["systemModstamp"],
        "state": "Open",
        "concurrencyMode": "Serial",
        "contentType": "CSV",
        "numberBatchesQueued": 0,
        "numberBatchesInProgress": 0,
        "numberBatchesCompleted": 0,
        "numberBatchesFailed": 0,
        "numberBatchesTotal": 0,
        "numberRecordsProcessed": 0,
        "numberRetries": 0,
        "apiVersion": 59.0,
        "numberRecordsFailed": 0,
        "totalProcessingTime": 0,
        "apiActiveProcessingTime": 0,
        "apexProcessingTime": 0,
    }
    assert batched.get(f"job/{job['id']}", Content_Type="application/json").json() == job
    assert in_xml(batched.get(f"job/{job['id']}", Content_Type="application/xml")) == {
        name: str(value) for name, value in job.items()
    }


def test_a_job_in_xml(batched: BatchedApi) -> None:
    body = xml_job(
        operation="upsert",
        object="account",
        externalIdFieldName="externalid",
        concurrencyMode="Parallel",
        contentType="CSV",
    )
    answer = batched.post("job", raw=body, Content_Type=XML)
    assert (answer.status_code, answer["Content-Type"]) == (201, "application/xml")
    job = in_xml(answer)
    assert (job["object"], job["externalIdFieldName"]) == ("Account", "ExternalId")
    closed = batched.post(f"job/{job['id']}", raw=xml_job(state="Closed"), Content_Type=XML)
    assert (closed.status_code, in_xml(closed)["state"]) == (200, "Closed")


@pytest.mark.parametrize(
    ("content_type", "form", "expected"),
    [
        ("application/json", "CSV", "application/json"),
        ("application/xml", "JSON", "application/xml"),
        ("application/octet-stream", "JSON", "application/json"),
        ("application/octet-stream", "XML", "application/xml"),
    ],
)
def test_a_job_is_told_as_the_request_says_else_as_its_batches_are(
    batched: BatchedApi, content_type: str, form: str, expected: str
) -> None:
    job = batched.open(form=form)
    assert batched.get(f"job/{job}", Content_Type=content_type)["Content-Type"] == expected


@pytest.mark.parametrize(
    ("said", "code", "message"),
    [
        ({"object": ""}, "InvalidJob", "Unable to find object"),
        ({"object": "Acount"}, "InvalidJob", "Unable to find object: Acount"),
        ({"operation": "merge"}, "InvalidJob", "must be one of insert"),
        ({"operation": "hardDelete"}, "FeatureNotEnabled", "hardDelete"),
        ({"operation": "upsert"}, "InvalidJob", "externalIdFieldName"),
        (
            {"operation": "upsert", "externalIdFieldName": "Description"},
            "InvalidJob",
            "identifies no record",
        ),
        ({"contentType": "ZIP_CSV"}, "FeatureNotEnabled", "Attachments"),
        ({"contentType": "YAML"}, "InvalidJob", "must be one of CSV, XML, JSON"),
        ({"concurrencyMode": "Both"}, "InvalidJob", "Parallel or Serial"),
        ({"concurrencyMode": "2"}, "InvalidJob", "Parallel or Serial"),
    ],
)
def test_what_is_no_job(batched: BatchedApi, said: dict[str, str], code: str, message: str) -> None:
    asked = {**ACCOUNTS, **said}
    for answer in (
        batched.post("job", asked),
        batched.post("job", raw=xml_job(**asked), Content_Type=XML),
    ):
        status, told, words = problem(answer)
        assert (status, told) == (400, code)
        assert message in words
    assert not BatchedJob.objects.exists()


@pytest.mark.parametrize(
    ("body", "content_type", "code"),
    [
        ("{", "application/json", "ClientInputError"),
        ("", "application/json", "ClientInputError"),
        ("[1]", "application/json", "ClientInputError"),
        ('{"object": 1, "operation": "insert"}', "application/json", "ClientInputError"),
        ("{}", "application/xml", "InvalidXML"),
        ("", "application/xml", "InvalidXML"),
        ("<jobInfo>", "application/xml", "InvalidXML"),
        ('<!DOCTYPE a [<!ENTITY b "c">]><jobInfo>&b;</jobInfo>', "text/xml", "InvalidXML"),
        ("<a>" * 20 + "</a>" * 20, "text/xml", "InvalidXML"),
        ("<a>" + "<b/>" * 5_001 + "</a>", "text/xml", "InvalidXML"),
        (" " * 6_000_000, "text/xml", "ClientInputError"),
    ],
    ids=str,
)
def test_what_can_not_be_read(batched: BatchedApi, body: str, content_type: str, code: str) -> None:
    answer = batched.post("job", raw=body, Content_Type=content_type)
    assert problem(answer)[:2] == (400, code)


@pytest.mark.parametrize("headers", [{}, {"X-SFDC-Session": "00D!x"}, {"Authorization": "x"}])
def test_without_a_session_clients_are_told_so_as_they_know_it(
    db: None, headers: dict[str, str]
) -> None:
    """jsforce looks for the status and the element."""
    answer = Client().get(f"{ASYNC}/job/750000000000001AAA", headers=headers)
    assert answer.status_code == 400
    assert b"<exceptionCode>InvalidSessionId</exceptionCode>" in answer.content
    answer = Client().post(f"{ASYNC}/job", ACCOUNTS, "application/json", headers=headers)
    assert problem(answer)[:2] == (400, "InvalidSessionId")


def test_the_usual_header_is_taken_too(batched: BatchedApi) -> None:
    token = batched.headers.pop("X-SFDC-Session")
    assert batched.post("job", ACCOUNTS, Authorization=f"Bearer {token}").status_code == 201


def test_a_job_needs_what_its_rows_need(db: None) -> None:
    reader = BatchedApi(["customers:read"])
    assert problem(reader.post("job", ACCOUNTS))[:2] == (403, "InvalidUser")
    asking = {**ACCOUNTS, "operation": "query"}
    assert reader.post("job", asking).status_code == 201
    stranger = BatchedApi(["promotions:read"], name="Stranger")
    assert problem(stranger.post("job", asking))[:2] == (403, "InvalidUser")
    history = {**ACCOUNTS, "object": "PromotionHistory"}
    assert problem(BatchedApi(name="Other").post("job", history))[:2] == (403, "InvalidUser")


def test_a_job_is_nobody_elses(batched: BatchedApi) -> None:
    path, _ = batched.load("Name\nOak\n")
    job = path.split("/")[1]
    other = BatchedApi(name="Other")
    for method, where in (
        ("GET", f"job/{job}"),
        ("POST", f"job/{job}"),
        ("GET", f"job/{job}/batch"),
        ("POST", f"job/{job}/batch"),
        ("GET", path),
        ("GET", f"{path}/request"),
        ("GET", f"{path}/result"),
        ("GET", f"{path}/result/752000000000001AAA"),
    ):
        body = {"state": "Closed"} if method == "POST" else None
        assert problem(other.send(method, where, body))[:2] == (400, "InvalidJob"), where
    # Nor a batch another job's.
    another = batched.open()
    batch = path.split("/")[-1]
    assert problem(batched.get(f"job/{another}/batch/{batch}"))[:2] == (400, "InvalidBatch")


@pytest.mark.parametrize(
    ("path", "code"),
    [
        ("job/x", "InvalidJob"),
        ("job/750000000zzzzzz", "InvalidJob"),
        ("job/{job}/batch/751000000zzzzzz", "InvalidBatch"),
        ("job/{job}/batch/x", "InvalidBatch"),
        ("job/{job}/batch/x/result", "InvalidBatch"),
    ],
)
def test_jobs_and_batches_that_there_are_not(batched: BatchedApi, path: str, code: str) -> None:
    assert problem(batched.get(path.format(job=batched.open())))[:2] == (400, code)


@pytest.mark.parametrize("path", ["jobs", "job/x/spec", "job/x/y/z", "", f"{ASYNC[:-4]}12.0/job"])
def test_other_paths_are_logged(
    batched: BatchedApi, path: str, caplog: pytest.LogCaptureFixture
) -> None:
    assert problem(batched.post(path, {}))[:2] == (404, "InvalidUrl")
    assert problem(batched.get(path, Content_Type=XML))[:2] == (404, "InvalidUrl")
    assert "no such resource: POST /services/async" in caplog.text


def test_other_methods_are_refused(batched: BatchedApi) -> None:
    assert problem(batched.patch(f"job/{batched.open()}", {}))[:2] == (405, "ClientInputError")


def test_a_client_s_mistake_is_never_a_failure_of_ours() -> None:
    """Whatever domain error it is; clients repeat a 429, and what is 5xx."""
    for code in CATALOGUE:
        wrong = of_domain(DomainError(code, "why"))
        assert 400 <= wrong.status < 500, code
        assert wrong.status not in (401, 429), code


def test_states(batched: BatchedApi) -> None:
    job = batched.open()
    for state in ("Open", "UploadComplete", "", None):
        told = problem(batched.post(f"job/{job}", {"state": state}))
        assert told[:2] == (400, "InvalidJobState")
    for _ in range(2):  # a client that didn't get the answer asks again
        closed = batched.post(f"job/{job}", {"id": job, "state": "Closed"})
        assert (closed.status_code, closed.json()["state"]) == (200, "Closed")
    assert problem(batched.add(job, "Name\nOak\n"))[:2] == (400, "InvalidJobState")
    assert batched.post(f"job/{job}", {"state": "Aborted"}).json()["state"] == "Aborted"
    for state in ("Aborted", "Closed"):
        told = problem(batched.post(f"job/{job}", {"state": state}))
        assert told[:2] == (400, "InvalidJobState")


def test_a_job_counts_its_batches(batched: BatchedApi) -> None:
    job = batched.open()
    for table in ("Name\nOak\n\nElm\n", "Name,ExternalId\n,A-1\n", "Colour\nred\n"):
        assert batched.add(job, table).status_code == 201
    told = batched.get(f"job/{job}", Content_Type="application/json").json()
    assert (told["numberBatchesQueued"], told["numberBatchesTotal"]) == (3, 3)
    work()
    told = batched.get(f"job/{job}", Content_Type="application/json").json()
    counts = ("BatchesQueued", "BatchesCompleted", "BatchesFailed", "BatchesTotal")
    assert [told[f"number{name}"] for name in counts] == [0, 2, 1, 3]
    assert (told["numberRecordsProcessed"], told["numberRecordsFailed"]) == (3, 1)
    listed = batched.get(f"job/{job}/batch").content.decode()
    assert listed.count("<batchInfo>") == 3
    assert f'<batchInfoList xmlns="{NAMESPACE}">' in listed


def test_an_aborted_job_is_not_worked_off(
    batched: BatchedApi, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("promotions.sobjects.bulk.ingest._ROWS", 1)
    job = batched.open()
    paths = []
    for _ in range(2):
        told = in_xml(batched.add(job, "Name\nOak\nElm\n"))
        paths.append(f"job/{job}/batch/{told['id']}")

    def once(act: Any) -> Any:
        found = in_transaction(act)
        if BatchedJob.objects.get().state == "Open":
            assert batched.post(f"job/{job}", {"state": "Aborted"}).status_code == 200
        return found

    monkeypatch.setattr("promotions.services.bulk_runs.in_transaction", once)
    work()
    begun, waiting = (batched.batch(path) for path in paths)
    assert outcome(begun) == ("Failed", 1, 0)
    assert outcome(waiting) == ("NotProcessed", 0, 0)
    # What was done can be fetched.
    assert len(batched.text(f"{paths[0]}/result").splitlines()) == 2
    refused = problem(batched.get(f"{paths[1]}/result"))
    assert refused == (400, "InvalidBatch", "Records not processed")


def test_old_jobs_are_cleaned_up_with_their_batches_and_files(batched: BatchedApi) -> None:
    now = timezone.now()
    long_ago = now - timedelta(days=8)
    kept_path, _ = batched.load('[{"Name": "Oak"}]', form="JSON")
    batched.load('[{"Name": "Elm"}]', form="JSON")
    old = BatchedJob.objects.order_by("-pk")[0]
    waiting = batched.open()
    batched.add(waiting, "Name\nAsh\n")
    BatchedJob.objects.update(system_modstamp=long_ago)
    kept = BulkJob.objects.order_by("pk")[0]
    BulkJob.objects.exclude(pk=kept.pk).update(system_modstamp=long_ago)
    call_command("clean_up", verbosity=0)
    assert not BatchedJob.objects.filter(pk=old.pk).exists()
    assert BatchedJob.objects.count() == 2
    assert batched.get(f"{kept_path}/request").status_code == 200
    bulk_jobs.remove_old_jobs(at=now + timedelta(days=2))
    left = {file.name for file in kept_files.kept_directory("bulk").iterdir()}
    assert left == {
        f"{kept.pk}.lock",
        *(kept.path + ending for ending in ("", ".request", ".successful") if kept.path),
        *(batch.path for batch in BulkJob.objects.exclude(pk=kept.pk)),
    }


@pytest.mark.parametrize(("fault", "status"), [(OperationalError, 503), (RuntimeError, 500)])
@pytest.mark.parametrize("kind", ["application/xml", "text/csv", "application/json"])
def test_our_own_failures_are_told_in_this_dialect(
    batched: BatchedApi,
    monkeypatch: pytest.MonkeyPatch,
    fault: type[Exception],
    status: int,
    kind: str,
) -> None:
    def fail(*args: object, **options: object) -> None:
        raise fault("out of order")

    job = batched.open()
    monkeypatch.setattr("promotions.services.batched_jobs.jobs_of", fail)
    client = Client(raise_request_exception=False, headers=batched.headers)
    answer = client.post(f"{ASYNC}/job/{job}/batch", "<a/>", content_type=kind)
    assert problem(answer)[:2] == (status, "Unknown")
    assert (answer["Content-Type"] == "application/json") is (kind == "application/json")
    assert ("Retry-After" in answer) is (status == 503)
    assert "out of order" not in answer.content.decode()


def test_a_host_that_is_none_of_ours_is_told_in_this_dialect() -> None:
    answer = Client().get(f"{ASYNC}/job", headers={"Host": "evil.example"})
    assert problem(answer)[:2] == (400, "ClientInputError")
