"""``manage.py export_coupons``"""

from pathlib import Path

import pytest
from django.core.management.base import CommandError

from promotions.services import coupon_files
from tests.commands.running import output_of
from tests.factories import make_promotion
from tests.part_factories import make_coupon

pytestmark = pytest.mark.django_db

HEADER = (
    "couponCode,status,startDateTime,endDateTime,redemptionLimitAllBuyers,redemptionLimitPerBuyer,"
    "description,redemptionCount,createdDate,id"
)


def test_it_prints_the_promotions_coupons_and_nothing_else() -> None:
    promotion = make_promotion(promotion_code="Summer")
    coupon = make_coupon(promotion, coupon_code="SUN")
    make_coupon()
    expected = f"SUN,Active,,,,,,0,2020-01-01T00:00:00Z,{coupon.record_id}"
    for words in (["summer"], [promotion.record_id, "-"]):
        assert output_of("export_coupons", *words) == f"{HEADER}\r\n{expected}\r\n"


def test_it_writes_a_file(tmp_path: Path) -> None:
    make_coupon(make_promotion(promotion_code="Summer"), coupon_code="Straße")
    path = tmp_path / "coupons.csv"
    path.write_text("what was there before")
    assert str(path) in output_of("export_coupons", "Summer", str(path))
    header, row = path.read_bytes().decode().splitlines()
    assert header == HEADER
    assert row.startswith("Straße,Active")
    assert list(tmp_path.iterdir()) == [path]


def test_a_file_is_complete_or_as_it_was(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    make_coupon(make_promotion(promotion_code="Summer"))
    path = tmp_path / "coupons.csv"
    path.write_text("what was there before")

    def fail(coupons: object) -> None:
        raise RuntimeError("the lights went out")

    monkeypatch.setattr(coupon_files, "_redemptions", fail)
    with pytest.raises(RuntimeError):
        output_of("export_coupons", "Summer", str(path))
    assert path.read_text() == "what was there before"


def test_what_is_not_there_is_said(tmp_path: Path) -> None:
    make_promotion(promotion_code="Summer")
    with pytest.raises(CommandError, match="There is no promotion with the id or code"):
        output_of("export_coupons", "Winter")
    with pytest.raises(CommandError, match="No such file"):
        output_of("export_coupons", "Summer", str(tmp_path / "no" / "coupons.csv"))
