"""What other parts of the service keep under a promotion: they say so here when they are loaded.

Promotions know nothing of enrollments, yet must not be deleted or purged over them in silence.
"""

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Final, Protocol

from promotions.models import Promotion


class Dependents(Protocol):
    """Records of another application that belong to promotions."""

    what: str
    """In the plural, as people call them: ``enrollments``."""
    what_one: str
    """In the singular."""
    figure: str
    """The kind of figure, of one promotion, that is the same number as ``current``."""

    def current(self, promotions: Collection[Promotion], at: datetime) -> Mapping[int, int]:
        """How many would be affected if each of the promotions were deleted at the moment ``at``,
        by its key; one that is missing has none. A constant number of statements."""

    def places_changed(self, promotion: Promotion) -> None:
        """How many may enroll, or what frees a place, has changed. Called inside the change's
        transaction, which keeps everybody from enrolling until it ends."""

    def kept(self, promotion: Promotion) -> int:
        """How many would be destroyed, with their history, if it were purged."""

    def purge(self, promotion: Promotion) -> int:
        """Removes them all, for ever; how many. Called inside the purge's transaction, which alone
        may remove history."""

    def clean_up(self, at: datetime) -> str:
        """Removes what has served its time; a sentence, or several, on what and how much."""


_registered: Final[list[Dependents]] = []


def register(dependents: Dependents) -> None:
    """Called once by each application, when Django loads it."""
    if dependents not in _registered:
        _registered.append(dependents)


def all_dependents() -> list[Dependents]:
    return list(_registered)


def counted_in_words(found: Mapping[str, int]) -> str:
    """``12 enrollments``: so many of each, by what they are called in the plural."""
    singular = {one.what: one.what_one for one in _registered}
    return " and ".join(
        f"{count:,} {singular[what] if count == 1 else what}" for what, count in found.items()
    )
