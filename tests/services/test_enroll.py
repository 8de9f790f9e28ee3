"""Enrolling through the service on the database: the contract's rules 1 to 11."""

from collections.abc import Sequence
from datetime import date, timedelta
from enum import StrEnum
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from pytest_django import Settings

from enrollments.facts import Facts, OfferFacts
from enrollments.models import Contact, PromotionPartyUsage, PromotionPartyUsageHistory
from enrollments.services import enrolling
from enrollments.services.customers import accounts, contacts
from enrollments.services.enrolling import Enrolled, NotEnrolled, enroll
from enrollments.services.enrollments import withdraw
from enrollments.services.loading import read_facts
from enrollments.services.offers import offers
from enrollments.standing import Standing, standing
from enrollments.wire import MOST_ITEMS, Item, Unreadable
from promotions.actors import Actor, Source
from promotions.errors import DomainError, Refused
from promotions.models import Promotion
from promotions.request_ids import request_id_for
from promotions.services.promotions import update_promotion
from promotions.services.recycle_bin import delete_promotion
from promotions.services.transactions import LostRace
from tests.factories import (
    NOW,
    actor,
    enroll_account,
    enroll_contact,
    make_account,
    make_contact,
    make_offer,
    make_promotion,
    make_user,
)

pytestmark = pytest.mark.django_db

SECOND = timedelta(seconds=1)
DAY = timedelta(days=1)


def item(number: int = 0, **names: Any) -> Item:
    return Item(pointer=f"inputParameters[{number}]", **names)


def request(items: Sequence[Item | Unreadable], **options: Any) -> list[Enrolled | NotEnrolled]:
    return enroll(items, **{"by": actor(), "at": NOW, **options})


def enrolled(one: Item, **options: Any) -> PromotionPartyUsage:
    """The enrollment that an item gets, as it is in the database."""
    [outcome] = request([one], **options)
    assert isinstance(outcome, Enrolled)
    return PromotionPartyUsage.objects.get(pk=outcome.usage.pk)


def errors(*items: Item | Unreadable, **options: Any) -> tuple[DomainError, ...]:
    with pytest.raises(Refused) as caught:
        request(items, **options)
    return caught.value.errors


def refusals(*items: Item | Unreadable, **options: Any) -> list[tuple[str, str]]:
    """Code and pointer of each error, the pointer from the item on."""
    found = errors(*items, **options)
    return [(error.code, error.pointer.removeprefix("inputParameters")) for error in found]


@pytest.fixture
def promotion() -> Promotion:
    return make_promotion(promotion_code="SUMMER26")


@pytest.fixture
def contact() -> Contact:
    return make_contact(first_name="Zoë", last_name="Straße", email="zoe@Example.COM")


# --- Rules 1 to 3: who the customer is ------------------------------------------------------------


@pytest.mark.parametrize(
    "names",
    [
        {"last_name": "Straße"},
        {"last_name": "STRASSE"},
        {"last_name": "STRAẞE"},
        {"email": "zoe@Example.COM"},
        {"email": "ZOE@EXAMPLE.com"},
        {"last_name": "strasse", "email": "zoe@example.com"},
    ],
    ids=lambda names: ", ".join(f"{name} {value}" for name, value in names.items()),
)
@pytest.mark.parametrize("with_id", [False, True], ids=["", "and id"])
def test_rule_1_a_contact_by_what_the_partner_knows(
    promotion: Promotion, contact: Contact, names: dict[str, Any], with_id: bool
) -> None:
    make_contact(first_name="Zoë", last_name="Strasser", email="zoe@example.org")
    if with_id:
        names = {**names, "contact_id": contact.pk}
    usage = enrolled(item(promotion_id=promotion.pk, **names))
    assert (usage.contact, usage.account, usage.type) == (contact, None, "Contact")


