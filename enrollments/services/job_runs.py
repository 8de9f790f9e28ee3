"""Running an audience job: its file is read and dealt to sessions, which enroll batch by batch.

Reading goes ahead of the sessions, a little: the database never waits for the file, and no more
than some batches are in memory. What a killed process had committed is passed over when the job is
run again, row by row, as the partitions count them.
"""

import queue
import sys
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from zlib import crc32

from django.db import InterfaceError, OperationalError, connection

from enrollments.audience_files import Row, read_audience
from enrollments.models import EnrollmentJob, EnrollmentJobPartition, JobStatus
from enrollments.services import jobs
from enrollments.services.job_batches import Batch, Displaced, Way, run_batch
from enrollments.services.job_files import FileChanged, OpenedFile, opened
from enrollments.services.job_staging import stage
from enrollments.services.job_trials import Trial
from enrollments.wire import Item, Unreadable
from promotions.actors import Actor, Source
from promotions.errors import Refused
from promotions.processes import spare_collector
from promotions.request_ids import request_id_for

_AHEAD: Final = 1
"""Batches that a session holds and has not brought to COMMIT, where it is the only one: the next is
in the reader's hand meanwhile, and another is read once the session waits for COMMIT, which is half
its time. Its thread and that of the reader share one interpreter. Several sessions share one
reader, and hold one more each: their batches are smaller."""
_HEAVIEST: Final = 2_000_000
"""Bytes of the file that are read for one batch: of long rows, which nobody needs, it has fewer."""
_DEFECT: Final = "Something unforeseen went wrong; the log has it. Resume the job to try again."
_PATIENCE: Final = 0.2
"""Seconds, at most, between two looks at what has become of the sessions."""


@dataclass(slots=True)
class Progress:
    """How far a job is."""

    rows: int
    refused: int
    position: float
    """In bytes of the file."""
    size: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """How a job is run, and for whom."""

    clock: Callable[[], datetime]
    stop: threading.Event
    """Once it is set, the job is left after the batches at hand."""
    left_as: JobStatus
    """What the job is then: ``stopped``, or ``queued`` for somebody else to go on with."""
    progress: Callable[[Progress], None] = lambda progress: None
    """Told now and then, in the caller's thread."""
    after_batch: Callable[[float], None] = lambda seconds: None
    """Called in a session's thread after a batch that took so long; makes way for others."""


def prepare_process() -> None:
    """For a process that runs jobs and does nothing else: its threads take turns more often, as
    sessions only have to hand on what the database has said."""
    sys.setswitchinterval(0.0001)
    spare_collector()


def run_job(job: EnrollmentJob, run: Run) -> EnrollmentJob:
    """Runs a job whose lock the caller holds, to the end of its file or until it is told to stop;
    the job as it then is.

    A file that is not what it was, or breaks off, makes the job fail. Raises ``OSError`` where
    there is none to be read, ``OperationalError`` and ``InterfaceError`` where the database stays
    away, ``Displaced``; and what is a defect, of which the job fails.
    """
    try:
        return _run(job, run)
    except (OSError, OperationalError, InterfaceError, Displaced):
        raise  # the job can be gone on with as it is
    except Exception:
        jobs.finish(job, failure=_DEFECT, at=run.clock())
        raise


def _run(job: EnrollmentJob, run: Run) -> EnrollmentJob:
    by = jobs.actor_of(job)
    try:
        with opened(job) as source:
            jobs.begin(job, at=run.clock())
            if by.source is not Source.COMMAND and not by.user.is_active:
                jobs.finish(job, failure="Who asked for it has been switched off.", at=run.clock())
                return job
            came_to_end = _Sessions(job, run, by).work_off(source)
    except Refused as refused:
        jobs.finish(job, failure=" ".join(e.detail for e in refused.errors), at=run.clock())
        return job
    if came_to_end:
        jobs.finish(job, at=run.clock())
    else:
        jobs.release(job, run.left_as, at=run.clock())
    return job


