"""What a search looks for: words, phrases, AND, OR and AND NOT. Pure.

The signs ``? & | ! { } [ ] ( ) ^ ~ * : \\ " ' + -`` mean something or are kept for it; behind a
backslash they are themselves, but an asterisk or question mark parts words then: no index of words
holds one. Source: the client contract, section 5, and the compatible platform's rules.
"""

import re
from collections.abc import Iterator
from typing import Final, NamedTuple

from promotions.sobjects.soql.errors import SyntaxProblem
from promotions.sobjects.soql.limits import MAX_DEPTH, MAX_TERM, MAX_WORDS
from promotions.sobjects.soql.tree import AllOf, AnyOf, Phrase, SearchTerm, Without, Word

_PIECE: Final = re.compile(
    r"""\s*(?:
        (?P<SIGN>[()])
      | "(?P<PHRASE>[^"\\]*(?:\\.[^"\\]*)*)"
      | (?P<WORD>(?:[^\s()"\\]|\\.)+)
      | (?P<END>\Z)
    )""",
    re.VERBOSE | re.DOTALL,
)
_ESCAPED: Final = re.compile(r"\\?.", re.DOTALL)
_WILDCARDS: Final = frozenset("*?")
_KEPT: Final = frozenset("&|!{}[]()^~:'+-")
"""Signs that mean nothing inside a word."""
_RESERVED: Final = _WILDCARDS | _KEPT | frozenset('\\"')
_FIRST_IDEOGRAPH: Final = "\u2e80"
"""From here on one character can be a word: Chinese, Japanese, Korean."""


class _Piece(NamedTuple):
    kind: str
    text: str
    position: int


def search_term(text: str, position: int, *, plain: bool) -> SearchTerm:
    """What ``text`` looks for; ``position`` is its index in the query that it is part of.

    Text that is ``plain`` was typed by a person: its signs need no backslash, and only AND, OR and
    NOT in capitals are operators. Raises ``SyntaxProblem``.
    """
    if len(text) > MAX_TERM:
        problem = f"A search may look for {MAX_TERM:,} characters at most. Shorten it."
        raise SyntaxProblem(problem, position + MAX_TERM)
    if "\0" in text:
        problem = "There is no character in this place. Take it out."
        raise SyntaxProblem(problem, position + text.index("\0"))
    return _Terms(_pieces(text, position), plain=plain).whole()


def _pieces(text: str, position: int) -> list[_Piece]:
    found, index = [], 0
    while match := _PIECE.match(text, index):
        kind = str(match.lastgroup)
        found.append(_Piece(kind, match[kind], position + match.start(kind)))
        if kind == "END":
            return found
        index = match.end()
    rest = text[index:].lstrip()
    problem = "Put a backslash before this sign, or take it out."
    if rest.startswith('"'):
        problem = "The phrase that begins here has no end. Close the quote."
    raise SyntaxProblem(problem, position + len(text) - len(rest))


class _Terms:
    """Reads pieces from left to right. What has no letter or digit is nothing: None."""

    def __init__(self, pieces: list[_Piece], *, plain: bool) -> None:
        self._pieces = pieces
        self._plain = plain
        self._index = 0
        self._depth = 0
        self._words: list[str] = []

    def whole(self) -> SearchTerm:
        term = self._any_of() if self._piece.kind != "END" else None
        if self._piece.kind != "END":
            problem = "No parenthesis is open here. Take this one out."
            raise SyntaxProblem(problem, self._piece.position)
        characters = "".join(c for word in self._words for c in word if c.isalnum())
        if term is None or (len(characters) < 2 and characters < _FIRST_IDEOGRAPH):
            problem = "search term must be longer than one character. Write two letters or digits."
            raise SyntaxProblem(problem, self._pieces[0].position)
        return term

    @property
    def _piece(self) -> _Piece:
        return self._pieces[self._index]

    def _operator(self) -> str:
        """AND, OR or NOT, if one comes here."""
        piece = self._piece
        word = piece.text if self._plain else piece.text.upper()
        return word if piece.kind == "WORD" and word in ("AND", "OR", "NOT") else ""

    def _take(self, operator: str) -> bool:
        found = self._operator() == operator
        self._index += found
        return found

    def _any_of(self) -> SearchTerm | None:
        terms = [self._all_of()]
        while self._take("OR"):
            terms.append(self._all_of())
        parts = tuple(term for term in terms if term)
        return AnyOf(parts) if len(parts) > 1 else next(iter(parts), None)

    def _all_of(self) -> SearchTerm | None:
        """Terms with AND between them, or nothing, which says the same."""
        term = self._part()
        while self._piece.text != ")" and self._piece.kind != "END" and self._operator() != "OR":
            if self._take("AND") and self._take("NOT"):
                unwanted = self._part()
                term = Without(term, unwanted) if term and unwanted else term
            else:
                term = _both(term, self._part())
        return term

    def _part(self) -> SearchTerm | None:
        piece = self._piece
        if piece.kind == "END" or piece.text == ")" or self._operator():
            written = "the end" if piece.kind == "END" else piece.text
            problem = f"Write a word or phrase before {written}."
            raise SyntaxProblem(problem, piece.position)
        self._index += 1
        if piece.kind == "SIGN":
            return self._parenthesized()
        words = tuple(self._cleaned(piece))
        self._words += words
        if len(self._words) > MAX_WORDS:
            problem = f"A search may look for {MAX_WORDS} words at most."
            raise SyntaxProblem(problem, piece.position)
        if piece.kind == "PHRASE":
            return Phrase(words) if words else None
        term = None
        for word in words:
            term = _both(term, Word(word))
        return term

    def _parenthesized(self) -> SearchTerm | None:
        self._depth += 1
        if self._depth > MAX_DEPTH:
            problem = f"At most {MAX_DEPTH} parentheses may be open at a time. Nest less."
            raise SyntaxProblem(problem, self._piece.position)
        term = self._any_of()
        if self._piece.text != ")":
            raise SyntaxProblem("Close the parenthesis here.", self._piece.position)
        self._index += 1
        self._depth -= 1
        return term

    def _cleaned(self, piece: _Piece) -> Iterator[str]:
        """The words of a piece, without backslashes."""
        characters = [self._character(match, piece) for match in _ESCAPED.finditer(piece.text)]
        for word in "".join(characters).split():
            bare = word.strip("".join(_KEPT)) if self._plain else word
            if any(c.isalnum() for c in bare):
                yield bare

    def _character(self, match: re.Match[str], piece: _Piece) -> str:
        escaped, character = len(match[0]) > 1, match[0][-1]
        position = piece.position + match.start()
        if escaped and character in _WILDCARDS:
            return " "
        if escaped and character not in _RESERVED:
            if self._plain:
                return match[0]
            problem = f"\\{character} means nothing. Write \\\\ for a backslash."
            raise SyntaxProblem(problem, position)
        if not (escaped or self._plain) and character in _KEPT:
            raise SyntaxProblem(f"Put a backslash before {character}.", position)
        return character


def _both(first: SearchTerm | None, second: SearchTerm | None) -> SearchTerm | None:
    if first is None or second is None:
        return first or second
    parts = first.parts if isinstance(first, AllOf) else (first,)
    return AllOf((*parts, second))