@pytest.mark.parametrize(
    ("stored", "asked"),
    [
        ("İnönü", "i\u0307nönü"),
        ("İnönü", "İNÖNÜ"),
        ("Yıldız", "Yıldız"),
        ("Παπαδόπουλος", "ΠΑΠΑΔΌΠΟΥΛΟΣ"),
        ("Nguyễn", "Nguye\u0302\u0303n"),
        ("Ågren", "a\u030agren"),
        ("O'Neill; --", "o'neill; --"),
        ("100%_", "100%_"),
    ],
)
def test_rule_1_names_compare_by_unicode_case_folding(
    promotion: Promotion, stored: str, asked: str
) -> None:
    contact = make_contact(last_name=stored)
    assert enrolled(item(promotion_id=promotion.pk, last_name=asked)).contact == contact


@pytest.mark.parametrize(
    ("stored", "asked"), [("Yıldız", "Yildiz"), ("Ng", "N_"), ("Ng", "N%"), ("Ng", "Ng ")]
)
def test_rule_1_other_names_are_other_names(promotion: Promotion, stored: str, asked: str) -> None:
    make_contact(last_name=stored)
    assert refusals(item(promotion_id=promotion.pk, last_name=asked)) == [
        ("customer_not_found", "[0].contact.lastName")
    ]


@pytest.mark.parametrize(
    "wrong",
    [
        {"last_name": "Other"},
        {"email": "other@example.com"},
        {"last_name": "Straße", "email": "other@example.com"},
        {"last_name": "Other", "email": "zoe@example.com"},
    ],
)
def test_rule_1_identifiers_that_disagree_find_nobody(
    promotion: Promotion, contact: Contact, wrong: dict[str, Any]
) -> None:
    make_contact(last_name="Other", email="other@example.com")
    assert refusals(item(promotion_id=promotion.pk, contact_id=contact.pk, **wrong)) == [
        ("customer_not_found", "[0].contact")
    ]


def test_rule_1_the_promotion_and_the_offer_too(contact: Contact, promotion: Promotion) -> None:
    other, offer, other_offer = make_promotion(), make_offer(code="Mail"), make_offer()
    found = refusals(
        item(contact_id=contact.pk, promotion_id=other.pk, promotion_code="SUMMER26"),
        item(1, contact_id=contact.pk, promotion_id=promotion.pk, promotion_code="NONE"),
        item(
            2,
            contact_id=contact.pk,
            promotion_code="summer26",
            offer_id=other_offer.pk,
            offer_code="MAIL",
        ),
    )
    assert found == [
        ("promotion_not_found", "[0].promotion"),
        ("promotion_not_found", "[1].promotion"),
        ("offer_not_found", "[2].enrollmentOffer"),
    ]
    usage = enrolled(
        item(
            contact_id=contact.pk,
            promotion_id=promotion.pk,
            promotion_code="summer26",
            offer_id=offer.pk,
            offer_code="mAIL",
        )
    )
    assert (usage.promotion, usage.enrollment_offer) == (promotion, offer)


def test_a_promotion_without_a_code_is_found_by_its_id_alone(contact: Contact) -> None:
    promotion = make_promotion(promotion_code=None)
    assert refusals(item(contact_id=contact.pk, promotion_id=promotion.pk, promotion_code="X")) == [
        ("promotion_not_found", "[0].promotion")
    ]
    assert enrolled(item(contact_id=contact.pk, promotion_id=promotion.pk)).promotion == promotion


def test_rule_2_several_matches_are_ambiguous_and_counted(promotion: Promotion) -> None:
    for number in range(3):
        make_contact(last_name="Ng" if number else "NG", email="family@example.com")
    cases: list[tuple[dict[str, Any], str]] = [
        ({"last_name": "ng"}, "[0].contact.lastName"),
        ({"email": "FAMILY@example.com"}, "[0].contact.email"),
        ({"last_name": "ng", "email": "family@example.com"}, "[0].contact"),
    ]
    for names, pointer in cases:
        one = item(promotion_id=promotion.pk, **names)
        assert refusals(one) == [("customer_ambiguous", pointer)]
        assert errors(one)[0].extra == {"matches": 3}


