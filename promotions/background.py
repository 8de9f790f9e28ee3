"""What is worked off in the background: each part of the service says so here when it is loaded,
and the worker (``manage.py run_enrollment_jobs``) runs all of it, each in a thread of its own."""

import threading
from collections.abc import Callable
from typing import Final, Protocol


class Background(Protocol):
    """Jobs of one kind."""

    name: str
    """In the plural, as people call them: ``bulk jobs``."""
    between_looks: float
    """Seconds between two looks for jobs."""

    def look(self, stop: threading.Event, tell: Callable[[str], None]) -> None:
        """Works off the jobs that there are; leaves them once ``stop`` is set, to be gone on with.
        ``tell`` is told what becomes of each. Raises ``OperationalError``, ``InterfaceError`` and
        ``OSError`` where it can't get on for now."""


_registered: Final[list[Background]] = []


def register(background: Background) -> None:
    """Called once by each application, when Django loads it."""
    if background not in _registered:
        _registered.append(background)


def all_background() -> list[Background]:
    return list(_registered)
