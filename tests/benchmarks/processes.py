"""Servers as processes of their own, stopped by their process id whatever happens."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PYTHON = sys.executable
_START_SECONDS = 300
_STOP_SECONDS = 20


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def environment(**changes: str) -> dict[str, str]:
    """The shell's environment without the service's variables, and with ``changes``."""
    ours = (
        "DEBUG", "SECRET_KEY", "ALLOWED_HOSTS", "CSRF_TRUSTED_ORIGINS", "TIME_ZONE", "CURRENCIES",
        "DATABASE_URL", "DATABASE_POOL_SIZE", "DATA_DIR", "TOKEN_LIFETIME", "API_RATE_LIMIT",
        "TOKEN_RATE_LIMIT", "HTTPS", "HSTS_SECONDS", "TRUSTED_PROXIES", "LOG_LEVEL",
        "COMMERCE_FIELDS", "PROMOTION_SHARING", "RECYCLE_BIN_DAYS", "REFUSED_CALLS_DAYS",
        "UPLOAD_LIMIT_MB",
        "ENROLLMENT_JOBS", "PORT", "HOST", "WEB_WORKERS",
        "WEB_THREADS", "ACCESS_LOG", "DJANGO_SETTINGS_MODULE",
    )  # fmt: skip
    return {name: value for name, value in os.environ.items() if name not in ours} | changes


@contextmanager
def running(
    command: Sequence[str], *, variables: Mapping[str, str], port: int, log: Path
) -> Iterator[subprocess.Popen[bytes]]:
    """A server that listens on ``port`` of this machine; what it prints goes to ``log``."""
    with log.open("ab") as output:
        process = subprocess.Popen(
            command, cwd=ROOT, env=dict(variables), stdout=output, stderr=subprocess.STDOUT
        )
    try:
        _wait_until_it_listens(process, port, log)
        yield process
    finally:
        _stop(process)


def children(pid: int) -> list[int]:
    """The processes that ``pid`` has started and that still run; none where it is gone."""
    try:
        found = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    except OSError:
        return []
    return [int(child) for child in found]


def workers(pid: int) -> list[int]:
    """The worker processes of the service that ``pid`` keeps running: below each of its servers."""
    servers = [child for child in children(pid) if b"config.server" in _command_line(child)]
    return [worker for server in servers for worker in children(server)]


def _command_line(pid: int) -> bytes:
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes()
    except OSError:
        return b""


def resident_bytes(pid: int) -> int:
    """The memory that a process holds now."""
    for line in Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith("VmRSS:"):
            return int(line.split()[1]) * 1024
    return 0


def _wait_until_it_listens(process: subprocess.Popen[bytes], port: int, log: Path) -> None:
    deadline = time.monotonic() + _START_SECONDS
    while time.monotonic() < deadline:
        if process.poll() is not None:
            raise SystemExit(f"A server stopped instead of serving:\n{log.read_text()[-4000:]}")
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
            return
        except OSError:
            time.sleep(0.1)
    raise SystemExit(f"A server does not listen:\n{log.read_text()[-4000:]}")


def _stop(process: subprocess.Popen[bytes]) -> None:
    process.send_signal(signal.SIGTERM)
    try:
        process.wait(timeout=_STOP_SECONDS)
    except subprocess.TimeoutExpired:
        left = children(process.pid)
        process.kill()
        process.wait()
        for child in left:
            os.kill(child, signal.SIGKILL)
