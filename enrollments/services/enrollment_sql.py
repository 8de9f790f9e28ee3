"""The SQL of enrolling: one statement reads what a request names, one writes what was decided.

Both take their rows as JSON, so that a statement is the same text for one customer or thousands,
and is prepared once. The parts of the reading are named after the rule that they serve; only those
that a request needs are in it. PostgreSQL and SQLite run the same parts; where PostgreSQL holds
locks, SQLite has but one writer. On PostgreSQL all writing is one statement, on SQLite several.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import cache
from typing import Any, Final

import orjson
from django.db import connection, models

from enrollments.deciding import Pair
from enrollments.facts import ContactFacts, CustomerFacts, Facts, Named, OfferFacts, PromotionFacts
from enrollments.models import Offer, PromotionPartyUsage
from enrollments.rules import ContactMatches
from enrollments.services.history import Changed, field_label
from enrollments.wire import Item
from promotions.actors import Actor
from promotions.folding import fold
from promotions.models import Promotion, Record, RecordQuerySet
from promotions.permissions import condition
from promotions.request_ids import current_request_id
from promotions.services.history import CREATED
from promotions.services.transactions import LostRace

Row = dict[str, Any]


# --- What both databases say in their own way -----------------------------------------------------


def _is_postgresql() -> bool:
    return connection.vendor == "postgresql"


def _rows(postgresql: bool, **columns: str) -> str:
    """A query of the rows of a JSON parameter, a list of objects with these ``columns``."""
    if postgresql:
        typed = ", ".join(f"{name} {kind}" for name, kind in columns.items())
        return f"SELECT * FROM json_to_recordset(CAST(%s AS json)) AS r ({typed})"
    taken = ", ".join(f"json_extract(value, '$.{name}') AS {name}" for name in columns)
    return f"SELECT {taken} FROM json_each(%s)"


def _dump(rows: Sequence[Row]) -> str:
    return orjson.dumps(rows).decode()


def _stored(moment: datetime | None) -> object:
    """A moment as it stands in a row's JSON: SQLite keeps texts, in Django's own form."""
    if moment is None or _is_postgresql():
        return moment
    return connection.ops.adapt_datetimefield_value(moment)


def _moment(text: str | None) -> datetime | None:
    if text is None:
        return None
    moment = datetime.fromisoformat(text)
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _day(text: str | None) -> date | None:
    return None if text is None else date.fromisoformat(text)


# --- Reading: everything that the items name, and the records that exist --------------------------


@dataclass(frozen=True, slots=True)
class _Shape:
    """What kinds of things a request names; there is one statement for each shape."""

    postgresql: bool
    by: tuple[str, ...]
    """What customers are named by; the keys of ``_REACHED_BY``."""
    offers: bool
    seen_promotions: str
    """A query of the promotions that the caller may see; empty where it may see all."""
    seen_offers: str


# Rule 1: a contact is reached by the most telling identifier given, each through its index, and all
# that are given must hold. Who is named by the account alone is no contact.
_REACHED_BY: Final = {
    "contact": ("w.contact IS NOT NULL", "c.id = w.contact"),
    "external_id": (
        "w.contact IS NULL AND w.external_id IS NOT NULL",
        "c.external_id = w.external_id",
    ),
    "email": (
        "w.contact IS NULL AND w.external_id IS NULL AND w.email IS NOT NULL",
        "c.email_key = w.email",
    ),
    "last_name": (
        "w.contact IS NULL AND w.external_id IS NULL AND w.email IS NULL"
        " AND w.last_name IS NOT NULL",
        "c.last_name_key = w.last_name",
    ),
    "account": ("NOT w.is_person", "false"),
}
_MATCHES: Final = """
SELECT w.n, w.promotion, w.account, w.is_person, c.id, c.account_id, c.last_name, c.email
  FROM wanted w LEFT JOIN enrollments_contact c
    ON {reached} AND NOT c.is_deleted
   AND (w.external_id IS NULL OR c.external_id = w.external_id)
   AND (w.email IS NULL OR c.email_key = w.email)
   AND (w.last_name IS NULL OR c.last_name_key = w.last_name)
 WHERE {named}"""

# Rules 2 and 3: how many match, and how many of them within the account that is named; the one
# meant, where it is one.
_CUSTOMERS: Final = """
SELECT n, promotion, account, is_person, COUNT(id) AS total,
       COUNT(CASE WHEN account_id = account THEN 1 END) AS within,
       MIN(CASE WHEN account IS NULL OR account_id = account THEN id END) AS contact,
       MIN(CASE WHEN account IS NULL OR account_id = account THEN last_name END) AS last_name,
       MIN(CASE WHEN account IS NULL OR account_id = account THEN email END) AS email
  FROM matches GROUP BY n, promotion, account, is_person"""

# Rule 4, to begin with: what exists, is not deleted, and is seen by the caller.
_FOUND: Final = """
SELECT w.n, p.id, {columns}
  FROM {wanted} w JOIN {table} p
    ON p.id = COALESCE(w.id, (SELECT o.id FROM {table} o
                               WHERE o.{code_key} = w.code AND NOT o.is_deleted))
 WHERE NOT p.is_deleted AND (w.code IS NULL OR p.{code_key} = w.code) {seen}"""

_PROMOTION_COLUMNS: Final = (
    "id, name, promotion_code, is_active, start_date_time, end_date_time, is_enrollment_required,"
    " enrollment_start_date, enrollment_end_date, maximum_enrollment_count,"
    " is_place_freed_on_withdrawal"
)

# The limit: who enrolls in a limited promotion holds it until the end of the transaction, one after
# the other, and finds it, and the count of its places, as they are when its turn has come.
_HELD: Final = """
SELECT {columns} FROM promotions_promotion
 WHERE id IN (SELECT id FROM found WHERE is_limited) AND NOT is_deleted ORDER BY id {lock}"""
_PLACES: Final = """
SELECT promotion_id, taken FROM enrollments_enrollmentplaces
 WHERE promotion_id IN (SELECT id FROM held) {lock}"""
_PROMOTIONS: Final = """
SELECT f.n, {columns}, CAST(NULL AS integer) AS taken
  FROM found f JOIN promotions_promotion p ON p.id = f.id WHERE NOT f.is_limited
 UNION ALL
