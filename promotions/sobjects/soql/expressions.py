"""Fields and functions of fields. Pure. Source: the client contract, section 5."""

from collections.abc import Callable, Mapping
from typing import Final

from promotions.sobjects.soql.cursor import RESERVED, Cursor
from promotions.sobjects.soql.errors import SyntaxProblem
from promotions.sobjects.soql.literals import bind
from promotions.sobjects.soql.tokens import Kind
from promotions.sobjects.soql.tree import AGGREGATES, DATE_FUNCTIONS, Call, Expression, Path

_NOTHING: Final[frozenset[str]] = frozenset()
_ARGUMENTS: Final[Mapping[str, frozenset[str]]] = {
    **dict.fromkeys(AGGREGATES, frozenset({"CONVERTCURRENCY"})),
    **dict.fromkeys(DATE_FUNCTIONS, frozenset({"CONVERTTIMEZONE"})),
    "TOLABEL": _NOTHING,
    "CONVERTTIMEZONE": _NOTHING,
    "GROUPING": DATE_FUNCTIONS,
    "CONVERTCURRENCY": AGGREGATES,
    "FORMAT": AGGREGATES | DATE_FUNCTIONS | {"CONVERTCURRENCY"},
    "DISTANCE": _NOTHING,
    "FORMULA": _NOTHING,
}
"""The functions, each with those that may be its argument instead of a field."""

_NO_ALIAS: Final = RESERVED | {"AS", "FOR", "ORDER", "UPDATE"}
"""Words that begin what follows an object or a field; OFFSET and ALL do with another word only."""

IN_SELECT: Final = frozenset(_ARGUMENTS) - {"CONVERTTIMEZONE", "FORMULA"}
IN_WHERE: Final = DATE_FUNCTIONS | {"TOLABEL", "CONVERTCURRENCY", "DISTANCE", "FORMULA"}
IN_GROUP_BY: Final = DATE_FUNCTIONS
IN_HAVING: Final = AGGREGATES | DATE_FUNCTIONS | {"GROUPING", "CONVERTCURRENCY"}
IN_ORDER_BY: Final = AGGREGATES | DATE_FUNCTIONS | {"GROUPING", "CONVERTCURRENCY", "DISTANCE"}
"""What may be called where."""


def path(cursor: Cursor) -> Path:
    """A field, perhaps of a parent or behind the object's name: ``Promotion.Owner.Name``."""
    position = cursor.position
    follows = cursor.ahead()
    behind_dot = follows.kind is Kind.SIGN and follows.text == "."
    first = word(cursor) if behind_dot else cursor.name("a field").text
    parts = [first]
    while cursor.take_sign("."):
        parts.append(word(cursor))
    return Path(tuple(parts), position)


def word(cursor: Cursor) -> str:
    """A part of a path, where even a reserved word can only be a name: ``Group.Name``."""
    if cursor.token.kind is not Kind.WORD:
        raise cursor.expected("a field")
    return cursor.next().text


def column_alias(cursor: Cursor) -> str | None:
    """Another name of what stands before it, if there is one."""
    token, follows = cursor.token, cursor.ahead()
    begins_clause = (
        token.keyword in _NO_ALIAS
        or (token.keyword == "OFFSET" and (follows.kind is Kind.FIGURES or follows.text == ":"))
        or cursor.at("ALL", "ROWS")
    )
    return cursor.next().text if token.kind is Kind.WORD and not begins_clause else None


def object_alias(cursor: Cursor) -> str | None:
    """Another name of an object, behind AS or not, if there is one."""
    if cursor.take("AS"):
        return cursor.name("another name of the object").text
    return column_alias(cursor)


def calls(cursor: Cursor) -> bool:
    """Whether a name with parentheses comes here."""
    follows = cursor.ahead()
    return cursor.token.kind is Kind.WORD and follows.kind is Kind.SIGN and follows.text == "("


def expression(cursor: Cursor, allowed: frozenset[str]) -> Expression:
    """A field, or one of the functions ``allowed`` here."""
    return _call(cursor, allowed) if calls(cursor) else path(cursor)


