"""Jobs that come in batches, the older way: making and ending them, and giving them batches.

A batch is a bulk job of its own, worked off as the others: see ``bulk_jobs.py``, ``bulk_runs.py``.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.db import transaction
from django.db.models import Count, Q, QuerySet, Sum

from promotions.actors import Actor
from promotions.errors import refuse
from promotions.models import BatchedJob, BulkJob
from promotions.models.batched_jobs import BatchedJobState
from promotions.models.bulk_jobs import (
    AT_WORK,
    BulkJobType,
    BulkOperation,
    BulkState,
    ColumnDelimiter,
    LineEnding,
)
from promotions.services import bulk_jobs
from promotions.services.bulk_jobs import WrongState
from promotions.services.kept_files import KeptFile, new_name

QUERYING = (BulkOperation.QUERY, BulkOperation.QUERY_ALL)
MOST_BATCHES: Final = 15_000
"""Of a job, which is told of with all of them; the compatible platform takes as many in a day."""


class TooManyBatches(Exception):
    """The job has as many batches as it may."""

    def __init__(self) -> None:
        super().__init__(f"A job takes at most {MOST_BATCHES:,} batches. Make another job.")


@dataclass(frozen=True, slots=True)
class Totals:
    """What there is of a job's batches, and what became of them."""

    queued: int
    in_progress: int
    completed: int
    failed: int
    """Those that were not worked off, or not to their end, among them."""
    batches: int
    rows_done: int
    rows_failed: int
    milliseconds: int


def create_job(job: BatchedJob, *, by: Actor, at: datetime) -> BatchedJob:
    """Keeps a new job for ``by``, open for its batches."""
    job.state = BatchedJobState.OPEN
    job.created_by = by.user
    job.created_date = job.system_modstamp = at
    job.save(force_insert=True)
    return job


def jobs_of(by: Actor) -> QuerySet[BatchedJob]:
    """The jobs that ``by`` has made; others don't exist for them."""
    return BatchedJob.objects.filter(created_by=by.user.pk)


def require_open(job: BatchedJob) -> None:
    """Raises ``WrongState`` for a job that takes no further batches."""
    if job.state != BatchedJobState.OPEN:
        raise WrongState(f"The job is {job.state}: only an open job takes batches.")


def add_rows(
    job: BatchedJob, file: KeptFile, *, failure: str | None = None, by: Actor, at: datetime
) -> BulkJob:
    """A batch of the rows in a table that came, to be worked off; with ``failure`` it can't be.
    Whose the file is, ``has_file`` says when the transaction has ended. Raises ``WrongState`` and
    ``TooManyBatches``."""
    batch = _batch(job, BulkJobType.BATCH, failure)
    batch.path, batch.size = file.path, file.size
    return _add(job, batch, by=by, at=at)


def has_file(batch: BulkJob, file: KeptFile) -> bool:
    """Whether the batch was kept, with this as its file."""
    return BulkJob.objects.filter(pk=batch.pk, path=file.path).exists()


def add_query(
    job: BatchedJob, text: str, *, failure: str | None = None, by: Actor, at: datetime
) -> BulkJob:
    """A batch that asks; with ``failure`` it can't. Raises ``WrongState`` and
    ``TooManyBatches``."""
    batch = _batch(job, BulkJobType.QUERY_BATCH, failure)
    batch.path, batch.query = new_name(), text
    return _add(job, batch, by=by, at=at)


def _batch(job: BatchedJob, kind: BulkJobType, failure: str | None) -> BulkJob:
    return BulkJob(
        batch_of=job,
        type=kind,
        operation=job.operation,
        object_name=job.object_name,
        external_id_field=job.external_id_field,
        column_delimiter=ColumnDelimiter.COMMA,
        line_ending=LineEnding.LF,
        api_version=job.api_version,
        state=BulkState.UPLOAD_COMPLETE if failure is None else BulkState.FAILED,
        failure=failure,
    )


def _add(job: BatchedJob, batch: BulkJob, *, by: Actor, at: datetime) -> BulkJob:
    with transaction.atomic():
        _hold(job)
        require_open(job)
        if batches_of(job).count() >= MOST_BATCHES:
            raise TooManyBatches
        bulk_jobs.keep(batch, by=by, at=at)
        _touch(job, at=at)
    return batch


def close(job: BatchedJob, *, at: datetime) -> None:
    """Says that no further batches come. Raises ``WrongState`` for a job that was aborted."""
    with transaction.atomic():
        _hold(job)
        if job.state == BatchedJobState.ABORTED:
            raise WrongState("The job is Aborted: it can't be closed any more.")
        job.state = BatchedJobState.CLOSED
        _touch(job, at=at)


def abort(job: BatchedJob, *, at: datetime) -> None:
    """Sees to it that no further row of the job's batches is worked off; what was done stays done.
    Raises ``WrongState`` for a job that was aborted before."""
    with transaction.atomic():
        _hold(job)
        if job.state == BatchedJobState.ABORTED:
            raise WrongState("The job is Aborted already.")
        job.state = BatchedJobState.ABORTED
        _touch(job, at=at)
        for batch in batches_of(job).filter(state__in=AT_WORK):
            bulk_jobs.hold(batch)
            if batch.state in AT_WORK:
                batch.state = BulkState.ABORTED
                bulk_jobs.touch(batch, at=at)


def batches_of(job: BatchedJob) -> QuerySet[BulkJob]:
    """The job's batches, in the order in which they came; what one asks is read when it is
    needed, as that may be long."""
    return BulkJob.objects.filter(batch_of=job).defer("query").order_by("pk")


def totals_of(job: BatchedJob) -> Totals:
    """What there is of the job's batches now."""

    def count(*states: BulkState) -> Count:
        return Count("pk", filter=Q(state__in=states))

    found = BulkJob.objects.filter(batch_of=job).aggregate(
        queued=count(BulkState.UPLOAD_COMPLETE),
        in_progress=count(BulkState.IN_PROGRESS),
        completed=count(BulkState.JOB_COMPLETE),
        failed=count(BulkState.FAILED, BulkState.ABORTED),
        batches=Count("pk"),
        rows_done=Sum("rows_done", default=0),
        rows_failed=Sum("rows_failed", default=0),
        milliseconds=Sum("milliseconds", default=0),
    )
    return Totals(**found)


def _hold(job: BatchedJob) -> None:
    held = BatchedJob.objects.select_for_update(no_key=True).filter(pk=job.pk).first()
    if held is None:
        raise refuse("not_found", "The job was removed.")
    job.state, job.system_modstamp = held.state, held.system_modstamp


def _touch(job: BatchedJob, *, at: datetime) -> None:
    job.system_modstamp = max(at, job.system_modstamp)
    job.save(update_fields=["state", "system_modstamp"])
