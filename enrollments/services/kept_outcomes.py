"""Rule 12, where one statement enrolls and claims the key: what it made, as outcomes, of which its
answer is made; and the same written down beside the request's idempotency key, and read again.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from functools import partial
from typing import Any, Final

import orjson

from enrollments.deciding import Decision
from enrollments.facts import NOBODY, ContactFacts, OfferFacts, PromotionFacts
from enrollments.rules import Period
from enrollments.services.outcomes import Enrolled
from enrollments.wire import Item, different_terms

Made = tuple[int, int, int, str, str | None]
"""An item's number; its record and its contact, by primary key; the contact's last name and e-mail
address."""


def enrolled_from(
    items: Sequence[Item], terms: Sequence[Decision], numbered: Sequence[int], rows: Iterable[Made]
) -> list[Enrolled]:
    """The outcome for each of ``items``; ``numbered`` says which of the ``terms``, which were
    accepted, each has."""
    outcomes: list[Any] = [None] * len(items)
    for n, key, contact, last_name, email in rows:
        named = _contact((contact, last_name, email))
        outcomes[n] = _enrolled((items[n], terms[numbered[n]], named, key))
    return outcomes


# As the classes make them, which takes twice as long: all fields, in their order.
_contact: Final[Callable[[tuple[int, str, str | None]], ContactFacts]] = partial(
    tuple.__new__, ContactFacts
)
_enrolled: Final[Callable[[tuple[Item, Decision, ContactFacts, int]], Enrolled]] = partial(
    tuple.__new__, Enrolled
)


def terms_as_json(terms: Sequence[Decision]) -> str:
    """Accepted terms as JSON, for ``enrolled_in``: as much of them as answers show."""
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


def enrolled_in(outcome: Mapping[str, Any], items: Sequence[Item]) -> list[Enrolled]:
    """The outcome for each of ``items``, as it was then. ``outcome`` has the ``terms``, by
    ``terms_as_json``, and what was ``made``: rows for ``enrolled_from``."""
    different, numbered = different_terms(items)
    terms = [_terms(item, said) for item, said in zip(different, outcome["terms"], strict=True)]
    return enrolled_from(items, terms, numbered, outcome["made"])


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
