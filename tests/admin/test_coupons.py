"""Coupons: a list that stays quick with a million, made by the thousand, out and in as files."""

import re
from datetime import UTC, datetime
from io import BytesIO
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from promotions.admin.site import CappedPaginator
from promotions.models import Coupon, CouponCodeRedemption, Promotion
from promotions.services.redemptions import redeem
from promotions.spreadsheets import write_workbook
from tests.admin.conftest import user_of
from tests.admin.pages import admin_url, errors, sent, text
from tests.factories import actor, make_promotion
from tests.part_factories import make_coupon

pytestmark = pytest.mark.django_db
LIST = "/admin/promotions/coupon/"


def found(client: Client, query: str) -> list[str]:
    page = client.get(LIST, {"q": query}, follow=True)
    if "original" in page.context:  # the one that has the code: its own page
        return [page.context["original"].coupon_code]
    return [coupon.coupon_code for coupon in page.context["cl"].result_list]


def pages(promotion: Promotion, act: str) -> str:
    return admin_url("promotions_promotion", f"{act}_coupons", promotion.pk)


def content(response: Any) -> str:
    return b"".join(response.streaming_content).decode()


@pytest.mark.parametrize("query", ["straße-1", "STRASSE-1", " Straße-1 ", "CPN-{}"])
def test_a_coupon_is_found_by_its_whole_code_or_number(marketer: Client, query: str) -> None:
    coupon = make_coupon(coupon_code="STRASSE-1")
    make_coupon(coupon_code="STRASSE-10")
    assert found(marketer, query.format(coupon.pk)) == ["STRASSE-1"]
    assert found(marketer, "STRASSE") == [], "no part of a code: that would read them all"


def test_a_code_leads_straight_to_its_coupon_with_its_redemptions(
    marketer: Client, django_assert_max_num_queries: Any
) -> None:
    coupon = make_coupon(coupon_code="USED")
    redemption = CouponCodeRedemption(coupon=coupon, buyer="B-1", transaction="T-1")
    redeem(redemption, by=actor(), at=timezone.now())
    page = text(marketer.get(admin_url("promotions_promotion", "change", coupon.promotion.pk)))
    assert 'form="find_coupon"' in page
    with django_assert_max_num_queries(30):  # the list that leads on, and the coupon
        response = marketer.get(LIST, {"q": "used"}, follow=True)
    assert response.redirect_chain == [(admin_url("promotions_coupon", "change", coupon.pk), 302)]
    assert "T-1" in text(response)


def test_a_code_is_looked_up_by_its_index(marketer: Client) -> None:
    make_coupon(coupon_code="CODE")
    with CaptureQueriesContext(connection) as queries:
        found(marketer, "code")
    asked = [q["sql"] for q in queries if "coupon_code_key" in q["sql"] and "LIKE" in q["sql"]]
    assert asked == []


def test_the_list_never_counts_them_all(marketer: Client, monkeypatch: Any) -> None:
    monkeypatch.setattr(CappedPaginator, "MOST", 3)
    promotion = make_promotion()
    for _ in range(5):
        make_coupon(promotion)
    with CaptureQueriesContext(connection) as queries:
        page = text(marketer.get(LIST))
    assert "3+" in page
    counts = [q["sql"] for q in queries if re.search(r"COUNT\(", q["sql"]) and "coupon" in q["sql"]]
    assert counts
    assert all("LIMIT 4" in sql for sql in counts)


def test_makes_one(marketer: Client) -> None:
    promotion = make_promotion()
    add = f"{admin_url('promotions_coupon', 'add')}?promotion={promotion.pk}"
    response = sent(marketer, add, coupon_code="Hello", status="Active")
    assert response.status_code == 302, errors(response)
    coupon = Coupon.objects.get()
    assert (coupon.coupon_code, coupon.promotion, coupon.owner_user) == (
        "Hello",
        promotion,
        user_of(marketer),
    )
    assert "already" in errors(sent(marketer, add, coupon_code="HELLO"))["coupon_code"][0]


def test_redemptions_are_looked_at(marketer: Client, support: Client) -> None:
    coupon = make_coupon(coupon_code="USED")
    redemption = redeem(
        CouponCodeRedemption(coupon=coupon, buyer="B-1", transaction="T-1"),
        by=actor(),
        at=timezone.now(),
    )
    url = admin_url("promotions_couponcoderedemption")
    for query in ("used", "T-1", f"CCR-{redemption.pk}"):
        assert "B-1" in text(support.get(url, {"q": query})), query
        assert redemption.number in text(marketer.get(url, {"q": query})), query
    assert "B-1" not in text(support.get(url, {"q": "T-2"}))
    assert marketer.get(admin_url("promotions_couponcoderedemption", "add")).status_code == 403


