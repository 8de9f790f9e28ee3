"""``/api/v1/promotions/{promotionId}/history``."""

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone
from pytest_django import Settings

from promotions.models import Promotion, PromotionHistory
from promotions.services import parts
from promotions.services.promotions import update_promotion
from promotions.services.recycle_bin import delete_promotion
from tests.api.callers import bound_api
from tests.api.conftest import Api, codes
from tests.factories import LONG_AGO, NOW, actor, make_promotion
from tests.part_factories import make_target

PATH = "/api/v1/promotions"
DAY = timedelta(days=1)


def rows(api: Api, promotion: Promotion, query: str = "") -> list[dict[str, Any]]:
    response = api.get(f"{PATH}/{promotion.record_id}/history?{query}")
    assert response.status_code == 200, response.content
    return list(response.json()["results"])


def test_a_change_is_told_with_who_when_and_through_which_door(api: Api) -> None:
    promotion = make_promotion(priority_number=5)
    api.patch(
        f"{PATH}/{promotion.record_id}", {"priorityNumber": None}, X_Request_Id="from-the-shop"
    )
    newest = rows(api, promotion)[0]
    kept = PromotionHistory.objects.get(field="PriorityNumber")
    assert newest == {
        "id": kept.record_id,
        "object": "Promotion",
        "recordId": promotion.record_id,
        "field": "priorityNumber",
        "oldValue": "5",
        "newValue": None,
        "values": None,
        "reason": None,
        "source": "api",
        "requestId": "from-the-shop",
        "createdBy": "Shop",
        "createdDate": newest["createdDate"],
    }


def test_the_parts_are_told_of_too_newest_first(api: Api) -> None:
    promotion, other = make_promotion(name="Summer"), make_promotion()
    target = make_target(promotion)
    make_target(other)
    parts.targets.update(target.pk, {"adjustment_percent": 30}, by=actor(), at=NOW)
    parts.targets.delete(target.pk, by=actor(), at=NOW)
    told = [(r["object"], r["recordId"], r["field"], r["oldValue"]) for r in rows(api, promotion)]
    assert told == [
        ("PromotionTarget", target.record_id, "isDeleted", "false"),
        ("PromotionTarget", target.record_id, "adjustmentPercent", "20"),
        ("PromotionTarget", target.record_id, "created", None),
        ("Promotion", promotion.record_id, "created", None),
    ]
    first = rows(api, promotion)[-1]["values"]
    assert (first["name"], first["isActive"]) == ("Summer", "true")


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("object=Promotion", ["name", "created"]),
        ("object=PromotionTarget", ["created"]),
        ("recordId=TARGET", ["created"]),
        ("recordId=PROMOTION", ["name", "created"]),
        ("field=name", ["name"]),
        ("field=created", ["created", "created"]),
        ("field=created&object=Promotion", ["created"]),
        ("field=Created", []),
        ("createdDate_after=2026-05-15T12:00:00Z", ["name"]),
        ("createdDate_before=2026-05-15T12:00:00Z", ["created", "created"]),
    ],
)
def test_filters(api: Api, query: str, found: list[str]) -> None:
    promotion = make_promotion()
    target = make_target(promotion)
    update_promotion(promotion.pk, {"name": "x"}, by=actor(), at=NOW)
    query = query.replace("TARGET", target.record_id).replace("PROMOTION", promotion.record_id)
    assert [row["field"] for row in rows(api, promotion, query)] == found


@pytest.mark.parametrize(
    "query", ["object=Account", "recordId=x", "colour=red", "createdDate_after=now", "ordering=x"]
)
def test_filters_that_are_none(api: Api, query: str) -> None:
    response = api.get(f"{PATH}/{make_promotion().record_id}/history?{query}")
    assert (response.status_code, codes(response)) == (400, ["invalid_filter"])


def test_pages_follow_each_other(api: Api) -> None:
    promotion = make_promotion()
    for number in range(5):
        update_promotion(promotion.pk, {"name": f"n{number}"}, by=actor(), at=NOW)
    path, seen = f"{PATH}/{promotion.record_id}/history?page_size=2", []
    while path:
        page = api.get(path).json()
        seen += [row["newValue"] for row in page["results"]]
        path = page["next"]
    assert seen == ["n4", "n3", "n2", "n1", "n0", None]


def test_a_deleted_promotion_still_has_its_history(api: Api) -> None:
    promotion = make_promotion()
    delete_promotion(promotion.pk, by=actor(), at=timezone.now())
    assert rows(api, promotion)[0]["newValue"] == "true"
    assert api.get(f"{PATH}/0c8000000zzzzzz/history").status_code == 404
    assert codes(api.get(f"{PATH}/x/history")) == ["malformed_id"]


def test_fields_that_are_switched_off_are_absent(api: Api, settings: Settings) -> None:
    promotion = make_promotion(exclusivity_type="Global", at=LONG_AGO)
    changes = {"exclusivity_type": "No", "discount_order": "LeastExpensive", "name": "x"}
    update_promotion(promotion.pk, changes, by=actor(), at=NOW)
    assert {row["field"] for row in rows(api, promotion)} == {
        "created",
        "name",
        "exclusivityType",
        "discountOrder",
    }
    settings.COMMERCE_FIELDS = False
    shown = rows(api, promotion)
    assert [row["field"] for row in shown] == ["name", "created"]
    assert rows(api, promotion, "field=exclusivityType") == []
    assert not {"exclusivityType", "discountOrder", "isTiered"} & shown[-1]["values"].keys()


@pytest.mark.django_db
def test_another_promotion_that_one_may_not_see_is_not_even_told_by_its_id(
    settings: Settings,
) -> None:
    settings.PROMOTION_SHARING = "private"
    hidden, other = make_promotion(), make_promotion()
    promotion = make_promotion(related_promotion=hidden)
    api = bound_api(promotion, "Read")
    update_promotion(promotion.pk, {"related_promotion": other}, by=actor(), at=NOW)
    path = f"{PATH}/{promotion.record_id}"
    for door in ("history", "feed"):
        answer = api.get(f"{path}/{door}").content.decode()
        assert (hidden.record_id in answer, other.record_id in answer) == (False, False)
    change, creation = rows(api, promotion, "object=Promotion")
    assert (change["field"], change["oldValue"], change["newValue"]) == (
        "relatedPromotionId",
        None,
        None,
    )
    assert "relatedPromotionId" not in creation["values"]
    everywhere = rows(Api(), promotion, "object=Promotion")[0]
    assert (everywhere["oldValue"], everywhere["newValue"]) == (hidden.record_id, other.record_id)
