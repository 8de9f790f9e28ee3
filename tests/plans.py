"""How PostgreSQL reads what a call asks for: whether it comes off an index, however much there is.

The tables of a test are small, and a scan of them would be quickest; it is made dear, so that what
is still read by one could not be read otherwise. Of those ways that remain the planner chooses as
it does among millions, by what is to be read.
"""

import json
from collections.abc import Callable, Iterator
from typing import Any

from django.db import connection
from django.test.utils import CaptureQueriesContext

Plan = dict[str, Any]

LARGE = (
    "enrollments_account",
    "enrollments_contact",
    "enrollments_promotionpartyusage",
    "enrollments_promotionpartyusagehistory",
    "enrollments_enrollmentjobpartition",
    "enrollments_enrollmentjobrefusal",
    "enrollments_refusedcall",
)
"""The tables of which no call reads all."""


def plans(call: Callable[[], Any]) -> list[Plan]:
    """The plan of each statement about the large tables that the call sends."""
    with CaptureQueriesContext(connection) as captured:
        call()
    asked = [
        query["sql"]
        for query in captured
        if query["sql"].lstrip().startswith("SELECT")
        and any(table in query["sql"] for table in LARGE)
    ]
    assert asked, "the call reads none of the large tables"
    return [plan_of(sql) for sql in asked]


def plan_of(sql: str) -> Plan:
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
        cursor.execute(f"EXPLAIN (FORMAT JSON) {sql}")
        [(found,)] = cursor.fetchall()
        cursor.execute("SET LOCAL enable_seqscan = on")
    plan: Plan = (json.loads(found) if isinstance(found, str) else found)[0]["Plan"]
    return plan


def nodes(plan: Plan) -> Iterator[Plan]:
    yield plan
    for child in plan.get("Plans", ()):
        yield from nodes(child)


def scans(plan: Plan) -> list[str]:
    """The large tables that are read without an index."""
    return [
        node["Relation Name"]
        for node in nodes(plan)
        if node["Node Type"] == "Seq Scan" and node["Relation Name"] in LARGE
    ]


def indexes(plan: Plan) -> set[str]:
    """The indexes that are read."""
    return {node["Index Name"] for node in nodes(plan) if "Index Name" in node}


def sorted_below_limits(plan: Plan) -> bool:
    """Whether rows are sorted before a page is cut off them: then all of them are read first."""
    return any(
        inner["Node Type"] in ("Sort", "Incremental Sort")
        for node in nodes(plan)
        if node["Node Type"] == "Limit"
        for inner in nodes(node)
    )
