"""Counting and grouping."""

from datetime import UTC, datetime
from typing import Any

import pytest
from django.db import connection

from promotions.models import Promotion
from promotions.sobjects.errors import CallFailed
from promotions.sobjects.query.fetching import fetch_groups
from promotions.sobjects.query.time_limit import within_time
from tests.factories import make_promotion, make_user
from tests.sobjects.query.conftest import QueryApi

pytestmark = pytest.mark.django_db


@pytest.fixture
def four(soql: QueryApi) -> QueryApi:
    """Promotions of two owners."""
    ann, bo = make_user(first_name="Ann"), make_user(first_name="Bo")
    for name, owner, uses, code, day in (
        ("one", ann, 1, None, 1),
        ("two", ann, 2, "b", 1),
        ("three", ann, 4, "a", 2),
        ("four", bo, None, None, None),
    ):
        make_promotion(
            name=name,
            owner_user=owner,
            maximum_usage_count=uses,
            promotion_code=code,
            is_active=name != "two",
            start_date_time=day and datetime(2026, 1, day, 9, tzinfo=UTC),
        )
    return soql


FOUND: list[tuple[str, list[Any]]] = [
    ("SELECT COUNT(Id) FROM Promotion", [4]),
    ("SELECT COUNT(PromotionCode) n, COUNT(Id) FROM Promotion", [(2, 4)]),
    ("SELECT COUNT(Id) n FROM Promotion WHERE Name = 'x'", [0]),
    (
        "SELECT SUM(MaximumUsageCount), AVG(MaximumUsageCount), MIN(Name), MAX(StartDateTime) "
        "FROM Promotion WHERE MaximumUsageCount != 4",
        [(3, 1.5, "four", "2026-01-01T09:00:00.000+0000")],
    ),
    ("SELECT SUM(MaximumUsageCount) FROM Promotion WHERE Name = 'x'", [None]),
    ("SELECT COUNT_DISTINCT(OwnerId), COUNT_DISTINCT(Owner.Name) FROM Promotion", [(2, 2)]),
    ("SELECT Owner.Name, COUNT(Id) n FROM Promotion GROUP BY Owner.Name", [("Ann", 3), ("Bo", 1)]),
    (
        "SELECT IsActive a, COUNT(Id) FROM Promotion GROUP BY IsActive ORDER BY COUNT(Id) DESC",
        [(True, 3), (False, 1)],
    ),
    (
        "SELECT Owner.Name FROM Promotion GROUP BY Owner.Name HAVING COUNT(Id) > 1",
        ["Ann"],
    ),
    (
        "SELECT Owner.Name FROM Promotion GROUP BY Owner.Name HAVING SUM(MaximumUsageCount) > 6.5",
        ["Ann"],
    ),
    (
        "SELECT Owner.Name FROM Promotion GROUP BY Owner.Name HAVING (NOT AVG(MaximumUsageCount) "
        "> 1.5) OR Owner.Name LIKE 'b%'",
        ["Bo"],
    ),
    (
        "SELECT CALENDAR_YEAR(StartDateTime), DAY_ONLY(StartDateTime) d, COUNT(Id) FROM Promotion "
        "GROUP BY CALENDAR_YEAR(StartDateTime), DAY_ONLY(StartDateTime) ORDER BY "
        "DAY_ONLY(StartDateTime) DESC NULLS LAST",
        [(2026, "2026-01-02", 1), (2026, "2026-01-01", 2), (None, None, 1)],
    ),
    (
        "SELECT Owner.Name, IsActive, COUNT(Id) n, GROUPING(IsActive) g FROM Promotion "
        "GROUP BY ROLLUP(Owner.Name, IsActive)",
        [
            ("Ann", False, 1, 0),
            ("Ann", True, 2, 0),
            ("Ann", None, 3, 1),
            ("Bo", True, 1, 0),
            ("Bo", None, 1, 1),
            (None, None, 4, 1),
        ],
    ),
    (
        "SELECT Owner.Name, IsActive, COUNT(Id) n FROM Promotion GROUP BY CUBE(Owner.Name, "
        "IsActive) HAVING COUNT(Id) > 1 ORDER BY COUNT(Id) DESC, Owner.Name NULLS LAST LIMIT 3",
        [(None, None, 4), ("Ann", None, 3), (None, True, 3)],
    ),
    ("SELECT Name FROM Promotion GROUP BY Name ORDER BY Name LIMIT 2 OFFSET 1", ["one", "three"]),
    ("SELECT MAX(MaximumUsageCount) m FROM Promotion ORDER BY CreatedDate DESC LIMIT 3", [4]),
    ("SELECT IsDeleted FROM PromotionHistory GROUP BY IsDeleted", [False]),
    ("SELECT MAX(Name) FROM PromotionPartyUsage", [None]),
    (
        "SELECT Name, FORMAT(MAX(StartDateTime)) f FROM Promotion GROUP BY Name HAVING "
        "MAX(StartDateTime) >= 2026-01-02T00:00:00Z",
        [("three", "1/2/2026, 9:00 AM")],
    ),
]


