"""Conditions: from a syntax tree to what the ORM filters by.

Every comparison is true or false, also of null: null is never less, greater, like or equal, and is
unequal to everything. What stands behind NOT is turned around down to the comparisons, which keeps
it so. Source: the client contract, section 5.
"""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.db.models.lookups import Exact, In, IsNull

from promotions.actors import Actor
from promotions.sobjects.declare import SObject
from promotions.sobjects.query import comparing
from promotions.sobjects.query.functions import date_function
from promotions.sobjects.query.operands import (
    Operand,
    Part,
    Truth,
    all_of,
    any_of,
    as_q,
    operand_of,
    opposite,
    path_of,
)
from promotions.sobjects.query.problems import Unfit, invalid_field, malformed
from promotions.sobjects.query.scope import Scope, named, scope_in
from promotions.sobjects.soql import tree
from promotions.sobjects.soql.tree import Operator

Find = Callable[[tree.Expression], Operand]
"""What stands on the left of comparisons: in WHERE fields, in HAVING aggregates and groups."""


def condition_of(one: SObject, condition: tree.Condition, *, by: Actor, at: datetime) -> Q:
    """What ``condition`` means of the records of ``one``, for ``QuerySet.filter``.

    Raises ``CallFailed`` (``Unfit``, with the place in the query's text) and, where ``by`` may not
    read an object that it touches, ``Refused``.
    """
    return where(scope_in(one, by, at), condition)


def where(scope: Scope, condition: tree.Condition | None) -> Q:
    """What a WHERE clause means; everything where there is none."""
    if condition is None:
        return Q()
    truth = Conditions(scope, lambda left: filtered(scope, left)).truth(condition)
    return Q() if truth is True else as_q(truth)


def filtered(scope: Scope, left: tree.Expression) -> Operand:
    """What WHERE compares: a field that can be filtered, or a function of one."""
    match left:
        case tree.Path():
            return filterable(scope, left)
        case tree.Call(name="TOLABEL", argument=tree.Path() as path):
            return _labelled(filterable(scope, path))
        case tree.Call(name=name) if name in tree.DATE_FUNCTIONS:
            return date_function(scope, left)
    raise malformed(f"{left.name} can't be compared here.", left.position)


def filterable(scope: Scope, path: tree.Path) -> Operand:
    reached = scope.reach(path)
    if not reached.field.filterable:
        message = f"field '{reached.name}' can not be filtered in a query call"
        raise invalid_field(message, path.position)
    return operand_of(scope, reached)


def _labelled(operand: Operand) -> Operand:
    return replace(operand, labelled=True)


class Conditions:
    """Conditions of one clause."""

    def __init__(self, scope: Scope, find: Find) -> None:
        self._scope = scope
        self._find = find

    def truth(self, condition: tree.Condition, *, negated: bool = False) -> Truth:
        match condition:
            case tree.Not(inner):
                return self.truth(inner, negated=not negated)
            case tree.And(parts):
                found = [self.truth(part, negated=negated) for part in parts]
                return any_of(found) if negated else all_of(found)
            case tree.Or(parts):
                found = [self.truth(part, negated=negated) for part in parts]
                return all_of(found) if negated else any_of(found)
            case tree.Comparison():
                return self._comparison(condition, negated)
            case tree.In():
                return self._in(condition, negated)

    def _comparison(self, one: tree.Comparison, negated: bool) -> Truth:
        operand = self._find(one.left)
        operator = one.operator
        if operator is Operator.NOT_EQUAL:
            operator, negated = Operator.EQUAL, not negated
        if one.right.value is None:
            if operator is not Operator.EQUAL:
                return negated
            return _not(operand.is_null) if negated else operand.is_null
        truth = comparing.compare(operand, operator, one.right, self._scope.at)
        if not negated:
            return truth
        is_equal = operator is Operator.EQUAL
        if is_equal and comparing.has_null(operand, [one.right]):
            return _of_nothing(truth, operand)
        return opposite(truth, operand)

    def _in(self, one: tree.In, negated: bool) -> Truth:
        operand = self._find(one.left)
        negated = negated != one.negated
        if one.of_multipicklist:
            message = "includes and excludes are of multi-select picklists only; write IN or NOT IN"
            raise Unfit("INVALID_QUERY_FILTER_OPERATOR", message, one.position)
        if isinstance(one.values, tree.Query):
            return self._in_query(operand, one, one.values, negated)
        truth = comparing.among(operand, one.values, self._scope.at)
        if not negated:
            return truth
        if comparing.has_null(operand, one.values):
            return _of_nothing(truth, operand)
        return opposite(truth, operand)

    def _in_query(self, operand: Operand, one: tree.In, query: tree.Query, negated: bool) -> Truth:
        rows, found = _sub_query(self._scope, query)
        if not _are_ids(operand) or not _are_ids(found):
            message = (
                "The inner and outer selected fields should point to the same object: compare an "
                "id or a reference with ids or references."
            )
            raise invalid_field(message, one.position)
        truth = any_of(
            _is_found(left, operand.parts[:place], rows, right, found.parts[:behind], negated)
            for place, left in enumerate(operand.parts)
            for behind, right in enumerate(found.parts)
            if left.target is right.target
        )
        return opposite(truth, operand) if negated else truth


