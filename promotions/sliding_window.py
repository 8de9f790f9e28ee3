"""How many times something happened within the last while, for each of many. Pure."""

from collections import OrderedDict, deque
from threading import Lock
from typing import Final

MOST: Final = 10_000
"""Callers counted at once: who they are, such as addresses, is chosen outside."""


class SlidingWindow:
    """At most ``limit`` times within any ``seconds``, for each caller. Exact: a place is free again
    when the time that took it is ``seconds`` old, not when a clock strikes.

    Beyond ``most`` callers, the one let through longest ago is forgotten, and begins anew.
    """

    def __init__(self, limit: int, seconds: float, *, most: int = MOST) -> None:
        self._limit = limit
        self._seconds = seconds
        self._most = most
        self._lock = Lock()
        self._times: OrderedDict[str, deque[float]] = OrderedDict()  # the last let through last

    def __len__(self) -> int:
        return len(self._times)

    def wait(self, caller: str, at: float) -> float | None:
        """None where the caller may go on, which then counts; else the seconds until it may, and
        it doesn't count. ``at`` is in seconds; threads may come a little out of order, and where
        the clock was put back, counting begins anew."""
        with self._lock:
            times = self._times.get(caller)
            if times is None:
                self._make_room(at)
                times = self._times[caller] = deque()
            elif times[-1] > at + self._seconds:
                times.clear()
            elif times[-1] > at:
                at = times[-1]
            while times and times[0] <= at - self._seconds:
                times.popleft()
            if len(times) >= self._limit:
                return self._seconds - (at - times[0])
            times.append(at)
            self._times.move_to_end(caller)
            return None

    def _make_room(self, at: float) -> None:
        while self._times:
            longest_ago = next(iter(self._times.values()))[-1]
            recent = at - self._seconds < longest_ago <= at + self._seconds
            if recent and len(self._times) < self._most:
                return
            self._times.popitem(last=False)
