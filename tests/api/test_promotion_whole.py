"""``/api/v1/promotions/whole``, ``…/{id}/whole`` and ``…/{id}/description``: a promotion with
everything under it as one document, and in plain English."""

from collections.abc import Callable
from copy import deepcopy
from typing import Any

import pytest
from django.apps import apps
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from pytest_django import Settings

from promotions.models import (
    Coupon,
    Promotion,
    PromotionFeed,
    PromotionHistory,
    PromotionLineItemRule,
    PromotionPart,
    PromotionQualifier,
    PromotionShare,
    PromotionTarget,
    PromotionTier,
)
from promotions.services import history
from tests.api.callers import BOUND, bound_api
from tests.api.conftest import Api, codes
from tests.factories import make_promotion
from tests.part_factories import (
    make_coupon,
    make_product,
    make_product_category,
    make_segment,
    make_target,
)

PATH = "/api/v1/promotions"
WHOLE = f"{PATH}/whole"

Document = dict[str, Any]

QUALIFIER: Document = {
    "qualifierType": "Product",
    "qualifierOperator": "EQUAL_TO",
    "qualifierRuleCriteriaType": "All",
    "externalQualifier": "SHOE",
    "minimumQuantity": 2,
}
TARGET: Document = {
    "targetType": "Transaction",
    "targetOperator": "NONE",
    "targetRuleCriteriaType": "ALL",
    "adjustmentType": "PercentageDiscount",
    "adjustmentPercent": 20,
}
RULE: Document = {"type": "Price", "operatorType": "GREATER_THAN", "typeValue": "10"}
LIMIT: Document = {"category": "PromotionLevel", "type": "TotalUsage", "value": 1000}


def plain(**more: Any) -> Document:
    """A promotion that is not tiered, with one of everything."""
    return {
        "name": "Summer",
        "qualifiers": [{**QUALIFIER, "lineItemRules": [RULE]}],
        "targets": [{**TARGET, "lineItemRules": [RULE]}],
        "limits": [LIMIT],
        "marketSegments": [{"promotionSegmentId": make_segment().record_id}],
        "coupons": [{"couponCode": "SUN", "status": "Active"}, {"couponCode": "SEA"}],
        **more,
    }


def tiered(**more: Any) -> Document:
    """A tiered promotion with two tiers."""
    below = {"qualifiers": [{**QUALIFIER, "lineItemRules": [RULE]}], "targets": [TARGET]}
    tiers = [{"name": "Silver", **below}, {"name": "Gold", **deepcopy(below)}]
    return deepcopy({"name": "Steps", "isTiered": True, "tiers": tiers, **more})


def found(response: Any) -> list[tuple[str, str]]:
    return [(error["code"], error["pointer"]) for error in response.json()["errors"]]


def counts() -> dict[str, int]:
    """How many rows there are of each kind of record, history and shares."""
    models: list[Any] = [m for m in apps.get_models() if issubclass(m, PromotionPart)]
    models += [Promotion, PromotionHistory, PromotionFeed, PromotionShare]
    return {model.__name__: model._default_manager.count() for model in models}


def in_words(record: Any, given: Any) -> Any:
    """Of what was read, the properties that were given."""
    if isinstance(given, dict):
        return {name: in_words(record[name], value) for name, value in given.items()}
    if isinstance(given, list):
        return [in_words(*pair) for pair in zip(record, given, strict=True)]
    return record


# --- Creating and reading -------------------------------------------------------------------------


@pytest.mark.parametrize("make", [plain, tiered])
def test_what_is_sent_is_there_and_read_as_it_was_sent(
    api: Api, make: Callable[[], Document]
) -> None:
    document = make()
    response = api.post(WHOLE, document)
    assert response.status_code == 201, response.content
    created = response.json()
    assert response["Location"].endswith(f"{PATH}/{created['id']}")
    assert api.get(f"{PATH}/{created['id']}/whole").json() == created
    codes_sent = [coupon["couponCode"] for coupon in document.pop("coupons", [])]
    assert created["couponSummary"] == {"count": len(codes_sent), "codes": codes_sent}
    assert in_words(created, document) == document
    assert api.get(f"{PATH}/{created['id']}").json().items() <= created.items()


