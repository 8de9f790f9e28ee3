"""``/api/v1/coupon-code-redemptions``"""

from typing import Any

import pytest
from pytest_django import Settings

from promotions.models import Coupon, CouponCodeRedemption
from tests.api.callers import bound_api
from tests.api.conftest import Api, codes
from tests.factories import actor, make_promotion, make_user
from tests.part_factories import make_coupon

PATH = "/api/v1/coupon-code-redemptions"


@pytest.fixture
def coupon(db: None) -> Coupon:
    return make_coupon(coupon_code="Sun")


def body(**more: Any) -> dict[str, Any]:
    return {"buyer": "Ann", "transaction": "order 1", **more}


@pytest.mark.parametrize("named_by", ["couponId", "couponCode", "both"])
def test_a_coupon_is_redeemed_by_id_or_code(api: Api, coupon: Coupon, named_by: str) -> None:
    names = {"couponId": coupon.record_id, "couponCode": "SUN"}
    named = names if named_by == "both" else {named_by: names[named_by]}
    answer = api.post(PATH, body(**named))
    assert answer.status_code == 201, answer.content
    created = answer.json()
    assert answer["Location"].endswith(f"{PATH}/{created['id']}")
    expected = body(couponId=coupon.record_id, couponCode="Sun")
    assert {name: created[name] for name in expected} == expected
    assert created["ownerId"] == api.partner.acting_user.record_id
    assert created["name"].startswith("CCR-")
    assert api.get(f"{PATH}/{created['id']}").json() == created


def test_it_can_be_sent_below_the_coupon(api: Api, coupon: Coupon) -> None:
    path = f"/api/v1/coupons/{coupon.record_id}/redemptions"
    created = api.post(path, body()).json()
    assert created["couponId"] == coupon.record_id
    assert [r["id"] for r in api.get(path).json()["results"]] == [created["id"]]
    other = make_coupon()
    assert codes(api.post(path, body(couponId=other.record_id))) == ["invalid_value"]
    assert codes(api.post(path, body(couponCode=other.coupon_code))) == ["invalid_value"]


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        (body(), [("required", "couponCode")]),
        (body(couponCode="RAIN"), [("invalid_value", "couponCode")]),
        (body(couponId="0cL000000zzzzzz"), [("invalid_value", "couponId")]),
        (body(couponId="x"), [("malformed_id", "couponId")]),
        (body(couponCode=5), [("invalid_type", "couponCode")]),
        (body(couponCode="a\0b"), [("invalid_value", "couponCode")]),
        (body(couponCode="SUN", buyer=None), [("required", "buyer")]),
        (body(couponCode="SUN", transaction=" "), [("required", "transaction")]),
        (body(couponCode="SUN", transaction="x" * 256), [("invalid_value", "transaction")]),
        (body(couponCode="SUN", at="now"), [("unknown_property", "at")]),
        (body(couponCode="SUN", ownerId="x"), [("malformed_id", "ownerId")]),
    ],
)
def test_what_is_refused(
    api: Api, coupon: Coupon, given: dict[str, Any], expected: list[tuple[str, str]]
) -> None:
    answer = api.post(PATH, given)
    assert answer.status_code == 400
    assert [(e["code"], e["pointer"]) for e in answer.json()["errors"]] == expected
    assert not CouponCodeRedemption.objects.exists()


def test_the_limit_and_the_transaction_are_kept(api: Api) -> None:
    make_coupon(coupon_code="ONCE", redemption_limit_all_buyers=1)
    assert api.post(PATH, body(couponCode="once")).status_code == 201
    again = api.post(PATH, body(couponCode="once"))
    assert (again.status_code, codes(again)) == (409, ["duplicate_value"])
    other = api.post(PATH, body(couponCode="once", transaction="order 2"))
    assert (other.status_code, codes(other)) == (409, ["coupon_used_up"])
    assert "could be redeemed once and has been" in other.json()["detail"]


def test_a_till_that_sends_again_with_its_key_gets_the_first_answer(
    api: Api, coupon: Coupon
) -> None:
    answers = [api.post(PATH, body(couponCode="Sun"), Idempotency_Key="till 7/1") for _ in range(2)]
    assert [answer.status_code for answer in answers] == [201, 201]
    assert answers[0].json() == answers[1].json()
    assert CouponCodeRedemption.objects.count() == 1


