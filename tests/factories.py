"""Valid records for tests, each made by the service that makes it in production.

Every function takes overrides by the model's field names. Records are as old as ``LONG_AGO``
unless told otherwise, so that any moment a test asks about comes after them.
"""

from collections.abc import Iterable
from datetime import UTC, datetime
from itertools import count
from typing import Any

from django.contrib.auth.models import Group
from django.utils import timezone

from enrollments.models import Account, Contact, Offer, PromotionPartyUsage
from enrollments.services.customers import accounts, contacts
from enrollments.services.enrolling import enroll
from enrollments.services.offers import offers
from enrollments.services.outcomes import Enrolled
from enrollments.wire import Item
from promotions.actors import Actor, Source
from promotions.models import Partner, Promotion, User
from promotions.services.partners import Credentials, create_partner, issue_token, known_scopes
from promotions.services.promotions import create_promotion

LONG_AGO = datetime(2020, 1, 1, tzinfo=UTC)
NOW = datetime(2026, 5, 15, 12, 0, tzinfo=UTC)
"""The moment at which tests that choose their moment take place."""

PASSWORD = "password"

_number = count(1)


def make_user(role: str | None = None, **overrides: Any) -> User:
    """Somebody on the staff, with the password ``password``; ``role`` is Marketers or Support."""
    password = overrides.pop("password", PASSWORD)
    values = {"username": f"user{next(_number)}", "is_staff": True, **overrides}
    user = User.objects.create_user(password=password, **values)
    if role is not None:
        user.groups.add(Group.objects.get(name=role))
    return user


def actor(source: Source = Source.API, user: User | None = None) -> Actor:
    """Who acts; without a user it is always the same one."""
    if user is None:
        user, _ = User.objects.get_or_create(username="tester", defaults={"first_name": "Tester"})
    return Actor(user, source)


def make_promotion(
    *, by: Actor | None = None, at: datetime = LONG_AGO, **overrides: Any
) -> Promotion:
    """An active promotion without dates that customers can enroll in."""
    number = next(_number)
    values = {
        "name": f"Promotion {number}",
        "promotion_code": f"PROMO{number}",
        "is_active": True,
        "is_enrollment_required": True,
        **overrides,
    }
    return create_promotion(Promotion(**values), by=by or actor(), at=at)


def make_account(*, by: Actor | None = None, at: datetime = LONG_AGO, **overrides: Any) -> Account:
    values = {"name": f"Account {next(_number)}", **overrides}
    return accounts.create(Account(**values), by=by or actor(), at=at)


def make_contact(*, by: Actor | None = None, at: datetime = LONG_AGO, **overrides: Any) -> Contact:
    """A person with a last name and an e-mail address that nobody else has."""
    number = next(_number)
    values = {
        "first_name": "Robin",
        "last_name": f"Customer{number}",
        "email": f"customer{number}@example.com",
        **overrides,
    }
    return contacts.create(Contact(**values), by=by or actor(), at=at)


def make_offer(*, by: Actor | None = None, at: datetime = LONG_AGO, **overrides: Any) -> Offer:
    """An active offer that leads to any promotion."""
    number = next(_number)
    values = {"name": f"Offer {number}", "code": f"OFFER{number}", **overrides}
    return offers.create(Offer(**values), by=by or actor(), at=at)


def make_partner(scopes: Iterable[str] | None = None, *, name: str = "Shop") -> Credentials:
    """A partner system with these scopes; with all there are unless told otherwise."""
    return create_partner(name=name, scopes=known_scopes() if scopes is None else scopes)


def token_for(partner: Partner | Credentials) -> str:
    """A valid access token, to be sent as ``Authorization: Bearer …``."""
    if isinstance(partner, Credentials):
        partner = partner.partner
    return issue_token(partner, at=timezone.now())


def enroll_contact(
    contact: Contact,
    promotion: Promotion,
    *,
    at: datetime | None = None,
    by: Actor | None = None,
    **item: Any,
) -> PromotionPartyUsage:
    """The contact's enrollment, made at ``at`` (by default now); ``item`` is more of the item:
    ``effective``, ``expiration``, ``offer_id``, ``account_id``."""
    return _enroll(Item(contact_id=contact.pk, promotion_id=promotion.pk, **item), at, by)


def enroll_account(
    account: Account,
    promotion: Promotion,
    *,
    at: datetime | None = None,
    by: Actor | None = None,
    **item: Any,
) -> PromotionPartyUsage:
    """The same for an account as the party."""
    return _enroll(Item(account_id=account.pk, promotion_id=promotion.pk, **item), at, by)


def _enroll(item: Item, at: datetime | None, by: Actor | None) -> PromotionPartyUsage:
    [outcome] = enroll([item], by=by or actor(), at=at or timezone.now())
    assert isinstance(outcome, Enrolled)
    return outcome.read()
