"""From what clients send to values of fields: lenient about the kind, strict about the value.

Existing clients write numbers and flags as texts (the client contract, 0.10). What a field takes is
the dictionary's. Source of codes and words: the client contract, section 3.
"""

from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any, Final

import orjson
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models

from promotions import ids
from promotions.dictionary import Field
from promotions.models.fields import TextArea
from promotions.moments import parse_moment
from promotions.sobjects.declare import SObject
from promotions.sobjects.errors import CallFailed, Problem, required
from promotions.sobjects.paths import targets_of

_FLAGS: Final[Mapping[str, bool]] = {"true": True, "1": True, "false": False, "0": False}
_LONGEST_NUMBER: Final = 40
"""In characters: what is longer is no number that any field takes."""
_MOST_DIGITS: Final = 15
_SHOWN: Final = 80
"""Of a wrong value no more is repeated: an answer is not many times its request."""


def parse(one: SObject, field: Field, value: Any) -> dict[str, Any]:
    """What ``value`` (as JSON has it, not null) says about the field, by the model's names.

    Raises ``CallFailed``: ``JSON_PARSER_ERROR`` for the wrong kind, ``STRING_TOO_LONG``,
    ``NUMBER_OUTSIDE_VALID_RANGE``, ``INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST``, ``MALFORMED_ID``.
    """
    if field.type == "reference":
        return reference(field, value)
    column = one.model._meta.get_field(field.columns[0])
    if isinstance(column, models.JSONField):
        return {field.attribute: _json(field, value)}
    parser = _PARSERS.get(field.type)
    if parser is not None:
        return {field.attribute: parser(field, value, column)}
    return {field.attribute: _text(field, value)}


def cleared(field: Field) -> dict[str, Any]:
    """What null says about the field. Raises ``CallFailed`` where it takes none."""
    if not field.nillable:
        raise CallFailed(required([field.name]))
    if field.columns and field.type == "reference":
        return {f"{column}_id": None for column in field.columns}
    return {field.attribute: None}


def key_of(field: Field, value: Any) -> tuple[str, int, SObject]:
    """The column that an id leads by, the primary key, and the object. Raises ``CallFailed``."""
    if not isinstance(value, str):
        raise _malformed_id(field, value)
    for column, target in targets_of(field):
        if value.startswith(target.key_prefix):
            try:
                return column, ids.decode(target.key_prefix, value), target
            except ids.MalformedId as error:
                raise _malformed_id(field, value) from error
    raise _malformed_id(field, value)


def reference(field: Field, value: Any) -> dict[str, Any]:
    """What an id says about a reference."""
    column, key, target = key_of(field, value)
    if not field.columns:
        return {field.attribute: (target.key_prefix, key)}
    chosen: dict[str, Any] = {f"{name}_id": None for name in field.columns}
    return chosen | {f"{column}_id": key}


def _malformed_id(field: Field, value: Any) -> CallFailed:
    message = f"{field.label.capitalize()}: id value of incorrect type: {_shown(value)}"
    return CallFailed(Problem("MALFORMED_ID", message, (field.name,)))


def _shown(value: Any) -> str:
    text = value if isinstance(value, str) else repr(value)
    return text if len(text) <= _SHOWN else text[:_SHOWN] + "…"


def _kind(value: Any) -> str:
    """What a JSON reader calls the value, in the words that existing clients know."""
    match value:
        case bool():
            return f"VALUE_{str(value).upper()}"
        case int():
            return "VALUE_NUMBER_INT"
        case float():
            return "VALUE_NUMBER_FLOAT"
        case str():
            return "VALUE_STRING"
        case list():
            return "START_ARRAY"
        case _:
            return "START_OBJECT"


def wrong_kind(field: Field, wanted: str, value: Any) -> CallFailed:
    """That a value is none of the field's type."""
    said = f" value {_shown(value)}" if not isinstance(value, list | dict) else ""
    message = f"Cannot deserialize instance of {wanted} from {_kind(value)}{said}"
    return CallFailed(Problem("JSON_PARSER_ERROR", message, (field.name,)))


def _text(field: Field, value: Any) -> str | None:
    if isinstance(value, bool):
        value = str(value).lower()
    if isinstance(value, int | float):
        value = orjson.dumps(value).decode()
    if not isinstance(value, str):
        raise wrong_kind(field, "string", value)
    if not value.strip():
        if field.nillable:
            return None
        raise CallFailed(required([field.name]))
    _check_length(field, value)
    return value


def longest(field: Field) -> int:
    """How many characters a text of this field has at most."""
    return TextArea.LONGEST if field.length is None else field.length


def _check_length(field: Field, text: str) -> None:
    if len(text) > longest(field):
        message = (
            f"{field.label.capitalize()}: data value too large: {_shown(text)} "
            f"(max length={longest(field)})"
        )
        raise CallFailed(Problem("STRING_TOO_LONG", message, (field.name,)))


