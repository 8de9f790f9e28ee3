"""``bin/serve``, what ``make serve`` and ``make demo`` run: as a terminal starts and stops it."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest

from tests.e2e.server import is_ready, wait_until_ready
from tests.migrated import SQLITE_NAME, copy_to_file

ROOT = Path(__file__).parent.parent.parent
IN_TIME = 5
"""Seconds within which it has to be gone; a worker that hangs is killed after ten."""

ON_LINUX = pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="looks into /proc")

pytestmark = pytest.mark.skipif(
    not (ROOT / ".venv/bin/python").exists(), reason="bin/serve runs in .venv, made by bin/setup"
)


@pytest.fixture
def port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture
def environment(request: pytest.FixtureRequest, tmp_path: Path, port: int) -> dict[str, str]:
    """With a database that is up to date: bringing it there takes longer than all the rest."""
    copy_to_file(tmp_path / SQLITE_NAME)
    kept = {name: value for name, value in os.environ.items() if name != "DATABASE_URL"}
    ours = {"DATA_DIR": str(tmp_path), "PORT": str(port), "HOST": "127.0.0.1"}
    return {**kept, **ours, **getattr(request, "param", {})}


@pytest.fixture
def server(environment: dict[str, str], port: int) -> Iterator[subprocess.Popen[str]]:
    """``bin/serve``."""
    with _started(["bin/serve"], environment, port) as process:
        yield process


@pytest.fixture
def service(environment: dict[str, str], port: int) -> Iterator[subprocess.Popen[str]]:
    """What ``bin/serve`` becomes, for what it does not have to be begun by."""
    with _started(_service(port), environment, port) as process:
        yield process


@contextmanager
def _started(
    command: list[str], environment: dict[str, str], port: int
) -> Iterator[subprocess.Popen[str]]:
    process = subprocess.Popen(
        # An interactive shell's children heed Ctrl-C; ours may have been told not to.
        [sys.executable, "-c", _HEED_SIGNALS, *command],
        cwd=ROOT,
        env=environment,
        start_new_session=True,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    try:
        wait_until_ready(f"http://127.0.0.1:{port}", process)
        yield process
    finally:
        if process.poll() is None:
            process.terminate()
        process.communicate(timeout=30)


_HEED_SIGNALS = (
    "import os, signal, sys; signal.signal(signal.SIGINT, signal.SIG_DFL); "
    "signal.signal(signal.SIGHUP, signal.SIG_DFL); os.execv(sys.argv[1], sys.argv[1:])"
)


def _service(port: int) -> list[str]:
    return [
        *(sys.executable, "-m", "config.service", "--host", "127.0.0.1"),
        *("--port", str(port), "--workers", "2", "--threads", "1", "--enrollment-jobs"),
    ]


@pytest.mark.parametrize("bad", ["http", "0", "65536", "80 80"])
def test_a_port_that_is_none_is_refused(environment: dict[str, str], bad: str) -> None:
    done = _run(["bin/serve"], {**environment, "PORT": bad})
    assert done.returncode != 0
    assert "write a number from 1 to 65535" in done.stderr


@ON_LINUX
def test_what_is_killed_is_replaced_while_the_others_serve_until_all_are_told_to_end(
    server: subprocess.Popen[str],
    environment: dict[str, str],
    port: int,
    tmp_path: Path,
    subtests: pytest.Subtests,
) -> None:
    """One server for all of it: to start one takes longer than to look at it."""
    with subtests.test("a taken port is refused before anything is done"):
        elsewhere = tmp_path / "elsewhere"
        second = _run(["bin/serve", "demo"], {**environment, "DATA_DIR": str(elsewhere)})
        assert second.returncode != 0
        assert f"Cannot listen on 127.0.0.1, port {port}" in second.stderr
        assert not elsewhere.exists()
    with subtests.test("the worker for enrollment jobs"):
        [worker] = _running(server.pid, "run_enrollment_jobs")
        os.kill(worker, signal.SIGKILL)
        assert is_ready(f"http://127.0.0.1:{port}")
        _soon(lambda: len(set(_running(server.pid, "run_enrollment_jobs")) - {worker}) == 1)
    with subtests.test("workers that serve, one after the other"):
        spared, *_ = _serving(server.pid)
        _kill_workers(server.pid, 3, sparing=spared)
        assert server.poll() is None
        for _ in range(10):
            assert is_ready(f"http://127.0.0.1:{port}")
        _soon(lambda: len(_serving(server.pid)) == 2)
    with subtests.test("a server, which leaves nothing behind"):
        above = _running(server.pid, "config.server")[0]
        [below] = _children(above)
        os.kill(above, signal.SIGKILL)
        _soon(lambda: not _command(below))
        _soon(lambda: len(_serving(server.pid)) == 2)
    with subtests.test("all are told to end"):
        printed = _ends(server, port, signal.SIGTERM)
        assert "the worker for enrollment jobs ended (Killed); starting it again now" in printed
        assert "Traceback" not in printed


@ON_LINUX
@pytest.mark.parametrize(
    "environment", [{"WEB_WORKERS": "1", "ENROLLMENT_JOBS": "0"}], indirect=True
)
def test_the_only_worker_killed_again_and_again_is_back_within_seconds_and_ctrl_c_stops_it_at_once(
    server: subprocess.Popen[str], port: int
) -> None:
    assert _running(server.pid, "run_enrollment_jobs") == [], "they can be left out"
    assert len(_running(server.pid, "config.server")) == 1
    _kill_workers(server.pid, 3)
    _soon(lambda: is_ready(f"http://127.0.0.1:{port}"))
    page = httpx.get(f"http://127.0.0.1:{port}/admin/login/")
    assert page.status_code == 200
    os.killpg(server.pid, signal.SIGINT)  # what a terminal does
    printed, _ = server.communicate(timeout=IN_TIME)
    assert printed.count("server 1 of 1 ended (status 1); starting it again") == 3
    assert "/admin/login/" in printed, "the access log"
    _nobody_listens(port)


@ON_LINUX
def test_when_everything_is_killed_nothing_is_left_behind(
    service: subprocess.Popen[str], port: int
) -> None:
    below = _below(service.pid)
    assert len(below) == 5
    os.kill(service.pid, signal.SIGKILL)
    _soon(lambda: not any(_command(process) for process in below))
    _nobody_listens(port)


@ON_LINUX
def test_everything_ends_when_the_terminal_goes(service: subprocess.Popen[str], port: int) -> None:
    _ends(service, port, signal.SIGHUP)


def _ends(server: subprocess.Popen[str], port: int, number: int) -> str:
    """What it has printed when it was told to end, and everything has."""
    below = _below(server.pid)
    os.kill(server.pid, number)
    printed, _ = server.communicate(timeout=IN_TIME)
    assert server.returncode == 0
    assert len(below) == 5
    assert not any(_command(process) for process in below)
    _nobody_listens(port)
    return printed


def test_what_can_not_serve_ends_and_says_why(environment: dict[str, str], port: int) -> None:
    nowhere = {**environment, "DATABASE_URL": "mysql://nobody@nowhere/nothing"}
    done = _run(_service(port), nowhere)
    assert done.returncode == 1
    assert "DATABASE_URL='mysql:…' is not usable" in done.stderr
    assert done.stderr.endswith("The server can't be started; the reason is above.\n")
    _nobody_listens(port)


def _run(command: list[str], environment: dict[str, str]) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        command,
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
        timeout=30,
    )


def _soon(holds: Callable[[], bool]) -> None:
    """Returns as soon as something holds that has to within some seconds."""
    for _ in range(200):
        if holds():
            return
        time.sleep(0.1)
    raise AssertionError("not within some seconds")


def _running(parent: int, what: str) -> list[int]:
    """The processes right below the supervisor that run something."""
    return [child for child in _children(parent) if what in _command(child)]


def _serving(supervisor: int) -> list[int]:
    """The processes that serve: below the servers."""
    servers = _running(supervisor, "config.server")
    return [worker for server in servers for worker in _children(server)]


def _kill_workers(supervisor: int, times: int, sparing: int = 0) -> None:
    """Kills the one worker that is not spared and whatever replaces it, as soon as it is there:
    before it has begun to serve."""
    killed = {sparing}
    for _ in range(times):
        _soon(lambda: bool(set(_serving(supervisor)) - killed))
        [worker] = set(_serving(supervisor)) - killed
        os.kill(worker, signal.SIGKILL)
        killed.add(worker)


def _below(process: int) -> list[int]:
    return [each for child in _children(process) for each in (child, *_below(child))]


def _children(process: int) -> list[int]:
    listed = Path("/proc").glob("[0-9]*/stat")
    return [child for path in listed if _parent(child := int(path.parent.name)) == process]


def _parent(process: int) -> int:
    """The process that started it; 0 where it has ended, be it that nobody has noticed yet."""
    try:
        state, parent = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[:2]
    except OSError:
        return 0
    return 0 if state == "Z" else int(parent)


def _command(process: int) -> str:
    """The command line of a process; empty where it has ended."""
    try:
        return Path(f"/proc/{process}/cmdline").read_text()
    except OSError:
        return ""


def _nobody_listens(port: int) -> None:
    with pytest.raises(httpx.ConnectError):
        httpx.get(f"http://127.0.0.1:{port}/healthz")
