"""What changed, and what was deleted, between two moments: for clients that keep a copy.

Source: the client contract, section 2, getUpdated and getDeleted, and section 3 on their errors.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, Final

import orjson
from django.conf import settings

from promotions.actors import Actor
from promotions.models import Record
from promotions.moments import HOW_TO_WRITE, parse_moment
from promotions.sobjects.columns import format_wire_moment
from promotions.sobjects.declare import SObject, require_read
from promotions.sobjects.errors import CallFailed, Problem
from promotions.sobjects.query.time_limit import within_time

if TYPE_CHECKING:
    from django.db.models import QuerySet

MOST_IDS: Final = 600_000
UPDATED_DAYS: Final = 30
_LEAST_APART: Final = timedelta(minutes=1)
_UNDER_WAY: Final = timedelta(minutes=1)
"""A record has the moment at which its request began, and is seen once that is committed: for so
long a change may be under way. What is younger is told, but not called covered, so that a client
which goes on from there is told again."""
_AT_A_TIME: Final = 5000
_MOMENT_FIELDS: Final = ("SystemModstamp", "LastModifiedDate", "CreatedDate")


@dataclass(frozen=True, slots=True)
class Period:
    """From ``start`` on and before ``end``, in whole minutes where these were given; all that
    happened before ``covered`` is known."""

    start: datetime
    end: datetime
    covered: datetime


def read_period(start: str | None, end: str | None, *, days: int, at: datetime) -> Period:
    """The period between two moments as clients write them, of the last ``days`` days; an end in
    the future counts as ``at``. Raises ``CallFailed``: ``INVALID_REPLICATION_DATE``."""
    first, last = _moment("start", start), min(_moment("end", end), at)
    first = _minute(first)
    # Clients ask for one minute exactly: the last part of one counts as none, of both.
    if _minute(last) - first < _LEAST_APART:
        raise _invalid("start must precede end, and the present, by at least one minute.")
    if first < _minute(at) - timedelta(days=days):
        raise _invalid(f"start must be within the last {days} days.")
    last = last if last == at else _minute(last)
    covered = (at - _UNDER_WAY).replace(microsecond=0)
    return Period(first, last, min(last, max(first, covered)))


def _moment(name: str, text: str | None) -> datetime:
    if not text:
        raise _invalid(f"Name the period: start and end. {HOW_TO_WRITE}")
    try:
        # A plus sign that was not encoded has become a space.
        return parse_moment(text.strip().replace(" ", "+"))
    except ValueError as error:
        raise _invalid(f"{name}: {error}") from error


def _minute(moment: datetime) -> datetime:
    return moment.replace(second=0, microsecond=0)


def _invalid(message: str) -> CallFailed:
    return CallFailed(Problem("INVALID_REPLICATION_DATE", message))


def updated(
    one: SObject, start: str | None, end: str | None, *, by: Actor, at: datetime
) -> dict[str, Any]:
    """The ids of the live records that were made or changed in a period. Raises ``CallFailed``."""
    path = _moment_path(one, by)
    period = read_period(start, end, days=UPDATED_DAYS, at=at)
    rows = one.rows(by).filter(**{f"{path}__gte": period.start, f"{path}__lt": period.end})
    if one.deleted_column is not None:
        rows = rows.filter(**{one.deleted_column: False})
    keys = rows.order_by(path, "pk").values_list("pk", flat=True)
    # As JSON at once: as many texts would take several times the room.
    shown = bytearray(b"[")
    with within_time():
        _check_number(keys)
        for key in keys[:MOST_IDS].iterator(chunk_size=_AT_A_TIME):
            shown += b'"%b",' % one.id_of(key).encode()
    shown[-1 if len(shown) > 1 else 1 :] = b"]"
    covered = format_wire_moment(period.covered)
    return {"ids": orjson.Fragment(bytes(shown)), "latestDateCovered": covered}


def deleted(
    one: SObject, start: str | None, end: str | None, *, by: Actor, at: datetime
) -> dict[str, Any]:
    """The records that went into the recycle bin in a period, and are still there. Raises
    ``CallFailed``."""
    path = _moment_path(one, by)
    days = settings.RECYCLE_BIN_DAYS
    period = read_period(start, end, days=days, at=at)
    found: list[dict[str, str]] = []
    if issubclass(one.model, Record):  # others don't say when they were deleted
        rows = one.rows(by).filter(
            is_deleted=True,
            deleted_date__gte=period.start,
            deleted_date__lt=period.end,
            # Deleting is a change: it never lies before, and this has an index.
            **{f"{path}__gte": period.start},
        )
        pairs = rows.order_by("deleted_date", "pk").values_list("pk", "deleted_date")
        with within_time():
            _check_number(pairs)
            found = [
                {"id": one.id_of(key), "deletedDate": format_wire_moment(moment)}
                for key, moment in pairs[:MOST_IDS].iterator(chunk_size=_AT_A_TIME)
            ]
    return {
        "deletedRecords": found,
        "earliestDateAvailable": format_wire_moment(_minute(at) - timedelta(days=days)),
        "latestDateCovered": format_wire_moment(period.covered),
    }


def _moment_path(one: SObject, by: Actor) -> str:
    """The model's path to when a record was last changed. Raises ``CallFailed``, ``Refused``."""
    require_read(one, by)
    fields = [one.fields.get(name) for name in _MOMENT_FIELDS]
    path = next((f.path for f in fields if f is not None and f.path is not None), None)
    if path is None or not one.replicateable:
        message = f"{one.name} can't be replicated: query its records instead."
        raise CallFailed(Problem("INVALID_TYPE_FOR_OPERATION", message))
    return path


def _check_number(rows: "QuerySet[Any, Any]") -> None:
    if rows[: MOST_IDS + 1].count() > MOST_IDS:
        message = f"More than {MOST_IDS:,} records: name a shorter period."
        raise CallFailed(Problem("EXCEEDED_ID_LIMIT", message))
