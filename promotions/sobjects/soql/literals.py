"""Values as they are written: texts, numbers, days, moments, spans of time. Pure.

Source: the client contract, section 5.
"""

import re
from datetime import date, datetime
from decimal import Decimal
from typing import Final

from promotions.moments import parse_moment
from promotions.sobjects.soql.cursor import Cursor
from promotions.sobjects.soql.errors import NumberTooLarge, SyntaxProblem
from promotions.sobjects.soql.limits import MAX_DIGITS, MAX_SPAN
from promotions.sobjects.soql.tokens import Kind, Token
from promotions.sobjects.soql.tree import DateLiteral, Value

DATE_LITERALS: Final = frozenset(
    ["YESTERDAY", "TODAY", "TOMORROW", "LAST_90_DAYS", "NEXT_90_DAYS"]
    + [
        f"{which}_{unit}"
        for which in ("LAST", "THIS", "NEXT")
        for unit in ("WEEK", "MONTH", "QUARTER", "YEAR", "FISCAL_QUARTER", "FISCAL_YEAR")
    ]
)
NUMBERED_DATE_LITERALS: Final = frozenset(
    form.format(unit)
    for form in ("LAST_N_{}", "NEXT_N_{}", "N_{}_AGO")
    for unit in ("DAYS", "WEEKS", "MONTHS", "QUARTERS", "YEARS", "FISCAL_QUARTERS", "FISCAL_YEARS")
)
"""With ``:n`` behind them."""

_CONSTANTS: Final = {"TRUE": True, "FALSE": False, "NULL": None}
_WORD: Final = "a value (a text goes in single quotes)"

_NUMBER: Final = re.compile(r"[+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d{1,9})?", re.ASCII | re.IGNORECASE)
_DAY: Final = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
_SECONDS: Final = re.compile(r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}.*", re.ASCII | re.IGNORECASE)
_FINER: Final = re.compile(r"(\.\d{9})\d+")
"""A fraction of more digits than anyone keeps."""
_TIME: Final = re.compile(r"\d{2}:\d{2}:\d{2}(?:\.\d{1,9})?Z?", re.ASCII | re.IGNORECASE)
_CURRENCY: Final = re.compile(r"[A-Z]{3}-?\d+(?:\.\d+)?", re.ASCII | re.IGNORECASE)

_ESCAPE: Final = re.compile(r"\\(u[0-9a-f]{4}|.)", re.IGNORECASE | re.ASCII | re.DOTALL)
_ESCAPED: Final = {"n": "\n", "r": "\r", "t": "\t", "b": "\b", "f": "\f"} | {
    same: same for same in "'\"\\%_"
}
_WILDCARD: Final = re.compile(r"[\\%_]")


def value(cursor: Cursor) -> Value:
    """The constant that is written here.

    Raises ``SyntaxProblem`` for what is none; an amount in a currency, a time without a day and an
    Apex variable are refused.
    """
    token = cursor.token
    if token.kind is Kind.TEXT:
        text, pattern = text_of(cursor.next())
        return Value(text, token.position, pattern)
    if token.kind is Kind.FIGURES:
        return _figures(cursor)
    if cursor.at_sign(":"):
        bind(cursor)
        return Value(None, token.position)
    if token.keyword in _CONSTANTS:
        return Value(_CONSTANTS[cursor.next().keyword], token.position)
    if token.keyword in DATE_LITERALS:
        return Value(DateLiteral(cursor.next().keyword), token.position)
    if token.keyword in NUMBERED_DATE_LITERALS:
        return _numbered_date_literal(cursor)
    if token.kind is Kind.WORD and _CURRENCY.fullmatch("".join(_together(cursor))):
        return _amount(cursor)
    raise cursor.expected(_WORD)


def whole_number(cursor: Cursor, *, of: str, at_most: int) -> int | None:
    """The number behind ``of``, such as LIMIT: from 0 to ``at_most``; None of an Apex variable.

    Raises ``NumberTooLarge``, and ``SyntaxProblem`` for what is no such number.
    """
    token = cursor.token
    if cursor.at_sign(":"):
        bind(cursor)
        return None
    if token.kind is not Kind.FIGURES or not token.text.isdecimal():
        raise cursor.expected(f"a whole number from 0 to {at_most:,}")
    cursor.next()
    if len(token.text) > MAX_DIGITS or int(token.text) > at_most:
        raise NumberTooLarge(f"{of} may be {at_most:,} at most.", token.position)
    return int(token.text)


def bind(cursor: Cursor) -> None:
    """Goes behind ``:name``, or a longer expression of names, calls and indices, and refuses it."""
    cursor.refuse(
        "Variables exist in Apex only. Write the value itself into the query.", cursor.position
    )
    cursor.expect_sign(":")
    if cursor.take("NEW"):
        cursor.name("a class")
        if cursor.at_sign("<"):
            _skip_brackets(cursor)
    else:
        cursor.name("the variable's name")
    while True:
        if cursor.take_sign("."):
            cursor.name("a name")
        elif cursor.at_sign("(") or cursor.at_sign("["):
            _skip_brackets(cursor)
        else:
            return


