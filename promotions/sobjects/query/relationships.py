"""Which records name those of an object, by the name of that relationship."""

from dataclasses import dataclass

from promotions.dictionary import Field
from promotions.sobjects.declare import SObject, children_of
from promotions.sobjects.query.problems import invalid_field
from promotions.sobjects.soql import tree


@dataclass(frozen=True, slots=True)
class Relationship:
    """Records of ``child`` name the others by ``field``."""

    child: SObject
    field: Field
    name: str
    """As it is declared: ``PromotionTiers``."""


def relationship(parent: SObject, query: tree.Query) -> Relationship:
    """What a query of children is of. ``INVALID_FIELD`` where there is no such relationship."""
    wanted = query.source.lower().removeprefix(f"{parent.name.lower()}.")
    for child, field, name in children_of(parent):
        if name is not None and name.lower() == wanted:
            return Relationship(child, field, name)
    raise invalid_field(
        f"Didn't understand relationship '{query.source}' in FROM part of query call. If you are "
        "attempting to use a custom relationship, be sure to append the '__r' after the custom "
        "relationship name. Please reference your WSDL or the describe call for the appropriate "
        "names.",
        query.source_position,
    )
