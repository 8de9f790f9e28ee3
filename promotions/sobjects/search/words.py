"""Which records have the words that a search looks for.

On PostgreSQL an index knows the words of each record's searched columns: the function
``promotions_words`` takes them apart as ``parts_of`` does, and the index is on the same call of it
(docs/decisions/0019-search.md). SQLite looks at every record with a regular expression. Words count
without regard to case; signs part them.
"""

import re
from collections.abc import Sequence
from typing import Final

from django.db import connection
from django.db.models import Q

from promotions.folding import fold
from promotions.indexed_words import has_words
from promotions.sobjects.soql.tree import AllOf, AnyOf, Phrase, SearchTerm, Without, Word

SIGNS: Final = " \t\r\n.,;:!?@#$%&*()[]{}<>/\\|+-=_'\"`~^"
"""What parts words: the same characters as in ``promotions_words``."""
LONGEST: Final = 100
"""Characters of a word that count, there as here."""
_PARTING: Final = str.maketrans(SIGNS, " " * len(SIGNS))
_EDGE: Final = f"[{re.escape(SIGNS)}]"
_IN_WORD: Final = f"[^{re.escape(SIGNS)}]"


def parts_of(text: str) -> list[str]:
    """The words of ``text``, as an index has them: ``Joe@Example.com`` is three."""
    return [word[:LONGEST] for word in fold(text).translate(_PARTING).split()]


def matching(columns: Sequence[str], term: SearchTerm, *, indexed: Sequence[str]) -> Q:
    """The records that fit ``term`` by the words in ``columns``; ``indexed`` are all columns of the
    model that its index of words knows, of which ``columns`` may be a part."""
    return _Matcher(columns, indexed).condition(term)


class _Matcher:
    def __init__(self, columns: Sequence[str], indexed: Sequence[str]) -> None:
        self._columns = columns
        self._indexed = indexed

    def condition(self, term: SearchTerm) -> Q:
        match term:
            case Word(text):
                return self._word(text)
            case Phrase(words):
                return self._phrase(words)
            case AllOf(parts):
                both = Q()
                for part in parts:
                    both &= self.condition(part)
                return both
            case AnyOf(parts):
                either = Q()
                for part in parts:
                    either |= self.condition(part)
                return either
            case Without(part, unwanted):
                return self.condition(part) & ~self.condition(unwanted)

    def _word(self, text: str) -> Q:
        """A word that may have signs in it: all its parts; the last one may be a beginning."""
        pieces = [piece for piece in re.split(r"([*?])", text) if piece]
        if pieces and all(piece not in "*?" for piece in pieces[:-1]) and pieces[-1] != "?":
            begins = pieces[-1] == "*"
            return self._parts(parts_of(text), begins=begins)
        # A wildcard inside: what stands before it leads to the records, the pattern decides.
        before = parts_of(re.split(r"[*?]", text)[0])
        found = self._parts(before, begins=True) if before else Q()
        return found & self._like(_EDGE, _pattern(pieces), _EDGE)

    def _parts(self, words: Sequence[str], *, begins: bool) -> Q:
        if not words:
            return Q(pk__in=[])  # nothing but signs: no record has that as a word
        if connection.vendor == "postgresql":
            lexemes = [f"'{word}'" for word in words]
            if begins:
                lexemes[-1] += ":*"
            return self._known(" & ".join(lexemes))
        found = Q()
        for place, word in enumerate(words):
            open_end = begins and place == len(words) - 1
            found &= self._like(_EDGE, re.escape(word), "" if open_end else _EDGE)
        return found

    def _phrase(self, words: Sequence[str]) -> Q:
        parts = [part for word in words for part in parts_of(word)]
        between = f"{_EDGE}+".join(re.escape(part) for part in parts)
        return self._parts(parts, begins=False) & self._like(_EDGE, between, _EDGE)

    def _known(self, query: str) -> Q:
        """PostgreSQL: by the index, and where not all its columns count by those that do."""
        condition = Q(has_words(self._indexed, query))
        if set(self._columns) != set(self._indexed):
            condition &= Q(has_words(self._columns, query))
        return condition

    def _like(self, before: str, pattern: str, after: str) -> Q:
        """By looking at the texts themselves."""
        found = Q()
        edges = (f"(^|{before})", f"({after}|$)" if after else "")
        for column in self._columns:
            found |= Q(**{f"{column}__iregex": f"{edges[0]}{pattern}{edges[1]}"})
        return found


def _pattern(pieces: Sequence[str]) -> str:
    """A word as a regular expression; ``pieces`` are its wildcards and what stands between them.

    SQLite is given Python's expressions, which try every way to share a text among several
    asterisks: longer than anybody lives. So what stands between two of them is looked for once, in
    the first place where it can be: if the rest doesn't fit behind that, it fits behind no other.
    """
    parts = [""]
    for piece in pieces:
        if piece == "*":
            parts.append("")
        else:
            parts[-1] += _IN_WORD if piece == "?" else re.escape(fold(piece))
    if connection.vendor != "sqlite" or len(parts) == 1:
        return f"{_IN_WORD}*".join(parts)
    first, *between, last = parts
    once = "".join(f"(?>{_IN_WORD}*?{part})" for part in between)
    return f"{first}{once}{_IN_WORD}*{last}"
