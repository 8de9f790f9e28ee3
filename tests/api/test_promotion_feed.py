"""``/api/v1/promotions/{promotionId}/feed``: changes, posts and comments."""

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from pytest_django import Settings

from promotions import trail
from promotions.models import Promotion
from promotions.services.promotions import update_promotion
from tests.api.callers import BOUND, bound_api
from tests.api.conftest import Api, codes
from tests.factories import NOW, actor, make_promotion
from tests.part_factories import make_target

PATH = "/api/v1/promotions"


def feed_path(promotion: Promotion, *parts: str) -> str:
    return "/".join([PATH, promotion.record_id, "feed", *parts])


def entries(api: Api, promotion: Promotion) -> list[dict[str, Any]]:
    response = api.get(feed_path(promotion))
    assert response.status_code == 200, response.content
    return list(response.json()["results"])


def test_changes_and_posts_stand_in_one_list(api: Api) -> None:
    promotion = make_promotion()
    changes = {"name": "Summer", "is_active": False}
    update_promotion(promotion.pk, changes, by=actor(), at=NOW)
    posted = api.post(feed_path(promotion), {"body": "  Too early?\nI think so.  "})
    assert posted.status_code == 201, posted.content
    post, change, creation = entries(api, promotion)
    assert post == posted.json()
    assert (post["type"], post["body"], post["changes"]) == (
        "TextPost",
        "Too early?\nI think so.",
        [],
    )
    assert (post["createdBy"], post["createdById"]) == (
        "Shop",
        api.partner.acting_user.record_id,
    )
    assert (change["type"], change["body"], change["changeCount"]) == ("TrackedChange", None, 2)
    assert {row["field"]: row["newValue"] for row in change["changes"]} == {
        "name": "Summer",
        "isActive": "false",
    }
    assert [row["field"] for row in creation["changes"]] == ["created"]


def test_people_comment_on_posts_and_on_changes(api: Api) -> None:
    promotion = make_promotion()
    posted = api.post(feed_path(promotion), {"body": "Hello"}).json()["id"]
    [_, change] = entries(api, promotion)
    for entry, body in ((posted, "one"), (posted, "two"), (change["id"], "why?")):
        response = api.post(feed_path(promotion, entry, "comments"), {"body": body})
        assert (response.status_code, response.json()["body"]) == (201, body)
    shown = entries(api, promotion)
    assert [[c["body"] for c in e["comments"]] for e in shown] == [["one", "two"], ["why?"]]
    assert [entry["commentCount"] for entry in shown] == [2, 1]
    listed = api.get(feed_path(promotion, posted, "comments")).json()["results"]
    assert [comment["body"] for comment in listed] == ["two", "one"]


def test_long_entries_are_cut_and_counted(api: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(trail, "MOST_IN_ENTRY", 2)
    qualifier = {
        "qualifierType": "Product",
        "qualifierOperator": "NONE",
        "qualifierRuleCriteriaType": "All",
    }
    whole = api.post(f"{PATH}/whole", {"name": "x", "qualifiers": [qualifier] * 4}).json()
    promotion = Promotion.objects.get()
    [entry] = entries(api, promotion)
    for body in "abc":
        api.post(feed_path(promotion, entry["id"], "comments"), {"body": body})
    [entry] = entries(api, promotion)
    assert [row["recordId"] for row in entry["changes"]] == [
        whole["id"],
        whole["qualifiers"][0]["id"],
    ]
    assert [comment["body"] for comment in entry["comments"]] == ["a", "b"]
    assert (entry["changeCount"], entry["commentCount"]) == (5, 3)


def test_a_page_takes_as_many_statements_whatever_is_on_it(api: Api) -> None:
    def statements(promotion: Promotion) -> int:
        with CaptureQueriesContext(connection) as queries:
            entries(api, promotion)
        return len(queries)

    short, long = make_promotion(), make_promotion()
    for number in range(20):
        make_target(long)
        posted = api.post(feed_path(long), {"body": f"post {number}"}).json()["id"]
        api.post(feed_path(long, posted, "comments"), {"body": "yes"})
    assert statements(long) == statements(short)


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({}, "required"),
        ({"body": None}, "required"),
        ({"body": ""}, "required"),
        ({"body": " \n "}, "required"),
        ({"body": 5}, "invalid_type"),
        ({"body": "a\u0000b"}, "invalid_value"),
        ({"body": "x" * 10_001}, "invalid_value"),
    ],
)
@pytest.mark.parametrize("what", ["post", "comment"])
def test_what_is_no_post(api: Api, body: Any, code: str, what: str) -> None:
    promotion = make_promotion()
    path = feed_path(promotion)
    if what == "comment":
        path = feed_path(promotion, entries(api, promotion)[0]["id"], "comments")
    response = api.post(path, body)
    assert response.status_code == 400
    assert [(e["code"], e["pointer"]) for e in response.json()["errors"]] == [(code, "body")]
    assert api.post(path, {"body": "x" * 10_000}).status_code == 201
    unknown = api.post(path, {"body": "x", "to": "all"})
    assert codes(unknown) == ["unknown_property"]


