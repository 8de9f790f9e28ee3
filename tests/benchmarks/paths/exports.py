"""All enrollments of a promotion streamed over HTTP, against COPY TO of the same rows."""

import http.client
import threading
import time
from collections.abc import Callable, Iterator

import psycopg

from promotions import ids
from tests.benchmarks.bench import Bench, contest
from tests.benchmarks.dataset import replace_enrollments
from tests.benchmarks.figures import Figures, Row, shown
from tests.benchmarks.processes import resident_bytes, workers
from tests.benchmarks.report import say
from tests.benchmarks.sizes import Size

_CSV, _NDJSON, _COPY = "CSV", "NDJSON", "COPY TO"
_BLOCK = 1 << 18
_MOST_GROWTH = 30e6
"""Bytes that a worker may grow by while it streams, however many rows there are."""
_STATEMENT = """
COPY (
SELECT u.id, u.promotion_id, p.promotion_code, u.type, u.account_id, u.contact_id,
       u.enrollment_offer_id, u.is_party_enrolled, u.enrollment_effective_date_time,
       u.enrollment_expiration_date_time, u.withdrawn_date, w.first_name, w.last_name,
       u.withdrawal_reason, u.usage_count, u.created_date, u.last_modified_date
  FROM enrollments_promotionpartyusage u
  JOIN promotions_promotion p ON p.id = u.promotion_id
  LEFT JOIN promotions_user w ON w.id = u.withdrawn_by_id
 WHERE u.promotion_id = {promotion} AND NOT u.is_deleted
 ORDER BY u.id
) TO STDOUT WITH (FORMAT csv)
"""


def exports(bench: Bench) -> Iterator[Row]:
    """One client that reads to the end."""
    count = bench.options.audience
    promotion = bench.dataset.promotions.start
    say(f"An export of {count:,} enrollments")
    growth: list[int] = []
    with bench.database.connect() as connection:
        replace_enrollments(
            connection,
            Size(
                contacts=count,
                promotions=len(bench.dataset.promotions),
                enrollments=count,
                everybody_in_first=True,
            ),
        )
        contenders = {
            _CSV: _download(bench, promotion, "csv", growth),
            _COPY: lambda: _copy(connection, promotion, count),
            _NDJSON: _download(bench, promotion, "ndjson", growth),
        }
        results = contest(bench, "export", contenders)
    path = f"a streamed export of {count:,} enrollments"
    for name in (_CSV, _NDJSON):
        yield Row(
            f"{path}, {name}",
            _COPY,
            results.rate_ratios(name, _COPY),
            0.3,
            shown(results.median(name), "rows/s"),
            shown(results.median(_COPY), "rows/s"),
        )
    yield Row(
        f"{path}, growth of a worker's memory",
        f"{_MOST_GROWTH / 1e6:.0f} MB",
        [grown / _MOST_GROWTH for grown in growth],
        1,
        f"{max(growth) / 1e6:.1f} MB at most",
        "",
        at_most=True,
    )


def _download(bench: Bench, promotion: int, form: str, growth: list[int]) -> Callable[[], Figures]:
    service = bench.service
    path = f"/api/v1/promotions/{ids.encode(ids.PROMOTION, promotion)}/enrollments/export"

    def measure() -> Figures:
        with Memory(service.pid) as memory:
            begun = time.perf_counter()
            connection = http.client.HTTPConnection("127.0.0.1", service.port, timeout=600)
            connection.request(
                "GET", f"{path}?format={form}", headers={"Authorization": f"Bearer {service.token}"}
            )
            answer = connection.getresponse()
            if answer.status != 200:
                raise SystemExit(f"The export answered {answer.status}: {answer.read()[:500]!r}")
            lines = 0
            while block := answer.read(_BLOCK):
                lines += block.count(b"\n")
            seconds = time.perf_counter() - begun
            connection.close()
        growth.append(memory.growth)
        rows = lines - (form == "csv")
        if rows != bench.options.audience:
            raise SystemExit(f"The export has {rows} rows.")
        return Figures(rows / seconds)

    return measure


def _copy(connection: psycopg.Connection, promotion: int, count: int) -> Figures:
    begun = time.perf_counter()
    lines = 0
    with connection.cursor().copy(_STATEMENT.format(promotion=promotion)) as rows:
        for block in rows:
            lines += bytes(block).count(b"\n")
    seconds = time.perf_counter() - begun
    if lines != count:
        raise SystemExit(f"COPY gave {lines} rows.")
    return Figures(lines / seconds)


class Memory:
    """Watches by how much the workers of a server grow at most."""

    def __init__(self, pid: int) -> None:
        self._before = {worker: resident_bytes(worker) for worker in workers(pid)}
        self._over = threading.Event()
        self.growth = 0

    def __enter__(self) -> "Memory":
        self._thread = threading.Thread(target=self._watch, daemon=True)
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self._thread.join()

    def _watch(self) -> None:
        while not self._over.wait(0.05):
            grown = max(resident_bytes(pid) - before for pid, before in self._before.items())
            self.growth = max(self.growth, grown)
