"""An audience whose command is killed again and again, and started again each time."""

import csv
import os
import random
import signal
import subprocess
import time
from contextlib import suppress
from pathlib import Path

from tests.benchmarks.processes import PYTHON, ROOT, children
from tests.benchmarks.report import say
from tests.benchmarks.soak.target import Target

_BAD_EVERY = 100


def write_file(path: Path, emails: list[str]) -> set[int]:
    """A file that names each customer once, and here and there nobody; the bad rows' lines."""
    bad = set()
    with path.open("w", encoding="utf-8") as file:
        file.write("email\n")
        line = 1
        for number, email in enumerate(emails, 1):
            file.write(f"{email}\n")
            line += 1
            if number % _BAD_EVERY == 0:
                file.write(f"nobody-{number}@example.com\n")
                line += 1
                bad.add(line)
    return bad


def run(
    target: Target,
    emails: list[str],
    *,
    kills: int,
    sessions: int,
    directory: Path,
    chance: random.Random,
) -> tuple[int, list[str]]:
    """Enrolls the customers with these addresses in a new promotion; how often the command was
    killed, and what is not exact about what came of it."""
    code = f"KILLED{chance.randrange(10**9)}"
    target.new_promotion(promotionCode=code)
    file, refused = directory / "audience.csv", directory / "refused.csv"
    bad = write_file(file, emails)
    command = [
        *(PYTHON, "manage.py", "enroll_audience", code, str(file)),
        *("--sessions", str(sessions), "--refused", str(refused)),
    ]
    killed = 0
    for number in range(kills):
        killed += _run_and_kill(target, command, code, len(emails), number, kills, chance)
    last = subprocess.run(
        command, cwd=ROOT, env=target.variables, capture_output=True, text=True, check=False
    )
    found = []
    if last.returncode:
        found.append(f"The command ended with {last.returncode}: {last.stderr[-500:]}")
    return killed, found + _problems(target, code, len(emails), bad, refused)


def _run_and_kill(
    target: Target,
    command: list[str],
    code: str,
    rows: int,
    number: int,
    kills: int,
    chance: random.Random,
) -> bool:
    """Starts the command and kills it: when it has done its random share, or, now and then,
    already while it starts. Whether it lived until then."""
    process = subprocess.Popen(
        command,
        cwd=ROOT,
        env=target.variables,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        if number % 5 == 4:
            time.sleep(chance.uniform(0.1, 2))
        else:
            share = (number + chance.random()) / (kills + 1)
            while process.poll() is None and _enrolled(target, code) < share * rows:
                time.sleep(0.02)
            time.sleep(chance.uniform(0, 0.3))
        alive = process.poll() is None
        say(f"  killed at {_enrolled(target, code):,} of {rows:,} rows" if alive else "  it ended")
        return alive
    finally:
        _kill_family(process)


def _kill_family(process: subprocess.Popen[bytes]) -> None:
    for pid in [process.pid, *children(process.pid)]:
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
    process.wait()


def _enrolled(target: Target, code: str) -> int:
    return target.number(
        "SELECT count(*) FROM enrollments_promotionpartyusage u"
        " JOIN promotions_promotion p ON p.id = u.promotion_id WHERE p.promotion_code = ?",
        code,
    )


def _problems(target: Target, code: str, good: int, bad: set[int], refused: Path) -> list[str]:
    found = []
    enrolled = _enrolled(target, code)
    if enrolled != good:
        found.append(f"{enrolled} of {good} customers are enrolled.")
    lines: list[int] = []
    if refused.exists():
        with refused.open(encoding="utf-8", newline="") as file:
            lines = [int(row["line"]) for row in csv.DictReader(file)]
    if sorted(lines) != sorted(bad):
        found.append(f"{len(lines)} lines are reported as bad ({len(bad)} are).")
    return found
