"""Rule 12, where one statement enrolls and claims the key: what it made, as decisions, of which its
answer is made; and the same written down beside the request's idempotency key, and read again.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from functools import partial
from typing import Any, Final

import orjson

from enrollments.deciding import Decision
from enrollments.facts import NOBODY, ContactFacts, CustomerFacts, OfferFacts, PromotionFacts
from enrollments.rules import ONE_MATCH, ContactMatches, Period
from enrollments.wire import Item, different_terms

Made = tuple[int, int, int, str, str | None]
"""An item's number; its record and its contact, by primary key; the contact's last name and e-mail
address."""


def decisions_from(
    items: Sequence[Item], terms: Sequence[Decision], numbered: Sequence[int], rows: Iterable[Made]
) -> list[Decision]:
    """A decision, with its record's key, for each of ``items``; ``numbered`` says which of the
    ``terms``, which were accepted, each has."""
    decisions: list[Any] = [None] * len(items)
    for n, key, contact, last_name, email in rows:
        one = terms[numbered[n]]
        customer = _customer((True, ONE_MATCH, _contact((contact, last_name, email)), None))
        decisions[n] = Decision(items[n], customer, one.promotion, one.offer, one.period, key=key)
    return decisions


# As the classes make them, which takes twice as long: all fields, in their order.
_contact: Final[Callable[[tuple[int, str, str | None]], ContactFacts]] = partial(
    tuple.__new__, ContactFacts
)
_customer: Final[Callable[[tuple[bool, ContactMatches, ContactFacts, None]], CustomerFacts]] = (
    partial(tuple.__new__, CustomerFacts)
)


def terms_as_json(terms: Sequence[Decision]) -> str:
    """Accepted terms as JSON, for ``decisions_in``: as much of them as answers show."""
    return orjson.dumps([_shown(one) for one in terms]).decode()


def _shown(one: Decision) -> dict[str, Any]:
    promotion, offer = one.promotion, one.offer
    assert promotion is not None  # the terms were accepted
    return {
        "promotion": promotion.key,
        "code": promotion.code,
        "start": promotion.start_date_time,
        "end": promotion.end_date_time,
        "offer": offer and [offer.key, offer.code],
        "period": [*one.period],
    }


def decisions_in(outcome: Mapping[str, Any], items: Sequence[Item]) -> list[Decision]:
    """The decisions on ``items``, as they were made. ``outcome`` has the ``terms``, by
    ``terms_as_json``, and what was ``made``: rows for ``decisions_from``."""
    different, numbered = different_terms(items)
    terms = [_terms(item, said) for item, said in zip(different, outcome["terms"], strict=True)]
    return decisions_from(items, terms, numbered, outcome["made"])


def _terms(item: Item, said: Mapping[str, Any]) -> Decision:
    effective, expiration = map(_moment, said["period"])
    assert effective is not None
    offer = None
    if said["offer"]:
        key, code = said["offer"]
        offer = OfferFacts(key, code, promotion_id=None, is_active=True)
    promotion = PromotionFacts(
        key=said["promotion"],
        name="",
        code=said["code"],
        is_active=True,  # else the terms had not been accepted
        is_deleted=False,
        start_date_time=_moment(said["start"]),
        end_date_time=_moment(said["end"]),
        is_enrollment_required=False,
        enrollment_start_date=None,
        enrollment_end_date=None,
        maximum_enrollment_count=None,
        is_place_freed_on_withdrawal=False,
        taken=None,
    )
    return Decision(item, NOBODY, promotion, offer, Period(effective, expiration))


def _moment(text: str | None) -> datetime | None:
    return None if text is None else datetime.fromisoformat(text)
