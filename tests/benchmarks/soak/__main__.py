"""``python -m tests.benchmarks.soak``: under fire, and exact? Ends with 1 where anything is not."""

import argparse
import random
import signal
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path

from tests.benchmarks.postgres import Database, new_database
from tests.benchmarks.report import say
from tests.benchmarks.service import running_service, use_models
from tests.benchmarks.soak import checks, copies, killed_job, limited, mixed
from tests.benchmarks.soak.target import SCOPES, Target

NAMES = ("limited", "copies", "mixed", "job", "sqlite")


def main() -> None:
    options = _options()
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    chance = random.Random(options.seed)
    found: list[str] = []
    on_postgresql = [name for name in options.only if name != "sqlite"]
    if on_postgresql:
        with new_database() as database, _target(database.url) as target:
            emails = _load_audience(database, target, options) if "job" in on_postgresql else []
            acts: dict[str, Callable[[], Sequence[str]]] = {
                "limited": lambda: _limited(target, options, chance),
                "copies": lambda: copies.run(target, copies=options.copies),
                "mixed": lambda: _mixed(target, options.clients, options.seconds),
                "job": lambda: _job(target, emails, options, chance),
            }
            for name in on_postgresql:
                say(f"{name}, on PostgreSQL")
                found += acts[name]()
            found += checks.problems(target)
            _tell(target)
    if "sqlite" in options.only:
        with _target(None) as target:
            say("mixed, on SQLite")
            found += _mixed(target, options.clients, options.sqlite_seconds)
            found += copies.run(target, copies=min(options.copies, options.clients))
            found += checks.problems(target)
            _tell(target)
    sys.stdout.write("\n".join([*found, f"{len(found)} problems." if found else "Exact.", ""]))
    sys.exit(1 if found else 0)


@contextmanager
def _target(url: str | None) -> Iterator[Target]:
    with running_service(url, scopes=SCOPES) as service:
        target = Target(service.port, service.pid, service.token, service.variables)
        with closing(target):
            yield target
        log = service.log.read_text()
        if "Traceback" in log or "locked" in log:
            say(f"The service's log has errors:\n{log[-4000:]}")


def _limited(target: Target, options: argparse.Namespace, chance: random.Random) -> list[str]:
    found = []
    contacts = target.new_contacts(2 * options.places)
    for number in range(options.runs):
        limited.wait_for_workers(target)
        outcome, problems = limited.run(
            target, contacts, places=options.places, kills=options.kills, chance=chance
        )
        say(
            f"  run {number + 1}: {outcome.enrolled} enrolled, {outcome.refused} refused, "
            f"{outcome.killed} workers killed"
        )
        found += problems
    limited.wait_for_workers(target)
    return found


def _mixed(target: Target, clients: int, seconds: float) -> list[str]:
    did, problems = mixed.run(target, clients=clients, seconds=seconds)
    for what, number in sorted(did.done.items()):
        say(f"  {what}: {number:,}")
    return problems


def _load_audience(database: Database, target: Target, options: argparse.Namespace) -> list[str]:
    """Loads the customers before anybody else is there; answers with their addresses."""
    use_models(target.variables)
    from tests.benchmarks import dataset

    size = dataset.Size(contacts=options.job_rows, enrollments=0)
    with database.connect() as connection:
        dataset.load(connection, size)
        return [row[0] for row in connection.execute("SELECT email FROM enrollments_contact")]


def _job(
    target: Target, emails: list[str], options: argparse.Namespace, chance: random.Random
) -> list[str]:
    with tempfile.TemporaryDirectory(prefix="promotion-soak-") as directory:
        killed, problems = killed_job.run(
            target,
            emails,
            kills=options.job_kills,
            sessions=options.job_sessions,
            directory=Path(directory),
            chance=chance,
        )
    say(f"  killed {killed} times")
    return problems


def _tell(target: Target) -> None:
    seen = ", ".join(f"{status}: {number:,}" for status, number in sorted(target.seen.items()))
    say(f"Callers saw {seen}; {target.broken} connections broke and were repeated.")


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks.soak", description=__doc__)
    parser.add_argument("--only", type=_names, default=NAMES, help=f"of {','.join(NAMES)}")
    parser.add_argument("--full", action="store_true", help="as long and as many as the record")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--runs", type=int, default=3, help="of the promotion with places")
    parser.add_argument("--places", type=int, default=100, help="half as many as ask for one")
    parser.add_argument("--kills", type=int, default=2, help="workers killed in one run")
    parser.add_argument("--copies", type=int, default=50, help="of one request with one key")
    parser.add_argument("--clients", type=int, default=32, help="of the mixed runs")
    parser.add_argument("--seconds", type=float, default=60, help="of the mixed run")
    parser.add_argument("--sqlite-seconds", type=float, default=30, help="of that on SQLite")
    parser.add_argument("--job-rows", type=int, default=100_000)
    parser.add_argument("--job-kills", type=int, default=5)
    parser.add_argument("--job-sessions", type=int, default=2)
    options = parser.parse_args()
    if options.full:
        options.runs, options.seconds, options.sqlite_seconds = 20, 600, 60
        options.job_rows, options.job_kills = 1_000_000, 20
    return options


def _names(text: str) -> tuple[str, ...]:
    names = tuple(text.split(","))
    if unknown := [name for name in names if name not in NAMES]:
        raise argparse.ArgumentTypeError(f"there is no {', '.join(unknown)}")
    return names


if __name__ == "__main__":
    main()
