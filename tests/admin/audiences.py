"""Audiences in the admin: where their pages are, the upload's form, and jobs that came so far."""

from datetime import timedelta
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from enrollments.models import EnrollmentJob, EnrollmentJobPartition, JobStatus
from tests.admin.pages import admin_url, sent, text
from tests.factories import LONG_AGO, make_promotion

LIST = "/admin/enrollments/enrollmentjob/"
UPLOAD = f"{LIST}enroll/"


def page_of(job: EnrollmentJob, page: str = "change") -> str:
    return admin_url("enrollments_enrollmentjob", page, job.pk)


def progress_of(client: Client, job: EnrollmentJob, **query: Any) -> str:
    return text(client.get(page_of(job, "progress"), query))


def file_of(content: bytes | str, name: str = "may.csv") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content.encode() if isinstance(content, str) else content)


def upload(client: Client, **values: Any) -> Any:
    """Fills in the form and sends it."""
    data = {"promotion": make_promotion().pk, "file": file_of("email\na@example.com\n"), **values}
    return sent(client, UPLOAD, **data)


def advance(
    job: EnrollmentJob, status: JobStatus = JobStatus.RUNNING, **partition: int
) -> EnrollmentJob:
    """The job as one that is being run has it, or one that came so far."""
    job.status = status
    job.started_date = LONG_AGO
    if status in (JobStatus.FINISHED, JobStatus.FAILED):
        job.finished_date = LONG_AGO + timedelta(minutes=3)
    if status == JobStatus.FAILED:
        job.failure = "The compressed file breaks off behind line 7. Send it again, whole."
    job.save()
    partition.setdefault("rows_done", partition.get("enrolled", 0) + partition.get("refused", 0))
    EnrollmentJobPartition.objects.filter(job=job).update(**partition)
    return EnrollmentJob.objects.with_progress().get(pk=job.pk)
