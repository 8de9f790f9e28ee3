"""List views: which there are, what they say of themselves, and what they show."""

from datetime import timedelta
from typing import Any
from urllib.parse import quote

import pytest

from promotions.services.views import note_view
from promotions.sobjects.declare import SObject, every_sobject
from promotions.sobjects.list_views import (
    described,
    find_list_view,
    list_views_of,
    listed,
    results,
)
from promotions.sobjects.query.run import Caller, query
from tests.factories import NOW, make_account, make_promotion
from tests.sobjects.conftest import DATA, ObjectApi, problem
from tests.sobjects.test_describe import caller

NAMED = [one for one in every_sobject() if one.name_field is not None]
SCOPES = ("promotions:read", "customers:read", "enrollments:read")
COLUMN = {
    "ascendingLabel",
    "descendingLabel",
    "fieldNameOrPath",
    "hidden",
    "label",
    "searchable",
    "selectListItem",
    "sortDirection",
    "sortIndex",
    "sortable",
    "type",
}


def view_of(objects: ObjectApi, name: str, which: str = "All") -> dict[str, Any]:
    """An entry of the list of an object's views."""
    views = objects.get(f"sobjects/{name}/listviews").json()["listviews"]
    (found,) = [view for view in views if view["developerName"] == which]
    return dict(found)


def cells(row: dict[str, Any]) -> dict[str, Any]:
    return {cell["fieldNameOrPath"]: cell["value"] for cell in row["columns"]}


def names(answer: dict[str, Any]) -> list[str]:
    return [cells(row)["Name"] for row in answer["records"]]


@pytest.mark.parametrize("one", NAMED, ids=lambda one: one.name)
def test_the_views_of_every_object_are_what_their_queries_say(db: None, one: SObject) -> None:
    by = caller(*SCOPES)
    for view in list_views_of(one):
        asked = Caller(by, NOW, "v59.0")
        told, shown = described(view, by), results(view, asked, limit=1, offset=0)
        found = query(told["query"], asked)["records"]
        assert shown["columns"] == told["columns"]
        assert shown["size"] == len(found[:1])
        columns = {column["fieldNameOrPath"] for column in told["columns"]}
        assert columns >= {"Id", "Name"}
        assert all(set(column) == COLUMN for column in told["columns"])
        assert all(set(cells(row)) == columns for row in shown["records"])


def test_what_has_no_names_is_not_listed() -> None:
    unnamed = [one for one in every_sobject() if one.name_field is None]
    assert unnamed
    assert all(not list_views_of(one) for one in unnamed)
    assert {listed(one, "v59.0")["size"] for one in NAMED} == {1, 2}


def test_an_id_says_of_which_object_which_view_is() -> None:
    views = [view for one in NAMED for view in list_views_of(one)]
    assert len({view.id for view in views}) == len(views)
    assert [find_list_view(view.id) for view in views] == views
    assert [find_list_view(view.id[:15]) for view in views] == views
    assert {view.id[:3] for view in views} == {"00B"}


@pytest.mark.parametrize(
    "text", ["recent", "00B", "00B000000000000AAA", "00BzzzzzzzzzzzZ", "001000000000001AAA"]
)
def test_an_id_of_no_view(text: str) -> None:
    assert find_list_view(text) is None


def test_in_short(objects: ObjectApi) -> None:
    answer = objects.get("sobjects/account/listviews/").json()
    (view,) = answer["listviews"]
    url = f"{DATA}/sobjects/Account/listviews/{view['id']}"
    assert view == {
        "describeUrl": f"{url}/describe",
        "developerName": "All",
        "id": view["id"],
        "label": "All",
        "resultsUrl": f"{url}/results",
        "soqlCompatible": True,
        "url": url,
    }
    assert answer == {
        "done": True,
        "listviews": [view],
        "nextRecordsUrl": None,
        "size": 1,
        "sobjectType": "Account",
    }
    assert objects.get(url).json() == view


