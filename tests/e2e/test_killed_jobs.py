"""A job whose process is killed, again and again, enrolls every good row once and tells every bad
row once: two processes, a real database, ``SIGKILL``."""

import random
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import psycopg
import pytest

from tests.e2e.server import ROOT, installed, manage

PEOPLE = 900
KILLS = 3
ROWS = PEOPLE + PEOPLE // 10 + PEOPLE // 15 + PEOPLE // 30

SET_UP = f"""
from django.utils import timezone
from enrollments.models import Contact
from promotions.actors import Actor, Source
from promotions.models import Promotion, User
from promotions.services.promotions import create_promotion
system = User.objects.get(username="system")
at = timezone.now()
said = dict(created_by=system, created_date=at, last_modified_by=system, last_modified_date=at)
Contact.objects.bulk_create(
    Contact(last_name="Meyer", email=f"c{{n}}@example.com", **said) for n in range({PEOPLE})
)
for code in ("ONE", "TWO"):
    promotion = Promotion(
        name=code, promotion_code=code, is_active=True, is_enrollment_required=True
    )
    create_promotion(promotion, by=Actor(system, Source.COMMAND), at=at)
"""

Query = Callable[[str], list[tuple[Any, ...]]]


@pytest.fixture(scope="module")
def environment(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[dict[str, str]]:
    directory = tmp_path_factory.mktemp("killed")
    with installed(directory, request.config.getoption("database")) as environment:
        manage(environment, "shell", "-v", "0", "-c", SET_UP)
        yield environment


@pytest.fixture
def query(environment: dict[str, str]) -> Query:
    def ask(sql: str) -> list[tuple[Any, ...]]:
        if "DATABASE_URL" in environment:
            with psycopg.connect(environment["DATABASE_URL"]) as connection:
                return connection.execute(sql).fetchall()
        with closing(sqlite3.connect(Path(environment["DATA_DIR"]) / "db.sqlite3")) as connection:
            return connection.execute(sql).fetchall()

    return ask


def audience(chance: random.Random) -> tuple[str, set[int], set[int]]:
    """A file: its text, the lines of its second rows of customers, those of its bad rows."""
    rows = [f"c{n}@example.com" for n in range(PEOPLE)]
    rows += [f"C{n}@EXAMPLE.com" for n in chance.sample(range(PEOPLE), PEOPLE // 10)]
    rows += [f"nobody{n}@example.com" for n in range(PEOPLE // 15)]
    rows += ["c1@example.com,too many cells"] * (PEOPLE // 30)
    chance.shuffle(rows)
    seen: set[str] = set()
    second, bad = set(), set()
    for line, row in enumerate(rows, 2):
        if row.startswith("nobody") or "," in row:
            bad.add(line)
        elif row.lower() in seen:
            second.add(line)
        else:
            seen.add(row.lower())
    assert len(rows) == ROWS
    return "\n".join(["email", *rows]), second, bad


OF_PROMOTION = "promotion_id = (SELECT id FROM promotions_promotion WHERE promotion_code = '{}')"
OF_JOB = f"job_id IN (SELECT id FROM enrollments_enrollmentjob WHERE {OF_PROMOTION})"


def done(query: Query, code: str) -> int:
    """How many rows of the promotion's job are done."""
    partitions = "enrollments_enrollmentjobpartition"
    [(rows,)] = query(f"SELECT SUM(rows_done) FROM {partitions} WHERE {OF_JOB.format(code)}")
    return int(rows or 0)


def kill_when(process: subprocess.Popen[bytes], is_time: Callable[[], bool]) -> None:
    """Kills it at a moment in the middle of its work."""
    try:
        for _ in range(3_000):
            assert process.poll() is None, "it came to its end too early"
            if is_time():
                break
            time.sleep(0.01)
        else:
            raise AssertionError("it does not get on")
    finally:
        process.kill()
        process.wait()


@pytest.mark.parametrize(("code", "sessions"), [("ONE", 1), ("TWO", 2)])
def test_a_job_that_is_killed_does_everything_once(
    environment: dict[str, str], query: Query, tmp_path: Path, code: str, sessions: int
) -> None:
    chance = random.Random(sessions)
    text, second, bad = audience(chance)
    path = tmp_path / "list.csv"
    path.write_text(text)
    command = ["enroll_audience", code, str(path)]
    command += ["--batch-size", "10", "--sessions", str(sessions)]
    for kill in range(KILLS):
        enough = ROWS * kill // (KILLS + 1) + chance.randrange(ROWS // (KILLS + 1))
        process = subprocess.Popen(
            [sys.executable, "manage.py", *command],
            cwd=ROOT,
            env=environment,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.STDOUT,
        )
        kill_when(process, lambda enough=enough: done(query, code) > enough)  # type: ignore[misc]
        assert done(query, code) < ROWS
    printed = manage(environment, *command)
    assert "Going on with" in printed
    assert f"{ROWS:,} rows, {PEOPLE:,} enrolled, {len(second) + len(bad):,} refused." in printed

    usages = f"enrollments_promotionpartyusage WHERE {OF_PROMOTION.format(code)}"
    assert query(f"SELECT COUNT(*), COUNT(DISTINCT contact_id) FROM {usages}") == [(PEOPLE, PEOPLE)]
    history = "enrollments_promotionpartyusagehistory"
    assert query(
        f"SELECT COUNT(*), COUNT(DISTINCT usage_id) FROM {history} "
        f"WHERE usage_id IN (SELECT id FROM {usages})"
    ) == [(PEOPLE, PEOPLE)]
    told = query(
        f"SELECT line, code FROM enrollments_enrollmentjobrefusal WHERE {OF_JOB.format(code)}"
    )
    assert len(told) == len(second) + len(bad)
    assert {line for line, reason in told if reason == "already_enrolled"} == second
    assert {line for line, reason in told if reason != "already_enrolled"} == bad
    assert (tmp_path / "list.csv.refused.csv").read_text().count("\n") == len(told) + 1
