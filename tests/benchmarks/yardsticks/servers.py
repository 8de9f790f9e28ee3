"""Starting the yardsticks that are servers: as many processes and threads as the service has."""

import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from tests.benchmarks.processes import PYTHON, free_port, running
from tests.benchmarks.service import Service


@contextmanager
def fastapi(service: Service) -> Iterator[int]:
    """The hand-written service, on the same database; answers with its port."""
    arguments = (
        *("uvicorn", "tests.benchmarks.yardsticks.fastapi_service:app", "--workers", "2"),
        *("--loop", "uvloop", "--http", "httptools", "--no-access-log", "--log-level", "warning"),
        *("--host", "127.0.0.1", "--port"),
    )
    with _running(service, arguments) as port:
        yield port


@contextmanager
def drf(service: Service, *, keep_connections: bool) -> Iterator[int]:
    """The idiomatic view, on the same database; answers with its port."""
    arguments = (
        *("granian", "--interface", "wsgi", "--no-ws", "--workers", "2"),
        *("--blocking-threads", "8", "--log-level", "error"),
        *("tests.benchmarks.yardsticks.drf_service:application", "--host", "127.0.0.1", "--port"),
    )
    age = "60" if keep_connections else "0"
    with _running(service, arguments, DRF_CONN_MAX_AGE=age) as port:
        yield port


@contextmanager
def _running(service: Service, arguments: Sequence[str], **more: str) -> Iterator[int]:
    port = free_port()
    variables = service.variables | {
        "DJANGO_SETTINGS_MODULE": "config.settings",
        "LOG_LEVEL": "WARNING",
        **more,
    }
    command = [PYTHON, "-m", *arguments, str(port)]
    with tempfile.TemporaryDirectory(prefix="promotion-bench-log-") as directory:
        log = Path(directory) / "log"
        with running(command, variables=variables, port=port, log=log):
            yield port
