"""``toLabel`` and ``FORMAT``: values as people read them, in American English and in UTC."""

from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any, Final

from promotions.dictionary import Field
from promotions.sobjects.columns import format_wire_moment
from promotions.sobjects.paths import Reached


def formatted(function: str, reached: Reached) -> Callable[[Any], Any] | None:
    """How ``TOLABEL`` or ``FORMAT`` shows a value of a field, which is not None; None: as without
    them."""
    field = reached.field
    if function == "TOLABEL":
        return label_of(field)
    return format_of(field.type)


def label_of(field: Field) -> Callable[[Any], Any] | None:
    """How ``TOLABEL`` shows a value of a field: only a picklist's has a label."""
    labels = dict(field.values)
    return (lambda value: labels.get(value, value)) if labels else None


def format_of(type_: str) -> Callable[[Any], Any] | None:
    """How ``FORMAT`` shows a value of a type; None: as it is shown without it."""
    return _FORMATS.get(type_)


def moment_of(value: datetime | str) -> datetime:
    """A moment as the ORM has it, or in PostgreSQL's words: see ``fetching.py``."""
    return datetime.fromisoformat(value) if isinstance(value, str) else value


def wire_moment(value: datetime | str) -> str:
    """The same as existing clients know it. PostgreSQL's words are nearly those: ``2026-05-01
    00:00:00.5+00``."""
    if not isinstance(value, str):
        return format_wire_moment(value)
    return f"{value[:10]}T{value[11:19]}.{value[20:23].partition('+')[0]:0<3}+0000"


def _number(value: Decimal | float) -> str:
    text = f"{Decimal(str(value)):,.6f}".rstrip("0").rstrip(".")
    return "0" if text == "-0" else text


def _amount(value: Decimal | float) -> str:
    return f"{Decimal(str(value)):,.2f}"


def _day(value: date) -> str:
    return f"{value.month}/{value.day}/{value.year}"


def _moment(value: datetime | str) -> str:
    value = moment_of(value).astimezone(UTC)
    return f"{_day(value)}, {value.hour % 12 or 12}:{value:%M %p}"


_FORMATS: Final[Mapping[str, Callable[[Any], Any]]] = {
    "int": _number,
    "double": _number,
    "percent": _number,
    "currency": _amount,
    "date": _day,
    "dateTime": _moment,
}
