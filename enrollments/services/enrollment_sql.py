"""The SQL of enrolling: one statement reads what a request names, one writes what was decided.

Each part is named after the rule that it serves. A statement is put together of those parts that a
request needs, once, and is then the same text for one customer or thousands. Reading and writing:
PostgreSQL and SQLite run the same parts (``loading.py``, ``writing.py``); where PostgreSQL holds
locks, SQLite has but one writer, and where its writing is one statement, SQLite's is one for each
part. At once and staging are PostgreSQL's alone (``at_once.py``, ``job_staging.py``).
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Final

from django.db import connection, models

from enrollments.models import PromotionPartyUsage, PromotionPartyUsageHistory
from enrollments.services.parameter_rows import ParameterRows, single_values
from promotions.services.history import CREATED
from promotions.services.idempotency import claiming

# --- Reading: everything that the items name, and the records that exist --------------------------

WANTED: Final = ParameterRows(
    {
        "n": "integer",
        "is_person": "boolean",
        "about": "integer",
        "account": "bigint",
        "contact": "bigint",
        "external_id": "text",
        "email": "text",
        "last_name": "text",
    }
)
"""Each item: what it says of its customer, and by a number what it is about: which of the
promotions that are named, or which of the different terms."""
_IDENTIFIERS: Final[tuple[str, ...]] = ("contact", "external_id", "email", "last_name")
"""What identifies a contact, the most telling first, as ``loading.reached_by`` asks for them."""
OPTIONAL: Final = ("account", *_IDENTIFIERS)
"""Those columns of ``WANTED`` that are left out where no item says anything there. Which of them
are given, is part of a statement's shape."""


@cache
def wanted(given: tuple[str, ...]) -> ParameterRows:
    """``WANTED``, with those of the optional columns that are ``given``."""
    return ParameterRows(
        {
            name: kind
            for name, kind in WANTED.columns.items()
            if name not in OPTIONAL or name in given
        }
    )


NAMED: Final = ParameterRows({"n": "integer", "id": "bigint", "code": "text"})
"""Each promotion or offer that is named, by id, by code, or by both."""

# Rule 1: a contact is reached by the most telling identifier given, each through its index, and all
# that are given must hold. Who is named by the account alone is no contact.
REACHED_BY: Final = (*_IDENTIFIERS, "account")
_HOLDS: Final = {
    "contact": "c.id = w.contact",
    "external_id": "c.external_id = w.external_id",
    "email": "c.email_key = w.email",
    "last_name": "c.last_name_key = w.last_name",
}
_MATCHES: Final = """
SELECT w.n, w.about, {account}, w.is_person, c.id, c.account_id {names}
  FROM {items} w LEFT JOIN enrollments_contact c ON {hold} AND NOT c.is_deleted
 WHERE {named}"""


def _matches(kind: str, given: tuple[str, ...], **parts: str) -> str:
    """The contacts of the items that are reached by ``kind``."""
    account = "w.account" if "account" in given else "CAST(NULL AS bigint) AS account"
    if kind == "account":
        return _MATCHES.format(account=account, hold="false", named="NOT w.is_person", **parts)
    identifiers = [one for one in _IDENTIFIERS if one in given]
    at = identifiers.index(kind)
    others = (f"(w.{one} IS NULL OR {_HOLDS[one]})" for one in identifiers[at + 1 :])
    named = (*(f"w.{one} IS NULL" for one in identifiers[:at]), f"w.{kind} IS NOT NULL")
    return _MATCHES.format(
        account=account,
        hold=" AND ".join((_HOLDS[kind], *others)),
        named=" AND ".join(named),
        **parts,
    )


# Rules 2 and 3: how many match, and how many of them within the account that is named; the one
# meant, where it is one. An id and an external id belong to one contact at most.
_MEANT: Final = "CASE WHEN account IS NULL OR account_id = account THEN {column} END"
_ONE_EACH: Final = f"""
SELECT n, about, account, is_person,
       CASE WHEN id IS NULL THEN 0 ELSE 1 END AS total,
       CASE WHEN account_id = account THEN 1 ELSE 0 END AS within,
       {_MEANT.format(column="id")} AS contact {{names}}
  FROM ({{matches}}) m"""