def test_taking_a_redemption_back_frees_the_use(api: Api) -> None:
    make_coupon(coupon_code="ONCE", redemption_limit_all_buyers=1)
    created = api.post(PATH, body(couponCode="once")).json()
    path = f"{PATH}/{created['id']}"
    assert api.delete(path).status_code == 204
    assert codes(api.get(path)) == codes(api.delete(path)) == ["not_found"]
    assert api.post(PATH, body(couponCode="once")).status_code == 201


@pytest.mark.parametrize("method", ["PATCH", "PUT"])
def test_what_happened_is_not_changed(api: Api, coupon: Coupon, method: str) -> None:
    created = api.post(PATH, body(couponCode="Sun")).json()
    answer = api.send(method, f"{PATH}/{created['id']}", {"buyer": "Bob"})
    assert (answer.status_code, codes(answer)) == (405, ["method_not_allowed"])


def test_redemptions_are_found_by_what_they_say(api: Api, coupon: Coupon) -> None:
    other = make_coupon()
    for number, (code, buyer) in enumerate(
        [("Sun", "Ann"), ("Sun", "ann"), (other.coupon_code, "Ann")]
    ):
        api.post(PATH, {"couponCode": code, "buyer": buyer, "transaction": f"order {number}"})

    def found(query: str) -> list[str]:
        answer = api.get(f"{PATH}?ordering=id&{query}")
        assert answer.status_code == 200, answer.content
        return [redemption["transaction"] for redemption in answer.json()["results"]]

    assert found("couponCode=SUN") == ["order 0", "order 1"]
    assert found(f"couponId={other.record_id}") == ["order 2"]
    assert found("buyer=Ann") == ["order 0", "order 2"]
    assert found("transaction=order 1") == ["order 1"]
    assert found(f"promotionId={coupon.promotion.record_id}") == ["order 0", "order 1"]
    assert codes(api.get(f"{PATH}?ordering=buyer")) == ["invalid_filter"]


def test_a_coupon_out_of_sight_is_answered_for_as_an_unknown_one(
    db: None, settings: Settings
) -> None:
    settings.PROMOTION_SHARING = "private"
    owner = actor(user=make_user())
    hidden = make_coupon(make_promotion(by=owner), by=owner, coupon_code="SUN")
    api = bound_api()
    unknown = api.post(PATH, body(couponCode="RAIN"))
    assert api.post(PATH, body(couponCode="sun")).json() == unknown.json()
    unknown = api.post(PATH, body(couponId="0cL000000zzzzzz"))
    assert api.post(PATH, body(couponId=hidden.record_id)).json() == unknown.json()
    everybody = Api()
    created = everybody.post(PATH, body(couponCode="sun")).json()
    assert api.get(PATH).json()["results"] == []
    assert api.get(f"{PATH}?couponCode=sun").json()["results"] == []
    for method in ("GET", "DELETE"):
        assert codes(api.send(method, f"{PATH}/{created['id']}")) == ["not_found"]
    nested = f"/api/v1/coupons/{hidden.record_id}/redemptions"
    assert codes(api.get(nested)) == codes(api.post(nested, body())) == ["not_found"]


def test_to_redeem_it_is_enough_to_see_the_promotion(db: None, settings: Settings) -> None:
    settings.PROMOTION_SHARING = "private"
    owner = actor(user=make_user())
    promotion = make_promotion(by=owner)
    make_coupon(promotion, by=owner, coupon_code="SUN")
    api = bound_api(promotion, "Read")
    created = api.post(PATH, body(couponCode="sun"))
    assert created.status_code == 201
    assert api.delete(f"{PATH}/{created.json()['id']}").status_code == 204


@pytest.mark.parametrize(("scope", "status"), [("promotions:read", 403), ("promotions:write", 201)])
def test_it_takes_the_scope_to_write(coupon: Coupon, scope: str, status: int) -> None:
    assert Api([scope]).post(PATH, body(couponCode="Sun")).status_code == status
