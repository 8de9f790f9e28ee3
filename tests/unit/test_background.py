"""How often a worker looks for jobs."""

import threading
from collections.abc import Callable
from types import SimpleNamespace

import pytest
from django.db import OperationalError

from promotions.management import background


class Jobs:
    """Has jobs in some of its looks: the moments of the clock say in which."""

    name = "jobs of a test"

    def __init__(self, between_looks: float, busy: range = range(0), trouble: range = range(0)):
        self.between_looks, self.busy, self.trouble = between_looks, busy, trouble
        self.clock = 0.0

    def look(self, stop: threading.Event, tell: Callable[[str], None]) -> bool:
        if int(self.clock) in self.trouble:
            raise OperationalError("the database is gone")
        return int(self.clock) in self.busy


class Stop(threading.Event):
    """Lets the jobs' clock run instead of waiting, until so many seconds have passed."""

    def __init__(self, jobs: Jobs, seconds: float) -> None:
        super().__init__()
        self.jobs, self.seconds, self.waits = jobs, seconds, list[tuple[float, float]]()

    def wait(self, timeout: float | None = None) -> bool:
        assert timeout is not None
        self.waits.append((self.jobs.clock, timeout))
        self.jobs.clock += timeout
        if self.jobs.clock > self.seconds:
            self.set()
        return self.is_set()


def waits_of(jobs: Jobs, monkeypatch: pytest.MonkeyPatch, *, seconds: float) -> dict[float, float]:
    """How long was waited, from which moment on."""
    stop = Stop(jobs, seconds)
    monkeypatch.setattr(background, "time", SimpleNamespace(monotonic=lambda: jobs.clock))
    background._keep_looking(jobs, stop, lambda said: None)
    changes: dict[float, float] = {}
    for moment, wait in stop.waits:
        if not changes or [*changes.values()][-1] != wait:
            changes[moment] = wait
    return changes


@pytest.mark.parametrize(
    ("jobs", "expected"),
    [
        pytest.param(Jobs(0.25), {0: 0.25, 60.25: 1.0}, id="seldom after a minute without a job"),
        pytest.param(
            Jobs(0.25, busy=range(80, 90)),
            {0: 0.25, 60.25: 1.0, 80.25: 0.25, 150: 1.0},
            id="often again once there is one, and a minute longer",
        ),
        pytest.param(Jobs(3.0), {0: 3.0}, id="what looks seldom anyhow goes on as it did"),
        pytest.param(
            Jobs(0.25, trouble=range(10, 12)),
            {0: 0.25, 10: 5.0, 15: 0.25, 60.25: 1.0},
            id="trouble is waited for, and is neither a job nor the end",
        ),
    ],
)
def test_how_long_is_waited(
    jobs: Jobs, expected: dict[float, float], monkeypatch: pytest.MonkeyPatch
) -> None:
    assert waits_of(jobs, monkeypatch, seconds=200) == expected
