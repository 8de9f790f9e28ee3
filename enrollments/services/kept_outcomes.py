"""What a request made that enrolled all of its customers by one statement: decisions, of which its
answer is made; and the same written down beside the request's idempotency key, and read again.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import Any, Final

import orjson

from enrollments.deciding import Decision
from enrollments.facts import ContactFacts, CustomerFacts, OfferFacts, PromotionFacts
from enrollments.rules import ContactMatches, Period
from enrollments.wire import Item

Made = tuple[int, int, int, str, str | None]
"""An item's number; its record and its contact, by primary key; the contact's last name and e-mail
address."""

_ONE: Final = ContactMatches(1, 0)


def different_terms(items: Sequence[Item]) -> tuple[list[Item], list[int]]:
    """What the items say beside their customers, each once, and which of that each item says."""
    numbers: dict[tuple[Any, ...], int] = {}
    numbered = [numbers.setdefault(item.terms, len(numbers)) for item in items]
    return [Item.of_nobody(each) for each in numbers], numbered


def made(
    items: Sequence[Item], terms: Sequence[Decision], numbered: Sequence[int], rows: Iterable[Made]
) -> list[Decision]:
    """A decision, with its record's key, for each of ``items``; ``numbered`` says which of the
    ``terms``, which were accepted, each has."""
    decisions: list[Any] = [None] * len(items)
    for n, key, contact, last_name, email in rows:
        one = terms[numbered[n]]
        customer = CustomerFacts(True, _ONE, ContactFacts(contact, last_name, email), None)
        decisions[n] = Decision(items[n], customer, one.promotion, one.offer, one.period, key=key)
    return decisions


def written(terms: Sequence[Decision]) -> str:
    """Accepted terms as JSON, for ``decisions_in``."""
    return orjson.dumps([[one.promotion, one.offer, *one.period] for one in terms]).decode()


def decisions_in(outcome: Mapping[str, Any], items: Sequence[Item]) -> list[Decision]:
    """The decisions on ``items``, as they were made. ``outcome`` has the ``terms``, as they were
    ``written``, and what was ``made``."""
    different, numbered = different_terms(items)
    terms = [
        Decision(
            item,
            CustomerFacts(False, ContactMatches(0, 0), None, None),
            PromotionFacts(**{name: _read(name, value) for name, value in promotion.items()}),
            None if offer is None else OfferFacts(**offer),
            Period(*(text and datetime.fromisoformat(text) for text in period)),
        )
        for item, (promotion, offer, *period) in zip(different, outcome["terms"], strict=True)
    ]
    return made(items, terms, numbered, outcome["made"])


_READ_BY: Final[Mapping[str, Callable[[str], Any]]] = {
    "start_date_time": datetime.fromisoformat,
    "end_date_time": datetime.fromisoformat,
    "enrollment_start_date": date.fromisoformat,
    "enrollment_end_date": date.fromisoformat,
}
"""How those values of a promotion are read that JSON has no type for."""


def _read(name: str, value: Any) -> Any:
    return value if value is None or name not in _READ_BY else _READ_BY[name](value)
