"""Answers in pages: locators, what they lead to, and for whom."""

from datetime import timedelta

import pytest
from django.utils import timezone

from promotions import ids
from promotions.models import QueryLocator, QueryPosition
from promotions.models.catalogue import Product
from promotions.services import query_locators
from promotions.services.query_locators import MOST_OPEN, remove_expired_locators
from tests.factories import LONG_AGO, actor
from tests.sobjects.conftest import DATA
from tests.sobjects.query.conftest import QueryApi

pytestmark = pytest.mark.django_db

PAGES = {"Sforce_Query_Options": "batchSize=200"}


def make_products(number: int) -> None:
    by = actor().user
    Product.objects.bulk_create(
        Product(
            name=f"Product {n % 10}",
            name_key=f"product {n % 10}",
            stock_keeping_unit=f"SKU{n % 5}" if n % 3 else None,
            stock_keeping_unit_key=f"sku{n % 5}" if n % 3 else None,  # type: ignore[misc]
            created_by=by,
            created_date=LONG_AGO + timedelta(days=n // 7),
            last_modified_by=by,
            last_modified_date=LONG_AGO + timedelta(days=n // 7),
        )
        for n in range(number)
    )


@pytest.mark.parametrize(
    "order",
    [
        "",
        "ORDER BY Id DESC",
        "ORDER BY Name",
        "ORDER BY Name DESC, CreatedDate",
        "ORDER BY CreatedDate DESC NULLS LAST",
        "ORDER BY LastModifiedBy.Name, SystemModstamp, Name DESC",
        "ORDER BY StockKeepingUnit NULLS LAST, Name",
    ],
)
def test_every_row_comes_once_and_in_order(soql: QueryApi, order: str) -> None:
    make_products(450)
    whole = soql.rows(f"SELECT Id FROM Product2 {order}")
    assert len(set(whole)) == 450
    answer = soql.answer(f"SELECT Id FROM Product2 {order}", **PAGES)
    found = []
    sizes = []
    while True:
        assert answer["totalSize"] == 450
        found += [record["Id"] for record in answer["records"]]
        sizes.append(len(answer["records"]))
        if answer["done"]:
            break
        answer = soql.get(answer["nextRecordsUrl"], **PAGES).json()
    assert found == whole
    assert sizes == [200, 200, 50]
    assert "nextRecordsUrl" not in answer


def first_page(soql: QueryApi, **options: str) -> str:
    """The path of the second page of 250 products."""
    make_products(250)
    answer = soql.answer("SELECT Id, Name FROM Product2 ORDER BY Name", **PAGES, **options)
    path: str = answer["nextRecordsUrl"]
    return path


def test_a_locator_is_a_path_in_the_version_that_was_asked_for(soql: QueryApi) -> None:
    make_products(201)
    text = "SELECT+Id+FROM+Product2"
    answer = soql.get(f"/services/data/v42.0/query/?q={text}", **PAGES).json()
    prefix, _, last = answer["nextRecordsUrl"].rpartition("/")
    assert prefix == "/services/data/v42.0/query"
    locator, _, offset = last.partition("-")
    assert (len(locator), offset) == (18, "200")
    assert ids.decode("01g", locator) == QueryLocator.objects.get().pk
    assert soql.get(f"/services/data/v42.0/queryAll/{last}").json()["done"] is True


def test_a_page_can_be_asked_for_again(soql: QueryApi) -> None:
    path = first_page(soql)
    first = soql.get(path, **PAGES)
    assert len(first.json()["records"]) == 50
    assert soql.get(f"{path}/").json() == first.json()


def test_what_is_added_and_removed_meanwhile(soql: QueryApi) -> None:
    path = first_page(soql)
    make_products(30)
    Product.objects.filter(name="Product 9").update(is_deleted=True, deleted_date=LONG_AGO)
    answer = soql.get(path).json()
    assert [record["Name"] for record in answer["records"]] == ["Product 8"] * 25
    assert (answer["totalSize"], answer["done"]) == (250, True)


@pytest.mark.parametrize(
    ("limits", "total", "sizes"),
    [
        ("LIMIT 200", 200, [200]),
        ("LIMIT 201", 201, [200, 1]),
        ("LIMIT 230 OFFSET 40", 210, [200, 10]),
        ("OFFSET 60", 190, [190]),
        ("OFFSET 2000", 0, [0]),
        ("LIMIT 0", 0, [0]),
    ],
)
def test_limit_and_offset(soql: QueryApi, limits: str, total: int, sizes: list[int]) -> None:
    make_products(250)
    whole = soql.rows(f"SELECT Id FROM Product2 {limits}")
    answers = [soql.answer(f"SELECT Id FROM Product2 {limits}", **PAGES)]
    while not answers[-1]["done"]:
        answers.append(soql.get(answers[-1]["nextRecordsUrl"], **PAGES).json())
    assert [len(answer["records"]) for answer in answers] == sizes
    assert {answer["totalSize"] for answer in answers} == {total}
    assert [record["Id"] for answer in answers for record in answer["records"]] == whole


@pytest.mark.parametrize(
    ("header", "size"),
    [("batchSize=1", 200), ("batchSize = 210", 210), ("batchsize=9999", 250), ("batchSize=x", 250)],
)
def test_the_size_of_a_page(soql: QueryApi, header: str, size: int) -> None:
    make_products(250)
    answer = soql.answer("SELECT Id FROM Product2", Sforce_Query_Options=header)
    assert len(answer["records"]) == size


@pytest.mark.parametrize(
    "locator",
    [
        "01g000000000000AAA-2000",
        "01g00000000009ZAAQ-2000",
        "01g-2000",
        "nothing",
        "01gzzzzzzzzzzzz-200",
        "01g000000000001AAA-99999999999999999999",
        "01g000000000001AAA-²",
    ],
)
def test_a_locator_that_leads_nowhere(soql: QueryApi, locator: str) -> None:
    answer = soql.get(f"query/{locator}")
    (entry,) = answer.json()
    assert (answer.status_code, entry["errorCode"]) == (400, "INVALID_QUERY_LOCATOR")


def test_a_locator_is_its_users_and_expires(soql: QueryApi) -> None:
    path = first_page(soql)
    assert QueryApi(name="Other").get(path).json()[0]["errorCode"] == "INVALID_QUERY_LOCATOR"
    assert remove_expired_locators(at=timezone.now()) == 0
    QueryLocator.objects.update(expires=timezone.now() - timedelta(seconds=1))
    assert soql.get(path).json()[0]["errorCode"] == "INVALID_QUERY_LOCATOR"
    assert remove_expired_locators(at=timezone.now()) == 1
    assert not QueryPosition.objects.exists()


def test_a_locator_that_is_used_lives_on(soql: QueryApi) -> None:
    make_products(450)
    path = soql.answer("SELECT Id FROM Product2", **PAGES)["nextRecordsUrl"]
    soon = timezone.now() + timedelta(minutes=5)
    QueryLocator.objects.update(expires=soon)
    assert soql.get(path, **PAGES).json()["done"] is False
    assert QueryLocator.objects.get().expires > soon + timedelta(minutes=60)


def test_the_oldest_of_too_many_locators_goes(soql: QueryApi) -> None:
    path = first_page(soql)
    old = QueryLocator.objects.get()
    for _ in range(MOST_OPEN):
        soql.answer("SELECT Id FROM Product2", **PAGES)
    assert QueryLocator.objects.count() == MOST_OPEN
    assert not QueryLocator.objects.filter(pk=old.pk).exists()
    assert soql.get(path).status_code == 400


def test_pages_of_deleted_records_too(soql: QueryApi) -> None:
    make_products(250)
    Product.objects.filter(name="Product 1").update(is_deleted=True, deleted_date=LONG_AGO)
    assert soql.answer("SELECT Id FROM Product2")["totalSize"] == 225
    answer = soql.answer("SELECT Id, IsDeleted FROM Product2", "queryAll", **PAGES)
    rest = soql.get(answer["nextRecordsUrl"]).json()
    assert sum(r["IsDeleted"] for r in answer["records"] + rest["records"]) == 25


def test_the_path_of_the_version(soql: QueryApi) -> None:
    assert soql.get(f"{DATA}/query/?q=SELECT+Id+FROM+Product2").json() == {
        "totalSize": 0,
        "done": True,
        "records": [],
    }


def test_of_too_many_locators_all_go(monkeypatch: pytest.MonkeyPatch) -> None:
    """One page may open more than are removed by one statement."""
    monkeypatch.setattr(query_locators, "_BATCH", 1)
    monkeypatch.setattr(query_locators, "MOST_CHILDREN_OPEN", 2)
    kept = query_locators.Kept(
        user=actor().user,
        text="SELECT Id, (SELECT Id FROM PromotionTiers) FROM Promotion",
        all_rows=False,
        page_size=200,
        asked_at=LONG_AGO,
        last_key=9,
        at=LONG_AGO,
    )
    rests = [query_locators.Rest(parent_key=n, total=300, offset=200, values=[n]) for n in range(5)]
    query_locators.open_child_locators(kept, 0, rests)
    assert set(QueryLocator.objects.values_list("parent_key", flat=True)) == {3, 4}
