"""An audience from one file, with validation, against plain COPY and ``bulk_create`` of the rows
that come of it: the enrollments and their history."""

import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psycopg
from django.utils import timezone

from enrollments.models import PromotionPartyUsage, PromotionPartyUsageHistory
from promotions import ids
from promotions.models import User
from tests.benchmarks import audience_files
from tests.benchmarks.bench import Bench, contest
from tests.benchmarks.children import Command
from tests.benchmarks.dataset import replace_enrollments
from tests.benchmarks.figures import Contest, Figures, Row, shown
from tests.benchmarks.report import say
from tests.benchmarks.rows import columns_of
from tests.benchmarks.sizes import Size

_ONE, _TWO, _COPY, _BULK = "one session", "two sessions", "plain COPY", "bulk_create"
_MODELS = (PromotionPartyUsage, PromotionPartyUsageHistory)
_BATCH = 2_000
_BLOCK = 1 << 18
_MEMORY = 100e6


def audience(bench: Bench) -> Iterator[Row]:
    """A file of customers by the command; every contender begins with empty tables."""
    with (
        tempfile.TemporaryDirectory(prefix="promotion-bench-audience-") as directory,
        bench.database.connect() as connection,
    ):
        run = _Audience(bench, connection, Path(directory))
        say(f"An audience of {bench.options.audience:,} from one file")
        run.prepare()
        results = contest(
            bench,
            "audience",
            {_ONE: run.job(1), _COPY: run.copy, _TWO: run.job(2), _BULK: run.bulk_create},
        )
    path = f"an audience of {bench.options.audience:,}"
    yield _row(results, f"{path}, one session", _ONE, _COPY, 0.8)
    yield _row(results, f"{path}, two sessions", _TWO, _COPY, 1.2)
    yield _row(results, f"{path}, one session", _ONE, _BULK, 4)
    yield _row(results, f"{path}, two sessions", _TWO, _BULK, 4)
    yield Row(
        f"{path}, client memory",
        f"{_MEMORY / 1e6:.0f} MB",
        [peak / _MEMORY for peak in run.peaks],
        1,
        f"{max(run.peaks) / 1e6:.0f} MB",
        "",
        at_most=True,
    )


class _Audience:
    def __init__(self, bench: Bench, connection: psycopg.Connection, directory: Path) -> None:
        self._bench, self._connection, self._directory = bench, connection, directory
        self._file = directory / "audience.csv"
        self._contacts = bench.options.audience
        self._promotions = iter(bench.dataset.promotions)
        self.peaks: list[int] = []
        """The memory of the command in one session, run by run."""

    def prepare(self) -> None:
        """Writes the file, enrolls it once, and keeps the rows for those who only copy them."""
        self._bad = audience_files.write(self._connection, self._file, self._contacts)
        self.job(1)()
        self.peaks.clear()
        for model in _MODELS:
            with (
                self._rows_of(model).open("wb") as file,
                self._connection.cursor().copy(f"COPY {_columns(model)} TO STDOUT") as rows,
            ):
                file.writelines(rows)

    def job(self, sessions: int) -> Callable[[], Figures]:
        """The command, from its start to its end."""

        def measure() -> Figures:
            self._empty()
            # Each time another promotion: a file that was worked off is not worked off again.
            promotion = f"PROMO{next(self._promotions)}"
            done = Command(
                self._bench.service.variables,
                *("enroll_audience", promotion, str(self._file)),
                *("--sessions", str(sessions), "--refused", str(self._directory / "refused.csv")),
            ).wait()
            refused = (self._directory / "refused.csv").read_text().count("\n") - 1
            if refused != self._bad:
                raise SystemExit(f"{refused} rows were refused instead of {self._bad}.")
            if sessions == 1:
                self.peaks.append(done.peak_bytes)
            return self._figures(self._contacts, done.seconds)

        return measure

    def copy(self) -> Figures:
        self._empty()
        begun = time.perf_counter()
        with self._connection.transaction():
            for model in _MODELS:
                statement = f"COPY {_columns(model)} FROM STDIN"
                with (
                    self._rows_of(model).open("rb") as file,
                    self._connection.cursor().copy(statement) as rows,
                ):
                    while block := file.read(_BLOCK):
                        rows.write(block)
        return self._figures(self._contacts, time.perf_counter() - begun)

    def bulk_create(self) -> Figures:
        self._empty()
        promotion, by = self._bench.dataset.promotions.start, User.objects.get(username="system")
        request = ids.encode(ids.ENROLLMENT_JOB, 1)
        begun = time.perf_counter()
        for first in range(1, self._contacts + 1, _BATCH):
            at = timezone.now()
            usages = PromotionPartyUsage.objects.bulk_create(
                PromotionPartyUsage(
                    promotion_id=promotion,
                    contact_id=contact,
                    type=PromotionPartyUsage.Type.CONTACT,
                    enrollment_effective_date_time=at,
                    created_by=by,
                    created_date=at,
                    last_modified_by=by,
                    last_modified_date=at,
                )
                for contact in range(first, min(first + _BATCH, self._contacts + 1))
            )
            PromotionPartyUsageHistory.objects.bulk_create(
                PromotionPartyUsageHistory(
                    usage=usage,
                    field="created",
                    source="command",
                    request_id=request,
                    created_by=by,
                    created_date=at,
                )
                for usage in usages
            )
        return self._figures(self._contacts, time.perf_counter() - begun)

    def _empty(self) -> None:
        replace_enrollments(self._connection, Size(enrollments=0))

    def _figures(self, rows: int, seconds: float) -> Figures:
        for model in _MODELS:
            table = model._meta.db_table
            found = self._connection.execute(f"SELECT count(*) FROM {table}").fetchone()
            if found != (rows,):
                raise SystemExit(f"{table} has {found} rows instead of {rows}.")
        return Figures(rows / seconds)

    def _rows_of(self, model: type) -> Path:
        return self._directory / f"{model.__name__}.copy"


def _columns(model: type[PromotionPartyUsage] | type[PromotionPartyUsageHistory]) -> str:
    """The table with its columns, as COPY names them."""
    return f"{model._meta.db_table} ({', '.join(columns_of(model))})"


def _row(results: Contest, path: str, ours: str, theirs: str, to_reach: float) -> Row:
    return Row(
        path,
        theirs,
        results.rate_ratios(ours, theirs),
        to_reach,
        shown(results.median(ours), "rows/s"),
        shown(results.median(theirs), "rows/s"),
    )
