"""The service as it runs in production: its own process, its own database, a real socket."""

import json
import os
import signal
import socket
import ssl
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import count
from pathlib import Path
from typing import Any

import httpx

from config.certificates import AUTHORITY, keep_certificate
from tests.migrated import (
    SQLITE_NAME,
    copy_static_files,
    copy_to_database,
    copy_to_file,
    drop_database,
    url_of,
)

ROOT = Path(__file__).resolve().parents[2]
_START_SECONDS = 60
_number = count(1)


@dataclass(frozen=True)
class Server:
    url: str
    environment: dict[str, str]
    process: subprocess.Popen[bytes]

    def manage(self, *arguments: str) -> str:
        """What a management command prints."""
        return manage(self.environment, *arguments)

    def client(self, *scopes: str) -> httpx.Client:
        """A partner with a token, made by the command and the endpoint that real ones use."""
        made = json.loads(self.manage("create_partner", "Till", "--scope", *scopes))
        form = {"grant_type": "client_credentials"}
        answer = httpx.post(
            f"{self.url}/services/oauth2/token",
            data=form,
            auth=(made["client_id"], made["client_secret"]),
            timeout=30,
        )
        token = answer.json()["access_token"]
        return httpx.Client(
            base_url=self.url,
            headers={"Authorization": f"Bearer {token}"},
            timeout=60,
            limits=httpx.Limits(max_connections=100),
        )


def manage(environment: dict[str, str], *arguments: str) -> str:
    done = subprocess.run(
        [sys.executable, "manage.py", *arguments],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@contextmanager
def _database(directory: Path, database: str) -> Iterator[dict[str, str]]:
    if database == "sqlite":
        copy_to_file(directory / SQLITE_NAME)
        yield {}
        return
    name = f"e2e_{os.getpid()}_{next(_number)}"
    copy_to_database(name)
    try:
        yield {"DATABASE_URL": url_of(name)}
    finally:
        drop_database(name)


@contextmanager
def installed(directory: Path, database: str) -> Iterator[dict[str, str]]:
    """The environment of a service with a database of its own, up to date."""
    with _database(directory, database) as settings:
        environment = {
            **{k: v for k, v in os.environ.items() if k not in ("DATABASE_URL", "SECRET_KEY")},
            "DATA_DIR": str(directory),
            "LOG_LEVEL": "WARNING",
            "UPLOAD_LIMIT_MB": "20",
            **settings,
        }
        yield environment


@contextmanager
def running_server(directory: Path, database: str) -> Iterator[Server]:
    """Starts the server on a free port, stopped by its process id whatever happens."""
    with installed(directory, database) as environment:
        copy_static_files(directory)
        port = free_port()
        command = [
            *(sys.executable, "-m", "config.service", "--host", "127.0.0.1", "--port", str(port)),
            *("--workers", "2", "--threads", "8"),
        ]
        with (directory / "server.log").open("wb") as log:
            process = subprocess.Popen(
                command, cwd=ROOT, env=environment, stdout=log, stderr=subprocess.STDOUT
            )
        try:
            url = f"http://127.0.0.1:{port}"
            wait_until_ready(url, process)
            yield Server(url, environment, process)
        finally:
            process.send_signal(signal.SIGTERM)
            try:
                process.wait(timeout=15)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
                raise


def wait_until_ready(
    url: str, process: subprocess.Popen[Any], verify: ssl.SSLContext | bool = False
) -> None:
    for _ in range(_START_SECONDS * 10):
        assert process.poll() is None, "the server stopped"
        if is_ready(url, verify):
            return
        time.sleep(0.1)
    raise AssertionError("the server did not become ready")


def is_ready(url: str, verify: ssl.SSLContext | bool = False) -> bool:
    """Asked for without HTTPS, it reads no certificates, which takes longer than the answer."""
    try:
        answer = httpx.get(f"{url}/readyz", timeout=2, verify=verify, trust_env=False)
    except httpx.TransportError:
        return False
    return answer.status_code == 200


@dataclass(frozen=True)
class Tls:
    """Another server of the same installation, by HTTPS."""

    server: Server
    url: str
    authority: Path
    """What trusts its certificate."""

    @property
    def trust(self) -> ssl.SSLContext:
        return ssl.create_default_context(cafile=self.authority)

    def partner(self, name: str, *scopes: str) -> dict[str, str]:
        made: dict[str, str] = json.loads(
            self.server.manage("create_partner", name, "--scope", *scopes)
        )
        return made

    def token(self, made: dict[str, str]) -> str:
        answer = httpx.post(
            f"{self.url}/services/oauth2/token",
            data={"grant_type": "client_credentials"},
            auth=(made["client_id"], made["client_secret"]),
            verify=self.trust,
            timeout=30,
        )
        token: str = answer.json()["access_token"]
        return token


@contextmanager
def serve_tls(server: Server, directory: Path) -> Iterator[Tls]:
    """Serves by HTTPS, as ``make demo-https`` does, what ``server`` serves."""
    port = free_port()
    keep_certificate(directory, "127.0.0.1", datetime.now(UTC))
    command = [
        *(sys.executable, "-m", "config.service", "--host", "127.0.0.1", "--port", str(port)),
        *("--workers", "1", "--threads", "2", "--tls", str(directory)),
    ]
    environment = {**server.environment, "HTTPS": "1", "HSTS_SECONDS": "0"}
    process = subprocess.Popen(command, cwd=ROOT, env=environment)
    tls = Tls(server, f"https://127.0.0.1:{port}", directory / AUTHORITY)
    try:
        wait_until_ready(tls.url, process, tls.trust)
        yield tls
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(timeout=15)
