"""Deleting promotions, the recycle bin, restoring them."""

import re
from datetime import UTC, datetime
from html import unescape
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from promotions.models import Promotion
from promotions.services.recycle_bin import delete_promotion
from tests.admin.conftest import staff
from tests.admin.pages import admin_url, errors, sent, text
from tests.factories import enroll_contact, make_contact, make_promotion
from tests.part_factories import make_coupon, make_target

LIST = "/admin/promotions/promotion/"
BIN = "/admin/promotions/promotion/recycle-bin/"
pytestmark = pytest.mark.django_db


@pytest.fixture
def enrolled(lead: Client) -> Promotion:
    promotion = make_promotion(name="Busy", by=staff(lead))
    for _ in range(3):
        enroll_contact(make_contact(), promotion)
    return promotion


def plain(response: Any) -> str:
    """What a page says, without tags."""
    return " ".join(unescape(re.sub(r"<[^>]+>", "", text(response))).split())


def deleted(promotion: Promotion) -> bool:
    promotion.refresh_from_db()
    return promotion.is_deleted


def test_asks_where_customers_are_enrolled_now(lead: Client, enrolled: Promotion) -> None:
    url = admin_url("promotions_promotion", "delete", enrolled.pk)
    page = text(lead.get(url))
    assert "Busy: 3 enrollments" in page
    assert 'name="confirmed"' in page
    refused = lead.post(url, {"post": "yes"}, follow=True)
    assert "Confirm that this is meant" in text(refused)
    assert not deleted(enrolled)
    lead.post(url, {"post": "yes", "confirmed": "on"})
    assert deleted(enrolled)


def test_does_not_ask_where_nobody_is(lead: Client) -> None:
    promotion = make_promotion(by=staff(lead))
    url = admin_url("promotions_promotion", "delete", promotion.pk)
    assert 'name="confirmed"' not in text(lead.get(url))
    said = text(lead.post(url, {"post": "yes"}, follow=True))
    assert "It can be restored from the" in said
    assert BIN in said
    assert deleted(promotion)


def test_asks_for_several_at_once(lead: Client, enrolled: Promotion) -> None:
    other = make_promotion(name="Quiet", by=staff(lead))
    chosen = {"action": "delete_selected", "_selected_action": [enrolled.pk, other.pk]}
    page = text(lead.post(LIST, chosen))
    assert "Busy: 3 enrollments" in page
    assert "Quiet:" not in page
    refused = lead.post(LIST, {**chosen, "post": "yes"}, follow=True)
    assert "Confirm that this is meant" in text(refused)
    assert (deleted(enrolled), deleted(other)) == (False, False), "all or none"
    lead.post(LIST, {**chosen, "post": "yes", "confirmed": "on"})
    assert (deleted(enrolled), deleted(other)) == (True, True)


