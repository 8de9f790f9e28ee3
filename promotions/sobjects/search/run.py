"""Searches as calls: which records of which objects have the words, and what is shown of them.

Source: the client contract, section 2, ``search`` and ``parameterizedSearch``.
"""

from dataclasses import replace
from datetime import datetime
from typing import Any, Final

from django.db.models import Q

from promotions.actors import Actor
from promotions.indexed_words import by_index, worked_out_first
from promotions.numbers import parse_record_number
from promotions.sobjects.declare import SObject, every_sobject, may_read, require_read, sobject
from promotions.sobjects.errors import CallFailed, Problem
from promotions.sobjects.query.plan import selection
from promotions.sobjects.query.problems import unknown_object
from promotions.sobjects.query.selecting import Renderer
from promotions.sobjects.query.time_limit import within_time
from promotions.sobjects.search.words import matching
from promotions.sobjects.soql.tree import (
    Children,
    Column,
    Path,
    Phrase,
    Query,
    Search,
    SearchIn,
    Word,
)

MOST_FOUND: Final = 2000
"""Records that a search answers with, and of one object where it says nothing else."""

Found = list[dict[str, Any]]


def search(wanted: Search, *, by: Actor, at: datetime, version: str) -> Found:
    """The records that a search finds, object after object. Raises ``CallFailed``."""
    found: Found = []
    limit = MOST_FOUND if wanted.limit is None else min(wanted.limit, MOST_FOUND)
    returned = _returned(wanted, by)
    with within_time():  # for all of them together
        for one, query in returned:
            if len(found) >= limit:
                break
            found += _found_in(one, query, wanted, limit - len(found), by, at, version)
    return found


def _returned(wanted: Search, by: Actor) -> list[tuple[SObject, Query]]:
    """The objects that are searched, and what is wanted of each: without RETURNING the ids of all
    that ``by`` may read."""
    if not wanted.returning:
        ids = (Column(Path(("Id",), 0)),)
        searched = [one for one in every_sobject() if one.searchable and may_read(one, by)]
        return [(one, Query(ids, one.name, 0)) for one in searched]
    return [(_searchable(r.query, by), r.query) for r in wanted.returning]


def _searchable(query: Query, by: Actor) -> SObject:
    one = sobject(query.source)
    if one is None:
        raise unknown_object(query.source, query.source_position)
    require_read(one, by)
    if not one.searchable:
        message = f"entity type {one.name} does not support search"
        raise CallFailed(Problem("INVALID_TYPE", message))
    return one


def _found_in(
    one: SObject, query: Query, wanted: Search, most: int, by: Actor, at: datetime, version: str
) -> Found:
    condition = _condition(one, wanted)
    if condition is None:
        return []
    if any(isinstance(selected, Children) for selected in query.select):
        message = "A search returns fields of the records themselves; query for their children."
        raise CallFailed(Problem("MALFORMED_SEARCH", message))
    plan = selection(one, query, by=by, at=at)
    plan = replace(plan, rows=plan.rows.filter(worked_out_first(one.model, condition)))
    size = most if query.limit is None else min(query.limit, most)
    with by_index():
        rows = plan.page(size, skip=query.offset or 0)
    return Renderer(plan.selection, version).records(rows)


def _condition(one: SObject, wanted: Search) -> Q | None:
    """Which records have what is looked for; None where none can."""
    columns = [column for column, group in one.searched.items() if _counts(wanted.within, group)]
    found = Q()
    if columns:
        found = matching(columns, wanted.term, indexed=list(one.searched))
    numbered = one.searched_by_number and _counts(wanted.within, SearchIn.NAME)
    if numbered and isinstance(wanted.term, Word | Phrase):
        term = wanted.term
        text = term.text if isinstance(term, Word) else " ".join(term.words)
        key = parse_record_number(one.number_letters, text)
        if key is not None and key < 2**63:
            found |= Q(pk=key)
    return found if found else None


def _counts(within: SearchIn, group: SearchIn) -> bool:
    """Whether a search in these fields looks at a column of this group."""
    if within is SearchIn.SIDEBAR:
        return group is not SearchIn.ALL
    return within in (SearchIn.ALL, group)
