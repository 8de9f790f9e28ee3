"""``manage.py`` as a process: what it says where it can't begin."""

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]


def test_a_database_that_is_not_prepared_is_told_in_a_sentence(tmp_path: Path) -> None:
    kept = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
    done = subprocess.run(
        [sys.executable, "manage.py", "enroll_audience", "MAY", "customers.csv"],
        cwd=ROOT,
        env={**kept, "DATA_DIR": str(tmp_path)},
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert done.returncode == 1
    assert done.stderr == (
        "The database can't be used as it is: no such table: promotions_promotion. Name the one "
        "that the server uses, by DATABASE_URL or DATA_DIR, or prepare it: manage.py migrate.\n"
    )
