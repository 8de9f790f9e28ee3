"""Whatever the text, the parsers answer with a tree or with a problem that has a place in it."""

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from promotions.sobjects.soql.errors import SyntaxProblem, shown
from promotions.sobjects.soql.parser import parse_query
from promotions.sobjects.soql.sosl import parse_search, parse_terms
from promotions.sobjects.soql.tree import Query, Search

QUERIES = [
    "SELECT Id, Owner.Name, (SELECT Id FROM p.Tiers t ORDER BY Id LIMIT 5) FROM Promotion p USING "
    "SCOPE mine WHERE (NOT Name LIKE 'a\\%b_') AND (a IN (1, null, TODAY) OR b >= LAST_N_DAYS:5) "
    "AND c NOT IN (SELECT d FROM E WHERE f INCLUDES ('x;y')) WITH USER_MODE ORDER BY Id DESC NULLS "
    "LAST, Name LIMIT 10 OFFSET 20 FOR VIEW, REFERENCE",
    "SELECT Type kind, GROUPING(Type), FORMAT(MAX(a)) m, COUNT(Id) FROM P GROUP BY CUBE(Type, "
    "DAY_ONLY(convertTimezone(b))) HAVING COUNT(Id) > 1.5 ORDER BY COUNT(Id)",
    "SELECT TYPEOF a WHEN B THEN c, d ELSE e END, DISTANCE(f, GEOLOCATION(1, -2.5), 'km'), "
    "FIELDS(ALL) FROM P, p.Q r WHERE s = :t.u[0].v(w) AND x = USD5.00 "
    "WITH DATA CATEGORY y AT (z) LIMIT 9",
    "SELECT a /* b */ FROM P.Q USING SCOPE c WHERE FORMULA('d - e') > EUR-5.5 AND f + g < 1 "
    "OFFSET 3 BIND h = 'i' // j",
]
SEARCHES = [
    'FIND {summer AND (sa* OR "big deal") AND NOT win?er \\& x1} IN NAME FIELDS RETURNING P(Id, '
    "toLabel(a) b USING ListView = c WHERE d = 1 ORDER BY e LIMIT 5 OFFSET 6), Q "
    "WITH SNIPPET (f = 5) LIMIT 7",
]
PIECES = sorted({piece for text in QUERIES + SEARCHES for piece in text.split()})
ODD_TEXTS = st.text(st.sampled_from(" '\"\\{}()[]:.,-+*%<>=!09aZ_\n\t\x00\ud800é酒💥"), max_size=30)


@st.composite
def mutated(draw: st.DrawFn, texts: list[str]) -> str:
    """A valid text of which a part is taken away, doubled or replaced by something odd."""
    text = draw(st.sampled_from(texts))
    start = draw(st.integers(0, len(text)))
    end = draw(st.integers(start, len(text)))
    inserted = draw(st.sampled_from(PIECES) | ODD_TEXTS | st.just(text[start:end] * 2))
    return text[:start] + inserted + text[end:]


SOUP = st.lists(st.sampled_from(PIECES), max_size=20).map(" ".join) | ODD_TEXTS


def check_place(text: str, problem: SyntaxProblem) -> None:
    assert 0 <= problem.position <= len(text)
    assert problem.message
    assert "\n^\n" in shown(text, problem.position, "No.").replace(" ", "")


@settings(max_examples=200)
@given(mutated(QUERIES) | SOUP | SOUP.map("SELECT Id FROM P WHERE ".__add__))
def test_any_text_is_a_query_or_a_problem(text: str) -> None:
    try:
        assert isinstance(parse_query(text), Query)
    except SyntaxProblem as problem:
        check_place(text, problem)


@settings(max_examples=150)
@given(mutated(SEARCHES) | SOUP | SOUP.map("FIND {{{}}}".format))
def test_any_text_is_a_search_or_a_problem(text: str) -> None:
    try:
        assert isinstance(parse_search(text), Search)
    except SyntaxProblem as problem:
        check_place(text, problem)


@settings(max_examples=100)
@given(ODD_TEXTS | SOUP)
def test_any_text_looks_for_something_or_is_a_problem(text: str) -> None:
    try:
        assert parse_terms(text)
    except SyntaxProblem as problem:
        check_place(text, problem)


@pytest.mark.parametrize("text", QUERIES[:2], ids=["plain", "grouped"])
def test_keywords_are_written_in_any_case(text: str) -> None:
    keywords = re.compile(r"\b[A-Z][A-Z_]+\b")
    assert parse_query(keywords.sub(lambda word: word[0].lower(), text)) == parse_query(text)
