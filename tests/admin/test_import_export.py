"""Promotions as CSV and XLSX files, out of the list and back, with a preview of what changes."""

import io
import zipfile
from datetime import UTC, datetime
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone
from openpyxl import Workbook, load_workbook

from promotions.csv_files import read_rows
from promotions.models import Promotion, PromotionHistory
from promotions.services.promotion_files import known_headings
from promotions.services.promotions import update_promotion
from promotions.services.transactions import LostRace
from tests.admin.conftest import SignIn, staff, user_of
from tests.admin.pages import form_data, text
from tests.factories import actor, make_promotion

pytestmark = pytest.mark.django_db

LIST = "/admin/promotions/promotion/"
IMPORT = f"{LIST}import/"
ODD = '=HYPERLINK("http://x"),\n"quoted"; +1 @x'
Table = list[dict[str, str]]


def exported(client: Client, kind: str = "csv", **query: str) -> bytes:
    response: Any = client.get(f"{LIST}export/{kind}/", query)
    assert response.status_code == 200
    return b"".join(response.streaming_content)


def rows(file: bytes) -> Table:
    names = known_headings()
    read = read_rows(io.BytesIO(file), columns=names, required=())
    return [{names[name]: cell for name, cell in row.cells.items()} for row in read]


def sheet(*lines: list[Any]) -> bytes:
    book, file = Workbook(), io.BytesIO()
    for line in lines:
        book.active.append(line)
    book.save(file)
    return file.getvalue()


def sent(client: Client, file: bytes | str, name: str = "p.csv") -> Any:
    content = file.encode() if isinstance(file, str) else file
    return client.post(IMPORT, {"file": SimpleUploadedFile(name, content)})


def confirmed(client: Client, preview: Any) -> Any:
    plan = form_data(text(preview))["plan"]
    return client.post(IMPORT, {"plan": plan}, follow=True)


def refused(response: Any) -> list[tuple[int, str, str]]:
    """Row, column and what to do."""
    found = response.context["refused"]
    return [(one.line, column, detail) for one in found for column, detail in one.errors]


def make_odd() -> Promotion:
    return make_promotion(
        name="=1+1",
        promotion_code="-CODE",
        external_id="0815",
        description=ODD,
        objective="'=quoted",
        start_date_time=datetime(2027, 5, 1, 10, 0, 0, 123456, tzinfo=UTC),
        end_date_time=datetime(2027, 6, 1, tzinfo=UTC),
        priority_number=3,
        discount_order="LeastExpensive",
    )


# --- Export ---------------------------------------------------------------------------------------


def test_exports_what_the_list_shows(marketer: Client) -> None:
    make_promotion(name="Running")
    make_promotion(name="Off", is_active=False)
    assert {row["Name"] for row in rows(exported(marketer))} == {"Running", "Off"}
    [row] = rows(exported(marketer, status="draft"))
    assert (row["Name"], row["Status"], row["Active"]) == ("Off", "Inactive", "No")
    [row] = rows(exported(marketer, q="runn"))
    assert row["Name"] == "Running"
    assert rows(exported(marketer, view="mine")) == []  # a saved view is a filter, too
    page = text(marketer.get(LIST, {"status": "draft"}))
    assert "export/csv/?status=draft" in page
    assert marketer.get(f"{LIST}export/csv/", {"nonsense__x": "1"}).status_code == 302
    assert marketer.get(f"{LIST}export/pdf/").status_code == 404


def test_no_cell_is_a_formula(marketer: Client) -> None:
    make_odd()
    assert ",'=1+1," in exported(marketer).decode()
    book = load_workbook(io.BytesIO(exported(marketer, "xlsx")))
    assert book.active is not None
    cells = [cell for line in book.active.iter_rows() for cell in line]
    assert not [cell for cell in cells if cell.data_type == "f"]
    assert "'=1+1" in [cell.value for cell in cells]


def test_takes_as_many_statements_for_ten_as_for_one(
    marketer: Client, django_assert_max_num_queries: Any
) -> None:
    for _ in range(10):
        make_promotion()
    for kind in ("csv", "xlsx"):
        with django_assert_max_num_queries(10):
            exported(marketer, kind)


