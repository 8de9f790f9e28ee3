"""Conditions: what comes behind WHERE and HAVING. Pure. Source: the client contract, section 5."""

from collections.abc import Callable
from typing import Final

from promotions.sobjects.soql import refused
from promotions.sobjects.soql.cursor import Cursor
from promotions.sobjects.soql.errors import SyntaxProblem
from promotions.sobjects.soql.expressions import expression
from promotions.sobjects.soql.limits import MAX_VALUES
from promotions.sobjects.soql.literals import bind, value
from promotions.sobjects.soql.tokens import Kind
from promotions.sobjects.soql.tree import (
    And,
    Comparison,
    Condition,
    In,
    Not,
    Operator,
    Or,
    Path,
    Query,
    Value,
)

SubQuery = Callable[[Cursor], Query]
"""Reads the query inside the parentheses behind IN."""

_OPERATORS: Final = {operator.value: operator for operator in Operator} | {"<>": Operator.NOT_EQUAL}


def condition(cursor: Cursor, allowed: frozenset[str], subquery: SubQuery | None) -> Condition:
    """Comparisons that are joined by AND, or by OR; ``allowed`` are the functions on their left.

    ``subquery`` reads what is found after IN; there may be none where it is None. Raises
    ``SyntaxProblem`` for AND and OR beside each other, which only parentheses can tell apart.
    """
    first = _single(cursor, allowed, subquery)
    joint = cursor.token.keyword
    if joint not in ("AND", "OR"):
        return first
    parts = [first]
    while cursor.take(joint):
        parts.append(_single(cursor, allowed, subquery))
    if cursor.at("AND") or cursor.at("OR"):
        raise SyntaxProblem(
            "AND and OR are mixed here. Put parentheses around what belongs together.",
            cursor.position,
        )
    return And(tuple(parts)) if joint == "AND" else Or(tuple(parts))


def _single(cursor: Cursor, allowed: frozenset[str], subquery: SubQuery | None) -> Condition:
    """One comparison, negated or in parentheses."""
    if cursor.take("NOT"):
        with cursor.deeper():
            return Not(_single(cursor, allowed, subquery))
    if cursor.take_sign("("):
        with cursor.deeper():
            inside = condition(cursor, allowed, subquery)
        cursor.expect_sign(")")
        return inside
    return _comparison(cursor, allowed, subquery)


def _comparison(cursor: Cursor, allowed: frozenset[str], subquery: SubQuery | None) -> Condition:
    cursor.count_condition()
    position = cursor.position
    left = expression(cursor, allowed)
    if isinstance(left, Path):
        refused.arithmetic(cursor)
    if cursor.take("IN"):
        return In(left, False, _list_or_query(cursor, subquery), position)
    if cursor.take("NOT", "IN"):
        return In(left, True, _list_or_query(cursor, subquery), position)
    if cursor.at("INCLUDES") or cursor.at("EXCLUDES"):
        negated = cursor.next().keyword == "EXCLUDES"
        return In(left, negated, _list(cursor), position, of_multipicklist=True)
    if cursor.at("NOT"):
        raise SyntaxProblem("Put NOT before the field: NOT Name LIKE 'A%'.", cursor.position)
    return Comparison(left, _operator(cursor), value(cursor), position)


def _operator(cursor: Cursor) -> Operator:
    token = cursor.token
    operator = _OPERATORS.get(token.keyword or token.text)
    if operator is None:
        raise cursor.expected("an operator (= != < <= > >= LIKE IN NOT IN INCLUDES EXCLUDES)")
    cursor.next()
    if operator is Operator.LIKE and cursor.token.kind is not Kind.TEXT and not cursor.at_sign(":"):
        raise cursor.expected("a text in single quotes")
    return operator


def _list_or_query(cursor: Cursor, subquery: SubQuery | None) -> tuple[Value, ...] | Query:
    if not (cursor.at_sign("(") and cursor.ahead().keyword == "SELECT"):
        return _list(cursor)
    if subquery is None:
        raise SyntaxProblem(
            "A query can't be put inside this one. Write the values themselves.",
            cursor.ahead().position,
        )
    cursor.expect_sign("(")
    with cursor.deeper():
        found = subquery(cursor)
    cursor.expect_sign(")")
    return found


def _list(cursor: Cursor) -> tuple[Value, ...]:
    if cursor.at_sign(":"):
        bind(cursor)
        return ()
    cursor.expect_sign("(")
    values = [value(cursor)]
    while cursor.take_sign(","):
        if len(values) == MAX_VALUES:
            raise SyntaxProblem(
                f"A list may have {MAX_VALUES:,} values at most. Ask in several queries.",
                cursor.position,
            )
        values.append(value(cursor))
    cursor.expect_sign(")")
    return tuple(values)
