"""The files of audience jobs: streamed to disk, kept while the job needs them, locked by who reads.

Kept files lie below ``DATA_DIR/audiences``, for nobody but the service to read. The lock belongs to
a process and is given back by its end, however it ends; it is local to the host, or to the hosts
that share that directory.
"""

import os
from collections.abc import Iterable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from io import BufferedReader
from pathlib import Path
from typing import Final

from django.conf import settings

from enrollments.models import EnrollmentJob
from enrollments.models.jobs import JobStatus
from promotions.errors import DomainError, Refused, refuse
from promotions.services.kept_files import (
    Arriving,
    digest_of,
    file_locked,
    kept_directory,
    remove_unwanted,
)

KEPT: Final = timedelta(days=30)
"""How long the file of a job that nobody goes on with is kept."""
_LONGEST_NAME: Final = 255


@dataclass(frozen=True, slots=True)
class AudienceFile:
    """A file on disk, whole."""

    name: str
    """As who sent it calls it; empty where they don't."""
    path: str
    """As ``EnrollmentJob.path``."""
    sha256: str
    size: int

    @property
    def at(self) -> Path:
        return _directory() / self.path

    def discard(self) -> None:
        """Removes it; for the file of which no job was made."""
        self.at.unlink(missing_ok=True)


class Upload:
    """A file that arrives block by block, straight to disk. ``finish`` or ``discard`` it."""

    def __init__(self, name: str) -> None:
        readable = name.encode("utf-8", "replace").decode().replace("\x00", "")
        self._name = Path(readable.replace("\\", "/")).name[-_LONGEST_NAME:]
        self._arriving = Arriving(_directory(), most=most_bytes(), too_large=too_large)

    def write(self, block: bytes) -> None:
        """Raises ``Refused``, ``payload_too_large``, past UPLOAD_LIMIT_MB."""
        self._arriving.write(block)

    def finish(self) -> AudienceFile:
        """The file as it now is on disk, also after a power cut. Raises ``Refused`` for an empty
        one."""
        kept = self._arriving.finish()
        return AudienceFile(self._name, kept.path, kept.sha256, kept.size)

    def discard(self) -> None:
        self._arriving.discard()


def most_bytes() -> int:
    """The size of the largest file."""
    return int(settings.UPLOAD_LIMIT_MB) * 1024 * 1024


def too_large() -> Refused:
    detail = f"A file has at most {settings.UPLOAD_LIMIT_MB:,} MB. Split it, or compress it (gzip)."
    return refuse("payload_too_large", detail)


def receive(name: str, blocks: Iterable[bytes]) -> AudienceFile:
    """The file that arrives as ``blocks``. Raises ``Refused``: ``payload_too_large``,
    ``empty_request``; then nothing is kept."""
    upload = Upload(name)
    try:
        for block in blocks:
            upload.write(block)
        return upload.finish()
    except BaseException:
        upload.discard()
        raise


def found_on_disk(path: Path) -> AudienceFile:
    """A file of the operator's own, which stays where it is. Raises ``OSError``, and ``Refused``
    for an empty one, and for a pipe."""
    if path.is_fifo():
        detail = "Save the list in a file, and name that: what is stopped goes on with it."
        raise refuse("invalid_value", detail)
    path = path.resolve()
    with path.open("rb") as file:
        sha256, size = digest_of(file)
    if not size:
        raise refuse("empty_request", f"{path} is empty. Give a file with a header and rows.")
    return AudienceFile(path.name, str(path), sha256, size)


def path_of(job: EnrollmentJob) -> Path:
    return _directory() / job.path


def is_kept(job: EnrollmentJob) -> bool:
    """Whether the service keeps the job's file; otherwise it is the operator's own."""
    return not job.path.startswith("/")


class FileChanged(Refused):
    """A file is not what it was while it is read: what was read last may be of either."""


@dataclass(frozen=True, slots=True)
class OpenedFile:
    """The file of a job, open, as it was when the job was made."""

    file: BufferedReader
    name: str
    _was: tuple[int, int]

    def check(self) -> None:
        """Raises ``FileChanged`` where somebody has written to the file since it was opened."""
        if _as_it_is(self.file) != self._was:
            detail = (
                f"{self.name} was changed while it was read. Start a new job with it as it is now: "
                "it refuses who is enrolled already."
            )
            raise FileChanged(DomainError("invalid_value", detail))


@contextmanager
def opened(job: EnrollmentJob) -> Iterator[OpenedFile]:
    """The file of a job. Raises ``OSError``, and ``Refused`` where it is no longer the file that
    the job was made of: rows done could not be told from rows to be done."""
    with path_of(job).open("rb") as file:
        was = _as_it_is(file)
        if (job.sha256, job.size) != digest_of(file):
            detail = f"{job.file_name} has been changed since. Start a new job with it."
            raise refuse("invalid_value", detail)
        file.seek(0)
        yield OpenedFile(file, job.file_name, was)


def _as_it_is(file: BufferedReader) -> tuple[int, int]:
    """What changes whenever somebody writes to an open file: its size, or when that was."""
    state = os.fstat(file.fileno())
    return state.st_size, state.st_mtime_ns


def locked(job: EnrollmentJob) -> AbstractContextManager[bool]:
    """Whether nobody else on this host runs the job; nobody can until this ends."""
    return file_locked(_directory() / f"{job.record_id}.lock")


def remove_old_files(*, at: datetime) -> int:
    """Removes the files of jobs that nobody has gone on with for ``KEPT``, and those of which no
    job was made; how many."""
    at_work = EnrollmentJob.objects.filter(status__in=[JobStatus.QUEUED, JobStatus.RUNNING])
    recent = EnrollmentJob.objects.filter(last_modified_date__gt=at - KEPT)
    wanted = {job.path for jobs in (at_work, recent) for job in jobs.only("path")}
    wanted |= {f"{job.record_id}.lock" for jobs in (at_work, recent) for job in jobs.only("id")}
    return remove_unwanted(_directory(), wanted, at=at)


def remove_file(job: EnrollmentJob) -> None:
    """Removes what is kept of a job's file."""
    if is_kept(job):
        path_of(job).unlink(missing_ok=True)
    (_directory() / f"{job.record_id}.lock").unlink(missing_ok=True)


def _directory() -> Path:
    return kept_directory("audiences")
