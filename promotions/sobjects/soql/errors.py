"""What is wrong with a query, and where. Pure. Source: the client contract, section 3."""

from typing import Final

_BEFORE: Final = 60
_AFTER: Final = 40
"""How much of a long line is shown on either side of a problem."""

_LONGEST: Final = 500
"""Characters of a message: names and values in it may be as long as the query."""


class SyntaxProblem(ValueError):
    """The text is no query: ``message`` says what to do, ``position`` is the index in the text."""

    def __init__(self, message: str, position: int) -> None:
        self.message = message if len(message) <= _LONGEST else f"{message[:_LONGEST]}…"
        super().__init__(self.message)
        self.position = position


class BrokenRule(SyntaxProblem):
    """Every clause can be read, but together they ask for what makes no sense."""


class NumberTooLarge(SyntaxProblem):
    """The text is a query, but a number in it is larger than is allowed in its place."""


class NotSupported(SyntaxProblem):
    """The text is a query of the compatible platform's language that isn't offered here."""


def shown(text: str, position: int, message: str) -> str:
    """``message`` as the compatible platform words it: below the part of the query ``text`` that
    it is about and a caret under the character at ``position``, with its row and column (both
    count from 1)."""
    start = text.rfind("\n", 0, position) + 1
    end = text.find("\n", position)
    line = text[start : end if end >= 0 else len(text)]
    column = position - start
    left = max(0, column - _BEFORE)
    fragment = "".join(c if c.isprintable() else " " for c in line[left : column + _AFTER])
    row = text.count("\n", 0, position) + 1
    caret = " " * (column - left) + "^"
    return f"\n{fragment}\n{caret}\nERROR at Row:{row}:Column:{column + 1}\n{message}"
