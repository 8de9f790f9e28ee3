"""Audience jobs: making, stopping and resuming them, and what becomes of them.

The rows are enrolled by ``job_runs.py``, batch by batch (``job_batches.py``); the files are
``job_files.py``'s.
"""

from collections.abc import Iterator
from datetime import datetime
from typing import Final

from django.db import transaction
from django.db.models import Count, Q, QuerySet

from enrollments.audience_files import Header, read_header
from enrollments.models import (
    EnrollmentJob,
    EnrollmentJobPartition,
    EnrollmentJobRefusal,
    JobStatus,
)
from enrollments.models.jobs import ENDED, LARGEST_BATCH, MOST_SESSIONS
from enrollments.rules import LONGEST_REASON
from enrollments.services.job_files import AudienceFile, is_kept, path_of
from promotions.actors import Actor, Source
from promotions.csv_files import write_rows
from promotions.database import is_postgresql
from promotions.errors import DomainError, Refused, refuse
from promotions.folding import fold
from promotions.models import Promotion

BATCH_OF_SINGLE_ROWS: Final = 1_000
"""Rows that are enrolled in a few tenths of a second: on SQLite every other writer waits meanwhile,
and whoever enrolls in the same promotion where its places are limited."""
REFUSAL_COLUMNS: Final = ("line", "code", "reason", "pointer")
_CHUNK: Final = 5_000


def create_job(
    promotion_key: int,
    file: AudienceFile,
    *,
    is_dry_run: bool = False,
    sessions: int = 1,
    batch_size: int | None = None,
    reason: str | None = None,
    by: Actor,
    at: datetime,
) -> EnrollmentJob:
    """A job, queued, that enrolls the rows of ``file`` in a promotion. A dry run, and a promotion
    with a maximum, whose places go in the order of the file, have one session in any case.

    Raises ``Refused``: ``promotion_not_found``, ``invalid_value``, and what is wrong with the
    header of the file.
    """
    promotion = Promotion.objects.accessible(by).filter(pk=promotion_key).first()
    if promotion is None:
        raise _no_promotion()
    reason = (reason or "").strip() or None
    if errors := list(_problems(sessions, batch_size, reason)):
        raise Refused(*errors)
    with file.at.open("rb") as opened:
        header = read_header(opened)
    if is_dry_run or promotion.maximum_enrollment_count is not None:
        sessions = 1
    job = EnrollmentJob(
        promotion=promotion,
        file_name=file.name or _name_of(header),
        path=file.path,
        format=header.format,
        is_compressed=header.is_compressed,
        sha256=file.sha256,
        size=file.size,
        is_dry_run=is_dry_run,
        sessions=sessions,
        reason=reason,
        source=by.source.value,
        scopes=sorted(by.scopes),
        created_by=by.user,
        created_date=at,
        last_modified_by=by.user,
        last_modified_date=at,
    )
    job.batch_size = _batch_size(job) if batch_size is None else batch_size
    with transaction.atomic():
        job.save(force_insert=True)
        EnrollmentJobPartition.objects.bulk_create(
            EnrollmentJobPartition(job=job, number=number) for number in range(sessions)
        )
    return job


def _name_of(header: Header) -> str:
    """What a file is called that came without a name."""
    return f"audience.{header.format}{'.gz' if header.is_compressed else ''}"


def takes_quick_way(job: EnrollmentJob) -> bool:
    """Whether most rows of ``job`` go together. In a dry run, where places are limited and on
    SQLite all are told one by one."""
    is_limited = job.promotion.maximum_enrollment_count is not None
    return is_postgresql() and not (job.is_dry_run or is_limited)


def _batch_size(job: EnrollmentJob) -> int:
    """How many rows are enrolled in one transaction, unless somebody says otherwise: the more go
    the quick way, the less there is around them. The sessions share them, so that no more are in
    memory at once."""
    return (LARGEST_BATCH if takes_quick_way(job) else BATCH_OF_SINGLE_ROWS) // job.sessions


def promotion_named(key: int | None, code: str | None, *, by: Actor) -> int:
    """The primary key of the promotion with this key and code, or with the one that is given.
    Raises ``Refused``: ``promotion_required``, ``promotion_not_found``."""
    if key is None and code is None:
        detail = "Name the promotion: give promotionId or promotionCode, or both."
        raise refuse("promotion_required", detail)
    found = Promotion.objects.accessible(by)
    if key is not None:
        found = found.filter(pk=key)
    if code is not None:
        found = found.filter(promotion_code_key=fold(code))
    promotion = found.first()
    if promotion is None:
        raise _no_promotion()
    return promotion.pk


def _no_promotion() -> Refused:
    return refuse("promotion_not_found", "No such promotion. Check the id or the code.")


