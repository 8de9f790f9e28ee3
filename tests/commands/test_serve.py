"""``bin/serve``, what ``make serve`` and ``make demo`` run: as a terminal starts and stops it."""

import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import httpx
import pytest

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


@pytest.fixture(scope="module")
def migrated(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A directory with a database that is up to date, which takes longer than all the rest."""
    directory = tmp_path_factory.mktemp("migrated")
    copy_to_file(directory / SQLITE_NAME)
    return directory


@pytest.fixture
def environment(
    request: pytest.FixtureRequest, migrated: Path, tmp_path: Path, port: int
) -> dict[str, str]:
    ours = {"DATA_DIR": str(tmp_path), "PORT": str(port), "HOST": "127.0.0.1"}
    shutil.copytree(migrated, tmp_path, dirs_exist_ok=True)
    return _environment(**ours, **getattr(request, "param", {}))


def _environment(**ours: str) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if name != "DATABASE_URL"}
    return {**kept, **ours}


@pytest.fixture
def server(environment: dict[str, str], port: int) -> Iterator[subprocess.Popen[str]]:
    process = subprocess.Popen(
        # An interactive shell's children heed Ctrl-C; ours may have been told not to.
        [sys.executable, "-c", _HEED_INTERRUPTS, "bin/serve"],
        cwd=ROOT,
        env=environment,
        start_new_session=True,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    try:
        _wait_until_ready(port, process)
        yield process
    finally:
        if process.poll() is None:
            process.terminate()
        process.communicate(timeout=30)


_HEED_INTERRUPTS = (
    "import os, signal, sys; signal.signal(signal.SIGINT, signal.SIG_DFL); "
    "os.execv(sys.argv[1], sys.argv[1:])"
)


def _wait_until_ready(port: int, process: subprocess.Popen[str]) -> None:
    for _ in range(600):
        assert process.poll() is None, process.communicate()
        try:
            if httpx.get(f"http://127.0.0.1:{port}/readyz").status_code == 200:
                return
        except httpx.TransportError:
            pass
        time.sleep(0.1)
    raise AssertionError("the server did not become ready")


def test_ctrl_c_stops_it_at_once(server: subprocess.Popen[str], port: int) -> None:
    page = httpx.get(f"http://127.0.0.1:{port}/admin/login/")
    assert page.status_code == 200
    os.killpg(server.pid, signal.SIGINT)  # what a terminal does
    printed, _ = server.communicate(timeout=IN_TIME)
    assert "/admin/login/" in printed, "the access log"
    assert "Traceback" not in printed
    _nobody_listens(port)


def test_a_taken_port_is_refused_before_anything_is_done(
    server: subprocess.Popen[str], environment: dict[str, str], port: int, tmp_path: Path
) -> None:
    elsewhere = tmp_path / "elsewhere"
    second = subprocess.run(
        ["bin/serve", "demo"],
        cwd=ROOT,
        env={**environment, "DATA_DIR": str(elsewhere)},
        capture_output=True,
        text=True,
        check=False,
        timeout=30,
    )
    assert second.returncode != 0
    assert f"Cannot listen on 127.0.0.1, port {port}" in second.stderr
    assert not elsewhere.exists()
    server.terminate()
    server.communicate(timeout=IN_TIME)
    _nobody_listens(port)


@pytest.mark.parametrize("bad", ["http", "0", "65536", "80 80"])
def test_a_port_that_is_none_is_refused(environment: dict[str, str], bad: str) -> None:
    done = subprocess.run(
        ["bin/serve"],
        cwd=ROOT,
        env={**environment, "PORT": bad},
        capture_output=True,
        text=True,
        check=False,
        timeout=30,
    )
    assert done.returncode != 0
    assert "write a number from 1 to 65535" in done.stderr


@ON_LINUX
def test_a_worker_for_enrollment_jobs_runs_beside_it_and_ends_with_it(
    server: subprocess.Popen[str],
) -> None:
    [worker] = _running(server.pid, "run_enrollment_jobs")
    server.terminate()
    printed, _ = server.communicate(timeout=IN_TIME)
    assert "Traceback" not in printed
    assert _command(worker) == ""


@ON_LINUX
def test_a_worker_for_enrollment_jobs_that_is_killed_is_replaced(
    server: subprocess.Popen[str], port: int
) -> None:
    [worker] = _running(server.pid, "run_enrollment_jobs")
    os.kill(worker, signal.SIGKILL)
    assert httpx.get(f"http://127.0.0.1:{port}/readyz").status_code == 200
    _soon(lambda: len(set(_running(server.pid, "run_enrollment_jobs")) - {worker}) == 1)
    server.terminate()
    printed, _ = server.communicate(timeout=IN_TIME)
    assert "the worker for enrollment jobs ended (Killed); starting it again now" in printed
    _nobody_listens(port)


@ON_LINUX
@pytest.mark.parametrize("environment", [{"ENROLLMENT_JOBS": "0"}], indirect=True)
def test_the_worker_for_enrollment_jobs_can_be_left_out(server: subprocess.Popen[str]) -> None:
    assert _running(server.pid, "run_enrollment_jobs") == []
    assert len(_running(server.pid, "config.server")) == 2


@ON_LINUX
def test_workers_that_are_killed_one_after_the_other_are_replaced_while_the_others_serve(
    server: subprocess.Popen[str], port: int
) -> None:
    spared, *_ = _serving(server.pid)
    _kill_workers(server.pid, 3, sparing=spared)
    assert server.poll() is None
    for _ in range(10):
        assert httpx.get(f"http://127.0.0.1:{port}/readyz").status_code == 200
    _soon(lambda: len(_serving(server.pid)) == 2)


@ON_LINUX
@pytest.mark.parametrize("environment", [{"WEB_WORKERS": "1"}], indirect=True)
def test_the_only_worker_killed_again_and_again_is_back_within_seconds(
    server: subprocess.Popen[str], port: int
) -> None:
    _kill_workers(server.pid, 3)
    _soon(lambda: _is_ready(port))
    server.terminate()
    printed, _ = server.communicate(timeout=IN_TIME)
    assert printed.count("server 1 of 1 ended (status 1); starting it again") == 3
    _nobody_listens(port)


@ON_LINUX
@pytest.mark.parametrize("whole", [False, True], ids=["a server", "everything"])
def test_what_is_killed_leaves_nothing_behind(
    server: subprocess.Popen[str], port: int, whole: bool
) -> None:
    above = server.pid if whole else _running(server.pid, "config.server")[0]
    below = [process for process in _below(server.pid) if whole or _parent(process) == above]
    assert len(below) == (5 if whole else 1)
    os.kill(above, signal.SIGKILL)
    _soon(lambda: not any(_command(process) for process in below))
    if whole:
        _nobody_listens(port)
    else:
        _soon(lambda: len(_serving(server.pid)) == 2)


@ON_LINUX
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP])
def test_everything_ends_when_it_is_told_to(
    server: subprocess.Popen[str], port: int, number: int
) -> None:
    below = _below(server.pid)
    os.kill(server.pid, number)
    server.communicate(timeout=IN_TIME)
    assert server.returncode == 0
    assert not any(_command(process) for process in below)
    _nobody_listens(port)


def test_what_can_not_serve_ends_and_says_why(environment: dict[str, str], port: int) -> None:
    done = subprocess.run(
        [
            *(sys.executable, "-m", "config.service", "--host", "127.0.0.1"),
            *("--port", str(port), "--workers", "2", "--threads", "1", "--enrollment-jobs"),
        ],
        cwd=ROOT,
        env={**environment, "DATABASE_URL": "mysql://nobody@nowhere/nothing"},
        capture_output=True,
        text=True,
        check=False,
        timeout=30,
    )
    assert done.returncode == 1
    assert "DATABASE_URL='mysql:…' is not usable" in done.stderr
    assert done.stderr.endswith("The server can't be started; the reason is above.\n")
    _nobody_listens(port)


def _soon(holds: Callable[[], bool]) -> None:
    """Returns as soon as something holds that has to within some seconds."""
    for _ in range(200):
        if holds():
            return
        time.sleep(0.1)
    raise AssertionError("not within some seconds")


def _is_ready(port: int) -> bool:
    try:
        return httpx.get(f"http://127.0.0.1:{port}/readyz").status_code == 200
    except httpx.TransportError:
        return False


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
