"""The service, started exactly as the README runs it in production: by ``bin/serve``."""

import base64
import json
import os
import subprocess
import tempfile
import time
import urllib.parse
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.benchmarks.processes import PYTHON, ROOT, environment, free_port, running

SCOPES = ("enrollments:read", "enrollments:write", "promotions:read", "customers:read")


@dataclass(frozen=True)
class Service:
    port: int
    variables: dict[str, str]
    """Its environment, for commands that run beside it."""
    pid: int
    """Of the supervisor; the servers are its children, and their workers below them."""
    token: str
    log: Path

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"


@contextmanager
def running_service(
    database_url: str | None = None, *, scopes: tuple[str, ...] = SCOPES, **more: str
) -> Iterator[Service]:
    """The service on a database that it brings up to date, with a partner that holds a token;
    without a database, on SQLite. ``more`` are variables of its environment."""
    with tempfile.TemporaryDirectory(prefix="promotion-bench-data-") as directory:
        port = free_port()
        variables = environment(
            DATA_DIR=directory,
            PORT=str(port),
            # Throttling is on, and counts every request; it must not refuse any.
            API_RATE_LIMIT="1000000/minute",
            ACCESS_LOG="0",
            **({"DATABASE_URL": database_url} if database_url else {}),
            **more,
        )
        log = Path(directory) / "service.log"
        with running(["bin/serve"], variables=variables, port=port, log=log) as process:
            wait_until_ready(port)
            token = new_token(port, variables, scopes)
            yield Service(port, variables, process.pid, token, log)


def manage(variables: dict[str, str], *arguments: str) -> str:
    """What a management command prints; its own words where it fails."""
    done = subprocess.run(
        [PYTHON, "manage.py", *arguments],
        cwd=ROOT,
        env=variables,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise SystemExit(f"manage.py {' '.join(arguments)} failed:\n{done.stdout}{done.stderr}")
    return done.stdout


def new_token(port: int, variables: dict[str, str], scopes: tuple[str, ...]) -> str:
    """An access token, got as partners get theirs."""
    made = json.loads(manage(variables, "create_partner", "Benchmark", "--scope", *scopes))
    pair = base64.b64encode(f"{made['client_id']}:{made['client_secret']}".encode()).decode()
    request = urllib.request.Request(
        f"http://127.0.0.1:{port}/services/oauth2/token",
        data=urllib.parse.urlencode({"grant_type": "client_credentials"}).encode(),
        headers={"Authorization": f"Basic {pair}"},
    )
    with urllib.request.urlopen(request, timeout=60) as answer:
        token: str = json.load(answer)["access_token"]
        return token


def wait_until_ready(port: int) -> None:
    """Returns when the service has its database."""
    for _ in range(600):
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/readyz", timeout=5):
                return
        except OSError:
            time.sleep(0.1)
    raise SystemExit("The service does not become ready.")


def use_models(variables: dict[str, str]) -> None:
    """Lets this process use the service's models, on its database."""
    os.environ |= {
        **variables,
        "LOG_LEVEL": "WARNING",
        "DJANGO_SETTINGS_MODULE": "config.settings",
    }
    import django

    django.setup()
