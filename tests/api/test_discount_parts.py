"""What tiers, qualifiers, targets and line item rules take: ``/api/v1/promotion-tiers`` …"""

from typing import Any

import pytest

from promotions import ids
from promotions.models import PromotionQualifier, PromotionTarget, PromotionTier
from tests import part_factories as parts
from tests.api.conftest import Api, codes
from tests.factories import make_promotion

PROMOTIONS = "/api/v1/promotions"
TIERS, QUALIFIERS = "/api/v1/promotion-tiers", "/api/v1/promotion-qualifiers"
TARGETS, RULES = "/api/v1/promotion-targets", "/api/v1/promotion-line-item-rules"
NOWHERE = 2**40


def refusals(response: Any) -> list[tuple[str, str]]:
    assert response.status_code in (400, 409), response.content
    return [(e["code"], e["pointer"]) for e in response.json()["errors"]]


# --- Tiers ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ({}, [("required", "name")]),
        ({"name": " "}, [("required", "name")]),
        ({"name": "x" * 256}, [("invalid_value", "name")]),
        ({"name": 5}, [("invalid_type", "name")]),
        ({"name": "x", "rank": 0}, [("invalid_value", "rank")]),
        ({"name": "x", "rank": 11}, [("invalid_value", "rank")]),
        ({"name": "x", "rank": "1"}, [("invalid_type", "rank")]),
        ({"name": "x", "rank": 3}, [("duplicate_value", "rank")]),
        ({"name": "x", "level": 3}, [("unknown_property", "level")]),
        ({"name": "x", "createdDate": "2020-01-01T00:00:00Z"}, [("invalid_value", "createdDate")]),
    ],
)
def test_what_a_tier_does_not_take(
    api: Api, body: dict[str, Any], expected: list[tuple[str, str]]
) -> None:
    promotion = make_promotion(is_tiered=True)
    parts.make_tier(promotion, rank=3)
    path = f"{PROMOTIONS}/{promotion.record_id}/tiers"
    assert refusals(api.post(path, body)) == expected
    assert PromotionTier.objects.count() == 1


def test_a_tier_without_a_rank_gets_the_next_that_is_free_up_to_ten(api: Api) -> None:
    promotion = make_promotion(is_tiered=True)
    parts.make_tier(promotion, rank=2)
    path = f"{PROMOTIONS}/{promotion.record_id}/tiers"
    ranks = [api.post(path, {"name": str(n)}).json()["rank"] for n in range(9)]
    assert ranks == [1, 3, 4, 5, 6, 7, 8, 9, 10]
    assert refusals(api.post(path, {"name": "x"})) == [("invalid_value", "promotionId")]


def test_only_a_tiered_promotion_has_tiers(api: Api) -> None:
    plain = make_promotion()
    assert refusals(api.post(f"{PROMOTIONS}/{plain.record_id}/tiers", {"name": "x"})) == [
        ("invalid_value", "promotionId")
    ]


def test_a_tier_stays_with_its_promotion(api: Api) -> None:
    tier, other = parts.make_tier(), make_promotion(is_tiered=True)
    response = api.patch(f"{TIERS}/{tier.record_id}", {"promotionId": other.record_id})
    assert refusals(response) == [("invalid_value", "promotionId")]


def test_a_tier_that_is_named_can_not_be_deleted(api: Api) -> None:
    tier = parts.make_tier()
    qualifier = parts.make_qualifier(tier.promotion, promotion_tier=tier)
    path = f"{TIERS}/{tier.record_id}"
    refused = api.delete(path)
    assert (refused.status_code, codes(refused)) == (409, ["in_use"])
    assert api.delete(f"{QUALIFIERS}/{qualifier.record_id}").status_code == 204
    assert api.delete(path).status_code == 204


# --- Qualifiers -----------------------------------------------------------------------------------

QUALIFIER: dict[str, Any] = {
    "qualifierType": "Product",
    "qualifierOperator": "EQUAL_TO",
    "qualifierRuleCriteriaType": "Any",
    "externalQualifier": "SHOE",
    "minimumQuantity": 2.5,
    "minimumAmount": 99.99,
    "approachingDiscountThreshold": 80,
}
TOTAL = {
    "qualifierType": "TransactionTotal",
    "qualifierOperator": "NONE",
    "externalQualifier": None,
    "minimumQuantity": None,
}


