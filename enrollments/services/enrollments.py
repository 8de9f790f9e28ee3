"""Enrolling, withdrawing, changing a period: the only writer of enrollments and their history.

Each act is one transaction with its history inside. What is allowed is decided by
``enrollments/rules.py``; that there is one record per customer and promotion is held by the
database, and lost races are decided again. Source: the enrollment contract, rules 8 to 13.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Final
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import Count, Q

from enrollments import rules
from enrollments.identification import Identified, identify
from enrollments.models import PromotionPartyUsage
from enrollments.services.history import (
    Change,
    Changed,
    record_changes,
    record_creations,
)
from enrollments.standing import standing
from enrollments.wire import Item, Unreadable
from promotions.access import Access
from promotions.actors import Actor
from promotions.dictionary import field_of_column
from promotions.errors import DomainError, Refused
from promotions.models import Promotion
from promotions.services.history import shown_value, text_of
from promotions.services.records import RecordService

_records: Final = RecordService(PromotionPartyUsage, change_access=Access.READ)
_TRIES: Final = 10
"""How often a request that loses races for new records is decided again; each time at least one
more of its records exists, so that the second try is nearly always the last."""


@dataclass(frozen=True, slots=True)
class Enrolled:
    """One item of a request, enrolled."""

    item: Item
    usage: PromotionPartyUsage
    """With its promotion, account, contact and offer."""


@dataclass(frozen=True, slots=True)
class NotEnrolled:
    """One item of a request, refused."""

    errors: tuple[DomainError, ...]


def enroll(
    items: Sequence[Item | Unreadable],
    *,
    by: Actor,
    at: datetime,
    all_or_none: bool = True,
    reason: str | None = None,
) -> list[Enrolled | NotEnrolled]:
    """Enrolls the customers that ``items`` name; an outcome for each, in their order.

    ``at`` is the moment of the request. With ``all_or_none`` any bad item refuses the whole
    request: raises ``Refused`` with every error of every bad item, and nothing is written.
    Without, the good items are enrolled. ``reason`` goes into the history.
    """
    for remaining in reversed(range(_TRIES)):
        try:
            with transaction.atomic():
                return _enroll_once(items, by=by, at=at, all_or_none=all_or_none, reason=reason)
        except IntegrityError:
            # Another request enrolled one of these customers meanwhile: the constraint refused
            # ours, and now the other's record is there to be seen.
            if not remaining:
                raise
    raise AssertionError("unreachable")


def withdraw(
    key: int, *, by: Actor, at: datetime, reason: str, expected: Iterable[int] | None = None
) -> PromotionPartyUsage:
    """Withdraws the enrollment with primary key ``key``: who, when and why are kept.

    Raises ``Refused``: ``not_found``, ``version_conflict``, ``reason_required``, ``not_enrolled``.
    """
    with transaction.atomic():
        usage = _lock_for_change(key, reason, expected, by)
        values = {
            "is_party_enrolled": False,
            "withdrawn_date": max(at, usage.last_modified_date),
            "withdrawn_by": by.user,
            "withdrawal_reason": reason.strip(),
        }
        _save([_apply(usage, values, by=by, at=at)], by=by, reason=reason.strip())
    return usage


def change_period(
    key: int,
    period: Mapping[str, datetime | None],
    *,
    by: Actor,
    at: datetime,
    reason: str,
    expected: Iterable[int] | None = None,
) -> PromotionPartyUsage:
    """Changes the customer's own window of the enrollment with primary key ``key``.

    ``period`` holds ``effective`` and ``expiration`` as far as they change: null as expiration
    lets the enrollment end with the promotion, null as beginning makes it begin now. Raises
    ``Refused``: as ``withdraw`` does, and what rule 7 refuses.
    """
    with transaction.atomic():
        usage = _lock_for_change(key, reason, expected, by)
        wanted = rules.period_of(
            period.get("effective", usage.enrollment_effective_date_time),
            period.get("expiration", usage.enrollment_expiration_date_time),
            at,
        )
        if wanted != _period(usage):
            if refusal := rules.period_refusal(wanted, usage.promotion, at):
                raise Refused(refusal)
            values = {
                "enrollment_effective_date_time": wanted.effective,
                "enrollment_expiration_date_time": wanted.expiration,
            }
            _save([_apply(usage, values, by=by, at=at)], by=by, reason=reason.strip())
    return usage


# --- Enrolling ------------------------------------------------------------------------------------


@dataclass(slots=True)
class _Decision:
    """An item on its way: what it names, the record it will have, the reasons against it."""

    found: Identified
    period: rules.Period
    existing: PromotionPartyUsage | None = None
    first: "_Decision | None" = None
    """The earlier item for the same customer and promotion, if there is one."""
    usage: PromotionPartyUsage | None = None
    """The record as written."""


_Pair = tuple[int, str, int]
"""Promotion, kind of party, party: what there is one record for."""


def _enroll_once(
    items: Sequence[Item | Unreadable],
    *,
    by: Actor,
    at: datetime,
    all_or_none: bool,
    reason: str | None,
) -> list[Enrolled | NotEnrolled]:
    identified = iter(identify([item for item in items if isinstance(item, Item)], by))
    decisions = [
        item if isinstance(item, Unreadable) else _decision(next(identified), at) for item in items
    ]
    known = [one for one in decisions if isinstance(one, _Decision)]
    _decide(known, at)
    if all_or_none:
        errors = [
            error
            for one in decisions
            for error in (one.errors if isinstance(one, Unreadable) else _errors(one))
        ]
        if errors:
            raise Refused(*errors)
    _write([one for one in known if not one.found.errors], by=by, at=at, reason=reason)
    return [
        NotEnrolled(one.errors) if isinstance(one, Unreadable) else _outcome(one)
        for one in decisions
    ]


def _decision(found: Identified, at: datetime) -> _Decision:
    return _Decision(found, rules.period_of(found.item.effective, found.item.expiration, at))


def _decide(decisions: Sequence[_Decision], at: datetime) -> None:
    """Asks the rules about each item that was identified, and notes what they refuse."""
    clear = [one for one in decisions if not one.found.errors]
    promotions = {_promotion(one).pk: _promotion(one) for one in clear}
    taken = _lock_limited(promotions)
    for one in clear:
        one.found.promotion = promotions[_promotion(one).pk]
        if _promotion(one).is_deleted:
            one.found.errors.append(rules.promotion_not_found(one.found.item))
    clear = [one for one in clear if not one.found.errors]
    existing = _lock_existing({_pair(one) for one in clear})
    firsts: dict[_Pair, _Decision] = {}
    zone = ZoneInfo(settings.TIME_ZONE)
    for one in clear:
        found, promotion = one.found, _promotion(one)
        one.existing = existing.get(_pair(one))
        one.first = firsts.get(_pair(one))
        firsts.setdefault(_pair(one), one)
        refusal = (
            rules.promotion_refusal(promotion, at)
            or rules.window_refusal(promotion, at, zone)
            or (found.offer and rules.offer_refusal(found.offer, promotion.pk))
            or rules.period_refusal(one.period, promotion, at)
            or (one.first and rules.duplicate_refusal(one.first.found.item))
            or (
                one.existing
                and rules.record_refusal(
                    standing(one.existing, promotion, at), one.existing.record_id
                )
            )
            or (
                rules.limit_refusal(promotion, taken.get(promotion.pk, 0))
                if _takes_a_place(one)
                else None
            )
        )
        if refusal:
            found.errors.append(refusal)
        elif promotion.pk in taken and _takes_a_place(one):
            taken[promotion.pk] += 1


def _takes_a_place(one: _Decision) -> bool:
    return one.existing is None or not one.existing.is_party_enrolled


def _lock_limited(promotions: dict[int, Promotion]) -> dict[int, int]:
    """How many places are taken of those promotions that have a limit, which stays so until the
    transaction ends: enrolling in a limited promotion is one after the other. Puts into
    ``promotions`` what they have become while their turn was waited for."""
    limited = [key for key, p in promotions.items() if p.maximum_enrollment_count is not None]
    if not limited:
        return {}
    locked = Promotion.objects.select_for_update(no_key=True).filter(pk__in=limited)
    for now in locked.order_by("pk"):
        promotions[now.pk] = now
    enrolled = PromotionPartyUsage.objects.filter(promotion__in=limited, is_party_enrolled=True)
    counted = enrolled.order_by().values("promotion").annotate(places=Count("pk"))
    return dict.fromkeys(limited, 0) | {row["promotion"]: row["places"] for row in counted}


def _lock_existing(pairs: set[_Pair]) -> dict[_Pair, PromotionPartyUsage]:
    """The records that exist, held until the transaction ends, in an order that can't deadlock."""
    if not pairs:
        return {}
    parties: dict[tuple[int, str], list[int]] = {}
    for promotion, kind, party in pairs:
        parties.setdefault((promotion, kind), []).append(party)
    wanted = Q()
    for (promotion, kind), keys in parties.items():
        if kind == PromotionPartyUsage.Type.CONTACT:
            wanted |= Q(promotion=promotion, contact__in=keys)
        else:
            wanted |= Q(promotion=promotion, contact=None, account__in=keys)
    locked = PromotionPartyUsage.objects.select_for_update(no_key=True).filter(wanted)
    return {
        (usage.promotion_id, usage.type, usage.contact_id or usage.account_id or 0): usage
        for usage in locked.order_by("pk")
    }


