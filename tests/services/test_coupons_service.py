"""Coupons one by one: created, changed, deleted, with their history."""

from datetime import timedelta
from typing import Any

import pytest

from promotions.actors import Actor, Source
from promotions.errors import Refused
from promotions.models import Coupon, PromotionHistory
from promotions.services.coupons import coupons
from tests.factories import NOW, actor, make_promotion, make_user
from tests.part_factories import make_coupon

pytestmark = pytest.mark.django_db

DAY = timedelta(days=1)


def refusals(call: Any, *args: Any, **options: Any) -> list[tuple[str, str]]:
    with pytest.raises(Refused) as caught:
        call(*args, **{"by": actor(), "at": NOW, **options})
    return [(error.code, error.pointer) for error in caught.value.errors]


def history_of(coupon: Coupon) -> list[tuple[str, str | None, str | None]]:
    rows = PromotionHistory.objects.filter(object_name="Coupon", record_key=coupon.pk)
    return list(rows.order_by("pk").values_list("field", "old_value", "new_value"))


def test_a_code_is_enough_and_the_rest_has_the_described_objects_defaults() -> None:
    clerk = actor(user=make_user("Marketers"))
    coupon = Coupon(promotion=make_promotion(), coupon_code="SUN")
    coupons.create(coupon, by=clerk, at=NOW)
    coupon.refresh_from_db()
    assert (coupon.status, coupon.owner_user, coupon.batch) == ("Inactive", clerk.user, None)
    assert (coupon.redemption_limit_all_buyers, coupon.redemption_limit_per_buyer) == (None, None)
    [row] = PromotionHistory.objects.filter(object_name="Coupon")
    assert (row.field, row.promotion, row.created_by) == ("created", coupon.promotion, clerk.user)
    assert row.snapshot is not None
    assert row.snapshot["CouponCode"] == "SUN"


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ({"coupon_code": ""}, [("required", "couponCode")]),
        ({"coupon_code": "x" * 256}, [("invalid_value", "couponCode")]),
        ({"coupon_code": "two\nlines"}, [("invalid_value", "couponCode")]),
        ({"status": "Sold"}, [("invalid_value", "status")]),
        ({"redemption_limit_all_buyers": 0}, [("invalid_value", "redemptionLimitAllBuyers")]),
        (
            {"redemption_limit_all_buyers": 1, "redemption_limit_per_buyer": 2},
            [("invalid_value", "redemptionLimitPerBuyer")],
        ),
        ({"start_date_time": NOW, "end_date_time": NOW}, [("invalid_value", "endDateTime")]),
    ],
)
def test_what_is_refused(values: dict[str, Any], expected: list[tuple[str, str]]) -> None:
    coupon = Coupon(**{"promotion": make_promotion(), "coupon_code": "SUN", **values})
    assert refusals(coupons.create, coupon) == expected
    assert not Coupon.objects.exists()


@pytest.mark.parametrize(("taken", "wanted"), [("Sun", "sUN"), ("Straße", "STRASSE")])
def test_no_two_coupons_have_the_same_code_whatever_the_case(taken: str, wanted: str) -> None:
    first, other = make_coupon(coupon_code=taken), make_coupon()
    again = Coupon(promotion=other.promotion, coupon_code=wanted)
    assert refusals(coupons.create, again) == [("duplicate_value", "couponCode")]
    changes = {"coupon_code": wanted}
    assert refusals(coupons.update, other.pk, changes) == [("duplicate_value", "couponCode")]
    coupons.delete(first.pk, by=actor(), at=NOW)
    coupons.update(other.pk, changes, by=actor(), at=NOW)


def test_that_a_code_is_taken_does_not_tell_by_whom(settings: Any) -> None:
    settings.PROMOTION_SHARING = "private"
    owner, other = actor(user=make_user()), actor(user=make_user())
    make_coupon(make_promotion(by=owner, name="Secret plan"), by=owner, coupon_code="SUN")
    again = Coupon(promotion=make_promotion(by=other), coupon_code="SUN")
    with pytest.raises(Refused) as caught:
        coupons.create(again, by=other, at=NOW)
    [error] = caught.value.errors
    assert (error.code, error.pointer, dict(error.extra)) == ("duplicate_value", "couponCode", {})
    assert "Secret" not in error.detail


def test_every_change_is_in_the_history_of_the_promotion() -> None:
    coupon = make_coupon(coupon_code="SUN")
    coupons.update(coupon.pk, {"status": "Inactive", "coupon_code": "RAIN"}, by=actor(), at=NOW)
    coupons.delete(coupon.pk, by=actor(), at=NOW + DAY)
    assert history_of(coupon) == [
        ("created", None, None),
        ("CouponCode", "SUN", "RAIN"),
        ("Status", "Active", "Inactive"),
        ("IsDeleted", "false", "true"),
    ]
    assert coupon.promotion.history.filter(object_name="Coupon").count() == 4


def test_a_coupon_stays_with_its_promotion() -> None:
    coupon, other = make_coupon(), make_promotion()
    wrong = [("invalid_value", "promotionId")]
    assert refusals(coupons.update, coupon.pk, {"promotion": other}) == wrong


@pytest.mark.parametrize(
    ("sharing", "code"), [("private", "not_found"), ("read", "insufficient_access")]
)
def test_who_may_not_change_the_promotion_may_not_change_its_coupons(
    settings: Any, sharing: str, code: str
) -> None:
    settings.PROMOTION_SHARING = sharing
    owner = actor(user=make_user())
    coupon = make_coupon(make_promotion(by=owner), by=owner)
    other = Actor(make_user(), Source.ADMIN)
    assert refusals(coupons.update, coupon.pk, {"status": "Inactive"}, by=other) == [(code, "")]
    assert refusals(coupons.delete, coupon.pk, by=other) == [(code, "")]
    new = Coupon(promotion=coupon.promotion, coupon_code="NEW")
    [(refused, _)] = refusals(coupons.create, new, by=other)
    assert refused == ("invalid_value" if sharing == "private" else "insufficient_access")
    assert Coupon.objects.live().count() == 1
