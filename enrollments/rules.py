"""May this customer be enrolled in this promotion, now, for this period? Pure.

One function for each rule of the enrollment contract, named after it; each answers with the
reason for which it refuses, or None. Pointers are relative to the item. What the item names is
looked up by ``enrollments/services/enrollment_sql.py``; ``enrollments/deciding.py`` asks the rules
in the order in which they stand here. No database, no clock.
"""

from datetime import datetime
from typing import Final, NamedTuple, Protocol
from zoneinfo import ZoneInfo

from enrollments.standing import Standing
from enrollments.wire import Item
from promotions.errors import DomainError
from promotions.moments import format_moment
from promotions.rules import EnrollmentWindow, PromotionLike, enrollment_window, is_over

EFFECTIVE = "enrollmentEffectiveDateTime"
EXPIRATION = "enrollmentExpirationDateTime"
LONGEST_REASON = 1000


# --- Rules 1 to 3: who the customer is ------------------------------------------------------------


class ContactMatches(NamedTuple):
    """How many contacts all of an item's contact identifiers hold of."""

    total: int
    within_account: int
    """Those among them that belong to the account that the item names."""


ONE_MATCH: Final = ContactMatches(1, 0)


def customer_refusals(
    item: Item, *, account_found: bool, matches: ContactMatches
) -> list[DomainError]:
    """Rules 1, 2 and 3. Whether the customer that ``item`` names is exactly one.

    ``account_found`` and ``matches`` count for what the item names; all its identifiers hold of
    the same record, or nothing is found. An ambiguous name says how many match, never who.
    """
    refusals: list[DomainError] = []
    if matches.total == 1 and not item.names_account:
        return refusals  # what nearly all of them are
    if item.names_account and not account_found:
        detail = "No account has this id. Check it, or create the account first."
        refusals.append(DomainError("customer_not_found", detail, "account.id"))
    if not item.names_contact:
        return refusals
    pointer = _pointer(
        "contact",
        id=item.contact_id,
        lastName=item.last_name,
        email=item.email,
        externalId=item.contact_external_id,
    )
    if matches.total == 0:
        detail = (
            "No contact matches. Check the identifiers, or create the contact first."
            if "." in pointer
            else "No contact matches all of these identifiers together. "
            "Check them, or send only those that you are sure of."
        )
        refusals.append(DomainError("customer_not_found", detail, pointer))
    elif item.names_account and account_found and matches.within_account == 0:
        detail = (
            "The contact does not belong to this account. Check both, or leave the account out."
        )
        refusals.append(DomainError("account_contact_mismatch", detail, "contact"))
    elif not refusals:
        count = matches.within_account if item.names_account else matches.total
        if count > 1:
            detail = f"{count} contacts match. Name the contact by its id."
            refusals.append(DomainError("customer_ambiguous", detail, pointer, {"matches": count}))
    return refusals


# --- Rules 4 and 5: the promotion -----------------------------------------------------------------


def promotion_not_found(item: Item) -> DomainError:
    """Rule 4, to begin with: the promotion must exist and not be deleted."""
    detail = (
        "No promotion has both this id and this code. Check them, or send only one."
        if item.promotion_id is not None and item.promotion_code is not None
        else "No such promotion. Check the id or the code."
    )
    pointer = _pointer("promotion", id=item.promotion_id, code=item.promotion_code)
    return DomainError("promotion_not_found", detail, pointer)


def promotion_refusal(promotion: PromotionLike, at: datetime) -> DomainError | None:
    """Rule 4. The promotion is active, not over, and open to enrollment at all."""
    return (
        inactive_refusal(promotion)
        or ended_refusal(promotion, at)
        or enrollment_not_enabled_refusal(promotion)
    )


def inactive_refusal(promotion: PromotionLike) -> DomainError | None:
    """Rule 4. The promotion is active."""
    if promotion.is_active:
        return None
    detail = "The promotion is not active. Try again once it has been activated."
    return DomainError("promotion_inactive", detail, "promotion")


def ended_refusal(promotion: PromotionLike, at: datetime) -> DomainError | None:
    """Rule 4. The promotion is not over."""
    if promotion.end_date_time is None or not is_over(promotion.end_date_time, at):
        return None
    detail = f"The promotion ended at {format_moment(promotion.end_date_time)}."
    return DomainError("promotion_ended", detail, "promotion")