# --- By the thousand ------------------------------------------------------------------------------


def test_generates(marketer: Client) -> None:
    promotion = make_promotion()
    values = {"pattern": "SUMMER-****-****", "quantity": "50", "redemption_limit_all_buyers": "1"}
    response = sent(marketer, pages(promotion, "generate"), **values)
    assert response.status_code == 302, response.context["form"].errors
    assert response.headers["Location"] == f"{LIST}?promotion__id__exact={promotion.pk}"
    coupons = promotion.coupons.all()
    assert {(c.status, c.redemption_limit_all_buyers) for c in coupons} == {("Active", 1)}
    assert len({c.coupon_code for c in coupons if c.coupon_code.startswith("SUMMER-")}) == 50


def test_the_list_of_a_promotion_leads_to_files_and_generating(
    marketer: Client, auditor: Client
) -> None:
    promotion = make_promotion(name="Sun")
    make_coupon(promotion)
    narrowed = {"promotion__id__exact": promotion.pk}
    acts = ("generate", "import", "export")
    assert all(pages(promotion, act) in text(marketer.get(LIST, narrowed)) for act in acts)
    seen = text(auditor.get(LIST, narrowed))
    assert [act for act in acts if pages(promotion, act) in seen] == ["export"]
    assert pages(promotion, "export") not in text(marketer.get(LIST))
    assert marketer.get(LIST, {"promotion__id__exact": "x"}).status_code in (200, 302)


def test_proposes_one_use_per_code(marketer: Client) -> None:
    promotion = make_promotion()
    sent(marketer, pages(promotion, "generate"), quantity="2")
    assert {c.redemption_limit_all_buyers for c in promotion.coupons.all()} == {1}
    assert "without limit" not in text(marketer.get(LIST))


def test_codes_without_limit_are_meant_and_warned_of(marketer: Client) -> None:
    promotion = make_promotion(is_automatic=False)
    url = pages(promotion, "generate")
    sent(marketer, url, quantity="2", redemption_limit_all_buyers="")
    assert {c.redemption_limit_all_buyers for c in promotion.coupons.all()} == {None}
    assert "without limit" in text(marketer.get(LIST))
    page = text(marketer.get(admin_url("promotions_promotion", "change", promotion.pk)))
    assert "It has 2 coupons, and each of them can be used by anybody" in page


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"pattern": "SUMMER"}, "pattern"),
        ({"pattern": "A-*"}, "pattern"),
        ({"quantity": "0"}, "quantity"),
        ({"quantity": "1000001"}, "quantity"),
        ({"redemption_limit_per_buyer": "5", "redemption_limit_all_buyers": "2"},
         "redemption_limit_per_buyer"),
    ],
)  # fmt: skip
def test_says_at_the_field_why_none_are_generated(
    marketer: Client, values: dict[str, str], field: str
) -> None:
    promotion = make_promotion()
    good = {"pattern": "SUMMER-****-****", "quantity": "50"}
    response = sent(marketer, pages(promotion, "generate"), **{**good, **values})
    assert field in response.context["form"].errors, response.context["form"].errors
    assert not promotion.coupons.exists()


def test_exports_what_it_imports(marketer: Client) -> None:
    promotion, other = make_promotion(), make_promotion()
    make_coupon(promotion, coupon_code="ONE", description="Über")
    exported = marketer.get(pages(promotion, "export"))
    assert exported.headers["Content-Type"] == "text/csv; charset=utf-8"
    assert promotion.record_id in exported.headers["Content-Disposition"]
    file = content(exported).replace("ONE", "TWO")
    response = marketer.post(
        pages(other, "import"), {"file": SimpleUploadedFile("c.csv", file.encode())}
    )
    assert response.status_code == 302, response.context["form"].errors
    assert other.coupons.get().coupon_code == "TWO"
    assert other.coupons.get().description == "Über"


def test_says_which_rows_are_no_coupons(marketer: Client) -> None:
    promotion = make_promotion()
    make_coupon(promotion, coupon_code="TAKEN")
    file = b"couponCode,status\nGOOD,Active\ntaken,Active\nBAD,Nonsense\n"
    page = marketer.post(pages(promotion, "import"), {"file": SimpleUploadedFile("c.csv", file)})
    shown = text(page)
    assert "1 coupon was imported" in shown
    assert "2 of 3 rows can&#x27;t be taken." in shown
    assert "Line 3 (taken): Code: Another coupon has this code already." in shown
    assert "Line 4 (BAD): Status: Write one of: " in shown
    assert promotion.coupons.filter(coupon_code="GOOD").exists()