def test_rule_2_deleted_contacts_do_not_match(promotion: Promotion) -> None:
    contact, deleted = make_contact(last_name="Ng"), make_contact(last_name="Ng")
    contacts.delete(deleted.pk, by=actor(), at=NOW)
    assert enrolled(item(promotion_id=promotion.pk, last_name="Ng")).contact == contact


def test_rule_3_the_contact_is_the_party_and_the_account_stands_beside_it(
    promotion: Promotion,
) -> None:
    account = make_account()
    contact = make_contact(account=account)
    one = item(promotion_id=promotion.pk, contact_id=contact.pk, account_id=account.pk)
    usage = enrolled(one)
    assert (usage.type, usage.contact, usage.account) == ("Contact", contact, account)
    assert usage.party == contact


def test_rule_3_the_account_narrows_what_the_name_matches(promotion: Promotion) -> None:
    account, other, third = make_account(), make_account(), make_account()
    contact = make_contact(last_name="Ng", account=account)
    for _ in range(2):
        make_contact(last_name="Ng", account=other)
    make_contact(last_name="Ng")

    def within(key: int) -> Item:
        return item(promotion_id=promotion.pk, last_name="NG", account_id=key)

    assert enrolled(within(account.pk)).contact == contact
    assert refusals(within(other.pk)) == [("customer_ambiguous", "[0].contact.lastName")]
    assert errors(within(other.pk))[0].extra == {"matches": 2}
    assert refusals(within(third.pk)) == [("account_contact_mismatch", "[0].contact")]


def test_rule_3_another_accounts_contact(promotion: Promotion) -> None:
    account = make_account()
    for contact in (make_contact(), make_contact(account=make_account())):
        one = item(promotion_id=promotion.pk, contact_id=contact.pk, account_id=account.pk)
        assert refusals(one) == [("account_contact_mismatch", "[0].contact")]


def test_an_account_alone_is_the_party(promotion: Promotion) -> None:
    account = make_account()
    usage = enrolled(item(promotion_id=promotion.pk, account_id=account.pk))
    assert (usage.type, usage.contact, usage.account) == ("Account", None, account)
    assert usage.party == account


def test_an_account_and_its_contact_are_two_parties(promotion: Promotion) -> None:
    account = make_account()
    contact = make_contact(account=account)
    outcomes = request(
        [
            item(0, promotion_id=promotion.pk, account_id=account.pk),
            item(1, promotion_id=promotion.pk, account_id=account.pk, contact_id=contact.pk),
        ]
    )
    assert [o.usage.type for o in outcomes if isinstance(o, Enrolled)] == ["Account", "Contact"]


def test_what_is_not_there_or_deleted_is_not_found(promotion: Promotion) -> None:
    contact, gone = make_contact(), make_contact()
    account, offer, gone_promotion = make_account(), make_offer(), make_promotion()
    contacts.delete(gone.pk, by=actor(), at=NOW)
    accounts.delete(account.pk, by=actor(), at=NOW)
    offers.delete(offer.pk, by=actor(), at=NOW)
    delete_promotion(gone_promotion.pk, by=actor(), at=NOW)
    good = {"contact_id": contact.pk, "promotion_id": promotion.pk}
    customer = {"promotion_id": promotion.pk}
    nobody = 2**63 - 1
    assert refusals(
        item(0, **customer, contact_id=gone.pk),
        item(1, **customer, contact_id=nobody),
        item(2, **customer, account_id=account.pk),
        item(3, **customer, account_id=nobody, contact_id=contact.pk),
        item(4, **customer, email="nobody@example.com"),
        item(5, contact_id=contact.pk, promotion_id=gone_promotion.pk),
        item(6, contact_id=contact.pk, promotion_code=gone_promotion.promotion_code),
        item(7, contact_id=contact.pk, promotion_id=nobody),
        item(8, **good, offer_id=offer.pk),
        item(9, **good, offer_code=offer.code),
        item(10, **good, offer_id=nobody),
        item(11, contact_id=nobody, promotion_id=nobody, offer_id=nobody),
    ) == [
        ("customer_not_found", "[0].contact.id"),
        ("customer_not_found", "[1].contact.id"),
        ("customer_not_found", "[2].account.id"),
        ("customer_not_found", "[3].account.id"),
        ("customer_not_found", "[4].contact.email"),
        ("promotion_not_found", "[5].promotion.id"),
        ("promotion_not_found", "[6].promotion.code"),
        ("promotion_not_found", "[7].promotion.id"),
        ("offer_not_found", "[8].enrollmentOffer.id"),
        ("offer_not_found", "[9].enrollmentOffer.code"),
        ("offer_not_found", "[10].enrollmentOffer.id"),
        ("customer_not_found", "[11].contact.id"),
        ("promotion_not_found", "[11].promotion.id"),
        ("offer_not_found", "[11].enrollmentOffer.id"),
    ]