def test_a_post_goes_with_its_comments(api: Api) -> None:
    promotion = make_promotion()
    posted = api.post(feed_path(promotion), {"body": "Hello"}).json()["id"]
    comments = feed_path(promotion, posted, "comments")
    said = api.post(comments, {"body": "yes"}).json()["id"]
    assert api.delete(f"{comments}/{said}").status_code == 204
    assert entries(api, promotion)[0]["comments"] == []
    assert api.delete(f"{comments}/{said}").status_code == 404
    assert api.delete(feed_path(promotion, posted)).status_code == 204
    assert [entry["type"] for entry in entries(api, promotion)] == ["TrackedChange"]
    for response in (
        api.delete(feed_path(promotion, posted)),
        api.get(comments),
        api.post(comments, {"body": "still?"}),
    ):
        assert (response.status_code, codes(response)) == (404, ["not_found"])


def test_a_change_is_not_taken_back_here(api: Api) -> None:
    promotion = make_promotion()
    [change] = entries(api, promotion)
    response = api.delete(feed_path(promotion, change["id"]))
    assert (response.status_code, codes(response)) == (400, ["invalid_value"])
    assert len(entries(api, promotion)) == 1


def test_an_entry_of_another_promotion_is_not_there(api: Api) -> None:
    promotion, other = make_promotion(), make_promotion()
    posted = api.post(feed_path(other), {"body": "Hello"}).json()["id"]
    for response in (
        api.delete(feed_path(promotion, posted)),
        api.get(feed_path(promotion, posted, "comments")),
        api.post(feed_path(promotion, posted, "comments"), {"body": "x"}),
    ):
        assert (response.status_code, codes(response)) == (404, ["not_found"])
    assert len(entries(api, other)) == 2


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("level", "own", "others"),
    [("Read", 204, 403), ("Edit", 204, 403), ("All", 204, 204)],
)
def test_who_takes_back_what(settings: Settings, level: str, own: int, others: int) -> None:
    settings.PROMOTION_SHARING = "private"
    promotion, theirs = make_promotion(), Api()
    mine = bound_api(promotion, level)
    for author, expected in ((mine, own), (theirs, others)):
        posted = author.post(feed_path(promotion), {"body": "Hello"}).json()["id"]
        comments = feed_path(promotion, posted, "comments")
        said = author.post(comments, {"body": "yes"}).json()["id"]
        assert mine.delete(f"{comments}/{said}").status_code == expected
        assert mine.delete(feed_path(promotion, posted)).status_code == expected


@pytest.mark.django_db
def test_reading_needs_one_scope_and_writing_another() -> None:
    promotion = make_promotion()
    reader = Api([scope for scope in BOUND if scope != "promotions:write"])
    assert reader.get(feed_path(promotion)).status_code == 200
    response = reader.post(feed_path(promotion), {"body": "Hello"})
    assert (response.status_code, codes(response)) == (403, ["insufficient_scope"])


def test_the_same_key_posts_once(api: Api) -> None:
    promotion = make_promotion()
    for path in (
        feed_path(promotion),
        feed_path(promotion, entries(api, promotion)[0]["id"], "comments"),
    ):
        first, again = (api.post(path, {"body": "Hi"}, Idempotency_Key="k") for _ in "12")
        assert (first.status_code, again.content) == (201, first.content)
    post, change = entries(api, promotion)
    assert (post["body"], change["commentCount"]) == ("Hi", 1)


def test_fields_that_are_switched_off_are_absent(api: Api, settings: Settings) -> None:
    promotion = make_promotion()
    changes = {"exclusivity_type": "Global", "name": "x"}
    update_promotion(promotion.pk, changes, by=actor(), at=NOW)
    settings.COMMERCE_FIELDS = False
    change, creation = entries(api, promotion)
    assert ([row["field"] for row in change["changes"]], change["changeCount"]) == (["name"], 1)
    assert "exclusivityType" not in creation["changes"][0]["values"]
