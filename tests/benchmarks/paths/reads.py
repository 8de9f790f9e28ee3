"""A customer's enrollments over the API, against the bare SQL, in small and large tables."""

import time
from collections.abc import Iterator
from functools import partial
from statistics import median

import psycopg

from promotions import ids
from tests.benchmarks.bench import Bench, contest
from tests.benchmarks.dataset import replace_enrollments
from tests.benchmarks.figures import Figures, Row
from tests.benchmarks.load import run
from tests.benchmarks.report import say
from tests.benchmarks.sizes import Size

_EACH = 10
"""How many enrollments a customer has."""
_ASKED = 3_000
_STRIDE = 7_919
_OURS, _SQL = "API", "bare SQL"
# What an answer shows, and what its status is derived from.
_STATEMENT = """
SELECT u.id, u.promotion_id, p.promotion_code, u.type, u.account_id, u.contact_id,
       u.enrollment_offer_id, u.is_party_enrolled, u.enrollment_effective_date_time,
       u.enrollment_expiration_date_time, u.withdrawn_date, w.first_name, w.last_name, w.username,
       u.withdrawal_reason, u.usage_count, u.created_date, u.last_modified_date,
       p.is_active, p.is_deleted, p.start_date_time, p.end_date_time
  FROM enrollments_promotionpartyusage u
  JOIN promotions_promotion p ON p.id = u.promotion_id
  LEFT JOIN promotions_user w ON w.id = u.withdrawn_by_id
 WHERE u.contact_id = %s AND NOT u.is_deleted
 ORDER BY u.created_date DESC, u.id DESC
 LIMIT 101
"""


def reads(bench: Bench) -> Iterator[Row]:
    """One client, one customer after the other."""
    ours: dict[int, list[Figures]] = {}
    for rows in bench.options.reads:
        say(f"A customer's enrollments among {rows:,}")
        with bench.database.connect() as connection:
            size = _size(bench, rows)
            replace_enrollments(connection, size)
            results = contest(
                bench,
                f"reads at {rows:,}",
                {
                    _OURS: partial(_over_http, bench, size),
                    _SQL: partial(_by_sql, connection, size),
                },
            )
        ours[rows] = results.rounds[_OURS]
        yield Row(
            f"a customer's enrollments at {rows:,} rows, median time",
            _SQL,
            results.latency_ratios(_OURS, _SQL, "p50"),
            5,
            _time(results.median(_OURS)),
            _time(results.median(_SQL)),
            at_most=True,
        )
    few, many = min(ours), max(ours)
    if few < many:
        yield Row(
            f"a customer's enrollments at {many:,} rows, median time",
            f"the same at {few:,} rows",
            [a.p50 / b.p50 for a, b in zip(ours[many], ours[few], strict=True)],
            1.5,
            f"{median(one.p50 for one in ours[many]) * 1000:.2f} ms",
            f"{median(one.p50 for one in ours[few]) * 1000:.2f} ms",
            at_most=True,
        )


def _size(bench: Bench, rows: int) -> Size:
    contacts = rows // _EACH
    if contacts > len(bench.dataset.contacts):
        raise SystemExit(f"{rows:,} enrollments need --contacts {contacts}.")
    return Size(contacts=contacts, promotions=len(bench.dataset.promotions), enrollments=rows)


def _asked(size: Size) -> list[int]:
    """Customers from all over the table."""
    return [1 + number * _STRIDE % size.contacts for number in range(_ASKED)]


def _over_http(bench: Bench, size: Size) -> Figures:
    service = bench.service
    requests = [
        (
            f"GET /api/v1/enrollments?contactId={ids.encode(ids.CONTACT, contact)} HTTP/1.1\r\n"
            f"Host: 127.0.0.1\r\nAuthorization: Bearer {service.token}\r\n\r\n"
        ).encode()
        for contact in _asked(size)
    ]
    for seconds in (1.0, bench.options.seconds):
        load = run(service.port, requests, connections=1, seconds=seconds, expected=200)
        if set(load.statuses) != {200}:
            raise SystemExit(f"The service answered {dict(load.statuses)}: {load.bad[:1]}")
    return Figures.of(load)


def _by_sql(connection: psycopg.Connection, size: Size) -> Figures:
    latencies: list[float] = []
    begun = time.perf_counter()
    for contact in _asked(size):
        sent = time.perf_counter()
        found = connection.execute(_STATEMENT, [contact], prepare=True).fetchall()
        latencies.append(time.perf_counter() - sent)
        if len(found) != _EACH:
            raise SystemExit(f"Contact {contact} has {len(found)} enrollments.")
    latencies.sort()
    seconds = time.perf_counter() - begun
    return Figures(
        len(latencies) / seconds,
        *(latencies[int(share * len(latencies))] for share in (0.5, 0.95, 0.99)),
    )


def _time(figures: Figures) -> str:
    return f"{figures.p50 * 1000:.2f} ms (p95 {figures.p95 * 1000:.2f})"