def test_the_parts_are_those_of_the_plain_resources(api: Api) -> None:
    whole = api.post(WHOLE, tiered()).json()
    [tier, _] = PromotionTier.objects.order_by("rank")
    [qualifier] = PromotionQualifier.objects.filter(promotion_tier=tier)
    [rule] = PromotionLineItemRule.objects.filter(associated_qualifier=qualifier)
    assert whole["tiers"][0]["id"] == tier.record_id
    assert whole["tiers"][0]["qualifiers"][0]["id"] == qualifier.record_id
    alone = api.get(f"/api/v1/promotion-line-item-rules/{rule.record_id}").json()
    inside = whole["tiers"][0]["qualifiers"][0]["lineItemRules"][0]
    assert inside.items() <= alone.items()
    assert (rule.promotion, rule.associated_type) == (tier.promotion, "PromotionQualifier")
    assert (alone["associatedReferenceId"], tier.rank) == (qualifier.record_id, 1)


def test_ranks_that_are_left_open_make_room_for_those_that_are_not(api: Api) -> None:
    tiers = [{"name": "a"}, {"name": "b", "rank": 1}, {"name": "c"}]
    whole = api.post(WHOLE, {"name": "x", "isTiered": True, "tiers": tiers}).json()
    assert [(tier["name"], tier["rank"]) for tier in whole["tiers"]] == [
        ("b", 1),
        ("a", 2),
        ("c", 3),
    ]


def test_null_and_absent_are_an_empty_list(api: Api) -> None:
    nothing = dict.fromkeys(["tiers", "qualifiers", "targets", "limits", "coupons"])
    for document in ({"name": "x"}, {"name": "x", **nothing}):
        whole = api.post(WHOLE, document)
        assert whole.status_code == 201
        assert whole.json()["targets"] == []


@pytest.mark.parametrize("make", [plain, tiered])
def test_what_was_read_can_be_sent_again(api: Api, make: Callable[[], Document]) -> None:
    first = api.post(WHOLE, make()).json()
    again = api.post(WHOLE, {**first, "name": "Again"})
    assert again.status_code == 201, again.content
    second = again.json()
    assert second["id"] != first["id"]
    for name in ("tiers", "qualifiers", "targets", "limits", "marketSegments"):
        assert len(second[name]) == len(first[name])
        for old, new in zip(first[name], second[name], strict=True):
            assert old["id"] != new["id"]
    assert second["couponSummary"]["count"] == 0


def test_a_part_says_by_its_place_what_it_belongs_to(api: Api) -> None:
    other = make_promotion()
    document = plain(
        targets=[{**TARGET, "promotionId": other.record_id}],
        qualifiers=[{**QUALIFIER, "promotionTierId": None, "associatedType": "x"}],
    )
    response = api.post(WHOLE, document)
    assert found(response) == [
        ("unknown_property", "qualifiers[0].promotionTierId"),
        ("unknown_property", "qualifiers[0].associatedType"),
        ("unknown_property", "targets[0].promotionId"),
    ]


def test_deleted_parts_are_not_read(api: Api) -> None:
    whole = api.post(WHOLE, plain()).json()
    path = f"{PATH}/{whole['id']}"
    rule = whole["targets"][0]["lineItemRules"][0]["id"]
    assert api.delete(f"/api/v1/promotion-line-item-rules/{rule}").status_code == 204
    target = whole["targets"][0]["id"]
    assert api.get(f"{path}/whole").json()["targets"][0]["lineItemRules"] == []
    assert api.delete(f"/api/v1/promotion-targets/{target}").status_code == 204
    assert api.get(f"{path}/whole").json()["targets"] == []


def test_of_many_coupons_the_first_few_are_shown(api: Api) -> None:
    coupons = [{"couponCode": f"C{number:02}"} for number in range(12)]
    whole = api.post(WHOLE, {"name": "x", "coupons": coupons}).json()
    assert whole["couponSummary"] == {
        "count": 12,
        "codes": [f"C{number:02}" for number in range(10)],
    }


# --- What is wrong --------------------------------------------------------------------------------