_SEVERAL: Final = f"""
SELECT n, about, account, is_person,
       COUNT(id) AS total,
       COUNT(CASE WHEN account_id = account THEN 1 END) AS within,
       MIN({_MEANT.format(column="id")}) AS contact {{names}}
  FROM ({{matches}}) m GROUP BY n, about, account, is_person"""
# What answers tell of a contact, as each of these queries reads it; deciding doesn't need it.
_NAMES_MATCHED: Final = ", c.last_name, c.email"
_NAMES_OF_ONE: Final = ", last_name, email"
_NAMES_OF_SEVERAL: Final = f"""
     , MIN({_MEANT.format(column="last_name")}) AS last_name
     , MIN({_MEANT.format(column="email")}) AS email"""
_HELD_BY_SEVERAL: Final = ("email", "last_name")
_ACCOUNT: Final = (
    "SELECT a.id FROM enrollments_account a WHERE a.id = c.account AND NOT a.is_deleted"
)

# Rule 4, to begin with: what exists, is not deleted, and is seen by the caller. An offer likewise.
_FOUND: Final = """
SELECT w.n, {columns}, p.row_version
  FROM {wanted} w JOIN {one_by_one}
 WHERE NOT p.is_deleted AND (w.code IS NULL OR p.{code_key} = w.code) {seen}"""
_ITS_KEY: Final = """COALESCE(w.id, (SELECT c.id FROM {table} c
                               WHERE c.{code_key} = w.code AND NOT c.is_deleted))"""
# PostgreSQL doesn't know how few are wanted, and would rather read the whole table.
# Which version of a row it is: another transaction changes the one, a further change by the same
# transaction the other.
_VERSION: Final = "({row}.xmin::text || {row}.ctid::text)"
_ONE_BY_ONE: Final = f"""LATERAL (
           SELECT r.*, {_VERSION.format(row="r")} AS row_version
             FROM {{table}} r WHERE r.id = {_ITS_KEY} OFFSET 0) p ON true"""
_JOINED: Final = f"(SELECT *, NULL AS row_version FROM {{table}}) p ON p.id = {_ITS_KEY}"
_PROMOTION: Final = (
    "id", "name", "promotion_code", "is_active", "start_date_time", "end_date_time",
    "is_enrollment_required", "enrollment_start_date", "enrollment_end_date",
    "maximum_enrollment_count", "is_place_freed_on_withdrawal",
)  # fmt: skip
_OFFER: Final = ("id", "code", "promotion_id", "is_active")

# The limit: who enrolls in a limited promotion holds it until the end of the transaction, one after
# the other, and finds it, and the count of its places, as they are when its turn has come.
_HELD: Final = """
SELECT {columns} FROM promotions_promotion p
 WHERE id {among_limited} AND NOT is_deleted ORDER BY id {lock}"""
_LIMITED: Final = "SELECT id FROM found WHERE maximum_enrollment_count IS NOT NULL"
_PLACES: Final = """
SELECT promotion_id, taken FROM enrollments_enrollmentplaces
 WHERE promotion_id {among_held} {lock}"""
_PROMOTIONS: Final = """
SELECT f.*, CAST(NULL AS integer) AS taken FROM found f WHERE f.maximum_enrollment_count IS NULL
 UNION ALL
SELECT f.n, p.*, f.row_version, places.taken
  FROM found f JOIN held p ON p.id = f.id LEFT JOIN places ON places.promotion_id = p.id
 WHERE f.maximum_enrollment_count IS NOT NULL"""

# Rules 8 and 9: the record that the party has in the promotion.
_ITS_RECORD: Final = """
SELECT {array}({columns}) FROM enrollments_promotionpartyusage u
 WHERE u.promotion_id = p.id AND {is_party}"""
_IS_CONTACT: Final = "u.contact_id = c.contact"
_IS_ACCOUNT: Final = "u.account_id = c.account AND u.contact_id IS NULL"
_READ: Final = {
    "id", "promotion", "type", "account", "contact", "enrollment_offer", "is_party_enrolled",
    "is_deleted", "enrollment_effective_date_time", "enrollment_expiration_date_time",
    "withdrawn_date", "withdrawn_by", "withdrawal_reason", "usage_count", "created_date",
    "last_modified_date", "version",
}  # fmt: skip
EXISTING: Final = tuple(
    field for field in PromotionPartyUsage._meta.concrete_fields if field.name in _READ
)
"""The columns of a record that exists, as far as they matter here, in the model's order."""


