"""The quick way for most rows of a batch, on PostgreSQL: they are copied into a staging table, one
statement finds those about whom there is nothing to tell, and their records are copied.

That is a row whose promotion, offer and period no rule refuses, that names exactly one contact, is
the first of the batch to name it, and finds no record. The others are left to ``job_rows.py``,
which asks all rules for each. That these come afterwards changes nothing for them: what is refused
for what the row says is refused in any order, who is named again meets the record of the first row,
and of a contact that has a record no row is enrolled here.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import connection
from psycopg.pq import Format

from enrollments.audience_files import Row
from enrollments.deciding import Decision, accepted_terms
from enrollments.services import enrollment_sql as sql
from enrollments.services.copied_rows import NewRecords, numbers_in
from enrollments.services.loading import reached_by, read_facts, wanted_rows
from enrollments.services.writing import act_values, lost_races
from enrollments.wire import Item, different_terms
from promotions.actors import Actor

_NULL: Final = "\\N"
_ESCAPES: Final = str.maketrans({"\\": "\\\\", "\t": "\\t", "\n": "\\n", "\r": "\\r"})


@dataclass(frozen=True, slots=True)
class Staging:
    """The rows of a batch that name contacts, ready to be copied."""

    text: str
    """In the text format of COPY, with the columns ``enrollment_sql.staged(given)``."""
    terms: Sequence[Item]
    """What the rows say beside their customers, each once."""
    by: tuple[str, ...]
    """What their customers are reached by."""
    given: tuple[str, ...]
    """What they say of their customers, all together."""


def stage(rows: Sequence[Row]) -> Staging:
    """The rows, numbered as they stand here. Asks no database, so that it can be done while that is
    at work at the rows before them."""
    named = [
        (n, item, kind)
        for n, (_, item) in enumerate(rows)
        if isinstance(item, Item) and (kind := reached_by(item)) != "account"
    ]
    if not named:
        return Staging("", (), (), ())
    places, items, kinds = zip(*named, strict=True)
    terms, numbers = different_terms(items)
    wanted = wanted_rows(items, numbers, kinds=kinds, places=places)
    columns = (_texts(wanted.columns[name], kind) for name, kind in sql.staged(wanted.given))
    return Staging(
        text="\n".join((*map("\t".join, zip(*columns, strict=True)), "")),
        terms=terms,
        by=wanted.by,
        given=wanted.given,
    )


def _texts(column: Sequence[Any], kind: str) -> Iterator[str]:
    """The values of a column as COPY reads them."""
    if kind != "text":
        return (_NULL if value is None else str(value) for value in column)
    together = "".join(filter(None, column))
    if "\\" in together or not together.isprintable():
        return (_NULL if value is None else value.translate(_ESCAPES) for value in column)
    return (_NULL if value is None else value for value in column)


def enroll_staged(
    staging: Staging, *, by: Actor, at: datetime, reason: str | None, looks: bool = True
) -> tuple[int, ...]:
    """Enrolls the customers of those rows about which there is nothing to tell; their numbers.

    Inside a transaction. Enrolls nobody where places are limited: these go row by row. Raises
    ``LostRace`` where one of them was enrolled by somebody else meanwhile, or has a record all the
    same that it doesn't ``look`` for. Foreign keys are checked by COMMIT, which raises
    ``IntegrityError`` where somebody took a customer out by SQL.
    """
    if not staging.terms:
        return ()
    facts = read_facts(staging.terms, by, hold=False)
    terms = accepted_terms(staging.terms, facts, at, ZoneInfo(settings.TIME_ZONE))
    promotion = next((one.promotion for one in terms if one), None)
    if promotion is None or promotion.maximum_enrollment_count is not None:
        return ()
    values = [
        *act_values(by, at, reason),
        promotion.key,
        *sql.TERMS.values([_terms_row(n, one) for n, one in enumerate(terms)]),
    ]
    with connection.cursor() as cursor:
        cursor.execute(sql.STAGE)
        cursor.execute(sql.CLEAR)
        _copy(cursor, sql.copying_staged(staging.given), [staging.text])
        cursor.cursor.format = Format.BINARY  # bytes as they are, no digits that stand for them
        cursor.execute(sql.deciding_on_staged(staging.by, staging.given, looks=looks), values)
        numbers, *answer = cursor.fetchone()
        if numbers is None:
            return ()
        new = NewRecords(*answer)
        with lost_races():
            _copy(cursor, sql.COPY_RECORDS, new.records())
        _copy(cursor, sql.COPY_HISTORY, new.history())
    return numbers_in(numbers)


def _copy(cursor: Any, statement: str, pieces: Iterable[str | bytes]) -> None:
    with connection.wrap_database_errors, cursor.copy(statement) as copy:
        for piece in pieces:
            copy.write(piece)


def _terms_row(n: int, one: Decision | None) -> tuple[Any, ...]:
    """A row of ``enrollment_sql.TERMS``."""
    if one is None:
        return n, False, None, None, None
    return n, True, one.offer and one.offer.key, one.period.effective, one.period.expiration
