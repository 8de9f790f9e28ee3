"""Customers, promotions, offers and enrollments in any number, made inside PostgreSQL.

Everything is decided by the row's number, so that the same size gives the same data; there is no
chance in it. Rows are written without checks and triggers (the connection's user is a superuser)
and without the indexes that are made again afterwards, and are exactly what the services write:
constraints are checked once the indexes are back, and what references what is known from the
numbers. Needs Django to be set up. For PostgreSQL only.
"""

from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager

import psycopg
from django.db import models
from django.utils import timezone
from psycopg import sql

from enrollments.models import (
    Account,
    Contact,
    Offer,
    PromotionPartyUsage,
    PromotionPartyUsageHistory,
)
from promotions.models import Coupon, Promotion, PromotionShare, User
from tests.benchmarks.rows import CREATION, ENROLLMENT, insert
from tests.benchmarks.sizes import Dataset, Size
from tests.benchmarks.words import FIRST_NAMES, LAST_NAMES, Name

_MANY = 300_000
"""From so many rows on it is quicker to make the indexes afterwards."""
_STRIDE = 1_000_003
"""A prime: steps of it visit every customer once, in no order."""


__all__ = ["Dataset", "Size", "load", "replace_enrollments"]


def load(connection: psycopg.Connection, size: Size) -> Dataset:
    """Fills the tables, which are empty but for what migrations put there, and analyses them.

    The connection is one on which each statement is a transaction.
    """
    with _without_checks(connection):
        _load_customers(connection, size.contacts)
        _load_promotions(connection, size)
        _load_coupons(connection, size)
        _load_enrollments(connection, size)
    contacts, promotions = size.contacts, size.promotions
    return Dataset(
        contacts=range(1, contacts + 1),
        promotions=range(1, promotions + 1),
        open_promotions=range(promotions + 1, promotions + size.open_promotions + 1),
        offers=range(1, size.open_promotions + 1),
        enrollments=size.enrollments,
    )


def replace_enrollments(connection: psycopg.Connection, size: Size) -> None:
    """Empties the tables of enrollments and fills them anew, beside customers and promotions of
    which there are at least so many as ``size`` says."""
    connection.execute(
        f"TRUNCATE {PromotionPartyUsage._meta.db_table},"
        f" {PromotionPartyUsageHistory._meta.db_table} RESTART IDENTITY CASCADE"
    )
    with _without_checks(connection):
        _load_enrollments(connection, size)


@contextmanager
def _without_checks(connection: psycopg.Connection) -> Iterator[None]:
    """Rows are taken as they are, and once they are there, keys go on after theirs."""
    connection.execute("SET session_replication_role = replica")
    connection.execute("SET maintenance_work_mem = '512MB'")
    yield
    connection.execute("RESET session_replication_role")
    for model in (Account, Contact, Promotion, PromotionShare, Offer, Coupon, PromotionPartyUsage,
                  PromotionPartyUsageHistory):  # fmt: skip
        table = model._meta.db_table
        connection.execute(
            f"SELECT setval(pg_get_serial_sequence('{table}', 'id'),"
            f" (SELECT coalesce(max(id), 0) + 1 FROM {table}), false)"
        )
    connection.execute("VACUUM (ANALYZE)")
    connection.execute("CHECKPOINT")


def _moment(count: int) -> str:
    """When row ``n`` of ``count`` was made: within twenty months, the last one two days ago."""
    return f"now() - interval '2 days' - interval '600 days' * (1 - n::float8 / {count})"


def _made() -> dict[str, str]:
    """The columns of every record, but for its moments."""
    person = str(User.objects.get(username="system").pk)
    return {
        "created_by_id": person,
        "last_modified_by_id": person,
        "is_deleted": "false",
        "version": "1",
    }


