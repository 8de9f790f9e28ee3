"""The records that name others: ``(SELECT … FROM PromotionTiers)``, of a whole page at once."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from django.db.models import Count, F, QuerySet, Window
from django.db.models.functions import RowNumber
from django.db.models.lookups import IsNull

from promotions.sobjects.paths import targets_of
from promotions.sobjects.query.fetching import Row, fetch
from promotions.sobjects.query.plan import Plan
from promotions.sobjects.query.scope import Scope
from promotions.sobjects.query.selecting import Child

ON_PAGE: Final = 200
"""Children of one record that come along with it, as existing clients expect it; the rest is asked
for by a locator of its own."""

_NUMBER: Final = "number_of_child"


@dataclass(frozen=True, slots=True)
class Found:
    """The children of one record."""

    rows: list[Row]
    total: int

    @property
    def done(self) -> bool:
        return len(self.rows) == self.total


@dataclass(frozen=True, slots=True)
class Children:
    """Records of ``plan`` name the records of the query around by ``column``."""

    child: Child
    plan: Plan
    column: str
    parent_place: int
    """Where its value is in a row."""

    @classmethod
    def of(cls, scope: Scope, child: Child) -> "Children":
        field = child.relationship.field
        inner = scope.inside(child.relationship.child, child.query)
        column = next(c for c, target in targets_of(field) if target is scope.sobject)
        plan = Plan.of(inner, child.query)
        before = field.sources[: field.sources.index(column)]
        if before:  # the first that is set is what the reference leads to
            rows = plan.rows.filter(*(IsNull(F(f"{name}_id"), True) for name in before))
            plan = Plan(plan.scope, plan.query, rows, plan.keys, plan.selection, plan.key_places)
        parent_place = plan.selection.wanted.place(F(f"{column}_id"))
        return cls(child, plan, f"{column}_id", parent_place)

    def of_one(self, key: int) -> Plan:
        """The children of one record."""
        plan = self.plan
        rows = plan.rows.filter(**{self.column: key})
        return Plan(plan.scope, plan.query, rows, plan.keys, plan.selection, plan.key_places)

    def of_all(self, keys: Sequence[int]) -> Mapping[int, Found]:
        """The children of records, by their primary keys; nothing of those without."""
        if len(keys) == 1:
            return self._of_single(keys[0])
        skip, (most, more) = self.plan.query.offset or 0, self._share
        found: dict[int, list[Row]] = defaultdict(list)
        for row in fetch(self._numbered(keys, skip, skip + most + more)):
            found[row[self.parent_place]].append(row)
        over = [parent for parent, rows in found.items() if len(rows) > most]
        totals = self._totals(over)
        return {
            parent: Found(rows[:most], totals.get(parent, len(rows)))
            for parent, rows in found.items()
        }

    @property
    def _share(self) -> tuple[int, int]:
        """How many children of a record are shown, and how many more are looked for, which say
        whether there are any."""
        limit = self.plan.query.limit
        return (ON_PAGE, 1) if limit is None or limit > ON_PAGE else (limit, 0)

    def _of_single(self, key: int) -> Mapping[int, Found]:
        plan, (most, more) = self.of_one(key), self._share
        rows = plan.page(most + more, skip=plan.query.offset or 0) if most else []
        if not rows:
            return {}
        total = len(rows) if len(rows) <= most else plan.count()
        return {key: Found(rows[:most], total)}

    def _numbered(self, keys: Sequence[int], skip: int, end: int) -> "QuerySet[Any, Any]":
        plan = self.plan
        number = Window(
            RowNumber(),
            partition_by=F(self.column),
            order_by=[key.order for key in plan.keys],
        )
        rows = plan.rows.filter(**{f"{self.column}__in": keys}).annotate(**{_NUMBER: number})
        chosen = rows.filter(**{f"{_NUMBER}__gt": skip, f"{_NUMBER}__lte": end}).values("pk")
        ordered = plan.rows.filter(pk__in=chosen).order_by(*(key.order for key in plan.keys))
        found: QuerySet[Any, Any] = ordered.values_list(*plan.selection.wanted.names)
        return found

    def _totals(self, parents: Sequence[int]) -> dict[int, int]:
        if not parents:
            return {}
        rows = self.plan.rows.filter(**{f"{self.column}__in": parents})
        counted = rows.values_list(self.column).annotate(total_of_children=Count("pk"))
        limit, skip = self.plan.query.limit, self.plan.query.offset or 0
        return {
            parent: max(total - skip, 0) if limit is None else min(limit, max(total - skip, 0))
            for parent, total in counted
        }
