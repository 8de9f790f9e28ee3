"""``manage.py generate_coupons``"""

from datetime import UTC, datetime

import pytest
from django.core.management.base import CommandError

from promotions.models import Coupon, PromotionHistory
from tests.commands.running import output_of
from tests.factories import make_promotion

pytestmark = pytest.mark.django_db

PATTERN = "SUN-****-****"


@pytest.mark.parametrize("named_by", ["id", "code"])
def test_coupons_of_the_promotion_are_made_by_the_system(named_by: str) -> None:
    promotion = make_promotion(promotion_code="Summer")
    name = promotion.record_id if named_by == "id" else "SUMMER"
    printed = output_of("generate_coupons", name, PATTERN, "12")
    made = list(promotion.coupons.all())
    assert len(made) == 12
    assert {coupon.created_by.username for coupon in made} == {"system"}
    batch = made[0].batch
    assert batch is not None
    assert batch.record_id in printed
    assert "12 coupons SUN-****-****" in printed
    assert PromotionHistory.objects.get(object_name="CouponBatch").source == "command"


def test_what_they_have_in_common_is_said_by_options() -> None:
    promotion = make_promotion(promotion_code="Summer")
    options = {
        "--status": "Active",
        "--start": "2026-05-01T00:00:00+02:00",
        "--end": "2026-06-01T00:00:00Z",
        "--limit-all-buyers": "3",
        "--limit-per-buyer": "2",
        "--description": "For friends",
    }
    output_of("generate_coupons", "Summer", PATTERN, "1", *sum(options.items(), ()))
    coupon = promotion.coupons.get()
    assert coupon.status == "Active"
    assert coupon.start_date_time == datetime(2026, 4, 30, 22, tzinfo=UTC)
    assert coupon.end_date_time == datetime(2026, 6, 1, tzinfo=UTC)
    assert (coupon.redemption_limit_all_buyers, coupon.redemption_limit_per_buyer) == (3, 2)
    assert coupon.description == "For friends"


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["Winter", PATTERN, "1"], "There is no promotion with the id or code Winter"),
        (["0c8000000zzzzzz", PATTERN, "1"], "no promotion"),
        (["Summer", "SUN", "1"], "pattern: There is no placeholder"),
        (["Summer", "SUN-*", "1"], "pattern: Its codes could be guessed"),
        (["Summer", PATTERN, "0"], "quantity: Say how many"),
        (["Summer", PATTERN, "1000001"], "quantity: Make at most 1,000,000"),
        (["Summer", PATTERN, "many"], "invalid int value"),
        (["Summer", PATTERN, "1", "--start", "tomorrow"], "ISO 8601"),
        (["Summer", PATTERN, "1", "--limit-all-buyers", "0"], "redemptionLimitAllBuyers"),
        (["Summer", PATTERN, "1", "--currency", "EUR"], "currencyIsoCode"),
        (["Summer", PATTERN, "1", "--status", "Sold"], "invalid choice"),
    ],
)
def test_what_is_wrong_is_said_and_nothing_made(words: list[str], message: str) -> None:
    make_promotion(promotion_code="Summer")
    with pytest.raises(CommandError, match=message):
        output_of("generate_coupons", *words)
    assert not Coupon.objects.exists()