SELECT f.n, {columns}, places.taken
  FROM found f JOIN held p ON p.id = f.id LEFT JOIN places ON places.promotion_id = p.id
 WHERE f.is_limited"""

# Rules 8 and 9: the record that the party has in the promotion.
_EXISTING: Final = """
CASE WHEN c.is_person
     THEN (SELECT {array}({columns}) FROM enrollments_promotionpartyusage u
            WHERE u.promotion_id = p.id AND u.contact_id = c.contact)
     ELSE (SELECT {array}({columns}) FROM enrollments_promotionpartyusage u
            WHERE u.promotion_id = p.id AND u.account_id = c.account AND u.contact_id IS NULL)
END"""

_READ_USAGE: Final = tuple(
    field
    for field in PromotionPartyUsage._meta.concrete_fields
    if field.name not in ("points_credited", "additional_attribute_info")
)
"""The columns of a record that exists, in the model's order; the others are of no concern here."""
_USAGE_NAMES: Final = [field.attname for field in _READ_USAGE]
_USAGE_MOMENTS: Final = [
    n for n, field in enumerate(_READ_USAGE) if isinstance(field, models.DateTimeField)
]
_USAGE_FLAGS: Final = [
    n for n, field in enumerate(_READ_USAGE) if isinstance(field, models.BooleanField)
]


