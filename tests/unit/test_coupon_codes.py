"""Patterns of coupon codes: what they are, how hard their codes are to guess, how they are made."""

import re
from collections import Counter
from collections.abc import Callable
from itertools import cycle, islice

import pytest
from hypothesis import given
from hypothesis import strategies as st

from promotions.coupon_codes import (
    LEAST_SPACE,
    LITERALS,
    PLACEHOLDERS,
    Pattern,
    distinct_codes,
    parse_pattern,
    pattern_problems,
    random_codes,
    random_suffix,
    varied_code,
)
from promotions.errors import Refused
from promotions.folding import fold

SUMMER = "SUMMER-****-****"
MEANS = {
    "*": "[ABCDEFGHJKLMNPQRSTUVWXYZ23456789]",
    "?": "[ABCDEFGHJKLMNPQRSTUVWXYZ]",
    "#": "[23456789]",
}


def supply(*bytes_: int) -> Callable[[int], bytes]:
    """A source of chance that gives these bytes, over and over."""
    endless = cycle(bytes_)
    return lambda count: bytes(islice(endless, count))


# --- Patterns -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "space"),
    [
        (SUMMER, 32**8),
        ("*", 32),
        ("?", 24),
        ("#", 8),
        ("#?*", 8 * 24 * 32),
        ("A0I1_-*", 32),  # what people mistake for one another may be written, it is not guessed
        ("*" * 64, 32**64),
    ],
)
def test_how_many_codes_a_pattern_has(text: str, space: int) -> None:
    assert parse_pattern(text) == Pattern(text)
    assert parse_pattern(text).space == space


def test_no_placeholder_becomes_what_people_mistake_for_another_character() -> None:
    assert {sign: alphabet.size for sign, alphabet in PLACEHOLDERS.items()} == {
        "*": 32,
        "?": 24,
        "#": 8,
    }
    for alphabet in PLACEHOLDERS.values():
        assert not set(alphabet.characters) & set("IO01")
        assert set(alphabet.characters) <= LITERALS


def test_small_letters_are_capitals() -> None:
    assert parse_pattern("summer-****-****") == parse_pattern(SUMMER)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "no placeholder"),
        ("SUMMER-2026", "no placeholder"),
        ("SUMMER ****", "“ ”"),
        (" ****", "“ ”"),
        ("****\n", "“\n”"),
        ("SÜSS-****", "“Ü”"),
        ("süß-****", "“ß” “ü”"),
        ("٤-****", "“٤”"),
        ("A.B/****", "“.” “/”"),
        ("*" * 65, "at most 64"),
        ("x" * 10_000, "at most 64"),
    ],
)
def test_what_is_no_pattern(text: str, says: str) -> None:
    with pytest.raises(Refused) as refused:
        parse_pattern(text)
    (error,) = refused.value.errors
    assert (error.code, error.pointer) == ("invalid_value", "pattern")
    assert says in error.detail


# --- Guessing -------------------------------------------------------------------------------------

MILLION = 10**6
FITS = 2**40 // MILLION
"""The codes that a pattern of 2**40 takes: a guess hits one in a million times."""


@pytest.mark.parametrize(
    ("text", "quantity", "existing", "more"),
    [
        ("********", 1, 0, 0),
        ("*******", 1, 0, 1),
        ("*******??", 1, 0, 0),
        ("****", 1, 0, 4),
        ("#", 1, 0, 8),  # 8 × 32**7 is 2**38
        ("*#", 1, 0, 7),
        (SUMMER, MILLION, 0, 0),
        (SUMMER, FITS, 0, 0),
        (SUMMER, FITS + 1, 0, 1),
        (SUMMER, 1, FITS - 1, 0),
        (SUMMER, 1, FITS, 1),
        (SUMMER, MILLION, MILLION, 1),
        (SUMMER, 32 * FITS, 0, 1),
        (SUMMER, 33 * FITS, 0, 2),
        ("****", MILLION, 0, 4),
        ("****", MILLION, MILLION, 5),
    ],
)
def test_how_many_placeholders_are_missing(
    text: str, quantity: int, existing: int, more: int
) -> None:
    problems = list(pattern_problems(parse_pattern(text), quantity, existing))
    if more == 0:
        assert problems == []
    else:
        (problem,) = problems
        assert (problem.code, problem.pointer) == ("invalid_value", "pattern")
        assert f"at least {more} more *" in problem.detail
        longer = parse_pattern(text + "*" * more)
        assert list(pattern_problems(longer, quantity, existing)) == []


