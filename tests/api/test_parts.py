"""What all resources have in common that belong to another record: flat ones, and those below."""

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from promotions import ids
from promotions.services.recycle_bin import delete_promotion
from tests import part_factories as parts
from tests.api.conftest import Api, codes
from tests.api.part_resources import ALL, OF_PROMOTIONS, TIERS, Resource
from tests.factories import LONG_AGO, NOW, actor, make_promotion

each = pytest.mark.parametrize("of", ALL, ids=str)
each_of_promotions = pytest.mark.parametrize("of", OF_PROMOTIONS, ids=str)


def results(api: Api, path: str) -> list[str]:
    return [one["id"] for one in api.get(path).json()["results"]]


# --- Creating -------------------------------------------------------------------------------------


@each
def test_a_record_from_its_creation_to_its_deletion(api: Api, of: Resource) -> None:
    parent = of.make_parent()
    body = of.flat_body(parent)
    created = api.post(of.path, body)
    assert created.status_code == 201, created.content
    record = created.json()
    assert {name: record[name] for name in body} == body
    path = f"{of.path}/{record['id']}"
    assert created["Location"].endswith(path)
    got = api.get(path)
    assert (got.json(), got["ETag"]) == (record, created["ETag"])
    if of.change:
        name, value = of.change
        changed = api.patch(path, {name: value}, If_Match=created["ETag"])
        assert (changed.status_code, changed["ETag"]) == (200, '"2"')
        assert changed.json() == {
            **record,
            name: value,
            "lastModifiedDate": changed.json()["lastModifiedDate"],
        }
        stale = api.patch(path, {name: record[name]}, If_Match=created["ETag"])
        assert (stale.status_code, codes(stale)) == (412, ["version_conflict"])
    assert codes(api.delete(path, If_Match='"99"')) == ["version_conflict"]
    assert api.delete(path).status_code == 204
    assert codes(api.get(path)) == ["not_found"]
    assert results(api, of.path) == []


@each
def test_below_another_record_it_belongs_to_that_one(api: Api, of: Resource) -> None:
    parent = of.make_parent()
    created = api.post(of.below(parent), of.body(parent))
    assert created.status_code == 201, created.content
    record = created.json()
    if of.names_parent:
        assert record[of.names_parent] == parent.record_id
    assert results(api, of.below(parent)) == [record["id"]]
    for path in (f"{of.path}/{record['id']}", f"{of.below(parent)}/{record['id']}"):
        assert api.get(path).json() == record
    assert created["Location"].endswith(f"{of.path}/{record['id']}")


@each
def test_the_body_may_repeat_what_the_path_says_and_nothing_else(api: Api, of: Resource) -> None:
    parent, other = of.make_parent(), of.make_parent()
    name = of.names_parent or "promotionId"
    body = of.body(parent)
    different = api.post(of.below(parent), {**body, name: other.record_id})
    repeated = api.post(of.below(parent), {**body, name: parent.record_id})
    if of.names_parent:
        assert repeated.status_code == 201
        assert [(e["code"], e["pointer"]) for e in different.json()["errors"]] == [
            ("invalid_value", name)
        ]
    else:
        assert codes(repeated) == codes(different) == ["unknown_property"]


@each
def test_a_record_needs_what_it_belongs_to(api: Api, of: Resource) -> None:
    body = of.body(of.make_parent())
    if of.names_parent:
        missing = api.post(of.path, body)
        assert [(e["code"], e["pointer"]) for e in missing.json()["errors"]] == [
            ("required", of.names_parent)
        ]
        name = of.names_parent
    else:
        name = next(n for n in ("associatedReferenceId", "promotionLimitId") if n in body)
        missing = api.post(of.path, {n: v for n, v in body.items() if n != name})
        assert [(e["code"], e["pointer"]) for e in missing.json()["errors"]] == [("required", name)]
    prefix = next(p for p in _PREFIXES if p in (of.parents, name))
    nowhere = ids.encode(_PREFIXES[prefix], 2**40)
    absent = api.post(of.path, {**body, name: nowhere})
    assert [(e["code"], e["pointer"]) for e in absent.json()["errors"]] == [("invalid_value", name)]
    assert api.get(of.path).json()["results"] == []


