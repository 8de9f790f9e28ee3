"""What is wrong with a query: the place, and a sentence that says what to do."""

import pytest

from promotions.sobjects.soql.errors import (
    BrokenRule,
    NotSupported,
    NumberTooLarge,
    SyntaxProblem,
    shown,
)
from promotions.sobjects.soql.limits import MAX_CONDITIONS, MAX_DEPTH, MAX_LENGTH, MAX_VALUES
from promotions.sobjects.soql.parser import parse_query


def problem_of(text: str, kind: type[SyntaxProblem]) -> SyntaxProblem:
    with pytest.raises(SyntaxProblem) as caught:
        parse_query(text)
    assert type(caught.value) is kind, caught.value.message
    return caught.value


def check(marked: str, message: str, kind: type[SyntaxProblem]) -> None:
    """The problem of a query whose place is marked by ``»``."""
    problem = problem_of(marked.replace("»", ""), kind)
    assert problem.message.startswith(message)
    assert problem.position == marked.index("»")


@pytest.mark.parametrize(
    ("marked", "message"),
    [
        ("»", "unexpected end. Write SELECT here."),
        ("»DELETE FROM P", "unexpected token: 'DELETE'. Write SELECT here."),
        ("SELECT »FROM P", "unexpected token: 'FROM'. Write a field here."),
        ("SELECT Id, »FROM P", "unexpected token: 'FROM'. Write a field here."),
        ("SELECT Id »", "unexpected end. Write FROM here."),
        ("SELECT Id, Name FROMP »", "unexpected end. Write FROM here."),
        ("SELECT a.»(b) FROM P", "unexpected token: '('. Write a field here."),
        ("SELECT a.».b FROM P", "unexpected token: '.'. Write a field here."),
        ("SELECT »Name (SELECT Id FROM Tiers) FROM P", "There is no function Name."),
        ("SELECT »UPPER(Name) FROM P", "There is no function UPPER."),
        ("SELECT MAX(») FROM P", "unexpected token: ')'. Write a field here."),
        ("SELECT SUM(»MIN(a)) FROM P", "MIN can't be called in this place."),
        ("SELECT FORMAT(»FORMAT(a)) FROM P", "FORMAT can't be called in this place."),
        ("SELECT »convertTimezone(a) FROM P", "convertTimezone can't be called in this place."),
        (
            "SELECT FIELDS(»SOME) FROM P",
            "unexpected token: 'SOME'. Write ALL or CUSTOM or STANDARD",
        ),
        ("SELECT COUNT(Id) »AS n FROM P", "unexpected token: 'AS'. Write FROM here. Another name"),
        ("SELECT »* FROM P", "unexpected token: '*'. Write a field here. Name the fields, or"),
        ("SELECT Id FROM »WHERE a = 1", "unexpected token: 'WHERE'. Write an object here."),
        ("SELECT Id FROM ORDER BY »Name", "unexpected token: 'Name'. Write the next clause"),
        ("SELECT Id FROM P »FROM P", "unexpected token: 'FROM'. Write the next clause"),
        ("SELECT Id FROM P GROUPBY »Name", "unexpected token: 'Name'. Write the next clause"),
        ("SELECT Id FROM P».5", "unexpected token: '.5'."),
        (
            "SELECT Id FROM P LIMIT 5 »WHERE a = 1",
            "unexpected token: 'WHERE'. Write the next clause",
        ),
        (
            "SELECT Id FROM P USING SCOPE »'ours'",
            "unexpected token: \"'ours'\". Write a scope here.",
        ),
        (
            "SELECT Id FROM P USING SCOPE »WHERE a = 1",
            "unexpected token: 'WHERE'. Write a scope here.",
        ),
        ("SELECT Id FROM P WHERE »", "unexpected end. Write a field here."),
        ("SELECT Id FROM P WHERE a »", "unexpected end. Write an operator"),
        ("SELECT Id FROM P WHERE a »b LIKE 'x'", "unexpected token: 'b'. Write an operator"),
        ("SELECT Id FROM P WHERE a »IS NULL", "unexpected token: 'IS'. Write an operator"),
        ("SELECT Id FROM P WHERE a »NOT LIKE 'x'", "Put NOT before the field"),
        ("SELECT Id FROM P WHERE a = »", "unexpected end. Write a value"),
        ("SELECT Id FROM P WHERE a = »foo", "unexpected token: 'foo'. Write a value"),
        ('SELECT Id FROM P WHERE a = »"foo"', "unexpected token: '\"'. Write a value"),
        ("SELECT Id FROM P WHERE a LIKE »5", "unexpected token: '5'. Write a text"),
        ("SELECT Id FROM P WHERE a IN (»)", "unexpected token: ')'. Write a value"),
        ("SELECT Id FROM P WHERE a IN »'x'", "unexpected token: \"'x'\". Write ( here."),
        ("SELECT Id FROM P WHERE (a = 1»", "unexpected end. Write ) here."),
        ("SELECT Id FROM P WHERE a = 1»)", "unexpected token: ')'. Write the next clause"),
        ("SELECT Id FROM P WHERE a = 1 AND b = 2 »OR c = 3", "AND and OR are mixed here."),
        ("SELECT Id FROM P WHERE (a = 1 OR b = 2 »AND c = 3)", "AND and OR are mixed here."),
        ("SELECT Id FROM P WHERE »COUNT(Id) > 1", "COUNT can't be called in this place."),
        ("SELECT Id FROM P WHERE a = »'x", "The text that begins here has no end."),
        ("SELECT Id »/* of all", "The comment that begins here has no end."),
        ("SELECT Id FROM P »/*/", "The comment that begins here has no end."),
        ("SELECT »FORMULA('a - b') FROM P", "FORMULA can't be called in this place."),
        ("SELECT Id FROM P WHERE a = 'x»\\y'", "\\y means nothing."),
        ("SELECT Id FROM P WHERE a = »'\\ud800'", "A \\uXXXX in this text is no character."),
        ("SELECT Id FROM P WHERE a = »'\\u0000'", "A \\uXXXX in this text is no character."),
        ("SELECT Id FROM P WHERE a = '»\x00'", "There is no character in this place."),
        ("SELECT Id FROM P WHERE a = '»\ud800'", "There is no character in this place."),
        ("SELECT Id FROM P WHERE a = »2026-02-29", "There is no day or moment 2026-02-29."),
        ("SELECT Id FROM P WHERE a = »2026-02-28T00:00:00", "There is no day or moment"),
        ("SELECT Id FROM P WHERE a = »2026-02-28T00:00Z", "2026-02-28T00:00Z is no number, day"),
        ("SELECT Id FROM P WHERE a = »5x", "5x is no number, day or moment."),
        ("SELECT Id FROM P WHERE a = LAST_N_DAYS»", "unexpected end. Write : here."),
        (
            "SELECT Id FROM P WHERE a = LAST_N_DAYS:»x",
            "unexpected token: 'x'. Write a whole number",
        ),
        ("SELECT Id FROM P LIMIT »-1", "unexpected token: '-1'. Write a whole number from 0"),
        ("SELECT Id FROM P LIMIT »1.5", "unexpected token: '1.5'. Write a whole number"),
        ("SELECT Id FROM P ORDER BY »", "unexpected end. Write a field here."),
        (
            "SELECT Id FROM P ORDER BY Id NULLS »HIGH",
            "unexpected token: 'HIGH'. Write FIRST or LAST",
        ),
        ("SELECT Id FROM P FOR »EVER", "unexpected token: 'EVER'. Write VIEW or REFERENCE or"),
        ("SELECT a FROM P GROUP BY ROLLUP(a, b, c», d)", "ROLLUP takes 3 fields at most."),
        ("SELECT a FROM P GROUP BY »MAX(b)", "MAX can't be called in this place."),
        (
            "SELECT a FROM P GROUP BY a HAVING a IN (»SELECT Id FROM Q)",
            "A query can't be put inside",
        ),
        ("SELECT Id FROM P »-- all of them", "unexpected token: '-'. Write the next clause"),
    ],
)
def test_malformed_queries(marked: str, message: str) -> None:
    check(marked, message, SyntaxProblem)


