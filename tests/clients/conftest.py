"""What the clients' tests share: the running service, and who calls it."""

import json
import signal
import subprocess
import sys
from collections.abc import Iterator
from typing import Any

import httpx
import pytest
from simple_salesforce.api import Salesforce

from tests.clients.service import SCOPES, Caller
from tests.clients.simple import connect
from tests.e2e.server import ROOT, Server


@pytest.fixture(scope="session")
def caller(server: Server) -> Caller:
    """A partner system that may do everything, with its secret and a token."""
    made = json.loads(server.manage("create_partner", "Clients", "--scope", *SCOPES))
    return Caller.logged_in(server.url, made["client_id"], made["client_secret"])


@pytest.fixture(scope="package", autouse=True)
def worker(server: Server) -> Iterator[None]:
    """What works bulk jobs off, beside the server as in production."""
    process = subprocess.Popen(
        [sys.executable, "manage.py", "run_enrollment_jobs"],
        cwd=ROOT,
        env=server.environment,
        stdout=subprocess.DEVNULL,
    )
    yield
    process.send_signal(signal.SIGTERM)
    process.wait(timeout=30)


@pytest.fixture(scope="session")
def sf(caller: Caller) -> Salesforce:
    """simple-salesforce with that token."""
    return connect(caller)


@pytest.fixture
def wire(caller: Caller) -> Iterator[httpx.Client]:
    """Requests byte by byte, for what no client's interface shows."""
    headers: dict[str, Any] = {"Authorization": f"Bearer {caller.token}"}
    with httpx.Client(base_url=caller.url, headers=headers, timeout=60) as client:
        yield client
