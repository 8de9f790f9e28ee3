"""``/api/v1/products``, ``/product-categories``, ``/buyer-groups``, ``/web-stores``."""

from typing import Any

import pytest

from tests import part_factories as parts
from tests.api.conftest import Api, codes

PRODUCTS, CATEGORIES = "/api/v1/products", "/api/v1/product-categories"
GROUPS, STORES = "/api/v1/buyer-groups", "/api/v1/web-stores"
each = pytest.mark.parametrize("path", [PRODUCTS, CATEGORIES, GROUPS, STORES])


def refusals(response: Any) -> list[tuple[str, str]]:
    return [(e["code"], e["pointer"]) for e in response.json()["errors"]]


@each
def test_a_record_from_its_creation_to_its_deletion(api: Api, path: str) -> None:
    created = api.post(path, {"name": "Müller & Söhne", "externalId": "X-1"})
    assert created.status_code == 201, created.content
    record = created.json()
    one = f"{path}/{record['id']}"
    assert created["Location"].endswith(one)
    sku = {"stockKeepingUnit"} if path == PRODUCTS else set()
    assert set(record) == {
        "id",
        "name",
        "externalId",
        "createdDate",
        "lastModifiedDate",
        "lastViewedDate",
        "lastReferencedDate",
        *sku,
    }
    changed = api.patch(one, {"externalId": None}, If_Match=created["ETag"])
    assert (changed.status_code, changed.json()["externalId"]) == (200, None)
    assert api.delete(one).status_code == 204
    assert codes(api.get(one)) == ["not_found"]


@each
@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ({}, [("required", "name")]),
        ({"name": "x" * 256}, [("invalid_value", "name")]),
        ({"name": "x", "externalId": 5}, [("invalid_type", "externalId")]),
        ({"name": "x", "externalId": "X-1"}, [("duplicate_value", "externalId")]),
        ({"name": "x", "colour": "red"}, [("unknown_property", "colour")]),
    ],
)
def test_what_is_refused(
    api: Api, path: str, body: dict[str, Any], expected: list[tuple[str, str]]
) -> None:
    api.post(path, {"name": "first", "externalId": "X-1"})
    assert refusals(api.post(path, body)) == expected
    assert len(api.get(path).json()["results"]) == 1


@each
def test_upserting_by_external_id(api: Api, path: str) -> None:
    upsert = f"{path}/by-external-id/shop%2F42"
    created = api.put(upsert, {"name": "x"})
    assert (created.status_code, created.json()["externalId"]) == (201, "shop/42")
    assert created["Location"].endswith(f"{path}/{created.json()['id']}")
    updated = api.put(upsert, {"name": "y"})
    assert (updated.status_code, updated["ETag"]) == (200, '"2"')
    assert (updated.json()["id"], updated.json()["name"]) == (created.json()["id"], "y")
    stale = api.put(upsert, {"name": "z"}, If_Match='"1"')
    assert (stale.status_code, codes(stale)) == (412, ["version_conflict"])
    other = api.put(upsert, {"name": "z", "externalId": "other"})
    assert refusals(other) == [("invalid_value", "externalId")]


def test_a_product_has_an_article_number(api: Api) -> None:
    made = api.post(PRODUCTS, {"name": "Shoe", "stockKeepingUnit": "S-1"}).json()
    assert made["stockKeepingUnit"] == "S-1"
    assert [p["id"] for p in api.get(f"{PRODUCTS}?stockKeepingUnit=s-1").json()["results"]] == [
        made["id"]
    ]
    long = api.post(PRODUCTS, {"name": "Shoe", "stockKeepingUnit": "x" * 181})
    assert refusals(long) == [("invalid_value", "stockKeepingUnit")]


def test_what_is_named_by_a_promotion_stays(api: Api) -> None:
    product, category = parts.make_product(), parts.make_product_category()
    named = parts.make_qualifier(qualifier_product=product)
    parts.make_target(
        target_type="ProductCategory", target_operator="EQUAL_TO", target_category=category
    )
    group, store = parts.make_buyer_group(), parts.make_web_store()
    parts.make_segment_buyer_group(buyer_group=group)
    parts.make_segment_sales_store(sales_store=store)
    for path, record in (
        (PRODUCTS, product),
        (CATEGORIES, category),
        (GROUPS, group),
        (STORES, store),
    ):
        refused = api.delete(f"{path}/{record.record_id}")
        assert (refused.status_code, codes(refused)) == (409, ["in_use"])
    api.delete(f"/api/v1/promotion-qualifiers/{named.record_id}")
    assert api.delete(f"{PRODUCTS}/{product.record_id}").status_code == 204


@each
def test_lists_by_name(api: Api, path: str) -> None:
    for name in ("Straße", "adams", "Zoo"):
        api.post(path, {"name": name, "externalId": name})
    for query, found in (
        ("ordering=name", ["adams", "Straße", "Zoo"]),
        ("name=STRASSE", ["Straße"]),
        ("externalId=Zoo", ["Zoo"]),
        ("externalId=zoo", []),
    ):
        names = [one["name"] for one in api.get(f"{path}?{query}").json()["results"]]
        assert names == found, query


@each
@pytest.mark.django_db
def test_scopes(path: str) -> None:
    reader, writer = Api(["promotions:read"]), Api(["promotions:write"])
    assert reader.get(path).status_code == 200
    assert codes(reader.post(path, {"name": "x"})) == ["insufficient_scope"]
    assert codes(reader.put(f"{path}/by-external-id/x", {})) == ["insufficient_scope"]
    assert codes(writer.get(path)) == ["insufficient_scope"]
    assert writer.post(path, {"name": "x"}).status_code == 201
