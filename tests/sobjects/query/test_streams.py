"""All rows of a query as a stream: what jobs write to their files."""

import pytest
from django.utils import timezone

from promotions.models.catalogue import Product
from promotions.sobjects.errors import CallFailed
from promotions.sobjects.query import plan
from promotions.sobjects.query.plan import All, read_all
from promotions.sobjects.query.problems import Unfit
from promotions.sobjects.soql.parser import parse_query
from tests.factories import LONG_AGO, make_contact
from tests.sobjects.query.conftest import QueryApi
from tests.sobjects.query.test_pages import make_products
from tests.sobjects.specimens import Maker

pytestmark = pytest.mark.django_db


def read(text: str, *, all_rows: bool = False) -> All:
    return read_all(
        parse_query(text),
        by=Maker.new().by,
        at=timezone.now(),
        all_rows=all_rows,
        pause_after=10_000,
    )


@pytest.fixture(autouse=True)
def small_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(plan, "PART", 100)  # of SQLite's; PostgreSQL's are of 500


@pytest.mark.parametrize(
    "end",
    [
        "",
        "ORDER BY Name DESC NULLS LAST, StockKeepingUnit",
        "WHERE StockKeepingUnit = null ORDER BY CreatedDate",
        "ORDER BY Name LIMIT 550",
        "ORDER BY Id DESC LIMIT 100 OFFSET 30",
        "LIMIT 0",
        "WHERE Id = null",
    ],
)
def test_it_has_the_rows_of_the_query(soql: QueryApi, end: str) -> None:
    make_products(620)
    parts = list(read(f"SELECT Id, Name, StockKeepingUnit FROM Product2 {end}"))
    rows = [row for part in parts for row in part]
    assert rows == soql.rows(f"SELECT Id, Name, StockKeepingUnit FROM Product2 {end}")
    assert all(0 < len(part) <= 500 for part in parts)
    assert len(rows) <= 500 or max(len(part) for part in parts) < len(rows)


def test_values_are_those_of_answers(soql: QueryApi) -> None:
    make_contact(email=None, at=LONG_AGO)
    text = (
        "SELECT CreatedBy.Name, email, IsDeleted, CreatedDate, FORMAT(CreatedDate) f FROM Contact"
    )
    found = read(text)
    assert found.names == ["CreatedBy.Name", "Email", "IsDeleted", "CreatedDate", "f"]
    (record,) = soql.answer(text)["records"]
    shown = [record["CreatedBy"]["Name"], *(record[name] for name in found.names[1:])]
    assert list(found) == [[tuple(shown)]]


def test_deleted_records_only_where_they_are_wanted() -> None:
    make_products(3)
    Product.objects.filter(name="Product 1").update(is_deleted=True, deleted_date=LONG_AGO)
    for all_rows, number in ((False, 2), (True, 3)):
        (part,) = read("SELECT Id FROM Product2", all_rows=all_rows)
        assert len(part) == number


@pytest.mark.parametrize(
    ("text", "kind"),
    [("SELECT Nothing FROM Product2", Unfit), ("SELECT Id FROM Nothing", CallFailed)],
    ids=["field", "object"],
)
def test_what_is_wrong_is_said_before_anything_is_read(text: str, kind: type[Exception]) -> None:
    with pytest.raises(kind):
        read(text)
