"""Queries whose rows are of many records: COUNT(), sums, groups and their subtotals.

Source: the client contract, section 5. Subtotals (ROLLUP, CUBE) are a query for each of the
groupings, of which there are at most eight.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from itertools import combinations
from typing import Any, Final

from django.db.models import Avg, CharField, Count, F, Max, Min, Sum, Value
from django.db.models.expressions import Combinable
from django.db.models.functions import Cast, Coalesce

from promotions import ids
from promotions.numbers import record_number
from promotions.sobjects.columns import column_of, render_typed
from promotions.sobjects.describe_fields import is_aggregatable
from promotions.sobjects.query.comparing import kind, letters_of
from promotions.sobjects.query.conditions import Conditions, rows_of
from promotions.sobjects.query.fetching import fetch_groups
from promotions.sobjects.query.formatting import format_of, label_of
from promotions.sobjects.query.functions import date_function
from promotions.sobjects.query.operands import NUMBERS, Operand, Part, as_q, joined, operand_of
from promotions.sobjects.query.ordering import Key, keys_of_operand
from promotions.sobjects.query.problems import Unfit, invalid_field, malformed
from promotions.sobjects.query.scope import Scope
from promotions.sobjects.soql import tree
from promotions.sobjects.soql.expressions import aggregated, counts_rows, folded

MOST_GROUPS: Final = 2000
"""Groups in an answer: they have no further pages."""

Render = Callable[[Any], Any]


def is_grouped(query: tree.Query) -> bool:
    """Whether the rows of a query are of many records; ``COUNT()`` has none at all."""
    return bool(query.group_by) or any(
        isinstance(selected, tree.Column) and aggregated(selected.expression)
        for selected in query.select
    )


def is_count(query: tree.Query) -> bool:
    """Whether it is ``SELECT COUNT() FROM …``."""
    return any(
        isinstance(selected, tree.Column) and counts_rows(selected.expression)
        for selected in query.select
    )


@dataclass(frozen=True, slots=True)
class Shown:
    """Something selected: by its name, from which value, and how."""

    name: str
    operand: Operand
    expression: tree.Expression
    renders: tuple[Render | None, ...]
    """For each part of the operand."""


@dataclass(frozen=True, slots=True)
class Group:
    """What a query groups by."""

    key: str
    """The same text for the same expression."""
    operand: Operand
    position: int


class Groups:
    """A query of groups, ready to be run."""

    def __init__(self, scope: Scope, query: tree.Query) -> None:
        self._scope, self._query = scope, query
        self._rows = rows_of(scope, query)
        self._groups = [self._group(expression) for expression in query.group_by]
        self.shown = list(self._selected())

    def records(self) -> list[dict[str, Any]]:
        """The groups as JSON objects. ``EXCEEDED_ID_LIMIT`` for more than can be answered."""
        query = self._query
        start = query.offset or 0
        most = MOST_GROUPS if query.limit is None else min(query.limit, MOST_GROUPS + 1)
        found = self._found(start + most + (query.limit is None))[start:]
        if len(found) > MOST_GROUPS:
            message = (
                "Aggregate query does not support queryMore(), use LIMIT to restrict the results "
                f"to a single batch of at most {MOST_GROUPS:,} groups"
            )
            raise Unfit("EXCEEDED_ID_LIMIT", message, query.source_position)
        return [self._record(row) for row in found]

    def _record(self, row: Mapping[str, Any]) -> dict[str, Any]:
        record: dict[str, Any] = {"attributes": {"type": "AggregateResult"}}
        for place, shown in enumerate(self.shown):
            record[shown.name] = None
            for index, render in enumerate(shown.renders):
                value = row.get(f"s{place}_{index}")
                if value is not None:
                    record[shown.name] = value if render is None else render(value)
                    break
        return record

    def _found(self, most: int) -> list[Mapping[str, Any]]:
        """The first rows in order, with what is selected by its place."""
        if not self._query.group_by:
            return [self._total()][:most]
        if self._query.grouping is tree.Grouping.PLAIN:
            return list(self._grouped(range(len(self._groups)), most))
        found: list[Mapping[str, Any]] = []
        for chosen in self._groupings():
            found += self._grouped(chosen, most)
        found.sort(key=self._place)
        return found[:most]

    def _groupings(self) -> Iterator[Sequence[int]]:
        """Which of the groups each grouping has."""
        every = range(len(self._groups))
        if self._query.grouping is tree.Grouping.ROLLUP:
            yield from (range(length) for length in reversed(range(len(every) + 1)))
        else:
            for length in reversed(range(len(every) + 1)):
                yield from combinations(every, length)

    # --- One statement --------------------------------------------------------------------------

    def _total(self) -> Mapping[str, Any]:
        """Of all records together."""
        asked = {
            f"s{place}_{index}": part.value
            for place, shown in enumerate(self.shown)
            for index, part in enumerate(shown.operand.parts)
        }
        found: Mapping[str, Any] = self._rows.aggregate(**asked)
        return found

    def _grouped(self, chosen: Sequence[int], most: int) -> Iterator[Mapping[str, Any]]:
        """The groups of one grouping, in order."""
        statement = _Statement(self, chosen)
        rows = self._rows
        if chosen:
            rows = rows.values(**statement.groups)
        else:
            rows = rows.annotate(g_all=Value(1)).values("g_all")
        rows = rows.annotate(records_=Count("pk"))  # which makes the database group
        rows = rows.annotate(**statement.values)
        if self._query.having is not None:
            condition = Conditions(self._scope, statement.find).truth(self._query.having)
            if condition is not True:
                rows = rows.filter(as_q(condition))
        names = ["records_", *statement.groups, *statement.values]
        for values in fetch_groups(rows.order_by(*statement.order).values_list(*names)[:most]):
            row = dict(zip(names, values, strict=True))
            yield {**row, **{name: row[group] for name, group in statement.same.items()}}

    def _place(self, row: Mapping[str, Any]) -> list[Any]:
        """Where a row comes among those of all groupings."""
        return [
            _Placed(row.get(f"o{index}"), key.descending, key.nulls_last)
            for index, key in enumerate(self.keys())
        ]

    # --- What things are ------------------------------------------------------------------------

    def keys(self, find: "Callable[[tree.Expression], Operand] | None" = None) -> list[Key]:
        """What the groups are ordered by: at last by what they are grouped by."""
        find = find or self.operand
        keys = []
        for ordering in self._query.order_by:
            keys += keys_of_operand(find(self._meant(ordering.expression)), ordering)
        # Subtotals come behind what they are of.
        nulls_last = self._query.grouping is not tree.Grouping.PLAIN
        for expression in self._query.group_by:
            ordering = tree.Ordering(expression, nulls_last=nulls_last)
            keys += keys_of_operand(find(expression), ordering)
        return keys

    def _meant(self, expression: tree.Expression) -> tree.Expression:
        """What an alias stands for, where it is one."""
        for selected in self._query.select:
            if (
                isinstance(selected, tree.Column)
                and selected.alias is not None
                and str(expression).lower() == selected.alias.lower()
                and isinstance(expression, tree.Path)
            ):
                return selected.expression
        return expression

    def _group(self, expression: tree.Expression) -> Group:
        key = self.key(expression)
        if isinstance(expression, tree.Call):
            return Group(key, date_function(self._scope, expression), expression.position)
        reached = self._scope.reach(expression)
        if not reached.field.groupable:
            message = f"field '{reached.name}' can not be grouped in a query call"
            raise invalid_field(message, expression.position)
        return Group(key, operand_of(self._scope, reached), expression.position)

    def key(self, expression: tree.Expression | None) -> str:
        return folded(expression, self._scope.own_names)

    @property
    def groups(self) -> Sequence[Group]:
        return self._groups

    def operand(self, expression: tree.Expression) -> Operand:
        """The value of a group, of an aggregate, or of ``GROUPING(field)`` where all are there."""
        key = self.key(expression)
        for group in self._groups:
            if group.key == key:
                return group.operand
        if isinstance(expression, tree.Call) and expression.name in tree.AGGREGATES:
            return aggregate(self._scope, expression)
        if isinstance(expression, tree.Call) and expression.name == "GROUPING":
            zero = Value(0)
            return Operand("GROUPING", "int", (Part(zero, zero),))
        raise malformed(f"Field must be grouped or aggregated: {expression}", expression.position)

    def _selected(self) -> Iterator[Shown]:
        names: set[str] = set()
        unnamed = 0
        for selected in self._query.select:
            if not isinstance(selected, tree.Column):
                message = "Select grouped fields and aggregates only in a query with GROUP BY."
                raise malformed(message, selected.position)
            expression, inner = selected.expression, selected.expression
            name = selected.alias
            if name is None and isinstance(expression, tree.Path):
                name = self._scope.reach(expression).name
            elif name is None:
                name = f"expr{unnamed}"
                unnamed += 1
            if name.lower() in names:
                raise malformed(f"duplicate alias: {name}", expression.position)
            names.add(name.lower())
            function = None
            if isinstance(expression, tree.Call) and expression.name in ("FORMAT", "TOLABEL"):
                function, inner = expression.name, expression.argument or expression
            operand = self.operand(inner)
            yield Shown(name, operand, inner, self._renders(inner, operand, function))

    def _renders(
        self, expression: tree.Expression, operand: Operand, function: str | None
    ) -> tuple[Render | None, ...]:
        render, field = None, operand.parts[0].field
        if function == "FORMAT":
            render = format_of(operand.type)
        elif function == "TOLABEL" and field is not None:
            render = label_of(field)
        if render is not None:
            return tuple(render for _ in operand.parts)
        if isinstance(expression, tree.Path):
            return column_of(self._scope.reach(expression), self._scope.by).renders
        return tuple(_render(operand, part) for part in operand.parts)


class _Statement:
    """What the database is asked for the groups of one grouping."""

    def __init__(self, of: Groups, chosen: Sequence[int]) -> None:
        self._of, self._chosen = of, set(chosen)
        self.groups = {
            f"g{place}_{index}": part.value
            for place in chosen
            for index, part in enumerate(of.groups[place].operand.parts)
            if not isinstance(part.value, Value)
        } or {"g_all": Value(1)}
        selected = {
            f"s{place}_{index}": part.value
            for place, shown in enumerate(of.shown)
            for index, part in enumerate(self.find(shown.expression).parts)
        }
        keys = of.keys(self.find)
        ordered = {f"o{index}": key.value for index, key in enumerate(keys)}
        wanted: dict[str, Any] = {**selected, **ordered}
        # What is a group is asked for once: PostgreSQL doesn't see that the same expression with
        # its own parameters is the same.
        groups = {F(name): name for name in self.groups}
        self.same = {
            name: groups[value]
            for name, value in wanted.items()
            if isinstance(value, F) and value in groups
        }
        self.values = {name: v for name, v in wanted.items() if name not in self.same}
        self.order = [
            replace(key, value=F(self.same.get(f"o{index}", f"o{index}"))).order
            for index, key in enumerate(keys)
        ]

    def find(self, expression: tree.Expression) -> Operand:
        """What an expression is here: null of what isn't grouped by."""
        of = self._of
        if isinstance(expression, tree.Call) and expression.name == "GROUPING":
            left_out = Value(0 if self._place(expression.argument) in self._chosen else 1)
            return Operand("GROUPING", "int", (Part(left_out, left_out, never_null=True),))
        operand = of.operand(expression)
        place = self._place(expression)
        if place is None:
            return operand
        if place not in self._chosen:
            parts = (
                replace(p, value=_NOTHING, compared=_NOTHING, is_folded=False)
                for p in operand.parts
            )
            return replace(operand, parts=tuple(parts))
        parts = (
            p
            if isinstance(p.value, Value)
            else replace(p, value=F(f"g{place}_{n}"), compared=F(f"g{place}_{n}"), is_folded=False)
            for n, p in enumerate(operand.parts)
        )
        return replace(operand, parts=tuple(parts))

    def _place(self, expression: tree.Expression | None) -> int | None:
        key = self._of.key(expression)
        return next((n for n, group in enumerate(self._of.groups) if group.key == key), None)


