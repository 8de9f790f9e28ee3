"""Coupons in bulk: generated from a pattern, and copied to another promotion."""

import re
from collections.abc import Sequence
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from pytest_django import Settings

from promotions.actors import Actor, Source
from promotions.coupon_codes import Pattern, distinct_codes
from promotions.errors import Refused
from promotions.models import Coupon, CouponBatch, PromotionHistory
from promotions.services import coupon_generation, coupon_rows
from promotions.services.coupon_generation import MOST_AT_ONCE, clone_coupons, generate_coupons
from promotions.services.coupons import coupons
from tests.factories import NOW, actor, make_promotion, make_user
from tests.part_factories import make_coupon

pytestmark = pytest.mark.django_db

PATTERN = "SUMMER-****-****"


def generate(promotion: int, **options: Any) -> CouponBatch:
    given = {"pattern": PATTERN, "quantity": 10, "values": {}, "by": actor(), "at": NOW}
    return generate_coupons(promotion, **{**given, **options})


def refusals(promotion: int, **options: Any) -> list[tuple[str, str]]:
    with pytest.raises(Refused) as caught:
        generate(promotion, **options)
    return [(error.code, error.pointer) for error in caught.value.errors]


def test_each_has_a_code_of_the_pattern_and_what_they_have_in_common() -> None:
    promotion, clerk = make_promotion(), actor(user=make_user("Marketers"))
    values = {
        "status": "Active",
        "start_date_time": NOW,
        "end_date_time": NOW + timedelta(days=1),
        "redemption_limit_all_buyers": 3,
        "redemption_limit_per_buyer": 2,
        "description": "For ‘friends’; 100 %",
    }
    batch = generate(
        promotion.pk, quantity=2500, values=values, by=clerk, pattern="summer-********"
    )
    made = list(promotion.coupons.all())
    assert len(made) == len({coupon.coupon_code_key for coupon in made}) == 2500
    expected = {
        **values,
        "batch": batch,
        "owner_user": clerk.user,
        "created_by": clerk.user,
        "last_modified_by": clerk.user,
        "created_date": NOW,
        "last_modified_date": NOW,
        "is_deleted": False,
        "version": 1,
        "currency_iso_code": None,
    }
    for coupon in made:
        assert re.fullmatch("SUMMER-[A-HJ-NP-Z2-9]{8}", coupon.coupon_code)
        assert coupon.coupon_code_key == coupon.coupon_code.casefold()
    for name, value in expected.items():
        assert {getattr(coupon, name) for coupon in made} == {value}, name


def test_the_batch_and_one_row_of_history_tell_of_all() -> None:
    promotion = make_promotion()
    batch = generate(promotion.pk, values={"status": "Active"})
    assert (batch.kind, batch.pattern, batch.quantity) == ("generated", PATTERN, 10)
    assert batch.coupons.count() == 10
    [row] = PromotionHistory.objects.filter(promotion=promotion).exclude(object_name="Promotion")
    assert (row.object_name, row.record_key, row.field) == ("CouponBatch", batch.pk, "created")
    assert row.snapshot == {
        "Kind": "generated",
        "Pattern": PATTERN,
        "Quantity": "10",
        "Status": "Active",
        "PromotionId": promotion.record_id,
        "OwnerId": batch.created_by.record_id,
        "IsDeleted": "false",
    }


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        ({"pattern": "SUMMER"}, [("invalid_value", "pattern")]),
        ({"pattern": "SUMMER-*"}, [("invalid_value", "pattern")]),
        ({"pattern": "SÜMMER-********"}, [("invalid_value", "pattern")]),
        ({"quantity": 0}, [("invalid_value", "quantity")]),
        ({"quantity": MOST_AT_ONCE + 1}, [("invalid_value", "quantity")]),
        (
            {"pattern": "SUMMER-*", "values": {"status": "Sold", "redemption_limit_per_buyer": 0}},
            [
                ("invalid_value", "pattern"),
                ("invalid_value", "status"),
                ("invalid_value", "redemptionLimitPerBuyer"),
            ],
        ),
        (
            {"values": {"start_date_time": NOW, "end_date_time": NOW}},
            [("invalid_value", "endDateTime")],
        ),
        ({"values": {"owner_user_id": 0}}, [("invalid_value", "ownerId")]),
        ({"values": {"currency_iso_code": "EUR"}}, [("invalid_value", "currencyIsoCode")]),
    ],
)
def test_what_is_refused(options: dict[str, Any], expected: list[tuple[str, str]]) -> None:
    assert refusals(make_promotion().pk, **options) == expected
    assert not CouponBatch.objects.exists()


