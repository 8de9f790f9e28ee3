"""What stands on the left of a comparison: where its value may be, and of what kind it is."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from django.db import models
from django.db.models import Case, F, Q, Value, When
from django.db.models.expressions import Combinable
from django.db.models.functions import Coalesce
from django.db.models.lookups import IsNull

from promotions.dictionary import Field
from promotions.sobjects.columns import column_of, guarded, is_restricted
from promotions.sobjects.declare import SObject
from promotions.sobjects.paths import Place, Reached, targets_of
from promotions.sobjects.query.scope import Scope

Truth = Q | bool
"""A condition; or a constant, of which nothing has to be asked."""

NUMBERS: Final = frozenset({"int", "double", "currency", "percent"})


def path_of(value: Any) -> str | None:
    """What a query reads a value by, where that is a column and nothing more."""
    return str(getattr(value, "name", "")) if isinstance(value, F) else None


@dataclass(frozen=True, slots=True)
class Part:
    """One of the places where a value may be."""

    value: Combinable
    compared: Combinable
    """The same folded, where the database keeps it so; else ``value``."""
    is_folded: bool = False
    column: "models.Field[Any, Any] | None" = None
    """The model's field that has it, where one has."""
    target: SObject | None = None
    """Of ids, the object whose key it is."""
    never_null: bool = False
    field: Field | None = None


@dataclass(frozen=True, slots=True)
class Operand:
    """A value, at the first of its parts that is not null."""

    name: str
    """As messages call it."""
    type: str
    """In the dictionary's words, and ``number name`` for a record's number."""
    parts: tuple[Part, ...]
    labelled: bool = False
    """Whether a picklist's labels are compared instead of its values."""

    @property
    def is_null(self) -> Truth:
        if any(part.never_null for part in self.parts):
            return False
        return all_of(is_null(part) for part in self.parts)

    @property
    def never_null(self) -> bool:
        return any(part.never_null for part in self.parts)


def is_null(part: Part) -> Truth:
    return False if part.never_null else Q(IsNull(part.value, True))


def is_there(part: Part) -> Truth:
    return True if part.never_null else Q(IsNull(part.value, False))


def operand_of(scope: Scope, reached: Reached) -> Operand:
    """The value of a field."""
    field = reached.field
    type_ = "number name" if field.auto_number else field.type
    parts = [part for place, one in reached.at for part in _parts(scope, place, one, reached)]
    return Operand(".".join(reached.names), type_, tuple(parts))


def _parts(scope: Scope, place: Place, field: Field, reached: Reached) -> list[Part]:
    values = column_of(Reached(reached.names, ((place, field),)), scope.by).expressions
    if field.sources:
        return [
            _part(scope, place, field, f"{column}_id", value, target)
            for (column, target), value in zip(targets_of(field), values, strict=True)
        ]
    target = place.sobject if field.type == "id" else None
    return [_part(scope, place, field, field.path, value, target) for value in values]


def _part(
    scope: Scope,
    place: Place,
    field: Field,
    path: str | None,
    value: Combinable,
    target: SObject | None,
) -> Part:
    compared = value
    if field.folded is not None and not field.auto_number:
        compared = guarded(place, F(place.lookup(field.folded)), scope.by)
    lookup = None if path is None or not isinstance(value, F) else place.lookup(path)
    column, never_null = (None, False) if lookup is None else _column(scope, lookup)
    return Part(value, compared, compared is not value, column, target, never_null, field)


def _column(scope: Scope, lookup: str) -> tuple["models.Field[Any, Any]", bool]:
    """The model's field at the end of a look-up, and whether it has a value for every record."""
    model: Any = scope.sobject.model
    never_null = True
    column: Any = None
    for name in lookup.split("__"):
        column = model._meta.pk if name == "pk" else model._meta.get_field(name)
        never_null = never_null and not column.null
        model = column.related_model
    return column, never_null


def joined(operand: Operand) -> Combinable:
    """The value as one expression: what is grouped and aggregated."""
    if len(operand.parts) == 1:
        return operand.parts[0].value
    return Coalesce(*(part.value for part in operand.parts))


def kind_of_target(operand: Operand) -> Combinable:
    """Of ids of several objects, which one's it is."""
    cases = [
        When(IsNull(part.value, False), then=Value(part.target.key_prefix if part.target else ""))
        for part in operand.parts
    ]
    return Case(*cases, default=Value(None), output_field=models.CharField())


def restricted(one: SObject, scope: Scope) -> bool:
    return is_restricted(one.rows(scope.by))


# --- Conditions with constants ------------------------------------------------------------------

NEVER: Final = Q(Value(False))
ALWAYS: Final = Q(Value(True))


def as_q(truth: Truth) -> Q:
    if isinstance(truth, bool):
        return ALWAYS if truth else NEVER
    return truth


def all_of(truths: Any) -> Truth:
    found: list[Q] = []
    for truth in truths:
        if truth is False:
            return False
        if truth is not True:
            found.append(truth)
    return _combined(found, Q.AND) if found else True


def any_of(truths: Any) -> Truth:
    found: list[Q] = []
    for truth in truths:
        if truth is True:
            return True
        if truth is not False:
            found.append(truth)
    return _combined(found, Q.OR) if found else False


def _combined(found: Sequence[Q], connector: str) -> Q:
    if len(found) == 1:
        return found[0]
    return Q(*found, _connector=connector)


def opposite(truth: Truth, operand: Operand) -> Truth:
    """What holds where ``truth``, which is never so of null, does not."""
    if isinstance(truth, bool):
        return not truth
    return any_of([~truth, operand.is_null])
