"""What rows are ordered by, and what comes behind a row.

Nulls come first unless it is said otherwise, whatever the direction; what is equal is ordered by
id, so that every order is a whole one. Source: the client contract, section 5.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import BooleanField, F, Func, Q, Value
from django.db.models.expressions import Combinable
from django.db.models.functions import Coalesce, Lower
from django.db.models.lookups import Exact, GreaterThan, IsNull, LessThan
from django.db.models.sql.compiler import SQLCompiler

from promotions.sobjects.query import comparing
from promotions.sobjects.query.operands import (
    Operand,
    Part,
    all_of,
    any_of,
    as_q,
    kind_of_target,
    operand_of,
    path_of,
)
from promotions.sobjects.query.problems import invalid_field, malformed
from promotions.sobjects.query.scope import Scope
from promotions.sobjects.soql import tree

_BY_ID: Final = "pk"


@dataclass(frozen=True, slots=True)
class Key:
    """One of the values that rows are ordered by."""

    value: Any
    descending: bool = False
    nulls_last: bool = False
    never_null: bool = False
    is_moment: bool = False

    @property
    def order(self) -> Any:
        """As a queryset is ordered by it."""
        # Where there are no nulls, saying where they go would only hide an index from PostgreSQL.
        nulls: dict[str, Any] = {}
        if not self.never_null:
            nulls = {"nulls_last": True} if self.nulls_last else {"nulls_first": True}
        return self.value.desc(**nulls) if self.descending else self.value.asc(**nulls)


def keys_of(scope: Scope, orderings: Sequence[tree.Ordering]) -> list[Key]:
    """What a query is ordered by; the id last. ``INVALID_FIELD`` for what can't be sorted by."""
    keys: list[Key] = []
    for ordering in orderings:
        if not isinstance(ordering.expression, tree.Path):
            call = ordering.expression
            message = f"Only a query with GROUP BY can be ordered by {call.name}."
            raise malformed(message, call.position)
        operand = sortable(scope, ordering.expression)
        # What is the same for all has no place in an order.
        keys += [k for k in keys_of_operand(operand, ordering) if not isinstance(k.value, Value)]
    if not any(is_own_id(key) for key in keys):
        # In the same direction as what it follows, so that one index has both.
        keys.append(Key(F(_BY_ID), keys[-1].descending if keys else False, never_null=True))
    return keys


def is_own_id(key: Key) -> bool:
    return path_of(key.value) in ("pk", "id")


def sortable(scope: Scope, path: tree.Path) -> Operand:
    reached = scope.reach(path)
    if not reached.field.sortable:
        message = f"field '{reached.name}' can not be sorted in a query call"
        raise invalid_field(message, path.position)
    return operand_of(scope, reached)


def keys_of_operand(operand: Operand, ordering: tree.Ordering) -> list[Key]:
    """What it takes to order by a value."""
    values = [kind_of_target(operand)] if _is_of_several_objects(operand) else []
    values.append(_sorted_by(operand))
    descending, nulls_last = ordering.descending, ordering.nulls_last
    is_moment = operand.type == "dateTime"
    return [Key(v, descending, nulls_last, operand.never_null, is_moment) for v in values]


def _is_of_several_objects(operand: Operand) -> bool:
    return comparing.kind(operand) == "id" and len(operand.parts) > 1


def _sorted_by(operand: Operand) -> Combinable:
    parts = [_sorted_part(operand, part) for part in operand.parts]
    return parts[0] if len(parts) == 1 else Coalesce(*parts)


def _sorted_part(operand: Operand, part: Part) -> Combinable:
    if isinstance(part.value, Value):
        return part.value
    as_it_is = part.is_folded or operand.type in ("picklist", "textarea")
    if comparing.kind(operand) != "text" or as_it_is or comparing.is_exact(part):
        return part.compared
    return Lower(part.value)


# --- Behind a row -------------------------------------------------------------------------------


class _RowComparison(Func):
    """``(a, b) > (x, y)``: what an index over both answers in one look-up."""

    output_field = BooleanField()

    def __init__(self, *sides: Combinable, operator: str) -> None:
        self.operator = operator
        super().__init__(*sides)

    def as_sql(  # type: ignore[override]  # Func's takes the parts of a function call besides
        self, compiler: SQLCompiler, connection: BaseDatabaseWrapper, **context: Any
    ) -> tuple[str, list[Any]]:
        compiled = [compiler.compile(expression) for expression in self.get_source_expressions()]
        half = len(compiled) // 2
        left = ", ".join(sql for sql, _ in compiled[:half])
        right = ", ".join(sql for sql, _ in compiled[half:])
        return f"({left}) {self.operator} ({right})", [p for _, ps in compiled for p in ps]


def behind(keys: Sequence[Key], values: Sequence[Any]) -> Q:
    """What comes behind the row that has these ``values`` of ``keys``."""
    if len(keys) == 1:
        return Q(_behind_one(keys[0], values[0]))
    if all(key.never_null for key in keys) and len({key.descending for key in keys}) == 1:
        sides = [*(key.value for key in keys), *(Value(value) for value in values)]
        return Q(_RowComparison(*sides, operator="<" if keys[0].descending else ">"))
    found = []
    for place, key in enumerate(keys):
        same = [_same(*pair) for pair in zip(keys[:place], values[:place], strict=True)]
        found.append(all_of([*same, _behind_one(key, values[place])]))
    return as_q(any_of(found))


def _same(key: Key, value: Any) -> Q:
    return Q(IsNull(key.value, True)) if value is None else Q(Exact(key.value, Value(value)))


def _behind_one(key: Key, value: Any) -> Q | bool:
    if value is None:
        return False if key.nulls_last else Q(IsNull(key.value, False))
    lookup = LessThan if key.descending else GreaterThan
    further = Q(lookup(key.value, Value(value)))
    if key.never_null or not key.nulls_last:
        return further
    return any_of([further, Q(IsNull(key.value, True))])
