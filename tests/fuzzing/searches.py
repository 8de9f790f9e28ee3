"""Random SOSL, and texts that have been damaged."""

import re
from random import Random
from typing import Any, Final

from promotions.sobjects.declare import every_sobject
from tests.fuzzing.queries import Queries

_WORDS: Final = (
    *(
        "summer",
        "Robin",
        "acc*",
        "*",
        "?",
        "a?b",
        "Customer 1",
        '"big deal"',
        '"',
        "AND",
        "OR",
        "NOT",
    ),
    *(
        "AND NOT",
        "(",
        ")",
        r"\&",
        r"\}",
        r"\\",
        "&",
        "|",
        "'",
        ":",
        "é",
        "İ",
        "酒",
        "💥",
        "\x00",
        "\ud800",
    ),
    *("PPU-000000001", "a@example.com", "x" * 300, "~", "!", "-", "_", "%", "1", "ß*", "00", "<->"),
)
_FIELDS: Final = ("ALL", "NAME", "EMAIL", "PHONE", "SIDEBAR", "NO")
_TOKEN: Final = re.compile(r"'(?:[^'\\]|\\.)*'|\w+|\s+|.", re.DOTALL)
_PIECES: Final = (
    *("(", ")", ",", ".", "'", "=", "SELECT", "FROM", "WHERE", "NOT", "AND", "OR", "IN", "NULL"),
    *("GROUP BY", "HAVING", "ORDER BY", "LIMIT", "OFFSET", "{", "}", ":", "\\", "\x00", "\ud800"),
    *(
        "Id",
        "COUNT(Id)",
        "ROLLUP(",
        "TYPEOF",
        "/*",
        "--",
        ";",
        "-",
        "+",
        "1",
        "💥",
        "\u00a0",
        "%00",
    ),
)


class Searches:
    """Writes searches; the same ``chance`` writes the same ones."""

    def __init__(self, chance: Random) -> None:
        self._chance = chance
        self._queries = Queries(chance)
        self._objects = every_sobject()
        self._searchable = [one for one in self._objects if one.searchable]

    def search(self) -> str:
        """``FIND {…} IN … RETURNING …``."""
        chance = self._chance
        text = f"FIND {{{self.terms()}}}"
        if chance.random() < 0.5:
            text += f" IN {chance.choice(_FIELDS)} FIELDS"
        if chance.random() < 0.8:
            objects = [self._returned() for _ in range(chance.choice((1, 1, 2, 3)))]
            text += f" RETURNING {', '.join(objects)}"
        if chance.random() < 0.3:
            text += f" LIMIT {self._queries.values.limit()}"
        return text

    def terms(self) -> str:
        """What is looked for."""
        return " ".join(
            self._chance.choice(_WORDS) for _ in range(self._chance.choice((1, 1, 2, 3, 6)))
        )

    def parameters(self) -> Any:
        """The body of a parameterized search."""
        chance = self._chance
        one = chance.choice(self._objects)
        body: dict[str, Any] = {"q": self.terms()}
        if chance.random() < 0.7:
            fields = self._queries.fields(one).split(", ")
            body["sobjects"] = [
                {"name": one.name, "fields": fields, "limit": chance.choice((1, 5, "5"))}
            ]
            if chance.random() < 0.4:
                body["sobjects"][0]["where"] = self._queries.condition(one)
        if chance.random() < 0.3:
            body["in"] = chance.choice(_FIELDS)
        if chance.random() < 0.2:
            odd: Any = chance.choice((None, 1, [], {}, "x", -1, 1e400, [[]], "\ud800"))
            body[chance.choice(("q", "sobjects", "fields", "in", "overallLimit", "x"))] = odd
        return body if chance.random() < 0.97 else chance.choice(([], None, 1, "q", [body]))

    def _returned(self) -> str:
        chance = self._chance
        one = chance.choice(self._searchable if chance.random() < 0.9 else self._objects)
        if chance.random() < 0.2:
            return one.name
        text = self._queries.fields(one)
        if chance.random() < 0.5:
            text += f" WHERE {self._queries.condition(one)}"
        if chance.random() < 0.3:
            text += f" ORDER BY {self._queries.order(one)}"
        if chance.random() < 0.3:
            text += f" LIMIT {self._queries.values.limit()}"
        if chance.random() < 0.2:
            text += f" OFFSET {self._queries.values.offset()}"
        return f"{one.name}({text})"


def damaged(chance: Random, text: str, other: str) -> str:
    """``text`` with some tokens taken away, doubled, exchanged, or followed by the end of
    ``other``."""
    tokens = _TOKEN.findall(text)
    for _ in range(chance.choice((1, 1, 2, 4))):
        place = chance.randrange(len(tokens)) if tokens else 0
        match chance.randrange(5):
            case 0:
                del tokens[place : place + chance.choice((1, 1, 2, 5))]
            case 1:
                tokens[place:place] = tokens[place : place + chance.choice((1, 3, 400))]
            case 2:
                tokens[place : place + 1] = [chance.choice(_PIECES)]
            case 3:
                tokens.insert(place, chance.choice(_PIECES) * chance.choice((1, 1, 2, 150)))
            case _:
                rest = _TOKEN.findall(other)
                tokens[place:] = rest[chance.randrange(len(rest)) :]
    return "".join(tokens)
