"""Functions of a day or a moment: the year, the quarter, the day of the week … Days are UTC's.

Source: the client contract, section 5. The fiscal year is the calendar's.
"""

from collections.abc import Callable, Mapping
from datetime import UTC
from typing import Any, Final

from django.db.models import Case, IntegerField, Value, When
from django.db.models.expressions import CombinedExpression
from django.db.models.functions import (
    Cast,
    ExtractDay,
    ExtractHour,
    ExtractMonth,
    ExtractQuarter,
    ExtractWeekDay,
    ExtractYear,
    TruncDate,
)
from django.db.models.lookups import Exact, LessThanOrEqual

from promotions.sobjects.query.operands import Operand, Part, operand_of
from promotions.sobjects.query.problems import invalid_field, malformed
from promotions.sobjects.query.scope import Scope
from promotions.sobjects.soql.tree import Call, Path

Extract = Callable[[Any, bool], Any]
"""From a value and whether it is a moment to what is asked of it."""

_DAYS_BEFORE: Final = (0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334)
"""Before each month, where February has 28."""


def _extract(function: Any) -> Extract:
    def extract(value: Any, is_moment: bool) -> Any:
        # PostgreSQL's answer is no whole number by its type, and would divide as such.
        zone = {"tzinfo": UTC} if is_moment else {}
        return Cast(function(value, **zone), IntegerField())

    return extract


_month = _extract(ExtractMonth)
_day = _extract(ExtractDay)
_year = _extract(ExtractYear)


def _day_only(value: Any, is_moment: bool) -> Any:
    return TruncDate(value, tzinfo=UTC) if is_moment else value


def _day_in_year(value: Any, is_moment: bool) -> Any:
    month, year = _month(value, is_moment), _year(value, is_moment)
    before = Case(
        *(When(Exact(month, m), then=Value(days)) for m, days in enumerate(_DAYS_BEFORE, 1)),
        output_field=IntegerField(),
    )
    leap = Case(
        When(LessThanOrEqual(month, 2), then=Value(0)),
        When(Exact(_rest(year, 400), 0), then=Value(1)),
        When(Exact(_rest(year, 100), 0), then=Value(0)),
        When(Exact(_rest(year, 4), 0), then=Value(1)),
        default=Value(0),
        output_field=IntegerField(),
    )
    return _day(value, is_moment) + before + leap


def _rest(number: Any, divisor: int) -> Any:
    return CombinedExpression(number, "%%", Value(divisor), output_field=IntegerField())


def _week_in_year(value: Any, is_moment: bool) -> Any:
    return (_day_in_year(value, is_moment) + 6) / 7


def _week_in_month(value: Any, is_moment: bool) -> Any:
    return (_day(value, is_moment) + 6) / 7


_EXTRACTS: Final[Mapping[str, Extract]] = {
    "CALENDAR_MONTH": _month,
    "CALENDAR_QUARTER": _extract(ExtractQuarter),
    "CALENDAR_YEAR": _year,
    "DAY_IN_MONTH": _day,
    "DAY_IN_WEEK": _extract(ExtractWeekDay),
    "DAY_IN_YEAR": _day_in_year,
    "DAY_ONLY": _day_only,
    "FISCAL_MONTH": _month,
    "FISCAL_QUARTER": _extract(ExtractQuarter),
    "FISCAL_YEAR": _year,
    "HOUR_IN_DAY": _extract(ExtractHour),
    "WEEK_IN_MONTH": _week_in_month,
    "WEEK_IN_YEAR": _week_in_year,
}


def date_function(scope: Scope, call: Call) -> Operand:
    """What a function of a day or a moment is. ``INVALID_FIELD`` for a field that is neither."""
    path = _path(call)
    operand = operand_of(scope, scope.reach(path))
    is_moment = operand.type == "dateTime"
    if operand.type not in ("date", "dateTime") or (call.name == "HOUR_IN_DAY" and not is_moment):
        wanted = "a dateTime" if call.name == "HOUR_IN_DAY" else "a date or a dateTime"
        message = f"{call.name} needs {wanted}; {operand.name} is of type {operand.type}."
        raise invalid_field(message, call.position)
    extract = _EXTRACTS[call.name]
    values = [extract(part.value, is_moment) for part in operand.parts]
    type_ = "date" if call.name == "DAY_ONLY" else "int"
    parts = tuple(Part(value, value) for value in values)
    return Operand(f"{call.name}({path})", type_, parts)


def _path(call: Call) -> Path:
    argument = call.argument
    if isinstance(argument, Call) and argument.name == "CONVERTTIMEZONE":
        argument = argument.argument  # to the user's, which is UTC
    if not isinstance(argument, Path):
        raise malformed(f"{call.name} needs a field.", call.position)
    return argument
