"""Tabs and their look."""

from promotions.sobjects.tabs import tabs, theme
from tests.sobjects.conftest import ObjectApi
from tests.sobjects.test_describe import caller


def test_tabs_lead_to_the_lists_of_records(objects: ObjectApi) -> None:
    answer = objects.get("tabs")
    assert answer.status_code == 200
    by_name = {tab["sobjectName"]: tab for tab in answer.json()}
    assert by_name["Promotion"] == {
        "colors": [],
        "custom": False,
        "iconUrl": None,
        "icons": [],
        "label": "Promotions",
        "miniIconUrl": None,
        "name": "standard-Promotion",
        "sobjectName": "Promotion",
        "url": "http://testserver/admin/promotions/promotion/",
    }


def test_what_a_token_may_not_read_has_none() -> None:
    by = caller("customers:read")
    assert "Promotion" not in {tab["sobjectName"] for tab in tabs(by, "http://here")}
    shown = {item["name"] for item in theme(by)["themeItems"]}
    assert {"Account", "Contact"} <= shown
    assert "Promotion" not in shown


def test_theme(objects: ObjectApi) -> None:
    items = objects.get("theme/").json()["themeItems"]
    assert {"colors": [], "icons": [], "name": "Promotion"} in items