def enrollment_not_enabled_refusal(promotion: PromotionLike) -> DomainError | None:
    """Rule 4. The promotion is one in which customers enroll."""
    if promotion.is_enrollment_required:
        return None
    detail = (
        "Customers don't enroll in this promotion: it needs no enrollment. Have "
        "IsEnrollmentRequired switched on where they are meant to."
    )
    return DomainError("enrollment_not_enabled", detail, "promotion")


def window_refusal(promotion: PromotionLike, at: datetime, zone: ZoneInfo) -> DomainError | None:
    """Rule 5. The moment of the request lies inside the enrollment window: calendar days in the
    organisation's time zone ``zone``, both inclusive."""
    match enrollment_window(promotion, at, zone):
        case EnrollmentWindow.NOT_OPEN:
            day = promotion.enrollment_start_date
            detail = f"Enrollment opens on {day} ({zone.key}). Try again from that day on."
            return DomainError("enrollment_not_open", detail, "promotion")
        case EnrollmentWindow.CLOSED:
            day = promotion.enrollment_end_date
            detail = f"Enrollment closed at the end of {day} ({zone.key})."
            return DomainError("enrollment_closed", detail, "promotion")
        case EnrollmentWindow.OPEN:
            return None


# --- The offer ------------------------------------------------------------------------------------


class OfferLike(Protocol):
    promotion_id: int | None
    is_active: bool


def offer_not_found(item: Item) -> DomainError:
    """The offer that an item names must exist; all its identifiers hold of the same record."""
    pointer = _pointer("enrollmentOffer", id=item.offer_id, code=item.offer_code)
    return DomainError("offer_not_found", "No such offer. Check it, or leave it out.", pointer)


def offer_refusal(offer: OfferLike, promotion_key: int) -> DomainError | None:
    """The offer leads to this promotion (or to any) and is active."""
    return other_promotion_refusal(offer, promotion_key) or offer_inactive_refusal(offer)


def other_promotion_refusal(offer: OfferLike, promotion_key: int) -> DomainError | None:
    """The offer leads to this promotion, or to any."""
    if offer.promotion_id is None or offer.promotion_id == promotion_key:
        return None
    detail = "This offer belongs to another promotion. Check it, or leave it out."
    return DomainError("offer_not_for_promotion", detail, "enrollmentOffer")


def offer_inactive_refusal(offer: OfferLike) -> DomainError | None:
    """The offer is active."""
    if offer.is_active:
        return None
    detail = "This offer is not active. Leave it out, or use another."
    return DomainError("offer_inactive", detail, "enrollmentOffer")


# --- Rules 6 and 7: when it applies to this customer ----------------------------------------------


class Period(NamedTuple):
    """The customer's own window, half-open; without an expiration it ends with the promotion."""

    effective: datetime
    expiration: datetime | None


def period_of(effective: datetime | None, expiration: datetime | None, at: datetime) -> Period:
    """Rule 6. Without a beginning of its own it begins at the moment of the request, and that is
    stored; without an end of its own none is stored, so that it moves with the promotion's."""
    return Period(effective=at if effective is None else effective, expiration=expiration)


def period_refusal(period: Period, promotion: PromotionLike, at: datetime) -> DomainError | None:
    """Rule 7. The customer's window can meet the promotion's; of the reasons why it can't, the
    first that holds, in this order."""
    return (
        reversed_refusal(period)
        or in_past_refusal(period, at)
        or begins_late_refusal(period, promotion)
        or ends_early_refusal(period, promotion)
    )


def reversed_refusal(period: Period) -> DomainError | None:
    """Rule 7. The customer's window ends after it begins."""
    effective, expiration = period
    if expiration is None or expiration > effective:
        return None
    detail = (
        f"The period would end ({format_moment(expiration)}) at or before it begins "
        f"({format_moment(effective)}). Give an expiration after its beginning."
    )
    return DomainError("period_reversed", detail, EXPIRATION)


def in_past_refusal(period: Period, at: datetime) -> DomainError | None:
    """Rule 7. The customer's window is not over."""
    if period.expiration is None or period.expiration > at:
        return None
    detail = f"The period is already over: it ended at {format_moment(period.expiration)}."
    return DomainError("period_in_past", detail, EXPIRATION)