def _write(decisions: Sequence[_Decision], *, by: Actor, at: datetime, reason: str | None) -> None:
    new, changes = [], []
    for one in decisions:
        found = one.found
        values: dict[str, Any] = {
            "account": found.account,
            "enrollment_offer": found.offer,
            "enrollment_effective_date_time": one.period.effective,
            "enrollment_expiration_date_time": one.period.expiration,
        }
        if one.existing is None:
            one.usage = PromotionPartyUsage(
                promotion=found.promotion,
                contact=found.contact,
                type=_pair(one)[1],
                created_by=by.user,
                created_date=at,
                last_modified_by=by.user,
                last_modified_date=at,
                **values,
            )
            new.append(one.usage)
        else:
            one.usage = one.existing
            one.usage.promotion, one.usage.contact = _promotion(one), found.contact
            values |= {
                "is_party_enrolled": True,
                "withdrawn_date": None,
                "withdrawn_by": None,
                "withdrawal_reason": None,
            }
            # Also where it had expired: that row tells enrolling again from a change of period.
            enrolled = ("is_party_enrolled",)
            changes.append(_apply(one.usage, values, by=by, at=at, always=enrolled))
    # One statement, in the order of the key: overlapping requests wait for each other, one way.
    new.sort(key=lambda usage: (usage.promotion_id, usage.contact_id or 0, usage.account_id or 0))
    PromotionPartyUsage.objects.bulk_create(new)
    record_creations(new, by=by, at=at, reason=reason)
    _save(changes, by=by, reason=reason)


