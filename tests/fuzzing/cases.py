"""One call made at random, by its number; and what is wrong with the answer to a call."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from random import Random
from typing import Any, Final
from urllib.parse import quote

from tests.fuzzing.queries import Queries
from tests.fuzzing.searches import Searches, damaged

DATA: Final = "/services/data/v59.0"
LONGEST: Final = 30.0
"""Seconds in which every call is answered."""
_STATUSES: Final = {400, 403, 404}
"""Those of what callers do wrong in a query."""


@dataclass(frozen=True, slots=True)
class Call:
    """A call to be made."""

    path: str
    text: str
    """What is asked, for people to read."""
    body: Any = None
    """What is posted; None: it is a GET."""
    headers: Mapping[str, str] = field(default_factory=dict)

    @property
    def content(self) -> bytes:
        """The body as it is sent."""
        return json.dumps(self.body).encode()

    @property
    def method(self) -> str:
        return "GET" if self.body is None else "POST"


def case(seed: int, number: int) -> Call:
    """The call with this number: always the same one of a seed."""
    chance = Random(f"{seed}:{number}")
    kind = chance.random()
    if kind < 0.25:
        return _search(chance)
    text = _perhaps_damaged(chance, Queries(chance).query(), lambda: Queries(chance).query())
    if kind < 0.3:
        body = {"operation": chance.choice(("query", "queryAll")), "query": text}
        return Call(f"{DATA}/jobs/query", text, body)
    path = chance.choice(("query", "query", "query/", "queryAll"))
    said = chance.choice(("", "", "", "", "&columns=true"))
    name = "explain" if chance.random() < 0.05 else "q"
    size = chance.choice(("", "", "batchSize=200", "batchSize=0", "batchSize=é"))
    headers = {"Sforce-Query-Options": size} if size.isascii() and size else {}
    return Call(f"{DATA}/{path}?{name}={_quoted(text)}{said}", text, headers=headers)


def _search(chance: Random) -> Call:
    searches = Searches(chance)
    if chance.random() < 0.3:
        body = searches.parameters()
        return Call(f"{DATA}/parameterizedSearch", json.dumps(body), body or {})
    text = _perhaps_damaged(chance, searches.search(), searches.search)
    return Call(f"{DATA}/search?q={_quoted(text)}", text)


def _perhaps_damaged(chance: Random, text: str, other: Any) -> str:
    return damaged(chance, text, other()) if chance.random() < 0.35 else text


def _quoted(text: str) -> str:
    """In a path; half a character, which UTF-8 doesn't have, as what it would be."""
    return quote(text, safe="", errors="surrogatepass")


def problem(status: int, content: bytes, seconds: float) -> str | None:
    """What is wrong with an answer, if anything."""
    if seconds > LONGEST + 2:
        return f"took {seconds:.1f} s"
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


def next_page(content: bytes) -> str | None:
    """The path of the page behind this one, if there is one."""
    body = json.loads(content)
    path = body.get("nextRecordsUrl") if isinstance(body, dict) else None
    return path if isinstance(path, str) else None
