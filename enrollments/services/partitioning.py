"""Dividing the table of enrollments into partitions, by promotion; see docs/decisions/0016.

What the table is like (columns, checks, indexes, foreign keys) is read from the database and made
again, so that this stays right whatever later migrations add.
"""

from collections.abc import Callable, Sequence
from typing import Any, Final

from django.db import connection, transaction

from enrollments.models import PromotionPartyUsage, PromotionPartyUsageHistory
from promotions.errors import refuse

MOST_PARTITIONS: Final = 256
KEY: Final = "promotion_id"
"""What enrollments are divided by: every unique key but the primary key has it already."""

_TABLE: Final = PromotionPartyUsage._meta.db_table
_HISTORY: Final = PromotionPartyUsageHistory._meta.db_table
_FORMER: Final = f"{_TABLE}_former"
_SEQUENCE: Final = f"{_TABLE}_id_seq"

_CONSTRAINTS: Final = """
SELECT conname, pg_get_constraintdef(oid) FROM pg_constraint
 WHERE conrelid = %s::regclass AND contype IN ('u', 'f') ORDER BY contype DESC, conname"""
_INDEXES: Final = """
SELECT pg_get_indexdef(i.indexrelid) FROM pg_index i
 WHERE i.indrelid = %s::regclass AND NOT i.indisprimary
   AND NOT EXISTS (SELECT FROM pg_constraint c WHERE c.conindid = i.indexrelid AND c.contype = 'u')
 ORDER BY 1"""
_UNIQUE_WITHOUT_KEY: Final = """
SELECT i.indexrelid::regclass::text FROM pg_index i
 WHERE i.indrelid = %s::regclass AND i.indisunique AND NOT i.indisprimary
   AND NOT EXISTS (SELECT FROM pg_attribute a WHERE a.attrelid = i.indrelid
                      AND a.attname = %s AND a.attnum = ANY (i.indkey))"""
_REFERENCES: Final = """
SELECT conrelid::regclass::text, conname FROM pg_constraint
 WHERE confrelid = %s::regclass AND contype = 'f'"""


def partition_enrollments(partitions: int, *, report: Callable[[str], None]) -> int:
    """Divides the enrollments into ``partitions`` by a hash of the promotion, or with none brings
    them back into one table; how many enrollments there are. One transaction, which locks
    enrollments and their history from beginning to end: nobody reads or writes them meanwhile, and
    whatever breaks it off leaves everything as it was.

    ``report`` is told each step. Raises ``Refused`` where this can't be done.
    """
    _require_possible(partitions)
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"LOCK TABLE {_TABLE}, {_HISTORY} IN ACCESS EXCLUSIVE MODE")
        _require_other_number(cursor, partitions)
        _require_known(cursor)
        cursor.execute(_CONSTRAINTS, [_TABLE])
        constraints = cursor.fetchall()
        cursor.execute(_INDEXES, [_TABLE])
        # Of a divided table it is said that its own index is not those of its partitions.
        indexes = [text.replace(" ON ONLY ", " ON ", 1) for (text,) in cursor.fetchall()]
        report("Copying the enrollments")
        moved = _move(cursor, partitions)
        report("Making the keys and indexes again")
        key = f"id, {KEY}" if partitions else "id"
        cursor.execute(f"ALTER TABLE {_TABLE} ADD PRIMARY KEY ({key})")
        for name, definition in constraints:
            cursor.execute(f'ALTER TABLE {_TABLE} ADD CONSTRAINT "{name}" {definition}')
        for definition in indexes:
            cursor.execute(definition)
        if not partitions:
            _let_history_refer()
        report("Counting how they are distributed")
        cursor.execute(f"ANALYZE {_TABLE}")
    return moved


def _move(cursor: Any, partitions: int) -> int:
    """Puts a new table with all rows, divided or not, in the place of the table; how many."""
    cursor.execute("SELECT pg_get_serial_sequence(%s, 'id')", [_TABLE])
    cursor.execute(f"SELECT last_value, is_called FROM {cursor.fetchone()[0]}")  # noqa: S608  # PostgreSQL's name
    numbers = cursor.fetchone()
    # What is unique in a divided table contains what it is divided by: the key alone is not, and
    # history can't refer to it. See the decision record.
    for table, name in _references(cursor):
        cursor.execute(f'ALTER TABLE {table} DROP CONSTRAINT "{name}"')
    cursor.execute(f"ALTER TABLE {_TABLE} RENAME TO {_FORMER}")
    cursor.execute(
        f"CREATE TABLE {_TABLE} (LIKE {_FORMER} INCLUDING DEFAULTS INCLUDING CONSTRAINTS"
        " INCLUDING STORAGE)" + (f" PARTITION BY HASH ({KEY})" if partitions else "")
    )
    cursor.execute(f"ALTER TABLE {_TABLE} ALTER COLUMN id DROP DEFAULT")
    for number in range(partitions):
        cursor.execute(
            f"CREATE TABLE {_TABLE}_{partitions}_{number} PARTITION OF {_TABLE}"
            f" FOR VALUES WITH (MODULUS {partitions}, REMAINDER {number})"
        )
    cursor.execute(f"INSERT INTO {_TABLE} SELECT * FROM {_FORMER}")  # noqa: S608  # names of ours
    moved: int = cursor.rowcount
    before, after = (_count(cursor, table) for table in (_FORMER, _TABLE))
    if not before == after == moved:
        raise RuntimeError(f"{before} enrollments became {after}; nothing was changed")
    cursor.execute(f"DROP TABLE {_FORMER}")
    _go_on_counting(cursor, numbers, divided=bool(partitions))
    return moved


