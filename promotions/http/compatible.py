"""The compatible surface: errors, and the base of its views, as existing clients need them.

Source: the enrollment contract, "Errors", and the client contract, section 3: the body of every
error is a list.
"""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from rest_framework.response import Response
from rest_framework.views import APIView

from promotions.errors import DomainError, common_status
from promotions.http.errors import errors_of, headers_for

ERROR_CODES: Final[Mapping[str, str]] = {
    "customer_required": "INVALID_API_INPUT",
    "promotion_required": "INVALID_API_INPUT",
    "invalid_datetime": "INVALID_API_INPUT",
    "malformed_id": "MALFORMED_ID",
    "too_many_items": "INVALID_API_INPUT",
    "empty_request": "INVALID_API_INPUT",
    "unknown_property": "INVALID_API_INPUT",
    "invalid_type": "INVALID_API_INPUT",
    "invalid_value": "INVALID_API_INPUT",
    "required": "INVALID_API_INPUT",
    "reason_required": "INVALID_API_INPUT",
    "invalid_filter": "INVALID_API_INPUT",
    "malformed_json": "JSON_PARSER_ERROR",
    "customer_not_found": "ITEM_NOT_FOUND",
    "promotion_not_found": "ITEM_NOT_FOUND",
    "offer_not_found": "ITEM_NOT_FOUND",
    "customer_ambiguous": "DUPLICATES_DETECTED",
    "account_contact_mismatch": "FIELD_INTEGRITY_EXCEPTION",
    "offer_not_for_promotion": "FIELD_INTEGRITY_EXCEPTION",
    "promotion_inactive": "FIELD_INTEGRITY_EXCEPTION",
    "promotion_ended": "FIELD_INTEGRITY_EXCEPTION",
    "enrollment_not_enabled": "FIELD_INTEGRITY_EXCEPTION",
    "enrollment_not_open": "FIELD_INTEGRITY_EXCEPTION",
    "enrollment_closed": "FIELD_INTEGRITY_EXCEPTION",
    "offer_inactive": "FIELD_INTEGRITY_EXCEPTION",
    "period_reversed": "FIELD_INTEGRITY_EXCEPTION",
    "period_in_past": "FIELD_INTEGRITY_EXCEPTION",
    "period_outside_promotion": "FIELD_INTEGRITY_EXCEPTION",
    "already_enrolled": "DUPLICATE_VALUE",
    "duplicate_in_request": "DUPLICATE_VALUE",
    "duplicate_value": "DUPLICATE_VALUE",
    "not_enrolled": "FIELD_INTEGRITY_EXCEPTION",
    "enrollment_limit_reached": "LIMIT_EXCEEDED",
    "coupon_inactive": "FIELD_INTEGRITY_EXCEPTION",
    "coupon_not_started": "FIELD_INTEGRITY_EXCEPTION",
    "coupon_ended": "FIELD_INTEGRITY_EXCEPTION",
    "coupon_used_up": "LIMIT_EXCEEDED",
    "unauthenticated": "INVALID_SESSION_ID",
    "insufficient_scope": "INSUFFICIENT_ACCESS",
    "insufficient_access": "INSUFFICIENT_ACCESS_OR_READONLY",
    "in_use": "DELETE_FAILED",
    "confirmation_required": "DELETE_FAILED",
    "idempotency_in_progress": "UNABLE_TO_LOCK_ROW",
    "idempotency_key_reused": "INVALID_API_INPUT",
    "not_found": "NOT_FOUND",
    "method_not_allowed": "METHOD_NOT_ALLOWED",
    "version_conflict": "FIELD_INTEGRITY_EXCEPTION",
    "payload_too_large": "EXCEEDED_MAX_SIZE_REQUEST",
    "unsupported_media_type": "UNSUPPORTED_MEDIA_TYPE",
    "rate_limited": "REQUEST_LIMIT_EXCEEDED",
}

_RATE_LIMITED_STATUS: Final = 403
"""Existing clients repeat a 429 at once and several times; they understand this one."""


SESSION_EXPIRED: Final = "Session expired or invalid"
"""What existing clients read of a missing, unknown or expired token; what is wrong with it and how
to get another is said in the header ``WWW-Authenticate``."""

CONTENT_TYPE: Final = "application/json;charset=UTF-8"
"""How this surface names JSON, to the letter."""

REQUESTS_A_DAY: Final = 1_000_000
"""What we say that a client may do in a day. Nothing here is counted by the day, but clients stop
by themselves when they have used much of what they are told."""
API_USAGE: Final = f"api-usage=1/{REQUESTS_A_DAY}"
"""The header ``Sforce-Limit-Info``, in the one form that existing clients can read (the client
contract, section 0). Of an allotment that is not counted no more is used than this request."""


def error_entries(errors: Sequence[DomainError]) -> list[dict[str, Any]]:
    """Errors as the compatible surface lists them."""
    return [
        {
            "errorCode": ERROR_CODES[error.code],
            "message": SESSION_EXPIRED if error.code == "unauthenticated" else error.detail,
            "fields": [error.pointer] if error.pointer else [],
            "code": error.code,
            **error.extra,
        }
        for error in errors
    ]


def error_response(exc: Exception, context: dict[str, Any]) -> Response | None:
    """The compatible surface's exception handler."""
    errors = errors_of(exc)
    if not errors:
        return None
    limited = any(error.code == "rate_limited" for error in errors)
    return Response(
        error_entries(errors),
        status=_RATE_LIMITED_STATUS if limited else common_status(errors),
        headers=compatible_headers(exc),
    )


def compatible_headers(exc: Exception) -> dict[str, str]:
    """The headers that belong to this surface's answer for an exception."""
    headers = headers_for(exc)
    if "WWW-Authenticate" in headers:
        why = errors_of(exc)[0].detail.replace('"', "'")
        headers["WWW-Authenticate"] += f', error="invalid_token", error_description="{why}"'
    return headers


class CompatibleView(APIView):
    """Base of the compatible surface's views: errors in its form."""

    def get_exception_handler(self) -> Any:
        return error_response
