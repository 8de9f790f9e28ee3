"""Several calls in one: what they are, and how a later one names what an earlier one answered.

Source: the client contract, section 2, "composite" and "batch / tree".
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final
from urllib.parse import quote

from promotions.sobjects.collections import flag
from promotions.sobjects.errors import CallFailed, Problem

MOST_CALLS: Final = 25
MOST_GRAPHS: Final = 75
MOST_CALLS_OF_GRAPHS: Final = 500
_AMBIGUOUS: Final = 300
_METHODS: Final = ("GET", "POST", "PATCH", "PUT", "DELETE")
_LONGEST_URL: Final = 100_000
_DEEPEST: Final = 50
"""Of what is inside of what in a body: deeper than any record is."""
_MOST_FILLED_IN: Final = 1_000_000
"""In characters: what references are replaced with, in all of a call."""

_REFERENCE_ID: Final = re.compile(r"[A-Za-z0-9_]{1,80}", re.ASCII)
_REFERENCE: Final = re.compile(
    r"@\{(?P<id>[A-Za-z0-9_]+)(?P<path>(?:\.[A-Za-z0-9_]+|\[[0-9]{1,5}\])+)\}"
)
_STEP: Final = re.compile(r"\.([A-Za-z0-9_]+)|\[([0-9]+)\]")
_HEADER: Final = re.compile(r"(?:If|Sforce)-[A-Za-z-]+", re.IGNORECASE)
"""The headers that a call inside another may have of its own."""


@dataclass(frozen=True, slots=True)
class Call:
    """One of several calls."""

    method: str
    url: str
    body: Any = None
    reference: str = ""
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Answer:
    """What one of them is answered with."""

    status: int
    body: Any
    headers: Mapping[str, str] = field(default_factory=dict)

    @property
    def failed(self) -> bool:
        """Whether nothing came of it: refused, or several records fit instead of one (300), or many
        records of which none was written."""
        return (
            self.status >= 400
            or self.status == _AMBIGUOUS
            or (
                isinstance(self.body, list)
                and bool(self.body)
                and all(
                    isinstance(one, Mapping) and one.get("success") is False for one in self.body
                )
            )
        )


def refusal(problem: CallFailed) -> Answer:
    """What a call is answered with that isn't even made."""
    return Answer(problem.status, [one.entry() for one in problem.problems])


def halted(message: str) -> Answer:
    """What a call is answered with that others kept from being made, or from lasting."""
    return refusal(CallFailed(Problem("PROCESSING_HALTED", message)))


# --- Reading ------------------------------------------------------------------------------------


def read_composite(body: Any, most: int = MOST_CALLS) -> tuple[list[Call], bool]:
    """The calls, and whether all of them or none are meant. Raises ``CallFailed``."""
    calls = [_composite_call(one) for one in _listed(body, "compositeRequest", most)]
    seen: set[str] = set()
    for call in calls:
        if call.reference in seen:
            raise _invalid(f"referenceId {call.reference} is used twice: each call has its own.")
        seen.add(call.reference)
    return calls, flag(body.get("allOrNone"), "allOrNone")


def read_batch(body: Any) -> tuple[list[Call], bool]:
    """The calls, and whether the first one that fails is the last one. Raises ``CallFailed``."""
    calls = [
        _call(one, body=one.get("richInput")) for one in _listed(body, "batchRequests", MOST_CALLS)
    ]
    return calls, flag(body.get("haltOnError"), "haltOnError")


def read_graphs(body: Any) -> list[tuple[str, list[Call]]]:
    """Calls by graph, each of which is done as a whole. Raises ``CallFailed``."""
    graphs = []
    for number, one in enumerate(_listed(body, "graphs", MOST_GRAPHS)):
        calls, _ = read_composite(one, MOST_CALLS_OF_GRAPHS)
        graphs.append((str(one.get("graphId", number))[:80], calls))
    if sum(len(calls) for _, calls in graphs) > MOST_CALLS_OF_GRAPHS:
        raise _too_many(MOST_CALLS_OF_GRAPHS)
    return graphs


def _listed(body: Any, name: str, most: int) -> Sequence[Mapping[str, Any]]:
    found = body.get(name) if isinstance(body, Mapping) else None
    if not isinstance(found, list) or not all(isinstance(one, Mapping) for one in found):
        message = f"The body must be a JSON object that lists JSON objects as {name}."
        raise CallFailed(Problem("JSON_PARSER_ERROR", message))
    if not found:
        raise _invalid(f"{name} lists nothing.")
    if len(found) > most:
        raise _too_many(most)
    return found