@pytest.mark.parametrize(
    ("marked", "message"),
    [
        (f"SELECT Id FROM P WHERE a = »{'9' * 41}", "A number may have 40 digits at most."),
        ("SELECT Id FROM P WHERE a = »1e999999999", "A number may have 40 digits at most."),
        (
            "SELECT Id FROM P WHERE a = LAST_N_YEARS:»1001",
            "The number of LAST_N_YEARS may be 1,000",
        ),
        ("SELECT Id FROM P LIMIT »99999999999", "LIMIT may be 2,147,483,647 at most."),
        (f"SELECT Id FROM P LIMIT »{'1' * 9000}", "LIMIT may be 2,147,483,647 at most."),
        ("SELECT Id FROM P OFFSET »2001", "OFFSET may be 2,000 at most."),
    ],
)
def test_numbers_that_are_too_large(marked: str, message: str) -> None:
    check(marked, message, NumberTooLarge)


@pytest.mark.parametrize(
    ("marked", "message"),
    [
        ("SELECT »Id Name FROM P", "Another name for Id is possible in a query with GROUP BY only"),
        ("SELECT Id, »P.id FROM P", "duplicate field selected: P.id."),
        ("SELECT COUNT(Id) n, »MAX(Id) N FROM P", "duplicate alias: N."),
        ("SELECT »a.b.c.d.e.f.Name FROM P", "A path may go through 5 parents at most"),
        ("SELECT Id FROM P WHERE »a.b.c.d.e.f.Name = 1", "A path may go through 5 parents"),
        (
            "SELECT »FIELDS(ALL) FROM P",
            "The SOQL FIELDS function must have a LIMIT of at most 200.",
        ),
        ("SELECT »FIELDS(CUSTOM) FROM P LIMIT 201", "The SOQL FIELDS function must have a LIMIT"),
        ("SELECT »FIELDS(STANDARD), COUNT(Id) FROM P", "Select grouped fields and aggregates only"),
        ("SELECT COUNT(Id), »(SELECT Id FROM Q) FROM P", "Select grouped fields and aggregates"),
        ("SELECT »COUNT(), Id FROM P", "COUNT() can't stand beside other fields"),
        ("SELECT FORMAT(»COUNT()) FROM P", "COUNT() can't stand beside other fields"),
        ("SELECT »COUNT() FROM P GROUP BY a", "COUNT() can't stand beside other fields"),
        ("SELECT a FROM P GROUP BY a HAVING »COUNT() > 1", "COUNT() can't stand beside"),
        ("SELECT »a, COUNT(Id) FROM P", "Field must be grouped or aggregated: a."),
        ("SELECT a, »toLabel(b), MAX(c) FROM P GROUP BY a", "Field must be grouped or aggregated"),
        (
            "SELECT »CALENDAR_YEAR(a) FROM P",
            "Field must be grouped or aggregated: CALENDAR_YEAR(a).",
        ),
        ("SELECT »a FROM P GROUP BY CALENDAR_YEAR(a)", "Field must be grouped or aggregated: a."),
        ("SELECT »GROUPING(a) FROM P GROUP BY a", "GROUPING(a) needs GROUP BY ROLLUP"),
        ("SELECT a FROM P GROUP BY a ORDER BY »b", "Field must be grouped or aggregated: b."),
        ("SELECT a FROM P GROUP BY a HAVING »b = 1", "Field must be grouped or aggregated: b."),
        (
            "SELECT Id FROM P ORDER BY »MAX(a)",
            "Only a query with GROUP BY can be ordered by MAX(a).",
        ),
        ("SELECT Id FROM P HAVING »Id = 'x'", "HAVING needs GROUP BY."),
        ("SELECT COUNT(Id) FROM P HAVING »COUNT(Id) > 1", "HAVING needs GROUP BY."),
        (
            "SELECT Id, (SELECT COUNT(Id) FROM »Q) FROM P",
            "COUNT, SUM and the like can't be used in a",
        ),
        (
            "SELECT Id, (SELECT Id FROM »Q FOR VIEW) FROM P",
            "FOR can't be used in a query of children.",
        ),
        ("SELECT Id, »(SELECT Id FROM Q OFFSET 1) FROM P", "OFFSET of children needs LIMIT 1"),
        (
            "SELECT Id FROM P WHERE a IN (SELECT b FROM »Q LIMIT 1)",
            "LIMIT can't be used in a query",
        ),
        (
            "SELECT Id FROM P WHERE a IN (SELECT b, c FROM »Q)",
            "A query behind IN selects one field",
        ),
        ("SELECT Id FROM P WHERE a=1 OR b IN (SELECT c FROM »Q)", "Semi join sub-selects are not"),
        (
            "SELECT Id FROM P WHERE NOT b IN (SELECT c FROM »Q)",
            "NOT can't stand before a query behind",
        ),
        (
            "SELECT Id FROM P WHERE a IN (SELECT b FROM Q) AND c IN (SELECT d FROM R) "
            "AND e IN (SELECT f FROM »S)",
            "A query may have 2 queries behind IN at most.",
        ),
        (
            f"SELECT Id{', (SELECT Id FROM Q)' * 20}, »(SELECT Id FROM Q) FROM P",
            "A query may have 20 queries of children at most.",
        ),
    ],
    ids=range(32),
)
def test_clauses_that_do_not_go_together(marked: str, message: str) -> None:
    check(marked, message, BrokenRule)


