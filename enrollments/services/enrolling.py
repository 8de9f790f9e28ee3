"""Enrolling customers: the only writer of new enrollments and of those enrolled again.

Load, decide, write: one statement reads what the items name, the pure rules decide, one statement
writes, with the history in the same transaction; where there is nothing to tell, ``at_once.py``
does it by one. That there is one record per customer and promotion is held by the database; lost
races are decided again. Source: the enrollment contract, rules 1 to 11.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import OperationalError

from enrollments.deciding import Decision, decide, errors_of
from enrollments.models import PromotionPartyUsage
from enrollments.rendering import ShownEnrollment
from enrollments.services.at_once import enroll_at_once
from enrollments.services.history import Changed, with_values
from enrollments.services.kept_outcomes import decisions_in
from enrollments.services.known_facts import known_facts
from enrollments.services.loading import read_facts
from enrollments.services.places import count_places
from enrollments.services.writing import Renewal, Writing, write
from enrollments.wire import Item, Unreadable
from promotions import ids
from promotions.actors import Actor
from promotions.errors import DomainError, Refused
from promotions.services.idempotency import Claim, NotClaimed
from promotions.services.transactions import in_transaction, is_passing, statements_stand_alone


@dataclass(slots=True)
class Enrolled:
    """One item of a request, enrolled: what it named was decided on, and has a record now."""

    decision: Decision

    @property
    def item(self) -> Item:
        return self.decision.item

    @property
    def key(self) -> int:
        """The record's primary key."""
        assert self.decision.key is not None
        return self.decision.key

    @property
    def record_id(self) -> str:
        return ids.encode(ids.PROMOTION_PARTY_USAGE, self.key)

    def shown(self, at: datetime) -> ShownEnrollment:
        """The record as it is shown, enrolled at the moment ``at``; nothing is read for it."""
        one = self.decision
        promotion, contact = one.promotion, one.customer.contact
        assert promotion is not None
        existing = one.customer.existing
        again = existing if isinstance(existing, PromotionPartyUsage) else None
        kind = PromotionPartyUsage.Type
        return ShownEnrollment(
            id=self.key,
            promotion_id=promotion.key,
            type=(kind.ACCOUNT if contact is None else kind.CONTACT).value,
            account_id=self.item.account_id,
            contact_id=None if contact is None else contact.key,
            enrollment_offer_id=None if one.offer is None else one.offer.key,
            is_party_enrolled=True,
            enrollment_effective_date_time=one.period.effective,
            enrollment_expiration_date_time=one.period.expiration,
            withdrawn_date=None,
            withdrawal_reason=None,
            usage_count=0 if again is None else again.usage_count,
            created_date=at if again is None else again.created_date,
            last_modified_date=at if again is None else again.last_modified_date,
            version=1 if again is None else again.version,
            promotion_code=promotion.code,
            is_active=promotion.is_active,
            is_deleted=promotion.is_deleted,
            start_date_time=promotion.start_date_time,
            end_date_time=promotion.end_date_time,
            first_name=None,
            last_name=None,
            username=None,
        )

    def read(self) -> PromotionPartyUsage:
        """The record, from the database."""
        return PromotionPartyUsage.objects.select_related(
            "promotion", "account", "contact", "enrollment_offer"
        ).get(pk=self.key)


@dataclass(frozen=True, slots=True)
class NotEnrolled:
    """One item of a request, refused."""

    errors: tuple[DomainError, ...]
    item: Item
    """As far as it could be read."""
    decision: Decision | None = None
    """None where the item could not be read as a whole."""


class ItemsRefused(Refused):
    """Items of a request are refused, and the whole request with them."""

    def __init__(self, outcomes: Sequence[Enrolled | NotEnrolled]) -> None:
        refused = [one for one in outcomes if isinstance(one, NotEnrolled)]
        super().__init__(*(error for one in refused for error in one.errors))
        self.outcomes = outcomes
        """What was decided on each item; none of it was written."""


def enroll(
    items: Sequence[Item | Unreadable],
    *,
    by: Actor,
    at: datetime,
    all_or_none: bool = True,
    reason: str | None = None,
    dry_run: bool = False,
    at_once: bool = True,
    claim: Claim | None = None,
) -> list[Enrolled | NotEnrolled]:
    """Enrolls the customers that ``items`` name; an outcome for each, in their order.

    ``at`` is the moment of the request. With ``all_or_none`` any bad item refuses the whole
    request: raises ``ItemsRefused`` with every error of every bad item; nothing is written.
    Without, the good items are enrolled. ``reason`` goes into the history. A ``dry_run`` writes
    nothing: who would be enrolled is ``Enrolled``, without a record. ``at_once``: it is likely
    that there is nothing to tell of any of them.

    With a ``claim`` that is not made they are enrolled at once, and the idempotency key claimed; or
    ``NotClaimed`` is raised, and nothing written. If it has the outcome of an earlier request, that
    is given again.
    """
    readable = [item for item in items if isinstance(item, Item)]
    may_be_plain = at_once and not dry_run and len(readable) == len(items)
    if claim is not None:
        if not claim.is_made:
            plain = readable if may_be_plain else ()
            return [Enrolled(one) for one in _by_claim(claim, plain, by=by, at=at, reason=reason)]
        may_be_plain = False  # that was tried

    def act(*, hold: bool = True) -> list[Decision]:
        nonlocal may_be_plain
        if may_be_plain:
            may_be_plain = False
            done = enroll_at_once(readable, by=by, at=at, reason=reason)
            if done is not None:
                return done
        decisions = _decide(readable, by, at, hold=hold)
        if not dry_run and not (
            all_or_none and (len(readable) < len(items) or any(d.errors for d in decisions))
        ):
            _write([one for one in decisions if not one.errors], by=by, at=at, reason=reason)
        return decisions

    decisions = _run(act)
    if len(decisions) == len(items) and not any(one.errors for one in decisions):
        return [Enrolled(one) for one in decisions]
    decided = iter(decisions)
    outcomes = [
        NotEnrolled(item.errors, item.item)
        if isinstance(item, Unreadable)
        else _outcome(next(decided))
        for item in items
    ]
    if all_or_none and any(isinstance(one, NotEnrolled) for one in outcomes):
        raise ItemsRefused(outcomes)
    return outcomes


