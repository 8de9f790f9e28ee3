"""Queries as trees: what each clause of the language becomes."""

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest

from promotions.sobjects.soql.parser import parse_query
from promotions.sobjects.soql.tree import (
    AllFields,
    And,
    Call,
    Children,
    Column,
    Comparison,
    Condition,
    DateLiteral,
    Expression,
    Grouping,
    In,
    Not,
    Or,
    Path,
    Query,
    Selected,
)


def shown(node: Selected | Condition | Expression | Query | None) -> Any:
    """A part of a tree as plain tuples, without positions."""
    match node:
        case Path() | None:
            return node and str(node)
        case Call(name, argument):
            return (name, shown(argument))
        case Column(expression, alias):
            return (shown(expression), alias) if alias else shown(expression)
        case AllFields(which):
            return f"FIELDS({which})"
        case Children(query):
            return shown(query)
        case Comparison(left, operator, right):
            return (shown(left), operator.value, right.value)
        case In(left, negated, values, _, of_multipicklist):
            found = (
                shown(values) if isinstance(values, Query) else [value.value for value in values]
            )
            one, other = ("INCLUDES", "EXCLUDES") if of_multipicklist else ("IN", "NOT IN")
            return (shown(left), other if negated else one, found)
        case Not(condition):
            return ("NOT", shown(condition))
        case And(conditions):
            return ("AND", *map(shown, conditions))
        case Or(conditions):
            return ("OR", *map(shown, conditions))
        case Query():
            return ([shown(item) for item in node.select], node.source, shown(node.where))


@pytest.mark.parametrize(
    ("select", "expected"),
    [
        ("Id", ["Id"]),
        ("Id,Name\n,\tOwner.Name", ["Id", "Name", "Owner.Name"]),
        ("P.A.B.C.D.E.Name", ["P.A.B.C.D.E.Name"]),
        ("count()", [("COUNT", None)]),
        ("COUNT ( ) everything", [(("COUNT", None), "everything")]),
        ("COUNT(Id)", [("COUNT", "Id")]),
        ("Count_Distinct(a)n, MAX(b)", [(("COUNT_DISTINCT", "a"), "n"), ("MAX", "b")]),
        ("toLabel(Status), Status", [("TOLABEL", "Status"), "Status"]),
        ("FORMAT(StartDate) begins, StartDate", [(("FORMAT", "StartDate"), "begins"), "StartDate"]),
        ("FORMAT(MIN(StartDate)) m", [(("FORMAT", ("MIN", "StartDate")), "m")]),
        ("FIELDS(STANDARD), fields(standard)", ["FIELDS(STANDARD)", "FIELDS(STANDARD)"]),
        ("Id, (SELECT Name FROM Tiers)", ["Id", (["Name"], "Tiers", None)]),
        ("(SELECT Id FROM P.Tiers WHERE Rank__c = 1)", [(["Id"], "Tiers", ("Rank__c", "=", 1))]),
        (
            "Group.Name, Order.Limit.In, Format, Type, End",
            ["Group.Name", "Order.Limit.In", "Format", "Type", "End"],
        ),
    ],
)
def test_what_is_selected(select: str, expected: list[Any]) -> None:
    assert [shown(item) for item in parse_query(f"SELECT {select} FROM P").select] == expected


