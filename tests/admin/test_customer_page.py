"""Finding a customer, and their page."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from enrollments.admin import customer_page
from enrollments.services.customers import contacts
from enrollments.services.enrollments import withdraw
from tests.admin.pages import text
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

FIND = "/admin/enrollments/promotionpartyusage/customers/"


def page_of(customer: Any) -> str:
    return f"{FIND}{customer.record_id}/"


def ways(card: Any) -> set[str]:
    """Which ways to act a card offers."""
    return {
        name
        for name in ("withdraw", "change_period", "enroll_again")
        if getattr(card, f"{name}_url")
    }


# --- Finding --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "query",
    ["ANNA.GROSS@example.com", "anna gross", "Groß", "crm-7", "{id}", "ppu-{usage}", "  Groß  "],
)
def test_a_single_hit_goes_straight_to_the_page(support: Client, query: str) -> None:
    anna = make_contact(
        first_name="Anna", last_name="Groß", email="anna.gross@example.com", external_id="crm-7"
    )
    usage = enroll_contact(anna, make_promotion())
    make_contact()
    response = support.get(FIND, {"q": query.format(id=anna.record_id, usage=usage.pk)})
    assert response.status_code == 302
    assert response.headers["Location"] == page_of(anna)


def test_an_enrollment_number_means_its_party_not_the_account_beside_it(support: Client) -> None:
    account = make_account()
    contact = make_contact(account=account)
    usage = enroll_contact(contact, make_promotion(), account_id=account.pk)
    for query in (usage.name, usage.record_id):
        assert support.get(FIND, {"q": query}).headers["Location"] == page_of(contact)


def test_several_hits_are_told_apart(support: Client) -> None:
    account = make_account(name="Anna & Co")
    make_contact(first_name="Anna", email="a1@example.com", account=account)
    make_contact(first_name="Anna", email="a2@example.com")
    page = text(support.get(FIND, {"q": "anna"}))
    for words in ("a1@example.com", "a2@example.com", "Anna &amp; Co"):
        assert words in page


def test_says_what_to_do_next_where_nobody_is_found(support: Client, marketer: Client) -> None:
    page = text(support.get(FIND, {"q": "<nobody>"}))
    assert "Nobody found for “&lt;nobody&gt;”" in page
    assert "New contact" in page
    assert "New contact" not in text(marketer.get(FIND, {"q": "nobody"}))
    assert "Type what the customer gives you" in text(support.get(FIND))
    assert support.get(FIND, {"q": "a\x00b"}).status_code == 200


# --- The page -------------------------------------------------------------------------------------


def test_shows_enrollments_past_and_present_with_what_can_be_done(support: Client) -> None:
    contact, now = make_contact(phone="0815"), timezone.now()
    active = enroll_contact(contact, make_promotion(name="Active"), offer_id=make_offer().pk)
    gone = enroll_contact(contact, make_promotion(name="Gone"))
    withdraw(gone.pk, by=actor(), at=timezone.now(), reason="moved away")
    over = enroll_contact(contact, make_promotion(), at=LONG_AGO, expiration=now)
    ended = enroll_contact(contact, make_promotion(end_date_time=now), at=LONG_AGO)
    page = support.get(page_of(contact))
    cards = {card.number: card for card in page.context["cards"]}
    assert ways(cards[active.name]) == {"withdraw", "change_period"}
    assert ways(cards[gone.name]) == {"enroll_again"}
    assert "enroll_again" in ways(cards[over.name])
    assert "enroll_again" not in ways(cards[ended.name])  # it would be refused
    shown = text(page)
    for words in ("0815", "Active", "moved away", "active", "withdrawn", "expired"):
        assert words in shown


def test_enroll_again_brings_the_customer_and_the_promotion_along(support: Client) -> None:
    contact, promotion = make_contact(), make_promotion()
    usage = enroll_contact(contact, promotion)
    withdraw(usage.pk, by=actor(), at=timezone.now(), reason="x")
    [card] = support.get(page_of(contact)).context["cards"]
    form = support.get(card.enroll_again_url).context["form"]
    assert form.initial == {"promotion": promotion.pk, "contact": contact.pk}


def test_an_accounts_page_shows_its_own_enrollments_and_its_contacts(support: Client) -> None:
    account = make_account(name="Blumen Groß")
    contact = make_contact(account=account, last_name="Mitglied")
    own = enroll_account(account, make_promotion())
    enroll_contact(contact, make_promotion(), account_id=account.pk)
    page = support.get(page_of(account))
    assert [card.number for card in page.context["cards"]] == [own.name]
    assert page_of(contact) in text(page)


def test_a_customer_without_enrollments_is_told_what_to_do(support: Client) -> None:
    assert "Choose “Enroll”" in text(support.get(page_of(make_contact())))


def test_a_deleted_customer_still_has_a_past_but_no_future(support: Client) -> None:
    contact = make_contact()
    enroll_contact(contact, make_promotion())
    contacts.delete(contact.pk, by=actor(), at=timezone.now())
    page = support.get(page_of(contact))
    assert "(deleted)" in text(page)
    assert page.context["enroll_url"] == page.context["edit_url"] == ""


def test_many_enrollments_are_paged_and_bounded(
    support: Client, monkeypatch: pytest.MonkeyPatch, django_assert_max_num_queries: Any
) -> None:
    monkeypatch.setattr(customer_page, "PER_PAGE", 4)
    contact, now = make_contact(account=make_account()), timezone.now()
    for days in range(6):
        usage = enroll_contact(contact, make_promotion(), at=now - timedelta(days=days))
        withdraw(usage.pk, by=actor(), at=now, reason="x")
    with django_assert_max_num_queries(8):
        first = support.get(page_of(contact))
    assert len(first.context["cards"]) == 4
    assert len(support.get(page_of(contact), {"page": 2}).context["cards"]) == 2
    assert "Older" in text(first)


def test_only_staff_who_may_view_enrollments(nobody: Client, marketer: Client) -> None:
    contact = make_contact()
    enroll_contact(contact, make_promotion())
    for url in (FIND, page_of(contact)):
        assert nobody.get(url).status_code == 403
        assert Client().get(url).status_code == 302
        assert marketer.get(url).status_code == 200
    [card] = marketer.get(page_of(contact)).context["cards"]
    assert ways(card) == set()


@pytest.mark.parametrize("record_id", ["nonsense", "003000000000ABCAAA", "0c8000000000001AAA"])
def test_nobody_there_is_not_found(support: Client, record_id: str) -> None:
    assert support.get(f"{FIND}{record_id}/").status_code == 404
