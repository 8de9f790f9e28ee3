"""From text to tokens: words, texts in quotes, figures and signs. Pure."""

import re
from enum import Enum, auto
from typing import Final, NamedTuple

from promotions.sobjects.soql.errors import SyntaxProblem
from promotions.sobjects.soql.limits import MAX_LENGTH, MAX_TOKENS


class Kind(Enum):
    WORD = auto()
    """A keyword or a name: nothing but its place tells which."""
    TEXT = auto()
    """In single quotes, which belong to it."""
    FIGURES = auto()
    """A number, a day, a time or a moment: what begins with a digit, as far as it goes."""
    SIGN = auto()
    COMMENT = auto()
    """Between ``/*`` and ``*/``, or behind ``//`` to the end of the line."""
    END = auto()


class Token(NamedTuple):
    kind: Kind
    text: str
    """As it was written."""
    position: int
    keyword: str = ""
    """A word in capitals; empty of everything else."""


_TOKEN: Final = re.compile(
    r"""[ \t\r\n\f]*(?:
        (?P<WORD>[a-z]\w*)
      | (?P<TEXT>'[^'\\]*(?:\\.[^'\\]*)*')
      | (?P<FIGURES>[+-]?\.?\d[\w.:+-]*)
      | (?P<COMMENT>//[^\r\n]*|/\*.*?(?:\*/|\Z))
      | (?P<SIGN><=|>=|!=|<>|[^ \t\r\n\f'])
      | (?P<END>\Z)
    )""",
    re.VERBOSE | re.ASCII | re.IGNORECASE | re.DOTALL,
)
_CLOSED: Final = re.compile(r"//.*|/\*.*\*/", re.DOTALL)
"""A comment with its end."""
_KINDS: Final = {kind.name: kind for kind in Kind}
_NO_CHARACTER: Final = re.compile("[\x00\ud800-\udfff]")


def tokens_of(text: str, start: int = 0) -> list[Token]:
    """The tokens of ``text`` from index ``start`` on, an END last.

    Raises ``SyntaxProblem`` for a text that is too long, holds what is no character, or has a
    quote or a comment that is never closed.
    """
    if len(text) > MAX_LENGTH:
        raise SyntaxProblem(
            f"The text has {len(text):,} characters. At most {MAX_LENGTH:,} are read: shorten it.",
            MAX_LENGTH,
        )
    if bad := _NO_CHARACTER.search(text):
        raise SyntaxProblem("There is no character in this place. Take it out.", bad.start())
    found = []
    position = start
    while match := _TOKEN.match(text, position):
        name = str(match.lastgroup)
        kind, written = _KINDS[name], match[name]
        keyword = written.upper() if kind is Kind.WORD else ""
        found.append(Token(kind, written, match.start(name), keyword))
        if kind is Kind.END:
            return found
        if len(found) > MAX_TOKENS:
            problem = f"At most {MAX_TOKENS:,} words and signs are read. Ask in several queries."
            raise SyntaxProblem(problem, match.start(name))
        if kind is Kind.COMMENT and not _CLOSED.fullmatch(written):
            problem = "The comment that begins here has no end. Close it by */, or take it out."
            raise SyntaxProblem(problem, match.start(name))
        position = match.end()
    opening = text.index("'", position)
    raise SyntaxProblem("The text that begins here has no end. Close the quote.", opening)
