"""How fast a job is, and how long it will take at that. Pure."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Speed:
    rows_per_second: float
    seconds_left: int


def speed(*, rows: int, read: float, left: float, seconds: float) -> Speed | None:
    """Where ``rows`` rows and ``read`` bytes of the file took ``seconds``, and ``left`` bytes are
    still to be read; None as long as there is nothing to judge by."""
    if seconds <= 0 or rows <= 0 or read <= 0:
        return None
    return Speed(rows / seconds, round(max(left, 0.0) / read * seconds))
