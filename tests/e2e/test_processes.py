"""What holds in every process of the server, not only in the one that was told."""

import time
from concurrent.futures import ThreadPoolExecutor

import httpx
import psycopg
import pytest

from tests.e2e.server import Server

NOTICED_WITHIN = 5
"""Seconds."""
ME = "/api/v1/me"


def _statuses(server: Server, headers: httpx.Headers, times: int = 32) -> set[int]:
    """What so many calls at once are answered, each on a connection of its own, which the server's
    processes share."""

    def call(_: int) -> int:
        # No HTTPS: reading the certificates that are trusted takes longer than the call.
        answer = httpx.get(f"{server.url}{ME}", headers=headers, timeout=30, verify=False)  # noqa: S501
        return answer.status_code

    with ThreadPoolExecutor(times) as pool:
        return set(pool.map(call, range(times)))


def test_a_partner_that_was_switched_off_is_refused_everywhere(server: Server) -> None:
    with server.client("enrollments:read") as client:
        user = client.get(ME).json()["userId"]
        assert _statuses(server, client.headers) == {200}
        server.manage("shell", "-c", _SWITCH_OFF.format(user=user))
        time.sleep(NOTICED_WITHIN)
        assert _statuses(server, client.headers) == {401}


_SWITCH_OFF = """
from promotions import ids
from promotions.models import User
User.objects.filter(pk=ids.decode(ids.USER, "{user}")).update(is_active=False)
"""


@pytest.mark.postgresql
def test_no_call_fails_after_the_database_was_started_anew(server: Server) -> None:
    with server.client("promotions:read") as client:

        def call(_: int) -> int:
            return client.get("/api/v1/promotions").status_code

        with ThreadPoolExecutor(16) as pool:
            assert set(pool.map(call, range(64))) == {200}
            assert _end_connections(server) > 1
            assert set(pool.map(call, range(64))) == {200}


def _end_connections(server: Server) -> int:
    """Ends all connections to the server's database, as a restart does; how many there were."""
    with psycopg.connect(server.environment["DATABASE_URL"], autocommit=True) as connection:
        ended = connection.execute(
            "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity"
            " WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )
        return len(ended.fetchall())