def test_columns_say_how_they_are_asked_for(objects: ObjectApi) -> None:
    told = objects.get(view_of(objects, "Promotion")["describeUrl"]).json()
    columns = {column["fieldNameOrPath"]: column for column in told["columns"]}
    shown = [name for name, column in columns.items() if not column["hidden"]]
    assert shown[0] == "Name"
    assert [n for n in columns if n not in shown] == [
        "Id",
        "CreatedDate",
        "LastModifiedDate",
        "SystemModstamp",
    ]
    assert (columns["Name"]["sortIndex"], columns["Name"]["sortDirection"]) == (0, "ascending")
    assert (columns["Id"]["sortIndex"], columns["SystemModstamp"]["sortIndex"]) == (1, None)
    for name, column in columns.items():
        item = f"toLabel({name})" if column["type"] == "picklist" else name
        assert column["selectListItem"] == item


def test_rows_by_name_some_at_a_time(objects: ObjectApi) -> None:
    for name in ("Beta", "Gamma", "Alpha"):
        make_account(name=name)
    url = view_of(objects, "Account")["resultsUrl"]
    answer = objects.get(url).json()
    assert (names(answer), answer["done"], answer["size"]) == (["Alpha", "Beta", "Gamma"], True, 3)
    answer = objects.get(f"{url}?limit=2").json()
    assert (names(answer), answer["done"], answer["size"]) == (["Alpha", "Beta"], False, 2)
    answer = objects.get(f"{url}/?limit=2&offset=2").json()
    assert (names(answer), answer["done"], answer["size"]) == (["Gamma"], True, 1)
    assert objects.get(f"{url}?limit=2000&offset=2000").json()["records"] == []


def test_values_are_texts(objects: ObjectApi) -> None:
    promotion = make_promotion(name="Summer")
    (row,) = objects.get(view_of(objects, "Promotion")["resultsUrl"]).json()["records"]
    values = cells(row)
    assert (values["Id"], values["Name"]) == (promotion.record_id, "Summer")
    assert values["CreatedDate"].endswith("+0000")
    assert all(value is None or isinstance(value, str) for value in values.values())


def test_what_was_viewed_last_comes_first(objects: ObjectApi) -> None:
    first, second, _ = make_promotion(), make_promotion(), make_promotion()
    for number, record in enumerate((first, second)):
        at = NOW + timedelta(minutes=number)
        note_view(record, user=objects.partner.acting_user, at=at)
    view = view_of(objects, "Promotion", "RecentlyViewed")
    answer = objects.get(view["resultsUrl"]).json()
    ids = [cells(row)["Id"] for row in answer["records"]]
    assert ids == [second.record_id, first.record_id]
    told = objects.get(view["describeUrl"]).json()
    assert told["whereCondition"] == {
        "field": "LastViewedDate",
        "operator": "notEqual",
        "values": ["null"],
    }
    found = objects.get(f"query?q={quote(told['query'])}").json()["records"]
    assert [record["Id"] for record in found] == ids


def test_how_a_view_is_looked_for(objects: ObjectApi) -> None:
    view = view_of(objects, "Account")
    answer = objects.get(f"query/?explain={view['id']}").json()
    assert answer["plans"][0]["sobjectType"] == "Account"
    assert answer["sourceQuery"] == objects.get(view["describeUrl"]).json()["query"]
    answer = objects.get("query?explain=00B000000000000AAA")
    assert problem(answer)[:2] == (400, "MALFORMED_QUERY")


@pytest.mark.parametrize("below", ["", "/describe", "/results"])
def test_a_view_is_its_objects(objects: ObjectApi, below: str) -> None:
    other = view_of(objects, "Contact")["id"]
    for path in (f"Account/listviews/{other}", "Account/listviews/00B", "Nothing/listviews/00B"):
        assert problem(objects.get(f"sobjects/{path}{below}"))[:2] == (404, "NOT_FOUND")


@pytest.mark.parametrize("asked", ["limit=0", "limit=2001", "limit=x", "offset=-1", "offset=2001"])
def test_numbers_that_are_too_much(objects: ObjectApi, asked: str) -> None:
    url = view_of(objects, "Account")["resultsUrl"]
    assert problem(objects.get(f"{url}?{asked}"))[:2] == (400, "INVALID_INPUT")


def test_only_what_a_token_may_read(objects: ObjectApi) -> None:
    by = caller("enrollments:read")
    (usages,) = [one for one in NAMED if one.name == "PromotionPartyUsage"]
    for view in list_views_of(usages):
        results(view, Caller(by, NOW, "v59.0"), limit=5, offset=0)
        paths = [column["fieldNameOrPath"] for column in described(view, by)["columns"]]
        assert "Promotion.Name" not in paths
