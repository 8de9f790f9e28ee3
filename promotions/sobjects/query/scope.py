"""Who asks what of which object, and what the names in a query mean there."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from django.db.models import QuerySet

from promotions.actors import Actor
from promotions.sobjects.declare import SObject, require_read, sobject
from promotions.sobjects.paths import Reached, UnknownName, entity_of, reach
from promotions.sobjects.query.problems import unknown_name, unknown_object
from promotions.sobjects.soql import tree


@dataclass(frozen=True, slots=True)
class Scope:
    """One query, or one inside another: its object, and who asks when."""

    sobject: SObject
    by: Actor
    at: datetime
    all_rows: bool = False
    """Whether deleted records are there, too."""
    own_names: frozenset[str] = frozenset()
    """What may stand before the object's own fields, in small letters."""
    reached: dict[tuple[str, ...], Reached] = field(default_factory=dict)
    """What has been looked up, by the names in small letters."""

    def reach(self, path: tree.Path) -> Reached:
        """The field that a path leads to; ``INVALID_FIELD`` where there is none. Raises
        ``Refused`` where ``by`` may not read an object on the way."""
        return self.reach_parts(path.parts, path.position)

    def reach_parts(self, parts: Sequence[str], position: int | None = None) -> Reached:
        if len(parts) > 1 and parts[0].lower() in self.own_names:
            parts = parts[1:]
        names = tuple(part.lower() for part in parts)
        if names not in self.reached:
            try:
                found = reach(self.sobject, parts)
                for length in range(1, len(parts)):
                    for entity in entity_of(self.sobject, parts[:length]):
                        require_read(entity, self.by)
            except UnknownName as error:
                raise unknown_name(error, position) from error
            self.reached[names] = found
        return self.reached[names]

    def rows(self) -> "QuerySet[Any, Any]":
        """The records that there are for who asks, in no order."""
        rows = self.sobject.rows(self.by).order_by()
        deleted = self.sobject.deleted_column
        return rows if self.all_rows or deleted is None else rows.filter(**{deleted: False})

    def inside(self, one: SObject, query: tree.Query) -> "Scope":
        """The scope of a query of ``one`` inside this one. Raises ``Refused`` where it may not be
        read."""
        require_read(one, self.by)
        return replace(self, sobject=one, own_names=_names(one, query), reached={})


def scope_of(query: tree.Query, by: Actor, at: datetime, *, all_rows: bool = False) -> Scope:
    """The scope of a whole query. ``INVALID_TYPE`` for an unknown object; raises ``Refused`` where
    ``by`` may not read it."""
    one = named(query)
    require_read(one, by)
    return Scope(one, by, at, all_rows, _names(one, query))


def scope_in(one: SObject, by: Actor, at: datetime, *, all_rows: bool = False) -> Scope:
    """The scope of conditions on an object without a query around them."""
    require_read(one, by)
    return Scope(one, by, at, all_rows, frozenset({one.name.lower()}))


def named(query: tree.Query) -> SObject:
    """The object that a query is of."""
    one = sobject(query.source)
    if one is None:
        raise unknown_object(query.source, query.source_position)
    return one


def _names(one: SObject, query: tree.Query) -> frozenset[str]:
    return frozenset(n.lower() for n in (one.name, query.source, query.alias) if n)
