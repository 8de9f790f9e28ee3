"""Offers, accounts and contacts: lists and forms."""

from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from enrollments.models import Account, Contact, Offer
from enrollments.services.customers import contacts
from promotions.admin.moments import show_moment
from promotions.services.recycle_bin import delete_promotion
from tests.admin.conftest import staff, user_of
from tests.admin.pages import admin_url, errors, form_data, sent, text
from tests.factories import (
    actor,
    enroll_contact,
    make_account,
    make_contact,
    make_offer,
    make_promotion,
)

OFFERS = "/admin/enrollments/offer/"
ACCOUNTS = "/admin/enrollments/account/"
CONTACTS = "/admin/enrollments/contact/"


def found(client: Client, url: str, query: str) -> list[str]:
    page = client.get(url, {"q": query})
    return [str(record) for record in page.context["cl"].result_list]


# --- Offers ---------------------------------------------------------------------------------------


def test_marketers_make_change_and_delete_offers(marketer: Client) -> None:
    promotion = make_promotion()
    sent(marketer, f"{OFFERS}add/", name="Mail", code="MAIL", promotion=promotion.pk)
    offer = Offer.objects.get()
    assert (offer.promotion, offer.created_by) == (promotion, user_of(marketer))
    change = admin_url("enrollments_offer", "change", offer.pk)
    sent(marketer, change, name="Letter")
    offer.refresh_from_db()
    assert (offer.name, offer.code, offer.version) == ("Letter", "MAIL", 2)
    marketer.post(admin_url("enrollments_offer", "delete", offer.pk), {"post": "yes"})
    offer.refresh_from_db()
    assert offer.is_deleted


def test_a_taken_code_is_said_though_other_fields_are_wrong(marketer: Client) -> None:
    make_offer(code="MAY")
    response = sent(marketer, f"{OFFERS}add/", name="", code="may")
    assert set(errors(response)) == {"name", "code"}


def test_a_taken_code_is_said_at_the_code(marketer: Client) -> None:
    make_offer(code="Straße")
    response = sent(marketer, f"{OFFERS}add/", name="Mail", code="STRASSE")
    assert "already" in errors(response)["code"][0]


def test_an_offer_of_a_deleted_promotion_is_said_at_the_promotion(marketer: Client) -> None:
    promotion = make_promotion()
    delete_promotion(promotion.pk, by=actor(), at=timezone.now())
    response = sent(marketer, f"{OFFERS}add/", name="M", code="M", promotion=promotion.pk)
    assert "was deleted" in errors(response)["promotion"][0]


def test_offers_are_found_whatever_the_case(marketer: Client) -> None:
    make_offer(name="Übersee", code="ABC")
    make_offer()
    assert found(marketer, OFFERS, "übersee") == found(marketer, OFFERS, "abc") == ["Übersee (ABC)"]


def test_support_only_looks_at_offers(support: Client) -> None:
    offer = make_offer(promotion=make_promotion())
    assert support.get(OFFERS).status_code == 200
    assert support.get(f"{OFFERS}add/").status_code == 403
    change = admin_url("enrollments_offer", "change", offer.pk)
    assert 'name="code"' not in text(support.get(change))


# --- Accounts and contacts ------------------------------------------------------------------------


def test_support_makes_and_changes_customers(support: Client) -> None:
    sent(support, f"{ACCOUNTS}add/", name="Household")
    account = Account.objects.get()
    sent(support, f"{CONTACTS}add/", last_name="Groß", email="a@example.com", account=account.pk)
    contact = Contact.objects.get()
    assert (contact.account, contact.first_name, contact.created_by) == (
        account,
        None,
        user_of(support),
    )
    sent(support, admin_url("enrollments_contact", "change", contact.pk), email="")
    contact.refresh_from_db()
    assert (contact.email, contact.email_key, contact.version) == (None, None, 2)


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"last_name": ""}, "last_name"),
        ({"email": "nonsense"}, "email"),
        ({"external_id": "x"}, "external_id"),
    ],
)
def test_says_at_the_field_what_is_wrong(
    support: Client, values: dict[str, str], field: str
) -> None:
    make_contact(external_id="x")
    response = sent(support, f"{CONTACTS}add/", **{"last_name": "New", **values})
    assert set(errors(response)) == {field}


