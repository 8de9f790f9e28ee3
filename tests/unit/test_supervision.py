"""Programs that are kept running (``config/supervision.py``), tried with small ones."""

import logging
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from config import supervision
from config.supervision import Program, pause, supervise

SLEEPS = Program("sleeper", ["sleep", "60"])


@contextmanager
def told_to_stop(after: float, number: int = signal.SIGTERM) -> Iterator[None]:
    timer = threading.Timer(after, os.kill, (os.getpid(), number))
    timer.start()
    try:
        yield
    finally:
        timer.cancel()
        timer.join()


def begins(path: Path, then: str) -> list[str]:
    """A command that writes its process id, a line each time it is started, and does more."""
    return ["sh", "-c", f"echo $$ >> {path}; {then}"]


def is_gone(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return True
    return False


@pytest.mark.parametrize(
    ("failures", "seconds"),
    [(1, 0), (2, 0.5), (3, 1), (4, 2), (5, 4), (6, 5), (7, 5), (100_000, 5)],
)
def test_the_pauses_grow_up_to_some_seconds(failures: int, seconds: float) -> None:
    assert pause(failures) == seconds


def test_what_ends_is_started_again_at_once_and_then_after_pauses(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    starts = tmp_path / "starts"
    with told_to_stop(after=1.2), caplog.at_level(logging.WARNING, logger=supervision.__name__):
        assert supervise([Program("it", begins(starts, "exit 3"), serves=True)], lambda: True)
    assert len(starts.read_text().split()) == 3
    assert caplog.messages == [
        "it ended (status 3); starting it again now",
        "it ended (status 3); starting it again in 0.5 s",
        "it ended (status 3); starting it again in 1 s",
    ]


def test_what_has_settled_is_started_again_at_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(supervision, "_SETTLED", 0.1)
    starts = tmp_path / "starts"
    with told_to_stop(after=1.2):
        assert supervise([Program("it", begins(starts, "sleep 0.2; exit 3"))], lambda: True)
    assert len(starts.read_text().split()) > 3


def test_what_is_killed_is_started_again(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    starts = tmp_path / "starts"
    with told_to_stop(after=0.3):
        supervise([Program("it", begins(starts, "kill -9 $$"))], lambda: True)
    assert caplog.messages[0] == "it ended (Killed); starting it again now"


def test_what_can_not_be_started_at_all_ends_everything(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    starts = tmp_path / "starts"
    beside = Program("beside", begins(starts, "exec sleep 60"))
    broken = Program("server", ["sh", "-c", "sleep 0.2; exit 1"], serves=True)
    assert not supervise([beside, broken], lambda: False)
    [process] = starts.read_text().split()
    assert is_gone(int(process))
    assert caplog.messages == []


def test_what_is_not_there_can_not_be_started() -> None:
    assert not supervise([Program("server", ["/no/such"], serves=True)], lambda: False)


def test_what_does_not_serve_may_fail_from_the_beginning(tmp_path: Path) -> None:
    failing = Program("beside", ["false"])
    with told_to_stop(after=0.8):
        assert supervise([failing, Program("server", SLEEPS.command, serves=True)], lambda: False)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_all_end_when_it_is_told_to_stop(
    tmp_path: Path, number: int, request: pytest.FixtureRequest
) -> None:
    starts = tmp_path / "starts"
    hung_up = signal.signal(signal.SIGHUP, signal.SIG_DFL)  # nohup, above the tests, ignores it
    request.addfinalizer(lambda: signal.signal(signal.SIGHUP, hung_up))
    handlers = [signal.getsignal(each) for each in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)]
    begun = time.monotonic()
    with told_to_stop(0.3, number):
        assert supervise([Program("it", begins(starts, "exec sleep 60"))] * 2, lambda: True)
    assert time.monotonic() - begun < 30  # none of them was waited for
    processes = starts.read_text().split()
    assert len(processes) == 2
    assert all(is_gone(int(process)) for process in processes)
    assert handlers == [
        signal.getsignal(each) for each in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
    ]


def test_what_does_not_heed_is_killed_with_all_below_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(supervision, "_TO_STOP", 0.3)
    starts = tmp_path / "starts"
    below = f"trap '' TERM; sleep 60 & echo $! >> {starts}"
    stubborn = begins(starts, f"{below}; while true; do sleep 0.1; done")
    with told_to_stop(after=0.5):
        assert supervise([Program("it", stubborn)], lambda: True)
    for _ in range(50):
        if all(is_gone(int(process)) for process in starts.read_text().split()):
            return
        time.sleep(0.1)
    raise AssertionError("something is left")


_PARENT = """
import os, subprocess, sys
child = subprocess.Popen([sys.executable, "-c", sys.argv[1], str(os.getpid())])
child.wait()
"""
_CHILD = """
import sys, time
sys.platform = "{platform}"
from promotions.processes import end_with_parent
end_with_parent(int(sys.argv[1]))
print("ready", flush=True)
time.sleep(60)
"""


@pytest.mark.parametrize("platform", [sys.platform, "elsewhere"])
def test_a_process_ends_with_its_parent(platform: str) -> None:
    with subprocess.Popen(
        [sys.executable, "-c", _PARENT, _CHILD.format(platform=platform)],
        stdout=subprocess.PIPE,
        text=True,
    ) as parent:
        assert parent.stdout is not None
        assert parent.stdout.readline() == "ready\n"
        parent.kill()
        assert parent.stdout.read() == "", "at its end, when the child has let go of it as well"


def test_a_process_whose_parent_is_gone_already_ends_at_once() -> None:
    gone = subprocess.Popen(["true"])
    gone.wait()
    code = _CHILD.format(platform=sys.platform)
    done = subprocess.run([sys.executable, "-c", code, str(gone.pid)], check=False, timeout=20)
    assert done.returncode == -signal.SIGTERM


def test_what_a_process_has_loaded_is_not_searched_for_garbage() -> None:
    code = """
import gc
from promotions.processes import spare_collector
gc.collect()
loaded = len(gc.get_objects())
spare_collector()
assert gc.get_freeze_count() > 0.9 * loaded
before = gc.get_stats()[0]["collections"]
calls = [[] for _ in range(20_000)]
assert gc.get_stats()[0]["collections"] == before
for _ in range(150_000):
    circle = []
    circle.append(circle)
assert gc.get_stats()[0]["collected"] > 20_000
"""
    subprocess.run([sys.executable, "-c", code], check=True, timeout=20)
