"""The demo's plan obeys the rules at any time of day, and tells the same story each time."""

from collections import Counter
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from enrollments.demo.campaigns import CAMPAIGNS
from enrollments.demo.names import REGIONS
from enrollments.demo.people import ACCOUNTS, CONTACTS, README_PEOPLE
from enrollments.demo.plan import Calendar, Enroll, Membership, Plan, Use, Withdraw, make_plan

MOMENTS = [
    (datetime(2026, 5, 15, 0, 0, tzinfo=UTC), "UTC"),
    (datetime(2026, 5, 15, 12, 34, 56, 789, tzinfo=UTC), "UTC"),
    (datetime(2026, 5, 15, 23, 59, 59, tzinfo=UTC), "Pacific/Kiritimati"),
    (datetime(2028, 2, 29, 3, 0, tzinfo=UTC), "America/Santiago"),
    (datetime(2027, 3, 28, 1, 30, tzinfo=UTC), "Europe/Berlin"),
]


def plan_at(now: datetime, zone: str = "UTC") -> Plan:
    return make_plan(Calendar(now, ZoneInfo(zone)))


@pytest.mark.parametrize(("now", "zone"), MOMENTS)
def test_nothing_lies_in_the_future_and_everything_in_order(now: datetime, zone: str) -> None:
    moments = [event.at for event in plan_at(now, zone).events]
    assert moments == sorted(moments)
    assert moments[-1] <= now


@pytest.mark.parametrize(("now", "zone"), MOMENTS)
def test_customers_enroll_on_days_on_which_they_can(now: datetime, zone: str) -> None:
    calendar = Calendar(now, ZoneInfo(zone))
    plan = make_plan(calendar)
    for event in plan.events:
        if not isinstance(event, Enroll):
            continue
        day = event.at.astimezone(calendar.zone).date()
        for membership in event.memberships:
            campaign = membership.campaign
            assert campaign.active
            assert campaign.enrollment
            assert campaign.opens is None or day >= calendar.day(campaign.opens)
            assert campaign.closes is None or day <= calendar.day(campaign.closes)
            assert campaign.ends is None or event.at < calendar.midnight(campaign.ends)
            if membership.person is not None:
                person = plan.people[membership.person]
                assert event.at > calendar.days_ago(person.days_old)


def test_the_story_is_the_same_whenever_it_is_told() -> None:
    one, other = plan_at(MOMENTS[0][0]), plan_at(MOMENTS[0][0] + timedelta(days=500))
    assert one.people == other.people
    assert one.customers == other.customers
    assert [type(event) for event in one.events] == [type(event) for event in other.events]
    assert _memberships(one) == _memberships(other)


def test_names_look_real_and_addresses_lead_nowhere() -> None:
    plan = plan_at(MOMENTS[0][0])
    assert (len(plan.customers), len(plan.people)) == (ACCOUNTS, CONTACTS)
    assert len({customer.name for customer in plan.customers}) == ACCOUNTS
    addresses = [person.email for person in plan.people if person.email]
    assert all(address.isascii() and address.endswith("@example.com") for address in addresses)
    # One address is shared, by two people.
    assert len(addresses) - len(set(addresses)) == 1
    assert sum(not person.last_name.isascii() for person in plan.people) > CONTACTS / 4
    assert all(region.share for region in REGIONS)


def test_the_people_of_the_readme_are_free_and_unmistakable() -> None:
    plan = plan_at(MOMENTS[0][0])
    for known in README_PEOPLE:
        assert [p for p in plan.people if p.last_name == known.last_name] == [known]
        number = plan.people.index(known)
        assert number not in {person for _, person, _ in _memberships(plan)}


@pytest.mark.parametrize(("now", "zone"), MOMENTS)
def test_customers_use_what_applies_to_them(now: datetime, zone: str) -> None:
    calendar = Calendar(now, ZoneInfo(zone))
    enrolled: set[Membership] = set()
    used = set()
    for event in make_plan(calendar).events:
        match event:
            case Enroll():
                enrolled |= set(event.memberships)
            case Withdraw():
                enrolled -= {event.membership}
            case Use():
                assert event.membership in enrolled
                campaign, membership = event.membership.campaign, event.membership
                assert campaign.starts is None or event.at >= calendar.midnight(campaign.starts)
                assert campaign.ends is None or event.at <= calendar.midnight(campaign.ends)
                assert membership.effective is None or event.at >= membership.effective
                used.add(membership)
    assert 0.3 < len(used) / len(enrolled) < 0.8


def test_nowhere_are_more_customers_than_places() -> None:
    everybody = Counter(name for name, _, _ in set(_memberships(plan_at(MOMENTS[0][0]))))
    limited = {one.name: one.places for one in CAMPAIGNS if one.places is not None}
    assert limited
    assert all(everybody[name] <= places for name, places in limited.items())


def test_some_come_back() -> None:
    plan = plan_at(MOMENTS[0][0])
    withdrawn = {e.membership for e in plan.events if isinstance(e, Withdraw)}
    again = {e.memberships[0] for e in plan.events if isinstance(e, Enroll) and e.again}
    assert len(again & withdrawn) > 20
    assert len(withdrawn - again) > 50


def _memberships(plan: Plan) -> list[tuple[str, int | None, int | None]]:
    events = [event for event in plan.events if isinstance(event, Enroll)]
    memberships: list[Membership] = [m for event in events for m in event.memberships]
    return [(m.campaign.name, m.person, m.account) for m in memberships]