_PREFIXES = {
    "associatedReferenceId": ids.PROMOTION_QUALIFIER,
    "promotionLimitId": ids.PROMOTION_LIMIT,
    "promotions": ids.PROMOTION,
    "promotion-segments": ids.PROMOTION_SEGMENT,
}


# --- Below another record -------------------------------------------------------------------------


@each
def test_below_another_record_only_its_own_are_found(api: Api, of: Resource) -> None:
    parent, other = of.make_parent(), of.make_parent()
    mine, theirs = of.make_in(parent), of.make_in(other)
    assert results(api, of.below(parent)) == [mine.record_id]
    assert set(results(api, of.path)) == {mine.record_id, theirs.record_id}
    path = f"{of.below(parent)}/{theirs.record_id}"
    change = {of.change[0]: of.change[1]} if of.change else {}
    for response in (api.get(path), api.patch(path, change), api.delete(path)):
        assert (response.status_code, codes(response)) == (404, ["not_found"])
    theirs.refresh_from_db()
    assert (theirs.version, theirs.is_deleted) == (1, False)
    assert api.delete(f"{of.below(parent)}/{mine.record_id}").status_code == 204


@each
def test_below_what_is_not_there_nothing_is(api: Api, of: Resource) -> None:
    parent = of.make_parent()
    record, body = of.make_in(parent), of.body(of.make_parent())
    prefix = parent.key_prefix
    for text, status, code in (
        (ids.encode(prefix, 2**40), 404, "not_found"),
        ("nonsense", 400, "malformed_id"),
        (record.record_id, 400, "malformed_id"),  # an id of another kind
    ):
        below = f"/api/v1/{of.parents}/{text}/{of.nested}"
        for method, path in (
            ("GET", below),
            ("POST", below),
            ("GET", f"{below}/{record.record_id}"),
            ("PATCH", f"{below}/{record.record_id}"),
            ("DELETE", f"{below}/{record.record_id}"),
        ):
            response = api.send(method, path, body if method in ("POST", "PATCH") else None)
            assert (response.status_code, codes(response)) == (status, [code]), (method, path)


@each_of_promotions
def test_what_belongs_to_a_deleted_promotion_is_gone_with_it(api: Api, of: Resource) -> None:
    promotion = of.make_parent()
    record = of.make_in(promotion)
    delete_promotion(promotion.pk, by=actor(), at=NOW)
    assert codes(api.get(of.below(promotion))) == ["not_found"]
    assert codes(api.get(f"{of.path}/{record.record_id}")) == ["not_found"]
    assert results(api, of.path) == []


# --- Lists ----------------------------------------------------------------------------------------


@each
def test_lists_come_in_pages_newest_first(api: Api, of: Resource) -> None:
    parents = [of.make_parent() for _ in range(3)]
    made = [of.make_in(parent).record_id for parent in parents]
    first = api.get(f"{of.path}?page_size=2").json()
    second = api.get(first["next"]).json()
    assert [one["id"] for one in first["results"] + second["results"]] == made[::-1]
    assert second["next"] is None
    for ordering in ("createdDate", "lastModifiedDate", "id"):
        assert results(api, f"{of.path}?ordering={ordering}") == made


def test_tiers_by_rank_and_by_name(api: Api) -> None:
    promotion = make_promotion(is_tiered=True)
    for name, rank in (("b", 2), ("c", 3), ("a", 1)):
        parts.make_tier(promotion, name=name, rank=rank)
    for ordering, expected in (("rank", "abc"), ("-rank", "cba"), ("name", "abc")):
        found = api.get(f"{TIERS.below(promotion)}?ordering={ordering}&page_size=2")
        following = api.get(found.json()["next"])
        both = found.json()["results"] + following.json()["results"]
        assert "".join(one["name"] for one in both) == expected


@each
def test_a_list_costs_the_same_however_many_there_are(api: Api, of: Resource) -> None:
    of.make_in(of.make_parent())
    api.get(of.path)  # the token is remembered from here on
    with CaptureQueriesContext(connection) as one:
        api.get(of.path)
    for _ in range(3):
        of.make_in(of.make_parent())
    with CaptureQueriesContext(connection) as four:
        assert len(api.get(of.path).json()["results"]) == 4
    assert len(one) == len(four) == 2  # the keys', the rows'