@dataclass(frozen=True, slots=True)
class Reading:
    """What kinds of things a request names; there is one statement for each such shape.

    ``alone`` is a single item. With ``hold``, limited promotions are held. ``by`` says what
    customers are reached by, of ``REACHED_BY``, and ``given`` which of the ``OPTIONAL`` columns
    there are. ``seen_…`` are queries of the promotions and offers that the caller may see, empty
    where it may see all.
    """

    on_postgresql: bool
    alone: bool
    hold: bool
    by: tuple[str, ...]
    given: tuple[str, ...]
    offers: bool
    seen_promotions: str
    seen_offers: str


@cache
def reading(shape: Reading) -> str:
    """The statement that reads for a request of this shape: promotions, offers and customers, each
    a JSON list of lists. Parameters: wanted, named promotions, those of ``seen_promotions``; where
    there are ``offers``, named offers, those of ``seen_offers``."""
    array, list_of, kept = (
        ("json_build_array", "json_agg", "AS MATERIALIZED")
        if shape.on_postgresql
        else ("json_array", "json_group_array", "AS")
    )
    lock = "FOR NO KEY UPDATE" if shape.on_postgresql and shape.hold else ""

    def of(alias: str, columns: tuple[str, ...]) -> str:
        return ", ".join(f"{alias}.{column}" for column in columns)

    def among(query: str) -> str:
        return f"= ANY (ARRAY({query}))" if shape.on_postgresql else f"IN ({query})"

    def found(wanted: str, table: str, code_key: str, columns: tuple[str, ...], seen: str) -> str:
        joined = _ONE_BY_ONE if shape.on_postgresql else _JOINED
        return _FOUND.format(
            columns=of("p", columns),
            wanted=wanted,
            one_by_one=joined.format(table=table, code_key=code_key),
            code_key=code_key,
            seen=f"AND p.id IN ({seen})" if seen else "",
        )

    parts = {
        "wanted": wanted(shape.given).query(alone=shape.alone),
        "named_promotions": NAMED.query(alone=shape.alone),
        "found": found(
            "named_promotions",
            "promotions_promotion",
            "promotion_code_key",
            _PROMOTION,
            shape.seen_promotions,
        ),
        "held": _HELD.format(columns=of("p", _PROMOTION), among_limited=among(_LIMITED), lock=lock),
        "places": _PLACES.format(among_held=among("SELECT id FROM held"), lock=lock),
        "promotions": _PROMOTIONS,
        "customers": _customers(shape.by, shape.given),
    }
    offers = "NULL"
    if shape.offers:
        parts["named_offers"] = NAMED.query(alone=shape.alone)
        parts["offers"] = found(
            "named_offers", "enrollments_offer", "code_key", _OFFER, shape.seen_offers
        )
        offers = (
            f"(SELECT {list_of}({array}({of('p', ('n', *_OFFER, 'row_version'))})) FROM offers p)"
        )
    existing = of("u", tuple(str(field.column) for field in EXISTING))
    of_contact, of_account = (
        f"({_ITS_RECORD.format(array=array, columns=existing, is_party=is_party)})"
        for is_party in (_IS_CONTACT, _IS_ACCOUNT)
    )
    record = (
        f"CASE WHEN c.is_person THEN {of_contact} ELSE {of_account} END"
        if "account" in shape.by
        else of_contact
    )
    customers = f"""(
SELECT {list_of}({array}(
       c.n, ({_ACCOUNT}), c.total, c.within, c.contact, c.last_name, c.email, {record}))
  FROM customers c LEFT JOIN promotions p ON p.n = c.about)"""
    shown = of("p", ("n", *_PROMOTION, "row_version", "taken"))
    promotions = f"(SELECT {list_of}({array}({shown})) FROM promotions p)"
    beginning = ",\n".join(f"{name} {kept} ({query})" for name, query in parts.items())
    answers = (f"CAST({answer} AS text)" for answer in (promotions, offers, customers))
    return _squeezed(f"WITH {beginning}\nSELECT {', '.join(answers)}")


def _squeezed(statement: str) -> str:
    """The driver looks at a statement anew each time if it is longer than four thousand
    characters."""
    return " ".join(statement.split())


