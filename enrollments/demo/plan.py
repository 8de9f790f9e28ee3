"""What happened in the demo's past, as a list of events in the order of time. Pure.

Chance decides who enrolls and when, from a fixed seed; the clock only says when today is.
"""

import random
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from enrollments.demo.campaigns import CAMPAIGNS, VOUCHERS, Campaign, Voucher
from enrollments.demo.people import README_PEOPLE, Customer, Person, make_customers, make_people
from promotions.moments import day_in

_SEED: Final = 20261122
_REASONS: Final = (
    "Customer asked to leave by e-mail.",
    "Customer moved abroad.",
    "Enrolled by mistake at the till.",
    "Customer closed the account.",
    "Customer prefers another promotion.",
    "No longer wants messages about it.",
)
_CHANGE_REASONS: Final = (
    "Extended as a courtesy after a late delivery.",
    "Shortened on the customer's wish.",
    "Corrected: the wrong month was typed in.",
)


@dataclass(frozen=True, slots=True)
class Calendar:
    """Days relative to the one on which ``now`` falls in ``zone``."""

    now: datetime
    zone: ZoneInfo

    def day(self, offset: int) -> date:
        return day_in(self.zone, self.now) + timedelta(days=offset)

    def midnight(self, offset: int) -> datetime:
        """The moment at which that day begins."""
        return datetime.combine(self.day(offset), time.min, self.zone).astimezone(UTC)

    def office_hours(self, offset: int) -> datetime:
        """Some time in the morning of that day, at the latest now."""
        return min(self.midnight(offset) + timedelta(hours=9), self.now)

    def days_ago(self, days: float) -> datetime:
        return self.midnight(0) - timedelta(days=days)


@dataclass(eq=False, slots=True)
class Membership:
    """A customer's part in a campaign; ``person`` and ``account`` are places in the lists."""

    campaign: Campaign
    person: int | None
    account: int | None
    offer: str | None = None
    effective: datetime | None = None
    expiration: datetime | None = None


@dataclass(frozen=True, slots=True)
class Launch:
    """A promotion is created."""

    at: datetime
    campaign: Campaign


@dataclass(frozen=True, slots=True)
class Issue:
    """An offer is created."""

    at: datetime
    voucher: Voucher


@dataclass(frozen=True, slots=True)
class Enroll:
    at: datetime
    memberships: list[Membership]
    again: bool = False

    @property
    def by_support(self) -> bool:
        """Somebody on the phone, not the shop, which sends several at once."""
        return len(self.memberships) == 1 and self.at.microsecond % 3 == 0


@dataclass(frozen=True, slots=True)
class Use:
    """The shop notes how often the customer has used it so far."""

    at: datetime
    membership: Membership
    times: int


@dataclass(frozen=True, slots=True)
class Withdraw:
    at: datetime
    membership: Membership
    reason: str


@dataclass(frozen=True, slots=True)
class ChangePeriod:
    at: datetime
    membership: Membership
    expiration: datetime
    reason: str


@dataclass(frozen=True, slots=True)
class SwitchOff:
    at: datetime
    campaign: Campaign


@dataclass(frozen=True, slots=True)
class Delete:
    at: datetime
    campaign: Campaign


Event = Launch | Issue | Enroll | Use | Withdraw | ChangePeriod | SwitchOff | Delete


@dataclass(frozen=True, slots=True)
class Plan:
    customers: list[Customer]
    people: list[Person]
    events: list[Event] = field(default_factory=list)


def make_plan(calendar: Calendar) -> Plan:
    """Everybody and everything, up to the calendar's now."""
    chance = random.Random(_SEED)  # noqa: S311  # the same each time is the point
    customers = make_customers(chance)
    plan = Plan(customers, make_people(customers, chance))
    general = [voucher for voucher in VOUCHERS if voucher.campaign is None]
    plan.events.extend(Issue(calendar.office_hours(-365), voucher) for voucher in general)
    for campaign in CAMPAIGNS:
        plan.events.extend(_Campaign(campaign, plan, calendar, chance).events())
    plan.events.sort(key=lambda event: event.at)
    return plan


