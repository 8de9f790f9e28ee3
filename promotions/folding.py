"""How texts compare without regard to case. Pure.

Codes, e-mail addresses and names compare by Unicode case folding, equally on every database
(the enrollment contract, rules 1 and "Identifiers"). Databases disagree about case, so the folded
form is computed here, stored beside the text and compared as it is.
"""

import unicodedata


def fold(text: str) -> str:
    """``text`` in the form in which equal means the same, whatever the case (``ß`` is ``ss``) and
    however accents are encoded (composed or combining)."""
    if text.isascii():
        return text.lower()  # the same, at once
    return unicodedata.normalize("NFC", unicodedata.normalize("NFD", text).casefold())
