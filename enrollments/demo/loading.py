"""Makes the demo's plan happen, through the services, each act at its own moment in the past."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final, Protocol, TypeVar
from zoneinfo import ZoneInfo

from django.contrib.auth.models import Group
from django.db import transaction

from enrollments.demo.campaigns import TERMS, Campaign, Voucher
from enrollments.demo.discounts import DISCOUNTS
from enrollments.demo.furnishing import Furnisher
from enrollments.demo.plan import (
    Calendar,
    ChangePeriod,
    Delete,
    Enroll,
    Event,
    Issue,
    Launch,
    Membership,
    Plan,
    SwitchOff,
    Use,
    Withdraw,
    make_plan,
)
from enrollments.models import Account, Contact, Offer, RefusedCall
from enrollments.services.customers import accounts, contacts
from enrollments.services.enrolling import enroll
from enrollments.services.enrollments import change_period, withdraw
from enrollments.services.offers import offers
from enrollments.services.outcomes import Enrolled, ItemsRefused
from enrollments.services.refused_calls import keep_refused_items
from enrollments.services.usages import update_usage
from enrollments.wire import Item
from promotions.actors import Actor, Source
from promotions.models import Partner, Promotion, User
from promotions.services.partners import create_partner, known_scopes
from promotions.services.promotions import create_promotion, update_promotion
from promotions.services.recycle_bin import delete_promotion

PASSWORD: Final = "demo-password"  # noqa: S105  # made to be printed
LOGINS: Final[Mapping[str, tuple[str, str, str | None]]] = {
    "admin": ("Alex", "Administrator", None),
    "lena": ("Lena", "Brandt", "Marketing leads"),
    "marta": ("Marta", "Nowak", "Marketers"),
    "sam": ("Sam", "Rivera", "Support"),
    "aron": ("Aron", "Levi", "Auditors"),
}
"""First name, last name and role; no role is a superuser."""
PARTNER: Final = "Demo shop"
REFUSED: Final = (("LOYALTY2", 3), ("GARDEN", 2), ("ORGANICBOX", 1.5), ("LOYALTY2", 1))
"""Codes of promotions that nobody can enroll in, and how many days ago the shop tried to: the
first call first, as calls are numbered."""
_PARTNER_EMAIL: Final = "demo-shop@example.com"


class Report(Protocol):
    """Told after each record how far a step is."""

    def __call__(self, step: str, done: int, total: int) -> None: ...


def demo_partner() -> Partner | None:
    """The demo's partner system; where there is none the demo was not loaded."""
    partner: Partner | None = Partner.objects.filter(
        name=PARTNER, user__email=_PARTNER_EMAIL
    ).first()
    return partner


def records_in_use() -> dict[str, int]:
    """What a database holds that is not there from the beginning, counted by kind."""
    people = User.objects.exclude(username="system")
    counts = {
        "promotions": Promotion.objects.count(),
        "accounts": Account.objects.count(),
        "contacts": Contact.objects.count(),
        "offers": Offer.objects.count(),
        "users": people.count(),
    }
    return {kind: count for kind, count in counts.items() if count}


def load(*, at: datetime, zone: ZoneInfo, report: Report) -> None:
    """Loads the demo into an empty database, as it would look at the moment ``at`` to an
    organisation in ``zone``: all of it or nothing."""
    calendar = Calendar(at, zone)
    plan = make_plan(calendar)
    with transaction.atomic():
        _Loader(calendar, plan, report, *_people(calendar)).load()


def _people(calendar: Calendar) -> tuple[Actor, Actor, Actor]:
    """Creates the log-ins and the partner system: marketer, support agent and shop."""
    users = {}
    for username, (first, last, role) in LOGINS.items():
        users[username] = User.objects.create_user(
            username,
            f"{username}@example.com",
            PASSWORD,
            first_name=first,
            last_name=last,
            is_staff=True,
            is_superuser=role is None,
            date_joined=calendar.days_ago(1000),
        )
        if role is not None:
            users[username].groups.add(Group.objects.get(name=role))
    partner = create_partner(name=PARTNER, scopes=known_scopes()).partner
    shop = partner.acting_user
    shop.email = _PARTNER_EMAIL
    shop.save()
    return (
        Actor(users["marta"], Source.ADMIN),
        Actor(users["sam"], Source.ADMIN),
        Actor(shop, Source.API),
    )


T = TypeVar("T")


