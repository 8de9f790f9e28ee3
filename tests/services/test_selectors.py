"""Finding customers and enrollments by what people know of them."""

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from enrollments.models import Contact, PromotionPartyUsage
from enrollments.selectors import (
    enrollments_with_standing,
    find_accounts,
    find_contacts,
    find_enrollments,
)
from enrollments.services.customers import accounts, contacts
from promotions.numbers import record_number
from tests.factories import (
    NOW,
    actor,
    enroll_account,
    enroll_contact,
    make_account,
    make_contact,
    make_promotion,
    make_user,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def zoe() -> Contact:
    make_contact(first_name="Other", last_name="Person", email="other@example.com", phone="999")
    return make_contact(
        first_name="Zoë Ann",
        last_name="van der Straße",
        email="Zoe@Example.com",
        phone="+49 30 123",
        external_id="CRM-1",
    )


@pytest.mark.parametrize(
    "text",
    [
        "zoe@example.com",
        "ZOE@EX",
        "van der Strasse",
        "VAN DER",
        "van",
        "zoë",
        "ZOE\u0308 ANN",
        "Zoë Ann van der Straße",
        "zoë van",
        "van der strasse, zoë",
        "Van Der Straße Zoë Ann",
        "  zoë   ann  van   der  ",
        "strasse",
        "ann",
        "zoe ann",
        "Strass Zoe",
        "+49 30 123",
        "CRM-1",
        " CRM-1 ",
    ],
)
def test_a_contact_by_what_a_caller_says(zoe: Contact, text: str) -> None:
    assert list(find_contacts(text, by=actor())) == [zoe]


@pytest.mark.parametrize(
    "text",
    ["", " ", "\x00", "x\x00y", "trasse", "zoe bert", "example.com", "%", "_", "q", "crm-1"],
)
def test_what_finds_nobody(zoe: Contact, text: str) -> None:
    assert list(find_contacts(text, by=actor())) == []


def test_a_contact_by_record_id_and_enrollment(zoe: Contact) -> None:
    usage = enroll_contact(zoe, make_promotion(), at=NOW)
    for text in (
        zoe.record_id,
        zoe.record_id[:15],
        usage.record_id,
        usage.name,
        usage.name.lower(),
        f"ppu-{usage.pk}",
    ):
        assert list(find_contacts(text, by=actor())) == [zoe], text
    assert list(find_accounts(usage.name, by=actor())) == []


def test_an_account_by_what_people_know(zoe: Contact) -> None:
    make_account(name="Other")
    account = make_account(name="ACME Straßenbau", external_id="ERP-7")
    usage = enroll_account(account, make_promotion(), at=NOW)
    for text in (
        "acme",
        "Acme STRASSEN",
        "strassenbau",
        "ERP-7",
        account.record_id,
        usage.name,
        usage.record_id,
    ):
        assert list(find_accounts(text, by=actor())) == [account], text
    for text in ("", "\x00", "trassen", "erp-7", zoe.record_id, "%"):
        assert list(find_accounts(text, by=actor())) == [], text


def test_deleted_customers_are_not_found(zoe: Contact) -> None:
    account = make_account(name="ACME")
    contacts.delete(zoe.pk, by=actor(), at=NOW)
    accounts.delete(account.pk, by=actor(), at=NOW)
    assert (
        list(find_contacts("zoë", by=actor()))
        == list(find_contacts(zoe.record_id, by=actor()))
        == []
    )
    assert (
        list(find_accounts("acme", by=actor()))
        == list(find_accounts(account.record_id, by=actor()))
        == []
    )


def test_no_more_than_asked_for_of_a_kind() -> None:
    people = [make_contact(last_name="Ng") for _ in range(4)]
    found = list(find_contacts("ng", by=actor(), most=3))
    assert (len(found), set(found) < set(people)) == (3, True)


def test_a_number_that_is_no_key_finds_nothing() -> None:
    for text in ("PPU-999999999999999999", "9" * 300, "0hP0AzL8n0Y58m8", "a " * 500):
        assert list(find_contacts(text, by=actor())) == []
        assert list(find_accounts(text, by=actor())) == []
        assert list(PromotionPartyUsage.objects.filter(find_enrollments(text, by=actor()))) == []


def test_a_long_text_does_not_become_a_long_list_of_look_ups() -> None:
    by = actor()
    with CaptureQueriesContext(connection) as queries:
        list(find_contacts("word " * 1000, by=by))
    assert len(queries) <= 15


def test_enrollments_by_number_and_by_customer(zoe: Contact) -> None:
    account = make_account(name="Zoë & Co")
    of_zoe = {enroll_contact(zoe, make_promotion(), at=NOW).pk for _ in range(2)}
    of_account = enroll_account(account, make_promotion(), at=NOW)
    employee = make_contact(account=account)
    beside = enroll_contact(employee, make_promotion(), at=NOW, account_id=account.pk)

    def found(text: str) -> set[int]:
        matching = PromotionPartyUsage.objects.filter(find_enrollments(text, by=actor()))
        return set(matching.values_list("pk", flat=True))

    one = min(of_zoe)
    assert found("zoë") == of_zoe | {of_account.pk}
    assert found(zoe.email or "") == of_zoe
    assert beside.pk not in found(account.record_id), "its party is the contact"
    # A number names its enrollment, and through it the customer with all there is.
    assert one in found(record_number("PPU", one))
    assert found("nobody") == set()


def test_the_number_of_an_enrollment_that_one_may_not_see_names_nobody(
    zoe: Contact, settings: Any
) -> None:
    settings.PROMOTION_SHARING = "private"
    account = make_account()
    usage = enroll_contact(zoe, make_promotion(by=actor()), at=NOW, by=actor())
    beside = enroll_account(account, make_promotion(by=actor()), at=NOW, by=actor())
    stranger = actor(user=make_user("Marketers"))
    assert list(find_contacts(usage.name, by=actor())) == [zoe]
    assert list(find_contacts(usage.name, by=stranger)) == []
    assert list(find_contacts(usage.record_id, by=stranger)) == []
    assert list(find_accounts(beside.name, by=stranger)) == []


def test_enrollments_come_with_their_standing_and_what_they_name(zoe: Contact) -> None:
    promotion = make_promotion()
    enroll_contact(zoe, promotion, at=NOW)
    tester = actor()
    with CaptureQueriesContext(connection) as queries:
        [usage] = enrollments_with_standing(tester, NOW)
        assert (usage.contact, usage.promotion, usage.account) == (zoe, promotion, None)
    assert usage.standing == "active"  # type: ignore[attr-defined]
    assert len(queries) == 1
