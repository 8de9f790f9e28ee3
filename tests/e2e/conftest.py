from collections.abc import Iterator

import pytest

from tests.e2e.server import Server, running_server


@pytest.fixture(scope="session")
def server(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Server]:
    """One server for all end-to-end tests of a run."""
    directory = tmp_path_factory.mktemp("service")
    with running_server(directory, request.config.getoption("database")) as server:
        yield server
        log = (directory / "server.log").read_text()
    assert "Traceback" not in log
    assert '"ERROR"' not in log
