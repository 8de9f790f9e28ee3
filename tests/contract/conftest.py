from collections.abc import Iterator

import pytest
from pytest_django.live_server_helper import LiveServer

from tests.contract.service import Partner


@pytest.fixture
def partner(live_server: LiveServer) -> Iterator[Partner]:
    """A client with every scope."""
    with Partner(live_server.url) as client:
        yield client
