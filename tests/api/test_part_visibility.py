"""What is under a promotion that is not shared with the caller does not exist for it; what is
shared for reading alone is not changed."""

from typing import Any

import pytest

from promotions import ids
from promotions.access import Access
from promotions.actors import Actor, Source
from promotions.models import Promotion
from promotions.services.sharing import share
from tests import part_factories as parts
from tests.api.callers import bound_api
from tests.api.conftest import Api, codes
from tests.api.part_resources import LINE_ITEM_RULES, OF_PROMOTIONS, QUALIFIERS, TIERS, Resource
from tests.factories import NOW, actor, make_promotion

PROMOTIONS = "/api/v1/promotions"
each = pytest.mark.parametrize("of", OF_PROMOTIONS, ids=str)


@pytest.fixture
def stranger(db: None, settings: Any) -> Api:
    """A partner that sees only what is shared with it."""
    settings.PROMOTION_SHARING = "private"
    return bound_api()


def give(promotion: Promotion, api: Api, access: Access) -> None:
    """Shares the promotion, as its owner."""
    share(promotion.pk, access, user=api.partner.acting_user.pk, by=owner(), at=NOW)


def owner() -> Actor:
    return actor(Source.COMMAND)


def nowhere(record: Any) -> str:
    """The id of a record of the same kind that is not there."""
    return ids.encode(record.key_prefix, 2**40)


def change_of(of: Resource) -> dict[str, Any]:
    return {of.change[0]: of.change[1]} if of.change else {}


def made(of: Resource) -> tuple[Any, Any]:
    """A promotion of somebody else's, and what belongs to it."""
    promotion = of.make_parent(by=owner())
    return promotion, of.make_in(promotion, by=owner())


@each
def test_nothing_of_it_is_found(stranger: Api, of: Resource) -> None:
    promotion, record = made(of)
    assert stranger.get(of.path).json()["results"] == []
    for path in (
        f"{of.path}/{record.record_id}",
        of.below(promotion),
        f"{of.below(promotion)}/{record.record_id}",
    ):
        absent = path.replace(record.record_id, nowhere(record))
        absent = absent.replace(promotion.record_id, nowhere(promotion))
        for method, body in (("GET", None), ("PATCH", change_of(of)), ("DELETE", None)):
            there, not_there = (stranger.send(method, p, body) for p in (path, absent))
            assert (there.status_code, there.content) == (
                not_there.status_code,
                not_there.content,
            )
            assert there.status_code in (404, 405)  # a list takes neither PATCH nor DELETE
    record.refresh_from_db()
    assert (record.version, record.is_deleted) == (1, False)


@each
@pytest.mark.parametrize("access", [Access.READ, Access.EDIT, Access.ALL])
def test_what_is_shared_is_found(stranger: Api, of: Resource, access: Access) -> None:
    promotion, record = made(of)
    made(of)  # another's, which is not shared
    give(promotion, stranger, access)
    for path in (of.path, of.below(promotion)):
        assert [one["id"] for one in stranger.get(path).json()["results"]] == [record.record_id]
        assert stranger.get(f"{path}/{record.record_id}").status_code == 200


@each
def test_what_is_shared_for_reading_is_not_changed(stranger: Api, of: Resource) -> None:
    promotion, record = made(of)
    body = of.flat_body(of.make_parent(by=owner()))
    give(promotion, stranger, Access.READ)
    flat, below = f"{of.path}/{record.record_id}", f"{of.below(promotion)}/{record.record_id}"
    calls: list[tuple[str, str, Any]] = [("DELETE", flat, None), ("DELETE", below, None)]
    if of.change:
        calls += [("PATCH", flat, change_of(of)), ("PATCH", below, change_of(of))]
    if of.names_parent:
        calls.append(("POST", of.path, {**body, of.names_parent: promotion.record_id}))
        calls.append(("POST", of.below(promotion), {**body, "promotionId": promotion.record_id}))
    for method, path, sent in calls:
        refused = stranger.send(method, path, sent)
        assert (refused.status_code, codes(refused)) == (403, ["insufficient_access"]), (
            method,
            path,
        )
    record.refresh_from_db()
    assert (record.version, record.is_deleted) == (1, False)
    assert len(stranger.get(of.below(promotion)).json()["results"]) == 1


@each
def test_what_is_shared_for_editing_is_changed(stranger: Api, of: Resource) -> None:
    promotion = of.make_parent(by=owner())
    give(promotion, stranger, Access.EDIT)
    body = of.body(promotion) if of.names_parent else None
    if body is not None:
        created = stranger.post(of.below(promotion), body)
        assert created.status_code == 201, created.content
        record_id = created.json()["id"]
    else:
        record_id = of.make_in(promotion, by=owner()).record_id
    if of.change:
        assert stranger.patch(f"{of.path}/{record_id}", change_of(of)).status_code == 200
    assert stranger.delete(f"{of.path}/{record_id}").status_code == 204


@each
def test_naming_what_is_out_of_sight_is_like_naming_what_is_not_there(
    stranger: Api, of: Resource
) -> None:
    promotion = of.make_parent(by=owner())
    body = of.flat_body(promotion)
    [name] = {"promotionId", "associatedReferenceId", "promotionLimitId"} & set(body)
    prefix = body[name][:3]
    absent = {**body, name: ids.encode(prefix, 2**40)}
    hidden, not_there = stranger.post(of.path, body), stranger.post(of.path, absent)
    assert [(e["code"], e["pointer"]) for e in hidden.json()["errors"]] == [("invalid_value", name)]
    assert (hidden.status_code, hidden.content) == (400, not_there.content)