def test_a_code_that_a_deleted_promotion_had_leads_to_the_live_one(contact: Contact) -> None:
    gone = make_promotion(promotion_code="AGAIN")
    delete_promotion(gone.pk, by=actor(), at=NOW)
    promotion = make_promotion(promotion_code="again")
    assert enrolled(item(contact_id=contact.pk, promotion_code="AGAIN")).promotion == promotion


# --- Rules 4 and 5, the offer ---------------------------------------------------------------------


@pytest.mark.parametrize(
    ("values", "code"),
    [
        ({"is_active": False}, "promotion_inactive"),
        ({"end_date_time": NOW}, "promotion_ended"),
        ({"end_date_time": NOW + SECOND}, None),
        ({"start_date_time": NOW + DAY}, None),
        ({"is_enrollment_required": False}, "enrollment_not_enabled"),
        ({"enrollment_start_date": date(2026, 5, 16)}, "enrollment_not_open"),
        ({"enrollment_start_date": date(2026, 5, 15)}, None),
        ({"enrollment_end_date": date(2026, 5, 15)}, None),
        ({"enrollment_end_date": date(2026, 5, 14)}, "enrollment_closed"),
    ],
)
def test_rules_4_and_5_the_promotion(
    contact: Contact, values: dict[str, Any], code: str | None
) -> None:
    one = item(contact_id=contact.pk, promotion_id=make_promotion(**values).pk)
    if code is None:
        assert enrolled(one).is_party_enrolled
    else:
        assert refusals(one) == [(code, "[0].promotion")]


@pytest.mark.parametrize(
    ("zone", "code"),
    [
        ("UTC", None),
        ("Europe/Berlin", None),
        ("Pacific/Kiritimati", "enrollment_closed"),  # where it is the 16th already
    ],
)
def test_rule_5_days_are_those_of_the_organisations_zone(
    contact: Contact, settings: Settings, zone: str, code: str | None
) -> None:
    settings.TIME_ZONE = zone
    promotion = make_promotion(enrollment_end_date=date(2026, 5, 15))
    one = item(contact_id=contact.pk, promotion_id=promotion.pk)
    if code is None:
        assert enrolled(one)
    else:
        assert refusals(one) == [(code, "[0].promotion")]


def test_the_offer_leads_to_this_promotion_and_is_active(
    contact: Contact, promotion: Promotion
) -> None:
    good = {"contact_id": contact.pk, "promotion_id": promotion.pk}
    elsewhere = make_offer(promotion=make_promotion())
    inactive = make_offer(is_active=False)
    here = make_offer(promotion=promotion)
    for offer, code in (
        (elsewhere, "offer_not_for_promotion"),
        (inactive, "offer_inactive"),
    ):
        assert refusals(item(**good, offer_id=offer.pk)) == [(code, "[0].enrollmentOffer")]
    assert enrolled(item(**good, offer_id=here.pk)).enrollment_offer == here


# --- Rules 6 and 7 --------------------------------------------------------------------------------


def test_rule_6_without_dates_it_ends_with_the_promotion_wherever_that_end_moves(
    contact: Contact,
) -> None:
    promotion = make_promotion(end_date_time=NOW + DAY)
    usage = enrolled(item(contact_id=contact.pk, promotion_id=promotion.pk))
    assert usage.enrollment_effective_date_time == NOW
    assert usage.enrollment_expiration_date_time is None
    assert standing(usage, promotion, NOW + 2 * DAY) is Standing.EXPIRED
    longer = update_promotion(
        promotion.pk, {"end_date_time": NOW + 3 * DAY}, by=actor(), at=NOW + SECOND
    )
    usage.refresh_from_db()
    assert standing(usage, longer, NOW + 2 * DAY) is Standing.ACTIVE


