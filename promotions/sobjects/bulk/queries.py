"""Jobs that find records: what may be asked, and the file of what was found."""

import logging
import os
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import datetime
from typing import Any, BinaryIO, Final

import orjson
from django.db import InterfaceError, OperationalError
from django.utils import timezone

from promotions.actors import Actor
from promotions.errors import Refused
from promotions.models import BulkJob
from promotions.models.bulk_jobs import QUERIES, BulkJobType, BulkOperation
from promotions.services import bulk_jobs, bulk_runs
from promotions.services.job_pace import Pace
from promotions.sobjects.bulk.asked import (
    QUERY_PROPERTIES,
    properties,
    query_operation,
    table_form,
    text_of,
    wrong,
)
from promotions.sobjects.bulk.found import record_parts
from promotions.sobjects.bulk.ingest import JobFailed, no_disk
from promotions.sobjects.bulk.tables import table_lines
from promotions.sobjects.bulk.troubles import GIVEN_UP, Troubles
from promotions.sobjects.errors import CallFailed
from promotions.sobjects.query.aggregates import is_grouped
from promotions.sobjects.query.plan import All, read_all
from promotions.sobjects.query.problems import Unfit, located
from promotions.sobjects.query.run import parsed
from promotions.sobjects.query.scope import named
from promotions.sobjects.query.time_limit import within_time
from promotions.sobjects.soql import tree

log = logging.getLogger(__name__)

_LONGEST: Final = 3600.0
"""Seconds that the database may take for a job."""
_PARTS: Final = 10
"""Of a stream of rows, between two looks whether the job is still wanted."""
_DEFECT: Final = "Something unforeseen went wrong; it is logged. Ask again later."


# --- What may be asked ----------------------------------------------------------------------------


def query_job(body: Any, *, by: Actor, at: datetime, version: str) -> BulkJob:
    """The job that a client asks for, not yet kept. Raises ``CallFailed`` and ``Refused``."""
    said = properties(body, QUERY_PROPERTIES)
    operation = query_operation(said)
    text = text_of(said, "query")
    if not text:
        raise wrong("InvalidJob : Say in the property query what to ask for.")
    job = BulkJob(
        type=BulkJobType.QUERY,
        operation=operation,
        query=text,
        api_version=version.removeprefix("v"),
        **table_form(said),
    )
    job.object_name = asked_object(job, by=by, at=at)
    return job


def asked_object(job: BulkJob, *, by: Actor, at: datetime) -> str:
    """The object that the job's query is of. Raises ``CallFailed`` for what is no query, or none of
    these jobs, and ``Refused`` for one that ``by`` may not ask."""
    text = job.query or ""
    with located(text):
        asked = _asked(text)
        _found(job, asked, by, at)
        return named(asked).name


def _asked(text: str) -> tree.Query:
    asked = parsed(text)
    if is_grouped(asked):
        raise _not_in_bulk("Groups and aggregate functions", asked.source_position)
    if asked.offset is not None:
        raise _not_in_bulk("OFFSET", asked.source_position)
    for selected in asked.select:
        if isinstance(selected, tree.Children):
            raise _not_in_bulk("Queries of child records", selected.position)
    return asked


def _not_in_bulk(what: str, position: int) -> Unfit:
    message = f"{what} can't be asked for in a bulk query. Ask for it by a plain query."
    return Unfit("FUNCTIONALITY_NOT_ENABLED", message, position)


def _found(job: BulkJob, asked: tree.Query, by: Actor, at: datetime) -> All:
    all_rows = job.operation == BulkOperation.QUERY_ALL
    return read_all(asked, by=by, at=at, all_rows=all_rows, pause_after=_PARTS)


# --- The worker -----------------------------------------------------------------------------------


