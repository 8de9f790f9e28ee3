"""Patterns of LIKE."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from promotions.sobjects.query.patterns import pattern_of


@pytest.mark.parametrize(
    ("pattern", "fitting", "others"),
    [
        ("a%", ["a", "abc"], ["", "ba"]),
        ("%a", ["a", "bca"], ["ab"]),
        ("%a%b%", ["ab", "xaxbx"], ["ba", "a"]),
        ("_", ["x"], ["", "xx"]),
        ("_%_", ["xy", "xyz"], ["x"]),
        ("a\\%", ["a%"], ["ab"]),
        ("\\\\_", ["\\x"], ["\\", "xx"]),
        ("", [""], ["a"]),
        ("%%%", ["", "a"], []),
    ],
)
def test_what_fits(pattern: str, fitting: list[str], others: list[str]) -> None:
    read = pattern_of(pattern)
    assert [text for text in fitting + others if read.fits(text)] == fitting


def test_what_is_known_of_a_pattern() -> None:
    assert pattern_of("abc").exact == "abc"
    assert pattern_of("abc%%").prefix == "abc"
    assert pattern_of("a\\%c%").prefix == "a%c"
    assert pattern_of("a_%").prefix is None
    assert pattern_of("%").fits_all


@given(st.text("a%_\\", max_size=12))
def test_what_is_written_means_the_same(text: str) -> None:
    read = pattern_of(text)
    assert pattern_of(read.written) == read


def test_many_wildcards_take_no_longer() -> None:
    assert not pattern_of("%a" * 200 + "b").fits("a" * 2000)
