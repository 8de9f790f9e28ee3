"""Comparisons of a value with constants, by the kind of value.

A comparison is never so of null; ``conditions.py`` makes the opposites. Texts compare without
regard to case. Source: the client contract, section 5; the messages are those that existing
clients know.
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal
from typing import Any, Final

from django.db import connection, models
from django.db.models import CharField, Lookup, Q
from django.db.models import Value as Constant
from django.db.models.expressions import Combinable
from django.db.models.functions import Cast, Concat, Lower, LPad
from django.db.models.lookups import (
    Exact,
    GreaterThan,
    GreaterThanOrEqual,
    In,
    LessThan,
    LessThanOrEqual,
)

from promotions import ids
from promotions.folding import fold
from promotions.numbers import parse_record_number
from promotions.sobjects.query.dates import Days, moments_of, span_of
from promotions.sobjects.query.operands import (
    NUMBERS,
    Operand,
    Part,
    Truth,
    all_of,
    any_of,
    is_null,
    is_there,
)
from promotions.sobjects.query.patterns import LONGEST, Like, Pattern, pattern_of
from promotions.sobjects.query.problems import Unfit, invalid_field
from promotions.sobjects.soql.tree import DateLiteral, Operator, Value

_LOOKUPS: Final[Mapping[Operator, "type[Lookup[bool]]"]] = {
    Operator.EQUAL: Exact,
    Operator.LESS: LessThan,
    Operator.AT_MOST: LessThanOrEqual,
    Operator.GREATER: GreaterThan,
    Operator.AT_LEAST: GreaterThanOrEqual,
}
_UP: Final = (Operator.GREATER, Operator.AT_LEAST)


def compare(operand: Operand, operator: Operator, value: Value, today: datetime) -> Truth:
    """``operand`` compared with one value; not for ``!=``, which is the opposite of ``=``."""
    if operator is Operator.EQUAL:
        return among(operand, [value], today)
    if value.value is None:
        return False
    if operator is Operator.LIKE:
        return _of_parts(operand, _like(operand, value))
    comparer = _COMPARERS[kind(operand)]
    return _of_parts(operand, comparer(operand, operator, value, today))


def among(operand: Operand, values: Sequence[Value], today: datetime) -> Truth:
    """Whether ``operand`` is one of ``values``; null is, where null is one of them."""
    given = [value for value in values if value.value is not None]
    nulls = [operand.is_null] if has_null(operand, values) else []
    if not given:
        return any_of(nulls)
    return any_of([_of_parts(operand, _AMONG[kind(operand)](operand, given, today)), *nulls])


def has_null(operand: Operand, values: Sequence[Value]) -> bool:
    """Whether null is one of ``values``; an empty text is the same to existing clients."""
    nothing = (None, "") if kind(operand) in ("text", "id") else (None,)
    return any(value.value in nothing for value in values)


def kind(operand: Operand) -> str:
    type_ = operand.type
    if type_ in NUMBERS:
        return "number"
    if type_ in ("id", "reference"):
        return "id"
    return type_ if type_ in ("boolean", "date", "dateTime", "number name") else "text"


OfPart = Callable[[Part], Truth]


def _of_parts(operand: Operand, of_part: OfPart) -> Truth:
    """That it is so of the first part that is not null."""
    if len(operand.parts) == 1:
        return of_part(operand.parts[0])
    found = []
    for place, part in enumerate(operand.parts):
        before = [is_null(one) for one in operand.parts[:place]]
        found.append(all_of([*before, is_there(part), of_part(part)]))
    return any_of(found)


def _lookup(operator: Operator, left: Combinable, right: Any) -> Q:
    return Q(_LOOKUPS[operator](left, right))


def _wrong_type(operand: Operand, value: Value, type_: str) -> Unfit:
    quotes = "should be" if type_ in ("string", "id") else "should not be"
    return invalid_field(
        f"value of filter criterion for field '{operand.name}' must be of type {type_} and "
        f"{quotes} enclosed in quotes",
        value.position,
    )


def invalid_operator(operand: Operand, position: int) -> Unfit:
    """That this isn't asked of such fields."""
    message = f"{operand.name}: invalid operator on {operand.type} field"
    return Unfit("INVALID_QUERY_FILTER_OPERATOR", message, position)


# --- Texts --------------------------------------------------------------------------------------