def _customers(
    by: Iterable[str],
    given: tuple[str, ...],
    *,
    items: str = "wanted",
    with_names: bool = True,
) -> str:
    """How many contacts hold of each customer, and the one meant; with what answers tell of it."""
    names_matched = _NAMES_MATCHED if with_names else ""
    queries: dict[tuple[str, str], list[str]] = {}
    for kind in by:
        counted = (
            (_SEVERAL, _NAMES_OF_SEVERAL)
            if kind in _HELD_BY_SEVERAL
            else (_ONE_EACH, _NAMES_OF_ONE)
        )
        queries.setdefault(counted, []).append(
            _matches(kind, given, items=items, names=names_matched)
        )
    return "\nUNION ALL".join(
        counted.format(matches="\nUNION ALL".join(matches), names=names if with_names else "")
        for (counted, names), matches in queries.items()
    )


# --- Writing: new records, records enrolled again, their history, the places taken ----------------

ACT: Final = {
    "person": "bigint",
    "moment": "timestamptz",
    "reason": "text",
    "source": "text",
    "request": "text",
}
"""Who did it, when, why, through which door, in which request: single values."""
NEW: Final = ParameterRows(
    {
        "promotion": "bigint",
        "is_limited": "boolean",
        "account": "bigint",
        "contact": "bigint",
        "offer": "bigint",
        "effective": "timestamptz",
        "expiration": "timestamptz",
    }
)
AGAIN: Final = ParameterRows(
    {
        "id": "bigint",
        "version": "integer",
        "promotion": "bigint",
        "is_limited": "boolean",
        "account": "bigint",
        "offer": "bigint",
        "effective": "timestamptz",
        "expiration": "timestamptz",
        "moment": "timestamptz",
    }
)
CHANGES: Final = ParameterRows(
    {"usage": "bigint", "field": "text", "old": "text", "new": "text", "moment": "timestamptz"}
)
PLACES: Final = ParameterRows({"promotion": "bigint", "places": "integer"})
MADE: Final = ParameterRows({"id": "bigint"})

# Who enrolls without a limit holds the promotion's key: whoever sets a limit waits for that, and a
# limit that was set meanwhile is seen here; the item is then not written, and is decided again.
_OPEN: Final = f"""
SELECT p.id, p.maximum_enrollment_count IS NOT NULL AS is_limited,
       {_VERSION.format(row="p")} AS version
  FROM promotions_promotion p
 WHERE p.id = ANY (ARRAY({{promotions}})) {{and_keys_by_index}} FOR KEY SHARE OF p"""
# Holds always, and says how foreign keys are checked: at the end of the transaction, row by row, by
# plans that PostgreSQL makes at one of the first checks of a session and keeps. Of a table that is
# small then it would read all rows each time, also once it has grown. What every writing statement
# asks first is the place for it. For the end of a transaction only: it counts for all that is
# planned until then.
_AND_KEYS_BY_INDEX: Final = "AND (SELECT set_config('enable_seqscan', 'off', true)) = 'off'"


def _open(promotions: str, *, ends: bool) -> str:
    """The promotions of a query of their keys; ``ends``: nothing else is done in the transaction
    that asks tables of any size."""
    return _OPEN.format(promotions=promotions, and_keys_by_index=_AND_KEYS_BY_INDEX if ends else "")


_IS_OPEN: Final = (
    "{rows}.is_limited = (SELECT o.is_limited FROM open o WHERE o.id = {rows}.promotion)"
)

# Rule 8: the constraint decides races. The rows come in the order of the key, so that requests that
# overlap wait for each other one way.
_RECORD: Final = {
    "promotion_id": "n.promotion",
    "type": "CASE WHEN n.contact IS NULL THEN 'Account' ELSE 'Contact' END",
    "account_id": "n.account",
    "contact_id": "n.contact",
    "enrollment_offer_id": "n.offer",
    "is_party_enrolled": "true",
    "enrollment_effective_date_time": "n.effective",
    "enrollment_expiration_date_time": "n.expiration",
    "usage_count": "0",
    "order_count": "0",
    "issued_voucher_count": "0",
    "points_credited": "0",
    "created_by_id": "act.person",
    "created_date": "act.moment",
    "last_modified_by_id": "act.person",
    "last_modified_date": "act.moment",
    "is_deleted": "false",
    "version": "1",
}
"""The columns of a new record."""
_USAGE: Final = "enrollments_promotionpartyusage"
_MADE_COLUMNS: Final = ("id", "promotion_id", "contact_id", "account_id")
_NEXT_ID: Final = f"nextval((SELECT CAST(pg_get_serial_sequence('{_USAGE}', 'id') AS regclass)))"


