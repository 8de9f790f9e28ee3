"""Figures that pages show: every part of the service says here what it can count, when it is
loaded. ``promotions/services/figures.py`` counts, or shows what was counted.

A figure is of a *kind*, such as the enrollments per day, and of a *subject*: a promotion, or what
somebody may see. Its value is made of what JSON knows.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from promotions.access import Access
from promotions.actors import Actor, Source
from promotions.models import User
from promotions.permissions import reach

Count = Callable[[str, datetime], Any]
"""Counts a figure for a subject at a moment."""

FRESH: Final = timedelta(minutes=2)
QUICK: Final = 0.25
"""Seconds that a page waits for a figure."""


class TakesLong(Exception):
    """Nobody would wait for it."""


class UnknownKind(LookupError):
    """Nobody counts such figures: a former version did."""


@dataclass(frozen=True, slots=True)
class Kind:
    """What can be counted."""

    name: str
    count: Count
    at_once: Count | None = None
    """How it is counted while somebody waits, where that is another way. Statements that take long
    are broken off; what takes long in other ways raises ``TakesLong``."""
    fresh: timedelta = FRESH
    """One that is kept and older than this is renewed when somebody looks at it."""


@dataclass(frozen=True, slots=True)
class Figure:
    """What a page shows of a figure."""

    value: Any
    """None: it is being counted."""
    counted: datetime | None = None
    """When that was; None: at this very moment."""


_kinds: Final[dict[str, Kind]] = {}


def register(kind: Kind) -> None:
    """Called once for each kind, when Django loads what counts it."""
    _kinds[kind.name] = kind


def kind_named(name: str) -> Kind:
    """Raises ``UnknownKind``."""
    try:
        return _kinds[name]
    except KeyError:
        raise UnknownKind(name) from None


# --- Subjects -------------------------------------------------------------------------------------

EVERYTHING: Final = "everything"
_OF_PROMOTION: Final = "promotion-"
_SEEN_BY: Final = "seen-by-"


def of_promotion(key: int) -> str:
    """The subject: the promotion with this key."""
    return f"{_OF_PROMOTION}{key}"


def seen_by(by: Actor) -> str:
    """The subject: what ``by`` may see. One for all who see every promotion."""
    return EVERYTHING if reach(by) >= Access.READ else f"{_SEEN_BY}{by.user.pk}"


def promotion_in(subject: str) -> int | None:
    """The promotion that a subject names, if it does."""
    return int(subject.removeprefix(_OF_PROMOTION)) if subject.startswith(_OF_PROMOTION) else None


def actor_in(subject: str) -> Actor:
    """Who sees what the subject names; for everything, and for a promotion, the operator, who sees
    all."""
    if subject.startswith(_SEEN_BY):
        return Actor(User.objects.get(pk=int(subject.removeprefix(_SEEN_BY))), Source.ADMIN)
    return Actor(User(), Source.COMMAND)
