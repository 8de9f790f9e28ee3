"""Who does something, and through which door."""

from dataclasses import dataclass
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
    """Given to every service as ``by=``: the user who acts, and the door."""

    user: "User"
    source: Source
