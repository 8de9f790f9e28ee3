"""Filters and properties that follow from the field dictionary and the organisation's settings."""

from typing import Any

import pytest

from promotions import ids
from promotions.dictionary import fields_of
from promotions.models import Promotion, PromotionQualifier, PromotionTarget
from tests import part_factories as parts
from tests.api.conftest import Api, codes
from tests.factories import actor, make_promotion, make_user

PROMOTIONS = "/api/v1/promotions"
QUALIFIERS, TARGETS = "/api/v1/promotion-qualifiers", "/api/v1/promotion-targets"
SEGMENTS, RULES = "/api/v1/promotion-segments", "/api/v1/promotion-line-item-rules"


def numbers(api: Api, path: str) -> list[str]:
    found = api.get(path)
    assert found.status_code == 200, found.content
    return [one["name"] for one in found.json()["results"]]


def known_filters(api: Api, path: str) -> set[str]:
    detail: str = api.get(f"{path}?nonsense=1").json()["detail"]
    return set(detail.removesuffix(".").rpartition(" known are ")[2].split(", "))


# --- What can be filtered by ----------------------------------------------------------------------


@pytest.mark.parametrize(
    "query",
    [
        "promotionId={promotion}",
        "qualifierType=Product",
        "qualifierOperator=EQUAL_TO",
        "qualifierRuleCriteriaType=Any",
        "qualifierId={product}",
        "qualifierId={product_15}",
        "qualifierProductName=STRASSE",
        "qualifierProductSku=s-1",
        "minimumQuantity=2.5",
        "minimumQuantity=2.50",
        "minimumAmount=99.99",
        "approachingDiscountThreshold=80",
        "name={name}",
        "name={small_name}",
        "createdDate_after=2020-01-01T00:00:00Z",
        "lastModifiedDate_before=2020-01-01T00:00:01Z",
    ],
)
def test_qualifiers_by_each_field(api: Api, query: str) -> None:
    product = parts.make_product(name="Straße", stock_keeping_unit="S-1")
    wanted = parts.make_qualifier(
        qualifier_product=product,
        qualifier_rule_criteria_type="Any",
        minimum_quantity="2.5",
        minimum_amount="99.99",
        approaching_discount_threshold=80,
    )
    parts.make_qualifier(
        qualifier_type="ProductCategory",
        qualifier_category=parts.make_product_category(),
        qualifier_operator="NOT_EQUAL_TO",
        minimum_quantity=3,
    )
    query = query.format(
        promotion=wanted.promotion.record_id,
        product=product.record_id,
        product_15=product.record_id[:15],
        name=wanted.number,
        small_name=wanted.number.lower().replace("000", ""),
    )
    expected = {wanted.number}
    if "Date" in query:
        expected |= {q.number for q in PromotionQualifier.objects.all()}
    assert set(numbers(api, f"{QUALIFIERS}?{query}")) == expected


def test_a_reference_to_one_of_several_kinds_is_filtered_by_each(api: Api) -> None:
    product, category = parts.make_product(), parts.make_product_category(name="Shoes")
    while product.pk != category.pk:  # so that the id's prefix alone tells them apart
        if product.pk < category.pk:
            product = parts.make_product()
        else:
            category = parts.make_product_category(name="Shoes")
    by_product = parts.make_qualifier(qualifier_product=product)
    by_category = parts.make_qualifier(
        qualifier_type="ProductCategory", qualifier_category=category
    )
    for query, found in (
        (f"qualifierId={product.record_id}", by_product),
        (f"qualifierId={category.record_id}", by_category),
        ("qualifierProductCategoryName=shoes", by_category),
    ):
        assert numbers(api, f"{QUALIFIERS}?{query}") == [found.number]


def test_texts_that_are_not_kept_folded_compare_as_they_are(api: Api) -> None:
    qualifier = parts.make_qualifier(external_qualifier="Shoe")
    assert numbers(api, f"{QUALIFIERS}?externalQualifier=Shoe") == [qualifier.number]
    assert numbers(api, f"{QUALIFIERS}?externalQualifier=shoe") == []


def test_flags_and_owners(api: Api) -> None:
    wanted = parts.make_target(restriction_quantity=1, is_min_item_count_required=True)
    parts.make_target()
    assert numbers(api, f"{TARGETS}?isMinItemCountRequired=true") == [wanted.number]
    user = make_user()
    parts.make_segment(name="theirs", by=actor(user=user))
    parts.make_segment(name="ours")
    assert numbers(api, f"{SEGMENTS}?ownerId={user.record_id}") == ["theirs"]


