"""What every measurement needs: the database, the service, the data, and how long to measure."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from tests.benchmarks.figures import Contest, Figures
from tests.benchmarks.postgres import Database
from tests.benchmarks.report import say
from tests.benchmarks.service import Service
from tests.benchmarks.sizes import Dataset


@dataclass(frozen=True, kw_only=True, slots=True)
class Options:
    rounds: int
    seconds: float
    """Of each measurement."""
    audience: int
    """How many customers the audience and the export have."""
    reads: tuple[int, ...]
    """At how many enrollments the reads are measured."""


@dataclass(frozen=True, slots=True)
class Bench:
    database: Database
    service: Service
    dataset: Dataset
    options: Options


Measure = Callable[[], Figures]


def contest(bench: Bench, title: str, contenders: Mapping[str, Measure]) -> Contest:
    """Measures each contender once per round, one after the other, so that a noisy machine hurts
    all of them."""
    results: dict[str, list[Figures]] = {name: [] for name in contenders}
    for number in range(bench.options.rounds):
        for name, measure in contenders.items():
            figures = measure()
            results[name].append(figures)
            say(f"  {title}, round {number + 1}: {name} {figures.rate:,.0f}/s")
    return Contest(results)
