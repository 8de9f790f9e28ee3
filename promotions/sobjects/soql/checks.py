"""What the clauses of a query must be to each other, as far as that needs no schema. Pure.

Every function raises ``BrokenRule``. Source: the client contract, section 5, and the rules that
the compatible platform documents.
"""

from collections.abc import Iterator
from enum import Enum
from typing import Final

from promotions.sobjects.soql.errors import BrokenRule
from promotions.sobjects.soql.expressions import aggregated, counts_rows, folded
from promotions.sobjects.soql.limits import (
    MAX_CHILDREN,
    MAX_PARENTS,
    MAX_ROWS_OF_ALL_FIELDS,
    MAX_SEMI_JOINS,
)
from promotions.sobjects.soql.tree import (
    DATE_FUNCTIONS,
    AllFields,
    And,
    Call,
    Children,
    Column,
    Comparison,
    Condition,
    Expression,
    Grouping,
    In,
    Not,
    Or,
    Path,
    Query,
)

_UNGROUPED: Final = "Field must be grouped or aggregated: {}. Add it to GROUP BY."


class Place(Enum):
    """Where a query stands, in words."""

    ROOT = "a query"
    CHILD = "a query of children"
    SEMI_JOIN = "a query behind IN"
    SEARCH = "RETURNING"


def check(query: Query, place: Place = Place.ROOT) -> None:
    """Checks a query and those inside it."""
    _check_paths(query)
    if place is not Place.ROOT:
        _check_inner(query, place)
    _check_having(query)
    if is_grouped(query):
        _check_grouped(query)
    else:
        _check_plain(query)
    _check_counting(query)
    _check_twice(query)
    _check_all_fields(query)
    _check_children(query)
    _check_semi_joins(query)


def own_names(query: Query) -> frozenset[str]:
    """What may stand before the query's own fields, folded: the object's name and alias."""
    return frozenset(name.casefold() for name in (query.source, query.alias) if name)


def is_grouped(query: Query) -> bool:
    """Whether its rows are of many records: it groups, or selects an aggregate."""
    return bool(query.group_by) or any(
        aggregated(column.expression) and not counts_rows(column.expression)
        for column in _columns(query)
    )


# --- Fields ---------------------------------------------------------------------------------------


def _check_paths(query: Query) -> None:
    own = own_names(query)
    for path in (path for path in _nested(query) if isinstance(path, Path)):
        parents = len(path.parts) - 1 - (path.parts[0].casefold() in own)
        if parents > MAX_PARENTS:
            problem = f"A path may go through {MAX_PARENTS} parents at most: {path}."
            raise BrokenRule(problem, path.position)


def _check_twice(query: Query) -> None:
    """Nothing is selected twice, and no alias names two things."""
    own = own_names(query)
    seen: set[str] = set()
    for column in _columns(query):
        name = (column.alias or "").casefold() or folded(column.expression, own)
        if name in seen and not isinstance(column.expression, Call):
            raise _problem(column.expression, "duplicate field selected: {}. Select it once.")
        if name in seen and column.alias:
            problem = f"duplicate alias: {column.alias}. Choose another name."
            raise BrokenRule(problem, column.expression.position)
        seen.add(name)


def _check_all_fields(query: Query) -> None:
    limited = query.limit is not None and query.limit <= MAX_ROWS_OF_ALL_FIELDS
    for fields in query.select:
        if isinstance(fields, AllFields) and fields.which != "STANDARD" and not limited:
            raise BrokenRule(
                f"The SOQL FIELDS function must have a LIMIT of at most {MAX_ROWS_OF_ALL_FIELDS}.",
                fields.position,
            )


# --- Grouping -------------------------------------------------------------------------------------


def _check_plain(query: Query) -> None:
    """What a query of single records can't have."""
    for column in _columns(query):
        expression = column.expression
        if isinstance(expression, Path) and column.alias:
            problem = "Another name for {} is possible in a query with GROUP BY only; did you miss "
            raise _problem(expression, f"{problem}a comma?")
        if isinstance(expression, Call) and expression.name in DATE_FUNCTIONS | {"GROUPING"}:
            raise _problem(expression, _UNGROUPED)
    for ordering in query.order_by:
        if isinstance(ordering.expression, Call):
            raise _problem(ordering.expression, "Only a query with GROUP BY can be ordered by {}.")


def _check_grouped(query: Query) -> None:
    """What a query of groups can't have: anything that differs inside a group."""
    for selected in query.select:
        if isinstance(selected, AllFields | Children):
            problem = "Select grouped fields and aggregates only in a query with GROUP BY."
            raise BrokenRule(problem, selected.position)
    told_apart = [column.expression for column in _columns(query)]
    if query.group_by:
        told_apart += [ordering.expression for ordering in query.order_by]
    told_apart += [comparison.left for comparison in _comparisons(query.having)]
    own = own_names(query)
    groups = {folded(expression, own) for expression in query.group_by}
    for expression in told_apart:
        if not _is_of_group(expression, groups, own):
            raise _problem(expression, _UNGROUPED)
        if _is_call(expression, "GROUPING") and query.grouping is Grouping.PLAIN:
            raise _problem(expression, "{} needs GROUP BY ROLLUP(…) or CUBE(…).")


