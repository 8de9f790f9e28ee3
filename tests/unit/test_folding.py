"""Codes, addresses and names compare by Unicode case folding, whatever the database thinks."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from promotions.folding import fold

SAME = [
    ("SUMMER26", "summer26"),
    ("Straße", "STRASSE"),
    ("Straße", "STRAẞE"),
    ("İstanbul", "i\u0307stanbul"),  # the capital dotted I is an i with a dot
    ("ΟΔΥΣΣΕΥΣ", "οδυσσευς"),  # the final sigma is a sigma
    ("οδυσσευς", "οδυσσευσ"),
    ("Zoë", "ZOE\u0308"),  # composed and combining
    ("é", "e\u0301"),
    ("ÅNGSTRÖM", "a\u030angstro\u0308m"),
    ("\u212bngstrom", "ångstrom"),  # the sign of the unit
    ("ﬁnn", "FINN"),  # a ligature
    ("Ǆ", "ǆ"),
    ("ᏸ", "Ᏸ"),
    ("ᾳ", "ΑΙ"),
    ("a\u0323\u0307", "A\u0307\u0323"),  # marks in either order
]
DIFFERENT = [
    ("e", "é"),
    ("i", "ı"),
    ("I", "İ"),
    ("o", "ö"),
    ("a b", "ab"),
    ("a", "a "),
    ("２", "2"),  # full width is another character, not another case
    ("ａ", "a"),
    ("Müller", "Mueller"),
]


@pytest.mark.parametrize(("one", "other"), SAME)
def test_same(one: str, other: str) -> None:
    assert fold(one) == fold(other)


@pytest.mark.parametrize(("one", "other"), DIFFERENT)
def test_different(one: str, other: str) -> None:
    assert fold(one) != fold(other)


@given(st.text())
def test_folding_twice_changes_nothing(text: str) -> None:
    assert fold(fold(text)) == fold(text)


@given(st.text())
def test_encodings_of_one_text_fold_alike(text: str) -> None:
    assert fold(unicodedata.normalize("NFD", text)) == fold(unicodedata.normalize("NFC", text))


@given(st.text(alphabet=st.characters(max_codepoint=127)))
def test_ascii_folds_to_lower_case(text: str) -> None:
    assert fold(text) == text.lower()
