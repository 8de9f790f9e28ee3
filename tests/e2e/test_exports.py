"""Exports of the real server: read to the end, and by clients that go away on the way."""

import json
import socket
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from urllib.parse import urlsplit

import httpx
import psycopg
import pytest

from tests.e2e.server import Server

MANY = 20_000
"""Enough that no buffer on the way holds them all."""
_MAKE = f"""
from django.utils import timezone
from enrollments.models import Contact, PromotionPartyUsage
from promotions.models import Promotion, User

at, system = timezone.now(), User.objects.get(username="system")
made = dict(created_by=system, created_date=at, last_modified_by=system, last_modified_date=at)
contacts = Contact.objects.bulk_create(
    [Contact(last_name=f"Many {{n}}", **made) for n in range({MANY})]
)
PromotionPartyUsage.objects.bulk_create(
    PromotionPartyUsage(
        promotion=Promotion.objects.get(name="Export"), contact=contact, type="Contact",
        enrollment_effective_date_time=at, **made,
    )
    for contact in contacts
)
"""


@pytest.fixture(scope="module")
def client(server: Server) -> Iterator[httpx.Client]:
    with server.client("enrollments:read", "promotions:write", "promotions:all") as client:
        yield client


@pytest.fixture(scope="module")
def path(server: Server, client: httpx.Client) -> str:
    """The export of a promotion in which many are enrolled."""
    made = client.post("/api/v1/promotions", json={"name": "Export"}).json()
    server.manage("shell", "-v", "0", "-c", _MAKE)
    return f"/api/v1/promotions/{made['id']}/enrollments/export"


def ask(client: httpx.Client, url: str) -> socket.socket:
    """A client that has asked, and seen that the answer begins; it takes in very little at once."""
    at = urlsplit(str(client.base_url))
    one = socket.socket()
    one.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    one.settimeout(30)
    one.connect((at.hostname, at.port))
    token = client.headers["Authorization"]
    one.sendall(f"GET {url} HTTP/1.1\r\nHost: localhost\r\nAuthorization: {token}\r\n\r\n".encode())
    assert one.recv(15) == b"HTTP/1.1 200 OK"
    return one


def test_all_arrive(client: httpx.Client, path: str) -> None:
    table = client.get(path).text.splitlines()
    objects = [json.loads(line) for line in client.get(f"{path}?format=ndjson").text.splitlines()]
    assert [line.partition(",")[0] for line in table] == ["id", *(one["id"] for one in objects)]
    assert len(objects) == MANY


def test_clients_that_hang_up_leave_nothing_behind(
    server: Server, client: httpx.Client, path: str
) -> None:
    """There are more of them than threads: what each had is free again for the next one."""
    for _ in range(40):
        with closing(ask(client, f"{path}?format=ndjson")):
            pass
    assert client.get("/api/v1/enrollments?page_size=1").status_code == 200


@pytest.mark.postgresql
def test_a_transaction_ends_when_its_client_hangs_up(
    server: Server, client: httpx.Client, path: str
) -> None:
    with psycopg.connect(server.environment["DATABASE_URL"], autocommit=True) as database:
        with closing(ask(client, f"{path}?format=ndjson")):
            _wait(lambda: _open(database) == 1)
        _wait(lambda: _open(database) == 0)


def _open(database: psycopg.Connection) -> int:
    """How many transactions wait for what their client says next."""
    rows = database.execute(
        "SELECT count(*) FROM pg_stat_activity"
        " WHERE datname = current_database() AND state = 'idle in transaction'"
    )
    (found,) = rows.fetchone() or (0,)
    return int(found)


def _wait(until: Callable[[], bool]) -> None:
    for _ in range(300):
        if until():
            return
        time.sleep(0.1)
    raise AssertionError("it did not happen")
