"""Names as people type them who leave out accents."""

import pytest

from enrollments.spelling import is_spelled_so, name_words, typed_words


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("Smith", ["smith"]),
        ("Núñez Peña", ["nunez", "pena"]),
        ("Nu\u0301n\u0303ez", ["nunez"]),  # the accents as characters of their own
        ("Müller", ["muller", "mueller"]),
        ("Åström", ["astrom", "aastroem"]),
        ("Sørensen", ["sorensen", "soerensen"]),
        ("Straßer-Beck", ["strasser", "beck"]),
        ("Dąbrowska", ["dabrowska"]),
        ("Łukasz", ["lukasz"]),
        ("Księgarnia „Pod Orłem“", ["ksiegarnia", "pod", "orlem"]),
        ("O’Neil", ["oneil", "o", "neil"]),
        ("D'Angelo", ["dangelo", "d", "angelo"]),
        ("Ægir Þór", ["aegir", "thor"]),
        ("Δήμητρα", ["δημητρα"]),
        ("山田", ["山田"]),
        ("7 Sisters Ltd.", ["7", "sisters", "ltd"]),
    ],
)
def test_the_spellings_of_a_name(name: str, words: list[str]) -> None:
    assert (name_words(name) or "").split() == words


@pytest.mark.parametrize("name", ["", " ", "…", "-'-"])
def test_what_has_no_letter_has_no_spelling(name: str) -> None:
    assert name_words(name) is None


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("nunez", ["nunez"]),
        ("Peña, Núria", ["pena", "nuria"]),
        ("Müller", ["muller"]),
        ("o'neil", ["oneil"]),
        ("x y", []),
        ("n", []),
        ("", []),
        ("one two three four five", []),
    ],
)
def test_what_somebody_typed(text: str, words: list[str]) -> None:
    assert typed_words(text) == words


@pytest.mark.parametrize(
    ("name", "text", "so"),
    [
        ("Núria Núñez", "nunez", True),
        ("Núria Núñez", "Nunez Nuria", True),
        ("Jürgen Müller", "juergen mueller", True),
        ("Núria Núñez", "nune", False),
        ("Núria Núñez", "", False),
    ],
)
def test_whether_a_name_is_spelled_so(name: str, text: str, so: bool) -> None:
    assert is_spelled_so(name, text) is so
