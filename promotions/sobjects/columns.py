"""From declared fields to what a database is asked for, and from its values to JSON.

Whatever shows a record (retrieve, query, search, bulk results) reads it by these, so that a field
looks the same everywhere; whatever compares or sorts does so by ``expressions``.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from functools import partial
from typing import Any, Final

import orjson
from django.db.models import Case, F, OuterRef, Q, QuerySet, Subquery, When
from django.db.models.expressions import Combinable

from promotions import ids
from promotions.actors import Actor
from promotions.dictionary import Field
from promotions.models import RecordView
from promotions.numbers import record_number
from promotions.sobjects.declare import SObject
from promotions.sobjects.paths import Place, Reached, targets_of

Render = Callable[[Any], Any]
"""From a value as Django has it, never None, to what JSON has."""


@dataclass(frozen=True, slots=True)
class Column:
    """What one selected field asks the database for, and how that is shown."""

    expressions: tuple[Combinable, ...]
    renders: tuple[Render | None, ...]
    """For each expression; None: the value is shown as it is. The first that is not null counts."""

    def show(self, values: Sequence[Any]) -> Any:
        """What JSON has of the values of ``expressions``."""
        for value, render in zip(values, self.renders, strict=True):
            if value is not None:
                return value if render is None else render(value)
        return None


def column_of(reached: Reached, by: Actor) -> Column:
    """How the field that a path leads to is read by ``by``: what one may not see is null."""
    parts = [part for place, field in reached.at for part in _parts(place, field, by)]
    return Column(tuple(e for e, _ in parts), tuple(render for _, render in parts))


def expressions_of(reached: Reached, by: Actor) -> list[Combinable]:
    """What is compared, sorted and grouped by: the first of these that is not null."""
    return list(column_of(reached, by).expressions)


def _parts(place: Place, field: Field, by: Actor) -> list[tuple[Combinable, Render | None]]:
    if field.sources:
        return [
            (
                guarded(place, F(place.lookup(f"{column}_id")), by, (column, target, field)),
                partial(ids.encode, target.key_prefix),
            )
            for column, target in targets_of(field)
        ]
    return [(guarded(place, _expression(place, field, by), by), renderer(place.sobject, field))]


def _expression(place: Place, field: Field, by: Actor) -> Combinable:
    if field.expression is not None:
        value = field.expression(place.path)
        # Put together of nothing it would still be something.
        is_there = Q(**{place.lookup("pk__isnull"): False})
        return Case(When(is_there, then=value), default=None) if place.path else value
    if field.path is not None:
        return F(place.lookup(field.path))
    # When somebody viewed a record is kept beside the records, for each user.
    views = RecordView.objects.filter(
        user=by.user.pk,
        key_prefix=place.sobject.key_prefix,
        record_key=OuterRef(place.lookup("pk")),
    )
    return Subquery(views.values(field.attribute))


def guarded(
    place: Place,
    value: Combinable,
    by: Actor,
    reference: tuple[str, SObject, Field] | None = None,
) -> Combinable:
    """``value``, and null where it would tell of what ``by`` may not see."""
    steps = list(place.steps)
    if reference is not None and reference[0] not in place.sobject.seen_with:
        steps.append((place.lookup(reference[0]), reference[1]))
    hidden = [
        Q(**{f"{lookup}__in": rows})
        for lookup, target in steps
        if is_restricted(rows := target.rows(by))
    ]
    if not hidden:
        return value
    seen = hidden[0]
    for one in hidden[1:]:
        seen &= one
    return Case(When(seen, then=value), default=None)


def is_restricted(rows: "QuerySet[Any, Any]") -> bool:
    """Whether these are not simply all."""
    return bool(rows.query.where)


# --- From values to JSON ------------------------------------------------------------------------


def format_wire_moment(moment: datetime) -> str:
    """``2026-05-01T00:00:00.000+0000``: existing clients know a moment by exactly that form."""
    if moment.tzinfo is not UTC:
        moment = moment.astimezone(UTC)
    return moment.isoformat(timespec="milliseconds")[:-6] + "+0000"


def _as_text(value: Any) -> str:
    return value if isinstance(value, str) else orjson.dumps(value).decode()


def _number(value: Decimal | float) -> float:
    return float(value)


_RENDERS: Final[dict[str, Render]] = {
    "dateTime": format_wire_moment,
    "date": date.isoformat,
    "double": _number,
    "currency": _number,
    "percent": _number,
    "textarea": _as_text,
}


def renderer(one: SObject, field: Field) -> Render | None:
    """How a value of the field is shown; None: as it is."""
    if field.type == "id":
        return partial(ids.encode, one.key_prefix)
    if field.auto_number:
        return partial(record_number, one.number_letters)
    return _RENDERS.get(field.type)


def render_typed(type_: str) -> Render | None:
    """How a value of a type of the dictionary is shown, where it is no field's own: of a sum, of
    the year of a date."""
    return _RENDERS.get(type_)