def test_the_floor_is_eight_letters_or_digits() -> None:
    assert parse_pattern("********").space == LEAST_SPACE


@pytest.mark.parametrize("quantity", [0, -1])
def test_a_quantity_that_makes_no_code(quantity: int) -> None:
    (problem,) = pattern_problems(parse_pattern("*"), quantity, 0)
    assert (problem.code, problem.pointer) == ("invalid_value", "quantity")


# --- Codes ----------------------------------------------------------------------------------------


@given(
    text=st.text("ABYZ019-_*?#", min_size=1, max_size=20).filter(lambda t: set(t) & set("*?#")),
    count=st.integers(0, 50),
)
def test_codes_are_of_their_pattern(text: str, count: int) -> None:
    shape = re.compile("".join(MEANS.get(c, re.escape(c)) for c in text))
    codes = random_codes(parse_pattern(text), count)
    assert len(codes) == count
    assert all(shape.fullmatch(code) for code in codes)


@pytest.mark.parametrize(("sign", "times"), [("*", 8), ("?", 10), ("#", 32)])
def test_each_character_comes_from_as_many_bytes(sign: str, times: int) -> None:
    alphabet = PLACEHOLDERS[sign]
    fair = range(256 if sign != "?" else 240)
    codes = random_codes(parse_pattern(sign), len(fair), random_bytes=supply(*range(256)))
    assert Counter(codes) == dict.fromkeys(alphabet.characters, times)


def test_bytes_that_would_favour_some_letters_are_drawn_again() -> None:
    asked: list[int] = []
    source = supply(*range(240, 256), 0, 1, 2, 3)

    def count_and_give(count: int) -> bytes:
        asked.append(count)
        return source(count)

    assert random_codes(parse_pattern("?"), 8, random_bytes=count_and_give) == list("ABCDABCD")
    assert len(asked) > 1, "the first bytes were all rejected"


def test_places_and_codes_are_filled_on_their_own() -> None:
    codes = random_codes(parse_pattern("A#-?*"), 3, random_bytes=supply(*range(9)))
    # The digits of all three codes first, then their letters (one byte in sixteen is drawn to
    # spare, and not used), then their last places.
    assert codes == ["A2-DH", "A3-EJ", "A4-FA"]


def test_known_bytes_of_one_code_say_nothing_of_the_next() -> None:
    first, second = random_codes(parse_pattern("********"), 2)
    assert first != second


def test_distinct_codes_make_up_for_those_that_came_twice() -> None:
    pattern = parse_pattern("N#")
    codes = distinct_codes(pattern, 3, random_bytes=supply(0, 0, 1, 0, 2))
    assert codes == ["N2", "N3", "N4"]


def test_distinct_codes_can_be_all_that_there_are() -> None:
    assert sorted(distinct_codes(parse_pattern("#"), 8)) == list("23456789")


def test_more_distinct_codes_than_there_are() -> None:
    with pytest.raises(ValueError, match="has 8 codes, not 9"):
        distinct_codes(parse_pattern("#"), 9)


def test_no_codes() -> None:
    assert random_codes(parse_pattern(SUMMER), 0) == []
    assert distinct_codes(parse_pattern(SUMMER), 0) == []


def test_codes_that_differ_still_do_when_looked_up_without_regard_to_case() -> None:
    codes = distinct_codes(parse_pattern("summer-**"), 1000)
    assert len({fold(code) for code in codes}) == 1000
    assert fold(codes[0].lower()) == fold(codes[0])


# --- A code made from another ---------------------------------------------------------------------


def test_a_suffix_is_as_hard_to_guess_as_the_shortest_pattern() -> None:
    suffix = random_suffix()
    assert re.fullmatch(MEANS["*"] + "{8}", suffix)
    assert random_suffix() != suffix


@pytest.mark.parametrize(
    ("code", "varied"),
    [
        ("SUMMER", "SUMMER-ABCDEFGH"),
        ("Sommer süß", "Sommer süß-ABCDEFGH"),
        ("x" * 246, "x" * 246 + "-ABCDEFGH"),
        ("x" * 247, "x" * 246 + "-ABCDEFGH"),
        ("x" * 255, "x" * 246 + "-ABCDEFGH"),
    ],
)
def test_a_varied_code_shows_where_it_comes_from(code: str, varied: str) -> None:
    assert varied_code(code, random_bytes=supply(*range(8))) == varied
    assert len(varied) <= 255