_NOTHING: Final = Value(None, CharField())


class _Placed:
    """A value as it is sorted by."""

    __slots__ = ("_descending", "_first", "_value")

    def __init__(self, value: Any, descending: bool, nulls_last: bool) -> None:
        self._value, self._descending = value, descending
        self._first = (value is None) != nulls_last

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Placed) and self._value == other._value

    def __lt__(self, other: "_Placed") -> bool:
        if self._value is None or other._value is None:
            return self._first and not other._first
        if self._descending:
            return bool(self._value > other._value)
        return bool(self._value < other._value)

    __hash__ = None  # type: ignore[assignment]  # only sorted


# --- Aggregates ---------------------------------------------------------------------------------


def aggregate(scope: Scope, call: tree.Call) -> Operand:
    """What an aggregate is. ``INVALID_FIELD`` for a field that doesn't have it."""
    name = f"{call.name}({call.argument or ''})"
    if call.argument is None:
        count = Count("pk")
        return Operand(name, "int", (Part(count, count, never_null=True),))
    if not isinstance(call.argument, tree.Path):
        raise malformed(f"{call.name} takes a field.", call.position)
    reached = scope.reach(call.argument)
    operand = operand_of(scope, reached)
    several_ids = kind(operand) == "id" and len(operand.parts) > 1
    if (
        not is_aggregatable(reached.field)
        or (call.name in ("SUM", "AVG") and operand.type not in NUMBERS)
        or (call.name in ("MIN", "MAX") and several_ids)
    ):
        message = f"field {reached.name} does not support aggregate operator {call.name}"
        raise invalid_field(message, call.position)
    value: Any = _counted_once(operand) if several_ids else joined(operand)
    if isinstance(value, Value):
        # Of what is the same for every record PostgreSQL must be told the type.
        value = Cast(value, value.output_field)
    match call.name:
        case "COUNT" | "COUNT_DISTINCT":
            counted = Count(value, distinct=call.name == "COUNT_DISTINCT")
            return Operand(name, "int", (Part(counted, counted, never_null=True),))
        case "SUM":
            return _operand(name, operand, Sum(value))
        case "AVG":
            average = Avg(value)
            return Operand(name, "double", (Part(average, average),))
        case "MIN":
            return _operand(name, operand, Min(value))
    return _operand(name, operand, Max(value))


def _operand(name: str, of: Operand, value: Any) -> Operand:
    first = of.parts[0]
    part = Part(value, value, column=first.column, target=first.target, field=first.field)
    return Operand(name, of.type, (part,))


def _counted_once(operand: Operand) -> Combinable:
    """Of ids of several objects, numbers that differ where they do."""
    several = len(operand.parts)
    return Coalesce(*(_value(p) * several + place for place, p in enumerate(operand.parts)))


def _value(part: Part) -> Any:
    return part.value


def _render(operand: Operand, part: Part) -> Render | None:
    if operand.type == "int":
        return int
    if operand.type == "number name":
        return partial(record_number, letters_of(part))
    if part.target is not None:
        return partial(ids.encode, part.target.key_prefix)
    return render_typed(operand.type)