def test_every_field_of_a_qualifier_is_taken_and_given_back(api: Api) -> None:
    tier, product = parts.make_tier(), parts.make_product(name="Shoe", stock_keeping_unit="S-1")
    body = {
        **QUALIFIER,
        "externalQualifier": None,
        "qualifierId": product.record_id,
        "promotionId": tier.promotion.record_id,
        "promotionTierId": tier.record_id,
    }
    created = api.post(QUALIFIERS, body)
    assert created.status_code == 201, created.content
    answer = created.json()
    assert {name: answer[name] for name in body} == body
    by_the_service = {
        "id": answer["id"],
        "name": f"PQ-{ids.decode(ids.PROMOTION_QUALIFIER, answer['id']):09d}",
        "qualifierProductName": "Shoe",
        "qualifierProductSku": "S-1",
        "qualifierProductCategoryName": None,
        "lastViewedDate": None,
        "lastReferencedDate": None,
    }
    assert {name: answer[name] for name in by_the_service} == by_the_service
    assert set(answer) == {*body, *by_the_service, "createdDate", "lastModifiedDate"}


@pytest.mark.parametrize(
    "body",
    [
        QUALIFIER,
        {**QUALIFIER, "minimumQuantity": None, "approachingDiscountThreshold": None},
        {**QUALIFIER, "qualifierType": "ProductCategory", "qualifierOperator": "NOT_EQUAL_TO"},
        {**QUALIFIER, "externalQualifier": None, "qualifierOperator": "NONE"},
        {**QUALIFIER, **TOTAL},
    ],
)
def test_what_a_qualifier_takes(api: Api, body: dict[str, Any]) -> None:
    created = api.post(f"{PROMOTIONS}/{make_promotion().record_id}/qualifiers", body)
    assert created.status_code == 201, created.content
    assert {name: created.json()[name] for name in body} == body


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({"qualifierType": None}, [("required", "qualifierType")]),
        ({"qualifierType": "Colour"}, [("invalid_value", "qualifierType")]),
        ({"qualifierOperator": "="}, [("invalid_value", "qualifierOperator")]),
        ({"qualifierRuleCriteriaType": "ALL"}, [("invalid_value", "qualifierRuleCriteriaType")]),
        ({"qualifierOperator": "NONE"}, [("invalid_value", "qualifierOperator")]),
        ({"externalQualifier": None}, [("required", "qualifierId")]),
        ({"qualifierId": "nonsense"}, [("malformed_id", "qualifierId")]),
        ({"qualifierId": ids.encode(ids.PRODUCT, NOWHERE)}, [("invalid_value", "qualifierId")]),
        ({"qualifierId": ids.encode(ids.PROMOTION, 1)}, [("malformed_id", "qualifierId")]),
        ({"minimumQuantity": 0}, [("invalid_value", "minimumQuantity")]),
        ({"minimumQuantity": 0.00001}, [("invalid_value", "minimumQuantity")]),
        ({"minimumQuantity": 10**11}, [("invalid_value", "minimumQuantity")]),
        ({"minimumQuantity": "2"}, [("invalid_type", "minimumQuantity")]),
        ({"minimumQuantity": True}, [("invalid_type", "minimumQuantity")]),
        (
            {"minimumAmount": -1, "approachingDiscountThreshold": None},
            [("invalid_value", "minimumAmount")],
        ),
        ({"minimumAmount": 1.005}, [("invalid_value", "minimumAmount")]),
        (
            {"approachingDiscountThreshold": 99.99},
            [("invalid_value", "approachingDiscountThreshold")],
        ),
        ({"minimumAmount": None}, [("required", "minimumAmount")]),
        ({**TOTAL, "minimumAmount": None}, [("required", "minimumAmount")]),
        ({**TOTAL, "externalQualifier": "SHOE"}, [("invalid_value", "externalQualifier")]),
        ({"qualifierProductName": "Shoe"}, [("invalid_value", "qualifierProductName")]),
        ({"name": "PQ-1"}, [("invalid_value", "name")]),
        ({"currencyIsoCode": "EUR"}, [("unknown_property", "currencyIsoCode")]),
    ],
)
def test_what_a_qualifier_does_not_take(
    api: Api, change: dict[str, Any], expected: list[tuple[str, str]]
) -> None:
    path = f"{PROMOTIONS}/{make_promotion().record_id}/qualifiers"
    assert refusals(api.post(path, {**QUALIFIER, **change})) == expected
    assert not PromotionQualifier.objects.exists()


