"""Moments on the wire: ISO 8601 date-times with an offset, in and out. Pure.

Source of the rule: the enrollment contract, "The wire format" and rule 7.
"""

import re
from datetime import UTC, date, datetime
from typing import Final
from zoneinfo import ZoneInfo

_MOMENT: Final = re.compile(
    r"(?P<day>\d{4}-\d{2}-\d{2})[Tt]"
    r"(?P<time>\d{2}:\d{2}(?::\d{2})?)(?:[.,](?P<fraction>\d{1,9}))?"
    r"(?P<offset>[Zz]|[+-]\d{2}(?::?[0-5]\d)?)",
    re.ASCII,
)

HOW_TO_WRITE: Final = (
    "Write an ISO 8601 date-time with its offset from UTC, such as 2026-05-01T00:00:00Z "
    "or 2026-05-01T00:00:00+02:00."
)


def parse_moment(text: str) -> datetime:
    """The moment that ``text`` names, in UTC.

    ``text`` is an ISO 8601 date-time with ``Z`` or an offset (``+02:00``, ``+0200``, ``+02``);
    seconds and a fraction may be absent, digits past the microsecond are cut off. Raises
    ``ValueError`` for anything else, for a day or time that does not exist, and for a moment
    outside the years 1 to 9999 in UTC.
    """
    match = _MOMENT.fullmatch(text)
    if match is None or (match["fraction"] and len(match["time"]) == len("00:00")):
        raise ValueError(HOW_TO_WRITE)
    fraction = (match["fraction"] or "")[:6].ljust(6, "0")
    offset = match["offset"].upper().replace("Z", "+00:00")
    seconds = "" if match["time"].count(":") == 2 else ":00"
    try:
        moment = datetime.fromisoformat(
            f"{match['day']}T{match['time']}{seconds}.{fraction}{offset}"
        )
        return moment.astimezone(UTC)
    except (ValueError, OverflowError) as error:
        raise ValueError(f"There is no such moment as {text}. {HOW_TO_WRITE}") from error


def format_moment(moment: datetime) -> str:
    """An aware moment as ISO 8601 in UTC with ``Z``; the fraction only where there is one."""
    if moment.tzinfo is not UTC:
        moment = moment.astimezone(UTC)
    return moment.isoformat().replace("+00:00", "Z")


def in_zone(moment: datetime, zone: ZoneInfo) -> datetime:
    """``moment`` on the clocks of ``zone``; in UTC where the zone's calendar would leave the
    years 1 to 9999 (as "for ever", 9999-12-31T23:59:59Z, does east of Greenwich)."""
    try:
        return moment.astimezone(zone)
    except OverflowError:
        return moment.astimezone(UTC)


def day_in(zone: ZoneInfo, moment: datetime) -> date:
    """The calendar day on which ``moment`` falls in ``zone``."""
    return in_zone(moment, zone).date()


ENDS_OF_TIME: Final = (date.min, date.max)
"""Days that lie outside of some zones' calendars: everywhere they are read and shown in UTC."""


def on_the_clock(moment: datetime, zone: ZoneInfo) -> datetime:
    """What the clocks of ``zone`` show at ``moment``; the inverse of ``read_clock``."""
    utc = moment.astimezone(UTC)
    local = utc if utc.date() in ENDS_OF_TIME else in_zone(moment, zone)
    return local.replace(tzinfo=None)


def read_clock(clock: datetime, zone: ZoneInfo) -> datetime:
    """The moment at which the clocks of ``zone`` show ``clock``, in UTC.

    Of a time that happens twice (clocks go back) the first is meant. Raises ``ValueError`` for one
    that never happens (clocks go forward) and for moments outside the calendar.
    """
    if clock.date() in ENDS_OF_TIME:
        return clock.replace(tzinfo=UTC)
    try:
        moment = clock.replace(tzinfo=zone).astimezone(UTC)
    except OverflowError as error:
        raise ValueError("There is no such moment.") from error
    if moment.astimezone(zone).replace(tzinfo=None) != clock:
        raise ValueError(f"At this time the clocks of {zone.key} are put forward. Choose another.")
    return moment
