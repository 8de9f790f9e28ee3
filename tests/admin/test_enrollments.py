"""The enrollments' list and the page of one."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.core.paginator import Paginator
from django.test import Client
from django.utils import timezone

from enrollments.admin.enrollments import EnrollmentAdmin
from enrollments.models import PromotionPartyUsage
from enrollments.services.enrolling import enroll
from enrollments.services.enrollments import change_period, withdraw
from enrollments.services.usages import delete_usage, undelete_usage, update_usage
from enrollments.wire import Item
from promotions.actors import Source
from promotions.admin.site import CappedPaginator
from promotions.models import Promotion
from tests.admin.conftest import SignIn, user_of
from tests.admin.pages import admin_url, numbers, text
from tests.factories import (
    LONG_AGO,
    actor,
    enroll_account,
    enroll_contact,
    make_account,
    make_contact,
    make_offer,
    make_promotion,
)

LIST = "/admin/enrollments/promotionpartyusage/"
FOR_EVER = datetime(9999, 12, 31, 23, 59, 59, tzinfo=UTC)


def page_of(usage: PromotionPartyUsage) -> str:
    return admin_url("enrollments_promotionpartyusage", "change", usage.pk)


# --- The list -------------------------------------------------------------------------------------


def test_shows_who_is_enrolled_in_what_and_where_they_stand(support: Client) -> None:
    contact = make_contact(first_name="Jürgen", last_name="Groß")
    usage = enroll_contact(
        contact, make_promotion(name="Summer"), offer_id=make_offer(name="Mail").pk
    )
    page = support.get(LIST)
    for words in (
        usage.name,
        "Jürgen Groß",
        "Summer",
        "Mail",
        "active",
        "until the promotion ends",
    ):
        assert words in text(page)


def test_filters_by_standing_type_promotion_and_day(support: Client) -> None:
    now = timezone.now()
    promotion = make_promotion()
    active = enroll_contact(make_contact(), promotion, at=now - timedelta(days=10))
    gone = enroll_account(make_account(), make_promotion())
    withdraw(gone.pk, by=actor(), at=timezone.now(), reason="asked")
    assert numbers(support.get(LIST)) == [gone.name, active.name]
    assert numbers(support.get(LIST, {"standing": "withdrawn"})) == [gone.name]
    assert numbers(support.get(LIST, {"type": "Contact"})) == [active.name]
    assert numbers(support.get(LIST, {"promotion__id__exact": promotion.pk})) == [active.name]
    last_week = (now - timedelta(days=5)).date().isoformat()
    assert numbers(support.get(LIST, {"created_date_from": last_week})) == [gone.name]
    assert numbers(support.get(LIST, {"created_date_to": last_week})) == [active.name]


def test_by_the_moment_that_decides_where_they_stand(
    support: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = timezone.now()

    def enrolled(*, begins: int = -90, ends: int | None = None, **promotion: Any) -> str:
        usage = enroll_contact(make_contact(), make_promotion(), at=now - timedelta(days=90))
        Promotion.objects.filter(pk=usage.promotion_id).update(**promotion or {"version": 1})
        usage.enrollment_effective_date_time = now + timedelta(days=begins)
        usage.enrollment_expiration_date_time = None if ends is None else now + timedelta(days=ends)
        usage.save()
        return usage.name

    long_over, just_over = enrolled(ends=-30), enrolled(ends=-1)
    with_promotion = enrolled(end_date_time=now - timedelta(days=7))
    far, soon = enrolled(begins=30), enrolled(begins=1)
    with_start = enrolled(start_date_time=now + timedelta(days=7))
    paused = enrolled(is_active=False)
    enrolled(end_date_time=now + timedelta(days=1))
    expired = [just_over, with_promotion, long_over]
    page = support.get(LIST, {"standing": "expired"})
    assert numbers(page) == expired
    assert "What expired last comes first." in text(page)
    assert numbers(support.get(LIST, {"standing": "scheduled"})) == [soon, with_start, far]
    assert numbers(support.get(LIST, {"standing": "paused"})) == [paused]
    assert numbers(support.get(LIST, {"standing": "expired", "type": "Account"})) == []
    assert numbers(support.get(LIST, {"standing": "expired", "type": "Neither"})) == []
    monkeypatch.setattr(EnrollmentAdmin, "list_per_page", 2)
    monkeypatch.setattr(CappedPaginator, "MOST", 2)
    page = support.get(LIST, {"standing": "expired"})
    assert numbers(page) == expired[:2]
    assert support.get(LIST, {"standing": "expired", "p": "9"}).status_code == 302
    assert page.context["cl"].paginator.shown_count == "2+"


@pytest.mark.parametrize("query", ["GROSS", "ANNA@example.com", "anna gross", "ppu-{pk}", "ext-1"])
def test_finds_a_customers_enrollments(support: Client, query: str) -> None:
    contact = make_contact(
        first_name="Anna", last_name="Groß", email="anna@example.com", external_id="ext-1"
    )
    usage = enroll_contact(contact, make_promotion())
    enroll_contact(make_contact(), make_promotion())
    assert numbers(support.get(LIST, {"q": query.format(pk=usage.pk)})) == [usage.name]


def test_says_what_to_do_where_nothing_is_found(support: Client) -> None:
    assert "Nothing found." in text(support.get(LIST, {"q": "nobody"}))


def test_counts_no_further_than_needed(support: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    for _ in range(5):
        enroll_contact(make_contact(), make_promotion())
    monkeypatch.setattr(CappedPaginator, "MOST", 3)
    page = support.get(LIST)
    assert page.context["cl"].paginator.shown_count == "3+"
    assert "3+" in text(page)
    assert CappedPaginator([1, 2], 50).shown_count == "2"
    assert isinstance(page.context["cl"].paginator, Paginator)


def test_filters_by_a_promotion_with_more_than_is_counted(
    support: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(CappedPaginator, "MOST", 3)
    promotion = make_promotion()
    usages = [enroll_contact(make_contact(), promotion) for _ in range(5)]
    enroll_contact(make_contact(), make_promotion())
    page = support.get(LIST, {"promotion__id__exact": promotion.pk})
    assert numbers(page) == [usage.name for usage in reversed(usages)]
    assert page.context["cl"].paginator.shown_count == "3+"
    assert numbers(support.get(LIST, {"promotion__id__exact": "abc"})) == []


def test_takes_as_many_statements_for_ten_as_for_one(
    support: Client, django_assert_max_num_queries: Any
) -> None:
    promotion = make_promotion()
    for _ in range(10):
        enroll_contact(make_contact(account=make_account()), promotion)
    with django_assert_max_num_queries(7):
        assert len(numbers(support.get(LIST))) == 10


@pytest.mark.parametrize(
    "asked", ["anna van der berg", "x@example.com", "+49 30 23125600", "0301234", "number", "id"]
)
def test_a_search_takes_twenty_statements_at_most(
    support: Client, asked: str, django_assert_max_num_queries: Any
) -> None:
    usage = enroll_contact(make_contact(account=make_account()), make_promotion())
    text = {"number": usage.name, "id": usage.record_id}.get(asked, asked)
    support.get(LIST)
    with django_assert_max_num_queries(20):
        support.get(LIST, {"q": text})


def test_nobody_adds_edits_or_deletes_around_the_service(superuser: Client) -> None:
    usage = enroll_contact(make_contact(), make_promotion())
    assert superuser.get(f"{LIST}add/").status_code == 403
    assert superuser.get(f"{LIST}{usage.pk}/delete/").status_code == 403
    page = superuser.get(page_of(usage))
    assert 'name="is_party_enrolled"' not in text(page)
    superuser.post(page_of(usage), {"is_party_enrolled": ""})
    usage.refresh_from_db()
    assert usage.is_party_enrolled
    assert "delete_selected" not in text(superuser.get(LIST))


def test_only_staff_with_the_right_see_enrollments(nobody: Client, marketer: Client) -> None:
    usage = enroll_contact(make_contact(), make_promotion())
    for url in (LIST, page_of(usage)):
        assert nobody.get(url).status_code == 403
        assert marketer.get(url).status_code == 200
    assert "Enroll a customer" not in text(marketer.get(LIST))
    assert "withdraw_selected" not in text(marketer.get(LIST))
    assert "withdraw/?usage" not in text(marketer.get(page_of(usage)))


# --- One enrollment -------------------------------------------------------------------------------


def test_tells_what_was_done_to_the_record_as_an_object(support: Client) -> None:
    usage, sam = enroll_contact(make_contact(), make_promotion()), actor(Source.ADMIN)
    update_usage(usage.pk, {"usage_count": 2}, sam, timezone.now())
    delete_usage(usage.pk, sam, timezone.now())
    assert support.get(page_of(usage)).status_code == 404
    assert usage.name not in text(support.get(LIST))
    undelete_usage(usage.pk, sam, timezone.now())
    events = support.get(page_of(usage)).context["card"].events
    assert [(event.title, event.changes) for event in events] == [
        ("Restored", ()),
        ("Deleted", ()),
        ("Changed", ("Uses: 0 → 2",)),
        ("Enrolled", ()),
    ]


def test_tells_what_happened_who_did_it_and_why(support: Client) -> None:
    sam = actor(Source.ADMIN, user_of(support))
    contact, promotion = make_contact(), make_promotion()
    old, new = make_offer(name="Old mail"), make_offer(name="New mail")
    now = timezone.now()
    usage = enroll_contact(contact, promotion, offer_id=old.pk, at=now - timedelta(hours=4))
    withdraw(usage.pk, by=sam, at=now - timedelta(hours=3), reason="asked by phone")
    again = Item(contact_id=contact.pk, promotion_id=promotion.pk, offer_id=new.pk)
    enroll([again], by=sam, at=now - timedelta(hours=2), reason="changed their mind")
    ends = {"expiration": now + timedelta(days=9)}
    change_period(usage.pk, ends, by=sam, at=now, reason="goodwill")
    page = support.get(page_of(usage))
    events = page.context["card"].events
    assert [event.title for event in events] == [
        "Period changed",
        "Enrolled again",
        "Withdrawn",
        "Enrolled",
    ]
    assert [event.reason for event in events] == [
        "goodwill",
        "changed their mind",
        "asked by phone",
        None,
    ]
    assert [event.who for event in events[:3]] == ["Sam Support"] * 3
    assert events[-1].through == "through the API"
    assert any("Old mail" in change and "New mail" in change for change in events[1].changes)
    assert "asked by phone" in text(page)


@pytest.mark.parametrize("zone", ["Europe/Berlin", "America/New_York", "Pacific/Kiritimati"])
def test_for_ever_crashes_nothing_in_any_zone(sign_in: SignIn, settings: Any, zone: str) -> None:
    settings.TIME_ZONE = zone
    usage = enroll_contact(
        make_contact(), make_promotion(end_date_time=FOR_EVER), at=LONG_AGO, expiration=FOR_EVER
    )
    sam = sign_in("Support")
    assert "31 Dec 9999" in text(sam.get(LIST))
    assert "31 Dec 9999" in text(sam.get(page_of(usage)))


def test_an_enrollment_that_is_not_there_is_not_found(support: Client) -> None:
    assert support.get(f"{LIST}4711/change/").status_code == 404
    assert support.get(f"{LIST}abc/change/").status_code == 404
