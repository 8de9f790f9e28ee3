"""Loads what the items of a request name, by one statement, however many items."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any, Final

import orjson
from django.db import connection, models

from enrollments.facts import ContactFacts, CustomerFacts, Facts, Named, OfferFacts, PromotionFacts
from enrollments.models import Offer, PromotionPartyUsage
from enrollments.rules import ONE_MATCH, ContactMatches
from enrollments.services.enrollment_sql import (
    EXISTING,
    NAMED,
    OPTIONAL,
    REACHED_BY,
    Reading,
    reading,
    wanted,
)
from enrollments.services.known_facts import known_facts
from enrollments.wire import Item
from promotions.access import Access
from promotions.actors import Actor
from promotions.database import is_postgresql
from promotions.folding import fold
from promotions.models import Promotion, Record, RecordQuerySet
from promotions.permissions import condition, reach


def read_facts(items: Sequence[Item], by: Actor, *, hold: bool = True) -> Facts:
    """What the database says of everything that ``items`` name.

    Deleted records don't exist here, nor does what ``by`` may not see. With ``hold``, limited
    promotions and the counts of their places are held until the transaction ends; records of
    customers are not, so what is then written says which version it is about.
    """
    promotions: dict[Named, int] = {}
    offers: dict[Named, int] = {}
    numbers = []
    for item in items:
        named = item.promotion_id, item.promotion_code
        numbers.append(promotions.setdefault(named, len(promotions)))
        if item.names_offer:
            offers.setdefault((item.offer_id, item.offer_code), len(offers))
    rows = wanted_rows(items, numbers)
    seen_promotions, promotion_values = _seen(Promotion, by)
    seen_offers, offer_values = _seen(Offer, by) if offers else ("", ())
    alone = len(items) == 1
    shape = Reading(
        on_postgresql=is_postgresql(),
        alone=alone,
        hold=hold,
        by=rows.by,
        given=rows.given,
        offers=bool(offers),
        seen_promotions=seen_promotions,
        seen_offers=seen_offers,
    )
    values: list[Any] = [*rows.values(alone=alone)]
    values += [*_names(promotions, alone=alone), *promotion_values]
    if offers:
        values += [*_names(offers, alone=alone), *offer_values]
    with connection.cursor() as cursor:
        cursor.execute(reading(shape), values)
        found_promotions, found_offers, customers = (
            orjson.loads(text) if text else [] for text in cursor.fetchone()
        )
    facts = Facts(
        customers=_customers(items, customers),
        promotions=_by_name(promotions, {row[0]: _promotion(row) for row in found_promotions}),
        offers=_by_name(
            offers,
            {
                n: OfferFacts(key, code, promotion, bool(is_active), row_version)
                for n, key, code, promotion, is_active, row_version in found_offers
            },
        ),
    )
    if not (seen_promotions or seen_offers):
        known_facts.remember(facts, promotions=promotions, offers=offers)
    return facts


def sees_all(by: Actor) -> bool:
    """Whether ``by`` may see every promotion and every offer."""
    return reach(by) >= Access.READ


@dataclass(frozen=True, slots=True)
class WantedRows:
    """The customers of items as parameters of a statement."""

    columns: Mapping[str, Sequence[Any]]
    by: tuple[str, ...]
    """What the customers are reached by, of ``REACHED_BY``."""

    @property
    def given(self) -> tuple[str, ...]:
        """Which of the ``OPTIONAL`` columns are there."""
        return tuple(name for name in OPTIONAL if name in self.columns)

    def values(self, *, alone: bool) -> list[str | None]:
        """They stand for ``enrollment_sql.wanted(given)``."""
        return wanted(self.given).values_of([*self.columns.values()], alone=alone)


def wanted_rows(
    items: Sequence[Item],
    numbers: Sequence[int],
    *,
    kinds: Sequence[str] | None = None,
    places: Sequence[int] | None = None,
) -> WantedRows:
    """``numbers`` say which of the promotions, or of the terms, each item names; ``kinds`` what
    each is ``reached_by``, where that is known; ``places`` its ``n``, where that is not its place
    here. There is one item at least."""
    kinds = kinds or [reached_by(item) for item in items]
    each: Any = Item._make(zip(*items, strict=True))  # of each field, the values of all items
    columns = {
        "n": range(len(items)) if places is None else places,
        "is_person": [kind != "account" for kind in kinds],
        "about": numbers,
        "account": each.account_id,
        "contact": each.contact_id,
        "external_id": each.contact_external_id,
        "email": [None if text is None else fold(text) for text in each.email],
        "last_name": [None if text is None else fold(text) for text in each.last_name],
    }
    return WantedRows(
        {
            name: column
            for name, column in columns.items()
            if name not in OPTIONAL or column.count(None) < len(items)
        },
        tuple(kind for kind in REACHED_BY if kind in kinds),
    )


def reached_by(item: Item) -> str:
    """The most telling of the identifiers that an item gives of its customer: the first of
    ``REACHED_BY``."""
    if item.contact_id is not None:
        return "contact"
    if item.contact_external_id is not None:
        return "external_id"
    if item.email is not None:
        return "email"
    return "account" if item.last_name is None else "last_name"


def _names(names: Mapping[Named, int], *, alone: bool) -> list[str | None]:
    rows = [(n, key, None if code is None else fold(code)) for (key, code), n in names.items()]
    return NAMED.values(rows, alone=alone)


def _by_name(names: Mapping[Named, int], found: Mapping[int, Any]) -> dict[Named, Any]:
    return {name: found[n] for name, n in names.items() if n in found}


def _seen(model: type[Record], by: Actor) -> tuple[str, Sequence[Any]]:
    """A query of the records that ``by`` may see, where that is not all of them."""
    allowed = condition(model, by)
    if not allowed:
        return "", ()
    records: RecordQuerySet[Record] = RecordQuerySet(model)
    return records.filter(allowed).values("pk").query.sql_with_params()


def _moment(text: str | None) -> datetime | None:
    if text is None:
        return None
    moment = datetime.fromisoformat(text)
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)  # SQLite's are UTC and don't say


def _day(text: str | None) -> date | None:
    return None if text is None else date.fromisoformat(text)


def _promotion(row: list[Any]) -> PromotionFacts:
    _, key, name, code, active, start, end, required, opens, closes, maximum, freed, *rest = row
    row_version, taken = rest
    return PromotionFacts(
        key=key,
        name=name,
        code=code,
        is_active=bool(active),
        is_deleted=False,
        start_date_time=_moment(start),
        end_date_time=_moment(end),
        is_enrollment_required=bool(required),
        enrollment_start_date=_day(opens),
        enrollment_end_date=_day(closes),
        maximum_enrollment_count=maximum,
        is_place_freed_on_withdrawal=bool(freed),
        taken=taken,
        row_version=row_version,
    )


def _customers(items: Sequence[Item], rows: Iterable[list[Any]]) -> list[CustomerFacts]:
    facts: list[Any] = [None] * len(items)
    for n, account, total, within, contact, last_name, email, existing in rows:
        count = total if items[n].account_id is None else within
        facts[n] = CustomerFacts(
            account is not None,
            ONE_MATCH if total == 1 and not within else ContactMatches(total, within),
            ContactFacts(contact, last_name, email) if count == 1 else None,
            None if existing is None else _usage(existing),
        )
    return facts


_NAMES: Final = [field.attname for field in EXISTING]
_MOMENTS: Final = [n for n, field in enumerate(EXISTING) if isinstance(field, models.DateTimeField)]
_FLAGS: Final = [n for n, field in enumerate(EXISTING) if isinstance(field, models.BooleanField)]


def _usage(values: list[Any]) -> PromotionPartyUsage:
    for n in _MOMENTS:
        values[n] = _moment(values[n])
    for n in _FLAGS:
        values[n] = bool(values[n])
    return PromotionPartyUsage.from_db(connection.alias, _NAMES, values)
