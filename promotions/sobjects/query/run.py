"""Queries as calls: the first page, the next ones, and what an answer says of them.

Source: the client contract, section 2, ``query`` and ``queryAll``.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import islice
from typing import Any, Final

from django.db.models import Max

from promotions.actors import Actor
from promotions.models import QueryLocator
from promotions.services.query_locators import (
    Kept,
    Rest,
    note_position,
    open_child_locators,
    open_locator,
)
from promotions.services.transactions import in_transaction
from promotions.services.views import note_references, note_views
from promotions.sobjects.query import locators
from promotions.sobjects.query.aggregates import Groups, is_count, is_grouped
from promotions.sobjects.query.children import Children, Found
from promotions.sobjects.query.fetching import Row
from promotions.sobjects.query.plan import Plan
from promotions.sobjects.query.problems import located, malformed
from promotions.sobjects.query.scope import named, scope_of
from promotions.sobjects.query.selecting import Renderer
from promotions.sobjects.query.time_limit import within_time
from promotions.sobjects.reading import DATA_PATH
from promotions.sobjects.soql import checks, tree
from promotions.sobjects.soql.parser import read_query

PAGE_SIZE: Final = 2000
_SMALLEST_PAGE: Final = 200
_WITH_CHILDREN: Final = 200
"""Records on a page that brings along others."""

Answer = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Caller:
    """Who asks, when, in which version (``v59.0``), for pages of which size."""

    by: Actor
    at: datetime
    version: str
    page_size: int | None = None
    """None where it isn't said: as before, else as large as there can be."""


def page_size_of(header: str) -> int | None:
    """What ``Sforce-Query-Options: batchSize=500`` asks for, within what there can be."""
    for option in header.split(","):
        name, _, value = option.partition("=")
        if name.strip().lower() == "batchsize" and (digits := value.strip()[:9]).isdecimal():
            return max(_SMALLEST_PAGE, min(PAGE_SIZE, int(digits)))
    return None


def query(text: str, caller: Caller, *, all_rows: bool = False) -> Answer:
    """The answer to a query: ``totalSize``, ``done``, ``records``, and ``nextRecordsUrl`` where
    there is more.

    Raises ``CallFailed`` for whatever is wrong with it, and ``Refused`` where the caller may not
    read an object that it touches.
    """
    with located(text):
        asked = parsed(text)
        scope = scope_of(asked, caller.by, caller.at, all_rows=all_rows)
        if is_grouped(asked):
            with within_time():
                if is_count(asked):
                    return _counted(Plan.counting(scope, asked).count())
                return _whole(Groups(scope, asked).records())
        run = _Run(Plan.of(scope, asked), caller, text)
        return run.first()


def more(locator: str, caller: Caller) -> Answer:
    """The next page of a query, by its locator; each page can be asked for again."""
    place = locators.find(locator, by=caller.by, at=caller.at)
    with located(place.locator.text):
        kept = place.locator
        asked = parsed(kept.text)
        scope = scope_of(asked, caller.by, kept.asked_at, all_rows=kept.all_rows)
        plan = Plan.of(scope, asked)
        if kept.child is not None and kept.parent_key is not None:
            plan = Children.of(scope, plan.selection.children[kept.child]).of_one(kept.parent_key)
        return _Run(plan, caller, kept.text, kept.page_size).behind(place)


def parsed(text: str) -> tree.Query:
    """The tree of a whole query. That there is no such object is told before how its clauses don't
    go together, as on the compatible platform: what they must be depends on the object."""
    found = read_query(text)
    named(found)
    checks.check(found)
    if found.all_rows:
        message = "ALL ROWS is not allowed here. Ask queryAll instead, which has deleted records."
        raise malformed(message, found.source_position)
    return found


def _counted(total: int) -> Answer:
    return {"totalSize": total, "done": True, "records": []}


def _whole(records: list[dict[str, Any]]) -> Answer:
    return {"totalSize": len(records), "done": True, "records": records}


def _next(caller: Caller, locator: str) -> str:
    return f"{DATA_PATH}/{caller.version}/query/{locator}"


def _last_key(plan: Plan) -> int:
    model: Any = plan.scope.sobject.model
    return model._default_manager.aggregate(last=Max("pk"))["last"] or 0