def _make(record: Mapping[str, str]) -> str:
    return f"""
INSERT INTO {_USAGE} ({", ".join(record)})
SELECT {", ".join(record.values())}
  FROM {{new}} CROSS JOIN {{act}} WHERE {{is_open}} {{if_there}}
RETURNING {", ".join(_MADE_COLUMNS)}"""


MAKE: Final = _make(_RECORD)
_MAKE_READY: Final = _make({"id": "n.id", **_RECORD})
"""The same of records that have their ids already."""
LEFT_OUT: Final = "ON CONFLICT DO NOTHING"
"""Those that are there are left out. Where it was looked for them in the same statement, it is
quicker to have the constraint refuse all of it: only what came in between is left to that."""
_NOTE: Final = {
    "usage_id": "made.id",
    "field": f"'{CREATED}'",
    "reason": "act.reason",
    "source": "act.source",
    "request_id": "act.request",
    "created_by_id": "act.person",
    "created_date": "act.moment",
}
"""The columns of the history that says that it was made."""
_HISTORY: Final = "enrollments_promotionpartyusagehistory"
NOTE_CREATION: Final = f"""
INSERT INTO {_HISTORY} ({", ".join(_NOTE)})
SELECT {", ".join(_NOTE.values())}
  FROM {{made}} CROSS JOIN {{act}}"""

# Rule 9: the same record, if it is still as it was read; out of the recycle bin, if it lay there.
_LOCKED: Final = """
SELECT u.id FROM enrollments_promotionpartyusage u
  JOIN again ON again.id = u.id AND again.version = u.version + 1
 WHERE {is_open}
 ORDER BY u.id FOR NO KEY UPDATE OF u"""
RENEW: Final = """
UPDATE enrollments_promotionpartyusage AS u
   SET account_id = again.account, enrollment_offer_id = again.offer, is_party_enrolled = true,
       enrollment_effective_date_time = again.effective,
       enrollment_expiration_date_time = again.expiration,
       withdrawn_date = NULL, withdrawn_by_id = NULL, withdrawal_reason = NULL,
       is_deleted = false, deleted_date = NULL,
       last_modified_by_id = act.person, last_modified_date = again.moment,
       version = again.version
  FROM {again} CROSS JOIN {act}
 WHERE u.id = again.id AND again.version = u.version + 1"""
NOTE_CHANGES: Final = """
INSERT INTO enrollments_promotionpartyusagehistory
       (usage_id, field, old_value, new_value, reason, source, request_id, created_by_id,
        created_date)
SELECT c.usage, c.field, c.old, c.new, act.reason, act.source, act.request, act.person, c.moment
  FROM {changes} CROSS JOIN {act}"""
TAKE: Final = """
UPDATE enrollments_enrollmentplaces AS p SET taken = p.taken + t.places
  FROM {places} WHERE p.promotion_id = t.promotion"""


@cache
def writing(*, new: bool, alone: bool, again: bool, places: bool, ends: bool) -> str:
    """PostgreSQL's one statement, of those parts that there is something to write for. It answers
    with the new records, JSON lists of their ids, promotions, contacts and accounts; a division by
    zero says that another request came first. ``alone`` is a single new record; ``ends``: it ends
    its transaction. Parameters: act, and as far as there are: new; again, changes; places."""
    parts = {"act": single_values(ACT)}
    if new:
        parts["new"] = NEW.query(alone=alone)
    if again:
        parts |= {"again": AGAIN.query(), "changes": CHANGES.query()}
    named = (f"SELECT promotion FROM {rows}" for rows in ("new", "again") if rows in parts)
    parts["open"] = _open(" UNION ".join(named), ends=ends)
    made = "NULL"
    if new:
        parts |= {
            "made": MAKE.format(
                new="new n", act="act", is_open=_IS_OPEN.format(rows="n"), if_there=LEFT_OUT
            ),
            "noted": NOTE_CREATION.format(made="made", act="act"),
        }
        columns = (f"json_agg({key})" for key in _MADE_COLUMNS)
        made = f"(SELECT CAST(json_build_array({', '.join(columns)}) AS text) FROM made)"
    if again:
        parts |= {
            "locked": _LOCKED.format(is_open=_IS_OPEN.format(rows="again")),
            "renewed": RENEW.format(again="again JOIN locked USING (id)", act="act")
            + " RETURNING u.id",
            "noted_changes": NOTE_CHANGES.format(changes="changes c", act="act"),
        }
    if places:
        parts |= {"places": PLACES.query(), "taken": TAKE.format(places="places t")}
    beginning = ",\n".join(f"{name} AS ({query})" for name, query in parts.items())
    written = " AND ".join(
        f"(SELECT COUNT(*) FROM {done}) = (SELECT COUNT(*) FROM {wanted})"
        for done, wanted in (("made", "new"), ("renewed", "again"))
        if wanted in parts
    )
    # All or nothing: where not all of it could be written, dividing by zero takes all of it back.
    return f"WITH {beginning}\nSELECT {made}, 1 / CASE WHEN {written} THEN 1 ELSE 0 END"