def _outcome(one: _Decision) -> Enrolled | NotEnrolled:
    if one.usage is None:
        return NotEnrolled(tuple(_errors(one)))
    return Enrolled(one.found.item, one.usage)


def _errors(one: _Decision) -> list[DomainError]:
    """The errors of an item at their place in the request; a duplicate names the record that its
    customer has, be it an earlier one or one made by this very request (rule 10)."""
    return [
        (
            replace(error, extra={"promotionPartyUsageId": record.record_id})
            if error.code == "duplicate_in_request"
            and (record := one.existing or (one.first and one.first.usage))
            else error
        ).under(one.found.item.pointer)
        for error in one.found.errors
    ]


def _promotion(one: _Decision) -> Promotion:
    promotion = one.found.promotion
    assert promotion is not None  # an item without one has an error, and is not decided on
    return promotion


def _pair(one: _Decision) -> _Pair:
    """Rule 3: with an account beside the contact, the enrolled party is the contact."""
    found = one.found
    party, kind = (
        (found.contact, PromotionPartyUsage.Type.CONTACT)
        if found.contact is not None
        else (found.account, PromotionPartyUsage.Type.ACCOUNT)
    )
    assert party is not None
    return _promotion(one).pk, kind.value, party.pk


# --- Changing an enrollment that exists -----------------------------------------------------------


def _lock_for_change(
    key: int, reason: str, expected: Iterable[int] | None, by: Actor
) -> PromotionPartyUsage:
    usage = _records.lock(key, expected, by=by)
    refusal = rules.reason_refusal(reason) or (
        None if usage.is_party_enrolled else rules.not_enrolled()
    )
    if refusal:
        raise Refused(refusal)
    return usage


def _period(usage: PromotionPartyUsage) -> rules.Period:
    return rules.Period(usage.enrollment_effective_date_time, usage.enrollment_expiration_date_time)


def _apply(
    usage: PromotionPartyUsage,
    values: Mapping[str, object],
    *,
    by: Actor,
    at: datetime,
    always: Sequence[str] = (),
) -> Changed:
    """Sets fields of a locked enrollment; which ones change, and in any case those ``always``."""
    changes = []
    for name, value in values.items():
        field = field_of_column(PromotionPartyUsage, name)
        assert field is not None
        old = shown_value(usage, field)
        if old != text_of(value) or name in always:
            changes.append(Change(name, old, text_of(value)))
            setattr(usage, name, value)
    usage.last_modified_by = by.user
    # Clocks of several servers differ; time never runs backwards within a record.
    usage.last_modified_date = max(at, usage.last_modified_date)
    usage.version += 1
    return Changed(usage, changes)


_CHANGEABLE: Final = (
    "account",
    "enrollment_offer",
    "enrollment_effective_date_time",
    "enrollment_expiration_date_time",
    "is_party_enrolled",
    "withdrawn_date",
    "withdrawn_by",
    "withdrawal_reason",
    "last_modified_by",
    "last_modified_date",
    "version",
)


def _save(changed: Sequence[Changed], *, by: Actor, reason: str | None) -> None:
    """Writes changed enrollments, and a history row for each field that changed."""
    PromotionPartyUsage.objects.bulk_update([one.usage for one in changed], _CHANGEABLE)
    record_changes(changed, by=by, reason=reason)