def _call(cursor: Cursor, allowed: frozenset[str]) -> Call:
    written = cursor.name("a field")
    name = written.keyword
    if name not in _ARGUMENTS:
        raise SyntaxProblem(f"There is no function {written.text}.", written.position)
    if name not in allowed:
        raise SyntaxProblem(f"{written.text} can't be called in this place.", written.position)
    cursor.expect_sign("(")
    read = _READERS.get(name)
    argument = read(cursor, written.position) if read else expression(cursor, _ARGUMENTS[name])
    if cursor.at_sign(","):
        cursor.refuse(f"{written.text} takes one field here.", cursor.position)
        while cursor.take_sign(","):
            path(cursor)
    cursor.expect_sign(")")
    return Call(name, argument, written.position)


def _counted(cursor: Cursor, _: int) -> Expression | None:
    return None if cursor.at_sign(")") else expression(cursor, _ARGUMENTS["COUNT"])


def _converted(cursor: Cursor, position: int) -> Expression:
    cursor.refuse("There is one currency here: leave convertCurrency out.", position)
    return expression(cursor, _ARGUMENTS["CONVERTCURRENCY"])


def _formula(cursor: Cursor, position: int) -> None:
    """The inside of ``FORMULA('Amount - ExpectedRevenue')``: a text, whatever it says."""
    cursor.refuse("FORMULA is not offered. Compare the fields one by one.", position)
    if cursor.token.kind is not Kind.TEXT:
        raise cursor.expected("a formula in single quotes")
    cursor.next()


def _distance(cursor: Cursor, position: int) -> Expression | None:
    """The inside of ``DISTANCE(Place__c, GEOLOCATION(37.7, -122.4), 'km')``: all of it refused."""
    cursor.refuse("No field here is a place: DISTANCE is not offered.", position)
    place = None
    if cursor.at_sign(":"):
        bind(cursor)
    else:
        place = path(cursor)
    cursor.expect_sign(",")
    if cursor.at_sign(":"):
        bind(cursor)
    elif cursor.take("GEOLOCATION"):
        cursor.expect_sign("(")
        _degrees(cursor)
        cursor.expect_sign(",")
        _degrees(cursor)
        cursor.expect_sign(")")
    else:
        path(cursor)
    cursor.expect_sign(",")
    if cursor.token.text.lower() not in ("'km'", "'mi'"):
        raise cursor.expected("'km' or 'mi'")
    cursor.next()
    return place


def _degrees(cursor: Cursor) -> None:
    if cursor.at_sign(":"):
        bind(cursor)
    elif cursor.token.kind is Kind.FIGURES:
        cursor.next()
    else:
        raise cursor.expected("degrees, such as -122.4")


_READERS: Final[Mapping[str, Callable[[Cursor, int], Expression | None]]] = {
    "COUNT": _counted,
    "CONVERTCURRENCY": _converted,
    "DISTANCE": _distance,
    "FORMULA": _formula,
}
"""Of functions that take something else than one field or function."""


# --- What an expression is ------------------------------------------------------------------------


def aggregated(expression: Expression | None) -> bool:
    """Whether it is of many records: an aggregate, or a function of one."""
    return isinstance(expression, Call) and (
        expression.name in AGGREGATES or aggregated(expression.argument)
    )


def counts_rows(expression: Expression) -> bool:
    """Whether it is ``COUNT()``, of no field."""
    return expression == Call("COUNT", None, expression.position)


def folded(expression: Expression | None, own_names: frozenset[str]) -> str:
    """The same text for the same expression, however it was written: without regard to case, and
    without the name of the object before a field, if that is one of ``own_names`` (folded)."""
    if isinstance(expression, Call):
        return f"{expression.name}({folded(expression.argument, own_names)})"
    if expression is None:
        return ""
    parts = [part.casefold() for part in expression.parts]
    return ".".join(parts[1:] if len(parts) > 1 and parts[0] in own_names else parts)
