"""The files of audience jobs: streamed to disk, kept while the job needs them, locked by who reads.

Kept files lie below ``DATA_DIR/audiences``, for nobody but the service to read. The lock belongs to
a process and is given back by its end, however it ends; it is local to the host, or to the hosts
that share that directory.
"""

import fcntl
import hashlib
import os
import secrets
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import BinaryIO, Final

from django.conf import settings

from enrollments.models import EnrollmentJob
from enrollments.models.jobs import JobStatus
from promotions.errors import Refused, refuse

KEPT: Final = timedelta(days=30)
"""How long the file of a job that nobody goes on with is kept."""
_BLOCK: Final = 1024 * 1024
_LONGEST_NAME: Final = 255


@dataclass(frozen=True, slots=True)
class AudienceFile:
    """A file on disk, whole."""

    name: str
    """As who sent it calls it."""
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
        self._path = secrets.token_hex(16)
        self._digest, self._size = hashlib.sha256(), 0
        target = _directory() / self._path
        self._file = open(os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb")  # noqa: SIM115

    def write(self, block: bytes) -> None:
        """Raises ``Refused``, ``payload_too_large``, past UPLOAD_LIMIT_MB."""
        self._size += len(block)
        if self._size > most_bytes():
            raise too_large()
        self._digest.update(block)
        self._file.write(block)

    def finish(self) -> AudienceFile:
        """The file as it now is on disk, also after a power cut. Raises ``Refused`` for an empty
        one."""
        if not self._size:
            raise refuse("empty_request", "The file is empty. Send one with a header and rows.")
        self._file.flush()
        os.fsync(self._file.fileno())
        self._file.close()
        return AudienceFile(
            self._name or "audience", self._path, self._digest.hexdigest(), self._size
        )

    def discard(self) -> None:
        self._file.close()
        (_directory() / self._path).unlink(missing_ok=True)


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
    for an empty one."""
    path = path.resolve()
    with path.open("rb") as file:
        sha256, size = _digest_of(file)
    if not size:
        raise refuse("empty_request", f"{path} is empty. Give a file with a header and rows.")
    return AudienceFile(path.name, str(path), sha256, size)


def path_of(job: EnrollmentJob) -> Path:
    return _directory() / job.path


def is_kept(job: EnrollmentJob) -> bool:
    """Whether the service keeps the job's file; otherwise it is the operator's own."""
    return not job.path.startswith("/")


@contextmanager
def opened(job: EnrollmentJob) -> Iterator[BinaryIO]:
    """The file of a job. Raises ``OSError``, and ``Refused`` where it is no longer the file that
    the job was made of: rows done could not be told from rows to be done."""
    with path_of(job).open("rb") as file:
        if (job.sha256, job.size) != _digest_of(file):
            detail = f"{job.file_name} has been changed since. Start a new job with it."
            raise refuse("invalid_value", detail)
        file.seek(0)
        yield file


@contextmanager
def locked(job: EnrollmentJob) -> Iterator[bool]:
    """Whether nobody else on this host runs the job; nobody can until this ends."""
    path = _directory() / f"{job.record_id}.lock"
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            yield False
        else:
            yield True
    finally:
        os.close(descriptor)  # and with it the lock


def remove_old_files(*, at: datetime) -> int:
    """Removes the files of jobs that nobody has gone on with for ``KEPT``, and those of which no
    job was made; how many."""
    removed = 0
    at_work = EnrollmentJob.objects.filter(status__in=[JobStatus.QUEUED, JobStatus.RUNNING])
    recent = EnrollmentJob.objects.filter(last_modified_date__gt=at - KEPT)
    wanted = {job.path for jobs in (at_work, recent) for job in jobs.only("path")}
    wanted |= {f"{job.record_id}.lock" for jobs in (at_work, recent) for job in jobs.only("id")}
    for file in _directory().iterdir():
        # What just arrives is of no job yet.
        if file.name not in wanted and file.stat().st_mtime < (at - timedelta(days=1)).timestamp():
            file.unlink(missing_ok=True)
            removed += not file.name.endswith(".lock")
    return removed


def remove_file(job: EnrollmentJob) -> None:
    """Removes what is kept of a job's file."""
    if is_kept(job):
        path_of(job).unlink(missing_ok=True)
    (_directory() / f"{job.record_id}.lock").unlink(missing_ok=True)


def _directory() -> Path:
    directory = Path(settings.DATA_DIR) / "audiences"
    directory.mkdir(mode=0o700, exist_ok=True)
    return directory


def _digest_of(file: BinaryIO) -> tuple[str, int]:
    digest, size = hashlib.sha256(), 0
    while block := file.read(_BLOCK):
        digest.update(block)
        size += len(block)
    return digest.hexdigest(), size
