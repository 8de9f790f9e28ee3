"""What undeleting several records comes to, whichever call asked for it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from promotions.actors import Actor
from promotions.sobjects.errors import Problem

MOST_IDS = 200
"""Records in one call."""


@dataclass(frozen=True, slots=True)
class Undeleted:
    """What became of one record."""

    id: str
    """As the caller wrote it, where it can't be read; else of 18 characters."""
    problems: tuple[Problem, ...] = ()
    """Why it is as it was; none where it is back."""


class Undelete(Protocol):
    """Takes records out of the recycle bin: one outcome for each id, in their order. With
    ``all_or_none``, all are as they were if one can't be restored. Raises nothing for a bad id."""

    def __call__(
        self, ids: Sequence[str], *, all_or_none: bool, by: Actor, at: datetime
    ) -> Sequence[Undeleted]: ...