def test_rule_7_the_customers_own_window_is_stored(contact: Contact, promotion: Promotion) -> None:
    usage = enrolled(
        item(
            contact_id=contact.pk,
            promotion_id=promotion.pk,
            effective=NOW + DAY,
            expiration=NOW + 2 * DAY,
        )
    )
    assert usage.enrollment_effective_date_time == NOW + DAY
    assert usage.enrollment_expiration_date_time == NOW + 2 * DAY


@pytest.mark.parametrize(
    ("own", "code", "pointer"),
    [
        ({"expiration": NOW}, "period_reversed", "Expiration"),
        ({"effective": NOW - DAY, "expiration": NOW}, "period_in_past", "Expiration"),
        (
            {"effective": NOW, "expiration": NOW + 10 * DAY},
            "period_outside_promotion",
            "Expiration",
        ),
        ({"effective": NOW + 20 * DAY}, "period_outside_promotion", "Effective"),
    ],
)
def test_rule_7_a_window_that_can_never_meet_the_promotion(
    contact: Contact, own: dict[str, Any], code: str, pointer: str
) -> None:
    promotion = make_promotion(start_date_time=NOW + 10 * DAY, end_date_time=NOW + 20 * DAY)
    assert refusals(item(contact_id=contact.pk, promotion_id=promotion.pk, **own)) == [
        (code, f"[0].enrollment{pointer}DateTime")
    ]


# --- Rules 8 and 9: one record, for ever ----------------------------------------------------------


@pytest.mark.parametrize("when", [NOW, NOW + DAY], ids=["active", "scheduled"])
def test_rule_9_who_is_enrolled_already(contact: Contact, promotion: Promotion, when: Any) -> None:
    account = make_account()
    of_contact = enroll_contact(contact, promotion, at=NOW, effective=when)
    of_account = enroll_account(account, promotion, at=NOW, effective=when)
    found = errors(
        item(0, email="zoe@example.com", promotion_id=promotion.pk),
        item(1, account_id=account.pk, promotion_code="summer26"),
        at=NOW + SECOND,
    )
    assert [(error.code, error.pointer, error.extra) for error in found] == [
        ("already_enrolled", f"inputParameters[{n}]", {"promotionPartyUsageId": usage.record_id})
        for n, usage in enumerate((of_contact, of_account))
    ]


@pytest.mark.parametrize("how", ["withdrawn", "expired"])
def test_rule_9_again_in_the_same_record(contact: Contact, promotion: Promotion, how: str) -> None:
    offer, later = make_offer(), NOW + 5 * DAY
    first = enroll_contact(contact, promotion, at=NOW, expiration=NOW + DAY)
    PromotionPartyUsage.objects.filter(pk=first.pk).update(usage_count=3, order_count=2)
    if how == "withdrawn":
        withdraw(first.pk, by=actor(), at=NOW + SECOND, reason="asked to")
    clerk = actor(Source.ADMIN, make_user("Support"))
    again = enrolled(
        item(contact_id=contact.pk, promotion_id=promotion.pk, offer_id=offer.pk),
        at=later,
        by=clerk,
        reason="came back",
    )
    assert again.pk == first.pk
    assert (again.usage_count, again.order_count) == (3, 2)
    assert again.is_party_enrolled
    assert (again.withdrawn_date, again.withdrawn_by, again.withdrawal_reason) == (None,) * 3
    assert again.enrollment_effective_date_time == later
    assert again.enrollment_expiration_date_time is None
    assert again.enrollment_offer == offer
    assert (again.created_date, again.last_modified_date) == (NOW, later)
    assert again.last_modified_by == clerk.user
    assert again.version == (3 if how == "withdrawn" else 2)

    history = {row.field: row for row in again.history.filter(created_date=later)}
    assert set(history) == {
        "IsPartyEnrolled",  # tells enrolling again from a change of period
        "EnrollmentEffectiveDateTime",
        "EnrollmentExpirationDateTime",
        "EnrollmentOfferId",
    } | ({"WithdrawnDate", "WithdrawnBy", "WithdrawalReason"} if how == "withdrawn" else set())
    assert history["IsPartyEnrolled"].new_value == "true"
    changed = history["EnrollmentEffectiveDateTime"]
    assert (changed.old_value, changed.new_value) == (
        "2026-05-15T12:00:00Z",
        "2026-05-20T12:00:00Z",
    )
    assert history["EnrollmentOfferId"].new_value == offer.record_id
    assert {(r.source, r.created_by, r.reason) for r in history.values()} == {
        ("admin", clerk.user, "came back")
    }
    assert again.history.filter(field="created").count() == 1


