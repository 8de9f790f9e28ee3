"""Decides on the items of a request, from what was found: asks the rules, in their order. Pure.

No rule stands here; each is a function of ``enrollments/rules.py``, asked by one of the named
checks of ``enrollments/checks.py``. What depends on promotion, offer and period alone is asked once
for all items that agree in them.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from zoneinfo import ZoneInfo

from enrollments import rules
from enrollments.checks import TERMS, CheckName, Terms
from enrollments.facts import CustomerFacts, Facts, OfferFacts, PromotionFacts
from enrollments.standing import standing
from enrollments.wire import Item
from promotions.errors import DomainError

Pair = tuple[int, bool, int]
"""Promotion, whether the party is a contact, party: what there is one record for (rule 8)."""


@dataclass(slots=True)
class Decision:
    """An item, what it names, when it applies, and the reasons against it."""

    item: Item
    customer: CustomerFacts
    promotion: PromotionFacts | None
    offer: OfferFacts | None
    period: rules.Period
    errors: tuple[DomainError, ...] = ()
    refused_by: tuple[CheckName, ...] = ()
    """The checks that the errors come from."""
    first: "Decision | None" = None
    """The earlier item for the same customer and promotion, if there is one."""
    takes_place: bool = False
    """Whether it takes one of the places of a limited promotion."""
    key: int | None = None
    """The primary key of its record, once that is written."""

    @property
    def pair(self) -> Pair:
        """Rule 3: with an account beside the contact, the enrolled party is the contact."""
        assert self.promotion is not None  # an item without one has an error
        if (contact := self.customer.contact) is not None:
            return self.promotion.key, True, contact.key
        assert self.item.account_id is not None
        return self.promotion.key, False, self.item.account_id

    def refuse(self, check: CheckName, *errors: DomainError) -> None:
        """Notes what a check has against the item, if anything."""
        if errors:
            self.errors += errors
            self.refused_by += (check,)


def decide(items: Sequence[Item], facts: Facts, at: datetime, zone: ZoneInfo) -> list[Decision]:
    """A decision for each of ``items``, in their order, at the moment ``at``.

    ``zone`` is the organisation's. Of what an item names all errors are told; after that the first
    rule that refuses it.
    """
    terms = _Terms(at, zone)
    firsts: dict[Pair, Decision] = {}
    taken = {
        promotion.key: promotion.taken or 0
        for promotion in facts.promotions.values()
        if promotion.maximum_enrollment_count is not None
    }
    decisions = []
    for item, customer in zip(items, facts.customers, strict=True):
        one = _identified(item, customer, facts, at)
        decisions.append(one)
        if one.errors:
            continue
        pair = one.pair
        one.first = firsts.setdefault(pair, one)
        if one.first is one:
            one.first = None
        refusal = terms.refusal(one) or _record_refusal(one, at, taken)
        if refusal:
            one.refuse(*refusal)
    return decisions


def accepted_terms(
    items: Sequence[Item], facts: Facts, at: datetime, zone: ZoneInfo
) -> list[Decision | None]:
    """What each of ``items``, which name no customer, says of promotion, offer and period; None
    where a rule refuses that, whoever the customer is."""
    terms = _Terms(at, zone)
    named = identified(items, facts, at)
    return [None if one.errors or terms.refusal(one) else one for one in named]


def identified(items: Sequence[Item], facts: Facts, at: datetime) -> list[Decision]:
    """What each of ``items`` names, be it nothing, with no more decided than that."""
    return [
        _identified(item, customer, facts, at)
        for item, customer in zip(items, facts.customers, strict=True)
    ]


def _identified(item: Item, customer: CustomerFacts, facts: Facts, at: datetime) -> Decision:
    promotion = facts.promotions.get((item.promotion_id, item.promotion_code))
    offer = facts.offers.get((item.offer_id, item.offer_code)) if item.names_offer else None
    period = rules.period_of(item.effective, item.expiration, at)
    one = Decision(item, customer, promotion, offer, period)
    found, matches = customer.account_found, customer.matches
    refusals = rules.customer_refusals(item, account_found=found, matches=matches)
    one.refuse(CheckName.CUSTOMER, *refusals)
    if promotion is None:
        one.refuse(CheckName.PROMOTION, rules.promotion_not_found(item))
    if item.names_offer and offer is None:
        one.refuse(CheckName.OFFER, rules.offer_not_found(item))
    return one


Refusal = tuple[CheckName, DomainError]


@dataclass(slots=True)
class _Terms:
    """What promotion, offer and period say together, asked once for each combination."""

    at: datetime
    zone: ZoneInfo
    asked: dict[tuple[int, int | None, rules.Period], Refusal | None] = field(default_factory=dict)

    def refusal(self, one: Decision) -> Refusal | None:
        promotion, offer = one.promotion, one.offer
        assert promotion is not None
        combination = promotion.key, None if offer is None else offer.key, one.period
        if combination not in self.asked:
            terms = Terms(promotion, offer, one.period, self.at, self.zone)
            self.asked[combination] = next(
                ((check.name, no) for check in TERMS if (no := check.refusal(terms))), None
            )
        return self.asked[combination]


def _record_refusal(one: Decision, at: datetime, taken: dict[int, int]) -> Refusal | None:
    """The last checks: whether this customer has a record in this promotion, or can get one."""
    if one.first is not None:
        return CheckName.ONCE, rules.duplicate_refusal(one.first.item)
    if refusal := _existing_refusal(one, at):
        return CheckName.NOT_ENROLLED, refusal
    if taken and (refusal := _limit_refusal(one, taken)):
        return CheckName.PLACE, refusal
    return None


def _existing_refusal(one: Decision, at: datetime) -> DomainError | None:
    existing = one.customer.existing
    if existing is None or not rules.counts_as_enrolled(existing):
        return None  # withdrawn, or in the recycle bin: where it stood is over
    assert one.promotion is not None
    return rules.record_refusal(standing(existing, one.promotion, at), existing.record_id)


def _limit_refusal(one: Decision, taken: dict[int, int]) -> DomainError | None:
    """Asks for a place where there is a limit, and takes it."""
    promotion, existing = one.promotion, one.customer.existing
    assert promotion is not None
    if promotion.key not in taken or not rules.takes_a_place(
        promotion, None if existing is None else rules.counts_as_enrolled(existing)
    ):
        return None
    if refusal := rules.limit_refusal(promotion, taken[promotion.key]):
        return refusal
    taken[promotion.key] += 1
    one.takes_place = True
    return None


def errors_of(one: Decision, record_id: str | None) -> tuple[DomainError, ...]:
    """The errors of an item at their place in the request; a duplicate names ``record_id``, the
    record that its customer has, be it one that this request makes (rule 10)."""
    return tuple(
        (
            replace(error, extra={"promotionPartyUsageId": record_id})
            if error.code == "duplicate_in_request" and record_id
            else error
        ).under(one.item.pointer)
        for error in one.errors
    )
