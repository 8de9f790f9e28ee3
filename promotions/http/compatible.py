"""The compatible surface: errors, and the base of its views, as existing clients need them.

Source: the enrollment contract, "Errors", and the client contract, section 3: the body of every
error is a list.
"""

from collections.abc import Sequence
from typing import Any, Final

from rest_framework.response import Response

from promotions.errors import DomainError, common_status
from promotions.http.error_codes import ERROR_CODES
from promotions.http.errors import errors_of, headers_for
from promotions.http.untying import UntiedView

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


class CompatibleView(UntiedView):
    """Base of the compatible surface's views: errors in its form."""

    def get_exception_handler(self) -> Any:
        return error_response