def _load_customers(connection: psycopg.Connection, contacts: int) -> None:
    """Contacts, every fifth of them in an account with three others."""
    made = _made()
    accounts = max(contacts // 20, 1)
    created = _moment(accounts)
    values = {
        "id": "n",
        "name": "'Company ' || n",
        "name_key": "'company ' || n",
        "name_words": "' company ' || n",
        "external_id": "'A-' || n",
        "created_date": created,
        "last_modified_date": created,
        **made,
    }
    connection.execute(insert(Account, values, f"FROM generate_series(1, {accounts}) n"))
    created = _moment(contacts)
    values = {
        "id": "n",
        "account_id": f"CASE WHEN n % 5 = 0 THEN 1 + n % {accounts} END",
        "first_name": "firsts.texts[f]",
        "first_name_key": "firsts.keys[f]",
        "last_name": "lasts.texts[l]",
        "last_name_key": "lasts.keys[l]",
        "first_name_words": "' ' || lower(firsts.plain[f])",
        "last_name_words": "' ' || lower(lasts.plain[l])",
        "email": "firsts.plain[f] || '.' || lasts.plain[l] || n || '@example.com'",
        "email_key": "lower(firsts.plain[f] || '.' || lasts.plain[l] || n || '@example.com')",
        "phone": "'+49 30 ' || 1000000 + n",
        "external_id": "'C-' || n",
        "created_date": created,
        "last_modified_date": created,
        **made,
    }
    source = f"""
    FROM generate_series(1, {contacts}) n
    CROSS JOIN ({_words(FIRST_NAMES)}) firsts
    CROSS JOIN ({_words(LAST_NAMES)}) lasts
    CROSS JOIN LATERAL (SELECT 1 + n % {len(FIRST_NAMES)} AS f,
                               1 + n / {len(FIRST_NAMES)} % {len(LAST_NAMES)} AS l) chosen
    """
    with _later_indexes(connection, Contact, contacts):
        connection.execute(insert(Contact, values, source))


def _words(names: Sequence[Name]) -> str:
    """A query for one row with the parts of all ``names``."""
    texts, keys, plain = (
        sql.Literal([getattr(name, part) for name in names]).as_string(None)
        for part in ("text", "key", "ascii")
    )
    return f"SELECT {texts}::text[] AS texts, {keys}::text[] AS keys, {plain}::text[] AS plain"


def _load_promotions(connection: psycopg.Connection, size: Size) -> None:
    """Promotions, all open to enrollment and with every date that the rules ask about; an offer for
    each of those without enrollments."""
    made = _made()
    count = size.promotions + size.open_promotions
    created = _moment(count)
    times = {"created_date": created, "last_modified_date": created}
    now = timezone.now()
    values = {
        "id": "n",
        "name": "'Promotion ' || n",
        "name_key": "'promotion ' || n",
        "promotion_code": "'PROMO' || n",
        "promotion_code_key": "'promo' || n",
        "is_active": "true",
        "is_enrollment_required": "true",
        "start_date_time": "now() - interval '700 days'",
        "end_date_time": f"'{now.year + 2}-12-31 23:00Z'::timestamptz",
        "enrollment_start_date": "current_date - 700",
        "enrollment_end_date": f"'{now.year + 2}-12-31'::date",
        "owner_user_id": made["created_by_id"],
        **times,
        **made,
    }
    connection.execute(insert(Promotion, values, f"FROM generate_series(1, {count}) n"))
    values = {
        "promotion_id": "n",
        "user_id": made["created_by_id"],
        "access_level": "'All'",
        "row_cause": "'Owner'",
        "last_modified_by_id": made["created_by_id"],
        "last_modified_date": created,
    }
    connection.execute(insert(PromotionShare, values, f"FROM generate_series(1, {count}) n"))
    values = {
        "id": "n",
        "code": "'OFFER' || n",
        "code_key": "'offer' || n",
        "name": "'Offer ' || n",
        "name_key": "'offer ' || n",
        "promotion_id": f"{size.promotions} + n",
        "is_active": "true",
        **times,
        **made,
    }
    connection.execute(insert(Offer, values, f"FROM generate_series(1, {size.open_promotions}) n"))


def _load_coupons(connection: psycopg.Connection, size: Size) -> None:
    """Coupons that anybody may use."""
    if not size.coupons:
        return
    created = _moment(size.coupons)
    code = "upper(substr(md5(n::text), 1, 12)) || n"
    others = min(100, size.promotions - 1)
    made = _made()
    values = {
        **made,
        "id": "n",
        "owner_user_id": made["created_by_id"],
        "promotion_id": f"CASE WHEN n % 2 = 0 THEN 1 ELSE 2 + n / 2 % {others} END",
        "coupon_code": code,
        "coupon_code_key": f"lower({code})",
        "status": "'Active'",
        "created_date": created,
        "last_modified_date": created,
    }
    with _later_indexes(connection, Coupon, size.coupons):
        source = f"FROM generate_series(1, {size.coupons}) n"
        connection.execute(insert(Coupon, values, source))


def _load_enrollments(connection: psycopg.Connection, size: Size) -> None:
    """Enrollments with their history: some withdrawn, some with an end of their own.

    The customers come round after round, in each round every one of them at most once, and each
    round has promotions of its own: so nobody is in a promotion twice.
    """
    if not size.enrollments:
        return
    made = _made()
    rounds = -(-size.enrollments // size.contacts)
    if rounds > size.promotions:
        raise ValueError(f"{size.enrollments} enrollments need {rounds} promotions at least.")
    created = _moment(size.enrollments)
    withdrawn = "n % 33 = 0"
    values = {
        **ENROLLMENT,
        **made,
        "id": "n",
        "promotion_id": _promotion_of(size, rounds),
        "contact_id": f"1 + n * {_STRIDE}::bigint % {size.contacts}",
        "is_party_enrolled": f"NOT ({withdrawn})",
        "enrollment_effective_date_time": created,
        "enrollment_expiration_date_time": (
            f"CASE WHEN n % 10 = 1 THEN {created} + interval '1 year' END"
        ),
        "withdrawn_date": f"CASE WHEN {withdrawn} THEN {created} + interval '1 day' END",
        "withdrawn_by_id": f"CASE WHEN {withdrawn} THEN {made['created_by_id']} END",
        "withdrawal_reason": f"CASE WHEN {withdrawn} THEN 'Customer asked to leave.' END",
        "version": f"CASE WHEN {withdrawn} THEN 2 ELSE 1 END",
        "created_date": created,
        "last_modified_date": (
            f"{created} + CASE WHEN {withdrawn} THEN interval '1 day' ELSE interval '0' END"
        ),
    }
    source = f"FROM generate_series(1, {size.enrollments}) n"
    history = {
        **CREATION,
        "usage_id": "n",
        "request_id": "md5(n::text)",
        "created_by_id": made["created_by_id"],
        "created_date": created,
    }
    change = history | {
        "field": "'IsPartyEnrolled'",
        "old_value": "'true'",
        "new_value": "'false'",
        "reason": "'Customer asked to leave.'",
        "created_date": f"{created} + interval '1 day'",
    }
    with ExitStack() as stack:
        for model in (PromotionPartyUsage, PromotionPartyUsageHistory):
            stack.enter_context(_later_indexes(connection, model, size.enrollments))
        connection.execute(insert(PromotionPartyUsage, values, source))
        connection.execute(insert(PromotionPartyUsageHistory, history, source))
        connection.execute(
            insert(PromotionPartyUsageHistory, change, f"{source} WHERE {withdrawn}")
        )


def _promotion_of(size: Size, rounds: int) -> str:
    """The promotion of enrollment ``n``: of those that its round has, the earlier ones more often,
    so that some promotions are large and most are small."""
    number = f"((n - 1) / {size.contacts})"
    chance = "((hashint8(n) & 1048575) / 1048576.0)"
    first, others, promotions = 0, rounds, size.promotions
    if size.everybody_in_first:
        first, others, promotions = 1, max(rounds - 1, 1), size.promotions - 1
    width = max(promotions // others, 1)
    spread = (
        f"1 + {first} + {number} - {first}"
        f" + {others} * floor({width} * {chance} * {chance})::bigint"
    )
    return f"CASE WHEN {number} < {first} THEN 1 ELSE {spread} END"


@contextmanager
def _later_indexes(
    connection: psycopg.Connection, model: type[models.Model], rows: int
) -> Iterator[None]:
    """Takes away the indexes of a table that is about to get very many rows, but for its primary
    key, and makes them again afterwards."""
    if rows < _MANY:
        yield
        return
    table = model._meta.db_table
    unique = connection.execute(
        "SELECT conname, pg_get_constraintdef(oid) FROM pg_constraint"
        " WHERE conrelid = %s::regclass AND contype = 'u'",
        [table],
    ).fetchall()
    plain = connection.execute(
        "SELECT indexrelid::regclass::text, pg_get_indexdef(indexrelid) FROM pg_index"
        " WHERE indrelid = %s::regclass AND NOT EXISTS"
        " (SELECT FROM pg_constraint WHERE conindid = indexrelid)",
        [table],
    ).fetchall()
    for name, _ in unique:
        connection.execute(f"ALTER TABLE {table} DROP CONSTRAINT {name}")
    for name, _ in plain:
        connection.execute(f"DROP INDEX {name}")
    yield
    for name, definition in unique:
        connection.execute(f"ALTER TABLE {table} ADD CONSTRAINT {name} {definition}")
    for _, definition in plain:
        connection.execute(definition)