def test_everything_that_is_wrong_is_said_at_once(api: Api) -> None:
    make_coupon(coupon_code="Taken")
    before = counts()
    document = tiered(
        priorityNumber=-1,
        limits=[LIMIT, LIMIT, {**LIMIT, "category": "CustomerLevel", "type": "OrderCount"}],
        coupons=[{"couponCode": "TAKEN"}, {"couponCode": "a"}, {"couponCode": "A"}, {}],
        targets=[TARGET],
    )
    silver, gold = document["tiers"]
    gold["rank"] = silver["rank"] = 1
    silver["qualifiers"][0]["lineItemRules"][0]["typeValue"] = "cheap"
    gold["qualifiers"][0]["minimumQuantity"] = "two"
    gold["qualifiers"][0]["lineItemRules"][0]["operatorType"] = "MORE"
    gold["targets"][0]["adjustmentPercent"] = 101
    response = api.post(WHOLE, document)
    assert response.status_code == 400
    assert sorted(found(response)) == sorted(
        [
            ("invalid_value", "priorityNumber"),
            ("duplicate_value", "tiers[1].rank"),
            ("invalid_value", "tiers[0].qualifiers[0].lineItemRules[0].typeValue"),
            ("invalid_type", "tiers[1].qualifiers[0].minimumQuantity"),
            ("invalid_value", "tiers[1].qualifiers[0].lineItemRules[0].operatorType"),
            ("invalid_value", "tiers[1].targets[0].adjustmentPercent"),
            ("invalid_value", "targets[0]"),
            ("duplicate_value", "limits[1].type"),
            ("duplicate_value", "coupons[0].couponCode"),
            ("duplicate_value", "coupons[2].couponCode"),
            ("required", "coupons[3].couponCode"),
        ]
    )
    assert counts() == before


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({"name": None}, [("required", "name")]),
        ({"name": 5, "colour": "red"}, [("unknown_property", "colour"), ("invalid_type", "name")]),
        ({"targets": {}}, [("invalid_type", "targets")]),
        ({"targets": [5]}, [("invalid_type", "targets[0]")]),
        ({"targets": [None]}, [("required", "targets[0]")]),
        (
            {"targets": [{**TARGET, "lineItemRules": 5}]},
            [("invalid_type", "targets[0].lineItemRules")],
        ),
        ({"targets": [{**TARGET, "colour": 1}]}, [("unknown_property", "targets[0].colour")]),
        (
            {"qualifiers": [{**QUALIFIER, "qualifierType": "Shoe"}]},
            [("invalid_value", "qualifiers[0].qualifierType")],
        ),
        (
            {"qualifiers": [{**QUALIFIER, "externalQualifier": None}]},
            [("required", "qualifiers[0].qualifierId")],
        ),
        (
            {"qualifiers": [{**QUALIFIER, "qualifierId": "01t000000zzzzzz"}]},
            [
                ("invalid_value", "qualifiers[0].qualifierId"),
                ("invalid_value", "qualifiers[0].externalQualifier"),
            ],
        ),
        (
            {"marketSegments": [{"promotionSegmentId": "0cE000000zzzzzz"}]},
            [("invalid_value", "marketSegments[0].promotionSegmentId")],
        ),
        ({"marketSegments": [{}]}, [("required", "marketSegments[0].promotionSegmentId")]),
        ({"limits": [{**LIMIT, "value": 0}]}, [("invalid_value", "limits[0].value")]),
        ({"tiers": [{"name": "a"}]}, [("invalid_value", "tiers[0]")]),
        (
            {"isTiered": True, "targets": [], "qualifiers": [QUALIFIER]},
            [("invalid_value", "qualifiers[0]")],
        ),
        (
            {
                "isTiered": True,
                "targets": [],
                "qualifiers": [],
                "tiers": [{"name": str(number)} for number in range(11)],
            },
            [("invalid_value", "tiers[10]")],
        ),
        ({"coupons": [{"couponCode": " "}]}, [("required", "coupons[0].couponCode")]),
        ({"ownerId": "005000000zzzzzz"}, [("invalid_value", "ownerId")]),
        (
            {"startDateTime": "2026-05-01T00:00:00Z", "endDateTime": "2026-05-01T00:00:00Z"},
            [("invalid_value", "endDateTime")],
        ),
    ],
)
def test_what_is_refused(api: Api, change: Document, expected: list[tuple[str, str]]) -> None:
    document = plain(**change)
    before = counts()
    for path in (WHOLE, f"{WHOLE}/check"):
        response = api.post(path, document)
        assert found(response) == expected
        assert counts() == before