def _picklist(field: Field, value: Any, column: Any) -> str | None:
    text = _text(field, value)
    known = {name.lower(): name for name, _ in field.values}
    if text is None or not known:
        return text
    if text.lower() not in known:
        message = (
            f"{field.label.capitalize()}: bad value for restricted picklist field: {_shown(text)}"
        )
        code = "INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST"
        raise CallFailed(Problem(code, message, (field.name,)))
    return known[text.lower()]


def _flag(field: Field, value: Any, column: Any) -> bool:
    if isinstance(value, bool):
        return value
    text = str(value).strip().lower() if isinstance(value, str | int) else ""
    if text not in _FLAGS:
        raise wrong_kind(field, "boolean", value)
    return _FLAGS[text]


def _number(field: Field, value: Any) -> Decimal:
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        raise wrong_kind(field, field.type, value)
    text = value.strip() if isinstance(value, str) else repr(value)
    try:
        if len(text) > _LONGEST_NUMBER or "_" in text:
            raise InvalidOperation
        number = Decimal(text)
    except InvalidOperation:
        raise wrong_kind(field, field.type, value) from None
    if not number.is_finite():
        raise wrong_kind(field, field.type, value)
    return number


def _whole(field: Field, value: Any, column: Any) -> int:
    number = _number(field, value)
    if number != number.to_integral_value():
        raise wrong_kind(field, "int", value)
    _check_bounds(field, number, column, value)
    return int(number)


def _decimal(field: Field, value: Any, column: Any) -> Decimal | int:
    number = _number(field, value)
    if not isinstance(column, models.DecimalField):
        return _whole(field, value, column)
    number = round(number, column.decimal_places or 0) if abs(number) < 10**30 else number
    _check_bounds(field, number, column, value)
    return number


def _check_bounds(field: Field, number: Decimal, column: Any, value: Any) -> None:
    least, most = bounds_of(column)
    if not least <= number <= most:
        message = f"{field.label.capitalize()}: value outside of valid range: {_shown(value)}"
        raise CallFailed(Problem("NUMBER_OUTSIDE_VALID_RANGE", message, (field.name,)))


def digits_of(column: Any) -> int:
    """How many digits a number with decimals has at most: what every JSON reader keeps exactly."""
    return min(int(column.max_digits), _MOST_DIGITS)


def bounds_of(column: Any) -> tuple[Decimal, Decimal]:
    """The least and the greatest number that a column takes."""
    if isinstance(column, models.DecimalField):
        most = Decimal(10) ** (digits_of(column) - column.decimal_places) - Decimal(10) ** (
            -column.decimal_places
        )
        return -most, most
    least, most = Decimal(-(2**31)), Decimal(2**31 - 1)
    if isinstance(column, models.PositiveIntegerField | models.PositiveSmallIntegerField):
        least = Decimal(0)
    for validator in column.validators:
        limit = getattr(validator, "limit_value", None)
        if isinstance(validator, MinValueValidator) and isinstance(limit, int):
            least = max(least, Decimal(limit))
        elif isinstance(validator, MaxValueValidator) and isinstance(limit, int):
            most = min(most, Decimal(limit))
    return least, most


def _moment(field: Field, value: Any, column: Any) -> datetime:
    if not isinstance(value, str):
        raise wrong_kind(field, "datetime", value)
    try:
        if "T" not in value.upper():
            return datetime.combine(_day_of(value), datetime.min.time(), UTC)
        return parse_moment(value.strip())
    except ValueError as error:
        raise wrong_kind(field, "datetime", value) from error


def _day(field: Field, value: Any, column: Any) -> date:
    if not isinstance(value, str):
        raise wrong_kind(field, "date", value)
    try:
        return parse_moment(value.strip()).date() if "T" in value.upper() else _day_of(value)
    except ValueError as error:
        raise wrong_kind(field, "date", value) from error


def _day_of(text: str) -> date:
    text = text.strip()
    if len(text) != len("2026-05-01") or text[7] != "-":  # a week has as many characters
        raise ValueError(text)
    return date.fromisoformat(text)


def _json(field: Field, value: Any) -> Any:
    """Structured notes: clients know them as a text."""
    _check_length(field, value if isinstance(value, str) else orjson.dumps(value).decode())
    if not isinstance(value, str):
        return value
    try:
        return orjson.loads(value)
    except orjson.JSONDecodeError:
        return value


_PARSERS: Final[Mapping[str, Callable[[Field, Any, Any], Any]]] = {
    "boolean": _flag,
    "int": _whole,
    "double": _decimal,
    "currency": _decimal,
    "percent": _decimal,
    "date": _day,
    "dateTime": _moment,
    "picklist": _picklist,
}
