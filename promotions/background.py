"""What is worked off in the background: each part of the service says so here when it is loaded,
and the worker (``manage.py run_enrollment_jobs``) runs all of it, each in a thread of its own."""

import threading
from collections.abc import Callable
from functools import cache
from typing import Final, Protocol

from django.utils.module_loading import import_string


class Background(Protocol):
    """Jobs of one kind."""

    name: str
    """In the plural, as people call them: ``bulk jobs``."""
    between_looks: float
    """Seconds between two looks for jobs, while there are some now and then."""

    def look(self, stop: threading.Event, tell: Callable[[str], None]) -> bool:
        """Works off the jobs that there are; leaves them once ``stop`` is set, to be gone on with.
        ``tell`` is told what becomes of each. Whether it began any. Raises ``OperationalError``,
        ``InterfaceError`` and ``OSError`` where it can't get on for now."""


_registered: Final[list[str]] = []


def register(path: str) -> None:
    """Called by each application for each of its own, when Django loads it. ``path`` names a class
    by its module: that is loaded by who works it off, and by no other command."""
    if path not in _registered:
        _registered.append(path)


@cache
def all_background() -> tuple[Background, ...]:
    """Once Django has loaded all applications."""
    return tuple(import_string(path)() for path in _registered)
