"""An account beside its contact, or alone: who the enrolled party is (rule 3)."""

import pytest

from enrollments.services.outcomes import Enrolled
from enrollments.wire import Item
from promotions.models import Promotion
from tests.factories import make_account, make_contact
from tests.services.enrolling.requests import enrolled, errors, item, refusals, request

pytestmark = pytest.mark.django_db


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
    assert [o.read().type for o in outcomes if isinstance(o, Enrolled)] == ["Account", "Contact"]
