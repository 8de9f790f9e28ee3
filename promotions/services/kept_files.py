"""Files that jobs work off: streamed to disk, kept while a job needs them, locked by who reads.

They lie in directories below ``DATA_DIR``, for nobody but the service to read. A lock belongs to a
process and is given back by its end, however it ends; it is local to the host, or to the hosts that
share that directory.
"""

import fcntl
import hashlib
import os
import secrets
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import BinaryIO, Final

from django.conf import settings

from promotions.errors import Refused, refuse

_BLOCK: Final = 1024 * 1024
_ARRIVING: Final = timedelta(days=1)
"""What is younger may be of no job yet."""


@dataclass(frozen=True, slots=True)
class KeptFile:
    """A file on disk, whole."""

    path: str
    """Its name in its directory."""
    sha256: str
    size: int


class Arriving:
    """A file that comes block by block, straight to disk. ``finish`` or ``discard`` it."""

    def __init__(self, directory: Path, *, most: int, too_large: Callable[[], Refused]) -> None:
        self._most, self._too_large = most, too_large
        self._path = new_name()
        self._target = directory / self._path
        self._digest, self._size = hashlib.sha256(), 0
        flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL
        self._file = open(os.open(self._target, flags, 0o600), "wb")  # noqa: SIM115  # finish() or discard() closes it

    def write(self, block: bytes) -> None:
        """Raises what ``too_large`` makes, past ``most`` bytes; ``OSError`` where the disk is
        full."""
        self._size += len(block)
        if self._size > self._most:
            raise self._too_large()
        self._digest.update(block)
        self._file.write(block)

    def finish(self, *, may_be_empty: bool = False) -> KeptFile:
        """The file as it now is on disk, also after a power cut. Raises ``Refused`` for an empty
        one, unless it may be."""
        if not self._size and not may_be_empty:
            raise refuse("empty_request", "The file is empty. Send one with a header and rows.")
        self._file.flush()
        os.fsync(self._file.fileno())
        self._file.close()
        return KeptFile(self._path, self._digest.hexdigest(), self._size)

    def discard(self) -> None:
        with suppress(OSError):  # what was still to be written found no room
            self._file.close()
        self._target.unlink(missing_ok=True)


def new_name() -> str:
    """A name that no file has, nor can be guessed."""
    return secrets.token_hex(16)


def broken_off() -> Refused:
    """That less has come than was announced."""
    return refuse("invalid_value", "The body broke off. Send it again.")


def kept_directory(name: str) -> Path:
    """Where the files of one kind of job lie."""
    directory = Path(settings.DATA_DIR) / name
    directory.mkdir(mode=0o700, exist_ok=True)
    return directory


@contextmanager
def file_locked(path: Path) -> Iterator[bool]:
    """Whether nobody else on this host holds this lock; nobody can until this ends."""
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


def remove_unwanted(directory: Path, wanted: Collection[str], *, at: datetime) -> int:
    """Removes the files that are not ``wanted``, by name, and don't just arrive; how many, locks
    aside."""
    removed = 0
    for file in directory.iterdir():
        if file.name not in wanted and file.stat().st_mtime < (at - _ARRIVING).timestamp():
            file.unlink(missing_ok=True)
            removed += not file.name.endswith(".lock")
    return removed


def digest_of(file: BinaryIO) -> tuple[str, int]:
    """The SHA-256, in hexadecimal digits, and the size of what is to be read of a file."""
    digest, size = hashlib.sha256(), 0
    while block := file.read(_BLOCK):
        digest.update(block)
        size += len(block)
    return digest.hexdigest(), size
