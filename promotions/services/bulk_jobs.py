"""Bulk jobs: making them, taking their data, ending and removing them; their files.

Jobs that come in batches, the older way, are ``batched_jobs.py``'s.

What a job does to records is ``promotions/sobjects/bulk``'s; how that is committed,
``bulk_runs.py``'s. Source: the client contract, section 2, "Bulk 2.0".
"""

import os
from collections.abc import Iterable
from contextlib import AbstractContextManager
from datetime import datetime, timedelta
from pathlib import Path
from typing import BinaryIO, Final, TypeVar

from django.conf import settings
from django.db import transaction
from django.db.models import QuerySet

from promotions.actors import Actor
from promotions.errors import Refused, refuse
from promotions.models import BatchedJob, BulkJob
from promotions.models.batched_jobs import BatchFormat
from promotions.models.bulk_jobs import AT_WORK, ENDED, BulkJobType, BulkState
from promotions.services.kept_files import (
    Arriving,
    KeptFile,
    file_locked,
    kept_directory,
    new_name,
    remove_unwanted,
)

J = TypeVar("J", BulkJob, BatchedJob)

KEPT: Final = timedelta(days=7)
"""How long a job, and what became of its rows, can be asked for."""
SUCCESSFUL: Final = ".successful"
FAILED: Final = ".failed"
REQUEST: Final = ".request"
"""What came for a batch, where its table had to be made of it."""
_BATCH: Final = 500


class WrongState(Exception):
    """What is asked for is not done to a job in this state; says what is."""


def create_job(job: BulkJob, *, by: Actor, at: datetime) -> BulkJob:
    """Keeps a new job, for ``by``: open for its data, or, of a query, ready to be worked off."""
    is_query = job.type == BulkJobType.QUERY
    job.path = new_name() if is_query else None
    job.state = BulkState.UPLOAD_COMPLETE if is_query else BulkState.OPEN
    return keep(job, by=by, at=at)


def keep(job: BulkJob, *, by: Actor, at: datetime) -> BulkJob:
    """Keeps a new job, as it is, for ``by``."""
    job.created_by = by.user
    job.source, job.scopes = by.source.value, sorted(by.scopes)
    job.created_date = job.system_modstamp = at
    job.save(force_insert=True)
    return job


def jobs_of(by: Actor, kind: BulkJobType) -> QuerySet[BulkJob]:
    """The jobs of a kind that ``by`` has made; others don't exist for them."""
    return BulkJob.objects.filter(created_by=by.user.pk, type=kind)


def is_in_csv(job: BulkJob) -> bool:
    """Whether the job's rows come, and are told, as CSV: not those of batches in another format,
    whose tables are made here."""
    return job.batch_of is None or job.batch_of.content_type == BatchFormat.CSV


def receive(blocks: Iterable[bytes], *, announced: int, most: int | None = None) -> KeptFile:
    """The data of a job as it comes, on disk. ``announced``: how many bytes there are to be; 0: as
    many as come. ``most``: how many there may be, if not as many as in any file of rows. Raises
    ``Refused``: ``payload_too_large``, ``invalid_value``; ``OSError`` where the disk is full.
    Nothing is kept then."""
    most = most_bytes() if most is None else most
    if announced > most:
        raise too_large()
    arriving = Arriving(_directory(), most=most, too_large=too_large)
    try:
        for block in blocks:
            arriving.write(block)
        file = arriving.finish(may_be_empty=True)  # of a client that has nothing to write
        if file.size < announced:
            raise refuse("invalid_value", "The body is not what was announced. Send it again.")
        return file
    except BaseException:
        arriving.discard()
        raise


def most_bytes() -> int:
    """The size of the largest file of rows."""
    return int(settings.BULK_UPLOAD_LIMIT_MB) * 1024 * 1024


def too_large() -> Refused:
    detail = f"A job takes at most {settings.BULK_UPLOAD_LIMIT_MB:,} MB. Make several jobs of it."
    return refuse("payload_too_large", detail)


def attach(job: BulkJob, file: KeptFile, *, at: datetime) -> None:
    """Makes a file that came the data of its job. Raises ``WrongState``: it has its data, or takes
    none any more; the file is gone then."""
    try:
        with transaction.atomic():
            hold(job)
            require_no_data(job)
            job.path, job.size = file.path, file.size
            touch(job, at=at)
    except BaseException:
        discard(file)
        raise


def opened(file: KeptFile) -> BinaryIO:
    """A file that came, to be read."""
    return (_directory() / file.path).open("rb")


def discard(file: KeptFile) -> None:
    """Removes a file that came and is of no job."""
    for name in _names(file.path, 0)[:-1]:
        (_directory() / name).unlink(missing_ok=True)


