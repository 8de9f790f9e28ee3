"""How a job makes way for those who wait for an answer: it pauses after a batch the longer the more
others were at work on the database, and not at all where there are none."""

import threading
import time
from typing import Final

from django.db import connection

_ACTIVE: Final = """
SELECT count(*) FROM pg_stat_activity
 WHERE datname = current_database() AND pid <> ALL (%s)
   AND backend_type = 'client backend' AND state IN ('active', 'idle in transaction')"""
_SLICE: Final = 0.01
"""Seconds between two looks at who is at work."""
_MOST: Final = 8.0
"""A pause is at most so many times as long as the batch: jobs go on, however busy it is."""
_BREATH: Final = 0.02
"""Seconds. On SQLite whoever waits for the one writer looks every few milliseconds whether its turn
has come; that others were at work is told by a batch that took longer than the fastest."""
_LONGER: Final = 1.5


class Pace:
    """Called after each batch of a job, in the thread of its session, with how long that took."""

    def __init__(self, stop: threading.Event) -> None:
        self._stop = stop
        self._others = 0.0
        """How many others were at work lately, on average."""
        self._owed = 0.0
        """Seconds of pauses that were too short to be made yet."""
        self._sessions: set[int] = set()
        """The job's own, by the process that serves each: they don't make way for one another."""
        self._fastest = float("inf")

    def __call__(self, seconds: float) -> None:
        if connection.vendor != "postgresql":
            self._fastest = min(self._fastest, seconds)
            self._stop.wait(seconds if seconds > self._fastest * _LONGER else _BREATH)
            return
        self._sessions.add(connection.connection.info.backend_pid)
        paused = 0.0
        while not self._stop.is_set():
            self._others = (self._others * 3 + self._active()) / 4
            owed = self._owed + seconds * min(self._others, _MOST) - paused
            if owed < _SLICE:
                self._owed = max(owed, 0.0)
                return
            time.sleep(_SLICE)
            paused += _SLICE

    def _active(self) -> int:
        with connection.cursor() as cursor:
            cursor.execute(_ACTIVE, [[*self._sessions]])
            return int(cursor.fetchone()[0])
