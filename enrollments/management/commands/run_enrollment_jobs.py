"""``manage.py run_enrollment_jobs``: the worker that ``bin/serve`` keeps beside the server."""

import logging
import os
import threading
from argparse import ArgumentParser
from typing import Any, Final

from django.core.management.base import BaseCommand
from django.db import InterfaceError, OperationalError, connection
from django.utils import timezone

from enrollments.models import EnrollmentJob, JobStatus
from enrollments.services import jobs
from enrollments.services.job_files import locked, path_of
from enrollments.services.job_runs import Run, prepare_process, run_job
from promotions.background import all_background
from promotions.management.background import running_in_threads
from promotions.management.stopping import stop_on_signals
from promotions.processes import end_with_parent
from promotions.services.job_pace import Pace

log = logging.getLogger(__name__)

_BETWEEN_LOOKS: Final = 2.0
"""Seconds between two looks for jobs."""
_AFTER_TROUBLE: Final = 10.0
_LOW_PRIORITY: Final = 10


class Command(BaseCommand):
    help = (
        "Runs the enrollment jobs that were asked for over the API and in the admin, one after the "
        "other, and bulk jobs beside them; makes way for the live service meanwhile. Several may "
        "run: each job is run by one. Has to see the files that the server keeps (DATA_DIR)."
    )

    def run_from_argv(self, argv: list[str]) -> None:
        all_background()  # loaded before the process is prepared
        prepare_process()
        super().run_from_argv(argv)

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--once", action="store_true", help="run the jobs that there are, then end"
        )
        parser.add_argument(
            "--with-parent",
            type=int,
            metavar="PID",
            help="stop when this process, the parent, is gone",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        self._missing: set[int] = set()
        with stop_on_signals() as stop:
            if options["with_parent"] is not None:
                end_with_parent(options["with_parent"])
            if not options["once"]:
                os.nice(_LOW_PRIORITY)
            if options["once"]:
                self._look(stop)
                for background in all_background():
                    background.look(stop, self.stdout.write)
                return
            with running_in_threads(stop, self.stdout.write):
                while not stop.is_set():
                    stop.wait(self._look(stop))

    def _look(self, stop: threading.Event) -> float:
        """Runs the jobs that there are; how long to wait before the next look."""
        try:
            for job in jobs.runnable_jobs():
                if not stop.is_set():
                    self._run(job, stop)
        except (OperationalError, InterfaceError, OSError):
            log.exception("enrollment jobs: trying again soon")
            return _AFTER_TROUBLE
        finally:
            connection.close()
        return _BETWEEN_LOOKS

    def _run(self, job: EnrollmentJob, stop: threading.Event) -> None:
        if not path_of(job).exists():
            # Another host may have it.
            if job.pk not in self._missing:
                log.warning("enrollment jobs: %s has no file on this host", job.name)
            self._missing.add(job.pk)
            return
        with locked(job) as is_ours:
            if not is_ours or not jobs.may_begin(job):
                return
            self.stdout.write(f"{job.name} begins.")
            pace = Pace(stop)
            run = Run(clock=timezone.now, stop=stop, left_as=JobStatus.QUEUED, after_batch=pace)
            try:
                run_job(job, run)
            except (OperationalError, InterfaceError, OSError):
                raise
            except Exception:
                log.exception("enrollment jobs: %s", job.name)
            self.stdout.write(f"{job.name}: {job.status}.")
