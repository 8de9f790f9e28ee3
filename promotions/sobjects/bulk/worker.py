"""Jobs that bring rows, in the background: some at once, a step of each in turn, so that a small
one doesn't wait for a large one."""

import logging
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing, suppress
from dataclasses import dataclass
from typing import Final

from django.db import InterfaceError, OperationalError
from django.utils import timezone

from promotions.errors import Refused
from promotions.models import BulkJob
from promotions.models.bulk_jobs import BulkJobType
from promotions.services import bulk_jobs, bulk_runs
from promotions.services.job_pace import Pace
from promotions.sobjects.bulk import ingest
from promotions.sobjects.bulk.ingest import JobFailed
from promotions.sobjects.bulk.troubles import GIVEN_UP, Troubles

log = logging.getLogger(__name__)

_AT_ONCE: Final = 4
_DEFECT: Final = "Something unforeseen went wrong; it is logged. Make a new job of the rest."


@dataclass(slots=True)
class _Run:
    job: BulkJob
    steps: Iterator[None]
    held: ExitStack
    """Its lock, and the file it reads."""


class BulkJobs:
    """The worker's part; see ``promotions/background.py``."""

    name = "bulk jobs"
    between_looks = 0.25

    def __init__(self) -> None:
        self._troubles = Troubles()

    def look(self, stop: threading.Event, tell: Callable[[str], None]) -> bool:
        """Works off the jobs that there are, and those that come meanwhile."""
        pace = Pace(stop)
        any_begun = False
        runs: dict[int, _Run] = {}
        try:
            while not stop.is_set():
                self._take_up(runs, tell)
                if not runs:
                    break
                any_begun = True
                for key, run in list(runs.items()):
                    began = time.monotonic()
                    if self._ends(run):
                        run.held.close()
                        del runs[key]
                        tell(f"{run.job.record_id}: {run.job.state}.")
                    pace(time.monotonic() - began)
        finally:
            for run in runs.values():
                run.held.close()
        return any_begun

    def _take_up(self, runs: dict[int, _Run], tell: Callable[[str], None]) -> None:
        for job in bulk_runs.waiting_jobs(BulkJobType.INGEST, BulkJobType.BATCH):
            if len(runs) >= _AT_ONCE:
                return
            if job.pk not in runs and (run := self._begun(job)) is not None:
                runs[job.pk] = run
                tell(f"{job.record_id} begins.")

    def _begun(self, job: BulkJob) -> _Run | None:
        if job.path is None or not bulk_jobs.path_of(job).exists():
            return None  # another host may have the file
        with ExitStack() as held:
            if not held.enter_context(bulk_jobs.locked(job)):
                return None
            try:
                if not bulk_runs.begin(job, at=timezone.now()):
                    return None
            except Refused:  # deleted meanwhile
                return None
            steps = held.enter_context(closing(ingest.work_off(job, timezone.now)))
            return _Run(job, steps, held.pop_all())

    def _ends(self, run: _Run) -> bool:
        """Takes a step of a job; whether that was the last."""
        job = run.job
        failure: str | None = None
        try:
            next(run.steps)
            return False
        except StopIteration:
            pass
        except JobFailed as failed:
            failure = str(failed)
        except bulk_runs.Displaced:
            return True
        except (bulk_runs.Unwanted, Refused):  # aborted or deleted meanwhile
            return True
        except (OperationalError, InterfaceError):
            if not self._troubles.are_too_many(job):
                raise  # it can be gone on with as it is
            log.exception("bulk job %s", job.record_id)
            failure = GIVEN_UP
        except Exception:  # a defect of ours ends this job, which says so, and not the worker
            log.exception("bulk job %s", job.record_id)
            failure = _DEFECT
        with suppress(Refused):  # deleted meanwhile
            bulk_runs.finish(job, failure=failure, at=timezone.now())
        return True
