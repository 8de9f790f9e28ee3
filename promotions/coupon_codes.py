"""Coupon codes: patterns, codes of a pattern that nobody can guess, many at a time. Pure.

A pattern is literal text with placeholders, such as ``SUMMER-****-****``. Every placeholder is
filled from the operating system's secure random source, evenly and on its own, so that known codes
say nothing about the others. Codes are in capitals: people type them as they like, and they are
looked up folded.
"""

import math
import os
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from promotions.errors import DomainError, refuse

RandomBytes = Callable[[int], bytes]
"""Where chance comes from: so many bytes, each of the 256 as likely, none told by the others."""

LONGEST_PATTERN: Final = 64
LONGEST_CODE: Final = 255

GUESSES_PER_HIT: Final = 1_000_000
"""A guess hits one of a pattern's codes at most once in so many."""
LEAST_SPACE: Final = 2**40
"""A pattern has at least so many codes, eight ``*``, however few are made of it.

The chance of a guess is reckoned with the codes of one promotion, but who guesses takes any
promotion's: with this floor a million codes of the same shape, made here and there over the years,
still stay within ``GUESSES_PER_HIT``. Codes are redeemed one call at a time and calls are limited,
so that the 64 bits that withstand guessing without a limit are not needed, which nobody would type.
"""


@dataclass(frozen=True, slots=True)
class Alphabet:
    """The characters that fill a placeholder."""

    characters: str

    @property
    def size(self) -> int:
        return len(self.characters)

    @property
    def fair(self) -> int:
        """How many of the 256 bytes fall evenly on the characters; the rest is drawn again."""
        return 256 - 256 % self.size

    def draw(self, count: int, random_bytes: RandomBytes) -> bytes:
        """``count`` characters, each as likely as the others."""
        table = bytes(ord(self.characters[byte % self.size]) for byte in range(256))
        unfair = bytes(range(self.fair, 256))
        drawn = b""
        while missing := count - len(drawn):
            fresh = random_bytes(math.ceil(missing * 256 / self.fair))
            drawn += fresh.translate(table, unfair)[:missing]
        return drawn


# Without I, O, 0 and 1, which people take for one another.
LETTERS: Final = "ABCDEFGHJKLMNPQRSTUVWXYZ"
DIGITS: Final = "23456789"

PLACEHOLDERS: Final[Mapping[str, Alphabet]] = {
    "*": Alphabet(LETTERS + DIGITS),
    "?": Alphabet(LETTERS),
    "#": Alphabet(DIGITS),
}
LITERALS: Final = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_")

HOW_TO_WRITE: Final = (
    "Write a pattern such as SUMMER-****-****: letters, digits, - and _ stand for themselves, "
    "* becomes a letter or digit, ? a letter, # a digit."
)


@dataclass(frozen=True, slots=True)
class Pattern:
    """A checked pattern; ``parse_pattern`` makes it."""

    text: str

    @property
    def alphabets(self) -> Mapping[int, Alphabet]:
        """The alphabets of the placeholders, by their place in the text."""
        return {
            place: PLACEHOLDERS[character]
            for place, character in enumerate(self.text)
            if character in PLACEHOLDERS
        }

    @property
    def space(self) -> int:
        """How many different codes it has."""
        return math.prod(alphabet.size for alphabet in self.alphabets.values())


def parse_pattern(text: str) -> Pattern:
    """The pattern that ``text`` says; small letters count as capitals.

    Raises ``Refused`` (``invalid_value`` at ``pattern``) where it is none.
    """
    if len(text) > LONGEST_PATTERN:
        detail = f"Use at most {LONGEST_PATTERN} characters."
        raise refuse("invalid_value", detail, "pattern")
    # Letter by letter, lest ß pass as SS.
    characters = [c.upper() if c.isascii() else c for c in text]
    wrong = sorted(set(characters) - LITERALS - PLACEHOLDERS.keys())
    if wrong:
        shown = " ".join(f"“{character}”" for character in wrong)
        raise refuse("invalid_value", f"A pattern can't contain {shown}. {HOW_TO_WRITE}", "pattern")
    pattern = Pattern("".join(characters))
    if not pattern.alphabets:
        raise refuse("invalid_value", f"There is no placeholder. {HOW_TO_WRITE}", "pattern")
    return pattern


def pattern_problems(pattern: Pattern, quantity: int, existing: int) -> Iterator[DomainError]:
    """What is wrong with making ``quantity`` codes of a pattern of which there are ``existing``.

    Count as existing every live code that a guess of this pattern could hit, at least the
    promotion's own.
    """
    if quantity < 1:
        yield DomainError("invalid_value", "Say how many codes to make: 1 or more.", "quantity")
        return
    needed = max(LEAST_SPACE, GUESSES_PER_HIT * (existing + quantity))
    more = 0
    while pattern.space * PLACEHOLDERS["*"].size ** more < needed:
        more += 1
    if more:
        detail = f"Its codes could be guessed. Add at least {more} more * to the pattern."
        yield DomainError("invalid_value", detail, "pattern")


def random_codes(
    pattern: Pattern, count: int, *, random_bytes: RandomBytes = os.urandom
) -> list[str]:
    """``count`` codes that nobody can guess.

    Two of them are the same, or the same as one made before, by chance alone: the unique index
    knows, and the caller makes others. All are made at once, about a hundred bytes each.
    """
    length = len(pattern.text)
    # All codes in a row; each placeholder is filled for all of them in one go.
    row = bytearray(pattern.text.encode("ascii") * count)
    for place, alphabet in pattern.alphabets.items():
        row[place::length] = alphabet.draw(count, random_bytes)
    text = row.decode("ascii")
    return [text[start : start + length] for start in range(0, len(text), length)]


def distinct_codes(
    pattern: Pattern, count: int, *, random_bytes: RandomBytes = os.urandom
) -> list[str]:
    """Like ``random_codes``, no two the same. Ask ``pattern_problems`` first: ``ValueError`` where
    there are not so many."""
    if count > pattern.space:
        raise ValueError(f"{pattern.text} has {pattern.space} codes, not {count}")
    codes: dict[str, None] = {}
    while missing := count - len(codes):
        codes |= dict.fromkeys(random_codes(pattern, missing, random_bytes=random_bytes))
    return list(codes)


def random_suffix(*, random_bytes: RandomBytes = os.urandom) -> str:
    """Eight letters and digits that nobody can guess, such as ``7K2Q9P4M``."""
    return random_codes(Pattern("********"), 1, random_bytes=random_bytes)[0]


def varied_code(code: str, *, random_bytes: RandomBytes = os.urandom) -> str:
    """A new code that shows which one it was made from: ``SUMMER-7K2Q9P4M`` of ``SUMMER``. A long
    one is cut to make room."""
    suffix = "-" + random_suffix(random_bytes=random_bytes)
    return code[: LONGEST_CODE - len(suffix)] + suffix
