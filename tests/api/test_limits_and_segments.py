"""``/api/v1/promotion-limits``, ``-limit-usages``, ``-segments`` and what segments consist of."""

from typing import Any

import pytest

from promotions.models import PromotionLimit
from tests import part_factories as parts
from tests.api.conftest import Api, codes
from tests.factories import make_promotion

PROMOTIONS = "/api/v1/promotions"
LIMITS, USAGES = "/api/v1/promotion-limits", "/api/v1/promotion-limit-usages"
SEGMENTS = "/api/v1/promotion-segments"
LINKS, GROUPS = "/api/v1/promotion-market-segments", "/api/v1/promotion-segment-buyer-groups"
STORES = "/api/v1/promotion-segment-sales-stores"


def refusals(response: Any) -> list[tuple[str, str]]:
    assert response.status_code in (400, 409), response.content
    return [(e["code"], e["pointer"]) for e in response.json()["errors"]]


LIMIT = {"category": "CustomerLevel", "type": "CartItemCount", "value": 2.5}


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({"category": None}, [("required", "category")]),
        ({"category": "Everybody"}, [("invalid_value", "category")]),
        ({"type": "TotalUsage", "value": 2}, [("invalid_value", "category")]),
        ({"type": "UsagePerCustomer"}, [("invalid_value", "value")]),
        ({"value": 0}, [("invalid_value", "value")]),
        ({"value": None}, [("required", "value")]),
        ({"value": "2"}, [("invalid_type", "value")]),
        ({"category": "PromotionLevel"}, [("duplicate_value", "type")]),
    ],
)
def test_what_a_limit_does_not_take(
    api: Api, change: dict[str, Any], expected: list[tuple[str, str]]
) -> None:
    promotion = make_promotion()
    parts.make_limit(promotion, type="CartItemCount", value=1)
    path = f"{PROMOTIONS}/{promotion.record_id}/limits"
    assert refusals(api.post(path, {**LIMIT, **change})) == expected
    assert PromotionLimit.objects.count() == 1
    assert api.post(path, LIMIT).status_code == 201


def test_a_limit_in_use_stays(api: Api) -> None:
    usage = parts.make_limit_usage()
    path = f"{LIMITS}/{usage.promotion_limit.record_id}"
    refused = api.delete(path)
    assert (refused.status_code, codes(refused)) == (409, ["in_use"])
    assert api.delete(f"{USAGES}/{usage.record_id}").status_code == 204
    assert api.delete(path).status_code == 204


@pytest.mark.parametrize(
    ("usage", "code"),
    [(-1, "invalid_value"), (None, "required"), ("1", "invalid_type"), (0.00001, "invalid_value")],
)
def test_what_a_usage_does_not_take(api: Api, usage: Any, code: str) -> None:
    limit = parts.make_limit()
    body = {"promotionLimitId": limit.record_id, "usage": usage}
    assert refusals(api.post(USAGES, body)) == [(code, "usage")]
    assert api.post(USAGES, {**body, "usage": 0}).json()["usage"] == 0


def test_a_usage_stays_with_its_limit_which_is_of_the_same_promotion(api: Api) -> None:
    limit, other = parts.make_limit(), parts.make_limit()
    body = {"promotionLimitId": limit.record_id, "usage": 2000}  # more than allowed has happened
    elsewhere = f"{PROMOTIONS}/{other.promotion.record_id}/limit-usages"
    assert refusals(api.post(elsewhere, body)) == [("invalid_value", "promotionLimitId")]
    made = api.post(USAGES, body).json()
    moved = api.patch(f"{USAGES}/{made['id']}", {"promotionLimitId": other.record_id})
    assert refusals(moved) == [("invalid_value", "promotionLimitId")]


def test_a_segment_from_its_creation_to_its_deletion(api: Api) -> None:
    created = api.post(SEGMENTS, {"name": "Members"})
    assert created.status_code == 201
    segment = created.json()
    path = f"{SEGMENTS}/{segment['id']}"
    assert created["Location"].endswith(path)
    assert set(segment) == {
        "id",
        "name",
        "ownerId",
        "lastViewedDate",
        "lastReferencedDate",
        "createdDate",
        "lastModifiedDate",
    }
    assert segment["ownerId"] == api.partner.acting_user.record_id
    renamed = api.patch(path, {"name": "Gold members"}, If_Match=created["ETag"])
    assert renamed.json()["name"] == "Gold members"
    assert refusals(api.patch(path, {"name": None})) == [("required", "name")]
    assert api.delete(path).status_code == 204
    assert codes(api.get(path)) == ["not_found"]


def test_a_segment_that_is_used_stays(api: Api) -> None:
    for user, path in (
        (parts.make_market_segment(), LINKS),
        (parts.make_segment_buyer_group(), GROUPS),
        (parts.make_segment_sales_store(), STORES),
    ):
        segment = f"{SEGMENTS}/{user.promotion_segment.record_id}"  # type: ignore[union-attr]
        refused = api.delete(segment)
        assert (refused.status_code, codes(refused)) == (409, ["in_use"])
        assert api.delete(f"{path}/{user.record_id}").status_code == 204
        assert api.delete(segment).status_code == 204


def test_nothing_is_named_twice_in_one_place(api: Api) -> None:
    link = parts.make_market_segment()
    group, store = parts.make_segment_buyer_group(), parts.make_segment_sales_store()
    assert link.promotion_segment is not None
    for path, body, pointer in (
        (
            f"{PROMOTIONS}/{link.promotion.record_id}/market-segments",
            {"promotionSegmentId": link.promotion_segment.record_id},
            "promotionSegmentId",
        ),
        (
            f"{SEGMENTS}/{group.promotion_segment.record_id}/buyer-groups",
            {"buyerGroupId": group.buyer_group.record_id},
            "buyerGroupId",
        ),
        (
            f"{SEGMENTS}/{store.promotion_segment.record_id}/sales-stores",
            {"salesStoreId": store.sales_store.record_id},
            "salesStoreId",
        ),
    ):
        refused = api.post(path, body)
        assert (refused.status_code, refusals(refused)) == (409, [("duplicate_value", pointer)])
        [kept] = api.get(path).json()["results"]
        assert api.delete(f"{path}/{kept['id']}").status_code == 204
        assert api.post(path, body).status_code == 201


def test_what_a_segment_consists_of_stays_as_it_was_made(api: Api) -> None:
    group, store = parts.make_segment_buyer_group(), parts.make_segment_sales_store()
    other, segment = parts.make_buyer_group(), parts.make_segment()
    for path, change in (
        (f"{GROUPS}/{group.record_id}", {"buyerGroupId": other.record_id}),
        (f"{GROUPS}/{group.record_id}", {"promotionSegmentId": segment.record_id}),
        (f"{STORES}/{store.record_id}", {"salesStoreId": parts.make_web_store().record_id}),
        (f"{STORES}/{store.record_id}", {"promotionSegmentId": segment.record_id}),
    ):
        assert refusals(api.patch(path, change)) == [("invalid_value", next(iter(change)))]


def test_a_link_to_a_segment_needs_one_and_can_change_it(api: Api) -> None:
    link, other = parts.make_market_segment(), parts.make_segment()
    path = f"{LINKS}/{link.record_id}"
    assert refusals(api.patch(path, {"promotionSegmentId": None})) == [
        ("required", "promotionSegmentId")
    ]
    changed = api.patch(path, {"promotionSegmentId": other.record_id})
    assert changed.json()["promotionSegmentId"] == other.record_id
