"""pgbench writing the rows that an enrollment writes: what the database itself reaches.

A transaction inserts enrollments and their history into the same tables, with every constraint and
index. Nothing is checked, and nothing is looked up.
"""

import re
import subprocess
import tempfile
from pathlib import Path

from enrollments.models import PromotionPartyUsage, PromotionPartyUsageHistory
from tests.benchmarks.enrolling import PATH, Pairs
from tests.benchmarks.load import Load
from tests.benchmarks.postgres import Database
from tests.benchmarks.rows import CREATION, ENROLLMENT, insert
from tests.benchmarks.sizes import Dataset

_CLIENTS = 32


def run(
    database: Database,
    dataset: Dataset,
    pairs: Pairs,
    *,
    rows: int,
    seconds: float,
    most: int,
    at_once: bool,
    keys: bool = False,
) -> Load:
    """Transactions of ``rows`` enrollments each by 32 clients; one of one row takes a pair, one of
    more a run of them. ``most`` is how many transactions there can be.

    ``at_once``: enrollments and history in one statement, which is its own transaction. Else, with
    one row, in the usual way: BEGIN, the enrollment, its history, COMMIT. With ``keys`` that
    also keeps an answer for an idempotency key.
    """
    numbers = pairs.take(most * rows)
    with tempfile.TemporaryDirectory(prefix="promotion-bench-pgbench-") as directory:
        script = Path(directory) / "script.sql"
        script.write_text(_script(dataset, pairs, rows, numbers.start, at_once, keys))
        done = subprocess.run(
            [
                *(str(database.programs / "pgbench"), "--no-vacuum", "--protocol=prepared"),
                *(f"--client={_CLIENTS}", "--jobs=2", f"--time={max(round(seconds), 1)}"),
                *("--log", f"--log-prefix={directory}/log", f"--file={script}"),
                *("--define=turn=-1", database.url),
            ],
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode:
            raise SystemExit(f"pgbench failed:\n{done.stderr}")
        lines = [
            line.split()
            for log in Path(directory).glob("log.*")
            for line in log.read_text().splitlines()
        ]
    turns = max(int(line[1]) for line in lines)
    if turns * _CLIENTS > most:
        raise SystemExit("pgbench was quicker than it was thought to be: run it again.")
    rate = re.search(r"^tps = ([\d.]+)", done.stdout, re.MULTILINE)
    assert rate is not None, done.stdout
    load = Load(seconds=len(lines) / float(rate[1]))
    load.latencies = sorted(int(line[2]) / 1e6 for line in lines)
    load.statuses[201] = len(lines)
    return load


def _script(
    dataset: Dataset, pairs: Pairs, rows: int, first: int, at_once: bool, keys: bool
) -> str:
    """A script in which each client counts its turns, and so names pairs that nobody else names."""
    contact = pairs.contact_in_sql("(:number + i)")
    writing = insert(
        PromotionPartyUsage,
        {
            **ENROLLMENT,
            "promotion_id": f"{dataset.open_promotions.start} + :promotion",
            "contact_id": contact,
            "enrollment_offer_id": f"{dataset.offers.start} + :promotion",
            "enrollment_effective_date_time": "now()",
            "created_by_id": "1",
            "created_date": "now()",
            "last_modified_by_id": "1",
            "last_modified_date": "now()",
        },
        f"FROM generate_series(0, {rows - 1}) i ORDER BY {contact}",
    )
    variables = (
        "\\set turn :turn + 1\n"
        f"\\set number {first} + (:turn * {_CLIENTS} + :client_id) * {rows}\n"
        f"\\set promotion {pairs.promotion_in_sql(':number')}\n"
    )
    if at_once:
        both = f"WITH made AS ({writing} RETURNING id) {_history('made.id')} FROM made"
        return f"{variables}{_line(both)};\n"
    assert rows == 1, "a variable holds the key of one enrollment"
    return (
        f"{variables}BEGIN;\n{_line(writing)} RETURNING id \\gset\n"
        f"{_line(_history(':id'))};\n{_line(_KEPT) if keys else ''}COMMIT;\n"
    )


_KEPT = f"""
INSERT INTO promotions_idempotentrequest
       (partner_id, path, key, body_hash, created_date, status, headers, body)
SELECT min(id), '{PATH}', 'pgbench-' || :number::text,
       sha256(convert_to(:number::text, 'UTF8')), now(), 201, '{{}}',
       convert_to(repeat('an answer ', 30), 'UTF8')
  FROM promotions_partner;
"""


def _history(usage: str) -> str:
    return insert(
        PromotionPartyUsageHistory,
        {
            **CREATION,
            "usage_id": usage,
            "request_id": "md5(:number::text)",
            "created_by_id": "1",
            "created_date": "now()",
        },
    )


def _line(statement: str) -> str:
    """A statement on one line, as pgbench wants it."""
    return " ".join(statement.split())
