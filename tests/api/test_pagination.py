"""Pages of every list: ``next``, ``previous``, ``page_size``, ``ordering``."""

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.api.conftest import Api
from tests.factories import make_account, make_promotion

PATH = "/api/v1/accounts"


def _walk(api: Api, path: str, direction: str = "next") -> list[list[str]]:
    pages = []
    link: str | None = path
    while link:
        body: dict[str, Any] = api.get(link).json()
        pages.append([record["name"] for record in body["results"]])
        link = body[direction]
        assert len(pages) < 50
    return pages


@pytest.mark.parametrize("ordering", ["", "name", "-name", "createdDate", "-createdDate"])
@pytest.mark.parametrize("size", [1, 3, 7, 8])
def test_every_row_once_whatever_the_order_and_the_size(api: Api, ordering: str, size: int) -> None:
    names = ["a", "b", "b", "b", "c", "d", "d"]  # made at one moment, some of one name
    for name in names:
        make_account(name=name)
    query = f"?page_size={size}" + (f"&ordering={ordering}" if ordering else "")
    pages = _walk(api, PATH + query)
    flat = [name for page in pages for name in page]
    assert sorted(flat) == names
    assert all(len(page) == size for page in pages[:-1])
    backwards = ordering in ("", "-name", "-createdDate")
    assert flat == (names[::-1] if backwards else names)


def test_the_way_back_shows_the_same_pages(api: Api) -> None:
    for number in range(10):
        make_account(name=str(number))
    query = f"{PATH}?page_size=3&ordering=name"
    first = api.get(query).json()
    assert first["previous"] is None
    second = api.get(first["next"]).json()
    third = api.get(second["next"]).json()
    assert api.get(third["previous"]).json()["results"] == second["results"]
    back = api.get(second["previous"]).json()
    assert (back["results"], back["previous"]) == (first["results"], None)
    assert api.get(back["next"]).json()["results"] == second["results"]


def test_rows_added_meanwhile_do_not_shift_the_pages(api: Api) -> None:
    for number in range(4):
        make_account(name=str(number))
    first = api.get(f"{PATH}?page_size=2").json()
    make_account(name="new")
    second = api.get(first["next"]).json()
    assert [a["name"] for a in second["results"]] == ["1", "0"]


def test_a_page_takes_neither_a_count_nor_an_offset(api: Api) -> None:
    for _ in range(5):
        make_account()
    link = api.get(f"{PATH}?page_size=2&ordering=name").json()["next"]
    with CaptureQueriesContext(
        connection,
    ) as queries:
        api.get(link)
    assert len(queries) == 2  # the keys', the rows'; the token is remembered
    for query in queries:
        assert "OFFSET" not in query["sql"]
        assert "COUNT" not in query["sql"]


def test_blank_priorities_come_last(api: Api) -> None:
    for priority in (5, None, 1):
        make_promotion(name=str(priority), priority_number=priority)
    pages = _walk(api, "/api/v1/promotions?ordering=priorityNumber&page_size=1")
    assert pages == [["1"], ["5"], ["None"]]


def test_filters_hold_on_every_page(api: Api) -> None:
    for name in ("a", "b", "a", "a"):
        make_account(name=name)
    assert _walk(api, f"{PATH}?name=A&page_size=1") == [["a"], ["a"], ["a"]]


@pytest.mark.parametrize("change", ["ordering=name", "ordering=-id"])
def test_a_cursor_belongs_to_its_order(api: Api, change: str) -> None:
    for _ in range(3):
        make_account()
    link = api.get(f"{PATH}?page_size=1&ordering=createdDate").json()["next"]
    response = api.get(link.replace("ordering=createdDate", change))
    assert response.status_code == 400
    assert response.json()["errors"][0]["pointer"] == "cursor"