# --- At once: requests about which there is nothing to tell ---------------------------------------

# Promotion, offer and period were decided on by what is remembered of promotion and offer: that has
# to be how they are: the same versions of the same rows.
KNOWN: Final = ParameterRows(
    {
        "n": "integer",
        "promotion": "bigint",
        "promotion_version": "text",
        "offer": "bigint",
        "offer_version": "text",
        "effective": "timestamptz",
        "expiration": "timestamptz",
    }
)
"""What the items of a request say beside their customers, each once."""
_STILL_SO: Final = f"""
SELECT k.* FROM known k
 WHERE k.promotion_version = (SELECT o.version FROM open o WHERE o.id = k.promotion)
   AND (k.offer IS NULL OR k.offer_version =
        (SELECT {_VERSION.format(row="f")} FROM enrollments_offer f WHERE f.id = k.offer))"""

# Rules 1 to 3: exactly one contact is meant, of the account where one is named.
_ONE_IS_MEANT: Final = f"""
       CASE WHEN c.account IS NULL THEN c.total = 1
            ELSE c.within = 1 AND ({_ACCOUNT}) IS NOT NULL END"""
# Rules 8 and 9: there is no record yet. It is looked for row by row, by the key: PostgreSQL might
# rather read all records of the promotion, and doesn't know how many these are by now. Where it is
# not looked for, the constraint finds it, and refuses all that is written with it.
_AND_HAS_NO_RECORD: Final = """
   AND (SELECT u.id FROM enrollments_promotionpartyusage u
         WHERE u.contact_id = {contact} AND u.promotion_id = {promotion}) IS NULL"""


def _and_has_no_record(looks: bool, *, contact: str, promotion: str) -> str:
    return _AND_HAS_NO_RECORD.format(contact=contact, promotion=promotion) if looks else ""


_PLAIN: Final = f"""
SELECT c.n, c.contact, c.account, c.last_name, c.email, k.promotion, k.offer, k.effective,
       k.expiration
  FROM customers c JOIN still_so k ON k.n = c.about
 WHERE {_ONE_IS_MEANT} {{and_has_no_record}}"""
# All of them or none: whoever asks is then told of each. Rule 10: nobody is named twice.
_ALL_PLAIN: Final = """
SELECT * FROM plain
 WHERE (SELECT COUNT(*) FROM (SELECT DISTINCT promotion, contact FROM plain) p)
       = (SELECT COUNT(*) FROM wanted)
 ORDER BY promotion, contact"""
_ITS_RECORD_MADE: Final = """
SELECT p.n, made.id, p.contact, p.last_name, p.email FROM new p JOIN made ON true"""
# A full join is never run as a loop within a loop, however few rows PostgreSQL expects. Should a
# record not be made without an error, as by a trigger of the operator's, the division takes all of
# it back.
_ALL_RECORDS_MADE: Final = """
SELECT p.n, made.id, p.contact, p.last_name, p.email
  FROM new p FULL JOIN made ON made.contact_id = p.contact AND made.promotion_id = p.promotion
 WHERE 1 / CASE WHEN (SELECT COUNT(*) FROM made) = (SELECT COUNT(*) FROM new) THEN 1 ELSE 0 END
       = 1"""


