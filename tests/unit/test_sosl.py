"""Searches: what they look for, where, and what they return."""

from typing import Any

import pytest

from promotions.sobjects.soql.errors import (
    BrokenRule,
    NotSupported,
    NumberTooLarge,
    SyntaxProblem,
)
from promotions.sobjects.soql.limits import MAX_DEPTH
from promotions.sobjects.soql.sosl import parse_search, parse_terms
from promotions.sobjects.soql.tree import (
    AllOf,
    AnyOf,
    Call,
    Column,
    Comparison,
    Path,
    Phrase,
    SearchIn,
    SearchTerm,
    Without,
    Word,
)


def shown(term: SearchTerm) -> Any:
    """What is looked for as plain tuples."""
    match term:
        case Word(text):
            return text
        case Phrase(words):
            return list(words)
        case AllOf(parts):
            return ("AND", *map(shown, parts))
        case AnyOf(parts):
            return ("OR", *map(shown, parts))
        case Without(part, unwanted):
            return ("AND NOT", shown(part), shown(unwanted))


@pytest.mark.parametrize(
    ("term", "expected"),
    [
        ("summer", "summer"),
        (" Sum?er sa* ", ("AND", "Sum?er", "sa*")),
        ("a1 and b2 AND c3", ("AND", "a1", "b2", "c3")),
        ("a1 b2 OR c3", ("OR", ("AND", "a1", "b2"), "c3")),
        ("a1 (b2 or c3)", ("AND", "a1", ("OR", "b2", "c3"))),
        ("a1 AND NOT b2 c3", ("AND", ("AND NOT", "a1", "b2"), "c3")),
        ('"big deal"', ["big", "deal"]),
        ('"and" or "or"', ("OR", ["and"], ["or"])),
        (r"O\'Brien \& Co\-op", ("AND", "O'Brien", "Co-op")),
        (r"\{braces\} \(x\)", ("AND", "{braces}", "(x)")),
        (r"what\?", "what"),
        (r"a1\*b2", ("AND", "a1", "b2")),
        (r'"she said \"so\""', ["she", "said", '"so"']),
        ("joe@example.com", "joe@example.com"),
        ("find", "find"),
        ("酒", "酒"),
        ("Ärger", "Ärger"),
    ],
)
def test_terms_of_a_search(term: str, expected: Any) -> None:
    assert shown(parse_search(f"FIND {{{term}}}").term) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("rock and roll", ("AND", "rock", "and", "roll")),
        ("O'Brien's  Co-op", ("AND", "O'Brien's", "Co-op")),
        ("-20% & more! C++ {x1}", ("AND", "20%", "more", "C", "x1")),
        ("a1 OR b2 AND NOT c3", ("OR", "a1", ("AND NOT", "b2", "c3"))),
        ('"big deal" sa*', ("AND", ["big", "deal"], "sa*")),
        (r"C:\temp", r"C:\temp"),
    ],
)
def test_terms_that_a_person_types(text: str, expected: Any) -> None:
    assert shown(parse_terms(text)) == expected


def test_all_clauses() -> None:
    search = parse_search(
        "find {summer} In Name Fields\nRETURNING Promotion(Id, toLabel(Type) kind WHERE a = 'x' "
        "ORDER BY Name DESC LIMIT 5 OFFSET 2), Account LIMIT 200"
    )
    assert (search.within, search.limit) == (SearchIn.NAME, 200)
    promotion, account = (returning.query for returning in search.returning)
    assert promotion.source == "Promotion"
    assert promotion.select[1] == Column(Call("TOLABEL", Path(("Type",), 61), 53), "kind")
    assert isinstance(promotion.where, Comparison)
    assert promotion.order_by[0].descending
    assert (promotion.limit, promotion.offset) == (5, 2)
    assert account.source == "Account"
    assert account.select == (Column(Path(("Id",), account.source_position)),)


def test_a_search_may_say_no_more_than_what_it_looks_for() -> None:
    search = parse_search("FIND{summer}")
    assert (search.within, search.returning, search.limit) == (SearchIn.ALL, (), None)