def _text(operand: Operand, value: Value) -> str:
    if not isinstance(value.value, str):
        raise _wrong_type(operand, value, "string")
    return value.value


def is_exact(part: Part) -> bool:
    """Whether case counts: other systems' keys are described as case-sensitive."""
    field = part.field
    return field is not None and field.unique and field.folded is None


def _choices(operand: Operand, part: Part) -> Mapping[str, str]:
    """A picklist's values with what is compared of each, folded; none of other fields."""
    field = part.field
    if field is None or field.type != "picklist" or not field.restricted_picklist:
        return {}
    return {name: fold(label if operand.labelled else name) for name, label in field.values}


def _text_among(operand: Operand, values: Sequence[Value], _: datetime) -> OfPart:
    texts = [_text(operand, value) for value in values]
    texts = [text for text in texts if "\0" not in text]

    def of_part(part: Part) -> Truth:
        if choices := _choices(operand, part):
            wanted = {fold(text) for text in texts}
            return _one_of(part.value, [name for name, said in choices.items() if said in wanted])
        if part.is_folded:
            return _one_of(part.compared, list(dict.fromkeys(map(fold, texts))))
        if is_exact(part):
            return _one_of(part.value, list(dict.fromkeys(texts)))
        return _one_of(Lower(part.value), [Lower(Constant(t)) for t in dict.fromkeys(texts)])

    return of_part


def _text_compared(operand: Operand, operator: Operator, value: Value, _: datetime) -> OfPart:
    text = _text(operand, value).replace("\0", "")
    folded = fold(text)

    def of_part(part: Part) -> Truth:
        if choices := _choices(operand, part):
            found = [name for name, said in choices.items() if _holds(said, operator, folded)]
            return _one_of(part.value, found)
        if part.is_folded:
            return _lookup(operator, part.compared, folded)
        if is_exact(part):
            return _lookup(operator, part.value, text)
        return _lookup(operator, Lower(part.value), Lower(Constant(text)))

    return of_part


def _like(operand: Operand, value: Value) -> OfPart:
    if kind(operand) not in ("text", "number name"):
        raise invalid_operator(operand, value.position)
    text = _text(operand, value)
    pattern = pattern_of(text if value.pattern is None else value.pattern)
    if len(text) > LONGEST:
        message = f"A pattern has {LONGEST:,} characters at most."
        raise invalid_field(message, value.position)
    if "\0" in text:
        return lambda _: False
    if pattern.fits_all:
        return is_there
    return lambda part: _like_part(operand, part, pattern)


def _like_part(operand: Operand, part: Part, pattern: Pattern) -> Truth:
    folded = pattern.folded
    if choices := _choices(operand, part):
        return _one_of(part.value, [name for name, said in choices.items() if folded.fits(said)])
    if not part.is_folded:
        value = number_text(part) if kind(operand) == "number name" else part.value
        return Q(Like(Lower(value), Lower(Constant(pattern.written))))
    if folded.exact is not None:
        return _lookup(Operator.EQUAL, part.compared, folded.exact)
    if folded.prefix is not None and connection.vendor == "sqlite":
        # Its LIKE uses no index; its order of texts is that of their characters.
        start, end = folded.prefix, folded.prefix + chr(0x10FFFF)
        return all_of(
            [
                _lookup(Operator.AT_LEAST, part.compared, start),
                _lookup(Operator.LESS, part.compared, end),
            ]
        )
    return Q(Like(part.compared, Constant(folded.written)))


def _one_of(left: Combinable, values: Sequence[Any]) -> Truth:
    if not values:
        return False
    return Q(Exact(left, values[0])) if len(values) == 1 else Q(In(left, values))


def _holds(left: Any, operator: Operator, right: Any) -> bool:
    match operator:
        case Operator.LESS:
            return bool(left < right)
        case Operator.AT_MOST:
            return bool(left <= right)
        case Operator.GREATER:
            return bool(left > right)
    return bool(left >= right)


# --- Ids and record numbers ---------------------------------------------------------------------


def _id(operand: Operand, value: Value) -> tuple[str, int | None]:
    """The prefix and the key of an id; no key where it is none that a record here can have."""
    text = value.value
    if not isinstance(text, str):
        raise _wrong_type(operand, value, "id")
    short = text[:15]
    if (
        len(text) not in (15, 18)
        or not (text.isascii() and text.isalnum())
        or (len(text) == 18 and text[15:] != ids.checksum(short))
    ):
        message = f"invalid ID field: {text[:80]}"
        raise Unfit("INVALID_QUERY_FILTER_OPERATOR", message, value.position)
    try:
        return text[:3], ids.decode(text[:3], text)
    except ids.MalformedId:
        return text[:3], None