def test_a_segment_is_named_once(api: Api) -> None:
    segment = {"promotionSegmentId": make_segment().record_id}
    response = api.post(WHOLE, {"name": "x", "marketSegments": [segment, segment]})
    assert found(response) == [("duplicate_value", "marketSegments[1].promotionSegmentId")]


@pytest.mark.parametrize("body", [[], 5, "x", None])
def test_a_document_is_an_object(api: Api, body: Any) -> None:
    response = api.post(WHOLE, raw="null" if body is None else None, body=body)
    assert response.status_code == 400
    assert not Promotion.objects.exists()


@pytest.mark.parametrize(
    ("document", "expected"),
    [
        ({"qualifiers": [QUALIFIER] * 1001}, [("too_many_items", "")]),
        (
            {"qualifiers": [{**QUALIFIER, "lineItemRules": [RULE] * 500}] * 2},
            [("too_many_items", "")],
        ),
        (
            {"coupons": [{"couponCode": f"C{number}"} for number in range(1001)]},
            [("too_many_items", "coupons")],
        ),
    ],
    ids=["parts", "parts of parts", "coupons"],
)
def test_how_much_a_document_holds(
    api: Api, document: Document, expected: list[tuple[str, str]]
) -> None:
    response = api.post(WHOLE, {"name": "x", **document})
    assert (response.status_code, found(response)) == (400, expected)
    assert not Promotion.objects.exists()


# --- All or nothing -------------------------------------------------------------------------------


def test_one_act_is_one_entry_of_the_feed(api: Api) -> None:
    api.post(WHOLE, plain())
    [entry] = PromotionFeed.objects.all()
    told = PromotionHistory.objects.filter(feed_item=entry, field="created").order_by("pk")
    assert list(told.values_list("object_name", flat=True)) == [
        "Promotion",
        "PromotionQualifier",
        "PromotionLineItemRule",
        "PromotionTarget",
        "PromotionLineItemRule",
        "PromotionLimit",
        "PromotionMarketSegment",
        "Coupon",
        "Coupon",
    ]
    assert PromotionShare.objects.get().row_cause == "Owner"


