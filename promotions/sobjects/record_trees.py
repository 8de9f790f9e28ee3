"""Records with what is under them, made by one call: all of them, or none.

Source: the client contract, section 2, "batch / tree".
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from promotions.actors import Actor
from promotions.dictionary import Field
from promotions.sobjects import records
from promotions.sobjects.collections import MOST_WRITTEN, check_number, run, sobject_named
from promotions.sobjects.declare import SObject, children_of, require_read
from promotions.sobjects.errors import CallFailed, Problem
from promotions.sobjects.records import Saved

_DEEPEST: Final = 5
_PARENT_FAILED: Final = "PARENT_FAILED"
"""Marks what wasn't tried; never shown."""

Children = Mapping[str, Sequence[tuple[SObject, Field]]]
"""By what they are called, in small letters: the objects of what is under a record, each with the
reference that leads to it."""


Pending = tuple[Mapping[str, Any], SObject, str | None, Field | None]
"""A record, which object it must be of, and, below the top, its parent's name and the reference
that leads there."""


@dataclass(frozen=True, slots=True)
class Node:
    """One record, and which other it is under."""

    reference: str
    sobject: SObject
    body: Mapping[str, Any]
    parent: str | None = None
    by: Field | None = None
    """The reference that leads to the parent."""


def read_trees(one: SObject, body: Any, *, by: Actor) -> list[Node]:
    """The records that a body lists for the object ``one``, those at the top first. Raises
    ``CallFailed`` where it can't be told what is meant."""
    level: list[Pending] = [(record, one, None, None) for record in _listed(body, "The body")]
    nodes: list[Node] = []
    relations: dict[str, Children] = {}
    for _ in range(_DEEPEST):
        below: list[Pending] = []
        for record, expected, parent, reference in level:
            node, children = _node(record, expected, parent, reference, by, relations)
            nodes.append(node)
            below += children
        check_number([*nodes, *below], MOST_WRITTEN)
        if not below:
            _check_references(nodes)
            return nodes
        level = below
    raise _invalid(f"Records are at most {_DEEPEST} levels deep.")


def _node(
    record: Mapping[str, Any],
    expected: SObject,
    parent: str | None,
    reference: Field | None,
    by: Actor,
    relations: dict[str, Children],
) -> tuple[Node, list[Pending]]:
    name = _reference_id(record)
    known = relations.setdefault(expected.name, _children(expected))
    values: dict[str, Any] = {}
    below: list[Pending] = []
    for key, value in record.items():
        candidates = known.get(key.lower())
        if candidates is None or not isinstance(value, Mapping):
            values[key] = value
            continue
        for inner in _listed(value, key):
            child, field = _candidate(candidates, inner, by)
            below.append((inner, child, name, field))
    if sobject_named(record, by, default=expected) is not expected:
        raise _invalid(f"{name} must be a {expected.name}: its attributes name another object.")
    return Node(name, expected, values, parent, reference), below


def _candidate(
    candidates: Sequence[tuple[SObject, Field]], record: Mapping[str, Any], by: Actor
) -> tuple[SObject, Field]:
    said = sobject_named(record, by, default=candidates[0][0])
    return next((one for one in candidates if one[0] is said), candidates[0])


def _children(one: SObject) -> Children:
    found: dict[str, list[tuple[SObject, Field]]] = {}
    for child, field, name in children_of(one):
        if name is not None:
            found.setdefault(name.lower(), []).append((child, field))
    return found


def _listed(body: Any, what: str) -> Iterator[Mapping[str, Any]]:
    found = body.get("records") if isinstance(body, Mapping) else None
    if not isinstance(found, list) or not all(isinstance(one, Mapping) for one in found):
        message = f"{what[:80]} must be a JSON object that lists JSON objects as records."
        raise CallFailed(Problem("JSON_PARSER_ERROR", message))
    return iter(found)


def _reference_id(record: Mapping[str, Any]) -> str:
    attributes = record.get("attributes")
    name = attributes.get("referenceId") if isinstance(attributes, Mapping) else None
    if not isinstance(name, str) or not name:
        raise _invalid(
            'Each record needs a name of its own: "attributes": {"type": "Account", '
            '"referenceId": "a1"}.'
        )
    return name[:255]


def _check_references(nodes: Sequence[Node]) -> None:
    seen: set[str] = set()
    for node in nodes:
        if node.reference in seen:
            raise _invalid(f"referenceId {node.reference[:80]} is used twice.")
        seen.add(node.reference)


def _invalid(message: str) -> CallFailed:
    return CallFailed(Problem("INVALID_INPUT", message))


def create_trees(
    nodes: Sequence[Node], *, by: Actor, at: datetime
) -> tuple[bool, list[dict[str, Any]]]:
    """Makes the records: whether they are made, and the id of each, or what is wrong with some."""

    def create(node: Node, made: dict[Any, Any]) -> Saved:
        body = dict(node.body)
        if node.by is not None:
            if node.parent not in made:
                raise CallFailed(Problem(_PARENT_FAILED, ""))
            body[node.by.name] = made[node.parent]
        require_read(node.sobject, by)
        made[node.reference] = records.create(node.sobject, body, by=by, at=at)
        return Saved(made[node.reference], created=True)

    saved = run(create, nodes, True)
    if not any(one.problems for one in saved):
        return True, [
            {"referenceId": node.reference, "id": one.id}
            for node, one in zip(nodes, saved, strict=True)
        ]
    return False, [
        {"referenceId": node.reference, "errors": [p.result() for p in one.problems]}
        for node, one in zip(nodes, saved, strict=True)
        if one.problems[0].code not in (_PARENT_FAILED, "ALL_OR_NONE_OPERATION_ROLLED_BACK")
    ]