@cache
def _reading(shape: _Shape) -> str:
    on_postgresql = shape.postgresql
    array, list_of, lock = (
        ("json_build_array", "json_agg", "FOR NO KEY UPDATE")
        if on_postgresql
        else ("json_array", "json_group_array", "")
    )
    kept = "AS MATERIALIZED" if on_postgresql else "AS"

    def named(columns: str) -> str:
        return ", ".join(f"p.{column.strip()}" for column in columns.split(","))

    matches = "\nUNION ALL".join(
        _MATCHES.format(named=by, reached=reached)
        for by, reached in (_REACHED_BY[kind] for kind in shape.by)
    )
    wanted = _rows(
        on_postgresql, n="integer", account="bigint", contact="bigint", external_id="text",
        email="text", last_name="text", is_person="boolean", promotion="integer",
    )  # fmt: skip
    by_id_or_code = _rows(on_postgresql, n="integer", id="bigint", code="text")
    parts = {
        "wanted": wanted,
        "wanted_promotions": by_id_or_code,
        "found": _FOUND.format(
            columns="p.maximum_enrollment_count IS NOT NULL AS is_limited",
            wanted="wanted_promotions", table="promotions_promotion",
            code_key="promotion_code_key",
            seen=f"AND p.id IN ({shape.seen_promotions})" if shape.seen_promotions else "",
        ),
        "held": _HELD.format(columns=_PROMOTION_COLUMNS, lock=lock),
        "places": _PLACES.format(lock=lock),
        "promotions": _PROMOTIONS.format(columns=named(_PROMOTION_COLUMNS)),
        "matches": matches,
        "customers": _CUSTOMERS,
    }  # fmt: skip
    offers = "NULL"
    if shape.offers:
        parts["wanted_offers"] = by_id_or_code
        parts["offers"] = _FOUND.format(
            columns="p.code, p.promotion_id, p.is_active",
            wanted="wanted_offers", table="enrollments_offer", code_key="code_key",
            seen=f"AND p.id IN ({shape.seen_offers})" if shape.seen_offers else "",
        )  # fmt: skip
        columns = named("n, id, code, promotion_id, is_active")
        offers = f"(SELECT {list_of}({array}({columns})) FROM offers p)"
    existing = _EXISTING.format(
        array=array, columns=", ".join(f"u.{field.column}" for field in _READ_USAGE)
    )
    customers = f"""(SELECT {list_of}({array}(c.n, a.id, c.total, c.within, c.contact,
                     c.last_name, c.email, {existing}))
        FROM customers c LEFT JOIN promotions p ON p.n = c.promotion
        LEFT JOIN enrollments_account a ON a.id = c.account AND NOT a.is_deleted)"""
    promotions = f"""(SELECT {list_of}({array}({named("n, " + _PROMOTION_COLUMNS + ", taken")}))
        FROM promotions p)"""
    beginning = ",\n".join(f"{name} {kept} ({query})" for name, query in parts.items())
    answers = (f"CAST({answer} AS text)" for answer in (promotions, offers, customers))
    return f"WITH {beginning}\nSELECT {', '.join(answers)}"


def read_facts(items: Sequence[Item], by: Actor) -> Facts:
    """What the database says of everything that ``items`` name: one statement, however many.

    Deleted records don't exist here, nor does what ``by`` may not see. Who names a limited
    promotion holds it, and the count of its places, until the transaction ends; records of
    customers are not held, so what is then written says which version it is about.
    """
    promotions: dict[Named, int] = {}
    offers: dict[Named, int] = {}
    kinds: set[str] = set()
    wanted = [
        _wanted(
            n, item, kinds,
            promotions.setdefault((item.promotion_id, item.promotion_code), len(promotions)),
        )
        for n, item in enumerate(items)
    ]  # fmt: skip
    for item in items:
        if item.names_offer:
            offers.setdefault((item.offer_id, item.offer_code), len(offers))
    seen_promotions, promotion_params = _seen(Promotion, by)
    seen_offers, offer_params = _seen(Offer, by)
    shape = _Shape(
        postgresql=_is_postgresql(),
        by=tuple(kind for kind in _REACHED_BY if kind in kinds),
        offers=bool(offers),
        seen_promotions=seen_promotions,
        seen_offers=seen_offers,
    )
    params: list[Any] = [_dump(wanted), _dump(_named(promotions)), *promotion_params]
    if offers:
        params += [_dump(_named(offers)), *offer_params]
    with connection.cursor() as cursor:
        cursor.execute(_reading(shape), params)
        found_promotions, found_offers, customers = (
            orjson.loads(text) if text else [] for text in cursor.fetchone()
        )
    return Facts(
        customers=_customers(items, customers),
        promotions=_by_name(promotions, {row[0]: _promotion(row) for row in found_promotions}),
        offers=_by_name(
            offers,
            {n: OfferFacts(key, code, p, bool(on)) for n, key, code, p, on in found_offers},
        ),
    )


def _wanted(n: int, item: Item, kinds: set[str], promotion: int) -> Row:
    """What an item says of its customer, and which of the promotions it names."""
    if item.contact_id is not None:
        kinds.add("contact")
    elif item.contact_external_id is not None:
        kinds.add("external_id")
    elif item.email is not None:
        kinds.add("email")
    else:
        kinds.add("account" if item.last_name is None else "last_name")
    return {
        "n": n,
        "account": item.account_id,
        "contact": item.contact_id,
        "external_id": item.contact_external_id,
        "email": None if item.email is None else fold(item.email),
        "last_name": None if item.last_name is None else fold(item.last_name),
        "is_person": item.names_contact,
        "promotion": promotion,
    }


