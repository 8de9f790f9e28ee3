"""Coupons from CSV files and into them."""

import csv
import threading
import tracemalloc
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from io import BytesIO, StringIO
from typing import Any

import pytest
from pytest_django import Settings

from promotions.actors import Actor, Source
from promotions.errors import Refused
from promotions.models import Coupon, CouponBatch, CouponCodeRedemption, PromotionHistory
from promotions.services import coupon_files, coupon_staging
from promotions.services.coupon_files import (
    Import,
    RefusedRow,
    export_coupons,
    import_coupons,
)
from promotions.services.coupon_staging import StagedRows
from promotions.services.coupons import coupons
from promotions.services.redemptions import redeem, redemptions
from tests.factories import NOW, actor, make_promotion, make_user
from tests.part_factories import make_coupon
from tests.services.threads import at_once

pytestmark = pytest.mark.django_db


def take_in(promotion: int, text: str | bytes, **options: Any) -> tuple[Import, list[RefusedRow]]:
    rows: list[RefusedRow] = []
    file = BytesIO(text.encode() if isinstance(text, str) else text)
    given = {"by": actor(), "at": NOW, "refused": rows.append, **options}
    return import_coupons(promotion, file, **given), rows


def told(rows: list[RefusedRow]) -> list[tuple[int, str, str, str]]:
    return [(row.line, row.coupon_code, row.error.code, row.error.pointer) for row in rows]


def codes() -> list[str]:
    return sorted(Coupon.objects.live().values_list("coupon_code", flat=True))


def table(parts: Iterator[str]) -> list[dict[str, str]]:
    return list(csv.DictReader(StringIO("".join(parts), newline="")))


EVERYTHING = """\
couponCode,status,startDateTime,endDateTime,redemptionLimitAllBuyers,redemptionLimitPerBuyer,description
Sun,Active,2026-05-01T00:00:00+02:00,2026-06-01T00:00:00Z,5,2,"For ‘friends’
and family"
Rain,,,,,,
"""


