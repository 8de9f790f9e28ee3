"""What clients of the older bulk calls are told when something is wrong: one code, one message, in
XML, or in JSON for who speaks that."""

from collections.abc import Mapping
from typing import Final

import orjson

from promotions.errors import DomainError
from promotions.sobjects.batched.documents import document
from promotions.sobjects.elements import element
from promotions.sobjects.errors import CODES, STATUS, CallFailed

SESSION: Final = "InvalidSessionId"
_EXCEPTION_CODES: Final[Mapping[str, str]] = {
    "INVALID_SESSION_ID": SESSION,
    "INSUFFICIENT_ACCESS_OR_READONLY": "InvalidUser",
    "REQUEST_LIMIT_EXCEEDED": "ExceededQuota",
    "STORAGE_LIMIT_EXCEEDED": "ExceededQuota",
    "UNABLE_TO_LOCK_ROW": "TooManyLockFailure",
    "NOT_FOUND": "InvalidUrl",
    "INVALIDJOB": "InvalidJob",
    "INVALID_FIELD": "InvalidJob",
    "INVALIDJOBSTATE": "InvalidJobState",
    "FEATURENOTENABLED": "FeatureNotEnabled",
}
"""What these clients call what the other calls on objects have a code for."""
_OTHERWISE: Final = "ClientInputError"


class Wrong(Exception):
    """A call that is refused, by a code of this dialect's own."""

    def __init__(self, code: str, message: str, *, status: int = 400) -> None:
        super().__init__(f"{code}: {message}")
        self.code, self.message, self.status = code, message, status


def wrong_job(message: str) -> Wrong:
    return Wrong("InvalidJob", message)


def wrong_batch(message: str) -> Wrong:
    return Wrong("InvalidBatch", message)


def translated(failed: CallFailed) -> Wrong:
    """A refusal of the calls that both dialects share."""
    first = failed.problems[0]
    code = _EXCEPTION_CODES.get(first.code, _OTHERWISE)
    return Wrong(code, first.message.removeprefix("InvalidJob : "), status=failed.status)


def of_domain(error: DomainError) -> Wrong:
    """A refusal of the services, or of what stands before them. That a session is over has the
    status 400, by which jsforce knows it."""
    code = CODES[error.code]
    told = _EXCEPTION_CODES.get(code, _OTHERWISE)
    if told == SESSION:
        return Wrong(SESSION, "Invalid session id")
    return Wrong(told, error.detail, status=STATUS.get(code, 400))


def outside_of_views(status: int, detail: str) -> Wrong:
    """That something failed before a view could say what, or in it."""
    return Wrong("Unknown" if status >= 500 else _OTHERWISE, detail, status=status)


def body_of(wrong: Wrong, *, in_json: bool) -> bytes:
    """The refusal as its caller reads it."""
    told = {"exceptionCode": wrong.code, "exceptionMessage": wrong.message}
    if in_json:
        return orjson.dumps(told)
    return document("error", "".join(element(name, text) for name, text in told.items()))