@pytest.mark.parametrize(
    ("query", "pointer"),
    [
        ("minimumQuantity=two", "minimumQuantity"),
        ("minimumQuantity=NaN", "minimumQuantity"),
        ("minimumQuantity=1e30", "minimumQuantity"),
        ("minimumQuantity=0.00001", "minimumQuantity"),
        ("qualifierType=Colour", "qualifierType"),
        ("qualifierType=product", "qualifierType"),
        (f"qualifierId={ids.encode(ids.PROMOTION, 1)}", "qualifierId"),
        ("promotionId=nonsense", "promotionId"),
        ("lastViewedDate_after=yesterday", "lastViewedDate_after"),
        ("createdById=x", "createdById"),
        ("minimumquantity=2", "minimumquantity"),
        ("qualifierType=Product&qualifierType=Product", "qualifierType"),
        ("qualifierType=", "qualifierType"),
    ],
)
def test_a_filter_that_can_not_be_read_is_refused(api: Api, query: str, pointer: str) -> None:
    response = api.get(f"{QUALIFIERS}?{query}")
    assert response.status_code == 400
    assert [(e["code"], e["pointer"]) for e in response.json()["errors"]] == [
        ("invalid_filter", pointer)
    ]


@pytest.mark.parametrize("name", ["PQ-", "PQ-x", "PT-000000001", "x", "PQ-999999999"])
def test_a_number_of_another_kind_finds_nothing(api: Api, name: str) -> None:
    parts.make_qualifier()
    assert numbers(api, f"{QUALIFIERS}?name={name}") == []


@pytest.mark.parametrize(
    ("model", "path"),
    [(Promotion, PROMOTIONS), (PromotionQualifier, QUALIFIERS), (PromotionTarget, TARGETS)],
)
def test_every_filterable_field_has_its_filter(api: Api, model: Any, path: str) -> None:
    known = known_filters(api, path)
    for field in fields_of(model).values():
        if field.system and field.json_name not in ("createdDate", "lastModifiedDate"):
            continue
        dated = field.type in ("date", "dateTime")
        names = {f"{field.json_name}{end}" for end in (("_after", "_before") if dated else ("",))}
        assert (names <= known) == field.filterable, field.name


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("description=A+text", ["described"]),
        ("displayName=Shown", ["described"]),
        ("maximumUsageCount=3", ["described"]),
        ("discountOrder=LeastExpensive", ["described"]),
        ("targetCriteria=Any", ["described"]),
        ("imageUrl=https://example.com/a.png", ["described"]),
        ("isCloned=true", ["described"]),
    ],
)
def test_promotions_by_any_field(api: Api, query: str, found: list[str]) -> None:
    make_promotion(
        name="described",
        description="A text",
        display_name="Shown",
        maximum_usage_count=3,
        discount_order="LeastExpensive",
        target_criteria="Any",
        image_url="https://example.com/a.png",
        is_cloned=True,
    )
    make_promotion(name="plain")
    assert numbers(api, f"{PROMOTIONS}?{query}") == found


def test_a_long_text_is_no_filter(api: Api) -> None:
    response = api.get(f"{PROMOTIONS}?termsAndConditions=x")
    assert codes(response) == ["invalid_filter"]


# --- What the organisation's settings switch off --------------------------------------------------

CARTS = {
    "areQualItemsExclFromDiscounts",
    "discountOrder",
    "discountRestriction",
    "exclusivityType",
    "isApproachingDiscountApplicable",
    "isAutomatic",
    "isCommercePromotion",
    "isTiered",
    "maximumUsageCount",
    "qualifierCriteria",
    "targetCriteria",
}


@pytest.mark.parametrize("on", [True, False])
def test_the_fields_about_carts_can_be_switched_off(api: Api, settings: Any, on: bool) -> None:
    settings.COMMERCE_FIELDS = on
    path = f"{PROMOTIONS}/{make_promotion().record_id}"
    assert CARTS & set(api.get(path).json()) == (CARTS if on else set())
    assert CARTS & known_filters(api, PROMOTIONS) == (CARTS if on else set())
    changed = api.patch(path, {"isAutomatic": True})
    filtered = api.get(f"{PROMOTIONS}?isAutomatic=true")
    if on:
        assert changed.json()["isAutomatic"] is True
        assert len(filtered.json()["results"]) == 1
    else:
        assert codes(changed) == ["unknown_property"]
        assert codes(filtered) == ["invalid_filter"]
        assert codes(api.post(PROMOTIONS, {"name": "x", "isTiered": True})) == ["unknown_property"]
    assert api.get(f"{PROMOTIONS}?priorityNumber=1").status_code == 200