def facts(items: Sequence[Item], by: Actor, *, seen: bool) -> Facts:
    """What is found, without the records that exist where those are not ``seen`` yet."""
    found = read_facts(items, by)
    if not seen:
        found.customers = [customer._replace(existing=None) for customer in found.customers]
    return found


def test_rule_8_a_lost_race_is_decided_again_and_finds_the_others_record(
    contact: Contact, promotion: Promotion, monkeypatch: pytest.MonkeyPatch
) -> None:
    usage = enroll_contact(contact, promotion, at=NOW)
    seeing = iter([False, True])
    monkeypatch.setattr(
        enrolling, "read_facts", lambda *given, **how: facts(*given, seen=next(seeing))
    )
    [error] = errors(item(contact_id=contact.pk, promotion_id=promotion.pk))
    assert error.code == "already_enrolled"
    assert error.extra == {"promotionPartyUsageId": usage.record_id}


def test_rule_8_a_race_that_is_lost_again_and_again_is_no_record_and_no_endless_loop(
    contact: Contact, promotion: Promotion, monkeypatch: pytest.MonkeyPatch
) -> None:
    enroll_contact(contact, promotion, at=NOW)
    monkeypatch.setattr(enrolling, "read_facts", lambda *given, **how: facts(*given, seen=False))
    with pytest.raises(LostRace):
        enrolled(item(contact_id=contact.pk, promotion_id=promotion.pk))
    assert PromotionPartyUsage.objects.count() == PromotionPartyUsageHistory.objects.count() == 1


def test_time_never_runs_backwards_within_a_record(contact: Contact, promotion: Promotion) -> None:
    usage = enroll_contact(contact, promotion, at=NOW)
    withdraw(usage.pk, by=actor(), at=NOW + DAY, reason="asked to")
    again = enrolled(item(contact_id=contact.pk, promotion_id=promotion.pk), at=NOW + SECOND)
    assert again.last_modified_date == NOW + DAY


# --- Rule 10: duplicates in a request -------------------------------------------------------------


def test_rule_10_the_later_item_is_the_bad_one_however_it_names_the_customer(
    contact: Contact, promotion: Promotion
) -> None:
    found = errors(
        item(0, contact_id=contact.pk, promotion_id=promotion.pk),
        item(1, contact_id=make_contact().pk, promotion_id=promotion.pk),
        item(2, email="ZOE@example.com", promotion_code="summer26"),
        item(3, last_name="strasse", promotion_id=promotion.pk),
    )
    assert [(error.code, error.pointer, error.extra) for error in found] == [
        ("duplicate_in_request", "inputParameters[2]", {}),
        ("duplicate_in_request", "inputParameters[3]", {}),
    ]
    assert "inputParameters[0]" in found[0].detail
    assert PromotionPartyUsage.objects.count() == 0


