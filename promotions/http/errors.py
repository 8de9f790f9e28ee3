"""From anything that goes wrong in a view to a problem document (RFC 9457)."""

import math
from collections.abc import Iterator, Sequence
from typing import Any, Final

from django.core.exceptions import BadRequest, RequestDataTooBig, SuspiciousOperation
from django.http import Http404
from django.http.multipartparser import MultiPartParserError
from rest_framework import exceptions
from rest_framework.response import Response

from promotions.errors import (
    CATALOGUE,
    DomainError,
    Refused,
    common_status,
    join_pointer,
)

PROBLEM_MEDIA_TYPE: Final = "application/problem+json"
SEVERAL: Final = "several_errors"

_VALIDATION_CODES: Final = {"null": "required", "blank": "required"}
_LIMIT_IN_MB: Final = 5


def errors_of(exc: Exception) -> Sequence[DomainError]:
    """The domain errors behind an exception of a view; none where it is a defect of ours."""
    match exc:
        case Refused():
            return exc.errors
        case exceptions.ValidationError():
            return list(_validation_errors(exc.detail, ""))
        case exceptions.ParseError():
            return [DomainError("malformed_json", str(exc.detail))]
        case exceptions.NotAuthenticated() | exceptions.AuthenticationFailed():
            return [DomainError("unauthenticated", str(exc.detail))]
        case exceptions.PermissionDenied():
            return [DomainError("insufficient_scope", str(exc.detail))]
        case exceptions.NotFound() | Http404():
            return [DomainError("not_found", "The requested resource does not exist.")]
        case exceptions.MethodNotAllowed():
            detail = f"{exc.detail} The header Allow says which methods are."
            return [DomainError("method_not_allowed", detail)]
        case exceptions.UnsupportedMediaType():
            detail = "Send the body as plain JSON, with the header Content-Type: application/json."
            return [DomainError("unsupported_media_type", detail)]
        case exceptions.Throttled():
            detail = f"Too many requests. Try again in {_seconds(exc)} seconds."
            return [DomainError("rate_limited", detail)]
        case RequestDataTooBig():
            detail = f"A request body has at most {_LIMIT_IN_MB} MB. Send it in several requests."
            return [DomainError("payload_too_large", detail)]
        case BadRequest() | SuspiciousOperation() | MultiPartParserError():
            return [DomainError("invalid_value", "The request cannot be read.")]
        case _:
            return []


def headers_for(exc: Exception) -> dict[str, str]:
    """The headers that belong to an answer for this exception."""
    headers = {}
    if any(error.code == "unauthenticated" for error in errors_of(exc)):
        headers["WWW-Authenticate"] = 'Bearer realm="api"'
    if isinstance(exc, exceptions.Throttled):
        headers["Retry-After"] = str(_seconds(exc))
    return headers


def problem_response(exc: Exception, context: dict[str, Any]) -> Response | None:
    """The plain surface's exception handler."""
    errors = errors_of(exc)
    if not errors:
        return None
    return Response(
        problem(errors),
        status=common_status(errors),
        headers=headers_for(exc),
        content_type=PROBLEM_MEDIA_TYPE,
    )


def problem(errors: Sequence[DomainError]) -> dict[str, Any]:
    """The problem document for a refusal."""
    code = errors[0].code if len(errors) == 1 else SEVERAL
    title = CATALOGUE[code].title if len(errors) == 1 else "Several things are wrong"
    return {
        "type": f"/api/errors#{code}",
        "title": title,
        "status": common_status(errors),
        "detail": errors[0].detail if len(errors) == 1 else f"{len(errors)} errors, see the list.",
        "code": code,
        "errors": [
            {"code": e.code, "detail": e.detail, "pointer": e.pointer, **e.extra} for e in errors
        ],
    }


def _validation_errors(detail: Any, pointer: str) -> Iterator[DomainError]:
    """Walks what a serializer found wrong; codes outside the catalogue are ``invalid_value``."""
    if isinstance(detail, dict):
        for name, inner in detail.items():
            at = "" if name == "non_field_errors" else str(name)
            yield from _validation_errors(inner, join_pointer(pointer, at))
    elif isinstance(detail, list):
        for inner in detail:
            yield from _validation_errors(inner, pointer)
    else:
        code = _VALIDATION_CODES.get(detail.code, detail.code)
        yield DomainError(code if code in CATALOGUE else "invalid_value", str(detail), pointer)


def _seconds(exc: exceptions.Throttled) -> int:
    wait: float | None = getattr(exc, "wait", None)
    return max(1, math.ceil(wait or 1))