def _id_among(operand: Operand, values: Sequence[Value], _: datetime) -> OfPart:
    found = [_id(operand, value) for value in values if value.value != ""]

    def of_part(part: Part) -> Truth:
        prefix = part.target.key_prefix if part.target else None
        return _one_of(
            part.value,
            list(dict.fromkeys(key for p, key in found if p == prefix and key is not None)),
        )

    return of_part


def _id_compared(operand: Operand, operator: Operator, value: Value, _: datetime) -> OfPart:
    prefix, key = _id(operand, value)

    def of_part(part: Part) -> Truth:
        own = part.target.key_prefix if part.target else ""
        if own == prefix and key is not None:
            return _lookup(operator, part.value, key)
        # Ids of other objects come before or behind all of these; so does one with a larger
        # number than there can be.
        is_above = own > prefix
        return is_there(part) if is_above == (operator in _UP) else False

    return of_part


def letters_of(part: Part) -> str:
    """What the number of a record begins with."""
    model = part.column.model if part.column is not None else None
    return str(getattr(model, "number_letters", None) or getattr(model, "key_prefix", ""))


def number_text(part: Part) -> Combinable:
    """The number of a record as a text."""
    digits = Cast(part.value, CharField())
    padded = models.Case(
        models.When(LessThan(part.value, 10**9), then=LPad(digits, 9, Constant("0"))),
        default=digits,
        output_field=CharField(),
    )
    return Concat(Constant(f"{letters_of(part)}-"), padded, output_field=CharField())


def _number_name_among(operand: Operand, values: Sequence[Value], _: datetime) -> OfPart:
    texts = [_text(operand, value) for value in values]

    def of_part(part: Part) -> Truth:
        keys = [parse_record_number(letters_of(part), text) for text in texts]
        return _one_of(part.value, list(dict.fromkeys(key for key in keys if key is not None)))

    return of_part


def _number_name_compared(
    operand: Operand, operator: Operator, value: Value, _: datetime
) -> OfPart:
    text = _text(operand, value).replace("\0", "")
    return lambda part: _lookup(operator, Lower(number_text(part)), Lower(Constant(text)))


# --- Flags and numbers --------------------------------------------------------------------------


def _flag_among(operand: Operand, values: Sequence[Value], _: datetime) -> OfPart:
    for value in values:
        if not isinstance(value.value, bool):
            raise _wrong_type(operand, value, "boolean")
    return lambda part: _one_of(
        part.value, [Constant(flag) for flag in dict.fromkeys(value.value for value in values)]
    )


def _flag_compared(operand: Operand, operator: Operator, value: Value, _: datetime) -> OfPart:
    raise invalid_operator(operand, value.position)


def _number(operand: Operand, value: Value) -> Decimal:
    if not isinstance(value.value, Decimal):
        raise _wrong_type(operand, value, operand.type)
    return value.value


def _scale(operand: Operand, part: Part) -> tuple[int, Decimal]:
    """How many decimals the numbers have, and what all of them are below."""
    column = part.column
    if isinstance(column, models.DecimalField):
        return column.decimal_places, Decimal(10) ** 18  # of a sum, too
    if operand.type == "int" or isinstance(column, models.IntegerField):
        return 0, Decimal(2) ** 62
    return 10, Decimal(10) ** 18


def _scaled(number: Decimal, scale: tuple[int, Decimal], rounding: str) -> Any:
    """``number`` as the database compares it: with as many decimals as the numbers have."""
    places, above = scale
    rounded = max(-above, min(above, number)).quantize(Decimal(1).scaleb(-places), rounding)
    if places:
        column = models.DecimalField(max_digits=40, decimal_places=places)
        return Constant(rounded, output_field=column)
    return int(rounded)


def _number_among(operand: Operand, values: Sequence[Value], _: datetime) -> OfPart:
    numbers = [_number(operand, value) for value in values]

    def of_part(part: Part) -> Truth:
        scale = places, above = _scale(operand, part)
        there = [
            number
            for number in dict.fromkeys(numbers)
            if abs(number) < above and number == round(number, places)
        ]
        return _one_of(part.value, [_scaled(number, scale, ROUND_FLOOR) for number in there])

    return of_part