@each
def test_one_record_is_read_in_one_statement(api: Api, of: Resource) -> None:
    parent = of.make_parent()
    record = of.make_in(parent)
    api.get(of.path)  # the token is remembered from here on
    for path, statements in (
        (f"{of.path}/{record.record_id}", 1),
        (f"{of.below(parent)}/{record.record_id}", 2),  # and the parent's
    ):
        with CaptureQueriesContext(connection) as queries:
            assert api.get(path).status_code == 200
        assert len(queries) == statements


def test_what_a_catalogue_reference_is_called_costs_no_further_statements(api: Api) -> None:
    promotion = make_promotion()
    for number in range(3):
        product = parts.make_product(name=f"Shoe {number}", stock_keeping_unit=f"S-{number}")
        parts.make_qualifier(promotion, qualifier_product=product)
    category = parts.make_product_category(name="Shoes")
    parts.make_qualifier(promotion, qualifier_type="ProductCategory", qualifier_category=category)
    with CaptureQueriesContext(connection) as queries:
        found = api.get("/api/v1/promotion-qualifiers").json()["results"]
    assert len(queries) == 3
    assert [(q["qualifierProductName"], q["qualifierProductSku"]) for q in found[1:]] == [
        ("Shoe 2", "S-2"),
        ("Shoe 1", "S-1"),
        ("Shoe 0", "S-0"),
    ]
    assert found[0]["qualifierProductCategoryName"] == "Shoes"
    assert found[0]["qualifierId"] == category.record_id


# --- Calls ----------------------------------------------------------------------------------------


@each
@pytest.mark.django_db
def test_scopes(of: Resource) -> None:
    parent = of.make_parent()
    record, body = of.make_in(parent), of.body(of.make_parent())
    reader, writer = Api(["promotions:read"]), Api(["promotions:write"])
    for path in (of.path, of.below(parent)):
        one = f"{path}/{record.record_id}"
        assert (reader.get(path).status_code, reader.get(one).status_code) == (200, 200)
        assert (writer.get(path).status_code, writer.get(one).status_code) == (403, 403)
        for method, where in (("POST", path), ("PATCH", one), ("DELETE", one)):
            refused = reader.send(method, where, body)
            assert (refused.status_code, codes(refused)) == (403, ["insufficient_scope"])
        assert codes(writer.post(path, {})) != ["insufficient_scope"]


def test_the_same_request_sent_again_makes_no_second_record(api: Api) -> None:
    promotion = make_promotion(is_tiered=True)
    path = TIERS.below(promotion)
    first = api.post(path, {"name": "Silver"}, Idempotency_Key="one")
    again = api.post(path, {"name": "Silver"}, Idempotency_Key="one")
    assert (again.status_code, again.content) == (201, first.content)
    assert (again["ETag"], again["Location"]) == (first["ETag"], first["Location"])
    assert results(api, path) == [first.json()["id"]]


@each
def test_both_forms_of_the_path_work(api: Api, of: Resource) -> None:
    parent = of.make_parent()
    record = of.make_in(parent)
    for path in (of.path, of.below(parent)):
        assert api.get(f"{path}/").status_code == 200
        assert api.get(f"{path}/{record.record_id}/").status_code == 200
        assert api.get(f"{path}/{record.record_id[:15]}").status_code == 200


def test_a_change_is_told_in_the_history_of_the_promotion(api: Api) -> None:
    promotion = make_promotion(is_tiered=True)
    tier = parts.make_tier(promotion, name="Silver", at=LONG_AGO)
    api.patch(f"{TIERS.path}/{tier.record_id}", {"name": "Gold"})
    row = promotion.history.order_by("id").last()
    assert row is not None
    told: Any = (row.object_name, row.field, row.old_value, row.new_value, row.source)
    assert told == ("PromotionTier", "Name", "Silver", "Gold", "api")


@each
def test_a_whole_record_can_be_sent_back(api: Api, of: Resource) -> None:
    record = of.make_in(of.make_parent())
    path = f"{of.path}/{record.record_id}"
    shown = api.get(path).json()
    same = api.patch(path, shown)
    assert (same.status_code, same.json(), same["ETag"]) == (200, shown, '"1"')
