"""Looks up what items name: a constant number of statements, however many items.

Which answer follows from what was found is decided in ``enrollments/rules.py`` (rules 1 to 4).
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any, Generic, TypeVar

from django.db import connection
from django.db.models import Q

from enrollments import rules
from enrollments.models import Account, Contact, Offer
from enrollments.wire import Item
from promotions.actors import Actor
from promotions.errors import DomainError
from promotions.folding import fold
from promotions.models import Promotion


@dataclass(slots=True)
class Identified:
    """What one item names, and what could not be identified."""

    item: Item
    account: Account | None = None
    contact: Contact | None = None
    promotion: Promotion | None = None
    offer: Offer | None = None
    errors: list[DomainError] = field(default_factory=list)


def identify(items: Sequence[Item], by: Actor) -> list[Identified]:
    """The records that each of ``items`` names, in their order, with the refusals of those that
    name none or several. Deleted records don't exist here, nor does what ``by`` may not see."""
    accounts = Account.objects.live().in_bulk(
        {item.account_id for item in items if item.account_id is not None}
    )
    matches = _match_contacts(items)
    contacts = Contact.objects.in_bulk([key for _, key in matches.values() if key is not None])
    promotions = list(
        Promotion.objects.accessible(by).filter(
            _by_id_or_code(
                "promotion_code_key", ((item.promotion_id, item.promotion_code) for item in items)
            )
        )
    )
    offers = (
        list(
            Offer.objects.accessible(by).filter(
                _by_id_or_code("code_key", ((item.offer_id, item.offer_code) for item in items))
            )
        )
        if any(item.names_offer for item in items)
        else []
    )
    promotion_at = _Index(promotions, [promotion.promotion_code_key for promotion in promotions])
    offer_at = _Index(offers, [offer.code_key for offer in offers])

    found = []
    for number, item in enumerate(items):
        counts, contact_key = matches.get(number, (rules.ContactMatches(0, 0), None))
        account = accounts.get(item.account_id) if item.account_id is not None else None
        one = Identified(item, account=account)
        one.errors += rules.customer_refusals(
            item, account_found=account is not None, matches=counts
        )
        if contact_key is not None:
            one.contact = contacts[contact_key]
        one.promotion = promotion_at.find(item.promotion_id, item.promotion_code)
        if one.promotion is None:
            one.errors.append(rules.promotion_not_found(item))
        if item.names_offer:
            one.offer = offer_at.find(item.offer_id, item.offer_code)
            if one.offer is None:
                one.errors.append(rules.offer_not_found(item))
        found.append(one)
    return found


T = TypeVar("T", Promotion, Offer)


class _Index(Generic[T]):
    """Records by id and by folded code."""

    def __init__(self, records: Iterable[T], code_keys: Iterable[str | None]) -> None:
        self._by_id: dict[int, tuple[T, str | None]] = {}
        self._by_code: dict[str, T] = {}
        for record, code_key in zip(records, code_keys, strict=True):
            self._by_id[record.pk] = record, code_key
            if code_key is not None:
                self._by_code[code_key] = record

    def find(self, key: int | None, code: str | None) -> T | None:
        """The record that all the given identifiers hold of (rule 1)."""
        code_key = None if code is None else fold(code)
        if key is None:
            return None if code_key is None else self._by_code.get(code_key)
        record, its_code_key = self._by_id.get(key, (None, None))
        return record if code_key is None or code_key == its_code_key else None


def _by_id_or_code(key_field: str, named: Iterable[tuple[int | None, str | None]]) -> Q:
    """Superset of the records meant: those with one of the ids or one of the codes."""
    named = list(named)
    return Q(pk__in={key for key, _ in named if key is not None}) | Q(
        **{f"{key_field}__in": {fold(code) for _, code in named if code is not None}}
    )


# Each row of ``wanted`` is what one item says of its contact. The three branches reach the contacts
# by the most telling identifier given, each through its index; all given identifiers must hold
# (rule 1), and those within the named account are counted apart (rule 3).
_MATCHES = """
WITH wanted (n, contact_id, email_key, last_name_key, account_id) AS (VALUES {rows})
{branches}
"""
_ROW = (
    "(CAST(%s AS integer), CAST(%s AS bigint), CAST(%s AS text), CAST(%s AS text), "
    "CAST(%s AS bigint))"
)
_BRANCH = """
SELECT w.n,
       COUNT(*),
       MIN(c.id),
       COUNT(CASE WHEN c.account_id = w.account_id THEN 1 END),
       MIN(CASE WHEN c.account_id = w.account_id THEN c.id END)
  FROM wanted w JOIN enrollments_contact c ON {reached_by}
 WHERE NOT c.is_deleted
   AND (w.email_key IS NULL OR c.email_key = w.email_key)
   AND (w.last_name_key IS NULL OR c.last_name_key = w.last_name_key)
 GROUP BY w.n
"""
_MATCHES_BRANCHES = "UNION ALL".join(
    _BRANCH.format(reached_by=reached_by)
    for reached_by in (
        "c.id = w.contact_id",
        "w.contact_id IS NULL AND c.email_key = w.email_key",
        "w.contact_id IS NULL AND w.email_key IS NULL AND c.last_name_key = w.last_name_key",
    )
)


def _match_contacts(items: Sequence[Item]) -> dict[int, tuple[rules.ContactMatches, int | None]]:
    """For each item that some contact matches: how many do, and the one meant where it is one."""
    wanted: list[Any] = []
    for number, item in enumerate(items):
        if item.names_contact:
            wanted += [
                number,
                item.contact_id,
                None if item.email is None else fold(item.email),
                None if item.last_name is None else fold(item.last_name),
                item.account_id,
            ]
    if not wanted:
        return {}
    rows = ", ".join([_ROW] * (len(wanted) // 5))
    with connection.cursor() as cursor:
        cursor.execute(_MATCHES.format(rows=rows, branches=_MATCHES_BRANCHES), wanted)
        counted = cursor.fetchall()
    matches = {}
    for number, total, only, within, only_within in counted:
        narrowed = items[number].names_account
        count, key = (within, only_within) if narrowed else (total, only)
        matches[number] = (
            rules.ContactMatches(total=total, within_account=within),
            key if count == 1 else None,
        )
    return matches