class _Campaign:
    """The story of one campaign."""

    def __init__(
        self, campaign: Campaign, plan: Plan, calendar: Calendar, chance: random.Random
    ) -> None:
        self.campaign, self.plan, self.calendar, self.chance = campaign, plan, calendar, chance
        self.offers = [
            voucher.code
            for voucher in VOUCHERS
            if voucher.active and voucher.campaign in (None, campaign.code)
        ]
        self.begins = None if campaign.starts is None else calendar.midnight(campaign.starts)
        self.ends = None if campaign.ends is None else calendar.midnight(campaign.ends)
        opens = campaign.created if campaign.opens is None else campaign.opens
        self.first = max(calendar.midnight(opens), calendar.office_hours(campaign.created))
        over = (campaign.ends, campaign.switched_off, campaign.deleted)
        self.over = [calendar.midnight(day) for day in over if day is not None]
        closes = [] if campaign.closes is None else [calendar.midnight(campaign.closes + 1)]
        self.last = min([calendar.now, *self.over, *closes]) - timedelta(seconds=1)
        self.habits = random.Random(f"{_SEED} {campaign.name}")  # noqa: S311  # the same each time

    def events(self) -> Iterator[Event]:
        campaign = self.campaign
        created = self.calendar.office_hours(campaign.created)
        yield Launch(created, campaign)
        if campaign.deleted is None:
            for voucher in VOUCHERS:
                if voucher.campaign is not None and voucher.campaign == campaign.code:
                    yield Issue(created, voucher)
        if campaign.switched_off is not None:
            yield SwitchOff(self.calendar.office_hours(campaign.switched_off), campaign)
        if campaign.deleted is not None:
            yield Delete(self.calendar.office_hours(campaign.deleted), campaign)
        joining = sorted(self._joining(), key=lambda one: one[0])
        while joining:
            # Everybody in a batch joins at the last one's moment.
            size = self.chance.choice((1, 1, 1, 2, 4, 8, 14))
            batch, joining = joining[:size], joining[size:]
            at = batch[-1][0]
            memberships = [membership for _, membership in batch]
            for membership in memberships:
                if self.chance.random() < 0.22:
                    self._give_own_period(membership, at)
            yield Enroll(at, memberships)
            for membership in memberships:
                afterwards = list(self._afterwards(membership, at))
                yield from self._uses(membership, at, [event.at for event in afterwards])
                yield from afterwards

    def _joining(self) -> Iterator[tuple[datetime, Membership]]:
        found = 0
        for person, account in self._candidates():
            if found == self.campaign.enrolled:
                return
            days_old = (
                self.plan.people[person].days_old
                if person is not None
                else self.plan.customers[account or 0].days_old
            )
            known = self.calendar.days_ago(days_old) + timedelta(hours=1)
            first = max(self.first, known)
            if first >= self.last:
                continue
            found += 1
            at = first + (self.last - first) * self.chance.random() ** 1.3
            offer = self.chance.choice(self.offers) if self.chance.random() < 0.6 else None
            if person is not None and self.chance.random() < 0.7:
                account = None  # most callers name the contact alone
            yield at, Membership(self.campaign, person, account, offer)

    def _candidates(self) -> list[tuple[int | None, int | None]]:
        accounts: list[tuple[int | None, int | None]] = [
            (None, number)
            for number, customer in enumerate(self.plan.customers)
            if customer.is_company or not self.campaign.business
        ]
        people: list[tuple[int | None, int | None]] = [
            (number, person.account)
            for number, person in enumerate(self.plan.people)
            if person not in README_PEOPLE
        ]
        candidates = (
            accounts if self.campaign.business else people + self.chance.sample(accounts, 30)
        )
        self.chance.shuffle(candidates)
        return candidates

    def _give_own_period(self, membership: Membership, at: datetime) -> None:
        begins = at if self.begins is None else max(at, self.begins)
        later = begins + timedelta(days=self.chance.randint(1, 12))
        lasts = timedelta(days=self.chance.choice((14, 30, 30, 60, 90, 180)))
        if self.chance.random() < 0.5 and (self.ends is None or later < self.ends):
            membership.effective = begins = _on_the_hour(later)
        membership.expiration = _on_the_hour(begins) + lasts

    def _uses(
        self, membership: Membership, at: datetime, changes: list[datetime]
    ) -> Iterator[Event]:
        """Most use it while it applies to them, before anything about them changes."""
        starts, ends = [at], [self.calendar.now, *self.over, *changes]
        starts += [one for one in (self.begins, membership.effective) if one is not None]
        ends += [one for one in (membership.expiration,) if one is not None]
        begins, ending = max(starts), min(ends)
        if begins < ending and self.habits.random() < 0.6:
            when = begins + (ending - begins) * self.habits.uniform(0.05, 0.95)
            yield Use(when, membership, self.habits.choice((1, 1, 1, 2, 2, 3, 5, 8)))

    def _afterwards(self, membership: Membership, at: datetime) -> Iterator[Event]:
        """Some leave, some come back, of some the period is changed."""
        chance, now = self.chance, self.calendar.now
        fate, when, where = chance.random(), chance.uniform(0.05, 0.9), chance.uniform(0.05, 0.9)
        reason, change = chance.choice(_REASONS), chance.choice(_CHANGE_REASONS)
        comes_back, days = chance.random() < 0.4, chance.randint(5, 60)
        left: datetime | None = None
        if fate < 0.1:
            left = at + (now - at) * when * (0.3 if comes_back else 1)
            yield Withdraw(left, membership, reason)
        elif fate < 0.13:
            changed = at + (now - at) * when
            begins = max(
                moment for moment in (changed, self.begins, membership.effective) if moment
            )
            yield ChangePeriod(
                changed, membership, _on_the_hour(begins) + timedelta(days=days), change
            )
        elif membership.expiration is not None:
            left = membership.expiration
        if left is not None and comes_back and left < self.last:
            yield Enroll(left + (self.last - left) * where, [membership], again=True)


def _on_the_hour(moment: datetime) -> datetime:
    return moment.replace(minute=0, second=0, microsecond=0)
