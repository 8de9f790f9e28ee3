"""Reads that span models: customers by what people know of them, enrollments."""

import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from functools import reduce
from itertools import chain
from operator import or_
from typing import Any, Final

from django.db.models import Model, Q, QuerySet

from enrollments.models import Account, Contact, PromotionPartyUsage
from enrollments.personal_data import sees_personal_data
from enrollments.phones import looks_like_a_phone, phone_keys
from enrollments.spelling import typed_words
from enrollments.standing import Moment, Standing, standing_case, stands
from promotions import ids
from promotions.actors import Actor
from promotions.database import is_postgresql
from promotions.folding import fold
from promotions.indexed_words import has_words, worked_out_first
from promotions.models import RecordQuerySet
from promotions.numbers import parse_record_number

MOST_CUSTOMERS: Final = 50
"""The most customers of a kind that one search answers with."""
NAME_WORDS: Final[Mapping[type[Model], Sequence[str]]] = {
    Account: ("name_words",),
    Contact: ("first_name_words", "last_name_words"),
}
"""The columns that hold the words of names; PostgreSQL has an index of each of these together."""
_MOST_SPLITS: Final = 3
"""A longer text is not a name; it must not become a long list of look-ups."""


def enrollments_shown(by: Actor) -> QuerySet[PromotionPartyUsage]:
    """The live enrollments that ``by`` may see, with the records that they are shown with. Those in
    deleted promotions are among them."""
    return PromotionPartyUsage.objects.accessible(by).select_related(
        "promotion", "account", "contact", "enrollment_offer", "withdrawn_by"
    )


def enrollments_with_standing(by: Actor, at: datetime) -> QuerySet[PromotionPartyUsage]:
    """The same with ``standing`` at the moment ``at``."""
    return enrollments_shown(by).annotate(standing=standing_case(at))


def of_standing(
    enrollments: QuerySet[PromotionPartyUsage], standing: Standing, at: Moment
) -> QuerySet[PromotionPartyUsage]:
    """Those among ``enrollments`` whose customer stands so at the moment ``at``."""
    return enrollments.filter(stands(standing, at))


def find_contacts(text: str, *, by: Actor, most: int = MOST_CUSTOMERS) -> QuerySet[Contact]:
    """Contacts that ``text`` may mean, by id: a record id, the number of an enrollment that ``by``
    may see, an external id, a phone number however it is written, or the beginning of an e-mail
    address or of words of the name, in any order and with or without accents. Who may not see
    personal data finds nobody by it, save by a complete e-mail address. Each way is an index
    look-up."""
    conditions = chain(_called("last_name_key", text, by), contact_conditions(text, by))
    keys = _keys(Contact, conditions, most)
    return Contact.objects.filter(pk__in=keys).select_related("account").order_by("pk")


def find_accounts(text: str, *, by: Actor, most: int = MOST_CUSTOMERS) -> QuerySet[Account]:
    """Accounts that ``text`` may mean, by id: a record id, the number of an enrollment that ``by``
    may see, or, for who may see personal data, an external id or the beginning of the name."""
    conditions = chain(_called("name_key", text, by), account_conditions(text, by))
    keys = _keys(Account, conditions, most)
    return Account.objects.filter(pk__in=keys).order_by("pk")


def find_enrollments(text: str, *, by: Actor) -> Q:
    """A condition on enrollments: those that ``text`` names by number or id, and those of the
    customers whom it may mean. The customers are found first, then their enrollments by key."""
    condition = Q(contact__in=list(find_contacts(text, by=by).values_list("pk", flat=True))) | Q(
        contact=None, account__in=list(find_accounts(text, by=by).values_list("pk", flat=True))
    )
    if (key := usage_key(text.strip())) is not None:
        condition |= Q(pk=key)
    return condition


def usage_key(text: str) -> int | None:
    """The key of the enrollment whose number or record id this is."""
    number = parse_record_number(PromotionPartyUsage.number_letters, text)
    return number if number is not None else _decoded(ids.PROMOTION_PARTY_USAGE, text)


