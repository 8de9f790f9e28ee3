from collections.abc import Iterator

import pytest
from django.core.cache import cache
from pytest_django.live_server_helper import LiveServer

from tests.contract.service import Partner


@pytest.fixture
def partner(live_server: LiveServer) -> Iterator[Partner]:
    """A client with every scope, whom nobody has used up the rate limits for."""
    cache.clear()
    with Partner(live_server.url) as client:
        yield client