# Rule 12: the key is claimed before anything is made, and what will be made stands beside it, with
# its ids.
_READY: Final = f"SELECT n.*, {_NEXT_ID} AS id FROM new n"
_OUTCOME: Final = """
       jsonb_build_object('terms', %s::jsonb, 'made',
           (SELECT jsonb_agg(jsonb_build_array(o.n, o.id, o.contact, o.last_name, o.email))
              FROM ready o))"""


@cache
def enrolling_at_once(
    by: tuple[str, ...],
    given: tuple[str, ...],
    *,
    alone: bool,
    looks: bool,
    claims: bool,
    ends: bool,
) -> str:
    """PostgreSQL's statement that enrolls the customers of a request if there is nothing to tell of
    any of them; rows with an item's number, the record's id, the contact's id, last name and e-mail
    address. Otherwise there are no rows, and nothing is written; where another request came first,
    or it doesn't ``look`` for records and there is one, the constraint refuses it. ``alone`` is a
    single item; ``by`` and ``given`` as in ``Reading``; ``ends``: it ends its transaction. If it
    ``claims`` an idempotency key and that is claimed already, nothing is written either: there are
    no rows, or it divides by zero. Parameters: act, wanted, known; for a claim those of
    ``claiming``, and the terms as JSON."""
    plain = _PLAIN.format(
        and_has_no_record=_and_has_no_record(looks, contact="c.contact", promotion="k.promotion")
    )
    parts = {
        "act": single_values(ACT),
        "wanted": wanted(given).query(alone=alone),
        "known": KNOWN.query(alone=alone),
        "open": _open("SELECT promotion FROM known", ends=ends),
        "still_so": _STILL_SO,
        "customers": _customers(by, given),
        **({"new": plain} if alone else {"plain": plain, "new": _ALL_PLAIN}),
    }
    if claims:
        parts["ready"] = _READY
        parts |= claiming(outcome=_OUTCOME, where="WHERE EXISTS (SELECT FROM ready)")
        make = _MAKE_READY.format(
            new="ready n", act="act", is_open="EXISTS (SELECT FROM claim)", if_there=""
        )
    else:
        make = MAKE.format(new="new n", act="act", is_open="true", if_there="")
    parts |= {"made": make, "noted": NOTE_CREATION.format(made="made", act="act")}
    beginning = ",\n".join(f"{name} AS ({query})" for name, query in parts.items())
    return _squeezed(f"WITH {beginning} {_ITS_RECORD_MADE if alone else _ALL_RECORDS_MADE}")


# --- Staging: the rows of an audience about which there is nothing to tell ------------------------

# Only persons are staged; a column that is not given is null.
STAGE: Final = f"""
CREATE TEMPORARY TABLE IF NOT EXISTS staged_enrollment
       ({", ".join(f"{name} {kind}" for name, kind in WANTED.columns.items())})
    ON COMMIT DELETE ROWS"""
CLEAR: Final = "DELETE FROM staged_enrollment"
"""For another batch of the same transaction; after a COMMIT there is nothing."""


def staged(given: tuple[str, ...]) -> Iterable[tuple[str, str]]:
    """The columns of the staging table that rows are copied to, with their types: who is staged is
    a person in any case."""
    return ((name, kind) for name, kind in wanted(given).columns.items() if name != "is_person")


def copying_staged(given: tuple[str, ...]) -> str:
    return f"COPY staged_enrollment ({', '.join(name for name, _ in staged(given))}) FROM STDIN"


TERMS: Final = ParameterRows(
    {
        "n": "integer",
        "are_accepted": "boolean",
        "offer": "bigint",
        "effective": "timestamptz",
        "expiration": "timestamptz",
    }
)
"""What the rows of a batch say beside their customers; a row names its terms by their number, from
0."""

# Rule 8: of several rows for a contact the first is enrolled, where there is no record yet. Those
# left out are told one by one.
_FIRST_ROWS: Final = f"""
SELECT DISTINCT ON (c.contact) c.n, c.contact, c.account, c.about AS terms
  FROM customers c WHERE (SELECT are_accepted FROM common)[c.about + 1] AND {_ONE_IS_MEANT}
 ORDER BY c.contact, c.n"""
_NEW_OF_STAGED: Final = f"""
SELECT o.*, {_NEXT_ID} AS id
  FROM first_rows o CROSS JOIN open
 WHERE NOT open.is_limited {{and_has_no_record}}
 ORDER BY o.contact"""