def test_rule_10_a_duplicate_carries_the_record_made_by_this_very_request(
    contact: Contact, promotion: Promotion
) -> None:
    same = {"contact_id": contact.pk, "promotion_id": promotion.pk}
    first, *others = request([item(n, **same) for n in range(3)], all_or_none=False)
    assert isinstance(first, Enrolled)
    for number, other in enumerate(others, 1):
        assert isinstance(other, NotEnrolled)
        [error] = other.errors
        assert (error.code, error.pointer) == (
            "duplicate_in_request",
            f"inputParameters[{number}]",
        )
        assert error.extra == {"promotionPartyUsageId": first.usage.record_id}


@pytest.mark.parametrize("all_or_none", [True, False])
def test_rule_10_of_a_customer_who_is_enrolled_already(
    contact: Contact, promotion: Promotion, all_or_none: bool
) -> None:
    usage = enroll_contact(contact, promotion, at=NOW)
    items = [item(n, contact_id=contact.pk, promotion_id=promotion.pk) for n in range(2)]
    if all_or_none:
        found = list(errors(*items))
    else:
        outcomes = request(items, all_or_none=False)
        found = [e for o in outcomes if isinstance(o, NotEnrolled) for e in o.errors]
    assert [error.code for error in found] == ["already_enrolled", "duplicate_in_request"]
    assert {error.extra["promotionPartyUsageId"] for error in found} == {usage.record_id}


def test_rule_10_one_customer_in_two_promotions_is_no_duplicate(contact: Contact) -> None:
    outcomes = request(
        [item(n, contact_id=contact.pk, promotion_id=make_promotion().pk) for n in range(2)]
    )
    assert len({o.usage.pk for o in outcomes if isinstance(o, Enrolled)}) == 2


# --- Rule 11: all or nothing ----------------------------------------------------------------------


def bad_request(contact: Contact, promotion: Promotion) -> list[Item | Unreadable]:
    return [
        item(0, contact_id=contact.pk, promotion_id=promotion.pk),
        item(1, contact_id=2**62, promotion_code="NONE"),
        Unreadable((DomainError("invalid_type", "…", "inputParameters[2].contact.email"),)),
        item(3, contact_id=make_contact().pk, promotion_id=promotion.pk),
        item(4, contact_id=make_contact().pk, promotion_id=promotion.pk, expiration=NOW - DAY),
    ]


BAD = [
    ("customer_not_found", "[1].contact.id"),
    ("promotion_not_found", "[1].promotion.code"),
    ("invalid_type", "[2].contact.email"),
    ("period_reversed", "[4].enrollmentExpirationDateTime"),
]


def test_rule_11_every_bad_item_is_reported_at_once_and_nothing_is_written(
    contact: Contact, promotion: Promotion
) -> None:
    assert refusals(*bad_request(contact, promotion)) == BAD
    assert PromotionPartyUsage.objects.count() == 0
    assert PromotionPartyUsageHistory.objects.count() == 0


def test_rule_11_without_it_the_good_items_are_enrolled_and_the_bad_keep_their_place(
    contact: Contact, promotion: Promotion
) -> None:
    outcomes = request(bad_request(contact, promotion), all_or_none=False)
    assert [isinstance(outcome, Enrolled) for outcome in outcomes] == [
        True,
        False,
        False,
        True,
        False,
    ]
    found = [error for o in outcomes if isinstance(o, NotEnrolled) for error in o.errors]
    assert [(e.code, e.pointer.removeprefix("inputParameters")) for e in found] == BAD
    assert PromotionPartyUsage.objects.count() == PromotionPartyUsageHistory.objects.count() == 2


def test_rule_11_without_it_and_without_a_good_item_nothing_happens(promotion: Promotion) -> None:
    outcomes = request([item(promotion_id=promotion.pk, email="x@y.example")], all_or_none=False)
    assert [type(outcome) for outcome in outcomes] == [NotEnrolled]
    assert PromotionPartyUsage.objects.count() == 0


class Door(StrEnum):
    FAX = "fax"


@pytest.mark.parametrize("all_or_none", [True, False])
def test_history_that_cannot_be_written_takes_the_enrollment_with_it(
    contact: Contact,
    promotion: Promotion,
    all_or_none: bool,
) -> None:
    """The history knows no such door."""
    unknown = Actor(actor().user, Door.FAX)  # type: ignore[arg-type]
    items = [item(contact_id=contact.pk, promotion_id=promotion.pk)]
    with pytest.raises(IntegrityError), transaction.atomic():
        enroll(items, by=unknown, at=NOW, all_or_none=all_or_none)
    assert PromotionPartyUsage.objects.count() == 0


