"""Exporting a promotion's enrollments from their list."""

import json
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from promotions.models import Promotion
from promotions.services.recycle_bin import delete_promotion
from tests.admin.pages import admin_url, text
from tests.factories import actor, enroll_contact, make_contact, make_promotion

LIST = "/admin/enrollments/promotionpartyusage/"


@pytest.fixture
def promotion(db: None) -> Promotion:
    promotion = make_promotion()
    enroll_contact(make_contact(), promotion)
    return promotion


def url(promotion: Promotion, form: str) -> str:
    return admin_url("enrollments_promotionpartyusage", "export", promotion.pk, form)


def content(response: Any) -> str:
    return b"".join(response.streaming_content).decode()


def test_the_list_of_a_promotions_enrollments_leads_to_its_exports(
    support: Client, promotion: Promotion
) -> None:
    page = text(support.get(f"{LIST}?promotion__id__exact={promotion.pk}"))
    for form in ("csv", "ndjson"):
        assert f'href="{url(promotion, form)}"' in page
    for everything in (LIST, f"{LIST}?promotion__id__exact=x", f"{LIST}?promotion__id__exact=99"):
        assert "/export/" not in text(support.get(everything))


def test_a_file_has_the_promotions_enrollments(support: Client, promotion: Promotion) -> None:
    usage = enroll_contact(make_contact(), promotion)
    enroll_contact(make_contact(), make_promotion())
    table = support.get(url(promotion, "csv"))
    assert table.headers["Content-Type"] == "text/csv; charset=utf-8"
    assert f"enrollments-{promotion.record_id}.csv" in table.headers["Content-Disposition"]
    assert content(table).count("\r\n") == 3
    objects = support.get(url(promotion, "ndjson"))
    assert json.loads(content(objects).splitlines()[-1])["id"] == usage.record_id


def test_a_deleted_promotions_too(lead: Client, promotion: Promotion) -> None:
    delete_promotion(promotion.pk, by=actor(), at=timezone.now(), confirmed=True)
    assert "paused" in content(lead.get(url(promotion, "csv")))


def test_who_may_not_see_them_exports_none(
    nobody: Client, marketer: Client, support: Client, promotion: Promotion, settings: Any
) -> None:
    settings.PROMOTION_SHARING = "private"
    assert nobody.get(url(promotion, "csv")).status_code == 403
    assert marketer.get(url(promotion, "csv")).status_code == 404
    assert "/export/" not in text(marketer.get(f"{LIST}?promotion__id__exact={promotion.pk}"))
    assert support.get(url(promotion, "csv")).status_code == 200


@pytest.mark.parametrize(("key", "form"), [("1", "xlsx"), ("x", "csv"), ("9" * 30, "csv")])
def test_what_there_is_not_is_not_found(
    support: Client, promotion: Promotion, key: str, form: str
) -> None:
    address = admin_url("enrollments_promotionpartyusage", "export", key, form)
    assert support.get(address).status_code == 404
