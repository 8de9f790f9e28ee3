"""``python -m tests.benchmarks``: everything that is needed is started, measured and stopped."""

import argparse
import signal
import sys
import time
from pathlib import Path

from tests.benchmarks.bench import Bench, Options
from tests.benchmarks.figures import Row
from tests.benchmarks.postgres import new_database
from tests.benchmarks.report import markdown, say, terminal
from tests.benchmarks.service import running_service, use_models

PATHS = ("single", "batch", "audience", "live", "exports", "reads", "queries")
_OPEN_PROMOTIONS = 150
"""So many that a quick machine doesn't run out of customers who are in none of them."""


def main() -> None:
    arguments = _arguments()
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    options = Options(
        rounds=arguments.rounds,
        seconds=arguments.seconds,
        audience=arguments.audience,
        reads=arguments.rows,
    )
    begun = time.monotonic()
    say("Starting PostgreSQL and the service")
    with new_database() as database, running_service(database.url) as service:
        use_models(service.variables)
        # They use the service's models, which are there from now on.
        from tests.benchmarks import dataset, machine
        from tests.benchmarks.paths import audience, enrolling, exports, live, queries, reads

        say(f"Loading {arguments.contacts:,} customers")
        paths = {
            "single": enrolling.single,
            "batch": enrolling.batch,
            "audience": audience.audience,
            "live": live.live,
            "exports": exports.exports,
            "reads": reads.reads,
            "queries": queries.queries,
        }
        rows: list[Row] = []
        with database.connect() as connection:
            size = dataset.Size(
                contacts=arguments.contacts,
                promotions=arguments.promotions,
                open_promotions=_OPEN_PROMOTIONS,
            )
            loaded = dataset.load(connection, size)
            described = machine.description(connection)
        bench = Bench(database, service, loaded, options)
        for name in arguments.only:
            rows += paths[name](bench)
        say(f"Done in {(time.monotonic() - begun) / 60:.1f} minutes")
    sys.stdout.write(terminal(rows, described))
    if arguments.markdown:
        arguments.markdown.write_text(markdown(rows, described))


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks", description=__doc__)
    parser.add_argument("--only", type=_names, default=PATHS, help=f"of {','.join(PATHS)}")
    parser.add_argument("--contacts", type=int, default=300_000, help="customers there are")
    parser.add_argument("--promotions", type=int, default=500, help="promotions there are")
    parser.add_argument("--audience", type=int, default=300_000, help="customers in one file")
    parser.add_argument("--rows", type=_sizes, default=(100_000, 1_000_000),
                        help="at how many enrollments reads are measured")  # fmt: skip
    parser.add_argument("--rounds", type=int, default=3, help="figures are their median")
    parser.add_argument("--seconds", type=float, default=5, help="of each measurement")
    parser.add_argument("--full", action="store_true", help="the sizes of the record")
    parser.add_argument("--markdown", type=Path, help="write the table to this file, too")
    arguments = parser.parse_args()
    if arguments.full:
        arguments.contacts, arguments.promotions = 1_000_000, 5_000
        arguments.audience, arguments.rows = 1_000_000, (100_000, 10_000_000)
    return arguments


def _names(text: str) -> tuple[str, ...]:
    names = tuple(text.split(","))
    if unknown := [name for name in names if name not in PATHS]:
        raise argparse.ArgumentTypeError(f"there is no {', '.join(unknown)}")
    return names


def _sizes(text: str) -> tuple[int, ...]:
    return tuple(int(size) for size in text.split(","))


if __name__ == "__main__":
    main()
