"""The database's constraints on audience jobs, their partitions and refusals."""

from datetime import timedelta

import pytest

from enrollments.models import (
    EnrollmentJob,
    EnrollmentJobPartition,
    EnrollmentJobRefusal,
    JobStatus,
)
from enrollments.services import jobs
from tests.audiences import make_job
from tests.factories import LONG_AGO, NOW
from tests.models.breaking import (
    Check,
    Make,
    Unique,
    Valid,
    Values,
    assert_once,
    assert_refused,
    names_of_checks,
    names_of_valid,
    put,
)

pytestmark = pytest.mark.django_db

DAY = timedelta(days=1)


def job() -> EnrollmentJob:
    return make_job()


def running() -> EnrollmentJob:
    begun = make_job()
    jobs.begin(begun, at=NOW)
    return begun


def finished() -> EnrollmentJob:
    done = running()
    jobs.finish(done, at=NOW)
    return done


def failed() -> EnrollmentJob:
    done = running()
    jobs.finish(done, failure="The file broke off.", at=NOW)
    return done


def partition() -> EnrollmentJobPartition:
    return make_job().partitions.get()


def refusal() -> EnrollmentJobRefusal:
    return EnrollmentJobRefusal.objects.create(
        job=make_job(), line=2, code="customer_not_found", detail="No contact matches."
    )


CHECKS: list[Check] = [
    ("enrollmentjob_deleted_has_date", job, {"is_deleted": True}),
    ("enrollmentjob_modified_after_created", job, {"last_modified_date": LONG_AGO - DAY}),
    ("job_format_known", job, {"format": "xlsx"}),
    ("job_status_known", running, {"status": "waiting"}),
    ("job_source_known", job, {"source": "mail"}),
    ("job_file_named", job, {"file_name": ""}),
    ("job_file_named", job, {"path": ""}),
    ("job_file_named", job, {"sha256": ""}),
    ("job_size_positive", job, {"size": 0}),
    ("job_sessions_in_range", job, {"sessions": 0}),
    ("job_sessions_in_range", job, {"sessions": 9}),
    ("job_dry_run_in_one_session", job, {"is_dry_run": True, "sessions": 2}),
    ("job_batch_size_in_range", job, {"batch_size": 0}),
    ("job_batch_size_in_range", job, {"batch_size": 10_001}),
    ("job_reason_not_blank", job, {"reason": ""}),
    ("job_failed_says_why", failed, {"failure": None}),
    ("job_failed_says_why", failed, {"failure": ""}),
    ("job_failed_says_why", finished, {"failure": "why"}),
    ("job_started_has_date", running, {"started_date": None}),
    ("job_ended_has_date", finished, {"finished_date": None}),
    ("job_ended_has_date", failed, {"finished_date": None}),
    ("job_ended_has_date", running, {"finished_date": NOW}),
    ("job_finished_after_start", finished, {"finished_date": NOW - DAY}),
    ("job_partition_counts_add_up", partition, {"rows_done": 1}),
    ("job_partition_counts_add_up", partition, {"rows_done": 1, "enrolled": 1, "refused": 1}),
    ("job_partition_counts_not_negative", partition, {"number": -1}),
    ("job_partition_counts_not_negative", partition, {"batches_done": -1}),
    ("job_partition_counts_not_negative", partition, {"enrolled": -1, "refused": 1}),
    ("job_partition_counts_not_negative", partition, {"enrolled": 1, "refused": -1}),
    ("job_partition_counts_not_negative", partition, {"position": -1}),
    ("job_refusal_says_why", refusal, {"line": 0}),
    ("job_refusal_says_why", refusal, {"code": ""}),
    ("job_refusal_says_why", refusal, {"detail": ""}),
]

UNIQUES: list[Unique] = [
    ("job_partition_once", partition),
    ("job_refusal_once_per_line", refusal),
]

VALID: list[Valid] = [
    (job, {"sessions": 8, "batch_size": 10_000}),
    (job, {"is_dry_run": True}),
    (job, {"status": JobStatus.STOPPED}),
    (running, {"status": JobStatus.STOPPED}),
    (finished, {"finished_date": NOW + DAY}),
    (partition, {"rows_done": 3, "enrolled": 1, "refused": 2, "batches_done": 1, "position": 9}),
]


@pytest.mark.parametrize(("name", "make", "values"), CHECKS, ids=names_of_checks(CHECKS))
def test_a_row_that_breaks_a_constraint_is_refused(name: str, make: Make, values: Values) -> None:
    assert_refused(name, make(), values)


@pytest.mark.parametrize(("name", "make"), UNIQUES, ids=[name for name, _ in UNIQUES])
def test_what_is_unique_is_refused_twice(name: str, make: Make) -> None:
    assert_once(name, make)


@pytest.mark.parametrize(("make", "values"), VALID, ids=names_of_valid(VALID))
def test_a_valid_row_is_kept(make: Make, values: Values) -> None:
    put(make(), values)