def _composite_call(one: Mapping[str, Any]) -> Call:
    reference = one.get("referenceId")
    if not isinstance(reference, str) or not _REFERENCE_ID.fullmatch(reference):
        raise _invalid("Each call needs a referenceId of letters, digits and underscores.")
    headers = one.get("httpHeaders") or {}
    if not isinstance(headers, Mapping):
        raise _invalid("httpHeaders must be a JSON object of texts.")
    wanted = {
        name: value
        for name, value in headers.items()
        if isinstance(value, str) and _HEADER.fullmatch(name) and value.isprintable()
    }
    return _call(one, body=one.get("body"), reference=reference, headers=wanted)


def _call(one: Mapping[str, Any], **more: Any) -> Call:
    method, url = one.get("method"), one.get("url")
    if not isinstance(method, str) or method.upper() not in _METHODS:
        raise _invalid(f"The method of each call is one of {', '.join(_METHODS)}.")
    if not isinstance(url, str) or not 0 < len(url) <= _LONGEST_URL:
        raise _invalid("Each call needs a url, such as /services/data/v59.0/sobjects/Promotion.")
    _check_depth(more["body"])
    return Call(method.upper(), url, **more)


def _check_depth(value: Any, levels: int = 0) -> None:
    if levels > _DEEPEST:
        raise _invalid(f"The body of a call has at most {_DEEPEST} levels.")
    if isinstance(value, Mapping | list):
        for inner in value.values() if isinstance(value, Mapping) else value:
            _check_depth(inner, levels + 1)


def _invalid(message: str) -> CallFailed:
    return CallFailed(Problem("INVALID_INPUT", message))


def _too_many(most: int) -> CallFailed:
    message = f"limit of {most} reached. Send the rest in another request."
    return CallFailed(Problem("EXCEEDED_MAX_SIZE_REQUEST", message))


# --- References ---------------------------------------------------------------------------------


class References:
    """What the calls so far answered, for later ones to name: ``@{account.id}``,
    ``@{found.records[0].Id}``."""

    def __init__(self) -> None:
        self._bodies: dict[str, Any] = {}
        self._room = _MOST_FILLED_IN

    def add(self, call: Call, answer: Answer) -> None:
        """Keeps an answer; one that failed can't be named."""
        if not answer.failed:
            self._bodies[call.reference] = answer.body

    def in_url(self, url: str) -> str:
        """The address with each reference replaced, encoded. Raises ``CallFailed``."""
        return _REFERENCE.sub(lambda match: quote(self._text(match), safe=""), url)

    def in_body(self, value: Any) -> Any:
        """The body with each reference in a text replaced; one that is all of the text keeps its
        type. Raises ``CallFailed``."""
        if isinstance(value, Mapping):
            return {name: self.in_body(inner) for name, inner in value.items()}
        if isinstance(value, list):
            return [self.in_body(inner) for inner in value]
        if not isinstance(value, str) or "@{" not in value:
            return value
        if whole := _REFERENCE.fullmatch(value):
            self._text(whole)
            return self._value(whole)
        return _REFERENCE.sub(self._text, value)

    def _text(self, match: re.Match[str]) -> str:
        value = self._value(match)
        text = str(value).lower() if isinstance(value, bool) else str(value)
        self._room -= len(text)
        if self._room < 0:
            message = "What the references stand for is too long. Send the calls one by one."
            raise CallFailed(Problem("EXCEEDED_MAX_SIZE_REQUEST", message))
        return text

    def _value(self, match: re.Match[str]) -> Any:
        value = self._bodies.get(match["id"])
        for name, number in _STEP.findall(match["path"]):
            value = _item(value, int(number)) if number else _member(value, name)
        if value is None or isinstance(value, Mapping | list):
            message = (
                f"Invalid reference specified. No value for {match['id']}{match['path']} found "
                f"in {match['id']}"
            )
            raise CallFailed(Problem("PROCESSING_HALTED", message[:500]))
        return value


def _item(value: Any, number: int) -> Any:
    return value[number] if isinstance(value, list) and number < len(value) else None


def _member(value: Any, name: str) -> Any:
    """The value of this name; where there is none, in any case of letters: what was made has an
    ``id``, what was read an ``Id``."""
    if not isinstance(value, Mapping):
        return None
    if name in value:
        return value[name]
    return next((found for key, found in value.items() if key.lower() == name.lower()), None)