@pytest.mark.parametrize(
    ("marked", "message"),
    [
        (
            "SELECT »TYPEOF a WHEN P THEN b, c WHEN Group THEN FIELDS(ALL) ELSE d END FROM Q",
            "TYPEOF",
        ),
        (
            "SELECT »convertCurrency(a), FORMAT(convertCurrency(MAX(a))) n FROM P",
            "There is one curr",
        ),
        ("SELECT »DISTANCE(a, GEOLOCATION(37.7, -122.4), 'km') FROM P", "No field here is a place"),
        ("SELECT Id FROM P ORDER BY »DISTANCE(a, b, 'MI') DESC", "No field here is a place"),
        ("SELECT COUNT(a», b) FROM P", "COUNT takes one field here."),
        (
            "SELECT Id FROM P p», p.Owner o, p.Account WHERE o.Name = 'x'",
            "Only one object is allowed",
        ),
        ("SELECT Id, (SELECT Id FROM »Other.Tiers) FROM P", "Other is not the object of the query"),
        ("SELECT Id, (SELECT Id, »(SELECT Id FROM R) FROM Q) FROM P", "Children of children"),
        ("SELECT Id FROM P WHERE a = »:b", "Variables exist in Apex only."),
        (
            "SELECT Id FROM P WHERE a IN »:b.c[0].d(e, (f)).g AND h = 1",
            "Variables exist in Apex only.",
        ),
        (
            "SELECT Id FROM P WHERE a IN »:new Map<Id, P>(b).keySet()",
            "Variables exist in Apex only.",
        ),
        ("SELECT Id FROM P WHERE a = LAST_N_DAYS:»:n LIMIT :m", "Variables exist in Apex only."),
        ("SELECT Id FROM P WHERE a > »USD5000.01", "Amounts in a currency are not offered here."),
        (
            "SELECT Id FROM P WHERE a IN (»usd5, eur6)",
            "Amounts in a currency are not offered here.",
        ),
        (
            "SELECT Id FROM P WHERE a IN (»EUR-5, eur-5.5)",
            "Amounts in a currency are not offered here.",
        ),
        ("SELECT Id FROM P WHERE a = »08:30:00.000Z", "No field here holds a time without a day."),
        (
            "SELECT Id FROM P WITH »DATA CATEGORY a AT (b, c) AND d ABOVE_OR_BELOW e",
            "There are no data",
        ),
        (
            "SELECT Id FROM P »USING LOOKUP a.b BIND c = 1, d = 'x' WHERE e = 2",
            "Filters of lookups",
        ),
        ("SELECT Id FROM P WITH »UserId = 'x'", "WITH UserId is not offered: leave it out."),
        ("SELECT Id FROM P WITH »Context (a = 1, b = true)", "WITH Context is not offered"),
        ("SELECT Id FROM P FOR VIEW »UPDATE TRACKING, VIEWSTAT", "Nothing here counts views"),
        ("SELECT a, »convertCurrency(b), COUNT(Id) FROM P", "There is one currency here"),
        ("SELECT MAX(»convertCurrency(a)) FROM P", "There is one currency here"),
        ("SELECT Id FROM P WHERE NOT »FORMULA('a - P.b') > 5", "FORMULA is not offered."),
        ("SELECT Id FROM P WHERE a »+ P.b > 5 AND c = 1", "Nothing is calculated here."),
        ("SELECT Id FROM P WHERE a»-b > 5", "Nothing is calculated here."),
        ("SELECT Id FROM P OFFSET 5 »BIND a = 1, b = 'x' FOR VIEW", "There are no filters of"),
        ("»// all of them\nSELECT Id FROM P", "Comments belong to Apex and to editors."),
        ("SELECT»/**/Id FROM P /* and so on */ LIMIT 5", "Comments belong to Apex and to editors."),
        ("SELECT Id FROM P »/* why */ WHERE a = :b", "Comments belong to Apex and to editors."),
    ],
)
def test_queries_that_are_valid_but_not_offered(marked: str, message: str) -> None:
    check(marked, message, NotSupported)