class _Sessions:
    """The sessions of a job that is run, and what they have in common."""

    def __init__(self, job: EnrollmentJob, run: Run, by: Actor) -> None:
        self.job, self.run, self.by = job, run, by
        self.trial = Trial() if job.is_dry_run else None
        self.failures: list[BaseException] = []
        self.unwanted = threading.Event()
        partitions = list(job.partitions.order_by("number"))
        self._done = [partition.rows_done for partition in partitions]
        self._sessions = [
            _Session(self, partition, ahead=_AHEAD + (len(partitions) > 1))
            for partition in partitions
        ]
        self._rows: list[list[Row]] = [[] for _ in partitions]
        self._stages = jobs.takes_quick_way(job)
        self._weights = [0] * len(partitions)

    def work_off(self, source: OpenedFile) -> bool:
        """Has all rows of the file enrolled that are not done; whether that came to its end.

        Raises ``Refused`` where the file can't be read to its end: the rows before are done."""
        for session in self._sessions:
            session.start()
        broken: Refused | None = None
        try:
            try:
                self._deal(source)
            except FileChanged:
                raise
            except Refused as refused:
                broken = refused
            self._hand_over_the_rest(source)
        except BaseException:
            self.unwanted.set()
            raise
        finally:
            for session in self._sessions:
                self._wait_for(session)
            self._tell()
        if self.failures:
            raise self.failures[0]
        if broken:
            raise broken
        return all(session.came_to_end for session in self._sessions)

    def is_over(self) -> bool:
        """Whether nothing more is to be begun."""
        return bool(self.failures) or self.unwanted.is_set() or self.run.stop.is_set()

    def _deal(self, source: OpenedFile) -> None:
        promotion, size = self.job.promotion, self.job.batch_size
        numbers = range(len(self._sessions))
        to_pass_over = list(self._done)
        read = read_audience(
            source.file, promotion_id=promotion.pk, promotion_code=promotion.promotion_code
        )
        for rows, weight in read:
            for number, some in zip(numbers, _dealt(rows, len(numbers)), strict=True):
                passed_over = min(to_pass_over[number], len(some))
                to_pass_over[number] -= passed_over
                given, new = self._rows[number], some[passed_over:]
                given += new
                self._weights[number] += weight * len(new) // len(rows)
                while len(given) >= size or self._weights[number] > _HEAVIEST:
                    self._hand_over(number, source)
                    if self.is_over():
                        return
            if self.is_over():
                return

    def _hand_over(self, number: int, source: OpenedFile) -> None:
        """Gives a session a batch of the rows that were collected for it, if the file is what it
        was."""
        source.check()
        given, size = self._rows[number], self.job.batch_size
        if rows := given[:size]:
            staging = stage(rows) if self._stages else None
            batch = Batch(number, self._done[number], rows, source.file.tell(), staging)
            self._done[number] += len(rows)
            del given[:size]
            self._weights[number] = 0
            self._put(number, batch)

    def _hand_over_the_rest(self, source: OpenedFile) -> None:
        numbers = range(len(self._sessions))
        for number in numbers:
            self._hand_over(number, source)  # less than a batch, or wanted no more
        for number in numbers:
            self._put(number, None)

    def _put(self, number: int, batch: Batch | None) -> None:
        while not self.is_over():
            self._tell()
            if self._sessions[number].take(batch):
                return

    def _wait_for(self, session: "_Session") -> None:
        while session.is_alive():
            session.join(_PATIENCE)
            self._tell()

    def _tell(self) -> None:
        sessions = self._sessions
        self.run.progress(
            Progress(
                rows=sum(session.rows for session in sessions),
                refused=sum(session.refused for session in sessions),
                position=sum(session.position for session in sessions) / len(sessions),
                size=self.job.size,
            )
        )


class _Session(threading.Thread):
    """Works off a partition, in a thread with a connection of its own."""

    def __init__(
        self, sessions: _Sessions, partition: EnrollmentJobPartition, *, ahead: int
    ) -> None:
        super().__init__(name=f"{sessions.job.record_id}/{partition.number}", daemon=True)
        self._all = sessions
        self._batches: queue.SimpleQueue[Batch | None] = queue.SimpleQueue()
        self._room = threading.Semaphore(ahead)
        self._owes_room = False
        self._worked_off: Batch | None = None
        """For the reader to let go of: freeing thousands of rows takes time, which it has."""
        self._way = Way.UNSEEN
        self.rows = partition.rows_done
        self.refused, self.position = partition.refused, partition.position
        self.came_to_end = False

    def run(self) -> None:
        try:
            # So that the history tells which job an enrollment is of.
            with request_id_for(self._all.job.record_id):
                while batch := self._next():
                    self._work_off(batch)
                    del batch  # or waiting for the next one would keep it
        except BaseException as failure:
            self._all.failures.append(failure)
        finally:
            connection.close()

    def take(self, batch: Batch | None) -> bool:
        """Takes a batch to be worked off, unless there is no room, or the end of them."""
        if batch is not None and not self._room.acquire(timeout=_PATIENCE):
            return False
        self._batches.put(batch)
        self._worked_off = None
        return True

    def _next(self) -> Batch | None:
        while not self._all.is_over():
            try:
                batch = self._batches.get(timeout=_PATIENCE)
            except queue.Empty:
                continue
            self.came_to_end = batch is None
            return batch
        return None

    def _make_room(self) -> None:
        """For another batch, once for each: one that is tried again comes here twice."""
        if self._owes_room:
            self._owes_room = False
            self._room.release()

    def _work_off(self, batch: Batch) -> None:
        run, job = self._all.run, self._all.job
        began = time.monotonic()
        self._owes_room = True
        done = run_batch(
            job,
            batch,
            by=self._all.by,
            at=run.clock(),
            way=self._way,
            trial=self._all.trial,
            before_commit=self._make_room,
        )
        self._make_room()  # of a batch that had been committed there was no COMMIT
        # Where some have records, others may.
        self._way = min(done.way, Way.LOOKING)
        self.rows += len(batch.rows)
        self.refused += done.refused
        self.position = batch.position
        self._worked_off = batch
        if jobs.is_wanted(job):
            run.after_batch(time.monotonic() - began)
        else:
            self._all.unwanted.set()


def _dealt(rows: Sequence[Row], count: int) -> Sequence[Sequence[Row]]:
    """The rows of each of ``count`` partitions, in their order."""
    if count == 1:
        return [rows]
    dealt: list[list[Row]] = [[] for _ in range(count)]
    for row in rows:
        dealt[_partition(row[1], count)].append(row)
    return dealt


def _partition(item: Item | Unreadable, count: int) -> int:
    """Which of ``count`` partitions a row belongs to: the same customer, named in the same way,
    always to the same, so that their rows are enrolled in the order of the file."""
    if isinstance(item, Unreadable):
        return 0
    name = (
        item.contact_id
        or item.contact_external_id
        or (item.email or item.last_name or "").casefold()
        or item.account_id
    )
    return crc32(str(name).encode()) % count
