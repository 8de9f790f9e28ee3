"""Queries and creations by an existing client, simple-salesforce, as it is.

Queries against the same rows by the plain driver, rendered as JSON; records made by one collection
against a call for each.
"""

import json
import subprocess
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from itertools import count
from typing import Any

from tests.benchmarks.bench import Bench, contest
from tests.benchmarks.dataset import replace_enrollments
from tests.benchmarks.figures import Figures, Row, shown
from tests.benchmarks.paths.exports import Memory
from tests.benchmarks.processes import PYTHON, ROOT, environment
from tests.benchmarks.report import say
from tests.benchmarks.service import new_token
from tests.benchmarks.sizes import Size

_ROWS = 200_000
_CREATED = 200
_MOST_GROWTH = {"the client": 30e6, "a worker": 60e6}
"""Bytes that they may grow by, however many rows there are. A worker has eight threads, and each of
them keeps the memory that it once needed for a page."""
_SCOPES = (
    *("promotions:read", "promotions:write", "promotions:all", "customers:read"),
    *("customers:write", "enrollments:read", "enrollments:write"),
)
_QUERY, _BULK, _DRIVER = "query", "Bulk 2.0", "driver and JSON"
_TEXT = (
    "SELECT Id, PromotionId, ContactId, Type, IsPartyEnrolled, EnrollmentEffectiveDateTime, "
    "WithdrawnDate, UsageCount, CreatedDate, LastModifiedDate FROM PromotionPartyUsage"
)
_STATEMENT = """
SELECT id, promotion_id, contact_id, type, is_party_enrolled, enrollment_effective_date_time,
       withdrawn_date, usage_count, created_date, last_modified_date
  FROM enrollments_promotionpartyusage
 WHERE NOT is_deleted
 ORDER BY id
"""
_number = count(1)


@dataclass
class _Readers:
    """Clients in processes of their own, and by how much memory they and the workers grew."""

    bench: Bench
    token: str
    grown: dict[str, list[int]] = field(default_factory=dict)
    workers: dict[str, list[int]] = field(default_factory=dict)

    def measure(self, who: str, expected: int, act: str, **asked: Any) -> Figures:
        service = self.bench.service
        if act == "driver":
            asked["database"] = self.bench.database.url
        else:
            asked |= {"url": service.url, "token": self.token}
        with Memory(service.pid) as memory:
            done = subprocess.run(
                [PYTHON, "-m", "tests.benchmarks.reader"],
                input=json.dumps({"act": act, **asked}),
                cwd=ROOT,
                env=environment(),
                stdout=subprocess.PIPE,
                text=True,
                check=True,
            )
        came = json.loads(done.stdout)
        if came["rows"] != expected:
            raise SystemExit(f"{who}: {came['rows']} instead of {expected}.")
        self.grown.setdefault(who, []).append(came["growth"])
        self.workers.setdefault(who, []).append(memory.growth)
        return Figures(came["rows"] / came["seconds"])


def queries(bench: Bench) -> Iterator[Row]:
    """One client that reads to the end; one that makes 200 records."""
    service = bench.service
    readers = _Readers(bench, new_token(service.port, service.variables, _SCOPES))
    yield from _reading(readers)
    for name in ("Account", "Promotion"):
        yield from _creating(readers, name)


def _reading(readers: _Readers) -> Iterator[Row]:
    bench = readers.bench
    say(f"A query for {_ROWS:,} enrollments")
    with bench.database.connect() as connection:
        promotions = len(bench.dataset.promotions)
        contacts = min(_ROWS, len(bench.dataset.contacts))
        size = Size(contacts=contacts, promotions=promotions, enrollments=_ROWS)
        replace_enrollments(connection, size)
    name = "PromotionPartyUsage"
    contenders: dict[str, Callable[[], Figures]] = {
        _QUERY: lambda: readers.measure(_QUERY, _ROWS, "query", text=_TEXT),
        _DRIVER: lambda: readers.measure(_DRIVER, _ROWS, "driver", statement=_STATEMENT),
        _BULK: lambda: readers.measure(_BULK, _ROWS, "bulk", text=_TEXT, name=name),
    }
    results = contest(bench, "query", contenders)
    for contender, path in ((_QUERY, "a query"), (_BULK, "a job that queries")):
        path = f"{path} for {_ROWS:,} enrollments by simple-salesforce"
        yield Row(
            path,
            _DRIVER,
            results.rate_ratios(contender, _DRIVER),
            0.5 if contender == _QUERY else None,
            shown(results.median(contender), "rows/s"),
            shown(results.median(_DRIVER), "rows/s"),
        )
        for whose, growth in (("the client", readers.grown), ("a worker", readers.workers)):
            seen, most = growth[contender], _MOST_GROWTH[whose]
            yield Row(
                f"{path}, growth of {whose}'s memory",
                f"{most / 1e6:.0f} MB",
                [grown / most for grown in seen],
                1 if contender == _QUERY else None,
                f"{max(seen) / 1e6:.1f} MB at most",
                "",
                at_most=True,
            )


def _creating(readers: _Readers, name: str) -> Iterator[Row]:
    def measure(together: bool) -> Figures:
        made = [
            {"attributes": {"type": name}, "Name": f"Bench {next(_number)}"}
            for _ in range(_CREATED)
        ]
        how = f"{name}, together" if together else f"{name}, one by one"
        return readers.measure(how, _CREATED, "create", records=made, together=together)

    contenders = {"together": lambda: measure(True), "one by one": lambda: measure(False)}
    results = contest(readers.bench, f"{_CREATED} of {name}", contenders)
    yield Row(
        f"{_CREATED} of {name} created by one collection",
        "a call for each",
        results.rate_ratios("together", "one by one"),
        None,
        shown(results.median("together"), "records/s"),
        shown(results.median("one by one"), "records/s"),
    )
