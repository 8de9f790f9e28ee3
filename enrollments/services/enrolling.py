"""Enrolling customers: the only writer of new enrollments and of those enrolled again.

Load, decide, write: one statement reads what the items name, the pure rules decide, one statement
writes, with the history in the same transaction; where there is nothing to tell, ``at_once.py``
does it by one. That there is one record per customer and promotion is held by the database; lost
races are decided again. Source: the enrollment contract, rules 1 to 11.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import OperationalError

from enrollments.deciding import Decision, decide, errors_of
from enrollments.models import PromotionPartyUsage
from enrollments.services.at_once import enroll_at_once
from enrollments.services.history import Changed, with_values
from enrollments.services.kept_outcomes import enrolled_in
from enrollments.services.known_facts import known_facts
from enrollments.services.loading import read_facts
from enrollments.services.outcomes import Enrolled, ItemsRefused, NotEnrolled, Outcome
from enrollments.services.places import count_places
from enrollments.services.writing import Renewal, Writing, write
from enrollments.wire import Item, Unreadable
from promotions import ids
from promotions.actors import Actor
from promotions.services.idempotency import Claim, NotClaimed
from promotions.services.transactions import in_transaction, is_passing, statements_stand_alone


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
) -> Sequence[Outcome]:
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
            return _by_claim(claim, plain, by=by, at=at, reason=reason)
        may_be_plain = False  # that was tried

    def act(*, hold: bool = True) -> Sequence[Outcome]:
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
        decided = iter(decisions)
        return [
            NotEnrolled(item.errors, item.item)
            if isinstance(item, Unreadable)
            else _outcome(next(decided))
            for item in items
        ]

    outcomes = _run(act)
    if all_or_none and any(isinstance(one, NotEnrolled) for one in outcomes):
        raise ItemsRefused(outcomes)
    return outcomes


def _by_claim(
    claim: Claim, items: Sequence[Item], *, by: Actor, at: datetime, reason: str | None
) -> list[Enrolled]:
    """Rule 12, where the statement that enrolls claims the key, too: what the first request with
    the key made, or what this one makes, which is the first. Raises ``NotClaimed``."""
    if claim.outcome is not None:
        return enrolled_in(claim.outcome, items)
    done = enroll_at_once(items, by=by, at=at, reason=reason, key=claim.key)
    if done is None:
        raise NotClaimed
    return done


class _TurnsNeeded(Exception):
    """A limited promotion is among those named: it has to be held from the reading on."""


class _Act(Protocol):
    def __call__(self, *, hold: bool = True) -> Sequence[Outcome]: ...


def _run(act: _Act) -> Sequence[Outcome]:
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


def _outcome(one: Decision) -> Outcome:
    if not one.errors:
        return Enrolled(one.item, one, one.customer.contact, one.key)
    existing = one.customer.existing
    record = None if existing is None else existing.record_id
    if record is None and one.first is not None and one.first.key is not None:
        record = ids.encode(ids.PROMOTION_PARTY_USAGE, one.first.key)
    return NotEnrolled(errors_of(one, record), one.item, one)