def begins_late_refusal(period: Period, promotion: PromotionLike) -> DomainError | None:
    """Rule 7. The customer's window begins before the promotion ends."""
    end = promotion.end_date_time
    if end is None or period.effective < end:
        return None
    detail = f"The period would begin when the promotion is over ({format_moment(end)})."
    return DomainError("period_outside_promotion", detail, EFFECTIVE)


def ends_early_refusal(period: Period, promotion: PromotionLike) -> DomainError | None:
    """Rule 7. The customer's window ends after the promotion begins."""
    start = promotion.start_date_time
    if period.expiration is None or start is None or period.expiration > start:
        return None
    detail = f"The period would be over before the promotion begins ({format_moment(start)})."
    return DomainError("period_outside_promotion", detail, EXPIRATION)


def ends_with_promotion(expiration: datetime | None, promotion: PromotionLike) -> bool:
    """Whether the promotion's end is the last moment of an enrollment with this end of its own, if
    any: to make that later changes nothing."""
    end = promotion.end_date_time
    return expiration is None or (end is not None and end <= expiration)


# --- Rules 8 to 10: one record per customer and promotion -----------------------------------------


def duplicate_refusal(first: Item) -> DomainError:
    """Rule 10. Of two items for one customer and promotion the later is the bad one."""
    return DomainError(
        "duplicate_in_request",
        f"This names the same customer and promotion as {first.pointer or 'an earlier item'}. "
        "Send each once.",
    )


def record_refusal(stands: Standing, usage_id: str) -> DomainError | None:
    """Rule 9. Who is enrolled now, or is going to be, is not enrolled again; who was withdrawn or
    has expired is, in the same record. ``stands`` is where the existing record stands."""
    if stands in (Standing.WITHDRAWN, Standing.EXPIRED):
        return None
    return DomainError(
        "already_enrolled",
        f"The customer is enrolled already. Use the existing enrollment {usage_id}.",
        extra={"promotionPartyUsageId": usage_id},
    )


class RecordLike(Protocol):
    """What the rules read of the record that a customer has in a promotion; the model has it."""

    @property
    def is_party_enrolled(self) -> bool: ...
    @property
    def is_deleted(self) -> bool: ...


def counts_as_enrolled(record: RecordLike) -> bool:
    """Whether a record says that its customer is enrolled, whatever the clock. To these rules one
    in the recycle bin is like one that was withdrawn."""
    return record.is_party_enrolled and not record.is_deleted


class LimitedPromotion(Protocol):
    maximum_enrollment_count: int | None
    is_place_freed_on_withdrawal: bool


def takes_a_place(promotion: LimitedPromotion, is_enrolled: bool | None) -> bool:
    """Whether enrolling takes one of the promotion's places. ``is_enrolled`` is what the customer's
    record says (``counts_as_enrolled``), None where there is none yet: who has expired kept the
    place; who was withdrawn gave it back, where the promotion says so."""
    if is_enrolled is None:
        return True
    return not is_enrolled and promotion.is_place_freed_on_withdrawal


def limit_refusal(promotion: LimitedPromotion, taken: int) -> DomainError | None:
    """A promotion with a ``MaximumEnrollmentCount`` enrolls no more customers than that. ``taken``
    places are those that were taken (``takes_a_place``) and not given back."""
    limit = promotion.maximum_enrollment_count
    if limit is None or taken < limit:
        return None
    detail = f"No place is left: this promotion takes {limit} customers at most."
    return DomainError("enrollment_limit_reached", detail, "promotion")


# --- Rule 13: withdrawing and changing ------------------------------------------------------------


def reason_refusal(reason: str | None) -> DomainError | None:
    """Whoever withdraws a customer or changes a period says why."""
    if reason is None or not reason.strip():
        return DomainError("reason_required", "Say why, in a few words.", "reason")
    if len(reason) > LONGEST_REASON:
        detail = f"Say why in at most {LONGEST_REASON} characters."
        return DomainError("invalid_value", detail, "reason")
    return None


def not_enrolled() -> DomainError:
    """An enrollment that was withdrawn can be neither withdrawn again nor changed."""
    return DomainError(
        "not_enrolled", "This enrollment was withdrawn. Enroll the customer again instead."
    )


def _pointer(part: str, **identifiers: object) -> str:
    """The path to the only identifier given, or to the object where several are."""
    given = [name for name, value in identifiers.items() if value is not None]
    return f"{part}.{given[0]}" if len(given) == 1 else part
