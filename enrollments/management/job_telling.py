"""What a terminal, or a log, is told of a job that runs."""

import time
from typing import Final

from django.core.management.base import OutputWrapper

from enrollments.services.job_runs import Progress
from enrollments.speed import speed

_ON_A_TERMINAL: Final = 0.2
_ELSEWHERE: Final = 5.0
"""Seconds between two looks at the progress."""
_WIDTH: Final = 24


class ProgressBar:
    """A bar that fills on a terminal; elsewhere a line every few seconds."""

    def __init__(self, out: OutputWrapper) -> None:
        self._out = out
        self._is_terminal = out.isatty()
        self._began: tuple[float, Progress] | None = None
        self._told = time.monotonic()
        self._length = 0

    def show(self, progress: Progress) -> None:
        now = time.monotonic()
        if self._began is None:
            self._began = now, progress
        if now - self._told >= (_ON_A_TERMINAL if self._is_terminal else _ELSEWHERE):
            self._told = now
            self._tell(progress, now)

    def finish(self) -> None:
        """Ends the line."""
        if self._length:
            self._out.write("")
            self._length = 0

    def _tell(self, progress: Progress, now: float) -> None:
        share = min(progress.position / progress.size, 1.0)
        line = (
            f"{share:4.0%}  {progress.rows:,} rows, {progress.refused:,} refused"
            f"{self._speed(progress, now)}"
        )
        if not self._is_terminal:
            self._out.write(line.strip())
            return
        filled = round(share * _WIDTH)
        line = f"[{'#' * filled}{'.' * (_WIDTH - filled)}] {line}"
        self._out.write(f"\r{line:<{self._length}}", ending="")
        self._out.flush()
        self._length = len(line)

    def _speed(self, progress: Progress, now: float) -> str:
        """How fast it goes, and how long it will take at that."""
        assert self._began is not None
        began, at_first = self._began
        judged = speed(
            rows=progress.rows - at_first.rows,
            read=progress.position - at_first.position,
            left=progress.size - progress.position,
            seconds=now - began,
        )
        if judged is None:
            return ""
        minutes, of_minute = divmod(judged.seconds_left, 60)
        return f"  {judged.rows_per_second:,.0f} rows/s  {minutes}:{of_minute:02} left"