def _check_having(query: Query) -> None:
    for comparison in () if query.group_by else _comparisons(query.having):
        problem = "HAVING needs GROUP BY. Compare single records in WHERE."
        raise BrokenRule(problem, comparison.position)


def _is_of_group(expression: Expression | None, groups: set[str], own: frozenset[str]) -> bool:
    if aggregated(expression) or folded(expression, own) in groups:
        return True
    if isinstance(expression, Call) and expression.name not in DATE_FUNCTIONS:
        return _is_of_group(expression.argument, groups, own)
    return False


def _check_counting(query: Query) -> None:
    """``COUNT()`` stands alone."""
    columns = _columns(query)
    alone = len(columns) == len(query.select) == 1 and not (query.group_by or query.order_by)
    if alone and counts_rows(columns[0].expression):
        return
    for expression in _nested(query):
        if counts_rows(expression):
            problem = "{} can't stand beside other fields, GROUP BY or ORDER BY. Write COUNT(Id)."
            raise _problem(expression, problem)


# --- Queries inside queries -----------------------------------------------------------------------


def _check_inner(query: Query, place: Place) -> None:
    """What a query inside another can't have."""
    found = {
        "COUNT, SUM and the like": any(aggregated(c.expression) for c in _columns(query)),
        "GROUP BY": bool(query.group_by),
        "FOR": bool(query.marks),
        "ALL ROWS": query.all_rows,
        "ORDER BY": bool(query.order_by) and place is Place.SEMI_JOIN,
        "LIMIT": query.limit is not None and place is Place.SEMI_JOIN,
        "OFFSET": query.offset is not None and place is Place.SEMI_JOIN,
    }
    for clause in (clause for clause, is_there in found.items() if is_there):
        problem = f"{clause} can't be used in {place.value}. Leave it out."
        raise BrokenRule(problem, query.source_position)


def _check_children(query: Query) -> None:
    children = [selected for selected in query.select if isinstance(selected, Children)]
    if len(children) > MAX_CHILDREN:
        problem = f"A query may have {MAX_CHILDREN} queries of children at most."
        raise BrokenRule(problem, children[MAX_CHILDREN].position)
    for child in children:
        if child.query.offset is not None and query.limit != 1:
            problem = "OFFSET of children needs LIMIT 1 of the query around it."
            raise BrokenRule(problem, child.position)
        check(child.query, Place.CHILD)


def _check_semi_joins(query: Query) -> None:
    semi_joins = list(_semi_joins(query.where))
    if len(semi_joins) > MAX_SEMI_JOINS:
        problem = f"A query may have {MAX_SEMI_JOINS} queries behind IN at most."
        raise BrokenRule(problem, semi_joins[MAX_SEMI_JOINS].source_position)
    for inner in semi_joins:
        columns = _columns(inner)
        if len(inner.select) != 1 or not columns or not isinstance(columns[0].expression, Path):
            problem = "A query behind IN selects one field: an id or a reference."
            raise BrokenRule(problem, inner.source_position)
        check(inner, Place.SEMI_JOIN)


def _semi_joins(condition: Condition | None) -> Iterator[Query]:
    """The queries behind IN; raises for one where OR or NOT would turn its sense."""
    match condition:
        case In(values=Query() as query):
            yield query
        case And(conditions):
            for part in conditions:
                yield from _semi_joins(part)
        case Or(conditions):
            for query in (query for part in conditions for query in _semi_joins(part)):
                raise BrokenRule(
                    "Semi join sub-selects are not allowed with the 'OR' operator. Ask in two "
                    "queries.",
                    query.source_position,
                )
        case Not(part):
            for query in _semi_joins(part):
                problem = "NOT can't stand before a query behind IN. Write NOT IN, or IN."
                raise BrokenRule(problem, query.source_position)


# --- Walking --------------------------------------------------------------------------------------


def _columns(query: Query) -> list[Column]:
    return [selected for selected in query.select if isinstance(selected, Column)]


def _comparisons(condition: Condition | None) -> Iterator[Comparison | In]:
    match condition:
        case Comparison() | In():
            yield condition
        case Not(part):
            yield from _comparisons(part)
        case And(parts) | Or(parts):
            for part in parts:
                yield from _comparisons(part)


def _expressions(query: Query) -> Iterator[Expression]:
    """All of a query, without those of the queries inside it."""
    yield from (column.expression for column in _columns(query))
    yield from (comparison.left for comparison in _comparisons(query.where))
    yield from query.group_by
    yield from (comparison.left for comparison in _comparisons(query.having))
    yield from (ordering.expression for ordering in query.order_by)


def _nested(query: Query) -> Iterator[Expression]:
    """All of a query, and the arguments of those that are functions."""
    for expression in _expressions(query):
        inner: Expression | None = expression
        while inner:
            yield inner
            inner = inner.argument if isinstance(inner, Call) else None


def _is_call(expression: Expression, name: str) -> bool:
    return isinstance(expression, Call) and expression.name == name


def _problem(expression: Expression, problem: str) -> BrokenRule:
    """``problem`` with the expression in place of its ``{}``."""
    return BrokenRule(problem.format(_written(expression)), expression.position)


def _written(expression: Expression | None) -> str:
    if isinstance(expression, Call):
        return f"{expression.name}({_written(expression.argument)})"
    return str(expression or "")