# --- Ways to a customer, the likeliest first ------------------------------------------------------


def contact_conditions(text: str, by: Actor) -> Iterator[Q]:
    """The ways in which ``text`` may mean a contact, each a look-up in an index."""
    text = text.strip()
    if not text or "\x00" in text:
        return
    if (key := _decoded(ids.CONTACT, text)) is not None:
        yield Q(pk=key)
    if (usage := usage_key(text)) is not None:
        yield Q(pk__in=_seen(usage, by).values("contact_id"))
    folded = fold(text)
    if not sees_personal_data(by):
        if "@" in text:
            yield Q(email_key=folded)
        return
    yield Q(external_id=text)
    if "@" in text:
        yield Q(email_key__startswith=folded)
        return
    if looks_like_a_phone(text):
        ending, others = phone_keys(text)
        yield Q(phone_key__startswith=ending)
        if others:
            yield Q(phone_key__in=others)
        return
    yield from _by_names(folded)
    yield from _by_words(Contact, text)
    yield Q(email_key__startswith=folded)
    if any(character.isdigit() for character in text):
        yield Q(phone=text)


def account_conditions(text: str, by: Actor) -> Iterator[Q]:
    """The ways in which ``text`` may mean an account."""
    text = text.strip()
    if not text or "\x00" in text:
        return
    if (key := _decoded(ids.ACCOUNT, text)) is not None:
        yield Q(pk=key)
    if (usage := usage_key(text)) is not None:
        yield Q(pk__in=_seen(usage, by).values("account_id"))
    if sees_personal_data(by):
        yield Q(external_id=text)
        yield Q(name_key__startswith=fold(text))
        yield from _by_words(Account, text)


def _by_names(folded: str) -> Iterator[Q]:
    yield Q(last_name_key__startswith=folded)
    yield Q(first_name_key__startswith=folded)
    words = [word for word in re.split(r"[\s,]+", folded) if word]
    for split in range(1, min(len(words) - 1, _MOST_SPLITS) + 1):
        head, tail = " ".join(words[:split]), " ".join(words[split:])
        yield Q(last_name_key__startswith=tail, first_name_key__startswith=head)
        yield Q(last_name_key__startswith=head, first_name_key__startswith=tail)


def _by_words(model: type[Model], text: str) -> Iterator[Q]:
    """Names with words that begin as each of those typed, in any order, whatever their accents."""
    words, columns = typed_words(text), NAME_WORDS[model]
    if not words:
        return
    if is_postgresql():
        wanted = has_words(columns, " & ".join(f"'{word}':*" for word in words))
        yield worked_out_first(model, Q(wanted))
        return
    found = Q()
    for word in words:
        found &= reduce(or_, (Q(**{f"{column}__contains": f" {word}"}) for column in columns))
    yield found


def _called(column: str, text: str, by: Actor) -> Iterator[Q]:
    """Those who are called exactly so: of very many who begin so they must be among those found."""
    named = fold(text.strip())
    is_a_name = named and not {"\x00", "@"} & {*named} and usage_key(text.strip()) is None
    if is_a_name and sees_personal_data(by):
        yield Q(**{column: named})


def _keys(model: type[Model], conditions: Iterator[Q], most: int) -> set[int]:
    keys: set[int] = set()
    records: RecordQuerySet[Any] = RecordQuerySet(model).live()
    for condition in conditions:
        # One look-up each: a single OR over several indexes may end in a scan of all contacts.
        keys.update(records.filter(condition).values_list("pk", flat=True)[:most])
    return keys


def _seen(usage: int, by: Actor) -> QuerySet[PromotionPartyUsage]:
    """The live enrollment of this key, where ``by`` may see its promotion: whose it is, is no
    secret then."""
    return PromotionPartyUsage.objects.accessible(by).filter(pk=usage)


def _decoded(prefix: str, text: str) -> int | None:
    try:
        return ids.decode(prefix, text)
    except ids.MalformedId:
        return None
