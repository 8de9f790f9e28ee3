"""From names to fields: a field of an object, or of one that its references lead to.

Names count in any case of letters. Source: the client contract, section 5: paths of up to five
parents; a reference that leads to one of several objects has the fields that any of them has.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from promotions.dictionary import Field
from promotions.sobjects.declare import SObject, sobject

MOST_PARENTS: Final = 5


class UnknownName(LookupError):
    """There is no such field, or no such relationship; ``name`` as it was written."""

    def __init__(self, entity: str, name: str, *, relationship: bool = False) -> None:
        super().__init__(name)
        self.entity = entity
        self.name = name
        self.relationship = relationship

    @property
    def message(self) -> str:
        """In the words that existing clients know."""
        if self.relationship:
            return (
                f"Didn't understand relationship '{self.name}' in field path. If you are attempting"
                " to use a custom relationship, be sure to append the '__r' after the custom "
                "relationship name."
            )
        return f"No such column '{self.name}' on entity '{self.entity}'."


@dataclass(frozen=True, slots=True)
class Place:
    """A record that a query comes across, seen from its own one."""

    sobject: SObject
    path: str = ""
    """The way there by the model's names, each step followed by two underscores."""
    steps: tuple[tuple[str, SObject], ...] = ()
    """The references on the way that may lead to what somebody may not see, each with its
    object."""

    def lookup(self, column: str) -> str:
        return self.path + column


@dataclass(frozen=True, slots=True)
class Reached:
    """A field that a path leads to: at each of the places where it may be."""

    names: tuple[str, ...]
    """The path in the spelling of the declarations: ``("Promotion", "Owner", "Name")``."""
    at: tuple[tuple[Place, Field], ...]

    @property
    def field(self) -> Field:
        return self.at[0][1]

    @property
    def name(self) -> str:
        return self.names[-1]


def reach(start: SObject, parts: Sequence[str]) -> Reached:
    """The field that a path leads to from the object ``start``. Raises ``UnknownName``."""
    places: list[Place] = [Place(start)]
    names: list[str] = []
    if len(parts) > MOST_PARENTS + 1:
        raise UnknownName(start.name, ".".join(parts), relationship=True)
    for part in parts[:-1]:
        name, places = _follow(places, part)
        names.append(name)
    found = [(p, field) for p in places if (field := p.sobject.field(parts[-1])) is not None]
    if not found:
        entity = places[0].sobject.name if len(places) == 1 else "Name"
        raise UnknownName(entity, parts[-1])
    return Reached((*names, found[0][1].name), tuple(found))


def entity_of(start: SObject, relationships: Sequence[str]) -> tuple[SObject, ...]:
    """The objects that a path of relationships leads to. Raises ``UnknownName``."""
    places = [Place(start)]
    for part in relationships:
        _, places = _follow(places, part)
    return tuple(place.sobject for place in places)


def targets_of(one: Field) -> list[tuple[str, SObject]]:
    """The columns of a reference in the order in which they count, each with the object it leads
    to; an object that is not declared leads nowhere."""
    return [
        (column, target)
        for column, name in zip(one.sources, _in_order(one), strict=True)
        if (target := sobject(name)) is not None
    ]


def _in_order(one: Field) -> Sequence[str]:
    # What a reference leads to is listed by name, its columns in the order in which they count.
    if len(one.sources) == len(one.reference_to):
        by_column = {name.lower(): name for name in one.reference_to}
        if all(column in by_column for column in one.sources):
            return [by_column[column] for column in one.sources]
    return one.reference_to


def _follow(places: Sequence[Place], name: str) -> tuple[str, list[Place]]:
    found: list[Place] = []
    spelled = name
    for place in places:
        for field in place.sobject.fields.values():
            if (field.relationship_name or "").lower() == name.lower():
                spelled = field.relationship_name or name
                found += [_step(place, column, target) for column, target in targets_of(field)]
    if not found:
        entity = places[0].sobject.name if len(places) == 1 else "Name"
        raise UnknownName(entity, name, relationship=True)
    return spelled, found


def _step(place: Place, column: str, target: SObject) -> Place:
    steps = place.steps
    if column not in place.sobject.seen_with:
        steps = (*steps, (place.lookup(column), target))
    return Place(target, f"{place.lookup(column)}__", steps)