def test_the_tier_of_a_qualifier_is_one_of_its_promotions(api: Api) -> None:
    tier, other = parts.make_tier(), parts.make_tier()
    tiered = f"{PROMOTIONS}/{tier.promotion.record_id}/qualifiers"
    plain = f"{PROMOTIONS}/{make_promotion().record_id}/qualifiers"
    named = {"promotionTierId": tier.record_id}
    assert refusals(api.post(tiered, QUALIFIER)) == [("required", "promotionTierId")]
    assert refusals(api.post(tiered, {**QUALIFIER, "promotionTierId": other.record_id})) == [
        ("invalid_value", "promotionTierId")
    ]
    assert refusals(api.post(plain, {**QUALIFIER, **named})) == [
        ("invalid_value", "promotionTierId")
    ]
    assert api.post(tiered, {**QUALIFIER, **named}).status_code == 201


def test_what_a_qualifier_names_can_be_exchanged(api: Api) -> None:
    product, category = parts.make_product(), parts.make_product_category(name="Shoes")
    qualifier = parts.make_qualifier(qualifier_product=product)
    path = f"{QUALIFIERS}/{qualifier.record_id}"
    changed = api.patch(
        path, {"qualifierType": "ProductCategory", "qualifierId": category.record_id}
    ).json()
    assert changed["qualifierId"] == category.record_id
    assert (changed["qualifierProductName"], changed["qualifierProductCategoryName"]) == (
        None,
        "Shoes",
    )
    assert api.get(path).json() == changed
    external = api.patch(path, {"qualifierId": None, "externalQualifier": "C-1"}).json()
    assert (external["qualifierId"], external["externalQualifier"]) == (None, "C-1")


# --- Targets --------------------------------------------------------------------------------------

TARGET: dict[str, Any] = {
    "targetType": "Product",
    "targetOperator": "EQUAL_TO",
    "targetRuleCriteriaType": "ANY",
    "externalTarget": "SHOE",
    "adjustmentType": "PercentageDiscount",
    "adjustmentPercent": 12.5,
    "restrictionQuantity": 3,
    "isMinItemCountRequired": True,
}
AMOUNT = {"adjustmentPercent": None, "adjustmentAmount": 5}
ORDER = {"targetType": "Transaction", "targetOperator": "NONE", "externalTarget": None}


@pytest.mark.parametrize(
    "body",
    [
        TARGET,
        {**TARGET, **ORDER},
        {**TARGET, "adjustmentType": "FixedAmountOffUnitPrice", **AMOUNT},
        {**TARGET, "adjustmentType": "FixedPrice", **AMOUNT, "adjustmentAmount": 0},
        {**TARGET, "adjustmentType": "BonusProduct", "adjustmentPercent": None},
        {**TARGET, "restrictionQuantity": None, "isMinItemCountRequired": False},
    ],
)
def test_what_a_target_takes(api: Api, body: dict[str, Any]) -> None:
    created = api.post(f"{PROMOTIONS}/{make_promotion().record_id}/targets", body)
    assert created.status_code == 201, created.content
    assert {name: created.json()[name] for name in body} == body


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({"targetType": "Planet"}, [("invalid_value", "targetType")]),
        ({"targetRuleCriteriaType": "Any"}, [("invalid_value", "targetRuleCriteriaType")]),
        ({"adjustmentType": None}, [("required", "adjustmentType")]),
        ({"adjustmentPercent": None}, [("required", "adjustmentPercent")]),
        ({"adjustmentPercent": 0.5}, [("invalid_value", "adjustmentPercent")]),
        ({"adjustmentPercent": 100.5}, [("invalid_value", "adjustmentPercent")]),
        ({"adjustmentPercent": 1000}, [("invalid_value", "adjustmentPercent")]),
        ({"adjustmentAmount": 5}, [("invalid_value", "adjustmentAmount")]),
        (
            {"adjustmentType": "FixedPrice", "adjustmentAmount": 5},
            [("invalid_value", "adjustmentPercent")],
        ),
        (
            {"adjustmentType": "FixedPrice", "adjustmentPercent": None},
            [("required", "adjustmentAmount")],
        ),
        ({**ORDER, "externalTarget": "SHOE"}, [("invalid_value", "externalTarget")]),
        (
            {**ORDER, "adjustmentType": "FixedPrice", **AMOUNT},
            [("invalid_value", "adjustmentType")],
        ),
        ({"restrictionQuantity": None}, [("required", "restrictionQuantity")]),
        ({"isMinItemCountRequired": "yes"}, [("invalid_type", "isMinItemCountRequired")]),
    ],
)
def test_what_a_target_does_not_take(
    api: Api, change: dict[str, Any], expected: list[tuple[str, str]]
) -> None:
    path = f"{PROMOTIONS}/{make_promotion().record_id}/targets"
    assert refusals(api.post(path, {**TARGET, **change})) == expected
    assert not PromotionTarget.objects.exists()


