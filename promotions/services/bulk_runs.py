"""What a bulk job has done is committed with how far it is: once, whenever it is killed.

Its results go to files beside, by as many bytes as the job's row says: what a process wrote and
could not commit lies behind them, and is overwritten.
"""

import os
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.db import transaction
from django.db.models import Exists, OuterRef, Q

from promotions.actors import Actor, Source
from promotions.models import BulkJob, Partner, User
from promotions.models.batched_jobs import Concurrency
from promotions.models.bulk_jobs import AT_WORK, BulkJobType, BulkState
from promotions.services.bulk_jobs import FAILED, SUCCESSFUL, hold, path_of, touch
from promotions.services.transactions import in_transaction, patiently

_AT_ONCE: Final = 1000
"""Jobs that are looked at."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """Consecutive rows of a job's file."""

    begins: int
    ends: int
    """Where, in bytes."""
    next_line: int
    """The number of the line in which the next row begins."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What became of the rows of a step."""

    rows: int
    failed: int
    successful_lines: bytes
    failed_lines: bytes
    """To be added to the files of results."""


class Unwanted(Exception):
    """The job is not to be worked off any more: aborted, or deleted."""


class Displaced(Exception):
    """The job is not where it was left: somebody else works at it."""


class SwitchedOff(Exception):
    """Who asked for the job may do nothing any more."""


def actor_of(job: BulkJob) -> Actor:
    """For whom the job works: who asked for it, by the scopes that they still have. Raises
    ``SwitchedOff``."""
    user = User.objects.filter(pk=job.created_by_id, is_active=True).first()
    if user is None:
        raise SwitchedOff
    scopes = frozenset(job.scopes)
    if job.source == Source.API.value:
        partner = Partner.objects.filter(user=user).first()
        if partner is None:
            raise SwitchedOff
        scopes &= frozenset(partner.scopes)
    return Actor(user, Source(job.source), scopes)


def waiting_jobs(*kinds: BulkJobType) -> list[BulkJob]:
    """The jobs of some kinds that a worker may run, the first asked for first; whether somebody
    does run one, its lock tells. Of batches that are to be worked off one after the other, the
    first. What one asks is read when it is run: it may be long."""
    jobs = BulkJob.objects.filter(state__in=AT_WORK, type__in=kinds).defer("query")
    before = BulkJob.objects.filter(
        batch_of=OuterRef("batch_of"), state__in=AT_WORK, pk__lt=OuterRef("pk")
    )
    jobs = jobs.exclude(Q(batch_of__concurrency=Concurrency.SERIAL) & Exists(before))
    return list(jobs.select_related("batch_of").order_by("pk")[:_AT_ONCE])


def begin(job: BulkJob, *, at: datetime) -> bool:
    """Notes that the job, whose lock is held now, is being worked off; whether it still is to
    be."""
    with transaction.atomic():
        hold(job)
        if job.state not in AT_WORK:
            return False
        if job.state != BulkState.IN_PROGRESS:
            job.state = BulkState.IN_PROGRESS
            touch(job, at=at)
    return True


def is_wanted(job: BulkJob) -> bool:
    """Whether nobody has aborted the job meanwhile."""
    return BulkJob.objects.filter(pk=job.pk, state=BulkState.IN_PROGRESS).exists()


def found(job: BulkJob, *, size: int, rows: int, milliseconds: int, at: datetime) -> None:
    """Notes that what a query asks for is in its file. Raises ``Unwanted``, and ``Refused`` where
    the job was deleted."""
    with transaction.atomic():
        hold(job)
        if job.state != BulkState.IN_PROGRESS:
            raise Unwanted
        job.state = BulkState.JOB_COMPLETE
        job.size, job.rows_done = size, rows
        job.milliseconds += milliseconds
        touch(job, at=at)


def advance(job: BulkJob, step: Step, act: Callable[[], Outcome], *, at: datetime) -> None:
    """Runs ``act``, which writes the rows of a step, and notes what became of them.

    Afterwards all of it is committed, or nothing. A database that goes away is waited for; what it
    had committed all the same is not done again. Raises ``Unwanted``, ``Displaced``, ``OSError``
    where the results find no room, and ``OperationalError`` where the database stays away.
    """
    tries = 0

    def once() -> None:
        nonlocal tries
        tries += 1
        began = time.monotonic()
        hold(job)
        if tries > 1 and job.position == step.ends:
            return
        if job.state != BulkState.IN_PROGRESS:
            raise Unwanted
        if job.position != step.begins:
            raise Displaced
        outcome = act()
        _append(job, SUCCESSFUL, job.successful_size, outcome.successful_lines)
        _append(job, FAILED, job.failed_size, outcome.failed_lines)
        job.successful_size += len(outcome.successful_lines)
        job.failed_size += len(outcome.failed_lines)
        job.rows_done += outcome.rows
        job.rows_failed += outcome.failed
        job.position, job.line = step.ends, step.next_line
        job.milliseconds += round((time.monotonic() - began) * 1000)
        touch(job, at=at)

    patiently(lambda: in_transaction(once))


def _append(job: BulkJob, ending: str, size: int, lines: bytes) -> None:
    """Adds to a file of results what is on disk before it counts, also after a power cut."""
    if not lines:
        return
    descriptor = os.open(path_of(job, ending), os.O_RDWR | os.O_CREAT, 0o600)
    with open(descriptor, "r+b") as file:
        file.truncate(size)
        file.seek(size)
        file.write(lines)
        file.flush()
        os.fsync(file.fileno())


def finish(job: BulkJob, *, failure: str | None = None, at: datetime) -> None:
    """Notes that the job is worked off, or why it can't be; one that was aborted stays so."""
    with transaction.atomic():
        hold(job)
        if job.state in AT_WORK:
            job.state = BulkState.JOB_COMPLETE if failure is None else BulkState.FAILED
            job.failure = failure
            touch(job, at=at)
