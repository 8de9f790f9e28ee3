"""Redeeming coupons: exactly as often as their limits allow, whoever comes at the same moment."""

from collections import Counter
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from pytest_django import Settings

from promotions.actors import Actor, Source
from promotions.errors import Refused
from promotions.models import Coupon, CouponCodeRedemption, PromotionHistory
from promotions.services.coupons import coupons
from promotions.services.promotions import update_promotion
from promotions.services.recycle_bin import delete_promotion
from promotions.services.redemptions import redeem, redemptions
from tests.factories import NOW, actor, make_promotion, make_user
from tests.part_factories import make_coupon
from tests.services.threads import at_once

DAY = timedelta(days=1)


def use(
    coupon: Coupon | None = None,
    buyer: str = "Ann",
    transaction: str = "order 1",
    **options: Any,
) -> CouponCodeRedemption:
    redemption = CouponCodeRedemption(coupon=coupon, buyer=buyer, transaction=transaction)
    return redeem(redemption, **{"by": actor(), "at": NOW, **options})


def refusals(*args: Any, **options: Any) -> list[tuple[str, str]]:
    with pytest.raises(Refused) as caught:
        use(*args, **options)
    return [(error.code, error.pointer) for error in caught.value.errors]


@pytest.mark.django_db
class TestRedeeming:
    def test_who_what_and_when_is_kept_and_in_the_promotions_history(self) -> None:
        shop, coupon = actor(user=make_user()), make_coupon()
        redemption = use(coupon, "Ann", "order 1", by=shop)
        redemption.refresh_from_db()
        assert (redemption.coupon, redemption.promotion) == (coupon, coupon.promotion)
        assert (redemption.buyer, redemption.transaction) == ("Ann", "order 1")
        assert (redemption.owner_user, redemption.created_date) == (shop.user, NOW)
        [row] = PromotionHistory.objects.filter(object_name="CouponCodeRedemption")
        assert (row.record_key, row.field) == (redemption.pk, "created")
        assert (row.promotion, row.created_by) == (coupon.promotion, shop.user)

    @pytest.mark.parametrize("code", ["SUMMER", "summer", "Summer"])
    def test_a_coupon_is_named_by_its_code_in_any_case(self, code: str) -> None:
        coupon = make_coupon(coupon_code="Summer")
        assert use(code=code).coupon == coupon
        assert use(coupon, transaction="2", code=code).coupon == coupon

    @pytest.mark.parametrize(
        ("values", "expected"),
        [
            ({}, [("required", "couponCode")]),
            ({"code": "NONE"}, [("invalid_value", "couponCode")]),
            ({"code": "a\0b"}, [("invalid_value", "couponCode")]),
            ({"code": "SUN", "buyer": ""}, [("required", "buyer")]),
            ({"code": "SUN", "transaction": ""}, [("required", "transaction")]),
            ({"code": "SUN", "buyer": "x" * 256}, [("invalid_value", "buyer")]),
            ({"code": "SUN", "transaction": "a\0"}, [("invalid_value", "transaction")]),
        ],
    )
    def test_what_is_refused(self, values: dict[str, Any], expected: list[tuple[str, str]]) -> None:
        make_coupon(coupon_code="SUN")
        assert refusals(**values) == expected
        assert not CouponCodeRedemption.objects.exists()

    def test_id_and_code_must_be_of_the_same_coupon(self) -> None:
        coupon, _ = make_coupon(), make_coupon(coupon_code="SUN")
        assert refusals(coupon, code="SUN") == [("invalid_value", "couponCode")]

    @pytest.mark.parametrize(
        ("values", "at", "code"),
        [
            ({}, NOW, None),
            ({"status": "Inactive"}, NOW, "coupon_inactive"),
            ({"start_date_time": NOW}, NOW, None),
            ({"start_date_time": NOW}, NOW - DAY, "coupon_not_started"),
            ({"end_date_time": NOW}, NOW, "coupon_ended"),
            ({"end_date_time": NOW}, NOW - DAY, None),
        ],
    )
    def test_a_coupon_is_used_while_it_is_valid(
        self, values: dict[str, Any], at: Any, code: str | None
    ) -> None:
        coupon = make_coupon(**values)
        if code is None:
            assert use(coupon, at=at)
        else:
            assert refusals(coupon, at=at) == [(code, "couponId")]
            assert refusals(code=coupon.coupon_code, at=at) == [(code, "couponCode")]

    @pytest.mark.parametrize(
        ("values", "code"),
        [
            ({"is_active": False}, "promotion_inactive"),
            ({"end_date_time": NOW}, "promotion_ended"),
            ({"start_date_time": NOW + DAY}, "coupon_not_started"),
        ],
    )
    def test_a_coupon_is_used_while_its_promotion_runs(
        self, values: dict[str, Any], code: str
    ) -> None:
        coupon = make_coupon()
        update_promotion(coupon.promotion_id, values, by=actor(), at=NOW)
        assert refusals(coupon) == [(code, "couponId")]

    def test_a_deleted_coupon_is_unknown_and_so_is_one_of_a_deleted_promotion(self) -> None:
        coupon, other = make_coupon(), make_coupon()
        coupons.delete(coupon.pk, by=actor(), at=NOW)
        delete_promotion(other.promotion_id, by=actor(), at=NOW)
        for gone in (coupon, other):
            assert refusals(gone) == [("invalid_value", "couponId")]
            assert refusals(code=gone.coupon_code) == [("invalid_value", "couponCode")]

    def test_a_transaction_uses_a_coupon_once_but_may_use_others(self) -> None:
        coupon = make_coupon(redemption_limit_all_buyers=1)
        use(coupon)
        # Said before that it is used up: a till that sends twice learns that it has succeeded.
        assert refusals(coupon) == [("duplicate_value", "transaction")]
        assert use(make_coupon())

    def test_the_limits_count_all_buyers_and_each_as_written(self) -> None:
        coupon = make_coupon(redemption_limit_all_buyers=4, redemption_limit_per_buyer=2)
        use(coupon, "Ann", "1")
        use(coupon, "Ann", "2")
        assert refusals(coupon, "Ann", "3") == [("coupon_used_up", "buyer")]
        use(coupon, "ann", "3")
        use(coupon, "Bob", "4")
        assert refusals(coupon, "Bob", "5") == [("coupon_used_up", "couponId")]

    def test_taking_a_redemption_back_frees_the_use_and_the_transaction(self) -> None:
        coupon = make_coupon(redemption_limit_all_buyers=1)
        redemptions.delete(use(coupon).pk, by=actor(), at=NOW)
        use(coupon)
        rows = PromotionHistory.objects.filter(object_name="CouponCodeRedemption")
        assert [row.field for row in rows.order_by("pk")] == ["created", "IsDeleted", "created"]

    @pytest.mark.parametrize("sharing", ["private", "read"])
    def test_a_coupon_out_of_sight_is_answered_for_as_an_unknown_one(
        self, settings: Settings, sharing: str
    ) -> None:
        settings.PROMOTION_SHARING = sharing
        owner, other = actor(user=make_user()), Actor(make_user(), Source.API)
        coupon = make_coupon(make_promotion(by=owner), by=owner, coupon_code="SUN")
        if sharing == "read":  # enough: it is the customer who redeems
            assert use(code="SUN", by=other)
            return
        messages = set()
        for code in ("SUN", "UNKNOWN"):
            with pytest.raises(Refused) as caught:
                use(code=code, by=other)
            messages.add(repr(caught.value.errors))
        assert len(messages) == 1
        assert refusals(coupon, by=other) == [("invalid_value", "couponId")]


