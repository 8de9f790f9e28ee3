"""A query of single records, ready to be asked for pages of it."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Final

from django.db import connection
from django.db.models import Q, QuerySet

from promotions.actors import Actor
from promotions.sobjects.columns import format_wire_moment
from promotions.sobjects.declare import SObject
from promotions.sobjects.query.conditions import rows_of
from promotions.sobjects.query.fetching import Row, fetch
from promotions.sobjects.query.formatting import moment_of
from promotions.sobjects.query.ordering import Key, behind, keys_of
from promotions.sobjects.query.scope import Scope, scope_of
from promotions.sobjects.query.selecting import Renderer, Selection
from promotions.sobjects.soql import tree
from promotions.streaming import read_in_parts


@dataclass(frozen=True, slots=True)
class Plan:
    """What is selected of which rows in which order."""

    scope: Scope
    query: tree.Query
    rows: "QuerySet[Any, Any]"
    """Those that the conditions leave, in no order."""
    keys: Sequence[Key]
    selection: Selection
    key_places: Sequence[int]
    """Where the values of ``keys`` are in a row."""

    @classmethod
    def of(cls, scope: Scope, query: tree.Query) -> "Plan":
        rows = rows_of(scope, query)
        selection = Selection(scope, query)
        keys = keys_of(scope, query.order_by)
        places = [selection.wanted.place(key.value) for key in keys]
        return cls(scope, query, rows, keys, selection, places)

    @classmethod
    def counting(cls, scope: Scope, query: tree.Query) -> "Plan":
        """The plan of ``SELECT COUNT()``: of rows of which only their number matters."""
        counted = replace(query, select=(), order_by=())
        return cls.of(scope, counted)

    def ordered(self, where: Q | None = None) -> "QuerySet[Any, Any]":
        """The rows in order, with what is selected and what they are ordered by."""
        rows = self.rows if where is None else self.rows.filter(where)
        ordered = rows.order_by(*(key.order for key in self.keys))
        return ordered.values_list(*self.selection.wanted.names)

    def page(
        self,
        size: int,
        *,
        after: Sequence[Any] | None = None,
        skip: int = 0,
        up_to: int | None = None,
    ) -> list[Row]:
        """``size`` rows, behind the one whose keys have the values ``after``; ``skip`` says how
        many are passed over, ``up_to`` which primary key is the largest."""
        where = Q() if up_to is None else Q(pk__lte=up_to)
        if after is not None:
            where &= behind(self.keys, after)
        return fetch(self.ordered(where if where else None)[skip : skip + size])

    def position(self, row: Row) -> list[Any]:
        """What says where a row is, for ``after``."""
        return [
            moment_of(value) if key.is_moment and value is not None else value
            for key, value in zip(self.keys, (row[p] for p in self.key_places), strict=True)
        ]

    def count(self, *, up_to: int | None = None) -> int:
        """How many rows there are in all, within LIMIT and behind OFFSET."""
        rows = self.rows if up_to is None else self.rows.filter(pk__lte=up_to)
        start = self.query.offset or 0
        if self.query.limit is not None:
            rows = rows[start : start + self.query.limit]
            start = 0
        return max(rows.count() - start, 0)


def selection(
    one: SObject, query: tree.Query, *, by: Actor, at: datetime, all_rows: bool = False
) -> Plan:
    """The plan of a query of ``one``, whatever stands behind its FROM: what a search returns."""
    outer = Scope(one, by, at, all_rows)
    return Plan.of(outer.inside(one, query), query)


# --- Everything at once -------------------------------------------------------------------------

PART: Final = 2000
"""Rows at a time, where nothing keeps the moment."""


class All:
    """All rows of a query, some hundred at a time: for files of any size.

    ``names`` are the columns, with the path of what is a parent's: ``Promotion.Name``. Other
    statements may be made only while a part is at hand whose number ``pause_after`` divides.
    """

    def __init__(self, plan: Plan, pause_after: int) -> None:
        self._plan = plan
        self._pause_after = pause_after
        leaves = list(plan.selection.root.leaves())
        self.names = [".".join(path) for path, _ in leaves]
        self.moments = [path for path, leaf in leaves if format_wire_moment in leaf.column.renders]
        """The paths of those that are moments."""
        self._leaves = [leaf for _, leaf in leaves]

    def __iter__(self) -> Iterator[Sequence[tuple[Any, ...]]]:
        """Lists of rows; each has what JSON has of the columns."""
        for rows in self._parts():
            columns = list(zip(*rows, strict=True))
            yield list(zip(*(leaf.shown(columns) for leaf in self._leaves), strict=True))

    def records(self, version: str) -> Iterator[list[dict[str, Any]]]:
        """The same as records, as a plain query's answer has them."""
        renderer = Renderer(self._plan.selection, version)
        for rows in self._parts():
            yield renderer.records(rows)

    def _parts(self) -> Iterator[list[Row]]:
        limit, skip = self._plan.query.limit, self._plan.query.offset or 0
        if connection.vendor == "postgresql":
            rows = self._plan.ordered()
            end = None if limit is None else skip + limit
            rows = rows[skip:end] if skip or end is not None else rows
            yield from read_in_parts(rows, pause_after=self._pause_after)
            return
        after = None
        while limit is None or limit > 0:
            size = PART if limit is None else min(limit, PART)
            page = self._plan.page(size, after=after, skip=skip)
            if page:
                yield page
            if len(page) < size:
                return
            skip, after = 0, self._plan.position(page[-1])
            limit = None if limit is None else limit - size


def read_all(
    query: tree.Query, *, by: Actor, at: datetime, all_rows: bool = False, pause_after: int
) -> All:
    """Everything that a query of single records finds, as a stream of rows; see ``All``.

    Raises ``CallFailed`` at once where the query isn't one.
    """
    return All(Plan.of(scope_of(query, by, at, all_rows=all_rows), query), pause_after)
