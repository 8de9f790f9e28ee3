"""The place in a text that is being read, and the questions a parser asks there. Pure."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from promotions.sobjects.soql.errors import NotSupported, SyntaxProblem
from promotions.sobjects.soql.limits import MAX_CONDITIONS, MAX_DEPTH
from promotions.sobjects.soql.tokens import Kind, Token

RESERVED: Final = frozenset(
    {
        *("SELECT", "FROM", "USING", "WHERE", "WITH", "GROUP", "HAVING", "LIMIT"),
        *("ASC", "DESC", "NULLS", "FIRST", "LAST", "NULL"),
        *("AND", "OR", "NOT", "LIKE", "IN", "INCLUDES", "EXCLUDES"),
    }
)
"""Words that can't be a name; every other keyword is one only in its place."""

_HINTS: Final = {
    '"': "Texts go in single quotes.",
    "*": "Name the fields, or write FIELDS(ALL) and a LIMIT.",
    "AS": "Another name of a field follows it without AS.",
    "IS": "Compare with null by = or !=.",
}
"""What helps who writes one of these where it has no meaning."""


class Cursor:
    """Reads tokens from left to right.

    What the language has and this service hasn't is parsed to its end all the same: ``refuse``
    notes it and ``finish`` raises it, so that a query that is malformed is called that.
    """

    def __init__(self, tokens: list[Token]) -> None:
        self._tokens = [token for token in tokens if token.kind is not Kind.COMMENT]
        self._index = 0
        self._depth = 0
        self._conditions = 0
        self._refusal: NotSupported | None = None
        for comment in (token for token in tokens if token.kind is Kind.COMMENT):
            self.refuse("Comments belong to Apex and to editors. Take this out.", comment.position)

    # --- Looking --------------------------------------------------------------------------------

    @property
    def token(self) -> Token:
        return self._tokens[self._index]

    @property
    def position(self) -> int:
        return self.token.position

    def ahead(self, steps: int = 1) -> Token:
        """The token that many steps behind this one, or the END."""
        return self._tokens[min(self._index + steps, len(self._tokens) - 1)]

    def at(self, *keywords: str) -> bool:
        """Whether these words follow each other here."""
        return all(self.ahead(step).keyword == word for step, word in enumerate(keywords))

    def at_sign(self, sign: str) -> bool:
        return self.token.kind is Kind.SIGN and self.token.text == sign

    # --- Taking ---------------------------------------------------------------------------------

    def next(self) -> Token:
        """This token; the cursor goes behind it."""
        token = self.token
        if token.kind is not Kind.END:
            self._index += 1
        return token

    def take(self, *keywords: str) -> bool:
        """Goes behind these words if they follow each other here."""
        found = self.at(*keywords)
        if found:
            self._index += len(keywords)
        return found

    def take_sign(self, sign: str) -> bool:
        found = self.at_sign(sign)
        if found:
            self._index += 1
        return found

    def expect(self, keyword: str) -> None:
        if not self.take(keyword):
            raise self.expected(keyword)

    def expect_sign(self, sign: str) -> None:
        if not self.take_sign(sign):
            raise self.expected(sign)

    def one_of(self, *keywords: str) -> str:
        """Which of these words it is, in capitals."""
        if self.token.keyword not in keywords:
            raise self.expected(" or ".join(keywords) if len(keywords) < 4 else ", ".join(keywords))
        return self.next().keyword

    def name(self, what: str) -> Token:
        """A word that isn't reserved, as ``what``."""
        token = self.token
        if token.kind is not Kind.WORD or token.keyword in RESERVED:
            raise self.expected(what)
        return self.next()

    def object_name(self) -> Token:
        """The name of an object; Group is one, though it is reserved."""
        return self.next() if self.at("GROUP") else self.name("an object")

    # --- Refusing -------------------------------------------------------------------------------

    def expected(self, what: str) -> SyntaxProblem:
        """The problem that ``what`` should come here and something else does."""
        token = self.token
        if token.kind is Kind.END:
            return SyntaxProblem(f"unexpected end. Write {what} here.", token.position)
        written = token.text if len(token.text) <= 80 else f"{token.text[:80]}…"
        hint = _HINTS.get(token.keyword or token.text, "")
        message = f"unexpected token: {written!r}. Write {what} here. {hint}".rstrip()
        return SyntaxProblem(message, token.position)

    def refuse(self, message: str, position: int) -> None:
        """Notes that something is valid but not offered; of several, the first is told."""
        self._refusal = self._refusal or NotSupported(message, position)

    def finish(self) -> None:
        """Raises what ``refuse`` noted."""
        if self._refusal:
            raise self._refusal

    @contextmanager
    def deeper(self) -> Iterator[None]:
        """Around what is inside parentheses or behind a NOT."""
        self._depth += 1
        if self._depth > MAX_DEPTH:
            raise SyntaxProblem(
                f"At most {MAX_DEPTH} parentheses may be open at a time. Nest less.", self.position
            )
        yield
        self._depth -= 1

    def count_condition(self) -> None:
        self._conditions += 1
        if self._conditions > MAX_CONDITIONS:
            raise SyntaxProblem(
                f"A query may have {MAX_CONDITIONS} conditions. Compare with a list by IN instead.",
                self.position,
            )