def _not(truth: Truth) -> Truth:
    return not truth if isinstance(truth, bool) else ~truth


def _of_nothing(truth: Truth, operand: Operand) -> Truth:
    """What holds where ``truth``, which is so of null, does not."""
    return all_of([_not(truth), _not(operand.is_null)])


def _are_ids(operand: Operand) -> bool:
    return comparing.kind(operand) == "id"


def _sub_query(scope: Scope, query: tree.Query) -> tuple["QuerySet[Any, Any]", Operand]:
    """The rows of a query behind IN, and the one field of them that is selected."""
    inner = scope.inside(named(query), query)
    column = query.select[0]
    if (
        len(query.select) != 1
        or not isinstance(column, tree.Column)
        or not isinstance(column.expression, tree.Path)
    ):
        message = "A query behind IN selects one field: an id or a reference."
        raise malformed(message, query.source_position)
    if query.group_by or query.order_by or query.limit is not None or query.offset is not None:
        message = "A query behind IN has no GROUP BY, ORDER BY, LIMIT or OFFSET."
        raise malformed(message, query.source_position)
    return rows_of(inner, query), operand_of(inner, inner.reach(column.expression))


def _is_found(
    left: Part,
    left_before: tuple[Part, ...],
    rows: "QuerySet[Any, Any]",
    right: Part,
    right_before: tuple[Part, ...],
    negated: bool,
) -> Truth:
    """That the one is among the others; both the first of their parts that are not null."""
    rows = rows.filter(*(IsNull(part.value, True) for part in right_before))
    before = [Q(IsNull(part.value, True)) for part in left_before]
    if left_before:
        before.append(Q(IsNull(left.value, False)))
    path = path_of(left.value)
    if negated and path is not None:
        # An anti-join; of NOT IN PostgreSQL makes none.
        among = Q(Exists(rows.filter(Exact(right.value, OuterRef(path)))))
    else:
        there = rows.filter(IsNull(right.value, False))
        among = Q(In(left.value, there.values(found_=right.value).query))
    return all_of([*before, among])


def rows_of(scope: Scope, query: tree.Query) -> "QuerySet[Any, Any]":
    """The records that a query's FROM, USING SCOPE and WHERE leave, in no order."""
    rows = scope.rows()
    if query.scope not in (None, "EVERYTHING"):
        rows = rows.filter(_in_scope(scope, query))
    condition = where(scope, query.where)
    return rows.filter(condition) if condition else rows


def _in_scope(scope: Scope, query: tree.Query) -> Q:
    owner = scope.sobject.fields.get("OwnerId")
    if query.scope == "MINE" and owner is not None and "owner_user" in owner.sources:
        return Q(owner_user=scope.by.user.pk)
    said = (query.scope or "").lower()[:80]
    message = f"Invalid scope '{said}' for {scope.sobject.name}: write everything"
    message += " or mine." if owner else "."
    raise Unfit("INVALID_QUERY_SCOPE", message, query.source_position)