# COPY writes rows in half the time of INSERT, and reads them quickest in its binary format. What
# rows of the same terms have in common is written in it here, and once; ``copied_rows.py`` adds
# what is each row's own.
_OWN: Final = ("id", "contact_id", "account_id")
"""The columns in which new records of the same terms differ, as ``copied_rows.py`` puts them
together: all of them are keys."""
_NOTE_OWN: Final = ("usage_id",)
_COMMON: Final = {column: value for column, value in _RECORD.items() if column not in _OWN}
_NOTE_COMMON: Final = {column: value for column, value in _NOTE.items() if column not in _NOTE_OWN}
RECORD_COLUMNS: Final = (*_OWN, *_COMMON)
HISTORY_COLUMNS: Final = (*_NOTE_OWN, *_NOTE_COMMON)
COPY_RECORDS: Final = f"COPY {_USAGE} ({', '.join(RECORD_COLUMNS)}) FROM STDIN (FORMAT binary)"
COPY_HISTORY: Final = f"COPY {_HISTORY} ({', '.join(HISTORY_COLUMNS)}) FROM STDIN (FORMAT binary)"
_SENT_BY: Final = {
    "bigint": "int8send",
    "integer": "int4send",
    "boolean": "boolsend",
    "numeric": "numeric_send",
    "text": "textsend",
    "varchar": "textsend",
    "timestamp with time zone": "timestamptz_send",
}
"""What writes a value of a type as COPY reads it in its binary format."""


def _cells(model: type[models.Model], values: Mapping[str, str]) -> str:
    """The cells of these columns in that format, each behind its length."""
    kinds = {field.column: field.db_type(connection) or "" for field in model._meta.concrete_fields}
    cells = []
    for column, value in values.items():
        # Without its length, to which a CAST would cut the value: COPY refuses what is too long.
        kind = kinds[column].partition("(")[0]
        sent = f"{_SENT_BY[kind]}(CAST({value} AS {kind}))"
        cells.append(f"COALESCE(int4send(length({sent})) || {sent}, int4send(-1))")
    return " || ".join(cells)


@cache
def deciding_on_staged(by: tuple[str, ...], given: tuple[str, ...], *, looks: bool) -> str:
    """PostgreSQL's statement that finds those rows of the staging table about whom there is nothing
    to tell, in a promotion that it holds. It answers with arrays of their numbers, and of the ids,
    contacts, accounts and terms of their records to be, in their binary format, all null where
    there is no such row, and 0 for no account; and with the cells that records of the same terms
    have in common, an array in the order of the terms, and those of all rows of history. ``by``
    says what their customers are reached by, and ``given`` what they say of them. Unless it
    ``looks`` for records that exist, the constraint refuses all of them where there is one.
    Parameters: act, the promotion, terms."""
    parts = {
        "act": single_values(ACT),
        "open": _open("SELECT CAST(%s AS bigint)", ends=True),
        "terms": TERMS.query(),
        # Of a contact, whoever that is.
        "common": f"""
SELECT array_agg(n.are_accepted ORDER BY n.n) AS are_accepted,
       array_agg({_cells(PromotionPartyUsage, _COMMON)} ORDER BY n.n) AS cells,
       (array_agg({_cells(PromotionPartyUsageHistory, _NOTE_COMMON)}))[1] AS note
  FROM (SELECT *, 0 AS contact, (SELECT id FROM open) AS promotion FROM terms) n CROSS JOIN act""",
        "customers": _customers(by, given, items="staged_enrollment", with_names=False),
        "first_rows": _FIRST_ROWS,
        "new": _NEW_OF_STAGED.format(
            and_has_no_record=_and_has_no_record(looks, contact="o.contact", promotion="open.id")
        ),
    }
    beginning = ",\n".join(f"{name} AS ({query})" for name, query in parts.items())
    arrays = ("o.n", "o.id", "o.contact", "COALESCE(o.account, 0)", "o.terms")
    # Nothing is as quick to read as what is not read at all, but copied.
    return f"""WITH {beginning}
SELECT {", ".join(f"array_send(array_agg({column}))" for column in arrays)},
       (SELECT cells FROM common), (SELECT note FROM common)
  FROM new o"""
