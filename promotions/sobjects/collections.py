"""Many records by one call: what becomes of each is told in its place.

The records may be of several objects. With ``allOrNone`` all of them are written, or nothing;
without it, those that can be. Source: the client contract, section 2, "collections".
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, TypeVar

from django.db import OperationalError, transaction

from promotions import ids
from promotions.actors import Actor
from promotions.errors import Refused
from promotions.folding import fold
from promotions.services.transactions import in_transaction, is_passing, joins_another
from promotions.sobjects import records
from promotions.sobjects.declare import SObject, require_read, sobject, sobject_with_prefix
from promotions.sobjects.errors import CallFailed, Problem, failed
from promotions.sobjects.identifying import lookup_field
from promotions.sobjects.reading import read_records
from promotions.sobjects.records import Ambiguous, Saved

MOST_WRITTEN: Final = 200
MOST_READ: Final = 2000

T = TypeVar("T")
Do = Callable[[T, dict[Any, Any]], Saved]
"""What is to be done with one of what a call lists, and what the earlier ones noted, for it to add
to. Raises ``CallFailed``, ``Refused`` or ``Ambiguous``."""

_ROLLED_BACK: Final = Problem(
    "ALL_OR_NONE_OPERATION_ROLLED_BACK",
    "Record rolled back because not all records were valid and the request was using "
    "AllOrNone header",
)
_LOCKED: Final = Problem("UNABLE_TO_LOCK_ROW", "The record is being changed by others. Try again.")


@dataclass(frozen=True, slots=True)
class Envelope:
    """What the body of a call says: the records, and whether all of them or none are meant."""

    records: Sequence[Mapping[str, Any]]
    all_or_none: bool


def read_envelope(body: Any) -> Envelope:
    """Raises ``CallFailed``: ``JSON_PARSER_ERROR``, ``INVALID_INPUT``,
    ``EXCEEDED_MAX_SIZE_REQUEST``."""
    if not isinstance(body, Mapping):
        raise _unreadable("The body must be a JSON object with allOrNone and records.")
    found = body.get("records")
    if found is None:
        raise CallFailed(Problem("INVALID_INPUT", "List the records as records."))
    if not isinstance(found, list) or not all(isinstance(one, Mapping) for one in found):
        raise _unreadable("records must be a list of JSON objects.")
    check_number(found)
    return Envelope(found, flag(body.get("allOrNone"), "allOrNone"))


def flag(value: Any, name: str) -> bool:
    """A switch of a call, which some clients write as a text; absent is off. Raises
    ``CallFailed``."""
    text = str(value).strip().lower() if isinstance(value, str | bool) else value
    if text not in (None, "", "true", "false"):
        raise _unreadable(f"{name} must be true or false.")
    return text == "true"


def check_number(listed: Sequence[Any], most: int = MOST_WRITTEN) -> None:
    """Raises ``CallFailed`` where a call names more records than it may."""
    if len(listed) > most:
        message = f"record limit reached. cannot submit more than {most} records into this call"
        raise CallFailed(Problem("EXCEEDED_MAX_SIZE_REQUEST", message))


def _unreadable(message: str) -> CallFailed:
    return CallFailed(Problem("JSON_PARSER_ERROR", message))


# --- The calls ----------------------------------------------------------------------------------


def create_many(envelope: Envelope, *, by: Actor, at: datetime) -> list[Saved]:
    """Makes the records; the outcome of each, in order."""

    def create(record: Mapping[str, Any], seen: dict[Any, Any]) -> Saved:
        one = sobject_named(record, by)
        return Saved(records.create(one, record, by=by, at=at), created=True)

    return run(create, envelope.records, envelope.all_or_none)


def update_many(envelope: Envelope, *, by: Actor, at: datetime) -> list[Saved]:
    """Sets fields of the records, each named by its ``id`` (in any case of letters)."""

    def update(record: Mapping[str, Any], seen: dict[Any, Any]) -> Saved:
        one = sobject_named(record, by)
        named, rest = _taken_out(record, "Id")
        if named is None:
            message = "Id not specified in an update call"
            raise CallFailed(Problem("MISSING_ARGUMENT", message, ("Id",)))
        key = _key(one, named)
        _only_once(seen, (one.name, key), f"Id {str(named)[:80]}")
        return Saved(records.update(one, one.id_of(key), rest, by=by, at=at))

    return run(update, envelope.records, envelope.all_or_none)


def upsert_many(
    one: SObject, field_name: str, envelope: Envelope, *, by: Actor, at: datetime
) -> list[Saved]:
    """Changes the records of the object ``one`` that the values of a field identify, or makes them.
    Raises ``CallFailed`` where the field identifies nothing."""
    field = lookup_field(one, field_name)

    def upsert(record: Mapping[str, Any], seen: dict[Any, Any]) -> Saved:
        said = sobject_named(record, by, default=one)
        if said is not one:
            message = f"The records of this call are of the object {one.name}."
            raise CallFailed(Problem("INVALID_TYPE", message))
        value, rest = _taken_out(record, field.name)
        if field.type == "id":
            if value is None:
                return Saved(records.create(one, rest, by=by, at=at), created=True)
            value = one.id_of(_key(one, value))
        elif value is None:
            message = f"{field.name} not specified"
            raise CallFailed(Problem("MISSING_ARGUMENT", message, (field.name,)))
        same = fold(value) if field.folded and isinstance(value, str) else str(value)
        _only_once(seen, same, f"{field.name} {str(value)[:80]}")
        return records.upsert(one, field.name, value, rest, by=by, at=at)

    return run(upsert, envelope.records, envelope.all_or_none)


def delete_many(named: Sequence[str], all_or_none: bool, *, by: Actor, at: datetime) -> list[Saved]:
    """Moves the records with these ids, of whatever objects, into the recycle bin."""
    check_number(named)

    def delete(record_id: str, seen: dict[Any, Any]) -> Saved:
        one = sobject_with_prefix(record_id[:3])
        if one is None:
            raise malformed_id(record_id)
        require_read(one, by)
        key = _key(one, record_id)
        return Saved(records.delete(one, one.id_of(key), by=by, at=at))

    return run(delete, named, all_or_none)


def retrieve_many(
    one: SObject, named: Sequence[Any], names: Sequence[str], *, by: Actor, version: str
) -> list[dict[str, Any] | None]:
    """The fields ``names`` of the live records with these ids, in order; None for an id that leads
    to no record that ``by`` sees. Raises ``CallFailed``."""
    check_number(named, MOST_READ)
    fields = records.fields_named(one, names)
    keys = [_key_or_none(one, record_id) for record_id in named]
    wanted = {key for key in keys if key is not None}
    found = read_records(one, sorted(wanted), fields, by=by, version=version)
    return [None if key is None else found.get(key) for key in keys]


# --- Each and all -------------------------------------------------------------------------------


def run(do: Do[T], listed: Sequence[T], all_or_none: bool) -> list[Saved]:
    """Does something with each of what is listed, in one transaction; what became of each, in
    order. One that fails leaves nothing behind; with ``all_or_none`` none does, once one fails."""

    def every() -> list[Saved]:
        seen: dict[Any, Any] = {}
        try:
            with transaction.atomic():
                saved = [_outcome(do, one, seen) for one in listed]
                if all_or_none and any(one.problems for one in saved):
                    raise _RollBack(saved)
        except _RollBack as rolled_back:
            return [
                one if one.problems else Saved(None, problems=(_ROLLED_BACK,))
                for one in rolled_back.saved
            ]
        return saved

    try:
        return in_transaction(every)
    except OperationalError as error:
        if not is_passing(error) or joins_another():
            raise
        return [Saved(None, problems=(_LOCKED,)) for _ in listed]


class _RollBack(Exception):
    """Takes back what was written; ``saved`` is what became of the records before."""

    def __init__(self, saved: list[Saved]) -> None:
        super().__init__()
        self.saved = saved


def _outcome(do: Do[T], one: T, seen: dict[Any, Any]) -> Saved:
    # A write that fails has rolled back to where it began, see records.py.
    try:
        return do(one, seen)
    except CallFailed as problem:
        return Saved(None, problems=problem.problems)
    except Refused as refused:
        return Saved(None, problems=failed(refused).problems)
    except Ambiguous as several:
        found = ", ".join(url.rsplit("/", 1)[-1] for url in several.urls)
        message = f"more than one record found for external id field: [{found}]"
        return Saved(None, problems=(Problem("DUPLICATE_EXTERNAL_ID", message),))


def _only_once(seen: dict[Any, Any], what: Any, shown: str) -> None:
    if what in seen:
        message = f"duplicate value found: {shown} is in this request twice"
        raise CallFailed(Problem("DUPLICATE_VALUE", message))
    seen[what] = True


# --- Which object, which record -----------------------------------------------------------------


def sobject_named(
    record: Mapping[str, Any], by: Actor, *, default: SObject | None = None
) -> SObject:
    """The object that a record says it is of: ``{"attributes": {"type": "Promotion"}}``. Raises
    ``CallFailed`` and ``Refused``."""
    attributes, _ = _taken_out(record, "attributes")
    name = attributes.get("type") if isinstance(attributes, Mapping) else None
    if name is None and default is not None:
        return default
    if not isinstance(name, str) or not name:
        message = 'Name the object of each record: "attributes": {"type": "Promotion"}.'
        raise CallFailed(Problem("MISSING_ARGUMENT", message))
    one = sobject(name)
    if one is None:
        raise CallFailed(Problem("INVALID_TYPE", f"sObject type '{name[:80]}' is not supported."))
    require_read(one, by)
    return one


def _taken_out(record: Mapping[str, Any], name: str) -> tuple[Any, dict[str, Any]]:
    """The value of a field, whose name may be in any case of letters, and the others."""
    wanted = name.lower()
    value = next((value for key, value in record.items() if key.lower() == wanted), None)
    return value, {key: value for key, value in record.items() if key.lower() != wanted}


def malformed_id(text: Any) -> CallFailed:
    return CallFailed(Problem("MALFORMED_ID", f"malformed id {str(text)[:80]}", ("Id",)))


def _key(one: SObject, record_id: Any) -> int:
    if not isinstance(record_id, str):
        raise malformed_id(record_id)
    try:
        return ids.decode(one.key_prefix, record_id)
    except ids.MalformedId as error:
        raise malformed_id(record_id) from error


def _key_or_none(one: SObject, record_id: Any) -> int | None:
    try:
        return _key(one, record_id)
    except CallFailed:
        return None


def results(saved: Sequence[Saved], *, upsert: bool = False) -> list[dict[str, Any]]:
    """As the answer lists them."""
    return [one.result(upsert=upsert) for one in saved]
