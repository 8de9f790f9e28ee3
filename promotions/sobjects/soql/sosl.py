"""Searches: ``FIND {…} IN … RETURNING …``, from text to a tree. Pure.

What is in the parentheses of RETURNING is read by the functions that read queries. Source: the
client contract, section 5.
"""

import re
from typing import Final

from promotions.sobjects.soql import checks, refused
from promotions.sobjects.soql.cursor import Cursor
from promotions.sobjects.soql.errors import SyntaxProblem
from promotions.sobjects.soql.expressions import aggregated
from promotions.sobjects.soql.limits import MAX_FOUND, MAX_RETURNED
from promotions.sobjects.soql.literals import bind, whole_number
from promotions.sobjects.soql.parser import (
    limit_clause,
    offset_clause,
    order_by_clause,
    select_list,
    where_clause,
)
from promotions.sobjects.soql.search_terms import search_term
from promotions.sobjects.soql.tokens import Kind, tokens_of
from promotions.sobjects.soql.tree import (
    Children,
    Column,
    Path,
    Query,
    Returning,
    Search,
    SearchIn,
    SearchTerm,
    Selected,
    Word,
)

_FIND: Final = re.compile(
    r"\s*FIND\s*(?:\{(?P<TERM>[^}\\]*(?:\\.[^}\\]*)*)\}|(?P<VARIABLE>(?=:)))",
    re.IGNORECASE | re.DOTALL,
)
_HOW_TO_BEGIN: Final = "A search begins with FIND and what it looks for in braces: FIND {summer}."


def parse_search(text: str) -> Search:
    """The search that ``text`` says.

    Raises ``SyntaxProblem`` for what is no search, and of those ``NotSupported`` for what isn't
    offered here.
    """
    find = _FIND.match(text)
    if find is None:
        raise SyntaxProblem(_HOW_TO_BEGIN, len(text) - len(text.lstrip()))
    cursor = Cursor(tokens_of(text, find.end()))
    if find["TERM"] is None:
        bind(cursor)
        term: SearchTerm = Word("")
    else:
        term = search_term(find["TERM"], find.start("TERM"), plain=False)
    search = Search(term, _fields_searched(cursor), _returning(cursor), _endings(cursor))
    if cursor.token.kind is not Kind.END:
        raise cursor.expected("the next clause or nothing more")
    cursor.finish()
    for returning in search.returning:
        checks.check(returning.query, checks.Place.SEARCH)
    return search


def parse_terms(text: str) -> SearchTerm:
    """What a person who typed ``text`` looks for: the ``q`` of a parameterized search.

    No sign needs a backslash; AND, OR and NOT are operators in capitals. Raises ``SyntaxProblem``.
    """
    return search_term(text, 0, plain=True)


def _fields_searched(cursor: Cursor) -> SearchIn:
    if not cursor.take("IN"):
        return SearchIn.ALL
    group = cursor.one_of("ALL", "NAME", "EMAIL", "PHONE", "SIDEBAR")
    cursor.expect("FIELDS")
    return SearchIn[group]


def _returning(cursor: Cursor) -> tuple[Returning, ...]:
    if not cursor.take("RETURNING"):
        return ()
    objects = [_object(cursor)]
    while cursor.take_sign(","):
        if len(objects) == MAX_RETURNED:
            problem = f"RETURNING takes {MAX_RETURNED} objects at most."
            raise SyntaxProblem(problem, cursor.position)
        objects.append(_object(cursor))
    return tuple(objects)


def _object(cursor: Cursor) -> Returning:
    name = cursor.object_name()
    if not cursor.take_sign("("):
        ids = Column(Path(("Id",), name.position))
        return Returning(Query((ids,), name.text, name.position))
    with cursor.deeper():
        query = Query(
            _selected(cursor),
            name.text,
            name.position,
            where=where_clause(cursor),
            order_by=order_by_clause(cursor),
            limit=limit_clause(cursor),
            offset=offset_clause(cursor),
        )
    cursor.expect_sign(")")
    return Returning(query)


def _selected(cursor: Cursor) -> tuple[Selected, ...]:
    """The fields of an object, and perhaps one of its lists, which is refused."""
    select = select_list(cursor)
    for selected in select:
        if isinstance(selected, Children):
            problem = "A search returns no children. Ask for them in a query."
            raise SyntaxProblem(problem, selected.position)
        if isinstance(selected, Column) and aggregated(selected.expression):
            problem = "A search returns single records here. Ask for aggregates in a query."
            cursor.refuse(problem, selected.expression.position)
    refused.list_view(cursor)
    refused.lookup(cursor)
    return select


def _endings(cursor: Cursor) -> int | None:
    """What comes last: settings, which are refused, and how many records are wanted."""
    while cursor.take("WITH"):
        if cursor.at("DATA", "CATEGORY"):
            refused.data_category(cursor)
        else:
            refused.setting(cursor)
    refused.kind_of_search(cursor)
    limit = None
    if cursor.take("LIMIT"):
        limit = whole_number(cursor, of="LIMIT of a search", at_most=MAX_FOUND)
    refused.update(cursor)
    return limit