def _by_claim(
    claim: Claim, items: Sequence[Item], *, by: Actor, at: datetime, reason: str | None
) -> list[Decision]:
    """Rule 12, where the statement that enrolls claims the key, too: what the first request with
    the key made, or what this one makes, which is the first. Raises ``NotClaimed``."""
    if claim.outcome is not None:
        return decisions_in(claim.outcome, items)
    done = enroll_at_once(items, by=by, at=at, reason=reason, key=claim.key)
    if done is None:
        raise NotClaimed
    return done


class _TurnsNeeded(Exception):
    """A limited promotion is among those named: it has to be held from the reading on."""


class _Act(Protocol):
    def __call__(self, *, hold: bool = True) -> list[Decision]: ...


def _run(act: _Act) -> list[Decision]:
    """Runs it in a transaction. Where nothing has to be held between the one statement that reads
    and the one that writes, these two are all; only if they fail there is a transaction."""
    if statements_stand_alone():
        try:
            return act(hold=False)
        except _TurnsNeeded:
            pass
        except OperationalError as error:
            if not is_passing(error):
                raise
    return in_transaction(act)


def _decide(items: Sequence[Item], by: Actor, at: datetime, *, hold: bool) -> list[Decision]:
    if not items:
        return []
    facts = read_facts(items, by, hold=hold)
    limited = [p for p in facts.promotions.values() if p.maximum_enrollment_count is not None]
    if limited and not hold:
        raise _TurnsNeeded
    if uncounted := [promotion.key for promotion in limited if promotion.taken is None]:
        count_places(uncounted)
        facts = read_facts(items, by)
    zone = ZoneInfo(settings.TIME_ZONE)
    decisions = decide(items, facts, at, zone)
    for one in decisions:
        if one.customer.existing is not None and one.promotion is not None:
            known_facts.found_record(one.promotion.key)
    if any(e.code == "enrollment_limit_reached" for one in decisions for e in one.errors):
        # While the turn was waited for, this customer may have been enrolled, and is then told so.
        decisions = decide(items, read_facts(items, by), at, zone)
    return decisions


def _write(decisions: Sequence[Decision], *, by: Actor, at: datetime, reason: str | None) -> None:
    new, again = [], []
    places: dict[int, int] = {}
    for one in decisions:
        promotion, contact = one.promotion, one.customer.contact
        assert promotion is not None
        is_limited = promotion.maximum_enrollment_count is not None
        if one.takes_place:
            places[promotion.key] = places.get(promotion.key, 0) + 1
        if isinstance(one.customer.existing, PromotionPartyUsage):
            one.key = one.customer.existing.pk
            again.append(Renewal(_renewed(one, one.customer.existing, by=by, at=at), is_limited))
        else:
            new.append(
                (
                    promotion.key,
                    is_limited,
                    one.item.account_id,
                    None if contact is None else contact.key,
                    None if one.offer is None else one.offer.key,
                    one.period.effective,
                    one.period.expiration,
                )
            )
    new.sort(key=lambda row: (row[0], row[3] or 0, row[2] or 0))  # promotion, contact, account
    keys = write(Writing(new, again, places), by=by, at=at, reason=reason)
    for one in decisions:
        if one.key is None:
            one.key = keys[one.pair]


def _renewed(one: Decision, usage: PromotionPartyUsage, *, by: Actor, at: datetime) -> Changed:
    """Rule 9: enrolled again in the same record."""
    values: dict[str, object] = {
        "account_id": one.item.account_id,
        "enrollment_offer_id": one.offer and one.offer.key,
        "enrollment_effective_date_time": one.period.effective,
        "enrollment_expiration_date_time": one.period.expiration,
        "is_party_enrolled": True,
        "withdrawn_date": None,
        "withdrawn_by_id": None,
        "withdrawal_reason": None,
        "is_deleted": False,
    }
    # Also where it had expired: that row tells enrolling again from a change of period.
    return with_values(usage, values, by=by, at=at, always=("is_party_enrolled",))


def _outcome(one: Decision) -> Enrolled | NotEnrolled:
    if not one.errors:
        return Enrolled(one)
    existing = one.customer.existing
    record = None if existing is None else existing.record_id
    if record is None and one.first is not None and one.first.key is not None:
        record = ids.encode(ids.PROMOTION_PARTY_USAGE, one.first.key)
    return NotEnrolled(errors_of(one, record), one.item, one)
