"""Patterns of LIKE: ``%`` any characters, ``_`` one, a backslash before what is meant itself."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import BooleanField, Lookup
from django.db.models.sql.compiler import SQLCompiler

from promotions.folding import fold

LONGEST: Final = 1000
"""Characters: what a database takes for a row grows with the pattern's length."""
_MEANT: Final = "\\%_"


@dataclass(frozen=True, slots=True)
class Wildcard:
    """A wildcard: any number of characters, or one."""

    many: bool


@dataclass(frozen=True, slots=True)
class Pattern:
    """Texts that have to be there as they are, with wildcards between."""

    parts: tuple[str | Wildcard, ...]

    @property
    def exact(self) -> str | None:
        """The only text that fits, where there is but one."""
        if all(isinstance(part, str) for part in self.parts):
            return "".join(str(part) for part in self.parts)
        return None

    @property
    def prefix(self) -> str | None:
        """What a text has to begin with, where that is all that is asked."""
        match self.parts:
            case (str() as text, Wildcard(many=True)):
                return text
        return None

    @property
    def fits_all(self) -> bool:
        return self.parts == (Wildcard(many=True),)

    @property
    def folded(self) -> "Pattern":
        """The same for folded texts."""
        return Pattern(tuple(fold(p) if isinstance(p, str) else p for p in self.parts))

    @property
    def written(self) -> str:
        """As a database reads it."""
        return "".join(
            "".join("\\" + c if c in _MEANT else c for c in part)
            if isinstance(part, str)
            else "%"
            if part.many
            else "_"
            for part in self.parts
        )

    def fits(self, text: str) -> bool:
        """Whether ``text`` is as asked for; in time proportional to both lengths' product."""
        units = [
            unit for part in self.parts for unit in (part if isinstance(part, str) else [part])
        ]
        at, star, tried = 0, -1, 0
        place = 0
        while place < len(text):
            unit = units[at] if at < len(units) else None
            if isinstance(unit, Wildcard) and unit.many:
                star, tried = at, place
                at += 1
            elif unit is not None and (isinstance(unit, Wildcard) or unit == text[place]):
                at += 1
                place += 1
            elif star >= 0:
                tried += 1
                at, place = star + 1, tried
            else:
                return False
        return all(isinstance(unit, Wildcard) and unit.many for unit in units[at:])


def pattern_of(text: str) -> Pattern:
    """The pattern that is written so."""
    parts: list[str | Wildcard] = []
    for unit in _units(text):
        last = parts[-1] if parts else None
        if isinstance(unit, str) and isinstance(last, str):
            parts[-1] = last + unit
        elif not (isinstance(unit, Wildcard) and unit.many and unit == last):
            parts.append(unit)
    return Pattern(tuple(parts))


def _units(text: str) -> Iterator[str | Wildcard]:
    characters = iter(text)
    for character in characters:
        if character == "\\":
            yield next(characters, "\\")
        elif character in "%_":
            yield Wildcard(many=character == "%")
        else:
            yield character


class Like(Lookup):
    """``LIKE`` with a whole pattern, of which Django offers only the usual forms."""

    lookup_name = "like"
    prepare_rhs = False
    output_field = BooleanField()

    def as_sql(
        self, compiler: SQLCompiler, connection: BaseDatabaseWrapper
    ) -> tuple[str, tuple[Any, ...]]:
        left, left_parameters = self.process_lhs(compiler, connection)
        right, right_parameters = self.process_rhs(compiler, connection)
        # PostgreSQL's escape is a backslash anyway; saying so would hide the prefix from an index.
        escape = "" if connection.vendor == "postgresql" else " ESCAPE '\\'"
        return f"{left} LIKE {right}{escape}", (*left_parameters, *right_parameters)
