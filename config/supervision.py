"""Programs that are kept running: one that ends without being told to is started again."""

import logging
import os
import select
import signal
import subprocess
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from types import TracebackType
from typing import Final

log = logging.getLogger(__name__)

_STOPPING: Final = frozenset({signal.SIGINT, signal.SIGTERM, signal.SIGHUP})
_SETTLED: Final = 5.0
"""Seconds after which a program that ends has not failed to start: it begins anew with no pause."""
_FIRST_PAUSE: Final = 0.5
_LONGEST_PAUSE: Final = 5.0
_BETWEEN_LOOKS: Final = 0.1
"""Seconds between two looks whether there is service, until there is."""
_TO_STOP: Final = 12.0
"""Seconds in which programs may finish what they do; servers take ten at most."""


@dataclass(frozen=True, slots=True)
class Program:
    name: str
    command: Sequence[str]
    serves: bool = False
    """Whether there is no service without it."""


def supervise(programs: Sequence[Program], is_served: Callable[[], bool]) -> bool:
    """Keeps ``programs`` running until SIGINT, SIGTERM or SIGHUP, then has them all end; each runs
    in a process group of its own, which a terminal's Ctrl-C does not reach.

    False, and everything is stopped, where one that serves ends before ``is_served`` has ever said
    so: it can't be started at all.
    """
    kept = [_Kept(program) for program in programs]
    served = False
    with _Signals() as signals:
        try:
            while True:
                ended = [each for each in kept if each.has_ended()]
                served = served or is_served()
                if not served and any(each.program.serves for each in ended):
                    return False
                now = time.monotonic()
                waits = [seconds for each in kept if (seconds := each.attend(now)) is not None]
                if not served:
                    waits.append(_BETWEEN_LOOKS)
                if _STOPPING & signals.wait(min(waits, default=None)):
                    return True
        finally:
            _stop(kept)


def pause(failures: int) -> float:
    """Seconds to wait before a program is started again that ended so often in a row without having
    settled: none at first, then twice as long each time, up to some seconds."""
    if failures <= 1:
        return 0
    # No larger power: there are more failures in a few hours than any float has room for.
    return min(_FIRST_PAUSE * (1 << min(failures - 2, 10)), _LONGEST_PAUSE)


class _Kept:
    """A program, its process if it runs, and when it is to be started if it doesn't."""

    def __init__(self, program: Program) -> None:
        self.program = program
        self.process: subprocess.Popen[bytes] | None = None
        self._ended = ""
        """How it did, where nothing has followed from that yet."""
        self._since = self._due = 0.0
        self._failures = 0

    def has_ended(self) -> bool:
        """Whether it ended since it was last attended to."""
        if self.process is not None and (status := self.process.poll()) is not None:
            self.process = None
            self._ended = (
                f"status {status}" if status >= 0 else signal.strsignal(-status) or f"{-status}"
            )
        return bool(self._ended)

    def attend(self, now: float) -> float | None:
        """Starts it where that is due; in how many seconds it will be, None while it runs."""
        if self._ended:
            self._plan(now)
        if self.process is None and self._due <= now:
            self._since = now
            try:
                self.process = subprocess.Popen(self.program.command, process_group=0)  # noqa: S603  # our own
            except OSError as error:  # no memory, no process left
                self._ended = str(error)
        return None if self.process else max(self._due - now, 0)

    def _plan(self, now: float) -> None:
        self._failures = self._failures + 1 if now - self._since < _SETTLED else 1
        seconds = pause(self._failures)
        self._due = now + seconds
        when = f"in {seconds:g} s" if seconds else "now"
        log.warning("%s ended (%s); starting it again %s", self.program.name, self._ended, when)
        self._ended = ""


def _stop(kept: Sequence[_Kept]) -> None:
    processes = [each.process for each in kept if each.process is not None]
    for process in processes:
        process.terminate()
    until = time.monotonic() + _TO_STOP
    for process in processes:
        try:
            process.wait(max(until - time.monotonic(), 0))
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()


class _Signals:
    """The signals that this process gets, to be waited for; SIGHUP unless it is ignored
    (``nohup``)."""

    def __enter__(self) -> "_Signals":
        self._inbox, self._told = os.pipe()
        for end in (self._inbox, self._told):
            os.set_blocking(end, False)
        # Python writes the number of each signal there: nothing happens in a handler, where no
        # lock could be taken.
        self._told_before = signal.set_wakeup_fd(self._told, warn_on_full_buffer=False)
        self._before = {
            number: signal.signal(number, lambda *_: None)
            for number in _STOPPING | {signal.SIGCHLD}
            if number != signal.SIGHUP or signal.getsignal(number) != signal.SIG_IGN
        }
        return self

    def wait(self, seconds: float | None) -> set[int]:
        """The signals that came, as soon as one does; none where none came for so long."""
        ready, _, _ = select.select([self._inbox], [], [], seconds)
        return set(os.read(self._inbox, 4096)) if ready else set()

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        for number, handler in self._before.items():
            signal.signal(number, handler)
        signal.set_wakeup_fd(self._told_before)
        for end in (self._inbox, self._told):
            os.close(end)
