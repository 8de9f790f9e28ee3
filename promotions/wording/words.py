"""Numbers, amounts, moments and lists in plain English. Pure."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from typing import Final
from zoneinfo import ZoneInfo

from promotions.moments import day_in, in_zone

# By name, because what strftime says depends on the machine's locale.
_MONTHS: Final = (
    *("January", "February", "March", "April", "May", "June"),
    *("July", "August", "September", "October", "November", "December"),
)

END_OF_DAY: Final = "24:00"
"""How the end of a day is typed and shown: the midnight with which it ends."""
_INSTANT: Final = timedelta(microseconds=1)


def number(value: Decimal | int) -> str:
    """``2``, ``2.5``, ``1,200``."""
    return f"{Decimal(value).normalize():,f}"


def percent(value: Decimal) -> str:
    """``20 %``."""
    return f"{number(value)} %"


def money(value: Decimal, currency: str | None) -> str:
    """``20.00 EUR``; without a currency ``20.00``."""
    amount = f"{value:,.2f}" if value == round(value, 2) else number(value)
    return f"{amount} {currency}" if currency else amount


def times(count: Decimal | int) -> str:
    """``once``, ``twice``, ``3 times``."""
    named: dict[Decimal | int, str] = {1: "once", 2: "twice"}
    return named.get(count) or f"{number(count)} times"


def called(name: str) -> str:
    """``*Shoes*``: the name of a product, a category, a segment, another promotion."""
    return f"*{name}*"


def listed(things: Sequence[str], word: str = "and") -> str:
    """``a``, ``a and b``, ``a, b and c``."""
    if len(things) < 2:
        return "".join(things)
    return f"{', '.join(things[:-1])} {word} {things[-1]}"


def in_day(day: date) -> str:
    """``1 May 2026``."""
    return f"{day.day} {_MONTHS[day.month - 1]} {day.year}"


def in_moment(moment: datetime, zone: ZoneInfo) -> str:
    """``1 May 2026 00:00``, on the clocks of ``zone``."""
    local = in_zone(moment, zone)
    return f"{in_day(local.date())} {local:%H:%M}"


def in_end(end: datetime, zone: ZoneInfo) -> str:
    """The end of a period as people write it: ends are outside of their periods, so the midnight
    with which June begins is ``31 May 2026 24:00``."""
    if in_zone(end, zone).time() == time():
        return f"{in_day(last_day(end, zone))} {END_OF_DAY}"
    return in_moment(end, zone)


def last_day(end: datetime, zone: ZoneInfo) -> date:
    """The last day in ``zone`` of which a period with this end holds any part."""
    return day_in(zone, _before(end, _INSTANT))


def _before(moment: datetime, by: timedelta) -> datetime:
    """``moment`` earlier by so much; the calendar's first moment has none before it."""
    try:
        return moment - by
    except OverflowError:
        return moment


def bound(moment: datetime | None) -> datetime | None:
    """``moment`` where it bounds a period; None for "for ever", which existing clients write as the
    last day of the calendar, and for "since ever", its first."""
    if moment is None or moment.astimezone(UTC).date() in (date.min, date.max):
        return None
    return moment
