"""Who does something, and through which door."""

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from promotions.models import User


class Source(StrEnum):
    """The door through which a change came."""

    ADMIN = "admin"
    API = "api"
    COMMAND = "command"


@dataclass(frozen=True, slots=True)
class Actor:
    """Given to every service as ``by=``: the user who acts, and the door.

    ``scopes`` are those of an API client's token; people have permissions instead.
    """

    user: "User"
    source: Source
    scopes: frozenset[str] = field(default=frozenset())
