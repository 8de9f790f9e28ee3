"""``manage.py import_coupons``"""

from io import StringIO
from pathlib import Path

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError

from promotions.models import Coupon
from tests.commands.running import output_of
from tests.factories import make_promotion
from tests.part_factories import make_coupon

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _promotion() -> None:
    make_promotion(promotion_code="Summer")


def file_of(tmp_path: Path, text: str | bytes) -> str:
    path = tmp_path / "coupons.csv"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return str(path)


def codes() -> set[str]:
    return set(Coupon.objects.values_list("coupon_code", flat=True))


def test_good_rows_become_coupons_and_bad_ones_are_reported(tmp_path: Path) -> None:
    make_coupon(coupon_code="TAKEN")
    file = file_of(tmp_path, "couponCode,status\nSUN,Active\ntaken,\nRAIN,?\n")
    refused, out, err = tmp_path / "refused.csv", StringIO(), StringIO()
    call_command("import_coupons", "Summer", file, refused=str(refused), stdout=out, stderr=err)
    assert codes() == {"TAKEN", "SUN"}
    assert Coupon.objects.get(coupon_code="SUN").created_by.username == "system"
    assert "3 rows read, 2 refused, 1 coupons made" in out.getvalue()
    taken, rain = err.getvalue().splitlines()
    assert taken.startswith("line 3: taken: Another coupon has this code")
    assert rain.startswith("line 4: RAIN: Write one of Active, Inactive.")
    header, first, _ = refused.read_text().splitlines()
    assert header == "line,couponCode,code,reason"
    assert first.startswith("3,taken,duplicate_value,Another coupon")


@pytest.mark.parametrize(
    ("option", "error"), [("--all-or-none", "1 refused. Nothing was written"), ("--dry-run", None)]
)
def test_what_writes_nothing(tmp_path: Path, option: str, error: str | None) -> None:
    file = file_of(tmp_path, "couponCode\nSUN\nsun\n")
    err = StringIO()
    if error is None:
        printed = output_of("import_coupons", "Summer", file, option, stderr=err)
        assert "Nothing was written: this was a dry run." in printed
    else:
        with pytest.raises(CommandError, match=error):
            output_of("import_coupons", "Summer", file, option, stderr=err)
    assert err.getvalue().startswith("line 3: sun: Line 2 has this code already.")
    assert codes() == set()


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (b"", "The file is empty"),
        (b"couponCode\n", "a header and no rows"),
        (b"code\nSUN\n", "code: There is no such column. Known are couponCode, "),
        (b"status\nActive\n", "couponCode: The first line must name this column"),
        ("couponCode\nSUN\n".encode("utf-16"), "not encoded in UTF-8"),
        (b'couponCode\n"SUN\n', "no CSV from line 2 on"),
        (b"couponCode,status\nSUN,?\n", "1 refused. Nothing was written"),
    ],
)
def test_a_file_that_is_none_is_refused_in_words(tmp_path: Path, text: bytes, message: str) -> None:
    with pytest.raises(CommandError, match=message):
        output_of("import_coupons", "Summer", file_of(tmp_path, text), stderr=StringIO())
    assert codes() == set()


def test_files_that_cannot_be_opened_are_named(tmp_path: Path) -> None:
    with pytest.raises(CommandError, match=r"nowhere\.csv: No such file"):
        output_of("import_coupons", "Summer", str(tmp_path / "nowhere.csv"))
    with pytest.raises(CommandError, match="Is a directory"):
        output_of("import_coupons", "Summer", str(tmp_path))
    file = file_of(tmp_path, "couponCode\nSUN\n")
    with pytest.raises(CommandError, match="no promotion"):
        output_of("import_coupons", "Winter", file)
    with pytest.raises(CommandError, match="No such file"):
        output_of("import_coupons", "Summer", file, "--refused", str(tmp_path / "no" / "r.csv"))
    with pytest.raises(CommandError, match="Name another"):
        output_of("import_coupons", "Summer", file, "--refused", file)
    assert Path(file).read_text() == "couponCode\nSUN\n"
    assert codes() == set()