def test_what_groups_are_found(four: QueryApi) -> None:
    found = {text: four.rows(text) for text, _ in FOUND}
    assert found == dict(FOUND)


def test_counting_has_no_records(four: QueryApi) -> None:
    text = "SELECT COUNT() FROM Promotion"
    assert four.answer(text) == {"totalSize": 4, "done": True, "records": []}
    assert four.answer(f"{text} WHERE IsActive = true LIMIT 2")["totalSize"] == 2


def test_a_group_is_no_record(four: QueryApi) -> None:
    (record,) = four.answer("SELECT COUNT(Id), MAX(PromotionId) FROM Offer")["records"]
    assert record == {"attributes": {"type": "AggregateResult"}, "expr0": 0, "expr1": None}


def test_too_many_groups(four: QueryApi, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("promotions.sobjects.query.aggregates.MOST_GROUPS", 3)
    text = "SELECT Name FROM Promotion GROUP BY Name"
    assert four.refused(text)[0] == "EXCEEDED_ID_LIMIT"
    assert four.rows(f"{text} LIMIT 2") == ["four", "one"]


@pytest.mark.parametrize(
    ("text", "code", "message"),
    [
        (
            "SELECT SUM(Name) FROM Promotion",
            "INVALID_FIELD",
            "field Name does not support aggregate operator SUM",
        ),
        ("SELECT COUNT(IsActive) FROM Promotion", "INVALID_FIELD", "field IsActive does not"),
        ("SELECT MAX(OwnerId) FROM Promotion", "INVALID_FIELD", "field OwnerId does not"),
        (
            "SELECT CreatedDate FROM Promotion GROUP BY CreatedDate",
            "INVALID_FIELD",
            "field 'CreatedDate' can not be grouped in a query call",
        ),
        ("SELECT Name, COUNT(Id) FROM Promotion", "MALFORMED_QUERY", "Field must be grouped or"),
        (
            "SELECT Name, Owner.Name FROM Promotion GROUP BY Name, Owner.Name",
            "MALFORMED_QUERY",
            "duplicate alias: Name",
        ),
    ],
)
def test_what_is_refused(soql: QueryApi, text: str, code: str, message: str) -> None:
    told = soql.refused(text)
    assert (told[0], told[1][: len(message)]) == (code, message)


@pytest.mark.postgresql
def test_every_grouping_counts_towards_the_same_limit_of_time(db: None) -> None:
    with pytest.raises(CallFailed, match="QUERY_TIMEOUT"), within_time(0):
        fetch_groups(Promotion.objects.values_list("pk"))


@pytest.mark.postgresql
def test_what_follows_in_the_transaction_has_no_limit_of_time(db: None) -> None:
    with connection.cursor() as cursor:
        for seconds in (7, 0.5):
            with within_time(seconds):
                cursor.execute("SHOW statement_timeout")
                assert cursor.fetchone() != ("0",)
            cursor.execute("SHOW statement_timeout")
            assert cursor.fetchone() == ("0",)
