"""Activate, deactivate, close, clone: a page that says what it means, then the service."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from enrollments.figures import CURRENT
from promotions.admin.moments import show_counted
from promotions.figures import of_promotion
from promotions.models import KeptFigure, Promotion
from promotions.services.figures import ask_for
from promotions.services.promotions import update_promotion
from promotions.services.recycle_bin import delete_promotion
from tests.admin.conftest import staff, user_of
from tests.admin.pages import admin_url, errors, form_data, sent, text
from tests.factories import actor, enroll_contact, make_contact, make_promotion
from tests.part_factories import make_coupon, make_target

pytestmark = pytest.mark.django_db


def url(promotion: Promotion, page: str) -> str:
    return admin_url("promotions_promotion", page, promotion.pk)


@pytest.mark.parametrize(
    ("verb", "before", "changed", "says"),
    [
        ("activate", {"is_active": False}, {"is_active": True}, "customers can enroll"),
        ("deactivate", {"is_active": True}, {"is_active": False}, "are paused until"),
    ],
)
def test_switches_it(
    marketer: Client, verb: str, before: Any, changed: dict[str, Any], says: str
) -> None:
    promotion = make_promotion(**before)
    assert says in text(marketer.get(url(promotion, verb)))
    response = sent(marketer, url(promotion, verb))
    assert response.headers["Location"] == url(promotion, "change")
    promotion.refresh_from_db()
    assert {name: getattr(promotion, name) for name in changed} == changed
    assert promotion.last_modified_by == user_of(marketer)


def test_closes_it_now(marketer: Client) -> None:
    promotion = make_promotion()
    before = timezone.now()
    sent(marketer, url(promotion, "close"))
    promotion.refresh_from_db()
    assert promotion.end_date_time is not None
    assert before <= promotion.end_date_time <= timezone.now()


def test_clones_it_with_what_is_under_it(marketer: Client) -> None:
    promotion = make_promotion(name="Summer")
    make_target(promotion)
    response = sent(marketer, url(promotion, "clone"))
    copy = Promotion.objects.get(name="Summer (copy)")
    assert response.headers["Location"] == url(copy, "change")
    assert (copy.is_active, copy.owner_user, copy.related_promotion) == (
        False,
        user_of(marketer),
        promotion,
    )
    assert copy.targets.count() == 1


def test_offers_what_would_do_something(marketer: Client) -> None:
    over = timezone.now() - timedelta(days=1)
    cases: list[tuple[dict[str, Any], set[str]]] = [
        ({"is_active": True}, {"deactivate", "close", "clone"}),
        ({"is_active": False}, {"activate", "close", "clone"}),
        ({"end_date_time": over}, {"clone"}),
        ({"start_date_time": timezone.now() + timedelta(days=1)}, {"deactivate", "clone"}),
    ]
    for values, verbs in cases:
        promotion = make_promotion(**values)
        page = text(marketer.get(url(promotion, "change")))
        all_verbs = ("activate", "deactivate", "close", "clone", "restore")
        assert {verb for verb in all_verbs if f'"{url(promotion, verb)}"' in page} == verbs


def test_says_why_it_is_refused(marketer: Client) -> None:
    promotion = make_promotion(is_active=False, end_date_time=timezone.now() - timedelta(days=1))
    response = sent(marketer, url(promotion, "activate"))
    assert "Move its end first" in " ".join(errors(response)["__all__"])
    promotion.refresh_from_db()
    assert not promotion.is_active


def test_does_nothing_to_what_somebody_changed_meanwhile(marketer: Client) -> None:
    promotion = make_promotion()
    update_promotion(promotion.pk, {"name": "New"}, by=actor(), at=timezone.now())
    for version in ("1", ""):
        response = sent(marketer, url(promotion, "deactivate"), version=version)
        [said] = errors(response)["__all__"]
        assert said.startswith("Tester changed this on ")
        assert "Name changed from " in said
        assert "send once more" in said
        assert "Deactivate: New" in text(response)
    promotion.refresh_from_db()
    assert promotion.is_active
    # What stands on that page is how it is now: sent once more, it is done.
    assert marketer.post(url(promotion, "deactivate"), form_data(text(response))).status_code == 302
    promotion.refresh_from_db()
    assert not promotion.is_active


def test_says_how_it_stands_once_it_is_activated(marketer: Client) -> None:
    later = timezone.now() + timedelta(days=1)
    promotion = make_promotion(name="May", is_active=False, start_date_time=later)
    response = marketer.post(
        url(promotion, "activate"), {"version": promotion.version}, follow=True
    )
    assert "May</a> is active: enrolling." in text(response)


@pytest.mark.parametrize("verb", ["activate", "deactivate", "close", "clone", "restore"])
def test_there_is_no_page_for_what_is_not_there(lead: Client, verb: str) -> None:
    live = make_promotion(by=staff(lead))
    for key in ("4711", "abc", "9" * 30, "²"):
        response = lead.get(f"/admin/promotions/promotion/{key}/{verb}/")
        assert response.status_code == 404, key
    if verb == "restore":
        assert lead.get(url(live, verb)).status_code == 404


# --- Consequences ---------------------------------------------------------------------------------


def test_says_with_numbers_what_would_happen(lead: Client) -> None:
    now = timezone.now()
    promotion = make_promotion(
        by=staff(lead), promotion_code="MAY", start_date_time=now + timedelta(days=9)
    )
    make_coupon(promotion, coupon_code="ONE")
    for customer in (make_contact(), make_contact()):
        enroll_contact(customer, promotion)
    cases = {
        "activate": (
            "It applies from",
            "Customers can enroll at once",
            "2 enrollments",
            "1 coupon",
        ),
        "deactivate": ("2 enrollments are paused at once", "1 coupon"),
        "close": ("its end becomes this moment", "2 enrollments end with it"),
        "clone": ("1 coupon with new codes", "2 enrollments stay with the original"),
        "delete": ("2 enrollments are paused", "Its code MAY is free", "can be restored until"),
    }
    for verb, says in cases.items():
        page = text(lead.get(url(promotion, verb)))
        for words in says:
            assert words in page, (verb, words)
    assert "has no target" in text(lead.get(url(promotion, "activate")))


def test_very_many_enrollments_are_told_as_they_were_counted(lead: Client) -> None:
    promotion = make_promotion(by=staff(lead))
    subject, at = of_promotion(promotion.pk), timezone.now()
    ask_for([(CURRENT.name, subject)], at=at)  # as where counting was broken off
    for verb in ("deactivate", "delete"):
        page = text(lead.get(url(promotion, verb)))
        assert "Its enrollments are paused" in page
        assert "They are being counted" in page
    KeptFigure.objects.filter(subject=subject).update(value=2_000_000, counted_date=at, seconds=1)
    page = text(lead.get(url(promotion, "close")))
    assert f"2,000,000 enrollments ({show_counted(at, at)}) end with it" in page


def test_deleting_asks_also_where_counting_takes_too_long(
    lead: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    promotion = make_promotion(by=staff(lead))
    monkeypatch.setattr("promotions.admin.promotions.quickly", lambda count: None)
    page = text(lead.get(url(promotion, "delete")))
    assert "Very many" in page
    assert 'name="confirmed"' in page


def test_says_what_restoring_brings_back(lead: Client) -> None:
    promotion = make_promotion(by=staff(lead))
    make_coupon(promotion)
    enroll_contact(make_contact(), promotion)
    delete_promotion(promotion.pk, by=staff(lead), at=timezone.now(), confirmed=True)
    page = text(lead.get(url(promotion, "restore")))
    for words in ("comes back active", "1 enrollment comes back", "back with 1 coupon"):
        assert words in page


def test_clones_it_for_another_month(marketer: Client) -> None:
    promotion = make_promotion(is_enrollment_required=False)
    dates = {"start_date_time_0": "1 June 2027", "end_date_time_0": "30.6.2027"}
    wrong = sent(marketer, url(promotion, "clone"), **{**dates, "end_date_time_0": "30.5.2027"})
    assert "must end after it starts" in errors(wrong)["end_date_time"][0]
    sent(marketer, url(promotion, "clone"), name="June", **dates)
    june = Promotion.objects.get(name="June")
    assert june.start_date_time == datetime(2027, 6, 1, tzinfo=UTC)
    assert june.end_date_time == datetime(2027, 7, 1, tzinfo=UTC)
