"""How many customers take part in promotions, as far as another part of the service knows: it says
so here when it is loaded. Promotions know nothing of enrollments."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final, Protocol


@dataclass(frozen=True, slots=True)
class Uptake:
    """Of one promotion."""

    enrolled: int
    """Customers who are enrolled now: not withdrawn."""
    used: int
    """How many of them have used it."""


def whole_percent(part: int, whole: int) -> int:
    """Cut off to a whole number: 100 is all of it."""
    return part * 100 // whole


@dataclass(frozen=True, slots=True)
class CountedUptake:
    """The same, and when it was counted; at this very moment where ``counted`` is None."""

    uptake: Uptake
    counted: datetime | None = None


class UptakeSource(Protocol):
    """Who counts."""

    def uptakes(self, promotions: Collection[int], at: datetime) -> Mapping[int, CountedUptake]:
        """Of the promotions with these keys; one that is missing is being counted."""


_registered: Final[list[UptakeSource]] = []


def register(source: UptakeSource) -> None:
    """Called once, when Django loads the application that counts."""
    _registered[:] = [source]


def uptakes(promotions: Collection[int], at: datetime) -> Mapping[int, CountedUptake]:
    """Of the promotions with these keys, in a constant number of statements; one that is missing is
    being counted. Nothing where nobody counts."""
    for source in _registered:
        return source.uptakes(promotions, at)
    return {}
