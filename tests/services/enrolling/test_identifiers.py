"""All identifiers given in one object hold of the same record (rule 1), one that is there."""

from typing import Any

import pytest

from enrollments.models import Contact
from enrollments.services.customers import accounts, contacts
from enrollments.services.offers import offers
from promotions.models import Promotion
from promotions.services.recycle_bin import delete_promotion
from tests.factories import NOW, actor, make_account, make_contact, make_offer, make_promotion
from tests.services.enrolling.requests import enrolled, item, refusals

pytestmark = pytest.mark.django_db


# --- Contacts -------------------------------------------------------------------------------------


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


# --- Promotions and offers ------------------------------------------------------------------------


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


def test_a_code_that_a_deleted_promotion_had_leads_to_the_live_one(contact: Contact) -> None:
    gone = make_promotion(promotion_code="AGAIN")
    delete_promotion(gone.pk, by=actor(), at=NOW)
    promotion = make_promotion(promotion_code="again")
    assert enrolled(item(contact_id=contact.pk, promotion_code="AGAIN")).promotion == promotion


# --- What is not there ----------------------------------------------------------------------------


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
