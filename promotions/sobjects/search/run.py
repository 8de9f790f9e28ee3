"""Searches as calls: which records of which objects have the words, and what is shown of them.

Source: the client contract, section 2, ``search`` and ``parameterizedSearch``.
"""

from dataclasses import replace
from datetime import datetime
from typing import Any, Final

from promotions.actors import Actor
from promotions.sobjects.declare import SObject, every_sobject, may_read, require_read, sobject
from promotions.sobjects.errors import CallFailed, Problem
from promotions.sobjects.query.plan import selection
from promotions.sobjects.query.problems import unknown_object
from promotions.sobjects.query.selecting import Renderer
from promotions.sobjects.query.time_limit import within_time
from promotions.sobjects.search.words import matching
from promotions.sobjects.soql.tree import Children, Column, Path, Query, Search, SearchIn

MOST_FOUND: Final = 2000
"""Records that a search answers with, and of one object where it says nothing else."""

Found = list[dict[str, Any]]


def search(wanted: Search, *, by: Actor, at: datetime, version: str) -> Found:
    """The records that a search finds, object after object. Raises ``CallFailed``."""
    found: Found = []
    limit = MOST_FOUND if wanted.limit is None else min(wanted.limit, MOST_FOUND)
    for one, query in _returned(wanted, by):
        if len(found) >= limit:
            break
        found += _found_in(one, query, wanted, limit - len(found), by, at, version)
    return found


def _returned(wanted: Search, by: Actor) -> list[tuple[SObject, Query]]:
    """The objects that are searched, and what is wanted of each: without RETURNING the ids of all
    that ``by`` may read."""
    if not wanted.returning:
        ids = (Column(Path(("Id",), 0)),)
        searched = [one for one in every_sobject() if one.searched and may_read(one, by)]
        return [(one, Query(ids, one.name, 0)) for one in searched]
    return [(_searchable(r.query, by), r.query) for r in wanted.returning]


def _searchable(query: Query, by: Actor) -> SObject:
    one = sobject(query.source)
    if one is None:
        raise unknown_object(query.source, query.source_position)
    require_read(one, by)
    if not one.searched:
        message = f"entity type {one.name} does not support search"
        raise CallFailed(Problem("INVALID_TYPE", message))
    return one


def _found_in(
    one: SObject, query: Query, wanted: Search, most: int, by: Actor, at: datetime, version: str
) -> Found:
    columns = [column for column, group in one.searched.items() if _counts(wanted.within, group)]
    if not columns:
        return []
    if any(isinstance(selected, Children) for selected in query.select):
        message = "A search returns fields of the records themselves; query for their children."
        raise CallFailed(Problem("MALFORMED_SEARCH", message))
    plan = selection(one, query, by=by, at=at)
    condition = matching(columns, wanted.term, indexed=list(one.searched))
    plan = replace(plan, rows=plan.rows.filter(condition))
    size = most if query.limit is None else min(query.limit, most)
    with within_time():
        rows = plan.page(size, skip=query.offset or 0)
    return Renderer(plan.selection, version).records(rows)


def _counts(within: SearchIn, group: SearchIn) -> bool:
    """Whether a search in these fields looks at a column of this group."""
    if within is SearchIn.SIDEBAR:
        return group is not SearchIn.ALL
    return within in (SearchIn.ALL, group)
