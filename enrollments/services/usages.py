"""The enrollment record as an object: what clients do who create, change and delete records of any
kind. Whatever the door, the rules of enrolling hold.

Creating a record enrolls its customer. ``IsPartyEnrolled`` set to false withdraws, set to true
enrolls again in the same record. A deleted record lies in the recycle bin, and to the rules its
customer is withdrawn; the record of a customer who is enrolled anew comes out of the bin by that.
Pointers are the names of the object's fields. Each act is one transaction, and one step of the
record's version. Source: the client contract, and the enrollment contract, rules 1 to 13.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime
from typing import Any, Final

from enrollments import rules
from enrollments.models import Offer, PromotionPartyUsage
from enrollments.services.enrolling import enroll
from enrollments.services.enrollments import enrollments, hold_promotion_of, save, withdrawal
from enrollments.services.history import with_values
from enrollments.services.outcomes import Enrolled
from enrollments.services.places import give_back_place, take_place_again
from enrollments.usage_values import is_same, names_party, plain_values
from enrollments.wire import Item
from promotions import ids
from promotions.access import Access
from promotions.actors import Actor
from promotions.dictionary import property_of
from promotions.errors import DomainError, Refused
from promotions.services.records import hold_promotion
from promotions.services.transactions import in_transaction

CREATED_WITHDRAWN: Final = "Created with IsPartyEnrolled false."
WITHDRAWN: Final = "Withdrawn by an update of IsPartyEnrolled."
ENROLLED_AGAIN: Final = "Enrolled again by an update of IsPartyEnrolled."
CHANGED: Final = "Changed by an update of the record."
DELETED: Final = "Deleted: put into the recycle bin."
RESTORED: Final = "Restored from the recycle bin."

Values = Mapping[str, Any]
"""By the model's names, references by their keys; ``party_id`` is a prefix and a key."""

_ENROLLED: Final = "is_party_enrolled"
_OFFER: Final = "enrollment_offer_id"
_EFFECTIVE: Final = "enrollment_effective_date_time"
_EXPIRATION: Final = "enrollment_expiration_date_time"
_OF_ENROLLING: Final = (_OFFER, _EFFECTIVE, _EXPIRATION)
"""What is said of an enrollment, and decided on by the rules."""
_POINTERS: Final = {
    "contact": "partyId",
    "account": "partyId",
    "promotion": "promotionId",
    "enrollmentOffer": "enrollmentOfferId",
}
"""What the object calls that which an item names."""


def create_usage(values: Values, by: Actor, at: datetime) -> int:
    """Enrolls the customer in the promotion that ``values`` name; the record's primary key, which
    is that of the earlier record where the customer was enrolled before (rule 9).

    Without ``is_party_enrolled`` the customer is enrolled: there is no other reason to make a
    record. With false the record is made and withdrawn at once, of a customer who may be enrolled.
    Raises ``Refused``: ``required``, ``invalid_value``, and all that ``enroll`` refuses.
    """
    plain, errors = plain_values(values)
    item = _named(values, errors)
    if errors:
        raise Refused(*errors)
    is_withdrawn = values.get(_ENROLLED) is False

    def act() -> int:
        if is_withdrawn:
            hold_promotion(item.promotion_id, by, Access.READ)
        key = _enroll(item, by, at)
        if plain or is_withdrawn:
            _complete(key, plain, by, at, is_withdrawn=is_withdrawn)
        return key

    # Where nothing is added, enrolling may be a single statement, a transaction of its own.
    return in_transaction(act) if plain or is_withdrawn else act()


