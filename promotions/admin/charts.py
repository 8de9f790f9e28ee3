"""Charts, each with the table that says the same: what ``promotions/admin/chart.html`` shows."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

_GRID: Final = {"display": True, "tickWidth": 0}
_OPTIONS: Final[dict[str, Any]] = {
    "animation": False,
    "responsive": True,
    "maintainAspectRatio": False,
    "maxBarThickness": 28,
    "plugins": {"legend": {"display": False}},
    "scales": {
        "x": {"grid": {"display": False}, "ticks": {"maxRotation": 0, "autoSkipPadding": 12}},
        "y": {"beginAtZero": True, "grid": _GRID, "ticks": {"precision": 0}},
    },
}


@dataclass(frozen=True, slots=True)
class Chart:
    """Bars of one colour, and their table."""

    title: str
    label: str
    """What the bars stand for."""
    heading: str
    """What they are told apart by: ``Day``."""
    rows: Sequence[tuple[str, int]]
    when: str = ""
    """When it was counted, where that was not just now."""

    @property
    def total(self) -> str:
        return f"{sum(count for _, count in self.rows):,}"

    @property
    def table(self) -> Sequence[tuple[str, str]]:
        return [(name, f"{count:,}") for name, count in self.rows]

    @property
    def options(self) -> str:
        return json.dumps(_OPTIONS)

    @property
    def data(self) -> str:
        """For the theme's component."""
        return json.dumps(
            {
                "labels": [name for name, _ in self.rows],
                "datasets": [
                    {
                        "label": self.label,
                        "data": [count for _, count in self.rows],
                        "backgroundColor": "var(--color-primary-500)",
                        "borderRadius": 3,
                    }
                ],
            }
        )