def _count(cursor: Any, table: str) -> int:
    cursor.execute(f"SELECT count(*) FROM {table}")  # noqa: S608  # names of ours
    count: int = cursor.fetchone()[0]
    return count


def _go_on_counting(cursor: Any, numbers: tuple[int, bool], *, divided: bool) -> None:
    """New keys follow those there are. Before PostgreSQL 17 the keys of a divided table can't be
    made by the column itself, only by a sequence that belongs to it."""
    if divided:
        cursor.execute(f"CREATE SEQUENCE {_SEQUENCE} OWNED BY {_TABLE}.id")
        by_number = f"SET DEFAULT nextval('{_SEQUENCE}'::regclass)"
    else:
        by_number = f"ADD GENERATED BY DEFAULT AS IDENTITY (SEQUENCE NAME {_SEQUENCE})"
    cursor.execute(f"ALTER TABLE {_TABLE} ALTER COLUMN id {by_number}")
    cursor.execute("SELECT setval(%s, %s, %s)", [_SEQUENCE, *numbers])


def _let_history_refer() -> None:
    """The foreign key of the history, as the migrations make it."""
    field = PromotionPartyUsageHistory._meta.get_field("usage")
    editor: Any = connection.schema_editor()
    editor.execute(
        editor._create_fk_sql(PromotionPartyUsageHistory, field, "_fk_%(to_table)s_%(to_column)s")
    )


def _references(cursor: Any) -> Sequence[tuple[str, str]]:
    """The tables and foreign keys that refer to enrollments."""
    cursor.execute(_REFERENCES, [_TABLE])
    found: list[tuple[str, str]] = cursor.fetchall()
    return found


def _require_possible(partitions: int) -> None:
    if connection.vendor != "postgresql":
        raise refuse(
            "invalid_value",
            "Only PostgreSQL divides tables. This is SQLite; set DATABASE_URL to a PostgreSQL.",
        )
    if partitions != 0 and not 2 <= partitions <= MOST_PARTITIONS:
        detail = f"Choose 2 to {MOST_PARTITIONS} partitions, or 0 for one table."
        raise refuse("invalid_value", detail)


def _require_other_number(cursor: Any, partitions: int) -> None:
    cursor.execute("SELECT count(*) FROM pg_inherits WHERE inhparent = %s::regclass", [_TABLE])
    [divided] = cursor.fetchone()
    if divided == partitions:
        now = f"in {divided} partitions" if divided else "in one table"
        raise refuse("invalid_value", f"The enrollments are {now} already.")


def _require_known(cursor: Any) -> None:
    """Refuses what a divided table can't have, and what this would lose."""
    cursor.execute(_UNIQUE_WITHOUT_KEY, [_TABLE, KEY])
    if rows := cursor.fetchall():
        names = ", ".join(name for (name,) in rows)
        raise refuse("invalid_value", f"Unique keys have to contain {KEY}; these don't: {names}.")
    others = [f"{table} ({name})" for table, name in _references(cursor) if table != _HISTORY]
    if others:
        raise refuse("invalid_value", f"These refer to enrollments by key: {', '.join(others)}.")
    cursor.execute(
        "SELECT tgname FROM pg_trigger WHERE tgrelid = %s::regclass AND NOT tgisinternal", [_TABLE]
    )
    if rows := cursor.fetchall():
        names = ", ".join(name for (name,) in rows)
        raise refuse("invalid_value", f"The table has triggers that would be lost: {names}.")
    cursor.execute("SELECT relacl IS NOT NULL FROM pg_class WHERE oid = %s::regclass", [_TABLE])
    if cursor.fetchone()[0]:
        detail = "Privileges on the table were granted, and would be lost. Revoke them, and grant "
        raise refuse("invalid_value", detail + "them again afterwards.")
