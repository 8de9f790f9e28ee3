"""What commands that take their time, and may be refused, say."""

import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from types import MappingProxyType
from typing import Final

from django.core.management.base import CommandError, OutputWrapper

from promotions.errors import Refused

_EVERY: Final = 0.1
"""Seconds between two looks of a person at a number."""


@contextmanager
def refusals_as_errors(options: Mapping[str, str] = MappingProxyType({})) -> Iterator[None]:
    """A refusal ends the command with its reasons as sentences. ``options``: what the command calls
    that to which a reason points."""
    try:
        yield
    except Refused as refused:
        reasons = [
            f"{options.get(error.pointer, error.pointer)}: {error.detail}"
            if error.pointer
            else error.detail
            for error in refused.errors
        ]
        raise CommandError("\n".join(reasons)) from refused


class Counter:
    """A line on a terminal that counts; elsewhere nothing is said."""

    def __init__(self, out: OutputWrapper, what: str) -> None:
        self._out, self._what = out, what
        self._shown = 0.0

    def show(self, done: int, total: int | None = None) -> None:
        """``done`` of ``total`` is done; it is not known how many there are where that is None."""
        if self._out.isatty() and (done == total or time.monotonic() - self._shown > _EVERY):
            self._shown = time.monotonic()
            of_all = "" if total is None else f" of {total:,}"
            self._out.write(f"\r{self._what}: {done:,}{of_all}", ending="")
            self._out.flush()

    def finish(self) -> None:
        """Ends the line."""
        if self._shown:
            self._out.write("")