def test_what_one_may_not_see_is_in_no_file(sign_in: SignIn, settings: Any) -> None:
    settings.PROMOTION_SHARING = "private"
    secret = make_promotion(name="Secret", promotion_code="SECRET", by=actor())
    stranger = sign_in("Marketers")
    assert rows(exported(stranger)) == []
    preview = sent(stranger, f"Record id,Name\n{secret.record_id},Mine\n")
    assert "no such promotion" in refused(preview)[0][2]
    preview = sent(stranger, "Promotion code,Name\nsecret,Mine\n")
    assert refused(preview) == [
        (
            2,
            "Promotion code",
            "Another promotion has this promotion code already. Choose another one.",
        )
    ]


def test_who_may_do_what(auditor: Client, nobody: Client, settings: Any, sign_in: SignIn) -> None:
    make_promotion(name="Seen", by=actor())
    assert "Seen" in exported(auditor).decode()
    assert nobody.get(f"{LIST}export/csv/").status_code == 403
    for client in (auditor, nobody):
        assert client.get(IMPORT).status_code == 403
        assert client.post(IMPORT, {"plan": "x"}).status_code == 403
    settings.PROMOTION_SHARING = "read"
    [row] = rows(exported(reader := sign_in("Marketers")))
    preview = sent(reader, f"Record id,Name\n{row['Record id']},Mine\n")
    assert "not change it" in refused(preview)[0][2]


# --- Import ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
@pytest.mark.parametrize("zone", ["UTC", "Europe/Berlin"])
def test_what_was_exported_changes_nothing(
    marketer: Client, settings: Any, kind: str, zone: str
) -> None:
    settings.TIME_ZONE = zone
    make_odd()
    make_promotion(end_date_time=datetime(9999, 12, 31, 23, 59, 59, tzinfo=UTC))
    make_promotion(start_date_time=datetime(2026, 10, 25, 1, 30, tzinfo=UTC))
    preview = sent(marketer, exported(marketer, kind), f"p.{kind}")
    assert preview.context["counts"] == {"refused": 0, "new": 0, "changed": 0, "unchanged": 3}, (
        preview.context["changed"]
    )
    assert "changes nothing" in text(preview)


def test_says_what_would_change_and_writes_it_when_confirmed(marketer: Client) -> None:
    promotion = make_promotion(name="Old", promotion_code="OLD", priority_number=5)
    file = (
        "Name;Promotion code;Priority;Starts;Ends;Customers enroll\n"
        "New name;old;;1.5.2027;31 May 2027;yes\n"
        "Another;FRESH;2;2027-05-01 10:00;;no\n"
    )
    preview = sent(marketer, file)
    page = text(preview)
    assert "Name: Old → New name" in page
    assert "Priority: 5 → empty" in page
    assert "Ends: empty → 2027-05-31 24:00" in page
    assert Promotion.objects.count() == 1
    promotion.refresh_from_db()
    assert promotion.name == "Old"

    assert "1 promotions made, 1 changed" in text(confirmed(marketer, preview))
    promotion.refresh_from_db()
    assert (promotion.name, promotion.priority_number) == ("New name", None)
    assert promotion.end_date_time == datetime(2027, 6, 1, tzinfo=UTC)
    fresh = Promotion.objects.get(promotion_code="FRESH")
    assert (fresh.owner_user, fresh.is_active) == (user_of(marketer), False)
    assert PromotionHistory.objects.filter(promotion=promotion, field="Name").exists()


