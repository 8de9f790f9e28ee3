"""Undeleting several records, whichever call asks for it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from promotions.actors import Actor
from promotions.sobjects import records
from promotions.sobjects.collections import run
from promotions.sobjects.errors import Problem
from promotions.sobjects.records import Saved

MOST_IDS: Final = 200
"""Records in one call."""


@dataclass(frozen=True, slots=True)
class Undeleted:
    """What became of one record."""

    id: str
    """Of 18 characters where it is back, else as the caller wrote it."""
    problems: tuple[Problem, ...] = ()
    """Why it is as it was; none where it is back."""


def undelete_many(
    ids: Sequence[str], *, all_or_none: bool, by: Actor, at: datetime
) -> list[Undeleted]:
    """Takes records out of the recycle bin, of whatever objects: one outcome for each id, in their
    order. With ``all_or_none``, all are as they were if one can't be restored."""

    def undelete(record_id: str, seen: dict[Any, Any]) -> Saved:
        return Saved(records.undelete(record_id, by=by, at=at))

    return [
        Undeleted(saved.id or named[:80], saved.problems)
        for named, saved in zip(ids, run(undelete, ids, all_or_none), strict=True)
    ]
