"""``/api/v1/offers``."""

from typing import Any

import pytest

from tests.api.conftest import Api, codes
from tests.factories import make_offer, make_promotion

PATH = "/api/v1/offers"


def test_an_offer_from_its_creation_to_its_deletion(api: Api) -> None:
    promotion = make_promotion()
    body = {"code": "MAIL-5", "name": "The May mail", "promotionId": promotion.record_id}
    response = api.post(PATH, body)
    assert response.status_code == 201
    offer = response.json()
    assert {name: offer[name] for name in body} == body
    assert offer["isActive"] is True
    path = f"{PATH}/{offer['id']}"
    changed = api.patch(path, {"isActive": False, "promotionId": None}).json()
    assert (changed["isActive"], changed["promotionId"]) == (False, None)
    assert api.delete(path).status_code == 204
    assert codes(api.get(path)) == ["not_found"]


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ({"name": "x"}, [("required", "code")]),
        ({"code": "x"}, [("required", "name")]),
        ({}, [("required", "code"), ("required", "name")]),
        ({"code": "x", "name": "x", "promotionId": 1}, [("invalid_type", "promotionId")]),
        (
            {"code": "x", "name": "x", "promotionId": "0c8000000zzzzzz"},
            [("invalid_value", "promotionId")],
        ),
    ],
)
def test_what_is_refused(api: Api, body: Any, expected: list[tuple[str, str]]) -> None:
    response = api.post(PATH, body)
    assert response.status_code == 400
    assert [(e["code"], e["pointer"]) for e in response.json()["errors"]] == expected


def test_a_code_is_unique_without_regard_to_case(api: Api) -> None:
    make_offer(code="MAIL")
    response = api.post(PATH, {"code": "mail", "name": "x"})
    assert (response.status_code, codes(response)) == (409, ["duplicate_value"])


@pytest.mark.parametrize(
    ("query", "found"),
    [("code=MAIL", ["mail"]), ("name=the POST", ["post"]), ("isActive=false", ["post"])],
)
def test_lists(api: Api, query: str, found: list[str]) -> None:
    make_offer(code="mail", name="The mail", promotion=make_promotion())
    make_offer(code="post", name="The post", is_active=False)
    response = api.get(f"{PATH}?{query}")
    assert [offer["code"] for offer in response.json()["results"]] == found


def test_the_offers_of_a_promotion(api: Api) -> None:
    promotion = make_promotion()
    offer = make_offer(promotion=promotion)
    make_offer()
    found = api.get(f"{PATH}?promotionId={promotion.record_id}").json()["results"]
    assert [o["id"] for o in found] == [offer.record_id]
