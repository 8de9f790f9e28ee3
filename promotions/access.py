"""How much somebody may do with a promotion. Pure.

Source: the issue's PromotionShare: access levels Read, Edit, All. Whether somebody may work on
promotions at all is another question (a role's permission, a token's scope); both must allow.
"""

from enum import IntEnum, StrEnum
from typing import Final


class Access(IntEnum):
    """What one may do, each level with what the ones before it allow."""

    NONE = 0
    READ = 1
    EDIT = 2
    """Change it and everything under it."""
    ALL = 3
    """Delete, restore, share it and give it to another owner."""

    @property
    def word(self) -> str:
        """As PromotionShare calls it."""
        return self.name.capitalize()

    @classmethod
    def named(cls, word: str) -> "Access":
        """``Read``, ``Edit`` or ``All``; anything else is a ``KeyError``."""
        return cls[word.upper()]

    @classmethod
    def words_from(cls, least: "Access") -> list[str]:
        """The words of this level and those above it."""
        return [access.word for access in cls if access >= max(least, cls.READ)]


class Default(StrEnum):
    """What everybody may do with a promotion that nobody shared with them: a setting."""

    PRIVATE = "private"
    READ = "read"
    READ_WRITE = "read_write"


EVERYBODY: Final = {
    Default.PRIVATE: Access.NONE,
    Default.READ: Access.READ,
    Default.READ_WRITE: Access.EDIT,
}
