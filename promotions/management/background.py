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
    try:
        while not stop.is_set():
            stop.wait(_look(one, stop, tell))
    finally:
        connection.close()


def _look(one: Background, stop: threading.Event, tell: Callable[[str], None]) -> float:
    """How long to wait until the next look."""
    try:
        one.look(stop, tell)
    except Exception:  # the database is gone, or a defect of ours: the next look may succeed
        log.exception("%s: trying again soon", one.name)
        connection.close()
        return _AFTER_TROUBLE
    return one.between_looks
