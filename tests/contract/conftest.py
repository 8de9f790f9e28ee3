from collections.abc import Iterator

import pytest
from django.core.servers.basehttp import WSGIRequestHandler
from pytest_django.live_server_helper import LiveServer

from tests.contract.service import Partner


@pytest.fixture
def partner(live_server: LiveServer, monkeypatch: pytest.MonkeyPatch) -> Iterator[Partner]:
    """A client with every scope, which keeps its connection: a new one costs the server a thread
    and a connection to the database."""
    # Else the rest of an answer waits 40 ms for the client to acknowledge its beginning.
    monkeypatch.setattr(WSGIRequestHandler, "disable_nagle_algorithm", True)
    with Partner(live_server.url) as client:
        yield client