def test_two_editors_do_not_overwrite_each_other(support: Client) -> None:
    contact = make_contact()
    contacts.update(contact.pk, {"phone": "1"}, by=actor(), at=timezone.now())
    change = admin_url("enrollments_contact", "change", contact.pk)
    response = sent(support, change, phone="2", version="1")
    [said] = errors(response)["__all__"]
    contact.refresh_from_db()
    assert contact.phone == "1"
    when = show_moment(contact.last_modified_date)
    assert f"{contact.last_modified_by} changed this on {when}." in said
    assert f'href="{change}"' in said  # the record as it is now
    assert "Please correct" not in text(response)


def test_where_there_is_a_history_it_says_what_somebody_else_changed(marketer: Client) -> None:
    by = staff(marketer)
    promotion = make_promotion(name="Sale", by=by)
    change = admin_url("promotions_promotion", "change", promotion.pk)
    data = form_data(text(marketer.get(change)))
    for name in ("Sale 2", "Sale 3"):
        marketer.post(change, {**form_data(text(marketer.get(change))), "name": name})
    response = marketer.post(change, {**data, "name": "Sale B"})
    [said] = errors(response)["__all__"]
    first, second = (said.index(f"from “Sale{a}” to “Sale {b}”") for a, b in (("", 2), (" 2", 3)))
    assert first < second
    assert said.startswith("You changed this on ")
    assert response.context["original"].name == "Sale 3"  # not what was not saved
    promotion.refresh_from_db()
    assert promotion.name == "Sale 3"


@pytest.mark.parametrize("query", ["MÜLLER", "anna müller", "Müller, Anna", "ANNA@", "0815", "ext"])
def test_contacts_are_found_by_what_people_know(support: Client, query: str) -> None:
    make_contact(
        first_name="Anna",
        last_name="Müller",
        email="anna@example.com",
        phone="0815",
        external_id="ext",
    )
    make_contact(first_name="Other")
    assert found(support, CONTACTS, query) == ["Anna Müller"]


def test_accounts_are_found_whatever_the_case(support: Client) -> None:
    make_account(name="Österreichische Post")
    make_account()
    assert found(support, ACCOUNTS, "ÖSTERR") == ["Österreichische Post"]


def test_a_customer_is_deleted_softly_with_what_hangs_on_them_in_place(superuser: Client) -> None:
    contact = make_contact()
    usage = enroll_contact(contact, make_promotion())
    url = admin_url("enrollments_contact", "delete", contact.pk)
    assert "Enrollments stay as they are" in text(superuser.get(url))
    superuser.post(url, {"post": "yes"})
    contact.refresh_from_db()
    usage.refresh_from_db()
    assert (contact.is_deleted, usage.is_party_enrolled) == (True, True)


def test_deleting_what_is_gone_says_so(superuser: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    contact = make_contact()
    find = type(contacts).lock

    def too_late(self: Any, key: int, *args: Any, **options: Any) -> Any:
        Contact.objects.filter(pk=key).update(is_deleted=True, deleted_date=timezone.now())
        return find(self, key, *args, **options)

    monkeypatch.setattr(type(contacts), "lock", too_late)
    url = admin_url("enrollments_contact", "delete", contact.pk)
    response = superuser.post(url, {"post": "yes"}, follow=True)
    assert "was deleted" in text(response)


def test_support_deletes_nobody_and_marketers_only_look(support: Client, marketer: Client) -> None:
    contact = make_contact()
    assert support.get(admin_url("enrollments_contact", "delete", contact.pk)).status_code == 403
    change = admin_url("enrollments_contact", "change", contact.pk)
    assert 'name="last_name"' not in text(marketer.get(change))
    assert marketer.post(change, {"last_name": "X"}).status_code == 403


def test_lists_take_as_many_statements_for_ten_as_for_one(
    support: Client, django_assert_max_num_queries: Any
) -> None:
    for _ in range(10):
        make_contact(account=make_account())
        make_offer(promotion=make_promotion())
    for url in (OFFERS, ACCOUNTS, CONTACTS):
        with django_assert_max_num_queries(7):
            support.get(url)