def _problems(sessions: int, batch_size: int | None, reason: str | None) -> Iterator[DomainError]:
    if not 1 <= sessions <= MOST_SESSIONS:
        detail = f"A job has 1 to {MOST_SESSIONS} sessions."
        yield DomainError("invalid_value", detail, "sessions")
    if batch_size is not None and not 1 <= batch_size <= LARGEST_BATCH:
        detail = f"A batch has 1 to {LARGEST_BATCH:,} rows."
        yield DomainError("invalid_value", detail, "batchSize")
    if reason and len(reason) > LONGEST_REASON:
        detail = f"Say why in at most {LONGEST_REASON} characters."
        yield DomainError("invalid_value", detail, "reason")
    if reason and "\x00" in reason:
        yield DomainError("invalid_value", "This must not contain the NUL character.", "reason")


def enroll_tried(key: int, *, by: Actor, at: datetime) -> EnrollmentJob:
    """A job, queued, that enrolls for real from the file of the dry run ``key``, with its reason.

    Raises ``Refused``: ``not_found``, ``invalid_value`` for what is no dry run that has come to
    its end, where its file is gone, and where that was done already.
    """
    with transaction.atomic():
        job = _lock(key, by)
        if not (job.is_dry_run and job.status == JobStatus.FINISHED):
            detail = "Only a dry run that came to its end is followed by enrolling from its file."
            raise refuse("invalid_value", detail)
        if (made := made_of(job)) is not None:
            raise refuse("invalid_value", f"The file was taken for {made.name} already.")
        file = AudienceFile(job.file_name, job.path, job.sha256, job.size)
        try:
            return create_job(job.promotion_id, file, reason=job.reason, by=by, at=at)
        except FileNotFoundError as error:
            detail = "The file of this dry run is not kept any more. Send it again."
            raise refuse("invalid_value", detail) from error


def may_enroll_tried(job: EnrollmentJob) -> bool:
    """Whether ``job`` is a dry run from whose file there are customers to enroll."""
    is_tried = job.is_dry_run and job.status == JobStatus.FINISHED
    return (
        is_tried
        and is_kept(job)
        and path_of(job).exists()
        and job.partitions.filter(enrolled__gt=0).exists()
        and made_of(job) is None
    )


def made_of(dry_run: EnrollmentJob) -> EnrollmentJob | None:
    """What enrolls for real, since, from the file of a dry run."""
    return _of_its_file(dry_run).filter(is_dry_run=False, pk__gt=dry_run.pk).order_by("pk").first()


def tried_by(job: EnrollmentJob) -> EnrollmentJob | None:
    """The last dry run of its file before a job that enrolls for real."""
    return _of_its_file(job).filter(is_dry_run=True, pk__lt=job.pk).order_by("-pk").first()


def _of_its_file(job: EnrollmentJob) -> QuerySet[EnrollmentJob]:
    """The jobs of the same file, not only of its like, in the same promotion."""
    return EnrollmentJob.objects.filter(
        promotion=job.promotion_id, path=job.path, sha256=job.sha256
    )


# --- What people and clients do with a job --------------------------------------------------------


def stop_job(key: int, *, by: Actor, at: datetime) -> EnrollmentJob:
    """Sees to it that the job is not run: whoever runs it ends after the batch at hand. One that is
    stopped stays so. Raises ``Refused``: ``not_found``, ``invalid_value`` for one that has finished
    or failed: who stops it is not to believe that it kept anybody from being enrolled."""
    with transaction.atomic():
        job = _lock(key, by)
        if job.status in ENDED:
            detail = f"{job.name} has {job.status} already: there is nothing to stop."
            raise refuse("invalid_value", detail)
        if job.status in (JobStatus.QUEUED, JobStatus.RUNNING):
            job.status = JobStatus.STOPPED
            _touch(job, by=by, at=at)
    return job


def resume_job(key: int, *, by: Actor, at: datetime) -> EnrollmentJob:
    """Sees to it that the job is run to the end of its file, from where it is: one that was stopped
    or failed is queued again, one that waits or runs goes on doing so. Raises ``Refused``:
    ``not_found``, ``invalid_value`` for one that has finished."""
    with transaction.atomic():
        job = _lock(key, by)
        if job.status == JobStatus.FINISHED:
            detail = f"{job.name} has finished: no row is left. Send the file anew to begin again."
            raise refuse("invalid_value", detail)
        if job.status in (JobStatus.STOPPED, JobStatus.FAILED):
            job.status, job.failure, job.finished_date = JobStatus.QUEUED, None, None
            _touch(job, by=by, at=at)
    return job


def latest_job(
    promotion: Promotion, file: AudienceFile, *, is_dry_run: bool
) -> EnrollmentJob | None:
    """The operator's last job with this file's content in the promotion."""
    jobs = EnrollmentJob.objects.select_related("promotion", "created_by").filter(
        promotion=promotion,
        sha256=file.sha256,
        is_dry_run=is_dry_run,
        source=Source.COMMAND.value,
    )
    return jobs.order_by("-pk").first()


def left_of_changed_file(promotion: Promotion, file: AudienceFile) -> EnrollmentJob | None:
    """The operator's last job with what stood in the same file before, if that is not done."""
    jobs = EnrollmentJob.objects.filter(
        promotion=promotion, path=file.path, is_dry_run=False, source=Source.COMMAND.value
    )
    last = jobs.order_by("-pk").first()
    if last is None or last.status == JobStatus.FINISHED or last.sha256 == file.sha256:
        return None
    return last


