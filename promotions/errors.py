"""The catalogue of domain errors: everything this service can refuse, in one place. Pure.

A rule that refuses makes a ``DomainError`` of one of these codes; an interface shows it in its own
way (``promotions/http/errors.py`` as a problem document, ``promotions/http/compatible.py`` as the
list that existing clients know). Source: the enrollment contract, "Errors".
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Final


@dataclass(frozen=True, slots=True)
class ErrorKind:
    """One line of the catalogue."""

    code: str
    status: int
    """The HTTP status that goes with it (the compatible surface overrides one, see there)."""
    title: str
    """What went wrong, the same words for every occurrence."""


CATALOGUE: Final[Mapping[str, ErrorKind]] = {
    kind.code: kind
    for kind in (
        # The request names nothing, too much, or something unreadable.
        ErrorKind("customer_required", 400, "No customer is named"),
        ErrorKind("promotion_required", 400, "No promotion is named"),
        ErrorKind("invalid_datetime", 400, "Not a date-time with an offset"),
        ErrorKind("malformed_id", 400, "Not a record id of this kind"),
        ErrorKind("too_many_items", 400, "Too many items in one request"),
        ErrorKind("empty_request", 400, "The request has no items"),
        ErrorKind("unknown_property", 400, "A property of this name is not known"),
        ErrorKind("invalid_type", 400, "The value has the wrong JSON type"),
        ErrorKind("invalid_value", 400, "The value is not allowed"),
        ErrorKind("required", 400, "A required value is missing"),
        ErrorKind("reason_required", 400, "A reason is required"),
        ErrorKind("invalid_filter", 400, "The filter is unknown or cannot take this value"),
        ErrorKind("malformed_json", 400, "The body is not readable as JSON"),
        # Identifying customer, promotion and offer (rules 1 to 4).
        ErrorKind("customer_not_found", 404, "No such customer"),
        ErrorKind("promotion_not_found", 404, "No such promotion"),
        ErrorKind("offer_not_found", 404, "No such offer"),
        ErrorKind("customer_ambiguous", 400, "Several customers match"),
        ErrorKind("account_contact_mismatch", 400, "The contact does not belong to the account"),
        ErrorKind("offer_not_for_promotion", 400, "The offer belongs to another promotion"),
        # The promotion and its enrollment window (rules 4 and 5).
        ErrorKind("promotion_inactive", 400, "The promotion is not active"),
        ErrorKind("promotion_ended", 400, "The promotion is over"),
        ErrorKind("enrollment_not_enabled", 400, "The promotion takes no enrollments"),
        ErrorKind("enrollment_not_open", 400, "Enrollment has not opened yet"),
        ErrorKind("enrollment_closed", 400, "Enrollment has closed"),
        ErrorKind("offer_inactive", 400, "The offer is not active"),
        # The customer's own period (rule 7).
        ErrorKind("period_reversed", 400, "The period ends at or before its beginning"),
        ErrorKind("period_in_past", 400, "The period is already over"),
        ErrorKind("period_outside_promotion", 400, "The period never meets the promotion's"),
        # One record per customer and promotion (rules 8 to 10 and 13).
        ErrorKind("already_enrolled", 409, "The customer is already enrolled"),
        ErrorKind("duplicate_in_request", 409, "The request names this enrollment twice"),
        ErrorKind("duplicate_value", 409, "The value is taken by another record"),
        ErrorKind("not_enrolled", 409, "The customer is not enrolled"),
        # Redeeming a coupon.
        ErrorKind("coupon_inactive", 400, "The coupon is not active"),
        ErrorKind("coupon_not_started", 400, "The coupon can't be redeemed yet"),
        ErrorKind("coupon_ended", 400, "The coupon can't be redeemed any more"),
        ErrorKind("coupon_used_up", 409, "The coupon has been redeemed as often as it may"),
        # Deleting and restoring.
        ErrorKind("in_use", 409, "Other records name this one"),
        ErrorKind("confirmation_required", 409, "The act has consequences to be confirmed"),
        ErrorKind("enrollment_limit_reached", 409, "The promotion has no place left"),
        # The caller and the call.
        ErrorKind("unauthenticated", 401, "A valid access token is required"),
        ErrorKind("insufficient_scope", 403, "The access token lacks a scope"),
        ErrorKind("insufficient_access", 403, "The promotion is not shared so far"),
        ErrorKind("idempotency_in_progress", 409, "The first request with this key still runs"),
        ErrorKind("idempotency_key_reused", 422, "The key was used for another request"),
        ErrorKind("not_found", 404, "No such resource"),
        ErrorKind("method_not_allowed", 405, "The resource does not take this method"),
        ErrorKind("version_conflict", 412, "The record was changed in the meantime"),
        ErrorKind("payload_too_large", 413, "The body is too large"),
        ErrorKind("unsupported_media_type", 415, "The body is not of a media type taken here"),
        ErrorKind("rate_limited", 429, "Too many requests"),
    )
}


@dataclass(frozen=True, slots=True)
class DomainError:
    """One thing that is wrong with a request.

    ``pointer`` is the path of the offending input in the caller's own terms, such as
    ``inputParameters[3].contact.email`` or ``name``; empty when it is the request as a whole.
    ``extra`` holds what the contract adds to some errors: ``promotionPartyUsageId``, ``matches``.
    """

    code: str
    detail: str
    """A sentence that tells the caller what to do about it."""
    pointer: str = ""
    extra: Mapping[str, str | int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if self.code not in CATALOGUE:
            raise ValueError(f"{self.code} is not in the catalogue of errors")

    @property
    def kind(self) -> ErrorKind:
        return CATALOGUE[self.code]

    def under(self, prefix: str) -> "DomainError":
        """The same error seen from one level further out: its pointer below ``prefix``."""
        return replace(self, pointer=join_pointer(prefix, self.pointer))


def join_pointer(prefix: str, pointer: str) -> str:
    """The path ``pointer`` below ``prefix``; either may be empty."""
    return f"{prefix}.{pointer}" if prefix and pointer else prefix or pointer


class Refused(Exception):
    """A request that is refused, with every reason; nothing of it was written."""

    def __init__(self, *errors: DomainError) -> None:
        super().__init__("; ".join(f"{error.code} ({error.detail})" for error in errors))
        self.errors: tuple[DomainError, ...] = errors


def refuse(code: str, detail: str, pointer: str = "", /, **extra: str | int) -> Refused:
    """A refusal for a single reason, to be raised."""
    return Refused(DomainError(code, detail, pointer, extra))


def common_status(errors: Iterable[DomainError]) -> int:
    """The status of a refusal: the errors' own if it is the same for all of them, else 400."""
    statuses = {error.kind.status for error in errors}
    return statuses.pop() if len(statuses) == 1 else 400
