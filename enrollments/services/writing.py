"""Writes what was decided on a request: new records, records enrolled again, their history."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

import orjson
from django.db import DataError, IntegrityError, connection
from psycopg.errors import DivisionByZero, UniqueViolation

from enrollments.deciding import Pair
from enrollments.services import enrollment_sql as sql
from enrollments.services.history import Changed, field_label
from enrollments.services.parameter_rows import ParameterRows, Row
from promotions.actors import Actor
from promotions.database import is_postgresql
from promotions.request_ids import current_request_id
from promotions.services.transactions import LostRace, statements_stand_alone


class Renewal(NamedTuple):
    """A record that exists, as it is to be: its fields set, its version counted up."""

    changed: Changed
    is_limited: bool
    """Whether its promotion had a limit when that was decided."""


@dataclass(frozen=True, slots=True)
class Writing:
    """All that a request writes."""

    new: Sequence[Row]
    """Its values in the order of ``enrollment_sql.NEW``; rows in the order of their keys."""
    again: Sequence[Renewal]
    places: Mapping[int, int]
    """How many places are taken, by promotion."""


def write(writing: Writing, *, by: Actor, at: datetime, reason: str | None) -> dict[Pair, int]:
    """Writes it, with its history: the primary keys of the new records.

    Raises ``LostRace`` where one of them exists meanwhile, where a record to be enrolled again has
    changed, or where a promotion got or lost its limit: then it has to be decided again.
    """
    if not (writing.new or writing.again):
        return {}
    act = act_values(by, at, reason)
    again = [_again(one) for one in writing.again]
    changes = [row for one in writing.again for row in _changes(one.changed)]
    places = list(writing.places.items())
    written = _by_one_statement if is_postgresql() else _part_by_part
    made = written(act, writing.new, again, changes, places)
    return {
        (promotion, contact is not None, contact or account or 0): key
        for key, promotion, contact, account in made
    }


def act_values(by: Actor, at: datetime, reason: str | None) -> list[Any]:
    """The parameters that stand for ``enrollment_sql.ACT``."""
    moment = at if is_postgresql() else connection.ops.adapt_datetimefield_value(at)
    return [by.user.pk, moment, reason, by.source.value, current_request_id()]


def _again(one: Renewal) -> Row:
    usage = one.changed.usage
    return (
        usage.pk,
        usage.version,
        usage.promotion_id,
        one.is_limited,
        usage.account_id,
        usage.enrollment_offer_id,
        usage.enrollment_effective_date_time,
        usage.enrollment_expiration_date_time,
        usage.last_modified_date,
    )


def _changes(one: Changed) -> list[Row]:
    return [
        (
            one.usage.pk,
            field_label(change.field),
            change.old,
            change.new,
            one.usage.last_modified_date,
        )
        for change in one.changes
    ]


_Made = list[tuple[int, int, int | None, int | None]]


def _by_one_statement(
    act: list[Any],
    new: Sequence[Row],
    again: Sequence[Row],
    changes: Sequence[Row],
    places: Sequence[Row],
) -> _Made:
    """PostgreSQL's way."""
    values = list(act)
    alone = len(new) == 1
    if new:
        values += sql.NEW.values(new, alone=alone)
    if again:
        values += [*sql.AGAIN.values(again), *sql.CHANGES.values(changes)]
    if places:
        values += sql.PLACES.values(places)
    statement = sql.writing(
        new=bool(new),
        alone=alone,
        again=bool(again),
        places=bool(places),
        ends=statements_stand_alone(),
    )
    with lost_races(), connection.cursor() as cursor:
        cursor.execute(statement, values)
        made, _ = cursor.fetchone()
    return list(zip(*orjson.loads(made), strict=True)) if new else []


def _part_by_part(
    act: list[Any],
    new: Sequence[Row],
    again: Sequence[Row],
    changes: Sequence[Row],
    places: Sequence[Row],
) -> _Made:
    """SQLite's way."""
    doer = f"(SELECT {', '.join(f'%s AS {name}' for name in sql.ACT)}) AS act"
    made: _Made = []
    renewed = 0
    with connection.cursor() as cursor:

        def run(
            statement: str, part: str, alias: str, kind: ParameterRows, rows: Sequence[Row]
        ) -> None:
            filled = {part: f"({kind.query()}) AS {alias}", "act": doer}
            by_act = act if "{act}" in statement else []
            cursor.execute(
                statement.format(**filled, is_open="true", if_there=sql.LEFT_OUT),
                [*kind.values(rows), *by_act],
            )

        if new:
            run(sql.MAKE, "new", "n", sql.NEW, new)
            made = cursor.fetchall()
            run(sql.NOTE_CREATION, "made", "made", sql.MADE, [(key,) for key, *_ in made])
        if again:
            run(sql.RENEW, "again", "again", sql.AGAIN, again)
            renewed = cursor.rowcount
            run(sql.NOTE_CHANGES, "changes", "c", sql.CHANGES, changes)
        if places:
            run(sql.TAKE, "places", "t", sql.PLACES, places)
    if len(made) != len(new) or renewed != len(again):
        raise _lost_race()
    return made


@contextmanager
def lost_races() -> Iterator[None]:
    """Raises ``LostRace`` where a statement that writes all or nothing divides by zero, or where a
    record that it makes is there meanwhile."""
    try:
        yield
    except (DataError, IntegrityError) as error:
        cause = error.__cause__
        if isinstance(cause, DivisionByZero) or (
            isinstance(cause, UniqueViolation)
            # In a partition the key has another name. That of the id has nothing to do with it.
            and not str(cause.diag.constraint_name).endswith("_pkey")
        ):
            raise _lost_race() from error
        raise


def _lost_race() -> LostRace:
    return LostRace("another request has enrolled one of these customers meanwhile")
