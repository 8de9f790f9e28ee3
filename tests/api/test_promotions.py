"""``/api/v1/promotions``."""

from typing import Any

import pytest
from django.contrib.auth.models import Group

from promotions import ids
from promotions.models import Promotion
from tests.api.conftest import Api, codes
from tests.factories import make_promotion, make_user

PATH = "/api/v1/promotions"

EVERYTHING: dict[str, Any] = {
    "name": "Summer",
    "displayName": "Summer of shoes",
    "promotionCode": "SUMMER26",
    "externalId": "ERP-26",
    "description": "Shoes at half price",
    "objective": "Sell shoes",
    "termsAndConditions": "While stocks last",
    "isActive": True,
    "startDateTime": "2026-05-01T00:00:00Z",
    "endDateTime": "2199-06-01T00:00:00Z",
    "isEnrollmentRequired": True,
    "enrollmentStartDate": "2026-04-15",
    "enrollmentEndDate": "2199-05-15",
    "maximumEnrollmentCount": 1000,
    "isPlaceFreedOnWithdrawal": False,
    "isAutomatic": True,
    "isCommercePromotion": True,
    "isTiered": True,
    "priorityNumber": 10,
    "maximumUsageCount": 2,
    "qualifierCriteria": "Any",
    "targetCriteria": "All",
    "discountOrder": "LeastExpensive",
    "discountRestriction": "LeastExpensive",
    "areQualItemsExclFromDiscounts": True,
    "imageUrl": "https://shop.example.com/summer.png",
    "isCloned": True,
    "exclusivityType": "Global",
    "isApproachingDiscountApplicable": True,
}
DEFAULTS: dict[str, Any] = {
    **dict.fromkeys(EVERYTHING),
    "isActive": False,
    "isEnrollmentRequired": False,
    "isPlaceFreedOnWithdrawal": True,
    "isAutomatic": False,
    "isCommercePromotion": False,
    "isTiered": False,
    "qualifierCriteria": "All",
    "discountOrder": "MostExpensive",
    "discountRestriction": "None",
    "areQualItemsExclFromDiscounts": False,
    "isCloned": False,
    "exclusivityType": "Class",
    "isApproachingDiscountApplicable": False,
}
BY_THE_SERVICE = {
    "relatedPromotionId",
    "id",
    "ownerId",
    "status",
    "createdDate",
    "lastModifiedDate",
    "lastViewedDate",
    "lastReferencedDate",
}


def test_every_field_is_taken_and_given_back(api: Api) -> None:
    response = api.post(PATH, EVERYTHING)
    assert response.status_code == 201, response.content
    created = response.json()
    assert response["Location"].endswith(f"{PATH}/{created['id']}")
    assert {name: created[name] for name in EVERYTHING} == EVERYTHING
    assert set(created) == {*EVERYTHING, *BY_THE_SERVICE}
    retrieved = api.get(f"{PATH}/{created['id']}")
    assert retrieved.json() == created
    assert retrieved["ETag"] == response["ETag"] == '"1"'


@pytest.mark.parametrize("absent", [True, False], ids=["absent", "null"])
def test_absent_and_null_mean_the_same_on_creation(api: Api, absent: bool) -> None:
    body = {"name": "Plain"} if absent else {**dict.fromkeys(EVERYTHING), "name": "Plain"}
    response = api.post(PATH, body)
    assert response.status_code == 201, response.content
    created = response.json()
    assert {name: created[name] for name in EVERYTHING} == {**DEFAULTS, "name": "Plain"}
    assert created["status"] == "draft"