def test_asking_takes_the_same_statements_for_many(
    marketer: Client, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    several = [make_promotion(by=staff(marketer)) for _ in range(30)]
    enroll_contact(make_contact(), several[0])
    chosen = {"action": "delete_selected", "_selected_action": [one.pk for one in several]}
    with django_assert_max_num_queries(12):
        assert ": 1 enrollment<" in text(marketer.post(LIST, chosen))


def test_says_which_are_not_the_users_to_delete(marketer: Client) -> None:
    mine = make_promotion(name="Mine", by=staff(marketer))
    other = make_promotion(name="Not mine")
    chosen = {"action": "delete_selected", "_selected_action": [mine.pk, other.pk]}
    page = text(marketer.post(LIST, chosen))
    assert "not yours to delete" in page
    assert "Yes, I" not in page
    marketer.post(LIST, {**chosen, "post": "yes", "confirmed": "on"})
    assert (deleted(mine), deleted(other)) == (False, False)


def test_the_bin_says_who_deleted_what_and_until_when_it_stays(
    lead: Client, settings: object
) -> None:
    settings.RECYCLE_BIN_DAYS = 10  # type: ignore[attr-defined]
    settings.TIME_ZONE = "Europe/Berlin"  # type: ignore[attr-defined]
    promotion = make_promotion(name="Gone", promotion_code="GONE", by=staff(lead))
    make_promotion(name="Still there")
    at = datetime(2026, 5, 1, 22, 30, tzinfo=UTC)
    delete_promotion(promotion.pk, by=staff(lead), at=at)
    page = text(lead.get(BIN))
    assert "Gone (GONE)" in page
    assert "Deleted 2 May 2026, 00:30, Lea Lead. Removed for ever from 12 May 2026, 00:30" in page
    assert "Still there" not in page
    assert "Gone (GONE)" in text(lead.get(BIN, {"q": "GON"}))
    assert "Nothing found" in text(lead.get(BIN, {"q": "nothing"}))


def test_an_empty_bin_says_so(lead: Client) -> None:
    assert "The recycle bin is empty" in text(lead.get(BIN))


def test_restores_with_everything_under_it(lead: Client) -> None:
    promotion = make_promotion(by=staff(lead))
    target = make_target(promotion, by=staff(lead))
    delete_promotion(promotion.pk, by=staff(lead), at=timezone.now())
    restore = admin_url("promotions_promotion", "restore", promotion.pk)
    assert restore in text(lead.get(BIN))
    response = sent(lead, restore)
    assert response.headers["Location"] == admin_url("promotions_promotion", "change", promotion.pk)
    target.refresh_from_db()
    assert (deleted(promotion), target.is_deleted) == (False, False)


@pytest.mark.parametrize(("instead", "code"), [("", None), ("AGAIN27", "AGAIN27")])
def test_a_code_given_away_meanwhile_is_replaced_on_restoring(
    lead: Client, instead: str, code: str | None
) -> None:
    promotion = make_promotion(promotion_code="TAKEN", external_id="E-1", by=staff(lead))
    delete_promotion(promotion.pk, by=staff(lead), at=timezone.now())
    other = make_promotion(name="Spring", promotion_code="taken", by=staff(lead))
    restore = admin_url("promotions_promotion", "restore", promotion.pk)
    response = lead.get(restore)
    page = plain(response)
    assert "Its promotion code TAKEN is used by Spring now." in page
    assert admin_url("promotions_promotion", "change", other.pk) in text(response)
    assert "External id" not in text(response)  # that one is still free
    sent(lead, restore, promotion_code=instead)
    promotion.refresh_from_db()
    assert (promotion.is_deleted, promotion.promotion_code) == (False, code)
    assert promotion.external_id == "E-1"


def test_another_code_that_is_taken_too_is_refused_at_its_field(lead: Client) -> None:
    promotion = make_promotion(promotion_code="TAKEN", by=staff(lead))
    delete_promotion(promotion.pk, by=staff(lead), at=timezone.now())
    make_promotion(promotion_code="TAKEN", by=staff(lead))
    restore = admin_url("promotions_promotion", "restore", promotion.pk)
    response = sent(lead, restore, promotion_code="taken")
    assert errors(response)["promotion_code"] == [
        "Another promotion has this promotion code already. Choose another one."
    ]
    assert deleted(promotion)


def test_says_which_coupons_keep_it_from_being_restored(lead: Client) -> None:
    promotion = make_promotion(by=staff(lead))
    make_coupon(promotion, coupon_code="SUN")
    delete_promotion(promotion.pk, by=staff(lead), at=timezone.now())
    other = make_coupon(make_promotion(name="Summer", by=staff(lead)), coupon_code="sun")
    restore = admin_url("promotions_promotion", "restore", promotion.pk)
    page = lead.get(restore)
    said = plain(page)
    assert "The code of its coupon sun belongs to a coupon of Summer now." in said
    assert admin_url("promotions_coupon", "change", other.pk) in text(page)
    assert "__all__" in errors(sent(lead, restore))
    assert deleted(promotion)


def test_a_deleted_promotion_has_only_its_history(lead: Client) -> None:
    promotion = make_promotion(by=staff(lead))
    delete_promotion(promotion.pk, by=staff(lead), at=timezone.now())
    for page, status in (("change", 302), ("share", 404), ("activate", 404), ("history", 200)):
        url = admin_url("promotions_promotion", page, promotion.pk)
        assert lead.get(url).status_code == status, page
