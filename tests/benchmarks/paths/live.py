"""Live enrollment while an audience is enrolled beside it, against live enrollment alone."""

import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import psycopg

from tests.benchmarks import audience_files
from tests.benchmarks.bench import Bench
from tests.benchmarks.children import Command
from tests.benchmarks.dataset import replace_enrollments
from tests.benchmarks.enrolling import Pairs, Requests
from tests.benchmarks.figures import Contest, Figures, Row, shown
from tests.benchmarks.load import Load, run
from tests.benchmarks.report import say
from tests.benchmarks.sizes import Size

_ALONE, _BESIDE = "alone", "beside a job"
_MOST_PER_SECOND = 6_000


def live(bench: Bench) -> Iterator[Row]:
    """32 clients, without and with a job that goes on all the while."""
    say("Live enrollment while a job runs")
    contest = Contest({_ALONE: [], _BESIDE: []})
    slowed = []
    with (
        tempfile.TemporaryDirectory(prefix="promotion-bench-live-") as directory,
        bench.database.connect() as connection,
    ):
        file = Path(directory) / "audience.csv"
        audience_files.write(connection, file, len(bench.dataset.contacts))
        for number in range(bench.options.rounds):
            replace_enrollments(connection, Size(enrollments=0))
            live_load = _Live(bench, connection)
            live_load.run(2)
            contest.rounds[_ALONE].append(Figures.of(live_load.run(bench.options.seconds)))
            # Promotions from the end: the audience's own measurement uses those at the beginning.
            promotion = bench.dataset.promotions[-1 - number]
            job = Command(
                bench.service.variables, "enroll_audience", f"PROMO{promotion}", str(file)
            )
            try:
                before = _wait_until_it_enrolls(connection, promotion, job)
                contest.rounds[_BESIDE].append(Figures.of(live_load.run(bench.options.seconds)))
                slowed.append((_enrolled(connection, promotion) - before) / bench.options.seconds)
                if not job.is_running:
                    raise SystemExit("The job ended too soon: take more --contacts, or less time.")
            finally:
                job.process.terminate()
                job.process.wait()
            say(
                f"  live, round {number + 1}: p95 {contest.rounds[_ALONE][-1].p95 * 1000:.0f} ms"
                f" alone, {contest.rounds[_BESIDE][-1].p95 * 1000:.0f} ms beside a job"
            )
    alone, beside = contest.median(_ALONE), contest.median(_BESIDE)
    yield Row(
        "live enrollment beside a job, p95",
        "live enrollment alone",
        contest.latency_ratios(_BESIDE, _ALONE, "p95"),
        2,
        f"{shown(beside, 'req/s')}; the job {min(slowed):,.0f}–{max(slowed):,.0f} rows/s",
        shown(alone, "req/s"),
        at_most=True,
    )


class _Live:
    """Enrollments one by one, in tables that are empty to begin with."""

    def __init__(self, bench: Bench, connection: psycopg.Connection) -> None:
        self._bench = bench
        pairs = Pairs(bench.dataset, range(len(bench.dataset.open_promotions)), run=1)
        self._requests = Requests(connection, bench.dataset, pairs)

    def run(self, seconds: float) -> Load:
        service = self._bench.service
        count = int(seconds * _MOST_PER_SECOND)
        load = run(
            service.port, self._requests.make(count, items=1, token=service.token), seconds=seconds
        )
        if set(load.statuses) != {201}:
            raise SystemExit(f"The service answered {dict(load.statuses)}: {load.bad[:1]}")
        return load


def _enrolled(connection: psycopg.Connection, promotion: int) -> int:
    row = connection.execute(
        "SELECT count(*) FROM enrollments_promotionpartyusage WHERE promotion_id = %s", [promotion]
    ).fetchone()
    assert row is not None
    return int(row[0])


def _wait_until_it_enrolls(connection: psycopg.Connection, promotion: int, job: Command) -> int:
    while job.is_running:
        if count := _enrolled(connection, promotion):
            return count
        time.sleep(0.05)
    raise SystemExit(f"The job ended before it began:\n{job.wait().output}")
