"""Bodies of any length, read as they come."""

from collections.abc import Iterator
from typing import Final

from django.http import HttpRequest, UnreadablePostError

from promotions.services.kept_files import broken_off

_BLOCK: Final = 256 * 1024
UNMEASURED: Final = "promotions.body_without_length"
"""In the environment of a request whose length nobody announced; ``config/chunked.py``."""


def announced_size(request: HttpRequest) -> int:
    """How many bytes the caller says the body has; 0 where it doesn't say."""
    length = request.META.get("CONTENT_LENGTH") or ""
    return int(length[:18]) if length.isdigit() and UNMEASURED not in request.META else 0


def body_blocks(request: HttpRequest) -> Iterator[bytes]:
    """The body, some at a time. Raises ``Refused`` where it breaks off."""
    try:
        while block := request.read(_BLOCK):
            yield block
    except UnreadablePostError as error:
        raise broken_off() from error