def test_if_the_last_part_fails_nothing_is_there(api: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    document, before = plain(), counts()

    def fail(*args: object, **options: object) -> None:
        raise RuntimeError("out of order")

    with monkeypatch.context() as patch:
        patch.setattr(Coupon._default_manager.__class__, "bulk_create", fail)
        with pytest.raises(RuntimeError):
            api.post(WHOLE, document)
    assert counts() == before
    monkeypatch.setattr(history, "write", fail)
    with pytest.raises(RuntimeError):
        api.post(WHOLE, document)
    assert counts() == before


def test_the_same_key_creates_once_and_checking_is_another_path(api: Api) -> None:
    document = plain()
    checked = api.post(f"{WHOLE}/check", document, Idempotency_Key="k")
    first, again = (api.post(WHOLE, document, Idempotency_Key="k") for _ in "12")
    assert (checked.status_code, first.status_code) == (200, 201)
    assert (again.content, again["Location"]) == (first.content, first["Location"])
    assert Promotion.objects.count() == 1


def test_a_large_document_takes_no_statement_for_each_pair(api: Api) -> None:
    product, category = make_product(), make_product_category()
    qualifiers = [
        {**QUALIFIER, "externalQualifier": None, "qualifierId": product.record_id},
        {
            **QUALIFIER,
            "externalQualifier": None,
            "qualifierType": "ProductCategory",
            "qualifierId": category.record_id,
        },
    ]
    document = {
        "name": "Large",
        "qualifiers": [{**one, "lineItemRules": [RULE] * 8} for one in qualifiers * 50],
        "targets": [TARGET] * 100,
        "coupons": [{"couponCode": f"C{number}"} for number in range(1000)],
    }
    with CaptureQueriesContext(connection) as queries:
        response = api.post(WHOLE, document)
    assert response.status_code == 201, response.content
    assert len(queries) < 250  # what each part names is looked up


@pytest.mark.django_db
def test_reading_takes_as_many_statements_whatever_is_there(api: Api) -> None:
    def statements(path: str) -> int:
        with CaptureQueriesContext(connection) as queries:
            assert api.get(path).status_code == 200
        return len(queries)

    product = make_product().record_id
    many = {**QUALIFIER, "externalQualifier": None, "qualifierId": product, "lineItemRules": [RULE]}
    few = api.post(WHOLE, plain()).json()["id"]
    lots = api.post(WHOLE, plain(qualifiers=[many] * 30, coupons=[])).json()["id"]
    for _ in range(5):
        make_target(make_promotion(exclusivity_type="Global"))
    for door in ("whole", "description"):
        assert statements(f"{PATH}/{lots}/{door}") <= statements(f"{PATH}/{few}/{door}")


# --- Scopes and sharing ---------------------------------------------------------------------------


@pytest.mark.django_db
def test_scopes() -> None:
    reader = Api([scope for scope in BOUND if scope != "promotions:write"])
    for path in (WHOLE, f"{WHOLE}/check"):
        assert codes(reader.post(path, {"name": "x"})) == ["insufficient_scope"]
    assert reader.get(f"{PATH}/{make_promotion().record_id}/whole").status_code == 200
    writer = Api(["promotions:write"])
    assert writer.post(WHOLE, {"name": "x"}).status_code == 201
    path = f"{PATH}/{make_promotion().record_id}/description"
    assert codes(writer.get(path)) == ["insufficient_scope"]


def test_methods_that_are_none(api: Api) -> None:
    for response in (api.get(WHOLE), api.get(f"{WHOLE}/check"), api.patch(WHOLE, {})):
        assert (response.status_code, codes(response)) == (405, ["method_not_allowed"])


@pytest.mark.django_db
def test_a_hidden_relation_is_neither_read_nor_named(settings: Settings) -> None:
    settings.PROMOTION_SHARING = "private"
    hidden = make_promotion()
    promotion = make_promotion(related_promotion=hidden)
    api = bound_api(promotion, "Read")
    whole = api.get(f"{PATH}/{promotion.record_id}/whole")
    assert whole.json()["relatedPromotionId"] is None
    response = api.post(WHOLE, {"name": "x", "relatedPromotionId": hidden.record_id})
    assert found(response) == [("invalid_value", "relatedPromotionId")]


# --- In plain English -----------------------------------------------------------------------------


def test_a_promotion_in_plain_english(api: Api) -> None:
    category = make_product_category(name="Shoes")
    document = plain(
        isActive=True,
        qualifiers=[
            {
                **QUALIFIER,
                "externalQualifier": None,
                "qualifierType": "ProductCategory",
                "qualifierId": category.record_id,
            }
        ],
        targets=[TARGET],
        marketSegments=[{"promotionSegmentId": make_segment(name="Members").record_id}],
        endDateTime="2199-06-01T00:00:00Z",
    )
    checked = api.post(f"{WHOLE}/check", document)
    created = api.post(WHOLE, document).json()
    response = api.get(f"{PATH}/{created['id']}/description")
    assert response.status_code == 200
    told = response.json()
    assert (checked.status_code, checked.json()) == (200, told)
    sentences = {one["topic"]: one["text"] for one in told["sentences"]}
    assert sentences["offer"] == "Buy 2 from *Shoes*, get 20 % off the whole cart."
    assert "*Members*" in sentences["audience"]
    assert "SUN" in sentences["coupons"]
    assert told["text"].startswith("Buy 2 from *Shoes*, get 20 % off the whole cart; ")
    assert told["warnings"] == []


def test_checking_writes_nothing(api: Api) -> None:
    document, before = plain(), counts()
    assert api.post(f"{WHOLE}/check", document).status_code == 200
    assert counts() == before


def test_what_is_odd_is_said_with_where(api: Api) -> None:
    document = {"name": "x", "isAutomatic": True, "startDateTime": "2020-01-01T00:00:00Z"}
    created = api.post(WHOLE, document).json()
    told = api.get(f"{PATH}/{created['id']}/description").json()
    assert {(w["code"], w["pointer"]) for w in told["warnings"]} >= {
        ("no_target", ""),
        ("starts_in_past", "startDateTime"),
        ("no_end", "endDateTime"),
    }
    assert api.post(f"{WHOLE}/check", document).json() == told


def test_coupons_are_told_by_their_number(api: Api) -> None:
    coupons = [{"couponCode": f"C{n}", "status": "Active"} for n in range(5)]
    ends = "2198-01-01T00:00:00Z"
    document = plain(coupons=[{**one, "endDateTime": ends} for one in coupons])
    for end, warned in (
        ("2197-01-01T00:00:00Z", "coupon_outlives_promotion"),
        (None, "coupons_end_early"),
    ):
        checked = api.post(f"{WHOLE}/check", {**document, "endDateTime": end}).json()
        assert warned in {warning["code"] for warning in checked["warnings"]}
    path = f"{PATH}/{api.post(WHOLE, document).json()['id']}/description"
    text = api.get(path).json()["text"]
    assert "one of its 5 coupons" in text
    assert "C0" not in text
    assert "coupons_end_early" in {one["code"] for one in api.get(path).json()["warnings"]}


def test_a_coupon_without_an_end_ends_with_the_promotion(api: Api) -> None:
    early = {"couponCode": "A", "status": "Active", "endDateTime": "2197-01-01T00:00:00Z"}
    for others, warned in (([], True), ([{"couponCode": "B", "status": "Active"}], False)):
        document = plain(name="x", coupons=[early, *others], endDateTime="2198-01-01T00:00:00Z")
        checked = api.post(f"{WHOLE}/check", document).json()
        path = f"{PATH}/{api.post(WHOLE, document).json()['id']}"
        for told in (checked, api.get(f"{path}/description").json()):
            found = {warning["code"] for warning in told["warnings"]}
            assert ("coupons_end_early" in found) is warned
        assert api.delete(path).status_code == 204


@pytest.mark.django_db
def test_others_in_the_way_are_named_to_those_who_may_see_them(settings: Settings) -> None:
    settings.PROMOTION_SHARING = "private"
    rival = make_promotion(name="Rival", exclusivity_type="Global")
    make_target(rival)
    mine = make_promotion(name="Mine")
    make_target(mine)
    path = f"{PATH}/{mine.record_id}/description"
    everywhere, bound = Api().get(path).json(), bound_api(mine, "Read").get(path).json()
    assert "*Rival*" in str(everywhere["warnings"])
    assert "overlaps_exclusive" not in {warning["code"] for warning in bound["warnings"]}
    assert "Rival" not in str(bound)
    assert everywhere["sentences"] == bound["sentences"]


def test_without_the_fields_about_carts_nothing_is_said_of_carts(
    api: Api, settings: Settings
) -> None:
    settings.COMMERCE_FIELDS = False
    created = api.post(WHOLE, plain(targets=[TARGET]))
    assert created.status_code == 201, created.content
    assert "isTiered" not in created.json()
    told = api.get(f"{PATH}/{created.json()['id']}/description").json()
    assert not {"offer", "coupons"} & {one["topic"] for one in told["sentences"]}
    assert codes(api.post(WHOLE, {"name": "x", "isTiered": False})) == ["unknown_property"]


def test_a_deleted_promotion_is_not_described(api: Api) -> None:
    promotion = make_promotion()
    assert api.delete(f"{PATH}/{promotion.record_id}").status_code == 204
    for door in ("whole", "description"):
        response = api.get(f"{PATH}/{promotion.record_id}/{door}")
        assert (response.status_code, codes(response)) == (404, ["not_found"])
    assert codes(api.get(f"{PATH}/x/whole")) == ["malformed_id"]


def test_the_targets_of_others_count_only_while_they_are_there(api: Api) -> None:
    rival, mine = make_promotion(name="Rival"), make_promotion()
    target = make_target(rival, at=timezone.now())
    make_target(mine)
    path = f"{PATH}/{mine.record_id}/description"

    def warned() -> bool:
        return "Rival" in str(api.get(path).json()["warnings"])

    assert warned()
    assert api.delete(f"/api/v1/promotion-targets/{target.record_id}").status_code == 204
    assert not warned()
    assert PromotionTarget.objects.live().count() == 1