class TestImporting:
    def test_every_property_is_taken_and_what_is_empty_has_its_default(self) -> None:
        promotion, clerk = make_promotion(), actor(user=make_user())
        done, refused = take_in(promotion.pk, EVERYTHING, by=clerk)
        assert (done.read, done.created, done.refused, refused) == (2, 2, 0, [])
        rain, sun = Coupon.objects.order_by("coupon_code")
        assert sun.start_date_time == datetime(2026, 4, 30, 22, tzinfo=UTC)
        assert sun.end_date_time == datetime(2026, 6, 1, tzinfo=UTC)
        assert (sun.status, rain.status) == ("Active", "Inactive")
        assert (sun.redemption_limit_all_buyers, sun.redemption_limit_per_buyer) == (5, 2)
        assert (sun.description, rain.description) == ("For ‘friends’\nand family", None)
        assert (sun.coupon_code_key, sun.promotion, sun.owner_user) == (
            "sun",
            promotion,
            clerk.user,
        )
        assert (sun.created_by, sun.created_date, sun.version) == (clerk.user, NOW, 1)
        assert sun.batch == rain.batch == done.batch
        assert done.batch is not None
        assert (done.batch.kind, done.batch.quantity) == ("imported", 2)

    def test_one_row_of_history_tells_of_the_batch(self) -> None:
        promotion = make_promotion()
        done, _ = take_in(promotion.pk, "couponCode\nA\nB\n")
        [row] = PromotionHistory.objects.filter(object_name="CouponBatch")
        assert done.batch is not None
        assert (row.promotion, row.record_key, row.field) == (promotion, done.batch.pk, "created")
        assert row.snapshot == {"Kind": "imported", "Quantity": "2"}

    @pytest.mark.parametrize(
        ("row", "code", "pointer"),
        [
            (",Active,,", "required", "couponCode"),
            ("A\u200bB,Active,,", "invalid_value", "couponCode"),
            ("A\0B,Active,,", "invalid_value", ""),
            (f"{'A' * 256},Active,,", "invalid_value", "couponCode"),
            ("A,active,,", "invalid_value", "status"),
            ("A,,2026-05-01,", "invalid_datetime", "startDateTime"),
            ("A,,,0", "invalid_value", "redemptionLimitAllBuyers"),
            ("A,,,-1", "invalid_value", "redemptionLimitAllBuyers"),
            ("A,,,1.5", "invalid_value", "redemptionLimitAllBuyers"),
            ("A,,,2147483648", "invalid_value", "redemptionLimitAllBuyers"),
            (f"A,,,{'9' * 40}", "invalid_value", "redemptionLimitAllBuyers"),
            ("A,,,,,", "invalid_value", ""),
        ],
    )
    def test_a_bad_row_is_reported_and_the_others_written(
        self, row: str, code: str, pointer: str
    ) -> None:
        header = "couponCode,status,startDateTime,redemptionLimitAllBuyers"
        done, refused = take_in(make_promotion().pk, f"{header}\n\n{row}\nGOOD,,,\n")
        assert (done.read, done.created, done.refused) == (2, 1, 1)
        [(line, _, *why)] = told(refused)
        assert (line, *why) == (3, code, pointer)
        assert codes() == ["GOOD"]

    def test_all_that_is_wrong_with_a_row_is_said(self) -> None:
        text = "couponCode,status,redemptionLimitAllBuyers,redemptionLimitPerBuyer\nA,?,1,2\n"
        _, [row] = take_in(make_promotion().pk, text)
        assert "status: Write one of Active, Inactive." in row.error.detail
        assert "redemptionLimitPerBuyer: One buyer" in row.error.detail

    def test_a_code_that_comes_twice_or_is_taken_is_refused(self) -> None:
        make_coupon(coupon_code="Taken")
        deleted = make_coupon(coupon_code="Free")
        coupons.delete(deleted.pk, by=actor(), at=NOW)
        text = "couponCode\nTAKEN\nStraße\nSTRASSE\nfree\nstrasse\n\n"
        done, refused = take_in(make_promotion().pk, text)
        assert (done.read, done.created, done.refused) == (5, 2, 3)
        assert told(refused) == [
            (2, "TAKEN", "duplicate_value", "couponCode"),
            (4, "STRASSE", "duplicate_value", "couponCode"),
            (6, "strasse", "duplicate_value", "couponCode"),
        ]
        assert "Line 3 has" in refused[1].error.detail
        assert codes() == ["Straße", "Taken", "free"]

    def test_the_first_good_row_of_a_code_counts(self) -> None:
        text = "couponCode,status\nA,?\na,Active\n"
        done, refused = take_in(make_promotion().pk, text)
        assert told(refused) == [(2, "A", "invalid_value", "status")]
        assert codes() == ["a"]
        assert done.created == 1

    @pytest.mark.parametrize(
        ("options", "text", "written"),
        [
            ({"all_or_none": True}, "couponCode\nA\nA\n", 0),
            ({"all_or_none": True}, "couponCode\nA\nB\n", 2),
            ({"trial": True}, "couponCode\nA\nB\n", 0),
            ({}, "couponCode\nTAKEN\n", 0),
        ],
    )
    def test_what_is_written(self, options: dict[str, Any], text: str, written: int) -> None:
        make_coupon(coupon_code="TAKEN")
        done, _ = take_in(make_promotion().pk, text, **options)
        assert done.created == Coupon.objects.count() - 1 == written
        assert CouponBatch.objects.count() == bool(written) == (done.batch is not None)
        assert PromotionHistory.objects.filter(object_name="CouponBatch").count() == bool(written)

    def test_a_trial_says_what_would_be_refused(self) -> None:
        done, refused = take_in(make_promotion().pk, "couponCode\nA\na\n", trial=True)
        assert (done.read, done.refused, done.batch) == (2, 1, None)
        assert [row.line for row in refused] == [3]

    @pytest.mark.parametrize(
        ("text", "expected"),
        [
            ("", [("empty_request", "")]),
            ("couponCode\n\n", [("empty_request", "")]),
            ("status\nActive\n", [("required", "couponCode")]),
            ("couponCode,promotionId\nA,\n", [("unknown_property", "promotionId")]),
            ("couponCode,currencyIsoCode\nA,\n", [("unknown_property", "currencyIsoCode")]),
            ('couponCode\nA\n"B', [("invalid_value", "")]),
        ],
    )
    def test_a_file_that_is_none_is_refused_as_a_whole(
        self, text: str, expected: list[tuple[str, str]]
    ) -> None:
        with pytest.raises(Refused) as caught:
            take_in(make_promotion().pk, text)
        assert [(e.code, e.pointer) for e in caught.value.errors] == expected
        assert not Coupon.objects.exists()
        assert take_in(make_promotion().pk, "couponCode\nA\n")[0].created == 1

    def test_currencies_are_taken_where_there_are_several(self, settings: Settings) -> None:
        settings.CURRENCIES = ("EUR", "CHF")
        text = "couponCode,currencyIsoCode\nA,CHF\nB,\nC,USD\n"
        _, refused = take_in(make_promotion().pk, text)
        assert told(refused) == [(4, "C", "invalid_value", "currencyIsoCode")]
        pairs = Coupon.objects.values_list("coupon_code", "currency_iso_code")
        assert set(pairs) == {("A", "CHF"), ("B", "EUR")}

    @pytest.mark.parametrize(
        ("sharing", "code"), [("private", "not_found"), ("read", "insufficient_access")]
    )
    def test_it_takes_the_right_to_change_the_promotion(
        self, settings: Settings, sharing: str, code: str
    ) -> None:
        settings.PROMOTION_SHARING = sharing
        promotion = make_promotion(by=actor(user=make_user()))
        for trial in (True, False):
            with pytest.raises(Refused) as caught:
                take_in(
                    promotion.pk,
                    "couponCode\nA\n",
                    by=Actor(make_user(), Source.ADMIN),
                    trial=trial,
                )
            assert [e.code for e in caught.value.errors] == [code]
        assert not Coupon.objects.exists()

    def test_rows_are_counted_as_they_are_read(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(coupon_files, "_CHUNK", 2)
        seen: list[int] = []
        take_in(make_promotion().pk, "couponCode\nA\nB\nC\n", progress=seen.append)
        assert seen == [2, 3]

    @pytest.mark.parametrize("all_or_none", [True, False])
    def test_who_is_faster_with_a_code_has_it(
        self, monkeypatch: pytest.MonkeyPatch, all_or_none: bool
    ) -> None:
        other = make_promotion()
        write = StagedRows.write

        def slowly(rows: StagedRows, template: Coupon) -> int:
            make_coupon(other, coupon_code="b")
            return write(rows, template)

        monkeypatch.setattr(coupon_staging.StagedRows, "write", slowly)
        promotion = make_promotion()
        text = "couponCode\nA\nB\n"
        done, refused = take_in(promotion.pk, text, all_or_none=all_or_none)
        assert done.created == promotion.coupons.count() == (0 if all_or_none else 1)
        if not all_or_none:
            assert told(refused) == [(3, "B", "duplicate_value", "couponCode")]
            assert done.batch is not None
            done.batch.refresh_from_db()
            assert (done.refused, done.batch.quantity) == (1, 1)


@pytest.mark.postgresql
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("all_or_none", [True, False])
def test_of_imports_of_the_same_codes_at_the_same_moment_one_succeeds(
    monkeypatch: pytest.MonkeyPatch, all_or_none: bool
) -> None:
    write, all_have_read = StagedRows.write, threading.Barrier(4)

    def write_together(rows: StagedRows, template: Coupon) -> int:
        all_have_read.wait(timeout=30)
        return write(rows, template)

    monkeypatch.setattr(StagedRows, "write", write_together)
    names = [f"CODE{n}" for n in range(2_000)]
    promotions = [make_promotion() for _ in range(4)]
    by = actor()

    def act(number: int) -> Callable[[], tuple[int, int]]:
        order = names if number % 2 else names[::-1]
        text = "couponCode\n" + "\n".join(order)

        def act_once() -> tuple[int, int]:
            done, _ = take_in(promotions[number].pk, text, by=by, all_or_none=all_or_none)
            return done.created, done.refused

        return act_once

    came = at_once([act(number) for number in range(4)])
    assert sorted(came) == [(0, 2_000)] * 3 + [(2_000, 0)]
    assert Coupon.objects.count() == len(names)
    assert CouponBatch.objects.count() == 1


class TestExporting:
    def test_every_property_and_how_often_each_was_used(self) -> None:
        promotion = make_promotion()
        take_in(promotion.pk, EVERYTHING)
        sun = Coupon.objects.get(coupon_code="Sun")
        Coupon.objects.filter(pk=sun.pk).update(start_date_time=None)
        promotion.coupons.filter(coupon_code="Rain").update(status="Active")
        rain = promotion.coupons.get(coupon_code="Rain")
        for number in range(3):
            used = CouponCodeRedemption(coupon=rain, buyer="Ann", transaction=str(number))
            redeem(used, by=actor(), at=NOW)
        redemptions.delete(used.pk, by=actor(), at=NOW)
        make_coupon()
        coupons.delete(make_coupon(promotion).pk, by=actor(), at=NOW)
        rows = {row["couponCode"]: row for row in table(export_coupons(promotion.pk, by=actor()))}
        assert rows == {
            "Sun": {
                "couponCode": "Sun",
                "status": "Active",
                "startDateTime": "",
                "endDateTime": "2026-06-01T00:00:00Z",
                "redemptionLimitAllBuyers": "5",
                "redemptionLimitPerBuyer": "2",
                "description": "For ‘friends’\nand family",
                "redemptionCount": "0",
                "createdDate": "2026-05-15T12:00:00Z",
                "id": sun.record_id,
            },
            "Rain": {
                **dict.fromkeys(rows["Sun"], ""),
                "couponCode": "Rain",
                "status": "Active",
                "redemptionCount": "2",
                "createdDate": "2026-05-15T12:00:00Z",
                "id": rain.record_id,
            },
        }

    def test_no_cell_is_a_formula(self) -> None:
        promotion = make_promotion()
        make_coupon(promotion, coupon_code="=1+1", description="@SUM(A1)")
        [row] = table(export_coupons(promotion.pk, by=actor()))
        assert (row["couponCode"], row["description"]) == ("'=1+1", "'@SUM(A1)")

    def test_what_was_exported_can_be_imported(self) -> None:
        first, second = make_promotion(), make_promotion()
        for code in ("=1+1", "'=1", "a,b", 'say "hi"', "-5 EUR", "Straße"):
            make_coupon(first, coupon_code=code, redemption_limit_per_buyer=1)
        exported = "".join(export_coupons(first.pk, by=actor()))
        before = codes()
        for coupon in first.coupons.all():
            coupons.delete(coupon.pk, by=actor(), at=NOW)
        done, refused = take_in(second.pk, exported)
        assert (done.created, refused) == (6, [])
        assert codes() == before

    def test_pages_join_without_a_seam(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(coupon_files, "_CHUNK", 2)
        promotion = make_promotion()
        made = [make_coupon(promotion).coupon_code for _ in range(5)]
        rows = table(export_coupons(promotion.pk, by=actor()))
        assert [row["couponCode"] for row in rows] == made

    def test_what_one_may_not_see_is_not_found(self, settings: Settings) -> None:
        settings.PROMOTION_SHARING = "private"
        promotion = make_promotion(by=actor(user=make_user()))
        for key in (promotion.pk, 0):
            with pytest.raises(Refused, match="not_found"):
                export_coupons(key, by=Actor(make_user(), Source.API))

    def test_memory_does_not_grow_with_the_file(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(coupon_files, "_CHUNK", 500)
        promotion = make_promotion()

        def most(count: int) -> int:
            text = b"couponCode\n" + b"".join(b"CODE%d-%d\n" % (count, n) for n in range(count))
            tracemalloc.start()
            take_in(promotion.pk, text)
            for _ in export_coupons(promotion.pk, by=actor()):
                pass
            _, peak = tracemalloc.get_traced_memory()
            tracemalloc.stop()
            return peak - 2 * len(text)

        # What waits to be collected only adds: of two, the smaller is nearer to what is needed.
        few, many = most(500), min(most(5_000), most(5_001))
        assert many < 1.5 * few