@pytest.mark.parametrize(
    ("where", "expected"),
    [
        ("a = 'x'", ("a", "=", "x")),
        ("a<>1", ("a", "!=", 1)),
        ("a>=-1.50", ("a", ">=", Decimal("-1.50"))),
        ("a = null", ("a", "=", None)),
        ("a != TRUE", ("a", "!=", True)),
        ("P.Owner.Name like 'x%'", ("P.Owner.Name", "LIKE", "x%")),
        ("HOUR_IN_DAY(a) > 8", (("HOUR_IN_DAY", "a"), ">", 8)),
        ("DAY_ONLY(convertTimezone(a)) = 1", (("DAY_ONLY", ("CONVERTTIMEZONE", "a")), "=", 1)),
        ("toLabel(a) = 'x'", (("TOLABEL", "a"), "=", "x")),
        ("a IN ('x', 'y')", ("a", "IN", ["x", "y"])),
        ("a NOT\nIN (1)", ("a", "NOT IN", [1])),
        ("a INCLUDES ('x;y', 'z')", ("a", "INCLUDES", ["x;y", "z"])),
        ("a EXCLUDES ('x')", ("a", "EXCLUDES", ["x"])),
        ("a IN (SELECT b FROM C)", ("a", "IN", (["b"], "C", None))),
        (
            "a NOT IN (SELECT b FROM C WHERE d IN (SELECT e FROM F))",
            ("a", "NOT IN", (["b"], "C", ("d", "IN", (["e"], "F", None)))),
        ),
        ("a=1 AND b=2 AND c=3", ("AND", ("a", "=", 1), ("b", "=", 2), ("c", "=", 3))),
        ("a=1 OR (b=2 AND c=3)", ("OR", ("a", "=", 1), ("AND", ("b", "=", 2), ("c", "=", 3)))),
        ("((a=1))", ("a", "=", 1)),
        ("NOT a=1", ("NOT", ("a", "=", 1))),
        ("(NOT a LIKE 'x') AND b=2", ("AND", ("NOT", ("a", "LIKE", "x")), ("b", "=", 2))),
        (
            "b=2 AND NOT(a=1 OR b=3)",
            ("AND", ("b", "=", 2), ("NOT", ("OR", ("a", "=", 1), ("b", "=", 3)))),
        ),
    ],
)
def test_conditions(where: str, expected: Any) -> None:
    assert shown(parse_query(f"SELECT Id FROM P WHERE {where}").where) == expected


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("'it\\'s \\\"so\\\"'", 'it\'s "so"'),
        (r"'\\ \n \r \t \b \f \N'", "\\ \n \r \t \b \f \n"),
        (r"'\u00e9\u20AC\ud83d\ude00'", "é€😀"),
        (r"'50\%\_'", "50%_"),
        ("'two\nlines'", "two\nlines"),
        ("'http://a /* b */'", "http://a /* b */"),
        ("5", Decimal(5)),
        ("+.5", Decimal("0.5")),
        ("12.", Decimal(12)),
        ("1.5e3", Decimal(1500)),
        ("2026-02-28", date(2026, 2, 28)),
        ("2026-05-01T00:00:00Z", datetime(2026, 5, 1, tzinfo=UTC)),
        ("2026-05-01t00:00:00.123+0200", datetime(2026, 4, 30, 22, 0, 0, 123000, tzinfo=UTC)),
        ("2026-05-01T00:00:00.000-01:30", datetime(2026, 5, 1, 1, 30, tzinfo=UTC)),
        (f"2026-05-01T00:00:00.{'0' * 30}Z", datetime(2026, 5, 1, tzinfo=UTC)),
        ("today", DateLiteral("TODAY")),
        ("NEXT_FISCAL_QUARTER", DateLiteral("NEXT_FISCAL_QUARTER")),
        ("last_n_days:30", DateLiteral("LAST_N_DAYS:n", 30)),
        ("N_FISCAL_YEARS_AGO:0", DateLiteral("N_FISCAL_YEARS_AGO:n", 0)),
    ],
)
def test_values(written: str, expected: Any) -> None:
    where = parse_query(f"SELECT Id FROM P WHERE a = {written}").where
    assert isinstance(where, Comparison)
    assert where.right.value == expected


@pytest.mark.parametrize(
    ("written", "pattern"),
    [
        ("'a%_'", "a%_"),
        (r"'50\%'", r"50\%"),
        (r"'a\_b_'", r"a\_b_"),
        (r"'a\\%'", r"a\\%"),
        (r"'a\u0025\u005c'", r"a\%\\"),
        (r"'it\'s'", "it's"),
    ],
)
def test_what_is_escaped_stays_itself_in_a_pattern(written: str, pattern: str) -> None:
    where = parse_query(f"SELECT Id FROM P WHERE a LIKE {written}").where
    assert isinstance(where, Comparison)
    assert where.right.pattern == pattern


