"""What existing clients are told when something is wrong: a list of codes that they know.

Source: the client contract, section 3. A refusal of the services is translated by one table; a
test walks every domain error.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from promotions.errors import DomainError, Refused
from promotions.http.error_codes import ERROR_CODES
from promotions.sobjects.declare import SObject


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that is wrong with a call."""

    code: str
    message: str
    fields: tuple[str, ...] = ()

    def entry(self) -> dict[str, Any]:
        """As the answer to a call lists it; fields only where there are any."""
        entry: dict[str, Any] = {"message": self.message, "errorCode": self.code}
        return entry | {"fields": list(self.fields)} if self.fields else entry

    def result(self) -> dict[str, Any]:
        """As the result of one record among many lists it."""
        return {"statusCode": self.code, "message": self.message, "fields": list(self.fields)}


class CallFailed(Exception):
    """A call that is refused, with every reason; nothing of it was written."""

    def __init__(self, *problems: Problem, status: int | None = None) -> None:
        super().__init__("; ".join(f"{one.code}: {one.message}" for one in problems))
        self.problems: tuple[Problem, ...] = problems
        self.status = status or STATUS.get(problems[0].code, 400)


STATUS: Final[Mapping[str, int]] = {
    "INVALID_SESSION_ID": 401,
    "INVALID_AUTH_HEADER": 401,
    "INSUFFICIENT_ACCESS_OR_READONLY": 403,
    "REQUEST_LIMIT_EXCEEDED": 403,
    "API_DISABLED_FOR_ORG": 403,
    "NOT_FOUND": 404,
    "ENTITY_IS_DELETED": 404,
    "METHOD_NOT_ALLOWED": 405,
    "UNSUPPORTED_MEDIA_TYPE": 415,
}
"""The HTTP status of a code where it isn't 400. A client's mistake is never a 5xx or a 429, which
clients repeat."""

CODES: Final[Mapping[str, str]] = {
    **ERROR_CODES,
    "customer_required": "REQUIRED_FIELD_MISSING",
    "promotion_required": "REQUIRED_FIELD_MISSING",
    "invalid_datetime": "JSON_PARSER_ERROR",
    "too_many_items": "EXCEEDED_MAX_SIZE_REQUEST",
    "empty_request": "INVALID_INPUT",
    "unknown_property": "INVALID_FIELD",
    "invalid_type": "JSON_PARSER_ERROR",
    "invalid_value": "FIELD_INTEGRITY_EXCEPTION",
    "required": "REQUIRED_FIELD_MISSING",
    "reason_required": "REQUIRED_FIELD_MISSING",
    "invalid_filter": "INVALID_FIELD",
    "customer_not_found": "INVALID_CROSS_REFERENCE_KEY",
    "promotion_not_found": "INVALID_CROSS_REFERENCE_KEY",
    "offer_not_found": "INVALID_CROSS_REFERENCE_KEY",
    "insufficient_scope": "INSUFFICIENT_ACCESS_OR_READONLY",
    "idempotency_key_reused": "INVALID_INPUT",
}
"""What existing clients call each error of the catalogue: as in answers to enrollments, save where
the calls on records have a word of their own."""


def problems_of(errors: Iterable[DomainError], one: SObject | None = None) -> list[Problem]:
    """A refusal's errors as this surface lists them; of the object ``one``, whose fields they may
    point at by the plain surface's names."""
    return [_problem(error, one) for error in errors]


def failed(refused: Refused, one: SObject | None = None) -> CallFailed:
    """The same as an exception."""
    return CallFailed(*problems_of(refused.errors, one))


def _problem(error: DomainError, one: SObject | None) -> Problem:
    code = CODES[error.code]
    field = one.field(error.pointer) if one is not None and error.pointer else None
    if field is None:
        return Problem(code, error.detail)
    if field.type == "reference" and error.code == "invalid_value":
        code = "INVALID_CROSS_REFERENCE_KEY"
    if code == "REQUIRED_FIELD_MISSING":
        return required([field.name], error.detail)
    if code == "FIELD_INTEGRITY_EXCEPTION":
        return Problem(code, f"{field.label.capitalize()}: {error.detail}", (field.name,))
    return Problem(code, error.detail, (field.name,))


def required(names: Sequence[str], detail: str = "") -> Problem:
    """That these fields need a value."""
    message = f"Required fields are missing: [{', '.join(names)}]"
    return Problem(
        "REQUIRED_FIELD_MISSING", f"{message}. {detail}" if detail else message, tuple(names)
    )


def not_found() -> CallFailed:
    """There is no such object, record or resource."""
    return CallFailed(Problem("NOT_FOUND", "The requested resource does not exist"))
