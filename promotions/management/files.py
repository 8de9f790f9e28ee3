"""Small files that commands are given."""

from pathlib import Path
from typing import Final

from django.core.management.base import CommandError

_LARGEST: Final = 64 * 1024


def content_of(path: str) -> bytes:
    """What is in the file, at most 64 KB. Raises ``CommandError`` where it can't be read."""
    try:
        with Path(path).open("rb") as file:
            return file.read(_LARGEST)
    except OSError as error:
        raise CommandError(f"{path} cannot be read: {error.strerror}.") from error