def lay_beside(file: KeptFile, other: KeptFile) -> None:
    """Keeps ``other`` as what ``file`` was made of."""
    os.replace(_directory() / other.path, _directory() / (file.path + REQUEST))


def require_no_data(job: BulkJob) -> None:
    """Raises ``WrongState`` unless the job is open and has no data yet."""
    if job.state != BulkState.OPEN:
        raise WrongState(f"The job is {job.state}: only an open job takes data.")
    if job.path is not None:
        raise WrongState(
            "The job has its data already: only one upload is taken. Set its state to "
            "UploadComplete, or abort it and make a new job."
        )


def complete_upload(job: BulkJob, *, at: datetime) -> None:
    """Lets the job be worked off. Raises ``WrongState``."""
    with transaction.atomic():
        hold(job)
        if job.state != BulkState.OPEN:
            raise WrongState(f"The job is {job.state}: only an open job can be closed.")
        if job.path is None:
            raise WrongState("The job has no data. Upload it first (PUT …/batches).")
        job.state = BulkState.UPLOAD_COMPLETE
        touch(job, at=at)


def abort(job: BulkJob, *, at: datetime) -> None:
    """Sees to it that no further row of the job is worked off; what was done stays done. Raises
    ``WrongState`` for one that has come to its end."""
    with transaction.atomic():
        hold(job)
        if job.state in ENDED:
            raise WrongState(f"The job is {job.state}: it can't be aborted any more.")
        job.state = BulkState.ABORTED
        touch(job, at=at)


def delete_job(job: BulkJob) -> None:
    """Removes a job that nobody works at, with its files. Raises ``WrongState`` for others."""
    with transaction.atomic():
        hold(job)
        if job.state in (BulkState.OPEN, BulkState.IN_PROGRESS):
            raise WrongState(f"The job is {job.state}: abort it, then delete it.")
        path, key = job.path, job.pk
        job.delete()
    for name in _names(path, key):
        (_directory() / name).unlink(missing_ok=True)


def remove_old_jobs(*, at: datetime) -> int:
    """Removes the jobs of which nothing has become for ``KEPT``, with their files; how many."""
    before = at - KEPT
    old = BulkJob.objects.filter(system_modstamp__lte=before, batch_of=None)
    total = _remove(old.exclude(state__in=AT_WORK))
    quiet = BatchedJob.objects.filter(system_modstamp__lte=before)
    quiet = quiet.exclude(batches__system_modstamp__gt=before)
    total += _remove(quiet.exclude(batches__state__in=AT_WORK))
    wanted = {
        name for job in BulkJob.objects.only("path").iterator() for name in _names(job.path, job.pk)
    }
    remove_unwanted(_directory(), wanted, at=at)
    return total


def _remove(old: "QuerySet[J]") -> int:
    total = 0
    while keys := list(old.values_list("pk", flat=True)[:_BATCH]):
        old.model._default_manager.filter(pk__in=keys).delete()
        total += len(keys)
    return total


# --- Files ----------------------------------------------------------------------------------------


def path_of(job: BulkJob, ending: str = "") -> Path:
    """Where the job's file lies, or that of its results with this ``ending``."""
    assert job.path is not None
    return _directory() / (job.path + ending)


def locked(job: BulkJob) -> AbstractContextManager[bool]:
    """Whether nobody else on this host runs the job; nobody can until this ends."""
    return file_locked(_directory() / f"{job.pk}.lock")


def _names(path: str | None, key: int) -> list[str]:
    endings = ("", SUCCESSFUL, FAILED, REQUEST)
    files = [] if path is None else [path + ending for ending in endings]
    return [*files, f"{key}.lock"]


def _directory() -> Path:
    return kept_directory("bulk")


# --- Rows -----------------------------------------------------------------------------------------

_CHANGING: Final = (
    "state",
    "failure",
    "path",
    "size",
    "position",
    "line",
    "rows_done",
    "rows_failed",
    "successful_size",
    "failed_size",
    "milliseconds",
    "system_modstamp",
)


def hold(job: BulkJob) -> None:
    """Holds the job's row, and makes ``job`` what it is now. Raises ``Refused``, ``not_found``,
    where it was deleted meanwhile. Inside a transaction."""
    held = BulkJob.objects.select_for_update(no_key=True).filter(pk=job.pk).first()
    if held is None:
        raise refuse("not_found", "The job was deleted.")
    for name in _CHANGING:
        setattr(job, name, getattr(held, name))


def touch(job: BulkJob, *, at: datetime) -> None:
    """Saves what changes of a job that is held."""
    job.system_modstamp = max(at, job.system_modstamp)
    job.save(update_fields=_CHANGING)