def imported(client: Client, promotion: Promotion, file: bytes, name: str = "c.csv") -> str:
    """What the page says to a file."""
    sent_file = {"file": SimpleUploadedFile(name, file)}
    return text(client.post(pages(promotion, "import"), sent_file, follow=True))


def test_takes_a_file_as_people_write_it(marketer: Client, settings: Any) -> None:
    settings.TIME_ZONE = "Europe/Berlin"
    promotion = make_promotion()
    file = (
        "code;STATUS;Starts;end date-time;Uses by all buyers\n"
        "A;active;1 May 2027;31.5.2027;1\n"
        "B;Inactive;1 May 2027, 00:00 (Europe/Berlin);2027-05-31 24:00;\n"
    )
    assert "2 coupons were imported" in imported(marketer, promotion, file.encode())
    begins, ends = datetime(2027, 4, 30, 22, tzinfo=UTC), datetime(2027, 5, 31, 22, tzinfo=UTC)
    one, two = promotion.coupons.order_by("coupon_code")
    assert [(c.start_date_time, c.end_date_time) for c in (one, two)] == [(begins, ends)] * 2
    assert (one.status, two.status) == ("Active", "Inactive")
    assert (one.redemption_limit_all_buyers, two.redemption_limit_all_buyers) == (1, None)


def test_takes_a_workbook(marketer: Client) -> None:
    promotion, book = make_promotion(), BytesIO()
    write_workbook([["Code", "Uses by each buyer"], ["SUN", "2"]], book, title="Coupons")
    assert "1 coupon was imported" in imported(marketer, promotion, book.getvalue(), "c.xlsx")
    assert promotion.coupons.get().redemption_limit_per_buyer == 2


def test_its_own_export_changes_nothing(marketer: Client) -> None:
    promotion = make_promotion()
    ends = datetime(2027, 6, 1, tzinfo=UTC)
    make_coupon(promotion, coupon_code="ONE", end_date_time=ends, redemption_limit_all_buyers=1)
    make_coupon(promotion, coupon_code="TWO", description="Über")
    file = content(marketer.get(pages(promotion, "export")))
    again = imported(marketer, promotion, file.encode())
    assert "2 coupons were there already, exactly as in the file." in again
    assert promotion.coupons.count() == 2
    other = imported(marketer, promotion, file.replace("Über", "Unter").encode())
    assert "1 coupon was there already" in other
    assert "(TWO): Code: Another coupon has this code already" in other


def test_says_which_column_it_does_not_know(marketer: Client) -> None:
    page = imported(marketer, make_promotion(), b"Code,Colour\nA,red\n")
    assert "Colour: There is no such column. All columns are listed where you chose" in page


def test_says_how_many_bad_rows_it_does_not_list(marketer: Client) -> None:
    rows = "".join(f"C{number},-1\n" for number in range(25))
    page = imported(marketer, make_promotion(), f"Code,Uses by all buyers\n{rows}".encode())
    assert "Line 2 (C0): Uses by all buyers: Write a whole number." in page
    assert "And 5 more." in page
    assert "Nothing was imported." in page


def test_all_or_none(marketer: Client) -> None:
    promotion = make_promotion()
    file = SimpleUploadedFile("c.csv", b"couponCode,status\nGOOD,Active\nBAD,Nonsense\n")
    marketer.post(pages(promotion, "import"), {"file": file, "all_or_none": "on"})
    assert not promotion.coupons.exists()


@pytest.mark.parametrize("file", [b"", b"\xff\xfe", b"nonsense\n1\n", b"couponCode\n"])
def test_a_file_that_can_not_be_read(marketer: Client, file: bytes) -> None:
    promotion = make_promotion()
    response = marketer.post(
        pages(promotion, "import"), {"file": SimpleUploadedFile("c.csv", file)}
    )
    assert response.status_code == 200
    assert response.context["form"].errors


def test_who_looks_exports_and_makes_none(
    auditor: Client, nobody: Client, settings: Any, sign_in: Any
) -> None:
    settings.PROMOTION_SHARING = "private"
    promotion = make_promotion(by=actor())
    make_coupon(promotion, coupon_code="SECRET", by=actor())
    stranger = sign_in("Marketers")
    assert "SECRET" in content(auditor.get(pages(promotion, "export")))
    assert nobody.get(pages(promotion, "export")).status_code == 403
    assert stranger.get(pages(promotion, "export")).status_code == 404
    for act in ("generate", "import"):
        assert auditor.get(pages(promotion, act)).status_code == 403
        assert auditor.post(pages(promotion, act), {"quantity": 1}).status_code == 403
        assert stranger.get(pages(promotion, act)).status_code == 404