def _named(names: Mapping[Named, int]) -> list[Row]:
    return [
        {"n": n, "id": key, "code": None if code is None else fold(code)}
        for (key, code), n in names.items()
    ]


def _by_name(names: Mapping[Named, int], found: Mapping[int, Any]) -> dict[Named, Any]:
    return {name: found[n] for name, n in names.items() if n in found}


def _seen(model: type[Record], by: Actor) -> tuple[str, Sequence[Any]]:
    """A query of the records that ``by`` may see, where that is not all of them."""
    allowed = condition(model, by)
    if not allowed:
        return "", ()
    records: RecordQuerySet[Record] = RecordQuerySet(model)
    return records.filter(allowed).values("pk").query.sql_with_params()


def _promotion(row: list[Any]) -> PromotionFacts:
    _, key, name, code, active, start, end, required, opens, closes, maximum, freed, taken = row
    return PromotionFacts(
        key=key,
        name=name,
        code=code,
        is_active=bool(active),
        is_deleted=False,
        start_date_time=_moment(start),
        end_date_time=_moment(end),
        is_enrollment_required=bool(required),
        enrollment_start_date=_day(opens),
        enrollment_end_date=_day(closes),
        maximum_enrollment_count=maximum,
        is_place_freed_on_withdrawal=bool(freed),
        taken=taken,
    )


_NONE: Final = ContactMatches(0, 0)
_ONE: Final = ContactMatches(1, 0)


def _customers(items: Sequence[Item], rows: Iterable[list[Any]]) -> list[CustomerFacts]:
    facts: list[Any] = [None] * len(items)
    for n, account, total, within, contact, last_name, email, existing in rows:
        matches = _ONE if total == 1 and not within else ContactMatches(total, within)
        is_one = (within if items[n].account_id is not None else total) == 1
        facts[n] = CustomerFacts(
            account is not None,
            matches if total else _NONE,
            ContactFacts(contact, last_name, email) if is_one else None,
            None if existing is None else _usage(existing),
        )
    return facts


def _usage(values: list[Any]) -> PromotionPartyUsage:
    for n in _USAGE_MOMENTS:
        values[n] = _moment(values[n])
    for n in _USAGE_FLAGS:
        values[n] = bool(values[n])
    return PromotionPartyUsage.from_db(connection.alias, _USAGE_NAMES, values)


# --- Writing: new records, records enrolled again, their history, the places taken ----------------


@dataclass(frozen=True, slots=True)
class NewUsage:
    """A record to be made."""

    promotion: PromotionFacts
    account_id: int | None
    contact_id: int | None
    offer_id: int | None
    effective: datetime
    expiration: datetime | None


@dataclass(frozen=True, slots=True)
class Writing:
    """All that a request writes."""

    new: Sequence[NewUsage]
    again: Sequence[Changed]
    """Records that exist, as they are to be: their fields set, their version counted up."""
    places: Mapping[int, int]
    """How many places are taken, by promotion."""


_USAGE: Final = "enrollments_promotionpartyusage"
_HISTORY: Final = "enrollments_promotionpartyusagehistory"

# Who enrolls without a limit holds the promotion's key: whoever sets a limit waits for that, and a
# limit that was set meanwhile is seen here; the item is then not made, and is decided again.
_OPEN: Final = """
SELECT p.id, p.maximum_enrollment_count IS NOT NULL AS is_limited FROM promotions_promotion p
 WHERE p.id IN (SELECT promotion FROM new) FOR KEY SHARE OF p"""

# Rule 8: the constraint decides races. In the order of the key, so that requests that overlap wait
# for each other one way.
_MADE: Final = f"""
INSERT INTO {_USAGE} (
       promotion_id, type, account_id, contact_id, enrollment_offer_id, is_party_enrolled,
       enrollment_effective_date_time, enrollment_expiration_date_time,
       usage_count, order_count, issued_voucher_count, points_credited,
       created_by_id, created_date, last_modified_by_id, last_modified_date, is_deleted, version)
SELECT n.promotion, CASE WHEN n.contact IS NULL THEN 'Account' ELSE 'Contact' END,
       n.account, n.contact, n.offer, true, n.effective, n.expiration,
       0, 0, 0, 0, act.person, act.moment, act.person, act.moment, false, 1
  FROM {{new}} CROSS JOIN {{act}} WHERE true
 ORDER BY n.promotion, n.contact, n.account
    ON CONFLICT DO NOTHING
RETURNING id, promotion_id, contact_id, account_id"""

