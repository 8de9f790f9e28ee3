"""Queries: from text to a tree, by recursive descent. Pure.

Each clause is a function that reads it from a cursor; what the clauses say together is checked when
all have been read (``checks.py``). Source: the client contract, section 5.
"""

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import Final, TypeVar

from promotions.sobjects.soql import checks, refused
from promotions.sobjects.soql.conditions import condition
from promotions.sobjects.soql.cursor import Cursor
from promotions.sobjects.soql.errors import SyntaxProblem
from promotions.sobjects.soql.expressions import (
    IN_GROUP_BY,
    IN_HAVING,
    IN_ORDER_BY,
    IN_SELECT,
    IN_WHERE,
    calls,
    column_alias,
    expression,
    object_alias,
)
from promotions.sobjects.soql.limits import (
    MAX_GROUPED,
    MAX_OFFSET,
    MAX_ORDERED,
    MAX_ROWS,
    MAX_SELECTED,
    MAX_SEMI_JOIN_LEVELS,
    MAX_SUBTOTALLED,
)
from promotions.sobjects.soql.literals import whole_number
from promotions.sobjects.soql.tokens import Kind, tokens_of
from promotions.sobjects.soql.tree import (
    AllFields,
    Children,
    Column,
    Condition,
    Expression,
    Grouping,
    Ordering,
    Query,
    Selected,
)

Item = TypeVar("Item")

_MODES: Final = ("SECURITY_ENFORCED", "USER_MODE", "SYSTEM_MODE")


def parse_query(text: str) -> Query:
    """The query that ``text`` says.

    Raises ``SyntaxProblem`` for what is no query, with the place and what to do; and of those
    ``NotSupported`` for a query of the language that isn't offered here, and ``NumberTooLarge``.
    Nothing else, and in time proportional to the text.
    """
    query = read_query(text)
    checks.check(query)
    return query


def read_query(text: str) -> Query:
    """As ``parse_query``, but without ``BrokenRule``: what the clauses must be to each other has
    still to be checked."""
    cursor = Cursor(tokens_of(text))
    query = _query(cursor)
    if cursor.token.kind is not Kind.END:
        raise cursor.expected("the next clause or nothing more")
    cursor.finish()
    return query


def _query(cursor: Cursor, *, child: bool = False, semi_joins: int = 0) -> Query:
    """A query, up to the END or the parenthesis behind it; ``child`` says whether it is one, and
    ``semi_joins`` how many INs it is inside of."""
    cursor.expect("SELECT")
    select = select_list(cursor, inside_child=child)
    cursor.expect("FROM")
    position = cursor.position
    source = _source(cursor)
    alias = object_alias(cursor)
    refused.further_objects(cursor)
    refused.lookup(cursor)
    scope = cursor.name("a scope").keyword if cursor.take("USING", "SCOPE") else None
    where = where_clause(cursor, semi_joins=semi_joins)
    security = _with_clause(cursor)
    grouping, group_by = _group_by_clause(cursor)
    having = condition(cursor, IN_HAVING, None) if cursor.take("HAVING") else None
    order_by = order_by_clause(cursor)
    limit, offset = limit_clause(cursor), offset_clause(cursor)
    refused.bound_values(cursor)
    marks = _for_clauses(cursor)
    refused.update(cursor)
    query = Query(
        select=select,
        source=source,
        source_position=position,
        alias=alias,
        scope=scope,
        where=where,
        security=security,
        grouping=grouping,
        group_by=group_by,
        having=having,
        order_by=order_by,
        limit=limit,
        offset=offset,
        marks=marks,
        all_rows=cursor.take("ALL", "ROWS"),
    )
    own_names = checks.own_names(query)
    return replace(query, select=tuple(_unqualified(item, own_names, cursor) for item in select))


def _listed(
    cursor: Cursor, read: Callable[[Cursor], Item], clause: str, at_most: int
) -> tuple[Item, ...]:
    """What ``read`` reads, once or several times with commas between."""
    items = [read(cursor)]
    while cursor.at_sign(","):
        if len(items) == at_most:
            raise SyntaxProblem(f"{clause} takes {at_most:,} fields at most.", cursor.position)
        cursor.next()
        items.append(read(cursor))
    return tuple(items)


# --- SELECT and FROM ------------------------------------------------------------------------------


def select_list(cursor: Cursor, *, inside_child: bool = False) -> tuple[Selected, ...]:
    read = partial(_selected, inside_child=inside_child)
    return _listed(cursor, read, "SELECT", MAX_SELECTED)


