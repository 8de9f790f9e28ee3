"""Calls, and what is wrong with the answer to one. Pure."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

LONGEST: Final = 30.0
"""Seconds in which every call is answered."""
_STATUSES: Final = {400, 403, 404}
"""Those of what callers do wrong in a query."""
_LONGEST_PATH: Final = 60_000
"""Letters from which on a server may find a path too long (414) before anybody reads it."""
MOST_PAGES: Final = 4
"""That are read of one answer."""


@dataclass(frozen=True, slots=True)
class Call:
    """A call to be made."""

    path: str
    text: str
    """What is asked, for people to read."""
    body: Any = None
    """What is posted; None: it is a GET."""
    headers: Mapping[str, str] = field(default_factory=dict)
    page: int = 1

    @property
    def content(self) -> bytes:
        """The body as it is sent."""
        return json.dumps(self.body).encode()

    @property
    def method(self) -> str:
        return "GET" if self.body is None else "POST"


def problem(call: Call, status: int, content: bytes, seconds: float) -> str | None:
    """What is wrong with an answer, if anything."""
    if seconds > LONGEST + 2:
        return f"took {seconds:.1f} s"
    if status == 414 and len(call.path) > _LONGEST_PATH:
        return None
    if status == 200:
        return _odd_answer(content)
    if status not in _STATUSES:
        return f"status {status}"
    return _odd_error(content)


def _odd_answer(content: bytes) -> str | None:
    try:
        body = json.loads(content)
    except ValueError:
        return "no JSON"
    match body:
        case {"totalSize": int(total), "done": bool(done), "records": list(records)}:
            if done == ("nextRecordsUrl" in body):
                return "done and a further page, or neither"
            if len(records) > total and records:
                return "more records than in all"
            return _odd_records(records)
        case {"searchRecords": list(records)}:
            return _odd_records(records)
        case {"columnMetadata": list()} | {"plans": list()}:
            return None
        case {"id": str(id_), "state": str()} if id_.startswith("750"):
            return None
    return "another form than the documented one"


def _odd_records(records: list[Any]) -> str | None:
    for record in records:
        match record:
            case {"attributes": {"type": "AggregateResult"}}:
                continue
            case {"attributes": {"type": str(), "url": str(url)}} if url.startswith("/services/"):
                continue
        return f"a record without its attributes: {str(record)[:200]}"
    return None


def _odd_error(content: bytes) -> str | None:
    try:
        body = json.loads(content)
    except ValueError:
        return "an error that is no JSON"
    match body:
        case [{"message": str(message), "errorCode": str(code)}, *_] if message and code:
            return None if code != "UNKNOWN_EXCEPTION" else "an unknown exception"
    return "an error in another form than the documented one"


def next_page(call: Call, content: bytes) -> Call | None:
    """The call for the page behind this one, if there is one and enough haven't been read."""
    body = json.loads(content)
    path = body.get("nextRecordsUrl") if isinstance(body, dict) else None
    if not isinstance(path, str) or call.page == MOST_PAGES:
        return None
    return Call(path, call.text, page=call.page + 1)