_TOLD: Final = f"""
INSERT INTO {_HISTORY}
       (usage_id, field, reason, source, request_id, created_by_id, created_date)
SELECT made.id, '{CREATED}', act.reason, act.source, act.request, act.person, act.moment
  FROM {{made}} CROSS JOIN {{act}}"""

# Rule 9: the same record, if it is still as it was read.
_LOCKED: Final = f"""
SELECT u.id FROM {_USAGE} u JOIN again ON again.id = u.id AND again.version = u.version + 1
 ORDER BY u.id FOR NO KEY UPDATE OF u"""
_RENEWED: Final = f"""
UPDATE {_USAGE} AS u
   SET account_id = again.account, enrollment_offer_id = again.offer, is_party_enrolled = true,
       enrollment_effective_date_time = again.effective,
       enrollment_expiration_date_time = again.expiration,
       withdrawn_date = NULL, withdrawn_by_id = NULL, withdrawal_reason = NULL,
       last_modified_by_id = act.person, last_modified_date = again.moment,
       version = again.version
  FROM {{again}} CROSS JOIN {{act}}
 WHERE u.id = again.id AND again.version = u.version + 1"""
_RETOLD: Final = f"""
INSERT INTO {_HISTORY}
       (usage_id, field, old_value, new_value, reason, source, request_id, created_by_id,
        created_date)
SELECT c.usage, c.field, c.old, c.new, act.reason, act.source, act.request, act.person, c.moment
  FROM {{changes}} CROSS JOIN {{act}}"""

_TAKEN: Final = """
UPDATE enrollments_enrollmentplaces AS p SET taken = p.taken + t.places
  FROM {taken} WHERE p.promotion_id = t.promotion"""

_ACT: Final = {
    "person": "bigint", "moment": "timestamptz", "reason": "text", "source": "text",
    "request": "text",
}  # fmt: skip
_NEW: Final = {
    "promotion": "bigint", "is_limited": "boolean", "account": "bigint", "contact": "bigint",
    "offer": "bigint", "effective": "timestamptz", "expiration": "timestamptz",
}  # fmt: skip
_AGAIN: Final = {
    "id": "bigint", "version": "integer", "account": "bigint", "offer": "bigint",
    "effective": "timestamptz", "expiration": "timestamptz", "moment": "timestamptz",
}  # fmt: skip
_CHANGES: Final = {
    "usage": "bigint", "field": "text", "old": "text", "new": "text", "moment": "timestamptz",
}  # fmt: skip
_PLACES_TAKEN: Final = {"promotion": "bigint", "places": "integer"}


def write(writing: Writing, *, by: Actor, at: datetime, reason: str | None) -> dict[Pair, int]:
    """Writes what was decided, with its history: the primary keys of the new records.

    Raises ``LostRace`` where one of them exists meanwhile, where a record to be enrolled again has
    changed, or where a promotion got or lost its limit: then it has to be decided again.
    """
    act = {
        "person": by.user.pk,
        "moment": _stored(at),
        "reason": reason,
        "source": by.source.value,
        "request": current_request_id(),
    }
    new = [_new_row(one) for one in writing.new]
    again = [_again_row(one) for one in writing.again]
    changes = [row for one in writing.again for row in _change_rows(one)]
    places = [{"promotion": key, "places": count} for key, count in writing.places.items()]
    made, renewed = (_write_at_once if _is_postgresql() else _write_in_turn)(
        act, new, again, changes, places
    )
    if len(made) != len(new) or renewed != len(again):
        raise LostRace("another request has enrolled one of these customers meanwhile")
    return {
        (promotion, contact is not None, contact or account or 0): key
        for key, promotion, contact, account in made
    }


def _new_row(one: NewUsage) -> Row:
    return {
        "promotion": one.promotion.key,
        "is_limited": one.promotion.maximum_enrollment_count is not None,
        "account": one.account_id,
        "contact": one.contact_id,
        "offer": one.offer_id,
        "effective": _stored(one.effective),
        "expiration": _stored(one.expiration),
    }


