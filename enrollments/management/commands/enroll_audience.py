"""``manage.py enroll_audience PROMOTION FILE``"""

import threading
from argparse import ArgumentParser
from pathlib import Path
from typing import Any, Final

from django.core.management.base import BaseCommand, CommandError
from django.db import InterfaceError, OperationalError
from django.utils import timezone

from enrollments.management.job_telling import ProgressBar
from enrollments.models import EnrollmentJob, JobStatus
from enrollments.models.jobs import LARGEST_BATCH, MOST_SESSIONS
from enrollments.services import jobs
from enrollments.services.job_files import AudienceFile, found_on_disk, locked
from enrollments.services.job_runs import Run, prepare_process, run_job
from enrollments.wire import COLUMNS
from promotions.management.operator import operator, promotion_named
from promotions.management.stopping import stop_on_signals
from promotions.management.telling import refusals_as_errors
from promotions.models import Promotion
from promotions.services.job_pace import Pace

GO_ON: Final = "Run the same command again to go on where it stopped."


_OPTIONS = {"batchSize": "--batch-size", "sessions": "--sessions", "reason": "--reason"}


class Command(BaseCommand):
    # The checks load the whole service, which would be most of the memory.
    requires_system_checks: list[str] = []
    help = (
        "Enrolls the customers in a file in a promotion, row by row by the rules of a request. "
        "The file is CSV in UTF-8, whose first line names some of the columns "
        f"{', '.join(COLUMNS)}; or newline-delimited JSON, an item of the enrollment call in each "
        "line; either may be compressed by gzip. Stopped or killed, it goes on where it was when "
        "it is run again."
    )

    def run_from_argv(self, argv: list[str]) -> None:
        prepare_process()
        super().run_from_argv(argv)

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("promotion", help="the promotion's id or code")
        parser.add_argument("file", help="the file, which has to stay as it is meanwhile")
        parser.add_argument(
            "--dry-run", action="store_true", help="only say what would become of each row"
        )
        parser.add_argument(
            "--sessions",
            type=int,
            help=f"how many connections enroll at once, 1 to {MOST_SESSIONS} (default: 1)",
        )
        parser.add_argument(
            "--batch-size",
            type=int,
            help=f"rows in one transaction, 1 to {LARGEST_BATCH:,} (default: so many, shared among "
            f"the sessions; {jobs.BATCH_OF_SINGLE_ROWS:,} on SQLite, in a dry run and where places "
            "are limited)",
        )
        parser.add_argument("--reason", help="goes into the history of each enrollment")
        parser.add_argument(
            "--refused",
            metavar="FILE.csv",
            help="where to write the refused rows (default: beside the file, if there are any; "
            "a dry run has a file of its own)",
        )
        parser.add_argument(
            "--restart", action="store_true", help="begin anew where the file was worked off before"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        promotion = promotion_named(options["promotion"])
        refused = _refused_path(options)
        with refusals_as_errors(_OPTIONS), stop_on_signals() as stop:
            try:
                file = found_on_disk(Path(options["file"]))
                _check_refused_path(refused, file)
                job = self._job(promotion, file, options)
                self._run(job, stop)
                self._report(job, refused)
            except KeyboardInterrupt as interrupt:
                raise CommandError(f"Broken off. {GO_ON}") from interrupt
            except OSError as error:
                where = error.filename or "What this prints"
                raise CommandError(f"{where}: {error.strerror}.") from error

    def _job(
        self, promotion: Promotion, file: AudienceFile, options: dict[str, Any]
    ) -> EnrollmentJob:
        """The job that this command goes on with, or a new one."""
        before = jobs.latest_job(promotion, file, is_dry_run=options["dry_run"])
        if before is not None and options["restart"]:
            with locked(before) as is_ours:
                _check_lock(before, is_ours=is_ours)
        elif before is not None:
            if before.status != JobStatus.FINISHED:
                kept = _kept_options(before, options)
                self.stdout.write(f"Going on with {before.name}{kept}.")
                return jobs.take_up(before, file, at=timezone.now())
            if not before.is_dry_run:
                self.stdout.write(f"{before.name} has worked off this file. --restart begins anew.")
                return before
        elif not options["dry_run"] and (left := jobs.left_of_changed_file(promotion, file)):
            self.stdout.write(
                f"{file.name} has been changed since {left.name} began with it: this begins with "
                "the first row, and refuses who is enrolled already."
            )
        return jobs.create_job(
            promotion.pk,
            file,
            is_dry_run=options["dry_run"],
            sessions=1 if options["sessions"] is None else options["sessions"],
            batch_size=options["batch_size"],
            reason=options["reason"],
            by=operator(),
            at=timezone.now(),
        )

    def _run(self, job: EnrollmentJob, stop: threading.Event) -> None:
        if job.status == JobStatus.FINISHED:
            return
        bar = ProgressBar(self.stdout)
        run = Run(
            clock=timezone.now,
            stop=stop,
            left_as=JobStatus.STOPPED,
            progress=bar.show,
            after_batch=Pace(stop),
        )
        with locked(job) as is_ours:
            _check_lock(job, is_ours=is_ours)
            try:
                run_job(job, run)
            except (OperationalError, InterfaceError) as error:
                raise CommandError(f"The database can't be reached. {GO_ON}") from error
            finally:
                bar.finish()

    def _report(self, job: EnrollmentJob, refused: Path) -> None:
        done = EnrollmentJob.objects.with_progress().get(pk=job.pk)
        would = "would be " if job.is_dry_run else ""
        rows = "1 row" if done.row_count == 1 else f"{done.row_count:,} rows"
        self.stdout.write(
            f"{done.name}: {rows}, {done.enrolled_count:,} {would}enrolled, "
            f"{done.refused_count:,} {would}refused."
        )
        # What an earlier run wrote there is not to be taken for what this one refused.
        if done.refused_count or refused.exists():
            with refused.open("w", encoding="utf-8", newline="") as file:
                file.writelines(jobs.refusals_as_csv(job))
        if done.refused_count:
            in_short = jobs.refusals_in_short(job)
            self.stdout.write(f"Refused: {in_short}. The rows, with the reasons, are in {refused}.")
        if done.status == JobStatus.FAILED:
            raise CommandError(done.failure)
        if done.status != JobStatus.FINISHED:
            raise CommandError(f"Stopped. {GO_ON}")


def _kept_options(job: EnrollmentJob, options: dict[str, Any]) -> str:
    """What a job that is gone on with keeps, where other options are given now."""
    begun = {"sessions": job.sessions, "batch_size": job.batch_size, "reason": job.reason}
    others = [name for name in begun if options[name] not in (None, begun[name])]
    if not others:
        return ""
    kept = (f"--{name.replace('_', '-')} {begun[name] or '(none)'}" for name in others)
    return f", which was begun with {' and '.join(kept)} and keeps that: --restart begins anew"


def _check_lock(job: EnrollmentJob, *, is_ours: bool) -> None:
    if not is_ours:
        raise CommandError(
            f"{job.name} is being run by another process. Wait until it is done, or stop it there."
        )


def _check_refused_path(path: Path, file: AudienceFile) -> None:
    """So that nobody is enrolled before it is found out that what was refused can't be written."""
    if path.exists() and path.samefile(file.at):
        raise CommandError("--refused names the audience's own file. Name another.")
    if not path.parent.is_dir():
        raise CommandError(
            f"--refused: there is no directory {path.parent}. Make it, or name another."
        )


def _refused_path(options: dict[str, Any]) -> Path:
    """Where the refused rows go. What a dry run said is still there after the real run."""
    tried = ".dry-run" if options["dry_run"] else ""
    return Path(options["refused"] or f"{options['file']}{tried}.refused.csv")