class _Run:
    """One call for a page."""

    def __init__(self, plan: Plan, caller: Caller, text: str, page_size: int = PAGE_SIZE) -> None:
        self._plan, self._caller, self._text = plan, caller, text
        self._children = [Children.of(plan.scope, child) for child in plan.selection.children]
        self._size = caller.page_size or page_size
        if self._children:
            self._size = min(self._size, _WITH_CHILDREN)

    def first(self) -> Answer:
        plan = self._plan
        limit = plan.query.limit
        size = self._size if limit is None else min(self._size, limit)
        with within_time():
            # One more than the page has says whether there is more.
            rows = plan.page(size + 1, skip=plan.query.offset or 0) if size else []
            page = rows[:size]
            found = self._found(page)
            total, last_key = len(page), 0
            if len(rows) > size and size != limit:
                last_key = _last_key(plan)
                total = max(plan.count(up_to=last_key), len(page) + 1)
        locator = None
        if len(page) < total:
            locator = self._open(page, last_key, total)
        return self._answer(page, found, total, locator, len(page))

    def behind(self, place: locators.Place) -> Answer:
        plan, kept = self._plan, place.locator
        limit = plan.query.limit
        size = self._size if limit is None else min(self._size, max(limit - place.offset, 0))
        with within_time():
            rows = plan.page(size + 1, after=place.values, up_to=kept.last_key) if size else []
            page = rows[:size]
            found = self._found(page)
        offset = place.offset + len(page)
        more = len(rows) > size and (limit is None or offset < limit)
        if more:
            self._note(kept, page, offset)
        return self._answer(page, found, kept.total, kept if more else None, offset)

    # --- Locators -------------------------------------------------------------------------------

    def _open(self, page: Sequence[Row], last_key: int, total: int) -> QueryLocator:
        def act() -> QueryLocator:
            locator = open_locator(self._kept(last_key), total=total)
            self._note(locator, page, len(page))
            return locator

        return in_transaction(act)

    def _kept(self, last_key: int) -> Kept:
        return Kept(
            user=self._caller.by.user,
            text=self._text,
            all_rows=self._plan.scope.all_rows,
            page_size=self._size,
            asked_at=self._plan.scope.at,
            last_key=last_key,
            at=self._caller.at,
        )

    def _note(self, locator: QueryLocator, page: Sequence[Row], offset: int) -> None:
        values = locators.kept(self._plan.position(page[-1]))
        note_position(locator, offset=offset, values=values, at=self._caller.at)

    # --- Children -------------------------------------------------------------------------------

    def _found(self, page: Sequence[Row]) -> list[dict[int, Found]]:
        keys = [row[0] for row in page]
        return [dict(children.of_all(keys)) if keys else {} for children in self._children]

    def _shown_children(self, found: Sequence[dict[int, Found]]) -> list[dict[int, Answer]]:
        pairs = zip(self._children, found, strict=True)
        return [self._shown_of(children, of_all) for children, of_all in pairs]

    def _shown_of(self, children: Children, found: Mapping[int, Found]) -> dict[int, Answer]:
        """The children of a page's records in one relationship."""
        renderer = Renderer(children.plan.selection, self._caller.version)
        records = iter(renderer.records([row for one in found.values() for row in one.rows]))
        paths = self._rest(children, {key: one for key, one in found.items() if not one.done})
        shown: dict[int, Answer] = {}
        for key, one in found.items():
            answer: Answer = {"totalSize": one.total, "done": one.done}
            if key in paths:
                answer["nextRecordsUrl"] = paths[key]
            shown[key] = {**answer, "records": list(islice(records, len(one.rows)))}
        return shown

    def _rest(self, children: Children, found: Mapping[int, Found]) -> dict[int, str]:
        """The paths to the children that are not in the answer, by their parents' keys: all kept at
        once, however many there are."""
        if not found:
            return {}
        rests = [
            Rest(
                parent_key=key,
                total=one.total,
                offset=len(one.rows),
                values=locators.kept(children.plan.position(one.rows[-1])),
            )
            for key, one in found.items()
        ]
        kept = replace(self._kept(_last_key(children.plan)), page_size=PAGE_SIZE)
        opened = in_transaction(lambda: open_child_locators(kept, children.child.index, rests))
        return {
            rest.parent_key: _next(self._caller, locators.written(locator, rest.offset))
            for rest, locator in zip(rests, opened, strict=True)
        }

    # --- The answer -----------------------------------------------------------------------------

    def _answer(
        self,
        page: Sequence[Row],
        found: Sequence[dict[int, Found]],
        total: int,
        locator: QueryLocator | None,
        offset: int,
    ) -> Answer:
        renderer = Renderer(self._plan.selection, self._caller.version)
        records = renderer.records(page, self._shown_children(found))
        self._note_views(page)
        answer: Answer = {"totalSize": total, "done": locator is None}
        if locator is not None:
            answer["nextRecordsUrl"] = _next(self._caller, locators.written(locator, offset))
        return {**answer, "records": records}

    def _note_views(self, page: Sequence[Row]) -> None:
        marks, one = self._plan.query.marks, self._plan.scope.sobject
        if not page or not one.viewable or not marks & {"VIEW", "REFERENCE"}:
            return
        note = note_views if "VIEW" in marks else note_references
        keys = [row[0] for row in page]
        note(one.key_prefix, keys, user=self._caller.by.user, at=self._caller.at)
