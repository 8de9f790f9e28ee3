"""Keeping the calls that enrolled nobody, and forgetting them again.

Written once what was refused is rolled back, by one INSERT, and only where there was a refusal:
calls that are accepted know nothing of it. What an item names that could not be read as a whole is
looked up first.
"""

import logging
import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any, Final

from django.conf import settings
from django.db import DatabaseError

from enrollments.deciding import Decision, identified
from enrollments.models import RefusedCall
from enrollments.services.loading import read_facts
from enrollments.services.outcomes import Enrolled, NotEnrolled, Outcome
from enrollments.wire import Item, certain
from promotions.actors import Actor
from promotions.errors import DomainError
from promotions.request_ids import current_request_id

MOST_KEPT: Final = 200
"""Of one call no more items are kept: as many as one can have."""
ANOTHER_REFUSED: Final = "Another item of the call was refused."
"""What is kept with a good item instead of the reason, where that tells of another promotion."""
_MOST_FURTHER: Final = 20
_BATCH: Final = 10_000
_ITEM: Final = re.compile(r"inputParameters\[\d+\]")
_log: Final = logging.getLogger(__name__)

_IDENTIFIERS: Final = {
    "account_id": "account.id",
    "contact_id": "contact.id",
    "last_name": "contact.lastName",
    "email": "contact.email",
    "promotion_id": "promotion.id",
    "promotion_code": "promotion.code",
    "offer_id": "enrollmentOffer.id",
    "offer_code": "enrollmentOffer.code",
}
"""What an item names things by, as its caller calls it."""


def keep_refused_call(
    errors: Sequence[DomainError], *, door: RefusedCall.Door, by: Actor, at: datetime
) -> None:
    """Keeps a call that was refused as a whole, before its items were looked at."""
    with _answered_anyway():
        RefusedCall.objects.bulk_create([_row(errors, door=door, by=by, at=at)])


def keep_refused_items(
    outcomes: Sequence[Outcome],
    *,
    door: RefusedCall.Door,
    by: Actor,
    at: datetime,
    all_or_none: bool,
) -> None:
    """Keeps the items of a call that were not enrolled. Of a call to enroll ``all_or_none`` those
    with which nothing was wrong are among them, with the reason of the first that was refused: all
    of it only where that one asked for the same promotion, as it may tell of customers of its own,
    and who sees the one promotion needn't see the other."""
    with _answered_anyway():
        outcomes = _as_far_as_certain(outcomes, by=by, at=at)
        first = next(one for one in outcomes if isinstance(one, NotEnrolled))
        rows = []
        for one in outcomes:
            if isinstance(one, NotEnrolled):
                rows.append(_row(one.errors, one.decision, one.item, door=door, by=by, at=at))
            elif all_or_none:
                reason = _reason_for(one, first)
                row = _row([reason], one.decision, one.item, door=door, by=by, at=at)
                row.is_of_another_item = True
                rows.append(row)
        for row in rows:
            row.item_count = len(outcomes)
        RefusedCall.objects.bulk_create(rows[:MOST_KEPT])


def _as_far_as_certain(
    outcomes: Sequence[Outcome], *, by: Actor, at: datetime
) -> Sequence[Outcome]:
    """With what those name that could not be read, as far as that is certain; one statement for
    all of them, and none where there are none."""
    unread = [one for one in outcomes if isinstance(one, NotEnrolled) and one.decision is None]
    if not unread:
        return outcomes
    items = [certain(one.item, one.errors) for one in unread]
    named = iter(identified(items, read_facts(items, by, hold=False), at))
    return [
        replace(one, decision=next(named))
        if isinstance(one, NotEnrolled) and one.decision is None
        else one
        for one in outcomes
    ]


def _reason_for(good: Enrolled, first: NotEnrolled) -> DomainError:
    error, bad, own = first.errors[0], first.decision, good.decision.promotion
    if bad and bad.promotion and own and bad.promotion.key == own.key:
        return error
    return DomainError(error.code, ANOTHER_REFUSED)


def remove_old_refused_calls(*, at: datetime) -> int:
    """Removes what has been kept for ``REFUSED_CALLS_DAYS``; how many."""
    kept = timedelta(days=settings.REFUSED_CALLS_DAYS)
    old = RefusedCall.objects.filter(created_date__lte=at - kept).order_by("created_date", "id")
    total = 0
    while keys := list(old.values_list("pk", flat=True)[:_BATCH]):
        total += RefusedCall.objects.filter(pk__in=keys).delete()[0]
    return total


@contextmanager
def _answered_anyway() -> Iterator[None]:
    """The caller is to be told why it was refused, whether or not that can be kept."""
    try:
        yield
    except DatabaseError:
        _log.exception("A refused call could not be kept.")


def _row(
    errors: Sequence[DomainError],
    decision: Decision | None = None,
    item: Item | None = None,
    *,
    door: RefusedCall.Door,
    by: Actor,
    at: datetime,
) -> RefusedCall:
    error, *others = errors
    return RefusedCall(
        created_date=at,
        created_by=by.user,
        door=door,
        request_id=current_request_id(),
        code=error.code,
        detail=error.detail,
        pointer=_place(error),
        further=[[one.code, one.detail, _place(one)] for one in others[:_MOST_FURTHER]] or None,
        **({} if item is None else _named_by(item)),
        **({} if decision is None else _identified(decision)),
    )


def _named_by(item: Item) -> dict[str, str]:
    kinds = [kind for name, kind in _IDENTIFIERS.items() if getattr(item, name) is not None]
    return {"named_by": " ".join(kinds)}


def _identified(one: Decision) -> dict[str, Any]:
    """The keys of what there is of what an item names, and the period that it asks for."""
    customer = one.customer
    return {
        "contact_id": None if customer.contact is None else customer.contact.key,
        "account_id": one.item.account_id if customer.account_found else None,
        "promotion_id": None if one.promotion is None else one.promotion.key,
        "offer_id": None if one.offer is None else one.offer.key,
        "effective": one.item.effective,
        "expiration": one.item.expiration,
    }


def _place(error: DomainError) -> str:
    """Where the error is; of a property that is not known only in which item: its name is the
    caller's own text."""
    if error.code != "unknown_property":
        return error.pointer
    item = _ITEM.match(error.pointer)
    return item[0] if item else ""
