"""``manage.py import_products FILE.csv``"""

from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from promotions.models import Product, ProductCategory, PromotionHistory
from promotions.services import importing
from promotions.services.parts import products
from tests import part_factories as parts
from tests.commands.running import output_of
from tests.factories import NOW, actor

pytestmark = pytest.mark.django_db

HEADER = "kind,externalId,name,stockKeepingUnit\n"


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "products.csv"


def refused(file: Path, *options: str) -> tuple[str, list[str]]:
    """What the command ends with, and the lines that it complained in."""
    complaints = StringIO()
    with pytest.raises(CommandError) as ended:
        call_command("import_products", str(file), *options, stdout=StringIO(), stderr=complaints)
    assert ended.value.returncode == 1
    return str(ended.value), complaints.getvalue().splitlines()


def test_products_and_categories_are_made(file: Path) -> None:
    file.write_text(
        HEADER
        + "product,P-1,Müller’s shoe,S-1\n"
        + "category,C-1,Shoes,\n"
        + "CATEGORY,P-1,Boots,\n"
        + ",P-2,Sock,\n"
    )
    assert output_of("import_products", str(file)) == "4 rows read: 4 new, 0 known, 0 refused.\n"
    made = Product.objects.order_by("external_id")
    assert list(made.values_list("external_id", "name", "stock_keeping_unit")) == [
        ("P-1", "Müller’s shoe", "S-1"),
        ("P-2", "Sock", None),
    ]
    categories = ProductCategory.objects.order_by("external_id")
    assert list(categories.values_list("external_id", "name")) == [
        ("C-1", "Shoes"),
        ("P-1", "Boots"),
    ]
    assert made[0].created_by.username == "system"


def test_what_is_known_is_changed_and_what_the_file_lacks_stays(file: Path) -> None:
    known = parts.make_product(name="Shoe", external_id="P-1", stock_keeping_unit="S-1")
    other = parts.make_product(name="Other", external_id="P-2", stock_keeping_unit="S-2")
    file.write_text("name;externalId\nBoot;P-1\nOther;P-2\n")
    assert "0 new, 2 known" in output_of("import_products", str(file))
    known.refresh_from_db()
    other.refresh_from_db()
    assert (known.name, known.stock_keeping_unit, known.version) == ("Boot", "S-1", 2)
    assert other.version == 1  # nothing to change, so nothing was
    row = PromotionHistory.objects.get(field="Name")
    assert (row.old_value, row.new_value, row.source) == ("Shoe", "Boot", "command")
    file.write_text("name,externalId,stockKeepingUnit\nBoot,P-1,\n")
    output_of("import_products", str(file))
    known.refresh_from_db()
    assert known.stock_keeping_unit is None  # an empty cell clears


def test_a_deleted_product_is_made_anew(file: Path) -> None:
    gone = parts.make_product(external_id="P-1")
    products.delete(gone.pk, by=actor(), at=NOW)
    file.write_text("name,externalId\nShoe,P-1\n")
    assert "1 new" in output_of("import_products", str(file))
    assert Product.objects.live().get().pk != gone.pk


def test_bad_rows_are_told_with_their_lines_and_the_others_written(file: Path) -> None:
    file.write_text(
        HEADER
        + "product,P-1,Shoe,\n"
        + "planet,P-2,Mars,\n"
        + "product,,Nameless key,\n"
        + "product,P-3,,\n"
        + f"product,P-4,{'x' * 256},\n"
        + "category,C-1,Shoes,S-1\n"
        + "product,P-5,Too,many,cells\n"
        + '"product","P-6","Over\ntwo lines",\n'
        + "product,P-7,Sock,\n"
    )
    ended, complaints = refused(file)
    assert ended == "9 rows read: 3 new, 0 known, 6 refused."
    assert [line.partition(": ")[0] for line in complaints] == [
        "line 3",
        "line 4",
        "line 5",
        "line 6",
        "line 7",
        "line 8",
    ]
    assert complaints[0] == (
        "line 3: kind: Write one of product, category; an empty cell is a product."
    )
    assert [line.split(": ")[1] for line in complaints[1:5]] == [
        "externalId",
        "name",
        "name",
        "stockKeepingUnit",
    ]
    assert set(Product.objects.values_list("external_id", flat=True)) == {"P-1", "P-6", "P-7"}


@pytest.mark.parametrize("content", ["good", "bad"])
def test_a_dry_run_writes_nothing(file: Path, content: str) -> None:
    parts.make_product(external_id="P-1", name="Shoe")
    file.write_text(HEADER + "product,P-1,Boot,\nproduct,P-2,Sock,\n")
    nothing = "Nothing was written: this was a dry run."
    if content == "good":
        told = output_of("import_products", str(file), "--dry-run")
        assert told == f"2 rows read: 1 new, 1 known, 0 refused. {nothing}\n"
    else:
        file.write_text(file.read_text() + "planet,P-3,Mars,\n")
        ended, complaints = refused(file, "--dry-run")
        assert ended == f"3 rows read: 1 new, 1 known, 1 refused. {nothing}"
        assert complaints[0].startswith("line 4: kind: ")
    assert list(Product.objects.values_list("name", flat=True)) == ["Shoe"]
    assert not PromotionHistory.objects.filter(field="Name").exists()


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "The file is empty."),
        (b"name\nShoe\n", "externalId: The first line must name this column."),
        (b"name,externalId,price\n", "price: There is no such column"),
        (b"name,externalId,name\n", "name: The header names this column twice."),
        ("näme,externalId\n".encode("latin-1"), "UTF-8"),
    ],
)
def test_a_file_with_a_wrong_header_is_refused(file: Path, content: bytes, words: str) -> None:
    file.write_bytes(content)
    ended, _ = refused(file)
    assert words in ended


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    ended, _ = refused(tmp_path / "missing.csv")
    assert ended.endswith("missing.csv: No such file or directory.")
    assert refused(tmp_path)[0].endswith("Is a directory.")


def test_of_a_file_that_breaks_off_the_rows_before_are_written(
    file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(importing, "_CHUNK", 2)
    file.write_text(HEADER + "".join(f"product,P-{n},Shoe,\n" for n in range(3)) + '"x" y,z\n')
    ended, complaints = refused(file)
    assert ended == "3 rows read: 3 new, 0 known, 0 refused."
    assert complaints[0].startswith("The file is no CSV from line 5 on")
    assert Product.objects.count() == 3


def test_a_defect_undoes_the_rows_written_together_and_no_others(
    file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(importing, "_CHUNK", 2)
    file.write_text(HEADER + "".join(f"product,P-{n},Shoe,\n" for n in range(4)))
    real, calls = importing._write, []

    def fails_on_the_fourth(*args: Any, **options: Any) -> None:
        calls.append(args)
        if len(calls) == 4:
            raise RuntimeError("defect")
        real(*args, **options)

    monkeypatch.setattr(importing, "_write", fails_on_the_fourth)
    with pytest.raises(RuntimeError):
        output_of("import_products", str(file))
    assert set(Product.objects.values_list("external_id", flat=True)) == {"P-0", "P-1"}
