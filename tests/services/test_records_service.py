"""What the services of all records have in common: versions, uniqueness, soft deletion, races."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import IntegrityError

from enrollments.models import Account, Contact, Offer
from enrollments.services.customers import accounts, contacts
from enrollments.services.offers import offers
from promotions.errors import Refused
from promotions.models import Promotion
from promotions.services import records
from promotions.services.recycle_bin import delete_promotion
from tests.factories import (
    LONG_AGO,
    NOW,
    actor,
    make_account,
    make_contact,
    make_offer,
    make_promotion,
    make_user,
)

pytestmark = pytest.mark.django_db

DAY = timedelta(days=1)


def refusals(call: Any, *args: Any, **options: Any) -> list[tuple[str, str]]:
    with pytest.raises(Refused) as caught:
        call(*args, **{"by": actor(), "at": NOW, **options})
    return [(error.code, error.pointer) for error in caught.value.errors]


# --- Creating -------------------------------------------------------------------------------------


def test_a_new_record_knows_who_made_it_and_when() -> None:
    clerk = actor(user=make_user())
    account = accounts.create(Account(name="ACME"), by=clerk, at=NOW)
    account.refresh_from_db()
    assert (account.created_by, account.last_modified_by) == (clerk.user, clerk.user)
    assert (account.created_date, account.last_modified_date) == (NOW, NOW)
    assert (account.version, account.etag, account.is_deleted) == (1, '"1"', False)
    assert account.record_id.startswith("001")


def test_folded_forms_are_kept_beside_the_texts() -> None:
    contact = make_contact(first_name="Zoë", last_name="Straße", email="Zoe@Example.COM")
    contact.refresh_from_db()
    assert (contact.first_name_key, contact.last_name_key, contact.email_key) == (
        "zoë",
        "strasse",
        "zoe@example.com",
    )
    contacts.update(contact.pk, {"last_name": "ÅS", "email": None}, by=actor(), at=NOW)
    contact.refresh_from_db()
    assert (contact.last_name_key, contact.email_key) == ("ås", None)


@pytest.mark.parametrize(
    ("record", "expected"),
    [
        (Account(), [("required", "name")]),
        (Account(name=""), [("required", "name")]),
        (Account(name="x" * 256), [("invalid_value", "name")]),
        (Account(name="a\x00b"), [("invalid_value", "name")]),
        (Contact(email="no address"), [("required", "lastName"), ("invalid_value", "email")]),
        (
            Contact(last_name="x", phone="1" * 41, external_id="1" * 256),
            [("invalid_value", "phone"), ("invalid_value", "externalId")],
        ),
        (Offer(), [("required", "code"), ("required", "name")]),
    ],
)
def test_each_field_that_is_wrong_is_named(
    record: Account | Contact | Offer, expected: list[tuple[str, str]]
) -> None:
    service: Any = {Account: accounts, Contact: contacts, Offer: offers}[type(record)]
    assert sorted(refusals(service.create, record)) == sorted(expected)
    assert type(record)._base_manager.count() == 0


def test_an_empty_text_is_none() -> None:
    contact = make_contact(first_name="", email="", phone="", external_id="")
    contact.refresh_from_db()
    assert (contact.first_name, contact.email, contact.phone, contact.external_id) == (None,) * 4


def test_references_to_what_was_deleted_are_refused() -> None:
    account, promotion = make_account(), make_promotion()
    accounts.delete(account.pk, by=actor(), at=NOW)
    delete_promotion(promotion.pk, by=actor(), at=NOW)
    contact = Contact(last_name="x", account=Account.objects.get(pk=account.pk))
    offer = Offer(code="x", name="x", promotion=Promotion.objects.get(pk=promotion.pk))
    assert refusals(contacts.create, contact) == [("invalid_value", "accountId")]
    assert refusals(offers.create, offer) == [("invalid_value", "promotionId")]


# --- Uniqueness -----------------------------------------------------------------------------------


def test_values_that_are_taken_are_named() -> None:
    make_account(external_id="A-1")
    make_contact(external_id="A-1")  # another kind of record, another key
    make_offer(code="Straße")
    assert refusals(accounts.create, Account(name="x", external_id="A-1")) == [
        ("duplicate_value", "externalId")
    ]
    assert refusals(offers.create, Offer(name="x", code="STRASSE")) == [("duplicate_value", "code")]
    # A key of another system is its own affair: it compares as it is.
    assert accounts.create(Account(name="x", external_id="a-1"), by=actor(), at=NOW).pk


def test_a_record_may_keep_its_own_value_and_a_deleted_one_keeps_none() -> None:
    offer, other = make_offer(code="Mail"), make_offer()
    offers.update(offer.pk, {"code": "MAIL"}, by=actor(), at=NOW)
    assert refusals(offers.update, other.pk, {"code": "mail"}) == [("duplicate_value", "code")]
    offers.delete(offer.pk, by=actor(), at=NOW)
    assert offers.update(other.pk, {"code": "mail"}, by=actor(), at=NOW).code == "mail"


def test_a_race_for_a_value_is_lost_with_the_same_words(monkeypatch: pytest.MonkeyPatch) -> None:
    make_account(external_id="A-1")
    real, calls = accounts.taken, []

    def blind_once(record: Account) -> Any:
        calls.append(record)
        return [] if len(calls) == 1 else real(record)

    monkeypatch.setattr(records.RecordService, "taken", lambda self, record: blind_once(record))
    assert refusals(accounts.create, Account(name="x", external_id="A-1")) == [
        ("duplicate_value", "externalId")
    ]
    assert Account.objects.count() == 1


def test_any_other_broken_constraint_stays_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    make_account(external_id="A-1")
    monkeypatch.setattr(records.RecordService, "taken", lambda self, record: [])
    with pytest.raises(IntegrityError):
        accounts.create(Account(name="x", external_id="A-1"), by=actor(), at=NOW)


# --- Changing -------------------------------------------------------------------------------------


def test_a_change_counts_the_version_up_and_keeps_the_creation() -> None:
    account, clerk = make_account(name="ACME"), actor(user=make_user())
    changed = accounts.update(account.pk, {"name": "Acme Ltd"}, by=clerk, at=NOW)
    kept = Account.objects.get(pk=account.pk)
    for one in (changed, kept):
        assert (one.name, one.version, one.etag) == ("Acme Ltd", 2, '"2"')
        assert (one.last_modified_by, one.last_modified_date) == (clerk.user, NOW)
        assert (one.created_by, one.created_date) == (account.created_by, LONG_AGO)


@pytest.mark.parametrize("expected", [[], [1], [3], [1, 3]])
def test_a_stale_version_is_a_conflict_and_changes_nothing(expected: list[int]) -> None:
    account = make_account(name="ACME")
    accounts.update(account.pk, {"name": "Acme Ltd"}, by=actor(), at=NOW)
    conflict = [("version_conflict", "")]
    assert refusals(accounts.update, account.pk, {"name": "x"}, expected=expected) == conflict
    assert refusals(accounts.delete, account.pk, expected=expected) == conflict
    account.refresh_from_db()
    assert (account.name, account.version, account.is_deleted) == ("Acme Ltd", 2, False)


@pytest.mark.parametrize("expected", [None, [2], [1, 2]])
def test_a_known_version_or_none_is_taken(expected: list[int] | None) -> None:
    account = make_account()
    accounts.update(account.pk, {"name": "x"}, by=actor(), at=NOW)
    changed = accounts.update(account.pk, {"name": "y"}, by=actor(), at=NOW, expected=expected)
    assert changed.version == 3


def test_a_refused_change_leaves_the_record_as_it_was() -> None:
    account = make_account(name="ACME")
    assert refusals(accounts.update, account.pk, {"name": None}) == [("required", "name")]
    account.refresh_from_db()
    assert (account.name, account.version) == ("ACME", 1)


def test_time_never_runs_backwards_within_a_record() -> None:
    account = make_account(at=NOW)
    assert accounts.update(account.pk, {"name": "x"}, by=actor(), at=NOW - DAY).version == 2
    deleted = accounts.delete(account.pk, by=actor(), at=NOW - DAY)
    assert (deleted.deleted_date, deleted.last_modified_date) == (NOW, NOW)


# --- Deleting -------------------------------------------------------------------------------------


def test_deleting_marks_and_removes_nothing() -> None:
    account = make_account()
    deleted = accounts.delete(account.pk, by=actor(), at=NOW)
    kept = Account.objects.get(pk=account.pk)
    for one in (deleted, kept):
        assert (one.is_deleted, one.deleted_date, one.version) == (True, NOW, 2)
    assert not Account.objects.live().exists()


def test_what_was_deleted_or_never_was_is_not_found() -> None:
    account = make_account()
    accounts.delete(account.pk, by=actor(), at=NOW)
    for key in (account.pk, 2**62):
        assert refusals(accounts.delete, key) == [("not_found", "")]
        assert refusals(accounts.update, key, {"name": "x"}) == [("not_found", "")]


# --- Creating or updating by an external id -------------------------------------------------------


def upsert(value: str, changes: dict[str, Any], **options: Any) -> tuple[Account, bool]:
    return accounts.upsert("external_id", value, changes, **{"by": actor(), "at": NOW, **options})


def test_upsert_creates_then_updates() -> None:
    created, is_new = upsert("A-1", {"name": "ACME"})
    assert (is_new, created.external_id, created.version) == (True, "A-1", 1)
    updated, is_new = upsert("A-1", {"name": "Acme Ltd"})
    assert (is_new, updated.pk, updated.name, updated.version) == (False, created.pk, "Acme Ltd", 2)


def test_upsert_does_not_wake_the_deleted() -> None:
    first, _ = upsert("A-1", {"name": "ACME"})
    accounts.delete(first.pk, by=actor(), at=NOW)
    second, is_new = upsert("A-1", {"name": "ACME"})
    assert is_new
    assert second.pk != first.pk


def test_upsert_says_what_is_wrong() -> None:
    assert refusals(accounts.upsert, "external_id", "A-1", {}) == [("required", "name")]
    assert refusals(accounts.upsert, "external_id", "A-1", {"name": "x"}, expected=[1]) == [
        ("version_conflict", "")
    ]
    upsert("A-1", {"name": "ACME"})
    assert refusals(accounts.upsert, "external_id", "A-1", {"name": "x"}, expected=[2]) == [
        ("version_conflict", "")
    ]
    assert Account.objects.get().name == "ACME"


def test_an_upsert_that_loses_the_race_updates_what_the_winner_made(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    real, calls = records.RecordService.create, []

    def somebody_is_faster(self: Any, record: Account, **options: Any) -> Any:
        calls.append(record)
        if len(calls) == 1:
            winner: Account = real(self, Account(name="theirs", external_id="A-1"), **options)
            assert winner.pk
        return real(self, record, **options)

    monkeypatch.setattr(records.RecordService, "create", somebody_is_faster)
    account, is_new = upsert("A-1", {"name": "ours"})
    assert (is_new, account.name, account.version) == (False, "ours", 2)
    assert Account.objects.count() == 1