@dataclass
class _Loader:
    calendar: Calendar
    plan: Plan
    report: Report
    marketer: Actor
    support: Actor
    shop: Actor
    accounts: list[Account] = field(default_factory=list)
    contacts: list[Contact] = field(default_factory=list)
    promotions: dict[Campaign, int] = field(default_factory=dict)
    by_code: dict[str, Promotion] = field(default_factory=dict)
    """The promotions that have a code now."""
    offers: dict[str, int] = field(default_factory=dict)
    usages: dict[Membership, int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.furnisher = Furnisher(self.marketer, self.calendar.days_ago(370))

    def load(self) -> None:
        for customer in self._step("accounts", self.plan.customers):
            self.accounts.append(
                accounts.create(
                    Account(name=customer.name, external_id=customer.external_id),
                    by=self.shop,
                    at=self.calendar.days_ago(customer.days_old),
                )
            )
        self._load_contacts()
        self.furnisher.make_catalogue()
        for event in self._step("promotions and enrollments", self.plan.events):
            self._happen(event)
        self._refuse()

    def _refuse(self) -> None:
        """Calls of the shop that were refused, so that support has something to explain."""
        people = list(dict.fromkeys(one.person for one in self.usages if one.person is not None))
        for person, (code, days) in zip(people, REFUSED, strict=False):
            item = Item(contact_id=self.contacts[person].pk, promotion_code=code)
            at = self.calendar.days_ago(days)
            try:
                enroll([item], by=self.shop, at=at)
            except ItemsRefused as refused:
                door = RefusedCall.Door.COMPATIBLE
                keep_refused_items(
                    refused.outcomes, door=door, by=self.shop, at=at, all_or_none=True
                )

    def _load_contacts(self) -> None:
        for person in self._step("contacts", self.plan.people):
            contact = Contact(
                first_name=person.first_name,
                last_name=person.last_name,
                email=person.email,
                phone=person.phone,
                external_id=person.external_id,
                account=None if person.account is None else self.accounts[person.account],
            )
            by = self.shop if person.external_id else self.support
            at = self.calendar.days_ago(person.days_old)
            self.contacts.append(contacts.create(contact, by=by, at=at))

    def _create_promotion(self, campaign: Campaign, at: datetime) -> None:
        calendar = self.calendar
        starts, ends, opens, closes = (
            campaign.starts, campaign.ends, campaign.opens, campaign.closes
        )  # fmt: skip
        promotion = Promotion(
            name=campaign.name,
            display_name=campaign.display_name,
            promotion_code=campaign.code,
            description=campaign.description,
            objective=campaign.objective,
            terms_and_conditions=TERMS if campaign.enrollment else None,
            is_active=campaign.active,
            start_date_time=None if starts is None else calendar.midnight(starts),
            end_date_time=None if ends is None else calendar.midnight(ends),
            is_enrollment_required=campaign.enrollment,
            enrollment_start_date=None if opens is None else calendar.day(opens),
            enrollment_end_date=None if closes is None else calendar.day(closes),
            maximum_enrollment_count=campaign.places,
            is_automatic=campaign.automatic,
            is_commerce_promotion=campaign.business,
            priority_number=campaign.priority,
        )
        discount = DISCOUNTS.get(campaign.code or "")
        if campaign.deleted is None and discount is not None:
            for name, value in discount.promotion.items():
                setattr(promotion, name, value)
        created = create_promotion(promotion, by=self.marketer, at=at)
        if campaign.deleted is None:
            self.furnisher.furnish(created, at)
        self.promotions[campaign] = created.pk
        if campaign.deleted is None and campaign.code is not None:
            self.by_code[campaign.code] = created

    def _create_offer(self, voucher: Voucher, at: datetime) -> None:
        offer = Offer(
            code=voucher.code,
            name=voucher.name,
            promotion=None if voucher.campaign is None else self.by_code[voucher.campaign],
            is_active=voucher.active,
        )
        self.offers[voucher.code] = offers.create(offer, by=self.marketer, at=at).pk

    def _happen(self, event: Event) -> None:
        match event:
            case Launch():
                self._create_promotion(event.campaign, event.at)
            case Issue():
                self._create_offer(event.voucher, event.at)
            case Enroll():
                self._enroll(event)
            case Use():
                counts = {"usage_count": event.times, "order_count": event.times}
                update_usage(self.usages[event.membership], counts, self.shop, event.at)
            case Withdraw():
                by = self.support if event.at.microsecond % 4 else self.shop
                key = self.usages[event.membership]
                withdraw(key, by=by, at=event.at, reason=event.reason)
            case ChangePeriod():
                change_period(
                    self.usages[event.membership],
                    {"expiration": event.expiration},
                    by=self.support,
                    at=event.at,
                    reason=event.reason,
                )
            case SwitchOff():
                key = self.promotions[event.campaign]
                update_promotion(key, {"is_active": False}, by=self.marketer, at=event.at)
            case Delete():
                delete_promotion(
                    self.promotions[event.campaign], by=self.marketer, at=event.at, confirmed=True
                )

    def _enroll(self, event: Enroll) -> None:
        by = self.support if event.by_support else self.shop
        items = [self._item(membership, again=event.again) for membership in event.memberships]
        outcomes = enroll(items, by=by, at=event.at)
        for membership, outcome in zip(event.memberships, outcomes, strict=True):
            assert isinstance(outcome, Enrolled)
            self.usages[membership] = outcome.key

    def _item(self, membership: Membership, *, again: bool) -> Item:
        account, person, offer = membership.account, membership.person, membership.offer
        return Item(
            account_id=None if account is None else self.accounts[account].pk,
            contact_id=None if person is None else self.contacts[person].pk,
            promotion_id=self.promotions[membership.campaign],
            offer_id=None if offer is None else self.offers[offer],
            # Who comes back takes part without a period of their own.
            effective=None if again else membership.effective,
            expiration=None if again else membership.expiration,
        )

    def _step(self, name: str, things: Iterable[T]) -> Iterator[T]:
        things = list(things)
        for done, thing in enumerate(things):
            self.report(name, done, len(things))
            yield thing
        self.report(name, len(things), len(things))
