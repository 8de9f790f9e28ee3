"""Enrolling, one customer per request and 200: against the hand-written service, the idiomatic view
and pgbench."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack

from tests.benchmarks import pgbench
from tests.benchmarks.bench import Bench, contest
from tests.benchmarks.enrolling import Pairs, Requests
from tests.benchmarks.figures import Contest, Figures, Row, shown
from tests.benchmarks.load import Load, run
from tests.benchmarks.report import say
from tests.benchmarks.yardsticks import servers

_OURS, _KEYS, _FASTAPI, _PGBENCH = "ours", "ours, keys", "FastAPI", "pgbench"
_FASTAPI_KEYS, _PGBENCH_KEYS = "FastAPI, keys", "pgbench, keys"
_DRF, _KEPT, _AT_ONCE = "DRF", "DRF, connections kept", "pgbench, one statement"
_WARM_SECONDS = 2.0
_WARM_ITEMS = 300_000
_SPARE = 6
"""How many times as many requests are made as the warm-up lets expect."""


class Enrolling:
    """Requests with so many items each, for all contenders, and their measurements."""

    def __init__(self, bench: Bench, pairs: Pairs, items: int) -> None:
        self._bench, self._pairs, self._items = bench, pairs, items
        self._connection = bench.database.connect()
        self._requests = Requests(self._connection, bench.dataset, pairs)
        self._rates: dict[str, float] = {}
        self._key_series = 0

    def over_http(self, name: str, port: int, *, keys: bool = False) -> Callable[[], Figures]:
        """A measurement of the server on ``port``; with an idempotency key per request or none."""

        def load(seconds: float, count: int) -> Load:
            self._key_series += 1
            series = f"bench-{self._key_series}" if keys else None
            requests = self._requests.make(
                count, items=self._items, token=self._bench.service.token, keys=series
            )
            return run(port, requests, seconds=seconds)

        return self._measurement(name, load)

    def by_pgbench(self, name: str, *, at_once: bool, keys: bool = False) -> Callable[[], Figures]:
        """A measurement of pgbench; ``at_once``: in one statement instead of a transaction;
        ``keys``: with an answer that is kept."""

        def load(seconds: float, count: int) -> Load:
            bench = self._bench
            return pgbench.run(
                bench.database,
                bench.dataset,
                self._pairs,
                rows=self._items,
                seconds=seconds,
                most=count,
                at_once=at_once,
                keys=keys,
            )

        return self._measurement(name, load)

    def _measurement(self, name: str, load: Callable[[float, int], Load]) -> Callable[[], Figures]:
        def measure() -> Figures:
            if name not in self._rates:
                warm = self._checked(name, lambda: load(_WARM_SECONDS, _WARM_ITEMS // self._items))
                self._rates[name] = warm.rate
            seconds = self._bench.options.seconds
            count = int(self._rates[name] * seconds * _SPARE) + 64
            return Figures.of(self._checked(name, lambda: load(seconds, count)), self._items)

        return measure

    def _checked(self, name: str, load: Callable[[], Load]) -> Load:
        """Runs a load, and finds in the database what it says it wrote."""
        enrollments, history = self._last_keys()
        done = load()
        if set(done.statuses) != {201}:
            raise SystemExit(f"{name} answered {dict(done.statuses)}: {done.bad[:1]}")
        wanted = done.statuses[201] * self._items
        for table, last in (("", enrollments), ("history", history)):
            row = self._connection.execute(
                f"SELECT count(*) FROM enrollments_promotionpartyusage{table} WHERE id > %s", [last]
            ).fetchone()
            if row != (wanted,):
                raise SystemExit(f"{name} answered {wanted} and wrote {row} rows ({table}).")
        return done

    def _last_keys(self) -> tuple[int, int]:
        row = self._connection.execute(
            "SELECT (SELECT coalesce(max(id), 0) FROM enrollments_promotionpartyusage),"
            " (SELECT coalesce(max(id), 0) FROM enrollments_promotionpartyusagehistory)"
        ).fetchone()
        assert row is not None
        return row[0], row[1]


def single(bench: Bench) -> Iterator[Row]:
    """One enrollment per request."""
    half = len(bench.dataset.open_promotions) // 2
    enrolling = Enrolling(bench, Pairs(bench.dataset, range(half), run=1), items=1)
    with ExitStack() as stack:
        ports = {
            _FASTAPI: stack.enter_context(servers.fastapi(bench.service)),
            _DRF: stack.enter_context(servers.drf(bench.service, keep_connections=False)),
            _KEPT: stack.enter_context(servers.drf(bench.service, keep_connections=True)),
        }
        contenders = {
            _OURS: enrolling.over_http(_OURS, bench.service.port),
            _FASTAPI: enrolling.over_http(_FASTAPI, ports[_FASTAPI]),
            _DRF: enrolling.over_http(_DRF, ports[_DRF]),
            _KEPT: enrolling.over_http(_KEPT, ports[_KEPT]),
            _PGBENCH: enrolling.by_pgbench(_PGBENCH, at_once=False),
            _AT_ONCE: enrolling.by_pgbench(_AT_ONCE, at_once=True),
            _KEYS: enrolling.over_http(_KEYS, bench.service.port, keys=True),
            _FASTAPI_KEYS: enrolling.over_http(_FASTAPI_KEYS, ports[_FASTAPI], keys=True),
            _PGBENCH_KEYS: enrolling.by_pgbench(_PGBENCH_KEYS, at_once=False, keys=True),
        }
        say("One enrollment per request, 32 clients")
        results = contest(bench, "single", contenders)
    path = "one enrollment per request"
    with_key = f"{path}, each with an idempotency key"
    yield _row(results, path, _OURS, _FASTAPI, 1.0, "req/s")
    yield _p99_row(results, path)
    yield _row(results, path, _OURS, _DRF, 8, "req/s")
    yield _row(results, path, _OURS, _KEPT, None, "req/s")
    yield _row(results, path, _OURS, _PGBENCH, 0.25, "req/s")
    yield _row(results, path, _OURS, _AT_ONCE, None, "req/s")
    yield _row(results, with_key, _KEYS, _FASTAPI_KEYS, 1.0, "req/s")
    yield _row(results, with_key, _KEYS, _DRF, 8, "req/s")
    yield _row(results, with_key, _KEYS, _PGBENCH_KEYS, 0.25, "req/s")


def batch(bench: Bench) -> Iterator[Row]:
    """200 enrollments per request."""
    promotions = len(bench.dataset.open_promotions)
    pairs = Pairs(bench.dataset, range(promotions // 2, promotions), run=200)
    enrolling = Enrolling(bench, pairs, items=200)
    with servers.fastapi(bench.service) as port:
        contenders = {
            _OURS: enrolling.over_http(_OURS, bench.service.port),
            _FASTAPI: enrolling.over_http(_FASTAPI, port),
            _PGBENCH: enrolling.by_pgbench(_PGBENCH, at_once=True),
        }
        say("200 enrollments per request, 32 clients")
        results = contest(bench, "batch", contenders)
    path = "200 items per request"
    yield _row(results, path, _OURS, _FASTAPI, 1.0, "items/s")
    yield _row(results, path, _OURS, _PGBENCH, 0.8, "items/s")


def _row(
    results: Contest, path: str, ours: str, theirs: str, to_reach: float | None, unit: str
) -> Row:
    return Row(
        path,
        theirs,
        results.rate_ratios(ours, theirs),
        to_reach,
        shown(results.median(ours), unit),
        shown(results.median(theirs), unit),
    )


def _p99_row(results: Contest, path: str) -> Row:
    ours, theirs = results.median(_OURS), results.median(_FASTAPI)
    return Row(
        path,
        f"{_FASTAPI}, p99",
        results.latency_ratios(_OURS, _FASTAPI, "p99"),
        1.0,
        f"{ours.p99 * 1000:.1f} ms",
        f"{theirs.p99 * 1000:.1f} ms",
        at_most=True,
    )