@pytest.mark.parametrize(
    ("marked", "message", "kind"),
    [
        ("»", "A search begins with FIND", SyntaxProblem),
        (" »SELECT Id FROM P", "A search begins with FIND", SyntaxProblem),
        ("»FIND 'summer'", "A search begins with FIND", SyntaxProblem),
        ("»FIND {summer", "A search begins with FIND", SyntaxProblem),
        ("FIND {»}", "search term must be longer than one character", SyntaxProblem),
        ("FIND {»a}", "search term must be longer than one character", SyntaxProblem),
        ("FIND {»*}", "search term must be longer than one character", SyntaxProblem),
        ("FIND {a1 AND»}", "Write a word or phrase before the end", SyntaxProblem),
        ("FIND {»or a1}", "Write a word or phrase before or", SyntaxProblem),
        ("FIND {a1 AND »OR b2}", "Write a word or phrase before OR", SyntaxProblem),
        ("FIND {a1 »NOT b2}", "Write a word or phrase before NOT", SyntaxProblem),
        ("FIND {(a1»}", "Close the parenthesis here", SyntaxProblem),
        ("FIND {a1»)}", "No parenthesis is open here", SyntaxProblem),
        ('FIND {a1 »"b2}', "The phrase that begins here has no end", SyntaxProblem),
        ("FIND {O»'Brien}", "Put a backslash before '", SyntaxProblem),
        ("FIND {a»\\b}", "\\b means nothing", SyntaxProblem),
        ("FIND {a1} LIMIT »-5", "unexpected token: '-5'", SyntaxProblem),
        ("FIND {a1} LIMIT »2001", "LIMIT of a search may be 2,000 at most", NumberTooLarge),
        ("FIND {a1} IN »SOME FIELDS", "unexpected token: 'SOME'", SyntaxProblem),
        ("FIND {a1} IN ALL»", "unexpected end. Write FIELDS here", SyntaxProblem),
        ("FIND {a1} RETURNING »", "unexpected end. Write an object here", SyntaxProblem),
        ("FIND {a1} RETURNING P(»)", "unexpected token: ')'. Write a field here", SyntaxProblem),
        ("FIND {a1} RETURNING P(Id »GROUP BY Id)", "unexpected token: 'GROUP'", SyntaxProblem),
        (
            "FIND {a1} RETURNING P(»(SELECT Id FROM Q))",
            "A search returns no children",
            SyntaxProblem,
        ),
        ("FIND {a1} RETURNING P(»Name n)", "Another name for Name is possible", BrokenRule),
        ("FIND {a1} »SURPRISE", "unexpected token: 'SURPRISE'", SyntaxProblem),
        ("FIND »:term RETURNING P", "Variables exist in Apex only", NotSupported),
        ("FIND {a1} RETURNING P(»MAX(a))", "A search returns single records here", NotSupported),
        (
            "FIND {a1} RETURNING P(Id »USING ListView = Recent)",
            "There are no list views",
            NotSupported,
        ),
        ("FIND {a1} RETURNING P(Id »USING LOOKUP b.c)", "Filters of lookups", NotSupported),
        ("FIND {a1} WITH »HIGHLIGHT WITH SNIPPET (a = 5)", "WITH HIGHLIGHT", NotSupported),
        ("FIND {a1} WITH »NETWORK IN ('x', 'y') LIMIT 5", "WITH NETWORK", NotSupported),
        ("FIND {a1} WITH »DATA CATEGORY a AT b", "There are no data categories", NotSupported),
        ("FIND {a1} »USING PHRASE SEARCH", "There is one kind of search", NotSupported),
        ("FIND {a1} LIMIT 5 »UPDATE VIEWSTAT", "Nothing here counts views", NotSupported),
        (f"FIND {{{'(' * MAX_DEPTH}(»x1", "At most 100 parentheses may be open", SyntaxProblem),
    ],
    ids=range(36),
)
def test_problems(marked: str, message: str, kind: type[SyntaxProblem]) -> None:
    text = marked.replace("»", "")
    if marked.endswith("»x1"):
        text += ")" * (MAX_DEPTH + 1) + "}"
    with pytest.raises(SyntaxProblem) as caught:
        parse_search(text)
    assert type(caught.value) is kind
    assert caught.value.message.startswith(message)
    assert caught.value.position == marked.index("»")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("x" * 4_001, "A search may look for 4,000 characters at most."),
        ("x1 " * 101, "A search may look for 100 words at most."),
        ("", "search term must be longer than one character."),
        ("& !", "search term must be longer than one character."),
    ],
    ids=range(4),
)
def test_what_a_person_types_may_be_too_much_or_nothing(text: str, message: str) -> None:
    with pytest.raises(SyntaxProblem) as caught:
        parse_terms(text)
    assert caught.value.message.startswith(message)