MONEY: list[tuple[str, str, dict[str, Any]]] = [
    (PROMOTIONS, "", {"name": "x"}),
    (
        PROMOTIONS,
        "qualifiers",
        {
            "qualifierType": "Product",
            "qualifierOperator": "NONE",
            "qualifierRuleCriteriaType": "All",
        },
    ),
    (
        PROMOTIONS,
        "targets",
        {
            "targetType": "Transaction",
            "targetOperator": "NONE",
            "targetRuleCriteriaType": "ALL",
            "adjustmentType": "PercentageDiscount",
            "adjustmentPercent": 5,
        },
    ),
    (SEGMENTS, "", {"name": "x"}),
    (SEGMENTS, "buyer-groups", {}),
    (SEGMENTS, "sales-stores", {}),
    (PROMOTIONS, "market-segments", {}),
]
REQUIRED = ("", "buyer-groups", "sales-stores", "market-segments")


def place(parents: str, nested: str, body: dict[str, Any]) -> tuple[str, dict[str, Any]]:
    """Where a record is made and of what, with what it needs to be there."""
    if not nested:
        return parents, body
    parent: Any = make_promotion() if parents == PROMOTIONS else parts.make_segment()
    more = {
        "buyer-groups": lambda: {"buyerGroupId": parts.make_buyer_group().record_id},
        "sales-stores": lambda: {"salesStoreId": parts.make_web_store().record_id},
        "market-segments": lambda: {"promotionSegmentId": parts.make_segment().record_id},
    }.get(nested, dict)()
    return f"{parents}/{parent.record_id}/{nested}", {**body, **more}


@pytest.mark.parametrize(("parents", "nested", "body"), MONEY)
def test_with_one_currency_there_is_no_such_field(
    api: Api, settings: Any, parents: str, nested: str, body: dict[str, Any]
) -> None:
    settings.CURRENCIES = ()
    path, body = place(parents, nested, body)
    created = api.post(path, body)
    assert created.status_code == 201, created.content
    assert "currencyIsoCode" not in created.json()
    assert codes(api.post(path, {**body, "currencyIsoCode": "EUR"})) == ["unknown_property"]
    assert codes(api.get(f"{path}?currencyIsoCode=EUR")) == ["invalid_filter"]


@pytest.mark.parametrize(("parents", "nested", "body"), MONEY)
def test_with_several_the_first_is_the_default(
    api: Api, settings: Any, parents: str, nested: str, body: dict[str, Any]
) -> None:
    settings.CURRENCIES = ("EUR", "USD")
    path, body = place(parents, nested, body)
    created = api.post(path, body)
    assert created.status_code == 201, created.content
    assert created.json()["currencyIsoCode"] == "EUR"
    one = f"{path}/{created.json()['id']}"
    assert api.patch(one, {"currencyIsoCode": "USD"}).json()["currencyIsoCode"] == "USD"
    assert len(api.get(f"{path}?currencyIsoCode=USD").json()["results"]) == 1
    assert api.get(f"{path}?currencyIsoCode=EUR").json()["results"] == []
    for unknown in ("GBP", "eur"):
        refused = api.patch(one, {"currencyIsoCode": unknown})
        assert [(e["code"], e["pointer"]) for e in refused.json()["errors"]] == [
            ("invalid_value", "currencyIsoCode")
        ]
    assert codes(api.get(f"{path}?currencyIsoCode=GBP")) == ["invalid_filter"]
    cleared = api.patch(one, {"currencyIsoCode": None})
    if nested in REQUIRED and (parents, nested) != (PROMOTIONS, ""):
        assert codes(cleared) == ["required"]
    else:
        assert cleared.json()["currencyIsoCode"] is None


@pytest.mark.parametrize(
    ("switch", "value"), [("COMMERCE_FIELDS", False), ("CURRENCIES", ("EUR", "USD"))]
)
def test_the_description_says_what_there_is(
    api: Api, settings: Any, switch: str, value: Any
) -> None:
    def promotion() -> tuple[set[str], set[str]]:
        described = api.get("/api/schema").json()
        parameters = described["paths"][PROMOTIONS]["get"]["parameters"]
        properties = described["components"]["schemas"]["Promotion"]["properties"]
        return set(properties), {p["name"] for p in parameters}

    before = promotion()
    setattr(settings, switch, value)
    after = promotion()
    changed = CARTS if switch == "COMMERCE_FIELDS" else {"currencyIsoCode"}
    assert before[0] ^ after[0] == changed
    assert before[1] ^ after[1] == changed