THREADS = [
    pytest.param(20, marks=pytest.mark.postgresql),
    pytest.param(4, id="4, also where there is but one writer"),
]


def act(coupon: Coupon, buyer: str, transaction: str) -> Callable[[], str]:
    """An act: redeems, and answers with what came of it."""
    by = actor()

    def redeem_once() -> str:
        try:
            use(coupon, buyer, transaction, by=by)
        except Refused as refused:
            [error] = refused.errors
            return f"{error.code} {error.pointer}"
        return "redeemed"

    return redeem_once


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("buyers", THREADS)
class TestAtTheSameMoment:
    def test_no_more_buyers_get_it_than_the_limit_says(self, buyers: int) -> None:
        limit = buyers // 4
        coupon = make_coupon(redemption_limit_all_buyers=limit)
        came = at_once([act(coupon, f"buyer {n}", f"order {n}") for n in range(buyers)])
        assert Counter(came) == {"redeemed": limit, "coupon_used_up couponId": buyers - limit}
        assert coupon.redemptions.count() == limit

    def test_nor_does_one_buyer_get_it_more_often(self, buyers: int) -> None:
        limit = buyers // 4
        coupon = make_coupon(redemption_limit_per_buyer=limit)
        came = at_once([act(coupon, "Ann", f"order {n}") for n in range(buyers)])
        assert Counter(came) == {"redeemed": limit, "coupon_used_up buyer": buyers - limit}

    def test_a_transaction_sent_many_times_counts_once(self, buyers: int) -> None:
        coupon = make_coupon()
        came = at_once([act(coupon, "Ann", "order 1") for _ in range(buyers)])
        assert Counter(came) == {"redeemed": 1, "duplicate_value transaction": buyers - 1}
