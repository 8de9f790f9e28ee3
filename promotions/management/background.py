"""The threads of a worker, one for each kind of job."""

import logging
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Final

from django.db import connection

from promotions.background import Background, all_background

log = logging.getLogger(__name__)

_AFTER_TROUBLE: Final = 5.0
"""Seconds until the next look."""
_IDLE_AFTER: Final = 60.0
"""Seconds without a job."""
_BETWEEN_IDLE_LOOKS: Final = 1.0
"""Seconds, at least: looking four times a second took a fortieth of a processor all day."""
_TO_STOP: Final = 10.0
"""Seconds in which the threads may end what they are at."""


@contextmanager
def running_in_threads(stop: threading.Event, tell: Callable[[str], None]) -> Iterator[None]:
    """Has everything that is registered worked off in threads, from now until ``stop`` is set."""
    threads = [
        threading.Thread(target=_keep_looking, args=(one, stop, tell), name=one.name, daemon=True)
        for one in all_background()
    ]
    for thread in threads:
        thread.start()
    yield
    until = time.monotonic() + _TO_STOP
    for thread in threads:
        thread.join(max(until - time.monotonic(), 0))


def _keep_looking(one: Background, stop: threading.Event, tell: Callable[[str], None]) -> None:
    """Nothing that goes wrong ends it: other jobs are not to wait for ever."""
    at_work = time.monotonic()
    try:
        while not stop.is_set():
            wait = one.between_looks
            try:
                if one.look(stop, tell):
                    at_work = time.monotonic()
                elif time.monotonic() - at_work > _IDLE_AFTER:
                    wait = max(wait, _BETWEEN_IDLE_LOOKS)
            except Exception:  # the database is gone, or a defect of ours: the next may succeed
                log.exception("%s: trying again soon", one.name)
                connection.close()
                wait = _AFTER_TROUBLE
            stop.wait(wait)
    finally:
        connection.close()
