"""One call made at random, by its number."""

import json
from random import Random
from typing import Any, Final
from urllib.parse import quote

from tests.fuzzing.calls import Call
from tests.fuzzing.queries import Queries
from tests.fuzzing.searches import Searches, damaged

DATA: Final = "/services/data/v59.0"


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
    return damaged(chance, text, other()) if chance.random() < 0.25 else text


def _quoted(text: str) -> str:
    """In a path; half a character, which UTF-8 doesn't have, as what it would be."""
    return quote(text, safe="", errors="surrogatepass")