@pytest.mark.parametrize(
    ("file", "row", "column", "says"),
    [
        ("Name,Starts\nA,5/6/2027\n", 2, "Starts", "5 June 2027 or 6 May 2027"),
        ("Name,Starts,Ends\nA,2.5.2027,1.5.2027\n", 2, "Ends", "must end after it starts"),
        ("Name,Customers enroll\nA,perhaps\n", 2, "Customers enroll", "Yes or No"),
        ("Name,Priority\nA,first\n", 2, "Priority", "whole number"),
        ("Name,Discount order\nA,random\n", 2, "Discount order", "Least expensive products first"),
        ("Name,Priority\n,1\n", 2, "Name", "blank"),
        ("Name,Promotion code\nA,X\nB,x\n", 3, "Promotion code", "Row 2 has the same code"),
        ("Record id,Name\nnonsense,A\n", 2, "Record id", "no such promotion"),
        ("Name,External id,Promotion code\nA,E-1,TAKEN\n", 2, "Promotion code", "already"),
        ("Promotion code,Tiered\nTAKEN,yes\n", 2, "Tiered", "can't be changed"),
        ("Name\nA,B\n", 2, "", "2 cells"),
        ("Name,External id\nA,E\x00\n", 2, "", "not encoded in UTF-8"),
        ("Name,Promotion code\nA,C\x00\n", 2, "", "not encoded in UTF-8"),
    ],
)
def test_says_row_and_column_of_what_is_wrong(
    marketer: Client, file: str, row: int, column: str, says: str
) -> None:
    make_promotion(promotion_code="TAKEN")
    preview = sent(marketer, file)
    found = refused(preview)
    assert [(at, name) for at, name, _ in found] == [(row, column)], found
    assert says in found[0][2]
    assert 'name="plan"' not in text(preview)


def test_is_found_by_record_id_then_external_id_then_code(marketer: Client) -> None:
    first = make_promotion(external_id="E-1", promotion_code="C-1")
    second = make_promotion(external_id="E-2", promotion_code="C-2")
    head = "Record id,External id,Promotion code,Priority\n"
    for line, promotion in (
        (f"{first.record_id},E-1,C-1,7", first),
        (",E-2,C-2,7", second),
    ):
        [one] = sent(marketer, head + line + "\n").context["changed"]
        assert one.promotion == promotion
    [one] = sent(marketer, "promotionCode,priorityNumber\nc-2,7\n").context["changed"]
    assert one.promotion == second


def test_activates_and_deactivates_nothing(marketer: Client, subtests: Any) -> None:
    make_promotion(promotion_code="ON", is_active=True)
    make_promotion(promotion_code="OFF", is_active=False)
    for column in ("Active", "isActive"):
        with subtests.test(column):
            file = f"Name,Promotion code,{column}\nA,ON,No\nB,OFF,Yes\nC,{column},Yes\n"
            confirmed(marketer, sent(marketer, file))
            active = Promotion.objects.filter(is_active=True)
            assert [one.promotion_code for one in active] == ["ON"]


def test_what_is_confirmed_twice_is_written_once(marketer: Client) -> None:
    preview = sent(marketer, "Name\nOnly one\n")
    assert "1 promotions made" in text(confirmed(marketer, preview))
    assert "This was written already." in text(confirmed(marketer, preview))
    assert Promotion.objects.count() == 1
    confirmed(marketer, sent(marketer, "Name\nOnly one\n"))  # sent anew, it is meant anew
    assert Promotion.objects.count() == 2


def test_two_imports_get_over_meeting_each_other(marketer: Client, monkeypatch: Any) -> None:
    first, second = make_promotion(promotion_code="A"), make_promotion(promotion_code="B")
    preview = sent(marketer, "Name,Promotion code\nNew,C\nSecond,B\nFirst,A\n")
    keys: list[int] = []

    def meeting(key: int, *args: Any, **kwargs: Any) -> Promotion:
        keys.append(key)
        if len(keys) == 2:
            raise LostRace
        return update_promotion(key, *args, **kwargs)

    monkeypatch.setattr("promotions.services.promotion_import.update_promotion", meeting)
    assert "1 promotions made, 2 changed" in text(confirmed(marketer, preview))
    assert keys == [first.pk, second.pk] * 2  # in the same order, whatever the file's is


def test_all_or_none_and_versions_are_checked_again(marketer: Client) -> None:
    first, second = make_promotion(promotion_code="A"), make_promotion(promotion_code="B")
    preview = sent(marketer, "Promotion code,Priority\nA,1\nB,2\n")
    update_promotion(second.pk, {"name": "Meanwhile"}, by=actor(), at=timezone.now())
    page = text(confirmed(marketer, preview))
    assert "Nothing was written" in page
    assert "Row 3" in page
    first.refresh_from_db()
    assert first.priority_number is None