def _again_row(one: Changed) -> Row:
    usage = one.usage
    return {
        "id": usage.pk,
        "version": usage.version,
        "account": usage.account_id,
        "offer": usage.enrollment_offer_id,
        "effective": _stored(usage.enrollment_effective_date_time),
        "expiration": _stored(usage.enrollment_expiration_date_time),
        "moment": _stored(usage.last_modified_date),
    }


def _change_rows(one: Changed) -> list[Row]:
    return [
        {
            "usage": one.usage.pk,
            "field": field_label(change.field),
            "old": change.old,
            "new": change.new,
            "moment": _stored(one.usage.last_modified_date),
        }
        for change in one.changes
    ]


Made = list[tuple[int, int, int | None, int | None]]


@cache
def _writing(new: bool, again: bool, places: bool) -> str:
    """PostgreSQL's one statement, of those parts that there is something to write for."""
    parts = {"act": _rows(True, **_ACT)}
    made, renewed = "NULL", "0"
    if new:
        joined = "new n JOIN open ON open.id = n.promotion AND open.is_limited = n.is_limited"
        parts |= {
            "new": _rows(True, **_NEW),
            "open": _OPEN,
            "made": _MADE.format(new=joined, act="act"),
            "told": _TOLD.format(made="made", act="act"),
        }
        keys = "json_build_array(id, promotion_id, contact_id, account_id)"
        made = f"(SELECT CAST(json_agg({keys}) AS text) FROM made)"
    if again:
        parts |= {
            "again": _rows(True, **_AGAIN),
            "changes": _rows(True, **_CHANGES),
            "locked": _LOCKED,
            "renewed": _RENEWED.format(again="again JOIN locked USING (id)", act="act")
            + " RETURNING u.id",
            "retold": _RETOLD.format(changes="changes c", act="act"),
        }
        renewed = "(SELECT COUNT(*) FROM renewed)"
    if places:
        parts |= {
            "places": _rows(True, **_PLACES_TAKEN),
            "taken": _TAKEN.format(taken="places t"),
        }
    reads = ("act", "new", "open", "again", "changes", "locked", "places")
    beginning = ",\n".join(
        f"{name} AS {'MATERIALIZED ' if name in reads else ''}({query})"
        for name, query in parts.items()
    )
    return f"WITH {beginning}\nSELECT {made}, {renewed}"


def _write_at_once(
    act: Row, new: list[Row], again: list[Row], changes: list[Row], places: list[Row]
) -> tuple[Made, int]:
    if not (new or again):
        return [], 0
    params = [_dump([act])]
    if new:
        params.append(_dump(new))
    if again:
        params += [_dump(again), _dump(changes)]
    if places:
        params.append(_dump(places))
    with connection.cursor() as cursor:
        cursor.execute(_writing(bool(new), bool(again), bool(places)), params)
        made, renewed = cursor.fetchone()
    return orjson.loads(made) if made else [], renewed


def _write_in_turn(
    act: Row, new: list[Row], again: list[Row], changes: list[Row], places: list[Row]
) -> tuple[Made, int]:
    def rows(name: str, columns: Mapping[str, str]) -> str:
        return f"({_rows(False, **columns)}) AS {name}"

    by = rows("act", _ACT)
    made: Made = []
    renewed = 0
    with connection.cursor() as cursor:
        if new:
            cursor.execute(_MADE.format(new=rows("n", _NEW), act=by), [_dump(new), _dump([act])])
            made = cursor.fetchall()
            ids = [{"id": key} for key, *_ in made]
            cursor.execute(
                _TOLD.format(made=rows("made", {"id": "bigint"}), act=by),
                [_dump(ids), _dump([act])],
            )
        if again:
            cursor.execute(
                _RENEWED.format(again=rows("again", _AGAIN), act=by), [_dump(again), _dump([act])]
            )
            renewed = cursor.rowcount
            cursor.execute(
                _RETOLD.format(changes=rows("c", _CHANGES), act=by), [_dump(changes), _dump([act])]
            )
        if places:
            cursor.execute(_TAKEN.format(taken=rows("t", _PLACES_TAKEN)), [_dump(places)])
    return made, renewed