def test_where_the_organisation_has_currencies_coupons_have_one(settings: Settings) -> None:
    settings.CURRENCIES = ("EUR", "CHF")
    promotion = make_promotion()
    generate(promotion.pk, quantity=1)
    generate(promotion.pk, quantity=1, values={"currency_iso_code": "CHF"})
    codes = promotion.coupons.order_by("pk").values_list("currency_iso_code", flat=True)
    assert list(codes) == ["EUR", "CHF"]


def test_codes_of_a_pattern_are_counted_whoever_made_them() -> None:
    eight = "A-********"  # room for a million guesses for each of a million codes
    batch = generate(make_promotion().pk, pattern=eight, quantity=1)
    CouponBatch.objects.filter(pk=batch.pk).update(quantity=MOST_AT_ONCE)
    assert generate(make_promotion().pk, pattern=eight, quantity=99_000).quantity == 99_000
    assert refusals(make_promotion().pk, pattern=eight, quantity=1_000) == [
        ("invalid_value", "pattern")
    ]


def test_taken_codes_are_drawn_anew_until_the_number_is_exact(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    taken = make_coupon(coupon_code="summer-aaaa-aaaa").coupon_code.upper()
    drawn: list[int] = []

    def unlucky(pattern: Pattern, count: int) -> list[str]:
        drawn.append(count)
        codes = distinct_codes(pattern, count)
        return [taken, *codes[1:]] if len(drawn) < 4 else codes

    monkeypatch.setattr(coupon_generation, "distinct_codes", unlucky)
    monkeypatch.setattr(coupon_generation, "CHUNK", 4)
    batch = generate(make_promotion().pk, quantity=10)
    assert batch.coupons.count() == batch.quantity == 10
    assert drawn == [4, 4, 4, 1]


def test_it_does_not_draw_for_ever(monkeypatch: pytest.MonkeyPatch) -> None:
    taken = make_coupon(coupon_code="SUMMER-AAAA-AAAA").coupon_code
    monkeypatch.setattr(coupon_generation, "distinct_codes", lambda pattern, count: [taken])
    assert refusals(make_promotion().pk) == [("invalid_value", "pattern")]
    assert (Coupon.objects.count(), CouponBatch.objects.count()) == (1, 0)


def test_the_number_made_is_told_as_it_grows(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(coupon_generation, "CHUNK", 4)
    told: list[tuple[int, int]] = []
    generate(make_promotion().pk, progress=lambda done, total: told.append((done, total)))
    assert told == [(4, 10), (8, 10), (10, 10)]


def test_a_failure_on_the_way_leaves_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(coupon_generation, "CHUNK", 4)

    def fail(done: int, total: int) -> None:
        raise RuntimeError("the lights went out")

    with pytest.raises(RuntimeError):
        generate(make_promotion().pk, progress=fail)
    assert (Coupon.objects.count(), CouponBatch.objects.count()) == (0, 0)


def test_the_statements_are_few_however_many_coupons() -> None:
    promotion, by = make_promotion(), actor()

    def statements(quantity: int) -> int:
        with CaptureQueriesContext(connection) as captured:
            generate(promotion.pk, quantity=quantity, by=by)
        return len(captured)

    assert statements(coupon_rows.CHUNK) == statements(1)


@pytest.mark.parametrize(
    ("sharing", "code"), [("private", "not_found"), ("read", "insufficient_access")]
)
def test_it_takes_the_right_to_change_the_promotion(
    settings: Settings, sharing: str, code: str
) -> None:
    settings.PROMOTION_SHARING = sharing
    promotion = make_promotion(by=actor(user=make_user()))
    other = Actor(make_user(), Source.ADMIN)
    assert refusals(promotion.pk, by=other) == [(code, "")]
    assert refusals(0) == [("not_found", "")]
    assert not Coupon.objects.exists()


def test_a_deleted_coupons_code_can_be_made_again(monkeypatch: pytest.MonkeyPatch) -> None:
    old = make_coupon(coupon_code="SUMMER-AAAA-AAAA")
    coupons.delete(old.pk, by=actor(), at=NOW)
    monkeypatch.setattr(
        coupon_generation, "distinct_codes", lambda pattern, count: [old.coupon_code]
    )
    assert generate(make_promotion().pk, quantity=1).coupons.count() == 1


# --- Copies ---------------------------------------------------------------------------------------


def codes_of(coupons: Sequence[Coupon]) -> set[str]:
    return {coupon.coupon_code for coupon in coupons}


def test_copies_are_as_the_originals_but_for_the_code() -> None:
    source, target, clerk = make_promotion(), make_promotion(), actor(user=make_user())
    values = {
        "status": "Active",
        "start_date_time": NOW,
        "end_date_time": NOW + timedelta(days=1),
        "redemption_limit_all_buyers": 3,
        "redemption_limit_per_buyer": 2,
        "description": "For friends",
    }
    generate(source.pk, quantity=25, values=values)
    make_coupon(source, coupon_code="Sun", status="Inactive")
    deleted = make_coupon(source)
    coupons.delete(deleted.pk, by=actor(), at=NOW)
    assert clone_coupons(source, target, by=clerk, at=NOW) == 26
    copies = list(target.coupons.all())
    generated = [coupon for coupon in copies if coupon.status == "Active"]
    [other] = [coupon for coupon in copies if coupon.status == "Inactive"]
    assert re.fullmatch("Sun-[A-HJ-NP-Z2-9]{8}", other.coupon_code)
    assert len(codes_of(generated)) == 25
    assert not codes_of(copies) & codes_of(list(source.coupons.all()))
    for coupon in generated:
        assert re.fullmatch("SUMMER-[A-HJ-NP-Z2-9]{4}-[A-HJ-NP-Z2-9]{4}", coupon.coupon_code)
        assert {name: getattr(coupon, name) for name in values} == values
    assert {coupon.owner_user for coupon in copies} == {clerk.user}
    assert {coupon.batch.kind for coupon in copies if coupon.batch} == {"cloned"}
    assert {(b.pattern, b.quantity) for b in target.coupon_batches.all()} == {
        (PATTERN, 25),
        (None, 1),
    }
    rows = target.history.filter(object_name="CouponBatch", field="created")
    assert {row.snapshot["Quantity"] for row in rows if row.snapshot} == {"25", "1"}


def test_a_copy_of_a_copy_has_codes_of_the_pattern_too() -> None:
    source, first, second = make_promotion(), make_promotion(), make_promotion()
    generate(source.pk, quantity=3)
    clone_coupons(source, first, by=actor(), at=NOW)
    assert clone_coupons(first, second, by=actor(), at=NOW) == 3
    assert {len(code) for code in codes_of(list(second.coupons.all()))} == {len(PATTERN)}


def test_where_a_pattern_has_no_room_left_codes_grow_longer() -> None:
    source, target = make_promotion(), make_promotion()
    batch = generate(source.pk, pattern="A-********", quantity=2)
    CouponBatch.objects.filter(pk=batch.pk).update(quantity=2 * MOST_AT_ONCE)
    clone_coupons(source, target, by=actor(), at=NOW)
    originals = codes_of(list(source.coupons.all()))
    copies = codes_of(list(target.coupons.all()))
    assert {code.rpartition("-")[0] for code in copies} == originals


def test_a_copys_code_that_is_taken_is_drawn_anew(monkeypatch: pytest.MonkeyPatch) -> None:
    source, target = make_promotion(), make_promotion()
    for code in ("SUN", "RAIN", "SNOW"):
        make_coupon(source, coupon_code=code)
    suffixes = iter(["1", "1", "x", "2"])
    make_coupon(coupon_code="snow-X")
    monkeypatch.setattr(coupon_generation, "varied_code", lambda code: f"{code}-{next(suffixes)}")
    assert clone_coupons(source, target, by=actor(), at=NOW) == 3
    assert codes_of(list(target.coupons.all())) == {"SUN-1", "RAIN-1", "SNOW-2"}


def test_without_coupons_there_is_nothing_to_tell() -> None:
    source, target = make_promotion(), make_promotion()
    assert clone_coupons(source, target, by=actor(), at=NOW) == 0
    assert not target.history.filter(object_name="CouponBatch").exists()


def test_thousands_are_copied_chunk_by_chunk(monkeypatch: pytest.MonkeyPatch) -> None:
    source, target = make_promotion(), make_promotion()
    monkeypatch.setattr(coupon_generation, "CHUNK", 2_000)
    generate(source.pk, quantity=5_000)
    with CaptureQueriesContext(connection) as queries:
        assert clone_coupons(source, target, by=actor(), at=NOW) == 5_000
    assert len(queries) < 50
    assert target.coupons.count() == 5_000
