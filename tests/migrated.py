"""A database with every migration and the collected static files, made once for a whole run of the
tests.

Migrating takes longer than most of what is then tested; each worker's own database, and that of
each server which a test starts, begins as a copy.
"""

import fcntl
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit, urlunsplit

import psycopg

ROOT: Final = Path(__file__).resolve().parents[1]
SHARED: Final = "TEST_RUN_DIRECTORY"
"""The variable that names the directory which all processes of a run share."""
SQLITE_NAME: Final = "db.sqlite3"
"""What the service calls its own database within ``DATA_DIR``."""
_copies: Final[list[str]] = []
"""The databases on PostgreSQL that this process has made."""


def copy_to_file(path: Path) -> None:
    """SQLite: a copy at ``path``."""
    with _template("sqlite") as template:
        shutil.copyfile(template, path)


def copy_to_database(name: str) -> None:
    """PostgreSQL: a copy as the database ``name`` of the server in ``DATABASE_URL``."""
    with _template("postgresql") as template:
        drop_database(name)
        _copies.append(name)
        _execute(f'CREATE DATABASE "{name}" TEMPLATE "{template}"')


def copy_static_files(directory: Path) -> None:
    """What ``collectstatic`` makes, where a service with this ``DATA_DIR`` looks for it."""
    with made_once("static", _collect) as collected:
        shutil.copytree(collected, directory / "static", dirs_exist_ok=True)


@contextmanager
def one_before_the_others(name: str, database: str) -> Iterator[None]:
    """What the first process of a run does alone, and the others after it, all at once; they make
    the database meanwhile."""
    shared = Path(os.environ[SHARED])
    done = shared / name
    with (shared / f"{name}.lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            with _template(database):
                pass
            fcntl.flock(lock, fcntl.LOCK_EX)  # free when the first is through
        if not done.exists():
            yield
            done.touch()
            return
    yield


def drop_copies() -> None:
    """PostgreSQL: those that this process has made."""
    while _copies:
        drop_database(_copies.pop())


def drop_template() -> None:
    """PostgreSQL: what all were copied from. For the first process of a run, which outlives the
    others: whichever of them made it, another one may still want its copy."""
    drop_database(_template_name())


def drop_database(name: str) -> None:
    """PostgreSQL: if it is there, whoever is connected to it."""
    _execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')


def url_of(name: str) -> str:
    """``DATABASE_URL`` with another database."""
    return urlunsplit(urlsplit(os.environ["DATABASE_URL"])._replace(path=f"/{name}"))


def _template(database: str) -> AbstractContextManager[str]:
    """The file or the name of the migrated database."""
    return made_once(f"migrated-{database}", lambda shared: _migrate(shared, database))


@contextmanager
def made_once(name: str, make: Callable[[Path], str]) -> Iterator[str]:
    """What the first process of a run that wants it makes, given the directory that all share, and
    nobody else copies meanwhile."""
    shared = Path(os.environ[SHARED])
    with (shared / f"{name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        note = shared / name
        if not note.exists():
            note.write_text(make(shared))
        yield note.read_text()


def _migrate(shared: Path, database: str) -> str:
    environment = {k: v for k, v in os.environ.items() if k != "DATABASE_URL"}
    directory = shared / f"migrated-{database}-data"
    directory.mkdir(exist_ok=True)  # where the first who wanted it failed
    environment["DATA_DIR"] = str(directory)
    made = str(directory / SQLITE_NAME)
    if database == "postgresql":
        made = _template_name()
        drop_database(made)
        _execute(f'CREATE DATABASE "{made}"')
        environment["DATABASE_URL"] = url_of(made)
    _manage(environment, "migrate")
    return made


def _collect(shared: Path) -> str:
    directory = shared / "static-data"
    _manage({**os.environ, "DATA_DIR": str(directory)}, "collectstatic", "--noinput")
    return str(directory / "static")


def _manage(environment: dict[str, str], *arguments: str) -> None:
    command = [sys.executable, "manage.py", *arguments, "--verbosity", "0"]
    subprocess.run(command, cwd=ROOT, env=environment, check=True, timeout=300)


def _template_name() -> str:
    """On PostgreSQL, where other runs may have theirs."""
    return Path(os.environ[SHARED]).name


def _execute(statement: str) -> None:
    with psycopg.connect(os.environ["DATABASE_URL"], autocommit=True) as connection:
        connection.execute(statement)
