"""Answers in pages: locators, what they lead to, and for whom."""

from datetime import timedelta

import pytest

from promotions.models.catalogue import Product
from tests.factories import LONG_AGO, actor
from tests.sobjects.query.conftest import QueryApi

pytestmark = pytest.mark.django_db

PAGES = {"Sforce_Query_Options": "batchSize=200"}


def make_products(number: int) -> None:
    by = actor().user
    Product.objects.bulk_create(
        Product(
            name=f"Product {n % 10}",
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
        "ORDER BY ProductCode NULLS LAST, Name",
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