def test_a_plan_is_ones_own_and_not_forged(marketer: Client, lead: Client) -> None:
    make_promotion(promotion_code="A", by=staff(marketer))
    plan = form_data(text(sent(marketer, "Promotion code,Priority\nA,1\n")))["plan"]
    assert lead.post(IMPORT, {"plan": plan}).status_code == 403
    assert "too old" in text(marketer.post(IMPORT, {"plan": plan + "x"}, follow=True))


def test_dates_and_numbers_as_spreadsheets_keep_them(marketer: Client) -> None:
    file = sheet(
        ["Name", "Starts", "Ends", "Priority", "Customers enroll"],
        ["May", datetime(2027, 5, 1, 10, 30), datetime(2027, 5, 31), 1.0, True],  # noqa: DTZ001  # as openpyxl reads them
    )
    preview = sent(marketer, file, "p.xlsx")
    confirmed(marketer, preview)
    may = Promotion.objects.get(name="May")
    assert may.start_date_time == datetime(2027, 5, 1, 10, 30, tzinfo=UTC)
    assert may.priority_number == 1
    assert may.is_enrollment_required


def bomb() -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/worksheets/sheet1.xml", b"0" * (40 * 1024 * 1024))
    return file.getvalue()


def packed(rows: bytes = b"", method: int = zipfile.ZIP_DEFLATED) -> bytes:
    """A workbook as no program would write it."""
    file = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(sheet(["Name"]))) as usual,
        zipfile.ZipFile(file, "w", method) as archive,
    ):
        for name in usual.namelist():
            content = usual.read(name)
            if name.endswith("sheet1.xml"):
                content = content.replace(b"<sheetData>", b"<sheetData>" + rows)
            archive.writestr(name, content)
    return file.getvalue()


def test_an_unknown_column_is_told_with_the_one_that_may_be_meant(marketer: Client) -> None:
    page = text(sent(marketer, b"Nmae,Priority nr\nA,1\n"))
    assert "Nmae: There is no such column. Is it “Name” or “Image”? All columns" in page
    assert "<details" in page
    assert " open>" in page.partition("<details")[2].partition("<summary")[0]
    assert "Promotion code, " in page


@pytest.mark.parametrize(
    ("file", "says"),
    [
        (b"", "empty"),
        (b"\xff\xfe\x00", "UTF-8"),
        (b"Nonsense\n1\n", "no such column"),
        (b"Name\n", "no rows"),
        (b"Name,Name\nA,B\n", "twice"),
        (b"PK\x03\x04broken", "no workbook"),
        (sheet(), "empty"),
        (sheet(["Nonsense"], ["x"]), "no such column"),
        (bomb(), "too large unpacked"),
        (b"Name\n" + b"x\n" * 2001, "at most 2,000 rows"),
        (sheet(["Name"], *([["x"]] * 2001)), "at most 2,000 rows"),
        (b"Name\n" + b"x" * (5 * 1024 * 1024), "larger than 5 MB"),
        (packed(method=zipfile.ZIP_LZMA), "odd way"),
        (packed(b"<row><c>" + b"<v/>" * 70_000 + b"</c></row>"), "too large unpacked"),
        (packed(b"<row/>" * 1_100_000), "too large unpacked"),
        (packed(b"<row><c t='str'><v>" + b"x" * 32_768 + b"</v></c></row>"), "longer than 32,767"),
        (sheet(["Name"], *([["x" * 32_000]] * 700)), "too large unpacked"),  # kept once
        (sheet(["Name"] * 5_000), "twice"),
    ],
    ids=range(18),
)
def test_a_file_that_can_not_be_taken(marketer: Client, file: bytes, says: str) -> None:
    response = sent(marketer, file)
    assert response.status_code == 200
    assert says in str(response.context["form"].errors), response.context["form"].errors
    assert not Promotion.objects.exists()


def test_a_preview_takes_few_statements(
    marketer: Client, django_assert_max_num_queries: Any
) -> None:
    for number in range(10):
        make_promotion(promotion_code=f"C{number}")
    lines = "".join(f"C{number},{number}\n" for number in range(20))
    with django_assert_max_num_queries(20):
        sent(marketer, f"Promotion code,Priority\n{lines}")
