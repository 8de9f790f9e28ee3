"""Names as people type them who leave out accents, or write two letters for one. Pure.

Support hears "Nunez" and "Mueller" on the phone, and the records have Núñez and Müller. Here each
word of a name has the spellings by which it is looked for; identifying a customer in a call goes by
the exact name (``promotions/folding.py``), which this leaves alone.
"""

import re
import unicodedata
from typing import Final

from promotions.folding import fold

LEAST_LETTERS: Final = 2
"""With fewer nobody is looked for by the words of a name: too many begin so."""
_MOST_WORDS: Final = 4
"""Of what somebody types: more are no name."""
_PLAIN: Final = str.maketrans(
    {"ł": "l", "ø": "o", "đ": "d", "ð": "d", "þ": "th", "ı": "i", "æ": "ae", "œ": "oe", "ħ": "h"}
)
"""Letters that are no other letter with a mark."""
_BY_TWO: Final = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "ø": "oe", "å": "aa"})
"""Letters that are also written as two."""
_APOSTROPHES: Final = re.compile("['’ʼ`´]")
_WORD: Final = re.compile(r"[^\W_]+")


def name_words(text: str) -> str | None:
    """The spellings of each word of the name ``text``, a blank before each: " muller mueller". None
    where there is no letter in it."""
    whole, apart = (_APOSTROPHES.sub(instead, fold(text)) for instead in ("", " "))
    spellings = (
        word
        for one in (whole, apart)
        for word in (*_words(_plain(one)), *_words(_plain(one.translate(_BY_TWO))))
    )
    return "".join(f" {word}" for word in dict.fromkeys(spellings)) or None


def typed_words(text: str) -> list[str]:
    """The words by which somebody who typed ``text`` may mean a name: those that the name has words
    beginning with are found. Empty where it can't mean one."""
    words = _words(_plain(_APOSTROPHES.sub("", fold(text))))
    longest = max(map(len, words), default=0)
    return words if len(words) <= _MOST_WORDS and longest >= LEAST_LETTERS else []


def is_spelled_so(name: str, text: str) -> bool:
    """Whether ``text`` has no other words than ``name``, in whatever order and spelling."""
    typed, known = typed_words(text), (name_words(name) or "").split()
    return bool(typed) and all(word in known for word in typed)


def _plain(text: str) -> str:
    """Without accents."""
    marked = unicodedata.normalize("NFKD", text.translate(_PLAIN))
    return "".join(letter for letter in marked if not unicodedata.combining(letter))


def _words(text: str) -> list[str]:
    return _WORD.findall(text)
