"""A query that takes too long is ended, on either database, and harms nobody else."""

import time
from typing import Any

import pytest
from django.db import connection

from promotions.sobjects.errors import CallFailed
from promotions.sobjects.query import plan, run
from promotions.sobjects.query.time_limit import within_time
from tests.sobjects.query.conftest import QueryApi

pytestmark = pytest.mark.django_db

_SHORT = 0.05
"""Seconds."""
_SLOW = {
    "postgresql": "SELECT pg_sleep(20)",
    "sqlite": "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT 1 FROM n",
}
_LONG = (
    "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 100000) "
    "SELECT max(i) FROM n"
)
"""A statement of more than one look at the clock."""
_TOO_MUCH = {
    "postgresql": ("SELECT 1 / 0", "INVALID_FIELD"),
    "sqlite": (f"SELECT {'+'.join('1' * 2000)}", "QUERY_TOO_COMPLICATED"),
}


def execute(statement: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement)
        cursor.fetchall()


def test_a_statement_is_ended() -> None:
    begun = time.monotonic()
    with pytest.raises(CallFailed) as raised, within_time(_SHORT):
        execute(_SLOW[connection.vendor])
    assert time.monotonic() - begun < 10
    assert [(p.code, raised.value.status) for p in raised.value.problems] == [
        ("QUERY_TIMEOUT", 400)
    ]
    execute("SELECT 1")


@pytest.mark.postgresql
def test_the_limit_is_of_all_statements_together() -> None:
    with within_time(_SHORT):
        time.sleep(_SHORT)
        with pytest.raises(CallFailed, match="QUERY_TIMEOUT"):
            execute("SELECT 1")


def test_the_limit_is_gone_afterwards() -> None:
    with within_time(_SHORT):
        execute("SELECT 1")
    time.sleep(_SHORT)
    execute(_LONG)


def test_what_the_database_can_not_work_out_is_told() -> None:
    statement, code = _TOO_MUCH[connection.vendor]
    with pytest.raises(CallFailed) as raised, within_time():
        execute(statement)
    assert [one.code for one in raised.value.problems] == [code]


def test_what_a_client_is_told(soql: QueryApi, monkeypatch: pytest.MonkeyPatch) -> None:
    def fetch(_: Any) -> None:
        execute(_SLOW[connection.vendor])

    with monkeypatch.context() as slow:
        slow.setattr(run, "within_time", lambda: within_time(_SHORT))
        slow.setattr(plan, "fetch", fetch)
        code, message = soql.refused("SELECT Id FROM Product2")
    assert code == "QUERY_TIMEOUT"
    assert "Filter by indexed fields" in message
    assert soql.rows("SELECT Id FROM Product2") == []
