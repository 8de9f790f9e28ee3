"""``bin/serve``, what ``make serve`` and ``make demo`` run: as a terminal starts and stops it."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

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
    kept = {name: value for name, value in os.environ.items() if name != "DATABASE_URL"}
    ours = {"DATA_DIR": str(tmp_path), "PORT": str(port), "HOST": "127.0.0.1"}
    return {**kept, **ours, **getattr(request, "param", {})}


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
    [worker] = _workers(server.pid)
    server.terminate()
    printed, _ = server.communicate(timeout=IN_TIME)
    assert "Traceback" not in printed
    assert _command(worker) == ""


@ON_LINUX
def test_a_worker_that_is_killed_takes_nothing_down_with_it(
    server: subprocess.Popen[str], port: int
) -> None:
    [worker] = _workers(server.pid)
    os.kill(worker, signal.SIGKILL)
    assert httpx.get(f"http://127.0.0.1:{port}/readyz").status_code == 200
    server.terminate()
    server.communicate(timeout=IN_TIME)
    _nobody_listens(port)


@ON_LINUX
@pytest.mark.parametrize("environment", [{"ENROLLMENT_JOBS": "0"}], indirect=True)
def test_the_worker_can_be_left_out(server: subprocess.Popen[str]) -> None:
    assert _workers(server.pid) == []


def _workers(parent: int) -> list[int]:
    """The processes right below the server that run jobs."""
    found = []
    for path in Path("/proc").glob("[0-9]*/stat"):
        try:
            above = path.read_text().rpartition(")")[2].split()[1]
        except OSError:  # it has ended meanwhile
            continue
        if int(above) == parent and "run_enrollment_jobs" in _command(int(path.parent.name)):
            found.append(int(path.parent.name))
    return found


def _command(process: int) -> str:
    """The command line of a process; empty where it has ended."""
    try:
        return Path(f"/proc/{process}/cmdline").read_text()
    except OSError:
        return ""


def _nobody_listens(port: int) -> None:
    with pytest.raises(httpx.ConnectError):
        httpx.get(f"http://127.0.0.1:{port}/healthz")
