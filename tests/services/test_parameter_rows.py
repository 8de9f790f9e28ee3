"""Rows as parameters: what goes in comes out, on both databases."""

from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest
from django.db import connection
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from enrollments.services.parameter_rows import ParameterRows

pytestmark = pytest.mark.django_db

ROWS = ParameterRows({"number": "bigint", "word": "text", "flag": "boolean"})


def through(kind: ParameterRows, rows: list[Any]) -> list[tuple[Any, ...]]:
    """The rows as the database gives them back."""
    with connection.cursor() as cursor:
        cursor.execute(kind.query(), kind.values(rows))
        found: list[tuple[Any, ...]] = cursor.fetchall()
    return found


@pytest.mark.parametrize(
    "word",
    ["plain", "", "NULL", "null", '"', "\\", '\\"', "{}", "a,b", "line\nline\r\t", " x ", "ß", "𝄞"],
)
def test_texts_come_back_as_they_are(word: str) -> None:
    assert through(ROWS, [(1, word, True)]) == [(1, word, True)]


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.lists(
        st.tuples(
            st.none() | st.integers(-(2**63), 2**63 - 1),
            st.none()
            | st.text(st.characters(exclude_characters="\x00", exclude_categories=["Cs"])),
            st.booleans(),
        ),
        max_size=20,
    )
)
def test_whatever_they_are(rows: list[tuple[int | None, str | None, bool]]) -> None:
    assert [(n, word, bool(flag)) for n, word, flag in through(ROWS, rows)] == rows


def test_no_rows() -> None:
    assert through(ROWS, []) == []


def test_moments_are_kept_as_the_models_keep_them() -> None:
    moments = ParameterRows({"n": "integer", "moment": "timestamptz"})
    east = timezone(timedelta(hours=2))
    given_moments = [
        datetime(2026, 5, 1, tzinfo=UTC),
        datetime(2026, 5, 1, 12, 30, 15, 123456, tzinfo=east),
        None,
    ]
    rows = through(moments, list(enumerate(given_moments)))
    if connection.vendor == "postgresql":
        assert [moment for _, moment in rows] == given_moments
    else:
        assert [moment for _, moment in rows] == [
            "2026-05-01 00:00:00",
            "2026-05-01 10:30:15.123456",
            None,
        ]
