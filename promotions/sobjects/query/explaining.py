"""``explain=``: how the database would look for the rows of a query, as far as it tells.

Source: the client contract, section 2.
"""

from typing import Any, Final

import orjson
from django.db import connection
from django.db.models import QuerySet

from promotions.sobjects.query.conditions import rows_of
from promotions.sobjects.query.problems import located
from promotions.sobjects.query.run import Caller, parsed
from promotions.sobjects.query.scope import scope_of
from promotions.sobjects.query.time_limit import within_time

_MOST: Final = 10_000


def explained(text: str, caller: Caller, *, all_rows: bool = False) -> dict[str, Any]:
    """The one plan that the database would follow.

    Its cardinality is the database's guess; where it makes none, what there is, up to ten thousand.
    """
    with located(text):
        query = parsed(text)
        scope = scope_of(query, caller.by, caller.at, all_rows=all_rows)
        rows = rows_of(scope, query)
        with within_time():
            operation, cardinality, cost = _plan(rows.values_list("pk"))
            size = scope.rows()[:_MOST].count()
    return {
        "plans": [
            {
                "cardinality": cardinality,
                "fields": [],
                "leadingOperationType": operation,
                "notes": [],
                "relativeCost": cost,
                "sobjectCardinality": max(size, cardinality),
                "sobjectType": scope.sobject.name,
            }
        ],
        "sourceQuery": text,
    }


def _plan(rows: "QuerySet[Any, Any]") -> tuple[str, int, float]:
    """How the rows are looked for, how many there will be, and what that costs."""
    on_postgresql = connection.vendor == "postgresql"
    said = rows.explain(format="json" if on_postgresql else None)
    if not said:  # the database isn't even asked where nothing can fit the conditions
        return "Index", 0, 0.0
    if on_postgresql:
        return _told(orjson.loads(said)[0]["Plan"])
    scans = any("SCAN" in line and "USING" not in line for line in said.splitlines())
    return "TableScan" if scans else "Index", rows[:_MOST].count(), 1.0 if scans else 0.1


def _told(plan: dict[str, Any]) -> tuple[str, int, float]:
    operation = "Index" if "Index" in _first(plan)["Node Type"] else "TableScan"
    return operation, int(plan["Plan Rows"]), float(plan["Total Cost"])


def _first(plan: dict[str, Any]) -> dict[str, Any]:
    """The step that everything begins with."""
    while inner := plan.get("Plans"):
        if plan["Node Type"] == "Bitmap Heap Scan":
            break
        plan = inner[0]
    return {"Node Type": "Bitmap Index Scan"} if plan.get("Plans") else plan