def update_usage(key: int, values: Values, by: Actor, at: datetime) -> None:
    """Sets fields of the live record ``key``; all of them, or none. What doesn't change is not
    written, and where nothing does, no new version is made.

    What is enrolled again has the dates that ``values`` say, by default from now until the
    promotion ends; it keeps its offer unless they say another. Raises ``Refused``: ``not_found``,
    ``invalid_value``, ``not_enrolled`` where the enrollment is withdrawn whose offer or period
    changes, and what the rules refuse.
    """
    plain, errors = plain_values(values)
    if _ENROLLED in values and values[_ENROLLED] is None:
        detail = "Say true to enroll the customer, false to withdraw."
        errors.append(DomainError("required", detail, property_of(PromotionPartyUsage, _ENROLLED)))

    def act() -> None:
        if _ENROLLED in values:
            hold_promotion_of(key)
        usage = enrollments.lock(key, by=by)
        if found := [*errors, *_fixed(usage, values)]:
            raise Refused(*found)
        if values.get(_ENROLLED) and not usage.is_party_enrolled:
            _enroll(_again(usage, values), by, at, reason=ENROLLED_AGAIN)
            _complete(key, plain, by, at)
        else:
            _change(usage, values, plain, by, at)

    in_transaction(act)


def delete_usage(key: int, by: Actor, at: datetime) -> None:
    """Puts the live record ``key`` into the recycle bin: its customer is not enrolled any more, and
    the place in a limited promotion is free again, where the promotion says so.

    Raises ``Refused``: ``not_found``.
    """

    def act() -> None:
        hold_promotion_of(key)
        usage = enrollments.lock(key, by=by)
        if usage.is_party_enrolled:
            give_back_place(usage.promotion_id)
        changed = with_values(usage, {"is_deleted": True}, by=by, at=at)
        usage.deleted_date = usage.last_modified_date
        save(changed, by=by, reason=DELETED)

    in_transaction(act)


def undelete_usage(key: int, by: Actor, at: datetime) -> None:
    """Takes the record ``key`` out of the recycle bin, as it was: who was enrolled is so again,
    whatever has become of the promotion.

    Raises ``Refused``: ``not_found``, ``enrollment_limit_reached``.
    """

    def act() -> None:
        promotion = hold_promotion_of(key)
        usage = enrollments.lock_deleted(key, by=by)
        if usage.is_party_enrolled and promotion is not None:
            with _named_as_the_object_does():
                take_place_again(promotion)
        changed = with_values(usage, {"is_deleted": False}, by=by, at=at)
        usage.deleted_date = None
        save(changed, by=by, reason=RESTORED)

    in_transaction(act)


def _named(values: Values, errors: list[DomainError]) -> Item:
    """The item of the wire format that a new record stands for; what is missing goes to
    ``errors``."""
    promotion = values.get("promotion_id")
    if promotion is None:
        detail = "Name the promotion in which the customer is enrolled."
        errors.append(DomainError("required", detail, "promotionId"))
    party = values.get("party_id")
    if party is None:
        detail = "Name the customer who is enrolled, a contact or an account."
        errors.append(DomainError("required", detail, "partyId"))
    elif not names_party(party):
        detail = "Only a contact or an account can be enrolled. Name one of these."
        errors.append(DomainError("invalid_value", detail, "partyId"))
        party = None
    prefix, key = party or (None, None)
    return Item(
        contact_id=key if prefix == ids.CONTACT else None,
        account_id=key if prefix == ids.ACCOUNT else None,
        promotion_id=promotion,
        offer_id=values.get(_OFFER),
        effective=values.get(_EFFECTIVE),
        expiration=values.get(_EXPIRATION),
    )


def _again(usage: PromotionPartyUsage, values: Values) -> Item:
    """The item that enrolls the customer of a withdrawn record again. The account that is recorded
    beside a contact stays, as long as the contact belongs to it."""
    contact = usage.contact
    keeps_account = contact is None or contact.account_id == usage.account_id
    return Item(
        account_id=usage.account_id if keeps_account else None,
        contact_id=usage.contact_id,
        promotion_id=usage.promotion_id,
        offer_id=values.get(_OFFER, usage.enrollment_offer_id),
        effective=values.get(_EFFECTIVE),
        expiration=values.get(_EXPIRATION),
    )


def _enroll(item: Item, by: Actor, at: datetime, reason: str | None = None) -> int:
    with _named_as_the_object_does():
        [outcome] = enroll([item], by=by, at=at, reason=reason, at_once=reason is None)
    assert isinstance(outcome, Enrolled)  # all or none: else it was refused
    return outcome.key