@pytest.mark.parametrize(
    "text",
    [
        "SELECT TYPEOF a WHEN P THEN b FROM Q",
        "SELECT DISTANCE(37.7, -122.4) FROM P",
        "SELECT DISTANCE(a, GEOLOCATION(37.7, -122.4), 'm') FROM P",
        "SELECT GEOLOCATION(37.7, -122.4) FROM P",
        "SELECT Id FROM P WHERE a IN :b c",
        "SELECT Id FROM P WHERE a IN :b.c(",
        "SELECT Id FROM P WHERE (((a > USD5000",
        "SELECT Id FROM P WITH DATA CATEGORY a NEAR b",
        "SELECT Id FROM P UPDATE EVERYTHING",
        "SELECT Id FROM P WHERE FORMULA(a - b) > 5",
        "SELECT Id FROM P WHERE a + 5 > 6",
        "SELECT Id FROM P WHERE MAX(a) + b > 6",
        "SELECT Id FROM P WHERE a > EUR -5",
        "SELECT Id FROM P WHERE a > EUR-5.5.5",
        "SELECT Id FROM P LIMIT 5 BIND a",
        "SELECT Id, /* b */ FROM P",
    ],
)
def test_what_is_not_offered_can_be_malformed_as_well(text: str) -> None:
    problem_of(text, SyntaxProblem)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("SELECT " + "a," * 2_001, "SELECT takes 2,000 fields at most."),
        ("SELECT Id FROM P WHERE " + "(" * 9_000, f"At most {MAX_DEPTH} parentheses"),
        ("SELECT Id FROM P WHERE " + "NOT " * 9_000, f"At most {MAX_DEPTH} parentheses"),
        ("SELECT " + "(SELECT " * 9_000, f"At most {MAX_DEPTH} parentheses"),
        ("SELECT a FROM P WHERE a IN (" * 2_000, "A query can't be put inside this one."),
        (
            "SELECT Id FROM P WHERE a=1" + " AND a=1" * 500,
            f"A query may have {MAX_CONDITIONS}",
        ),
        ("SELECT Id FROM P WHERE a IN (1" + ",1" * 5_000, f"A list may have {MAX_VALUES:,} values"),
        ("SELECT Id FROM P ORDER BY a" + ",a" * 32, "ORDER BY takes 32 fields at most."),
        ("SELECT a FROM P GROUP BY a" + ",a" * 32, "GROUP BY takes 32 fields at most."),
        ("SELECT Id FROM P WHERE a = '" + "\\" * 90_000, "The text that begins here has no end."),
        ("x" * (MAX_LENGTH + 1), "The text has 100,001 characters."),
        ("," * MAX_LENGTH, "At most 20,000 words and signs are read."),
        ("SELECT " + "a." * 9_000 + "a FROM P", "A path may go through 5 parents at most"),
        ("SELECT " + "FORMAT(" * 9_000, "FORMAT can't be called in this place."),
    ],
    ids=range(14),
)
def test_no_text_is_too_much(text: str, message: str) -> None:
    with pytest.raises(SyntaxProblem) as caught:
        parse_query(text)
    assert caught.value.message.startswith(message)


def test_a_problem_is_told_briefly() -> None:
    problem = problem_of(f"SELECT {'x' * 50_000}(a) FROM P", SyntaxProblem)
    assert len(problem.message) == len(str(problem)) == 501


def test_the_deepest_query_is_read() -> None:
    depth = MAX_DEPTH
    assert parse_query(f"SELECT Id FROM P WHERE {'(' * depth}a = 1{')' * depth}").where


@pytest.mark.parametrize(
    ("text", "position", "expected"),
    [
        ("SELECT Foo FROM P", 7, "\nSELECT Foo FROM P\n       ^\nERROR at Row:1:Column:8\nNo."),
        ("SELECT Id\n\tFROM", 15, "\n FROM\n     ^\nERROR at Row:2:Column:6\nNo."),
        ("x" * 200, 100, f"\n{'x' * 100}\n{' ' * 60}^\nERROR at Row:1:Column:101\nNo."),
        ("", 0, "\n\n^\nERROR at Row:1:Column:1\nNo."),
    ],
    ids=["short", "second row", "long", "empty"],
)
def test_a_problem_is_shown_in_its_place(text: str, position: int, expected: str) -> None:
    assert shown(text, position, "No.") == expected
