"""Exact under fire: in small what ``python -m tests.benchmarks.soak`` does for hours."""

import random
from collections.abc import Iterator
from contextlib import closing
from urllib.parse import urlsplit

import pytest

from tests.benchmarks.service import new_token
from tests.benchmarks.soak import checks, copies, limited, mixed
from tests.benchmarks.soak.target import SCOPES, Target
from tests.e2e.server import Server, running_server

SECONDS = 2
"""For how long the mixed clients go on."""


def target_of(server: Server) -> Target:
    port = urlsplit(server.url).port
    assert port is not None
    token = new_token(port, server.environment, SCOPES)
    return Target(port, server.process.pid, token, server.environment)


@pytest.fixture(scope="module")
def target(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Target]:
    """A service of its own: its workers are killed."""
    directory = tmp_path_factory.mktemp("service")
    with running_server(directory, request.config.getoption("database")) as server:
        with closing(target_of(server)) as target:
            yield target
        log = (directory / "server.log").read_text()
    assert "Traceback" not in log
    assert '"ERROR"' not in log


def test_limited_places_are_all_given_and_no_more_though_workers_are_killed(
    target: Target,
) -> None:
    places = 40 if target.on_postgresql else 16
    contacts = target.new_contacts(2 * places)
    limited.wait_for_workers(target)
    outcome, problems = limited.run(
        target, contacts, places=places, kills=2, chance=random.Random(7)
    )
    assert problems == []
    assert (outcome.enrolled, outcome.refused) == (places, places)
    assert checks.problems(target) == []


def test_copies_of_one_request_make_one_record_and_get_one_answer(target: Target) -> None:
    assert copies.run(target, copies=50 if target.on_postgresql else 32) == []


def test_mixed_clients_over_the_same_customers_leave_everything_exact(target: Target) -> None:
    did, problems = mixed.run(target, clients=32, seconds=SECONDS, contacts=60)
    assert problems == []
    assert checks.problems(target) == []
    assert did.done["enroll 201"] > 0
    assert did.done["withdraw 200"] > 0