def _number_compared(operand: Operand, operator: Operator, value: Value, _: datetime) -> OfPart:
    number = _number(operand, value)
    # Where the number lies between two that there can be: the nearest that gives the same answer.
    upwards = operator in (Operator.LESS, Operator.AT_LEAST)
    rounding = ROUND_CEILING if upwards else ROUND_FLOOR

    def of_part(part: Part) -> Truth:
        return _lookup(operator, part.value, _scaled(number, _scale(operand, part), rounding))

    return of_part


# --- Days and moments ---------------------------------------------------------------------------

_INSTANT: Final = timedelta(milliseconds=1)
"""Moments are shown so exactly: what is within is the same to existing clients."""


def _days(operand: Operand, value: Value, at: datetime) -> tuple[Any, Any]:
    """What a value means for a day: from when on, and before when."""
    match value.value:
        case DateLiteral() as literal:
            days = _literal(literal, value, at)
            return days.start, days.end
        case date() as day if not isinstance(day, datetime):
            return day, day + timedelta(days=1) if day < date.max else None
    raise _wrong_type(operand, value, "date")


def _moments(operand: Operand, value: Value, at: datetime) -> tuple[Any, Any]:
    match value.value:
        case DateLiteral() as literal:
            moments = moments_of(_literal(literal, value, at))
            return moments.start, moments.end
        case datetime() as moment:
            start = moment.replace(microsecond=moment.microsecond // 1000 * 1000)
            if start > datetime.max.replace(tzinfo=UTC) - _INSTANT:
                return start, None
            return start, start + _INSTANT
    raise _wrong_type(operand, value, "dateTime")


def _literal(literal: DateLiteral, value: Value, at: datetime) -> Days:
    days = span_of(literal.name, literal.number, at.astimezone(UTC).date())
    if days is None:
        raise invalid_field(f"There is no date literal {literal.name}.", value.position)
    return days


def _span_among(operand: Operand, values: Sequence[Value], at: datetime) -> OfPart:
    spans = [_SPANS[operand.type](operand, value, at) for value in values]

    def of_part(part: Part) -> Truth:
        if operand.type == "date" and all(_is_day(*span) for span in spans):
            return _one_of(part.value, list(dict.fromkeys(start for start, _ in spans)))
        return any_of(
            all_of(
                [
                    is_there(part) if start is None and end is None else True,
                    True if start is None else _lookup(Operator.AT_LEAST, part.value, start),
                    True if end is None else _lookup(Operator.LESS, part.value, end),
                ]
            )
            for start, end in dict.fromkeys(spans)
        )

    return of_part


def _is_day(start: date | None, end: date | None) -> bool:
    return start is not None and end is not None and end - start == timedelta(days=1)


def _span_compared(operand: Operand, operator: Operator, value: Value, at: datetime) -> OfPart:
    start, end = _SPANS[operand.type](operand, value, at)
    # Before its beginning, or before its end; from its end on, or from its beginning on.
    bound = start if operator in (Operator.LESS, Operator.AT_LEAST) else end
    is_up = operator in _UP
    # A literal can reach out of the calendar: all there is lies before its end, behind its start.
    outside = bound is None

    def of_part(part: Part) -> Truth:
        if outside:
            is_start = operator in (Operator.LESS, Operator.AT_LEAST)
            return is_there(part) if is_start == is_up else False
        return _lookup(Operator.AT_LEAST if is_up else Operator.LESS, part.value, bound)

    return of_part


_SPANS: Final = {"date": _days, "dateTime": _moments}
Among = Callable[[Operand, Sequence[Value], datetime], OfPart]
Comparer = Callable[[Operand, Operator, Value, datetime], OfPart]
_AMONG: Final[Mapping[str, Among]] = {
    "text": _text_among,
    "id": _id_among,
    "number name": _number_name_among,
    "boolean": _flag_among,
    "number": _number_among,
    "date": _span_among,
    "dateTime": _span_among,
}
_COMPARERS: Final[Mapping[str, Comparer]] = {
    "text": _text_compared,
    "id": _id_compared,
    "number name": _number_name_compared,
    "boolean": _flag_compared,
    "number": _number_compared,
    "date": _span_compared,
    "dateTime": _span_compared,
}