@contextmanager
def _named_as_the_object_does() -> Iterator[None]:
    """What is refused within points to the object's fields."""
    try:
        yield
    except Refused as refused:
        raise Refused(
            *(
                replace(e, pointer=_POINTERS.get(e.pointer.partition(".")[0], e.pointer))
                for e in refused.errors
            )
        ) from None


def _complete(
    key: int, plain: Values, by: Actor, at: datetime, *, is_withdrawn: bool = False
) -> None:
    """Sets what enrolling doesn't, in a record that was enrolled by the same act."""
    usage = enrollments.lock(key, by=by)
    changed = with_values(usage, plain, by=by, at=at, new_version=False)
    if changed.changes:
        save(changed, by=by, reason=None)
    if is_withdrawn:
        values = withdrawal(usage, CREATED_WITHDRAWN, by=by, at=at)
        changed = with_values(usage, values, by=by, at=at, new_version=False)
        save(changed, by=by, reason=CREATED_WITHDRAWN)
        give_back_place(usage.promotion_id)


def _change(
    usage: PromotionPartyUsage, values: Values, plain: Values, by: Actor, at: datetime
) -> None:
    """Sets fields of a record that stays enrolled, stays withdrawn, or is withdrawn by it."""
    terms = {
        name: values[name]
        for name in _OF_ENROLLING
        if name in values and not is_same(getattr(usage, name), values[name])
    }
    if terms:
        terms = _allowed(usage, terms, by, at)
    counts = {n: value for n, value in plain.items() if not is_same(getattr(usage, n), value)}
    is_withdrawn = values.get(_ENROLLED) is False and usage.is_party_enrolled
    reason = WITHDRAWN if is_withdrawn else CHANGED
    left = withdrawal(usage, reason, by=by, at=at) if is_withdrawn else {}
    if not (terms or counts or left):
        return
    changed = with_values(usage, {**terms, **counts, **left}, by=by, at=at)
    save(changed, by=by, reason=reason)
    if is_withdrawn:
        give_back_place(usage.promotion_id)


def _allowed(
    usage: PromotionPartyUsage, terms: dict[str, Any], by: Actor, at: datetime
) -> dict[str, Any]:
    """Offer and period as they change, if the rules allow it; raises ``Refused``."""
    if not usage.is_party_enrolled:
        refusal = rules.not_enrolled()
        names = (property_of(PromotionPartyUsage, _column(name)) for name in terms)
        raise Refused(*(replace(refusal, pointer=name) for name in names))
    refusals = []
    if terms.get(_OFFER) is not None:
        refusals.append(_offer_refusal(usage, terms[_OFFER], by))
    if _EFFECTIVE in terms or _EXPIRATION in terms:
        period = rules.period_of(
            terms.get(_EFFECTIVE, usage.enrollment_effective_date_time),
            terms.get(_EXPIRATION, usage.enrollment_expiration_date_time),
            at,
        )
        refusals.append(rules.period_refusal(period, usage.promotion, at))
        terms = {**terms, _EFFECTIVE: period.effective, _EXPIRATION: period.expiration}
    if found := [refusal for refusal in refusals if refusal is not None]:
        with _named_as_the_object_does():
            raise Refused(*found)
    return terms


def _offer_refusal(usage: PromotionPartyUsage, key: int, by: Actor) -> DomainError | None:
    offer = Offer.objects.accessible(by).filter(pk=key).first()
    if offer is None:
        return rules.offer_not_found(Item(offer_id=key))
    return rules.offer_refusal(offer, usage.promotion_id)


def _fixed(usage: PromotionPartyUsage, values: Values) -> list[DomainError]:
    """A record is for ever of its customer and promotion; partners track its id."""
    contact = usage.contact_id
    party = (ids.ACCOUNT, usage.account_id) if contact is None else (ids.CONTACT, contact)
    own = {"promotion_id": usage.promotion_id, "party_id": party}
    detail = "A record is of one customer and promotion for ever. Create another record instead."
    return [
        DomainError("invalid_value", detail, pointer)
        for name, pointer in (("promotion_id", "promotionId"), ("party_id", "partyId"))
        if name in values and values[name] != own[name]
    ]


def _column(name: str) -> str:
    return PromotionPartyUsage._meta.get_field(name).name
