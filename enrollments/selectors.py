"""Reads that span models: customers by what people know of them, enrollments."""

import re
from datetime import datetime
from typing import Final

from django.db.models import Q, QuerySet

from enrollments.models import Account, Contact, PromotionPartyUsage
from enrollments.standing import Moment, Standing, standing_case, stands
from promotions import ids
from promotions.actors import Actor
from promotions.folding import fold
from promotions.numbers import parse_record_number

MOST_CUSTOMERS: Final = 50
"""The most customers of a kind that one search answers with."""
_MOST_WORDS: Final = 5
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
    may see, an external id, a phone number, or the beginning of an e-mail address, of a last or
    first name, or of both names in either order. Each way is an index look-up."""
    text = text.strip()
    if not text or "\x00" in text:
        return Contact.objects.none()
    keys: set[int] = set()
    for condition in _contact_conditions(text, by):
        # One look-up each: a single OR over several indexes may end in a scan of all contacts.
        keys.update(Contact.objects.live().filter(condition).values_list("pk", flat=True)[:most])
    return Contact.objects.filter(pk__in=keys).select_related("account").order_by("pk")


def find_accounts(text: str, *, by: Actor, most: int = MOST_CUSTOMERS) -> QuerySet[Account]:
    """Accounts that ``text`` may mean, by id: a record id, the number of an enrollment that ``by``
    may see, an external id, or the beginning of the name."""
    text = text.strip()
    if not text or "\x00" in text:
        return Account.objects.none()
    conditions = [Q(external_id=text), Q(name_key__startswith=fold(text))]
    if (key := _decoded(ids.ACCOUNT, text)) is not None:
        conditions.append(Q(pk=key))
    if (usage := _usage_key(text)) is not None:
        conditions.append(Q(pk__in=_seen(usage, by).values("account_id")))
    keys: set[int] = set()
    for condition in conditions:
        keys.update(Account.objects.live().filter(condition).values_list("pk", flat=True)[:most])
    return Account.objects.filter(pk__in=keys).order_by("pk")


def find_enrollments(text: str, *, by: Actor) -> Q:
    """A condition on enrollments: those that ``text`` names by number or id, and those of the
    customers whom it may mean. The customers are found first, then their enrollments by key."""
    condition = Q(contact__in=list(find_contacts(text, by=by).values_list("pk", flat=True))) | Q(
        contact=None, account__in=list(find_accounts(text, by=by).values_list("pk", flat=True))
    )
    if (key := _usage_key(text.strip())) is not None:
        condition |= Q(pk=key)
    return condition


def _contact_conditions(text: str, by: Actor) -> list[Q]:
    folded = fold(text)
    conditions = [
        Q(external_id=text),
        Q(phone=text),
        Q(email_key__startswith=folded),
        Q(last_name_key__startswith=folded),
        Q(first_name_key__startswith=folded),
    ]
    words = [word for word in re.split(r"[\s,]+", folded) if word]
    for split in range(1, min(len(words), _MOST_WORDS)):
        head, tail = " ".join(words[:split]), " ".join(words[split:])
        conditions += [
            Q(last_name_key__startswith=tail, first_name_key__startswith=head),
            Q(last_name_key__startswith=head, first_name_key__startswith=tail),
        ]
    if (key := _decoded(ids.CONTACT, text)) is not None:
        conditions.append(Q(pk=key))
    if (usage := _usage_key(text)) is not None:
        conditions.append(Q(pk__in=_seen(usage, by).values("contact_id")))
    return conditions


def _seen(usage: int, by: Actor) -> QuerySet[PromotionPartyUsage]:
    """The live enrollment of this key, where ``by`` may see its promotion: whose it is, is no
    secret then."""
    return PromotionPartyUsage.objects.accessible(by).filter(pk=usage)


def _usage_key(text: str) -> int | None:
    number = parse_record_number(PromotionPartyUsage.number_letters, text)
    return number if number is not None else _decoded(ids.PROMOTION_PARTY_USAGE, text)


def _decoded(prefix: str, text: str) -> int | None:
    try:
        return ids.decode(prefix, text)
    except ids.MalformedId:
        return None
