"""The names that the data set's customers have, and how the service folds them. Pure."""

import unicodedata
from dataclasses import dataclass

from enrollments.demo.names import REGIONS
from promotions.folding import fold


@dataclass(frozen=True, slots=True)
class Name:
    text: str
    key: str
    """Folded, as the service keeps it for look-ups."""
    ascii: str
    """As it is written in an e-mail address."""


def _name(text: str) -> Name:
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode()
    letters = "".join(character for character in plain if character.isalnum())
    return Name(text, fold(text), letters)


FIRST_NAMES = tuple(_name(text) for region in REGIONS for text in region.first_names)
LAST_NAMES = tuple(_name(text) for region in REGIONS for text in region.last_names)