def _skip_brackets(cursor: Cursor) -> None:
    depth = 0
    while True:
        token = cursor.token
        if token.kind is Kind.END:
            raise cursor.expected("the closing bracket")
        if token.kind is Kind.SIGN:
            depth += (token.text in "([<") - (token.text in ")]>")
        cursor.next()
        if depth == 0:
            return


# --- Texts ----------------------------------------------------------------------------------------


def text_of(token: Token) -> tuple[str, str]:
    """What a text in quotes says, and what it is as a pattern for LIKE.

    In the pattern ``%`` and ``_`` are wildcards, ``\\%``, ``\\_`` and ``\\\\`` are the characters
    themselves. Raises ``SyntaxProblem`` for a backslash that escapes nothing and for what no text
    can hold.
    """
    inside = token.text[1:-1]
    if "\\" not in inside:
        return inside, inside
    said, pattern, end = [], [], 0
    for escape in _ESCAPE.finditer(inside):
        character = _unescaped(escape[1], token.position + 1 + escape.start())
        plain = inside[end : escape.start()]
        said += [plain, character]
        pattern += [plain, _WILDCARD.sub(r"\\\g<0>", character)]
        end = escape.end()
    rest = inside[end:]
    return _whole("".join([*said, rest]), token), _whole("".join([*pattern, rest]), token)


def _unescaped(escaped: str, position: int) -> str:
    if len(escaped) > 1:
        return chr(int(escaped[1:], 16))
    character = _ESCAPED.get(escaped.lower())
    if character is None:
        raise SyntaxProblem(
            f"\\{escaped} means nothing. Write \\\\ for a backslash; "
            "the others are \\' \\\" \\n \\r \\t \\b \\f \\uXXXX, and \\% and \\_ for LIKE.",
            position,
        )
    return character


def _whole(text: str, token: Token) -> str:
    """``text`` with the two halves of a character from ``\\uXXXX\\uXXXX`` joined."""
    try:
        joined = text.encode("utf-16", "surrogatepass").decode("utf-16")
    except UnicodeDecodeError:
        joined = "\0"
    if "\0" in joined:
        raise SyntaxProblem("A \\uXXXX in this text is no character. Take it out.", token.position)
    return joined


# --- Figures --------------------------------------------------------------------------------------


def _figures(cursor: Cursor) -> Value:
    token = cursor.next()
    if _TIME.fullmatch(token.text):
        message = "No field here holds a time without a day. Compare with a moment instead."
        cursor.refuse(message, token.position)
        return Value(None, token.position)
    return Value(_number(token) if _NUMBER.fullmatch(token.text) else _day(token), token.position)


def _number(token: Token) -> Decimal:
    number = Decimal(token.text)
    written_out = max(number.adjusted(), 0) + max(-int(number.as_tuple().exponent), 0)
    if written_out >= MAX_DIGITS or len(number.as_tuple().digits) > MAX_DIGITS:
        raise NumberTooLarge(f"A number may have {MAX_DIGITS} digits at most.", token.position)
    return number


def _day(token: Token) -> date | datetime:
    try:
        if _DAY.fullmatch(token.text):
            return date.fromisoformat(token.text)
        if _SECONDS.fullmatch(token.text):
            return parse_moment(_FINER.sub(r"\1", token.text))
    except ValueError as error:
        raise SyntaxProblem(
            f"There is no day or moment {token.text}. Write 2026-05-01, 2026-05-01T00:00:00Z or "
            "2026-05-01T00:00:00+02:00, whose + is %2B in an address.",
            token.position,
        ) from error
    raise SyntaxProblem(
        f"{token.text} is no number, day or moment. Write 5, -0.5, 2026-05-01 or "
        "2026-05-01T00:00:00Z; a text goes in single quotes.",
        token.position,
    )


def _numbered_date_literal(cursor: Cursor) -> Value:
    word = cursor.next()
    cursor.expect_sign(":")
    if cursor.at_sign(":"):
        bind(cursor)
        return Value(None, word.position)
    unit = next(unit for unit in MAX_SPAN if unit in word.keyword)
    number = whole_number(cursor, of=f"The number of {word.keyword}", at_most=MAX_SPAN[unit])
    return Value(DateLiteral(f"{word.keyword}:n", number), word.position)


def _together(cursor: Cursor) -> list[str]:
    """The word here, and the figures that follow it without a space, if there are any:
    ``USD-5000``, ``USD5000`` and ``.01``."""
    word, figures = cursor.token, cursor.ahead()
    behind = figures.kind is Kind.FIGURES and figures.position == word.position + len(word.text)
    return [word.text, figures.text] if behind else [word.text]


def _amount(cursor: Cursor) -> Value:
    position = cursor.position
    for _ in _together(cursor):
        cursor.next()
    cursor.refuse("Amounts in a currency are not offered here. Write the number alone.", position)
    return Value(None, position)