@pytest.mark.parametrize(
    ("clauses", "expected"),
    [
        ("p", {"alias": "p"}),
        ("AS p", {"alias": "p"}),
        ("offset", {"alias": "offset"}),
        ("all", {"alias": "all"}),
        ("USING SCOPE mine", {"scope": "MINE"}),
        ("WITH SECURITY_ENFORCED", {"security": "SECURITY_ENFORCED"}),
        ("WHERE a = 1 WITH user_mode", {"security": "USER_MODE"}),
        ("LIMIT 0", {"limit": 0}),
        ("p LIMIT 5 OFFSET 2000", {"alias": "p", "limit": 5, "offset": 2000}),
        ("OFFSET 1", {"alias": None, "offset": 1}),
        ("FOR VIEW", {"marks": {"VIEW"}}),
        ("FOR REFERENCE FOR VIEW", {"marks": {"VIEW", "REFERENCE"}}),
        ("FOR VIEW, REFERENCE", {"marks": {"VIEW", "REFERENCE"}}),
        ("ORDER BY Id FOR UPDATE", {"marks": {"UPDATE"}}),
        ("ALL ROWS", {"alias": None, "all_rows": True}),
    ],
)
def test_other_clauses(clauses: str, expected: dict[str, Any]) -> None:
    query = parse_query(f"SELECT Id FROM P {clauses}")
    assert {name: getattr(query, name) for name in expected} == expected


@pytest.mark.parametrize(
    ("order", "expected"),
    [
        ("a", [("a", False, False)]),
        ("a ASC NULLS FIRST, b DESC", [("a", False, False), ("b", True, False)]),
        ("Owner.Name desc nulls last", [("Owner.Name", True, True)]),
        ("First, Last", None),
    ],
)
def test_orders(order: str, expected: list[Any] | None) -> None:
    text = f"SELECT Id FROM P ORDER BY {order}"
    if expected is None:
        with pytest.raises(ValueError, match="unexpected token: 'First'"):
            parse_query(text)
        return
    found = [(shown(o.expression), o.descending, o.nulls_last) for o in parse_query(text).order_by]
    assert found == expected


def test_groups() -> None:
    query = parse_query(
        "SELECT type t, CALENDAR_YEAR(StartDate), toLabel(Type) label, GROUPING(Type), COUNT(Id) "
        "FROM P GROUP BY ROLLUP(P.Type, CALENDAR_YEAR(StartDate)) "
        "HAVING COUNT(Id) > 1 AND Type LIKE 'a%' ORDER BY COUNT(Id) DESC, GROUPING(Type)"
    )
    assert query.grouping is Grouping.ROLLUP
    assert list(map(shown, query.group_by)) == ["P.Type", ("CALENDAR_YEAR", "StartDate")]
    assert shown(query.having) == ("AND", (("COUNT", "Id"), ">", 1), ("Type", "LIKE", "a%"))
    assert [shown(o.expression) for o in query.order_by] == [("COUNT", "Id"), ("GROUPING", "Type")]


@pytest.mark.parametrize(
    "text",
    [
        "SELECT COUNT(Id) x_sf_count FROM P WHERE (P.a = true) ORDER BY P.CreatedDate DESC LIMIT 3",
        "SELECT Id FROM P WHERE SystemModstamp >= 2026-01-01T00:00:00Z  ORDER BY SystemModstamp",
        "SELECT Name, (SELECT Id FROM Tiers LIMIT 5 OFFSET 2) FROM P LIMIT 1",
        "SELECT FIELDS(ALL) FROM P LIMIT 200",
        "SELECT Id FROM Group GROUP BY Id",
        "SELECT a.Id, (SELECT b.Id FROM a.Tiers b) FROM P a",
        "SELECT COUNT()FROM P",
    ],
)
def test_what_clients_send_is_read(text: str) -> None:
    assert isinstance(parse_query(text), Query)


def test_everything_knows_its_place_in_the_text() -> None:
    text = "SELECT Id, (SELECT c FROM D)\nFROM P WHERE x.y IN ('q', 7)"
    query = parse_query(text)
    children, where = query.select[1], query.where
    assert isinstance(children, Children)
    assert isinstance(where, In)
    assert isinstance(where.values, tuple)
    places = [
        children.position,
        children.query.source_position,
        query.source_position,
        where.position,
        *(value.position for value in where.values),
    ]
    assert [text[place:].split()[0] for place in places] == [
        "(SELECT",
        "D)",
        "P",
        "x.y",
        "'q',",
        "7)",
    ]
