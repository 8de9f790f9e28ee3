"""The database's constraints on bulk jobs, and on jobs that come in batches."""

from typing import Any

import pytest

from promotions.models import BatchedJob, BulkJob
from promotions.services import batched_jobs, bulk_jobs, bulk_runs
from tests.factories import NOW, actor
from tests.models.breaking import (
    Check,
    Make,
    Valid,
    Values,
    assert_refused,
    names_of_checks,
    names_of_valid,
    put,
)

pytestmark = pytest.mark.django_db


def _job(**said: Any) -> BulkJob:
    form = {"column_delimiter": "COMMA", "line_ending": "LF", "api_version": "59.0"}
    job = BulkJob(object_name="Account", **form, **said)
    return bulk_jobs.create_job(job, by=actor(), at=NOW)


def ingest() -> BulkJob:
    return _job(type="V2Ingest", operation="insert")


def query() -> BulkJob:
    return _job(type="V2Query", operation="query", query="SELECT Id FROM Account")


def failed() -> BulkJob:
    job = query()
    bulk_runs.finish(job, failure="The query took too long.", at=NOW)
    return job


def batched() -> BatchedJob:
    job = BatchedJob(
        operation="insert",
        object_name="Account",
        content_type="CSV",
        concurrency="Parallel",
        api_version="59.0",
    )
    return batched_jobs.create_job(job, by=actor(), at=NOW)


def query_batch() -> BulkJob:
    return batched_jobs.add_query(batched(), "SELECT Id FROM Account", by=actor(), at=NOW)


def a_job() -> int:
    return batched().pk


CHECKS: list[Check] = [
    ("bulk_job_type_known", ingest, {"type": "Classic"}),
    ("bulk_job_operation_known", ingest, {"operation": "merge"}),
    ("bulk_job_state_known", ingest, {"state": "Closed"}),
    ("bulk_job_column_delimiter_known", ingest, {"column_delimiter": ","}),
    ("bulk_job_line_ending_known", ingest, {"line_ending": "CR"}),
    ("bulk_job_failure_not_blank", failed, {"failure": ""}),
    ("bulk_job_failed_says_why", failed, {"failure": None}),
    ("bulk_job_failed_says_why", ingest, {"failure": "why"}),
    ("bulk_job_query_asks", query, {"query": None}),
    ("bulk_job_query_asks", ingest, {"query": "SELECT Id FROM Account"}),
    ("bulk_job_counts_add_up", ingest, {"rows_done": 1, "rows_failed": 2}),
    ("bulk_job_counts_add_up", ingest, {"rows_failed": -1}),
    ("bulk_job_query_asks", query_batch, {"query": None}),
    ("bulk_job_query_asks", query_batch, {"type": "V1Ingest"}),
    ("bulk_job_batch_has_job", query_batch, {"batch_of": None}),
    ("bulk_job_batch_has_job", ingest, {"type": "V1Ingest"}),
    ("bulk_job_batch_has_job", ingest, {"batch_of": a_job}),
    ("batched_job_operation_known", batched, {"operation": "hardDelete"}),
    ("batched_job_content_type_known", batched, {"content_type": "ZIP_CSV"}),
    ("batched_job_concurrency_known", batched, {"concurrency": "0"}),
    ("batched_job_state_known", batched, {"state": "Failed"}),
    ("batched_job_upsert_says_by_what", batched, {"operation": "upsert"}),
    ("batched_job_upsert_says_by_what", batched, {"external_id_field": "ExternalId"}),
]

VALID: list[Valid] = [
    (ingest, {"rows_done": 2, "rows_failed": 2, "state": "Aborted"}),
    (failed, {"failure": "another"}),
    (batched, {"operation": "upsert", "external_id_field": "ExternalId", "state": "Aborted"}),
    (query_batch, {"state": "Aborted"}),
]


@pytest.mark.parametrize(("name", "make", "values"), CHECKS, ids=names_of_checks(CHECKS))
def test_a_row_that_breaks_a_constraint_is_refused(name: str, make: Make, values: Values) -> None:
    assert_refused(name, make(), values)


@pytest.mark.parametrize(("make", "values"), VALID, ids=names_of_valid(VALID))
def test_a_valid_row_is_kept(make: Make, values: Values) -> None:
    put(make(), values)