class BulkQueries:
    """The worker's part; see ``promotions/background.py``. In a thread of its own, because a query
    that is being read has its connection for itself."""

    name = "bulk queries"
    between_looks = 0.25

    def __init__(self) -> None:
        self._troubles = Troubles()

    def look(self, stop: threading.Event, tell: Callable[[str], None]) -> bool:
        """Works off the queries that there are, one after the other."""
        any_begun = False
        for job in bulk_runs.waiting_jobs(*QUERIES):
            if stop.is_set():
                break
            with bulk_jobs.locked(job) as is_ours, suppress(Refused):
                if is_ours and bulk_runs.begin(job, at=timezone.now()):
                    any_begun = True
                    tell(f"{job.record_id} begins.")
                    _run(job, stop, self._troubles)
                    tell(f"{job.record_id}: {job.state}.")
        return any_begun


def _run(job: BulkJob, stop: threading.Event, troubles: Troubles) -> None:
    """Works off a job whose lock is held; one that is left is begun anew."""
    failure = _DEFECT
    began = time.monotonic()
    try:
        size, rows = _write(job, stop)
        spent = round((time.monotonic() - began) * 1000)
        bulk_runs.found(job, size=size, rows=rows, milliseconds=spent, at=timezone.now())
        return
    except (bulk_runs.Unwanted, Refused, BulkJob.DoesNotExist):  # aborted or deleted meanwhile
        return
    except JobFailed as error:
        failure = str(error)
    except TimeoutError:
        failure = "The query took too long. Ask for less at a time."
    except OSError as error:
        failure = str(no_disk(job, error))
    except (OperationalError, InterfaceError):
        if not troubles.are_too_many(job):
            raise  # it can be begun anew
        log.exception("bulk job %s", job.record_id)
        failure = GIVEN_UP
    except Exception:  # a defect of ours ends this job, which says so, and not the worker
        log.exception("bulk job %s", job.record_id)
    bulk_runs.finish(job, failure=failure, at=timezone.now())


def _write(job: BulkJob, stop: threading.Event) -> tuple[int, int]:
    """Writes what the query finds to the job's file; its size, and how many rows there are."""
    text = job.query or ""
    try:
        by = bulk_runs.actor_of(job)
        with located(text), within_time(_LONGEST):
            found = _may_find(job, _asked(text), by)
            descriptor = os.open(
                bulk_jobs.path_of(job), os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600
            )
            with open(descriptor, "wb") as file:
                rows = _write_rows(job, found, file, stop)
                size = file.tell()
                file.flush()
                os.fsync(file.fileno())
    except bulk_runs.SwitchedOff as error:
        raise JobFailed("Who asked for the job has been switched off.") from error
    except CallFailed as failed:
        raise JobFailed(failed.problems[0].message) from failed
    return size, rows


def _may_find(job: BulkJob, asked: tree.Query, by: Actor) -> All:
    try:
        return _found(job, asked, by, job.created_date)
    except Refused as refused:
        message = "Who asked for the job may no longer read what it asks for."
        raise JobFailed(message) from refused


def _write_rows(job: BulkJob, found: All, file: BinaryIO, stop: threading.Event) -> int:
    pace, total = Pace(stop), 0
    began = time.monotonic()
    for number, (rows, lines) in enumerate(_parts(job, found, file), 1):
        file.write(lines)
        total += rows
        if number % _PARTS == 0:
            if stop.is_set() or not bulk_runs.is_wanted(job):
                raise bulk_runs.Unwanted
            pace(time.monotonic() - began)
            began = time.monotonic()
    return total


def _parts(job: BulkJob, found: All, file: BinaryIO) -> Iterator[tuple[int, bytes]]:
    """How many rows there are in a part, and the lines that they become."""
    if job.batch_of is not None and not bulk_jobs.is_in_csv(job):
        yield from record_parts(job.batch_of, found)
        return
    form = {"delimiter": job.delimiter, "newline": job.newline}
    file.write(table_lines([found.names], **form))
    for rows in found:
        yield len(rows), table_lines([[_cell(value) for value in row] for row in rows], **form)


def _cell(value: Any) -> str:
    """A value of JSON's as a cell."""
    if isinstance(value, str):
        return value
    return "" if value is None else orjson.dumps(value).decode()