def test_the_owner_is_the_creator_unless_somebody_else_is_named(api: Api) -> None:
    user, group = make_user(), Group.objects.get(name="Marketers")
    partner_user = api.partner.acting_user
    group_id = ids.encode(ids.GROUP, group.pk)
    assert api.post(PATH, {"name": "a"}).json()["ownerId"] == partner_user.record_id
    theirs = api.post(PATH, {"name": "a", "ownerId": user.record_id}).json()
    assert theirs["ownerId"] == user.record_id
    given = api.patch(f"{PATH}/{theirs['id']}", {"ownerId": group_id})
    assert given.json()["ownerId"] == group_id


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ({}, [("required", "name")]),
        ({"name": None}, [("required", "name")]),
        ({"name": "  "}, [("required", "name")]),
        ({"name": 5}, [("invalid_type", "name")]),
        ({"name": "x" * 256}, [("invalid_value", "name")]),
        ({"name": "a\u0000b"}, [("invalid_value", "name")]),
        ({"name": "a", "colour": "red"}, [("unknown_property", "colour")]),
        ({"name": "a", "id": "x"}, [("invalid_value", "id")]),
        ({"name": "a", "isActive": "true"}, [("invalid_type", "isActive")]),
        ({"name": "a", "priorityNumber": "1"}, [("invalid_type", "priorityNumber")]),
        ({"name": "a", "priorityNumber": 1.5}, [("invalid_type", "priorityNumber")]),
        ({"name": "a", "priorityNumber": True}, [("invalid_type", "priorityNumber")]),
        ({"name": "a", "priorityNumber": -1}, [("invalid_value", "priorityNumber")]),
        ({"name": "a", "priorityNumber": 2**31}, [("invalid_value", "priorityNumber")]),
        ({"name": "a", "priorityNumber": 10**30}, [("invalid_value", "priorityNumber")]),
        ({"name": "a", "maximumUsageCount": 0}, [("invalid_value", "maximumUsageCount")]),
        (
            {"name": "a", "maximumEnrollmentCount": 0},
            [("invalid_value", "maximumEnrollmentCount")],
        ),
        ({"name": "a", "discountOrder": "Random"}, [("invalid_value", "discountOrder")]),
        ({"name": "a", "discountOrder": 1}, [("invalid_type", "discountOrder")]),
        ({"name": "a", "startDateTime": "2026-05-01"}, [("invalid_datetime", "startDateTime")]),
        ({"name": "a", "startDateTime": 5}, [("invalid_type", "startDateTime")]),
        ({"name": "a", "enrollmentEndDate": "1.5.2026"}, [("invalid_value", "enrollmentEndDate")]),
        (
            {"name": "a", "enrollmentEndDate": "2026-02-30"},
            [("invalid_value", "enrollmentEndDate")],
        ),
        ({"name": "a", "ownerId": "x"}, [("malformed_id", "ownerId")]),
        ({"name": "a", "ownerId": "005000000zzzzzz"}, [("invalid_value", "ownerId")]),
        ({"name": "a", "currencyIsoCode": "EUR"}, [("unknown_property", "currencyIsoCode")]),
        (
            {
                "name": "a",
                "startDateTime": "2026-05-01T00:00:00Z",
                "endDateTime": "2026-05-01T02:00:00+02:00",
                "enrollmentStartDate": "2026-05-02",
                "enrollmentEndDate": "2026-05-01",
            },
            [("invalid_value", "endDateTime"), ("invalid_value", "enrollmentEndDate")],
        ),
        ([], [("invalid_type", "")]),
    ],
)
def test_what_is_refused(api: Api, body: Any, expected: list[tuple[str, str]]) -> None:
    response = api.post(PATH, body)
    assert response.status_code == 400
    assert [(e["code"], e["pointer"]) for e in response.json()["errors"]] == expected
    assert not Promotion.objects.exists()


def test_a_related_promotion_is_another_one_that_exists(api: Api) -> None:
    related, promotion = make_promotion(), make_promotion()
    path = f"{PATH}/{promotion.record_id}"
    changed = api.patch(path, {"relatedPromotionId": related.record_id})
    assert changed.json()["relatedPromotionId"] == related.record_id
    found = api.get(f"{PATH}?relatedPromotionId={related.record_id}").json()["results"]
    assert [p["id"] for p in found] == [promotion.record_id]
    for wrong in (promotion.record_id, "0c8000000zzzzzz"):
        response = api.patch(path, {"relatedPromotionId": wrong})
        assert codes(response) == ["invalid_value"]
    assert codes(api.patch(path, {"imageUrl": "javascript:alert(1)"})) == ["invalid_value"]


def test_the_code_is_unique_without_regard_to_case_and_free_again_after_deletion(api: Api) -> None:
    first = api.post(PATH, {"name": "a", "promotionCode": "Straße"}).json()
    response = api.post(PATH, {"name": "b", "promotionCode": "STRASSE"})
    assert (response.status_code, codes(response)) == (409, ["duplicate_value"])
    assert response.json()["errors"][0]["pointer"] == "promotionCode"
    assert api.delete(f"{PATH}/{first['id']}").status_code == 204
    assert api.post(PATH, {"name": "b", "promotionCode": "STRASSE"}).status_code == 201