# --- Line item rules ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({"associatedType": None}, [("required", "associatedType")]),
        ({"associatedType": "Promotion"}, [("invalid_value", "associatedType")]),
        ({"associatedType": "PromotionTarget"}, [("invalid_value", "associatedReferenceId")]),
        ({"associatedReferenceId": None}, [("required", "associatedReferenceId")]),
        (
            {"associatedReferenceId": ids.encode(ids.PROMOTION_TARGET, NOWHERE)},
            [("invalid_value", "associatedReferenceId")],
        ),
        ({"type": "Colour"}, [("invalid_value", "type")]),
        ({"typeValue": None}, [("required", "typeValue")]),
        ({"typeValue": "cheap"}, [("invalid_value", "typeValue")]),
        (
            {"type": "Product", "typeValue": None},
            [("required", "typeReferenceId"), ("invalid_value", "operatorType")],
        ),
        (
            {"typeReferenceId": ids.encode(ids.PRODUCT, NOWHERE)},
            [("invalid_value", "typeReferenceId")],
        ),
        ({"operatorType": "LIKE"}, [("invalid_value", "operatorType")]),
        ({"ownerId": "nonsense"}, [("malformed_id", "ownerId")]),
    ],
)
def test_what_a_line_item_rule_does_not_take(
    api: Api, change: dict[str, Any], expected: list[tuple[str, str]]
) -> None:
    qualifier = parts.make_qualifier()
    body = {
        "associatedType": "PromotionQualifier",
        "associatedReferenceId": qualifier.record_id,
        "type": "Price",
        "operatorType": "LESS_THAN",
        "typeValue": "19.90",
    }
    assert refusals(api.post(RULES, {**body, **change})) == expected
    nested = f"{PROMOTIONS}/{qualifier.promotion.record_id}/line-item-rules"
    assert refusals(api.post(nested, {**body, **change})) == expected
    assert api.post(RULES, body).status_code == 201


def test_a_line_item_rule_narrows_what_is_of_the_same_promotion(api: Api) -> None:
    target, other = parts.make_target(), make_promotion()
    body = {
        "associatedType": "PromotionTarget",
        "associatedReferenceId": target.record_id,
        "type": "Product",
        "typeReferenceId": parts.make_product().record_id,
    }
    refused = api.post(f"{PROMOTIONS}/{other.record_id}/line-item-rules", body)
    assert refusals(refused) == [("invalid_value", "associatedReferenceId")]
    made = api.post(RULES, body).json()
    assert (made["operatorType"], made["associatedReferenceId"]) == ("EQUAL_TO", target.record_id)
    assert made["ownerId"] == api.partner.acting_user.record_id
    path = f"{RULES}/{made['id']}"
    moved = api.patch(path, {"associatedReferenceId": parts.make_target().record_id})
    assert refusals(moved) == [("invalid_value", "associatedReferenceId")]
    turned = api.patch(path, {"associatedReferenceId": parts.make_qualifier().record_id})
    assert refusals(turned) == [("invalid_value", "associatedReferenceId")]
    in_use = api.delete(f"{TARGETS}/{target.record_id}")
    assert (in_use.status_code, codes(in_use)) == (409, ["in_use"])