def test_nor_can_it_be_reached_from_ones_own_promotion(stranger: Api) -> None:
    mine = stranger.post(PROMOTIONS, {"name": "Mine", "isTiered": True}).json()["id"]
    tier = parts.make_tier(by=owner())
    qualifier = parts.make_qualifier(by=owner())
    limit = parts.make_limit(by=owner())
    qualifier_body = QUALIFIERS.body(None)
    rule_body = {"associatedType": "PromotionQualifier", "type": "Price", "typeValue": "1"}
    for nested, body, name, record in (
        ("qualifiers", qualifier_body, "promotionTierId", tier),
        ("line-item-rules", rule_body, "associatedReferenceId", qualifier),
        ("limit-usages", {"usage": 1}, "promotionLimitId", limit),
    ):
        path = f"{PROMOTIONS}/{mine}/{nested}"
        hidden = stranger.post(path, {**body, name: record.record_id})
        absent = stranger.post(path, {**body, name: nowhere(record)})
        assert [(e["code"], e["pointer"]) for e in hidden.json()["errors"]] == [
            ("invalid_value", name)
        ]
        assert (hidden.status_code, hidden.content) == (400, absent.content)


def test_filters_find_nothing_of_it(stranger: Api) -> None:
    tier = parts.make_tier(by=owner(), name="Silver")
    qualifier = parts.make_qualifier(tier.promotion, promotion_tier=tier, by=owner())
    rule = parts.make_line_item_rule(qualifier, by=owner())
    for path in (
        f"{TIERS.path}?name=Silver",
        f"{TIERS.path}?promotionId={tier.promotion.record_id}",
        f"{QUALIFIERS.path}?promotionTierId={tier.record_id}",
        f"{LINE_ITEM_RULES.path}?associatedReferenceId={qualifier.record_id}",
        f"{LINE_ITEM_RULES.path}?name={rule.number}",
    ):
        assert stranger.get(path).json()["results"] == []
        assert len(Api(name=path).get(path).json()["results"]) == 1


# --- A promotion that names another ---------------------------------------------------------------


def related(stranger: Api) -> tuple[str, Promotion]:
    """A promotion shared with the caller, that names one which is not."""
    hidden = make_promotion(by=owner())
    mine = make_promotion(by=owner(), related_promotion=hidden)
    give(mine, stranger, Access.EDIT)
    return f"{PROMOTIONS}/{mine.record_id}", hidden


def test_a_reference_to_what_is_out_of_sight_is_shown_as_none(stranger: Api) -> None:
    path, hidden = related(stranger)
    assert stranger.get(path).json()["relatedPromotionId"] is None
    assert [one["relatedPromotionId"] for one in stranger.get(PROMOTIONS).json()["results"]] == [
        None
    ]
    by_it = f"{PROMOTIONS}?relatedPromotionId={hidden.record_id}"
    assert stranger.get(by_it).json()["results"] == []
    give(hidden, stranger, Access.READ)
    assert stranger.get(path).json()["relatedPromotionId"] == hidden.record_id
    assert len(stranger.get(by_it).json()["results"]) == 1


def test_sending_back_none_for_it_keeps_it(stranger: Api) -> None:
    path, hidden = related(stranger)
    shown = stranger.get(path).json()
    assert stranger.patch(path, {**shown, "name": "New"}).json()["relatedPromotionId"] is None
    give(hidden, stranger, Access.READ)
    assert stranger.get(path).json()["relatedPromotionId"] == hidden.record_id
    assert stranger.patch(path, {"relatedPromotionId": None}).json()["relatedPromotionId"] is None
    assert stranger.get(path).json()["relatedPromotionId"] is None


def test_naming_it_is_like_naming_one_that_is_not_there(stranger: Api) -> None:
    path, hidden = related(stranger)
    not_there = stranger.patch(path, {"relatedPromotionId": nowhere(hidden)})
    assert codes(not_there) == ["invalid_value"]
    for promotion in (hidden, make_promotion(by=owner())):  # whether it is named already or not
        refused = stranger.patch(path, {"relatedPromotionId": promotion.record_id})
        assert (refused.status_code, refused.content) == (400, not_there.content)
        body = {"name": "x", "relatedPromotionId": promotion.record_id}
        assert codes(stranger.post(PROMOTIONS, body)) == ["invalid_value"]


def test_references_of_a_whole_page_are_looked_up_at_once(
    stranger: Api, django_assert_num_queries: Any
) -> None:
    for _ in range(3):
        path, hidden = related(stranger)
    give(hidden, stranger, Access.READ)
    with django_assert_num_queries(4):  # the token's, the keys', the rows', the references'
        found = stranger.get(PROMOTIONS).json()["results"]
    named = {one["id"]: one["relatedPromotionId"] for one in found}
    assert len(named) == 4
    assert named[path.rpartition("/")[2]] == hidden.record_id
    assert sorted(map(str, named.values())) == [hidden.record_id, "None", "None", "None"]


def test_after_giving_a_promotion_away_the_answer_still_says_what_became_of_it(
    stranger: Api,
) -> None:
    created = stranger.post(PROMOTIONS, {"name": "Mine"}).json()
    given = stranger.patch(f"{PROMOTIONS}/{created['id']}", {"ownerId": owner().user.record_id})
    assert (given.status_code, given.json()["ownerId"]) == (200, owner().user.record_id)
    assert codes(stranger.get(f"{PROMOTIONS}/{created['id']}")) == ["not_found"]
