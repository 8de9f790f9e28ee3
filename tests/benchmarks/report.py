"""The table, for the terminal and for ``docs/performance.md``."""

import sys
from collections.abc import Sequence

from tests.benchmarks.figures import Row

_HEADINGS = ("path", "yardstick", "ratio", "to reach", "met", "ours", "theirs")


def say(text: str) -> None:
    """Tells how far the run has come."""
    sys.stderr.write(f"{text}\n")
    sys.stderr.flush()


def terminal(rows: Sequence[Row], machine: str) -> str:
    """The table with aligned columns, below the machine's description."""
    lines = [_HEADINGS, *(_cells(row) for row in rows)]
    widths = [max(len(line[column]) for line in lines) for column in range(len(_HEADINGS))]
    table = [
        "  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip()
        for line in lines
    ]
    return "\n".join(["", machine, "", *table, ""])


def markdown(rows: Sequence[Row], machine: str) -> str:
    """The same for a page."""
    lines = [
        _HEADINGS,
        tuple("---" for _ in _HEADINGS),
        *(_cells(row) for row in rows),
    ]
    return "\n".join(
        [
            *(f"- {line}" for line in machine.splitlines()),
            "",
            *(f"| {' | '.join(line)} |" for line in lines),
            "",
        ]
    )


def _cells(row: Row) -> tuple[str, ...]:
    spread = f" ({min(row.ratios):.2f}–{max(row.ratios):.2f})" if len(row.ratios) > 1 else ""
    wanted = ""
    if row.to_reach is not None:
        wanted = f"{'at most' if row.at_most else 'at least'} {row.to_reach:g}"
    return (
        row.path,
        row.yardstick,
        f"{row.ratio:.2f}{spread}",
        wanted,
        row.met,
        row.ours,
        row.theirs,
    )
