"""Figures of several rounds, and the rows of the table that is made of them. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from statistics import median

from tests.benchmarks.load import Load


@dataclass(frozen=True, slots=True)
class Figures:
    """What one round of one contender gave: how much a second, and how long one answer took."""

    rate: float
    p50: float = float("nan")
    p95: float = float("nan")
    p99: float = float("nan")
    """In seconds."""

    @classmethod
    def of(cls, load: Load, items: int = 1) -> "Figures":
        """The figures of a load whose requests had so many items each."""
        return cls(
            load.rate * items, load.percentile(0.5), load.percentile(0.95), load.percentile(0.99)
        )


def medians(rounds: Sequence[Figures]) -> Figures:
    """The median of each figure over the rounds."""
    return Figures(
        *(median(getattr(one, name) for one in rounds) for name in ("rate", "p50", "p95", "p99"))
    )


@dataclass(frozen=True, slots=True)
class Row:
    """A row of the table: a path against a yardstick.

    ``ratio`` is the median of ``ratios``, those of the rounds; ``to_reach`` is what the issue asks
    of it, at least (or with ``at_most`` at most), nothing where a row is only for information.
    """

    path: str
    yardstick: str
    ratios: Sequence[float]
    to_reach: float | None
    ours: str
    theirs: str
    at_most: bool = False

    @property
    def ratio(self) -> float:
        return median(self.ratios)

    @property
    def met(self) -> str:
        if self.to_reach is None:
            return ""
        good = self.ratio <= self.to_reach if self.at_most else self.ratio >= self.to_reach
        return "yes" if good else "no"


@dataclass(frozen=True, slots=True)
class Contest:
    """The rounds of one contender, by name."""

    rounds: dict[str, list[Figures]] = field(default_factory=dict)

    def median(self, name: str) -> Figures:
        return medians(self.rounds[name])

    def rate_ratios(self, ours: str, theirs: str) -> list[float]:
        """How many times the rate of ``theirs`` ours was, round by round."""
        return [
            a.rate / b.rate for a, b in zip(self.rounds[ours], self.rounds[theirs], strict=True)
        ]

    def latency_ratios(self, ours: str, theirs: str, percentile: str) -> list[float]:
        """The same for a percentile of the latencies."""
        return [
            getattr(a, percentile) / getattr(b, percentile)
            for a, b in zip(self.rounds[ours], self.rounds[theirs], strict=True)
        ]


def shown(figures: Figures, unit: str) -> str:
    """``1,234 req/s, 25 / 49 / 70 ms``: the rate, and the latencies at 50, 95 and 99 percent."""
    rate = f"{figures.rate:,.0f} {unit}"
    if figures.p50 != figures.p50:  # nan
        return rate
    times = " / ".join(f"{second * 1000:.1f}" for second in (figures.p50, figures.p95, figures.p99))
    return f"{rate}, {times} ms"
