"""Working off a job that brings rows, some hundred at a time."""

import errno
import logging
import time
from collections.abc import Callable, Generator, Iterator
from contextlib import closing
from datetime import datetime
from typing import Final

from promotions.actors import Actor
from promotions.models import BulkJob
from promotions.models.bulk_jobs import BulkJobType, BulkOperation
from promotions.request_ids import request_id_for
from promotions.services import bulk_jobs, bulk_runs
from promotions.services.bulk_runs import Outcome, Step
from promotions.sobjects.bulk.mapping import Columns, WrongColumns
from promotions.sobjects.bulk.rows import error_cell, result_line, write_row
from promotions.sobjects.bulk.tables import (
    EmptyTable,
    Row,
    Table,
    UnreadableTable,
    table_lines,
)
from promotions.sobjects.declare import SObject, may_read, may_write, sobject
from promotions.sobjects.errors import Problem
from promotions.sobjects.records import Saved

log = logging.getLogger(__name__)

_ROWS: Final = 200
"""In one transaction, at most."""
_FIRST_ROWS: Final = 50
_FEWEST_ROWS: Final = 10
_QUICK: Final = 0.2
_SLOW: Final = 0.4
"""Seconds. On SQLite every other writer waits for a transaction to end: of rows that take their
time it has fewer."""
_HEAVIEST: Final = 2_000_000
"""Characters in one transaction: of long rows it has fewer."""
FULL: Final = (errno.ENOSPC, errno.EDQUOT)
"""What the system says where there is no room left on a disk."""

_BY_ID: Final = (BulkOperation.UPDATE, BulkOperation.DELETE)

Clock = Callable[[], datetime]


class JobFailed(Exception):
    """The job can't be worked off, or not to its end; says why."""


def work_off(job: BulkJob, clock: Clock) -> Generator[None]:
    """Works off the rows of a job that are not done, a transaction at each step; whoever stops
    asking for the next leaves the job to be gone on with. The caller holds its lock.

    Raises ``JobFailed``, and what ``bulk_runs.advance`` raises.
    """
    one = sobject(job.object_name)
    if one is None:
        raise JobFailed(f"InvalidJob : Unable to find object: {job.object_name}")
    try:
        with bulk_jobs.path_of(job).open("rb") as file:
            table = Table(file, job.delimiter, is_ours=not bulk_jobs.is_in_csv(job))
            columns = Columns(job, one, table.header)
            job_rows = table.rows(
                begins=job.position or table.begins,
                line=job.line if job.position else table.first_line,
            )
            with closing(job_rows):
                yield from _steps(job, one, columns, job_rows, clock)
    except EmptyTable:
        return  # existing clients have nothing to write at times, and mean it
    except WrongColumns as error:
        raise JobFailed(f"InvalidBatch : {error}") from error
    except UnreadableTable as error:
        raise JobFailed(f"ClientInputError : {error}") from error
    except OSError as error:
        raise no_disk(job, error) from error


def no_disk(job: BulkJob, error: OSError) -> JobFailed:
    """That the files of a job can't be read or written; the operator is told."""
    log.error("bulk job %s", job.record_id, exc_info=error)
    if error.errno in FULL:
        return JobFailed("StorageLimit : The service's disk is full. Try again later.")
    return JobFailed("The service can't get at the job's files; its log says why.")


def _steps(
    job: BulkJob, one: SObject, columns: Columns, table: Iterator[Row], clock: Clock
) -> Iterator[None]:
    broken: UnreadableTable | None = None
    size = min(_FIRST_ROWS, _ROWS)
    while broken is None:
        rows: list[Row] = []
        try:
            _collect(rows, table, size)
        except UnreadableTable as error:  # what stands before it counts
            broken = error
        if not rows:
            break
        began = time.monotonic()
        _step(job, one, columns, rows, clock())
        size = _next_size(size, time.monotonic() - began)
        yield
    if broken is not None:
        raise broken


def _next_size(size: int, seconds: float) -> int:
    """How many rows the next transaction has, if one of ``size`` took so long."""
    if seconds > _SLOW:
        return max(size // 2, min(_FEWEST_ROWS, _ROWS))
    return min(size * 2, _ROWS) if seconds < _QUICK else size


def _collect(rows: list[Row], table: Iterator[Row], size: int) -> None:
    """Adds to ``rows`` what goes into one transaction."""
    weight = 0
    for row in table:
        rows.append(row)
        weight += sum(map(len, row.cells))
        if len(rows) == size or weight > _HEAVIEST:
            return


def _step(job: BulkJob, one: SObject, columns: Columns, rows: list[Row], at: datetime) -> None:
    by = _actor(job, one)
    step = Step(begins=job.position, ends=rows[-1].ends, next_line=rows[-1].next_line)
    # So that the history tells which job a change is of.
    with request_id_for(job.record_id):
        bulk_runs.advance(job, step, lambda: _write(job, one, columns, rows, by, at), at=at)


def _actor(job: BulkJob, one: SObject) -> Actor:
    try:
        by = bulk_runs.actor_of(job)
    except bulk_runs.SwitchedOff as error:
        raise JobFailed("Who asked for the job has been switched off.") from error
    if not (may_read(one, by) and may_write(one, by)):
        raise JobFailed(f"Who asked for the job may no longer write {one.name} records.")
    return by


def _write(
    job: BulkJob, one: SObject, columns: Columns, rows: list[Row], by: Actor, at: datetime
) -> Outcome:
    successful, failed, told = [], [], []
    for row in rows:
        mapped = columns.read(row.cells)
        if row.problem is not None:
            saved = Saved(None, problems=(Problem("INVALID_INPUT", row.problem),))
        else:
            saved = write_row(job, one, mapped, by=by, at=at)
        told.append(result_line(saved))
        if saved.problems:
            known = (
                mapped.key if job.operation in (BulkOperation.UPDATE, BulkOperation.DELETE) else ""
            )
            failed.append([known, error_cell(saved.problems), *row.cells])
        else:
            successful.append([saved.id or "", str(saved.created).lower(), *row.cells])
    if job.type == BulkJobType.BATCH:
        lines = (b"".join(told), b"")
    else:
        form = {"delimiter": job.delimiter, "newline": job.newline}
        lines = (table_lines(successful, **form), table_lines(failed, **form))
    return Outcome(
        rows=len(rows), failed=len(failed), successful_lines=lines[0], failed_lines=lines[1]
    )