def take_up(job: EnrollmentJob, file: AudienceFile, *, at: datetime) -> EnrollmentJob:
    """The job, about to go on with the same file, wherever it lies by now."""
    if job.path != file.path:
        with transaction.atomic():
            _lock_row(job)
            job.path, job.file_name = file.path, file.name
            _touch(job, at=at)
    return job


def refusals_as_csv(job: EnrollmentJob) -> Iterator[str]:
    """The rows that a job refused, by line, as the lines of a CSV file, some at a time."""
    yield write_rows([REFUSAL_COLUMNS])
    refusals = EnrollmentJobRefusal.objects.filter(job=job).order_by("line")
    after = 0
    while chunk := list(
        refusals.filter(line__gt=after).values_list("line", "code", "detail", "pointer")[:_CHUNK]
    ):
        after = chunk[-1][0]
        yield write_rows([str(cell) for cell in row] for row in chunk)


def refusals_in_short(job: EnrollmentJob) -> str:
    """How many rows a job refused with each code, the most first: ``3 already_enrolled, 1
    malformed_id``; empty where it refused none."""
    refusals = EnrollmentJobRefusal.objects.filter(job=job)
    counts = refusals.values_list("code").annotate(rows=Count("pk")).order_by("-rows", "code")
    return ", ".join(f"{rows:,} {code}" for code, rows in counts)


# --- What happens to a job that is run ------------------------------------------------------------


def actor_of(job: EnrollmentJob) -> Actor:
    """For whom the job enrolls: who asked for it, through the door they came by."""
    return Actor(job.created_by, Source(job.source), frozenset(job.scopes))


def runnable_jobs() -> Iterator[EnrollmentJob]:
    """The jobs that a worker may run, the first asked for first: those queued, and those running
    whose file the service keeps; whether somebody does run one, its lock tells."""
    kept = ~Q(source=Source.COMMAND.value)
    waiting = Q(status=JobStatus.QUEUED) | Q(status=JobStatus.RUNNING) & kept
    yield from (
        EnrollmentJob.objects.filter(waiting)
        .select_related("promotion", "created_by")
        .order_by("pk")
    )


def may_begin(job: EnrollmentJob) -> bool:
    """Whether the job, whose lock is held now, is still to be run. It, its promotion and who asked
    for it are from now on what they are now: it may have waited long."""
    job.refresh_from_db()
    return job.status in (JobStatus.QUEUED, JobStatus.RUNNING)


def begin(job: EnrollmentJob, *, anew: bool = False, at: datetime) -> None:
    """Notes that the job is being run, by who holds its lock. A dry run begins at the beginning:
    what it has seen was not written."""
    with transaction.atomic():
        _lock_row(job)
        if job.is_dry_run or anew:
            job.refusals.all()._raw_delete("default")
            job.partitions.update(rows_done=0, batches_done=0, enrolled=0, refused=0, position=0)
        job.status, job.failure, job.finished_date = JobStatus.RUNNING, None, None
        job.started_date = job.started_date or at
        _touch(job, at=at)


def is_wanted(job: EnrollmentJob) -> bool:
    """Whether nobody has stopped the job meanwhile, or switched off who asked for it."""
    allowed = Q(source=Source.COMMAND.value) | Q(created_by__is_active=True)
    return EnrollmentJob.objects.filter(allowed, pk=job.pk, status=JobStatus.RUNNING).exists()


def release(job: EnrollmentJob, status: JobStatus, *, at: datetime) -> None:
    """Notes that the job is no longer run, before its end: it is ``stopped``, or ``queued`` for the
    next worker. What somebody else has made of it meanwhile stays."""
    with transaction.atomic():
        _lock_row(job)
        if job.status == JobStatus.RUNNING:
            job.status = status
            _touch(job, at=at)


def finish(job: EnrollmentJob, *, failure: str | None = None, at: datetime) -> None:
    """Notes that the file is worked off, or why it can't be."""
    with transaction.atomic():
        _lock_row(job)
        job.status = JobStatus.FINISHED if failure is None else JobStatus.FAILED
        job.failure = failure
        job.started_date = job.started_date or at
        job.finished_date = max(at, job.started_date)
        _touch(job, at=at)


def _lock(key: int, by: Actor) -> EnrollmentJob:
    jobs = EnrollmentJob.objects.get_queryset().accessible(by)
    job = jobs.select_for_update(no_key=True).filter(pk=key).first()
    if job is None:
        raise refuse("not_found", "There is no such job.")
    return job


def _lock_row(job: EnrollmentJob) -> None:
    """Holds the job's row, and makes ``job`` what it is now."""
    locked = EnrollmentJob.objects.select_for_update(no_key=True).get(pk=job.pk)
    for field in ("status", "failure", "started_date", "finished_date", "version"):
        setattr(job, field, getattr(locked, field))
    job.last_modified_date = locked.last_modified_date


def _touch(job: EnrollmentJob, *, by: Actor | None = None, at: datetime) -> None:
    if by is not None:
        job.last_modified_by = by.user
    job.last_modified_date = max(at, job.last_modified_date)
    job.version += 1
    job.save()
