"""One batch of an audience job: its rows enrolled, what was refused and the progress, all in
one transaction. The only place where a job enrolls."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import IntEnum
from itertools import islice
from typing import Final

from enrollments.audience_files import Row
from enrollments.models import EnrollmentJob, EnrollmentJobPartition, EnrollmentJobRefusal
from enrollments.models.jobs import FileFormat
from enrollments.services.job_rows import Refusals, enroll_rows
from enrollments.services.job_staging import Staging
from enrollments.services.job_trials import Trial
from promotions.actors import Actor
from promotions.errors import DomainError
from promotions.services.transactions import in_transaction, patiently

_WRITTEN_TOGETHER: Final = 1_000
"""Refusals, where a whole batch is refused."""
_COLUMNS: Final = {
    "contact.id": "contactId",
    "contact.externalId": "contactExternalId",
    "contact.email": "email",
    "contact.lastName": "lastName",
    "account.id": "accountId",
    "enrollmentOffer.id": "enrollmentOfferId",
    "enrollmentOffer.code": "enrollmentOfferCode",
    # Several columns, or none.
    "contact": "",
    "enrollmentOffer": "",
    "promotion": "",
    "promotion.id": "",
}
"""Where what the rules point to stands in a CSV file."""


@dataclass(frozen=True, slots=True)
class Batch:
    """Consecutive rows of a partition."""

    partition: int
    begins_at: int
    """How many rows of the partition come before."""
    rows: Sequence[Row]
    position: int
    """How many bytes of the file have been read up to its end, about."""
    staging: Staging | None = None
    """Of the rows, where they may take the quick way."""


class Way(IntEnum):
    """How a batch is enrolled. Each way is for what the one before fails at as a whole: a record
    that is there. Whatever a try failed at, the next goes the next way."""

    UNSEEN = 1
    """All at once, as if none of the customers had a record: who has one, the constraint finds."""
    LOOKING = 2
    """All at once but those who have a record: only what comes in between is left to it."""
    ROW_BY_ROW = 3


@dataclass(frozen=True, slots=True)
class Done:
    """What has become of a batch."""

    refused: int
    """How many of its rows."""
    way: Way
    """The one that it was enrolled in."""


class Displaced(Exception):
    """The partition is not where it was left: somebody else works at it."""


def run_batch(
    job: EnrollmentJob,
    batch: Batch,
    *,
    by: Actor,
    at: datetime,
    way: Way = Way.UNSEEN,
    trial: Trial | None = None,
    before_commit: Callable[[], None] = lambda: None,
) -> Done:
    """Enrolls the rows of a batch and notes how far the partition is.

    Afterwards all of it is in the database, or nothing. ``way`` is tried first. With a ``trial``
    nobody is enrolled. ``before_commit`` is called in each try that comes so far. A database that
    goes away is waited for; what it had committed all the same is not done again. Raises
    ``Displaced``, and ``OperationalError`` where the database stays away.
    """

    tried: list[Trial] = []
    ways = iter([each for each in Way if each >= way])
    taken = way

    def act() -> int:
        nonlocal taken
        taken = next(ways, Way.ROW_BY_ROW)
        partition = EnrollmentJobPartition.objects.select_for_update(no_key=True).get(
            job=job, number=batch.partition
        )
        if partition.rows_done == batch.begins_at + len(batch.rows):
            lines = [line for line, _ in batch.rows]
            return EnrollmentJobRefusal.objects.filter(job=job, line__in=lines).count()
        if partition.rows_done != batch.begins_at:
            raise Displaced
        # A try that fails takes back what it wrote, and has to forget whom it met.
        tried[:] = [trial.batch()] if trial else []
        told = enroll_rows(
            batch.rows,
            by=by,
            at=at,
            reason=job.reason,
            in_order=job.promotion.maximum_enrollment_count is not None,
            trial=tried[0] if tried else None,
            staging=None if taken is Way.ROW_BY_ROW else batch.staging,
            looks=taken is Way.LOOKING,
        )
        refusals = _refusals(job, batch.rows, told)
        while some := list(islice(refusals, _WRITTEN_TOGETHER)):
            EnrollmentJobRefusal.objects.bulk_create(some)
        refused = len(told)
        partition.rows_done += len(batch.rows)
        partition.batches_done += 1
        partition.enrolled += len(batch.rows) - refused
        partition.refused += refused
        partition.position = batch.position
        partition.save()
        before_commit()
        return refused

    refused = patiently(lambda: in_transaction(act))
    if trial and tried:
        trial.keep(tried[0])
    return Done(refused, taken)


def _refusals(
    job: EnrollmentJob, rows: Sequence[Row], told: Refusals
) -> Iterator[EnrollmentJobRefusal]:
    is_table = job.format == FileFormat.CSV
    for n, errors in sorted(told.items()):
        error = _as_one([_in_column(error) for error in errors] if is_table else errors)
        yield EnrollmentJobRefusal(
            job=job, line=rows[n][0], code=error.code, detail=error.detail, pointer=error.pointer
        )


def _in_column(error: DomainError) -> DomainError:
    column = _COLUMNS.get(error.pointer)
    return error if column is None else replace(error, pointer=column)


def _as_one(errors: Sequence[DomainError]) -> DomainError:
    """Several errors as one that says them all."""
    if len(errors) == 1:
        return errors[0]
    details = [
        f"{error.pointer}: {error.detail}" if error.pointer else error.detail for error in errors
    ]
    return replace(errors[0], detail=" ".join(details))