# --- What is written, and at what price -----------------------------------------------------------


def test_outcomes_stand_in_the_order_of_the_items_with_all_they_name(promotion: Promotion) -> None:
    people = [make_contact() for _ in range(5)]
    people.reverse()
    offer = make_offer()
    outcomes = request(
        [
            item(n, email=person.email, promotion_id=promotion.pk, offer_code=offer.code)
            for n, person in enumerate(people)
        ]
    )
    with CaptureQueriesContext(connection) as queries:
        named = [o.decision for o in outcomes if isinstance(o, Enrolled)]
        assert [
            (d.item.pointer, d.customer.contact, d.promotion and d.promotion.key, d.offer)
            for d in named
        ] == [
            (
                f"inputParameters[{n}]",
                (person.pk, person.last_name, person.email),
                promotion.pk,
                OfferFacts(offer.pk, offer.code, None, True),
            )
            for n, person in enumerate(people)
        ]
    assert len(queries) == 0, "an answer is rendered from what is at hand"


def test_an_enrollment_tells_who_made_it_when_and_through_which_door(
    contact: Contact, promotion: Promotion
) -> None:
    clerk = actor(Source.COMMAND, make_user())
    with request_id_for("request-7"):
        usage = enrolled(
            item(contact_id=contact.pk, promotion_id=promotion.pk), by=clerk, reason="by phone"
        )
    assert (usage.created_by, usage.last_modified_by) == (clerk.user, clerk.user)
    assert (usage.created_date, usage.last_modified_date, usage.version) == (NOW, NOW, 1)
    assert usage.usage_count == usage.order_count == usage.points_credited == 0
    row = PromotionPartyUsageHistory.objects.get(usage=usage)
    assert (row.field, row.old_value, row.new_value) == ("created", None, None)
    assert (row.created_by, row.created_date, row.source) == (clerk.user, NOW, "command")
    assert (row.reason, row.request_id) == ("by phone", "request-7")


def test_two_hundred_items_cost_no_more_statements_than_one(promotion: Promotion) -> None:
    by, offer = actor(), make_offer()
    account = make_account()
    people = [make_contact(account=account) for _ in range(MOST_ITEMS + 2)]

    def names(number: int, person: Contact) -> dict[str, Any]:
        ways: list[dict[str, Any]] = [
            {"contact_id": person.pk},
            {"email": person.email},
            {"last_name": person.last_name, "account_id": account.pk},
        ]
        return ways[number % 3]

    def statements(*chosen: Contact) -> int:
        items = [
            item(n, **names(n, person), promotion_id=promotion.pk, offer_code=offer.code)
            for n, person in enumerate(chosen)
        ]
        with CaptureQueriesContext(connection) as queries:
            enroll(items, by=by, at=NOW)
        return len(queries)

    statements(people[0])  # the promotion is known after that
    one, many = statements(people[1]), statements(*people[2:])
    # The savepoint of the test's own transaction and its release; on PostgreSQL one that does it
    # all, on SQLite one reads, one writes the records and one the history.
    assert one == many == (3 if connection.vendor == "postgresql" else 5)
    assert PromotionPartyUsage.objects.count() == MOST_ITEMS + 2


def test_new_records_are_inserted_in_the_order_of_their_keys() -> None:
    """Whatever the order of the items: two overlapping requests then never wait for each other
    both ways."""
    promotion, contacts = make_promotion(), [make_contact() for _ in range(3)]
    items = [item(n, contact_id=c.pk, promotion_id=promotion.pk) for n, c in enumerate(contacts)]
    enroll([items[2], items[0], items[1]], by=actor(), at=NOW)
    by_key = PromotionPartyUsage.objects.order_by("pk").values_list("contact", flat=True)
    assert list(by_key) == sorted(contact.pk for contact in contacts)