def test_changing_leaves_what_is_absent_and_clears_what_is_null(api: Api) -> None:
    created = api.post(PATH, EVERYTHING).json()
    path = f"{PATH}/{created['id']}"
    response = api.patch(path, {"description": None, "displayName": "", "name": "Autumn"})
    assert response.status_code == 200
    changed = response.json()
    same = set(EVERYTHING) - {"description", "displayName", "name"}
    assert {name: changed[name] for name in same} == {name: EVERYTHING[name] for name in same}
    assert (changed["description"], changed["displayName"]) == (None, None)
    assert response["ETag"] == '"2"'


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"name": None}, "required"),
        ({"isActive": None}, "required"),
        ({"isTiered": False}, "invalid_value"),
        ({"createdDate": "2020-01-01T00:00:00Z"}, "invalid_value"),
        ({"endDateTime": "2026-05-01T00:00:00Z"}, "invalid_value"),
    ],
)
def test_a_change_that_is_refused(api: Api, change: dict[str, Any], code: str) -> None:
    created = api.post(PATH, EVERYTHING).json()
    response = api.patch(f"{PATH}/{created['id']}", change)
    assert response.status_code == 400
    assert [(e["code"], e["pointer"]) for e in response.json()["errors"]] == [
        (code, next(iter(change)))
    ]
    assert api.get(f"{PATH}/{created['id']}").json() == created


def test_a_whole_record_can_be_sent_back(api: Api) -> None:
    created = api.post(PATH, EVERYTHING).json()
    response = api.patch(f"{PATH}/{created['id']}", {**created, "name": "Autumn"})
    assert response.status_code == 200, response.content
    assert response.json()["name"] == "Autumn"


def test_two_editors_do_not_overwrite_each_other(api: Api) -> None:
    path = f"{PATH}/{make_promotion().record_id}"
    tag = api.get(path)["ETag"]
    assert api.patch(path, {"name": "first"}, If_Match=tag).status_code == 200
    for method in ("PATCH", "DELETE"):
        late = api.send(
            method, path, {"name": "second"} if method == "PATCH" else None, If_Match=tag
        )
        assert (late.status_code, codes(late)) == (412, ["version_conflict"])
    assert api.get(path).json()["name"] == "first"
    assert api.patch(path, {"name": "third"}, If_Match="*").status_code == 200


def test_a_deleted_promotion_is_not_there(api: Api) -> None:
    promotion = make_promotion()
    path = f"{PATH}/{promotion.record_id}"
    assert api.delete(path).status_code == 204
    for response in (api.get(path), api.patch(path, {"name": "x"}), api.delete(path)):
        assert (response.status_code, codes(response)) == (404, ["not_found"])
    assert api.get(PATH).json()["results"] == []
    promotion.refresh_from_db()
    assert promotion.is_deleted


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("name=STRASSE", ["Straße"]),
        ("promotionCode=one", ["Straße"]),
        ("status=draft", ["Draft"]),
        ("status=running", ["Straße"]),
        ("status=scheduled", []),
        ("isActive=false", ["Draft"]),
        ("endDateTime_after=2026-01-01T00:00:00Z", ["Draft"]),
        ("ordering=name", ["Draft", "Straße"]),
        ("ordering=-name", ["Straße", "Draft"]),
        ("ordering=priorityNumber", ["Draft", "Straße"]),
        ("ordering=endDateTime", ["Draft", "Straße"]),
        ("", ["Draft", "Straße"]),
    ],
)
def test_lists(api: Api, query: str, found: list[str]) -> None:
    make_promotion(name="Straße", promotion_code="ONE")
    api.post(PATH, {"name": "Draft", "priorityNumber": 1, "endDateTime": "2199-01-01T00:00:00Z"})
    response = api.get(f"{PATH}?{query}")
    assert [promotion["name"] for promotion in response.json()["results"]] == found


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("scope", "method", "allowed"),
    [
        ("promotions:read", "GET", True),
        ("promotions:read", "POST", False),
        ("promotions:write", "POST", True),
        ("promotions:write", "GET", False),
    ],
)
def test_scopes(scope: str, method: str, allowed: bool) -> None:
    response = Api([scope]).send(method, PATH, {"name": "x"} if method == "POST" else None)
    assert response.status_code in (200, 201) if allowed else response.status_code == 403
