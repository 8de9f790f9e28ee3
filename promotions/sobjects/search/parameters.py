"""Searches that are said by parameters instead of a text.

Source: the client contract, section 2, ``parameterizedSearch``: by GET (``q``, ``sobject``,
``Promotion.fields`` …), or by POST as a JSON object (``q``, ``sobjects``, ``fields``, ``in`` …).
"""

import re
from collections.abc import Mapping
from dataclasses import replace
from typing import Any, Final

from promotions.sobjects.errors import CallFailed, Problem
from promotions.sobjects.soql.parser import parse_query
from promotions.sobjects.soql.sosl import parse_terms
from promotions.sobjects.soql.tree import Query, Returning, Search, SearchIn

_NAME: Final = re.compile(r"[A-Za-z][A-Za-z0-9_]{0,79}")
_GROUPS: Final = {group.name: group for group in SearchIn}
_MOST_OBJECTS: Final = 20
_MOST: Final = 2000
_LONGEST_NUMBER: Final = 10
"""In digits, zeros at the beginning included."""


def from_address(parameters: Mapping[str, list[str]]) -> Search:
    """The search that the parameters of an address say, each perhaps several times. Raises
    ``CallFailed`` and ``SyntaxProblem``."""
    names = [n for text in parameters.get("sobject", []) for n in text.split(",") if n.strip()]
    objects = [_object_of_address(name.strip(), parameters) for name in names]
    said = {name: values[-1] for name, values in parameters.items() if values}
    return from_body({**said, "sobjects": objects, "fields": _texts(said.get("fields"))})


def _object_of_address(name: str, parameters: Mapping[str, list[str]]) -> dict[str, Any]:
    about = f"{name}.".lower()
    return {
        "name": name,
        **{
            key[len(about) :]: values[-1]
            for key, values in parameters.items()
            if key.lower().startswith(about) and values
        },
    }


def from_body(body: Any) -> Search:
    """The search that a JSON object says. Raises ``CallFailed`` and ``SyntaxProblem``."""
    if not isinstance(body, Mapping):
        raise _wrong("Send a JSON object with q, and sobjects with their fields.")
    text = body.get("q")
    if not isinstance(text, str):
        raise _wrong("Say what to look for as q.")
    objects = body.get("sobjects") or []
    if not isinstance(objects, list) or len(objects) > _MOST_OBJECTS:
        raise _wrong(f"sobjects is a list of at most {_MOST_OBJECTS} objects with their names.")
    general = {"fields": body.get("fields"), "limit": body.get("defaultLimit")}
    return Search(
        parse_terms(text),
        _group(body.get("in")),
        tuple(Returning(_query(one, general)) for one in objects),
        _count(body.get("overallLimit"), "overallLimit"),
    )


def _group(said: Any) -> SearchIn:
    if said is None:
        return SearchIn.ALL
    name = str(said).upper().removesuffix(" FIELDS").strip()
    if name not in _GROUPS:
        raise _wrong(f"in is one of {', '.join(_GROUPS)}.")
    return _GROUPS[name]


def _query(one: Any, general: Mapping[str, Any]) -> Query:
    """What is wanted of one object, put together as a query and read as one."""
    if isinstance(one, str):
        one = {"name": one}
    if not isinstance(one, Mapping) or not _NAME.fullmatch(str(one.get("name"))):
        raise _wrong("Each of sobjects is an object with its name.")
    fields = _texts(one.get("fields")) or _texts(general["fields"]) or ["Id"]
    # No SQL: the text is read by our own parser, which knows nothing but declared fields.
    text = f"SELECT {', '.join(fields)} FROM {one['name']}"  # noqa: S608
    for name, keyword in (("where", "WHERE"), ("orderBy", "ORDER BY")):
        if one.get(name) is not None:
            text += f" {keyword} {', '.join(_texts(one[name])) if name == 'orderBy' else one[name]}"
    limit = one.get("limit")
    query = parse_query(text)
    return replace(query, limit=_count(general["limit"] if limit is None else limit, "limit"))


def _texts(said: Any) -> list[str]:
    """A list of texts, or one text with commas in it."""
    if said is None:
        return []
    parts = said.split(",") if isinstance(said, str) else said
    if not isinstance(parts, list) or not all(isinstance(part, str) for part in parts):
        raise _wrong("Names are a list of texts, or one text with commas in it.")
    return [part.strip() for part in parts if part.strip()]


def _count(said: Any, name: str) -> int | None:
    if said is None or said == "":
        return None
    text = str(said)
    fits = text.isdecimal() and len(text) < _LONGEST_NUMBER
    if isinstance(said, bool) or not fits or not 1 <= int(text) <= _MOST:
        raise _wrong(f"{name} is a number from 1 to {_MOST:,}.")
    return int(text)


def _wrong(message: str) -> CallFailed:
    return CallFailed(Problem("MALFORMED_SEARCH", message))