def _selected(cursor: Cursor, *, inside_child: bool) -> Selected:
    position = cursor.position
    if cursor.at_sign("("):
        return _children(cursor, inside_child=inside_child)
    if cursor.at("TYPEOF") and cursor.ahead().kind is Kind.WORD:
        return Column(refused.type_of(cursor))
    if cursor.at("FIELDS") and calls(cursor):
        cursor.next()
        cursor.expect_sign("(")
        which = cursor.one_of("ALL", "CUSTOM", "STANDARD")
        cursor.expect_sign(")")
        return AllFields(which, position)
    selected = expression(cursor, IN_SELECT)
    return Column(selected, column_alias(cursor))


def _children(cursor: Cursor, *, inside_child: bool) -> Children:
    position = cursor.position
    if inside_child:
        cursor.refuse("Children of children are not offered. Ask for them separately.", position)
    cursor.expect_sign("(")
    with cursor.deeper():
        query = _query(cursor, child=True)
    cursor.expect_sign(")")
    return Children(query, position)


def _unqualified(selected: Selected, own_names: frozenset[str], cursor: Cursor) -> Selected:
    """The children in ``FROM Account.Contacts`` without the name of the object whose they are."""
    if not isinstance(selected, Children) or "." not in selected.query.source:
        return selected
    owner, _, relationship = selected.query.source.rpartition(".")
    if owner.casefold() not in own_names:
        problem = f"{owner} is not the object of the query around this one. Leave it out."
        cursor.refuse(problem, selected.query.source_position)
    return replace(selected, query=replace(selected.query, source=relationship))


def _source(cursor: Cursor) -> str:
    """The object; of a child query the relationship, perhaps behind its object's name. No object
    has a dot in its name, but it is a name all the same."""
    parts = [cursor.object_name().text]
    while cursor.take_sign("."):
        parts.append(cursor.name("a relationship").text)
    return ".".join(parts)


# --- WHERE, WITH, GROUP BY, HAVING ----------------------------------------------------------------


def where_clause(cursor: Cursor, *, semi_joins: int = 0) -> Condition | None:
    if not cursor.take("WHERE"):
        return None
    subquery = partial(_query, semi_joins=semi_joins + 1)
    return condition(cursor, IN_WHERE, subquery if semi_joins < MAX_SEMI_JOIN_LEVELS else None)


def _with_clause(cursor: Cursor) -> str | None:
    """Whose permissions count; every other setting is refused."""
    mode = None
    while cursor.take("WITH"):
        if cursor.token.keyword in _MODES:
            mode = cursor.next().keyword
        elif cursor.at("DATA", "CATEGORY"):
            refused.data_category(cursor)
        else:
            refused.setting(cursor)
    return mode


def _group_by_clause(cursor: Cursor) -> tuple[Grouping, tuple[Expression, ...]]:
    if not cursor.take("GROUP"):
        return Grouping.PLAIN, ()
    cursor.expect("BY")
    if cursor.token.keyword in ("ROLLUP", "CUBE") and calls(cursor):
        grouping = Grouping(cursor.next().keyword)
        cursor.expect_sign("(")
        fields = _listed(cursor, _grouped, grouping.value, MAX_SUBTOTALLED)
        cursor.expect_sign(")")
        return grouping, fields
    return Grouping.PLAIN, _listed(cursor, _grouped, "GROUP BY", MAX_GROUPED)


def _grouped(cursor: Cursor) -> Expression:
    return expression(cursor, IN_GROUP_BY)


# --- ORDER BY and what comes behind it ------------------------------------------------------------


def order_by_clause(cursor: Cursor) -> tuple[Ordering, ...]:
    if not cursor.take("ORDER"):
        return ()
    cursor.expect("BY")
    return _listed(cursor, _ordering, "ORDER BY", MAX_ORDERED)


def _ordering(cursor: Cursor) -> Ordering:
    ordered = expression(cursor, IN_ORDER_BY)
    descending = cursor.take("DESC")
    if not descending:
        cursor.take("ASC")
    nulls_last = cursor.take("NULLS") and cursor.one_of("FIRST", "LAST") == "LAST"
    return Ordering(ordered, descending, nulls_last)


def limit_clause(cursor: Cursor) -> int | None:
    return whole_number(cursor, of="LIMIT", at_most=MAX_ROWS) if cursor.take("LIMIT") else None


def offset_clause(cursor: Cursor) -> int | None:
    return whole_number(cursor, of="OFFSET", at_most=MAX_OFFSET) if cursor.take("OFFSET") else None


def _for_clauses(cursor: Cursor) -> frozenset[str]:
    """``FOR VIEW``, ``FOR REFERENCE`` and ``FOR UPDATE``; ``FOR VIEW, REFERENCE`` too."""
    marks: set[str] = set()
    while cursor.take("FOR") or (marks and cursor.take_sign(",")):
        marks.add(cursor.one_of("VIEW", "REFERENCE", "UPDATE"))
    return frozenset(marks)
