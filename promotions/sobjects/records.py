"""Creating, reading, changing, deleting and restoring records of any declared object.

What all doors of this surface do to single records: by path, in collections, by SOAP, in bulk. Each
call is one transaction of the service that writes the object. Source: the client contract,
section 2.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, TypeVar

from django.db import DataError, transaction

from promotions.actors import Actor
from promotions.dictionary import Field
from promotions.errors import Refused
from promotions.sobjects.bodies import values_to_create, values_to_update
from promotions.sobjects.declare import (
    SObject,
    require_read,
    require_write,
    sobject_with_prefix,
)
from promotions.sobjects.errors import CallFailed, Problem, failed, not_found
from promotions.sobjects.identifying import (
    decode,
    is_deleted,
    keys_with,
    lookup_field,
    never_there,
    require_live,
)
from promotions.sobjects.reading import read_records, record_url

T = TypeVar("T")

_TRIES: Final = 5


@dataclass(frozen=True, slots=True)
class Saved:
    """What became of one record: its id, and whether it is new; or why not."""

    id: str | None
    created: bool = False
    problems: tuple[Problem, ...] = ()

    def result(self, *, upsert: bool = False) -> dict[str, Any]:
        """As a list of results has it."""
        shown: dict[str, Any] = {} if self.id is None else {"id": self.id}
        shown |= {"success": not self.problems, "errors": [p.result() for p in self.problems]}
        return shown | {"created": self.created} if upsert and not self.problems else shown


class Ambiguous(Exception):
    """Several records have the value that was to identify one: their paths."""

    def __init__(self, urls: list[str]) -> None:
        super().__init__(f"{len(urls)} records")
        self.urls = urls


def retrieve(
    one: SObject, record_id: str, names: Sequence[str] | None = None, *, by: Actor, version: str
) -> dict[str, Any]:
    """The record with this id: all its fields, or ``names`` and ``Id``. Raises ``CallFailed``."""
    require_read(one, by)
    key = decode(one, record_id)
    fields = None if names is None else fields_named(one, names)
    found = read_records(one, [key], fields, by=by, version=version).get(key)
    if found is None:
        if one.deleted_column is None or not one.rows(by).filter(pk=key).exists():
            raise not_found()
        raise is_deleted()
    return found


def fields_named(one: SObject, names: Sequence[str]) -> list[Field]:
    """The fields of these names, and ``Id``. Raises ``CallFailed``."""
    fields: dict[str, Field] = {}
    for name in names:
        field = one.field(name)
        if field is None:
            message = f"No such column '{name[:80]}' on sobject of type {one.name}"
            raise CallFailed(Problem("INVALID_FIELD", message))
        fields[field.name] = field
    fields.setdefault("Id", one.fields["Id"])
    return list(fields.values())


def create(one: SObject, body: Any, *, by: Actor, at: datetime) -> str:
    """Makes a record; its id. Raises ``CallFailed``."""
    make = _offered(one, one.create, by)
    values = values_to_create(one, body, by=by)
    return one.id_of(_write(one, values, lambda: make(values, by, at), by))


def update(one: SObject, record_id: Any, body: Any, *, by: Actor, at: datetime) -> str:
    """Sets fields of the record with this id; its id in full. Raises ``CallFailed``."""
    change = _offered(one, one.update, by)
    key = decode(one, record_id)
    require_live(one, key, by=by)
    values = values_to_update(one, body, by=by)
    if values:
        _write(one, values, lambda: change(key, values, by, at), by)
    return one.id_of(key)


def upsert(
    one: SObject,
    field_name: str,
    value: Any,
    body: Any,
    *,
    by: Actor,
    at: datetime,
    update_only: bool = False,
) -> Saved:
    """Changes the record that ``value`` identifies, or makes it. Raises ``CallFailed``, and
    ``Ambiguous`` where several have that value."""
    _offered(one, one.create, by)
    field = lookup_field(one, field_name)
    if field.type == "id":
        return Saved(update(one, value, body, by=by, at=at))
    if isinstance(body, Mapping) and any(name.lower() == field.name.lower() for name in body):
        message = f"The {field.name} field should not be specified in the sobject data."
        raise CallFailed(Problem("INVALID_FIELD", message, (field.name,)))
    for attempt in range(_TRIES):
        found = keys_with(one, field, value, by=by)
        if len(found) > 1:
            # Its path names the version; whoever shows the answer puts in the caller's.
            raise Ambiguous([record_url(one, key, "{version}") for key in found])
        try:
            if found:
                return Saved(update(one, one.id_of(found[0]), body, by=by, at=at))
            if update_only:
                raise not_found()
            if not isinstance(body, Mapping):
                return Saved(create(one, body, by=by, at=at), created=True)
            return Saved(create(one, {**body, field.name: value}, by=by, at=at), created=True)
        except CallFailed as problem:
            # Somebody else made it, or removed it, in between: look again.
            raced = "ENTITY_IS_DELETED" if found else "DUPLICATE_VALUE"
            codes = {(p.code, *p.fields) for p in problem.problems}
            expected = (raced,) if found else (raced, field.name)
            if codes != {expected} or attempt == _TRIES - 1:
                raise
    raise AssertionError("unreachable")


def delete(one: SObject, record_id: Any, *, by: Actor, at: datetime) -> str:
    """Moves the record with this id into the recycle bin; its id in full. Raises ``CallFailed``."""
    remove = _offered(one, one.delete, by)
    key = decode(one, record_id)
    require_live(one, key, by=by)
    _write(one, {}, lambda: remove(key, by, at), by)
    return one.id_of(key)


def undelete(record_id: Any, *, by: Actor, at: datetime) -> str:
    """Takes the record with this id, of whatever object, out of the recycle bin; its id in full.

    Raises ``CallFailed``: ``MALFORMED_ID``, ``INVALID_CROSS_REFERENCE_KEY``, ``UNDELETE_FAILED``.
    """
    one = sobject_with_prefix(record_id[:3]) if isinstance(record_id, str) else None
    if one is None:
        message = f"malformed id {str(record_id)[:80]}"
        raise CallFailed(Problem("MALFORMED_ID", message))
    restore = _offered(one, one.undelete, by)
    try:
        key = decode(one, record_id)
    except CallFailed as error:
        message = f"malformed id {record_id[:80]}"
        raise CallFailed(Problem("MALFORMED_ID", message)) from error
    rows = one.rows(by).filter(pk=key)
    deleted = rows.values_list(one.deleted_column or "pk", flat=True).first()
    if deleted is None:
        raise never_there()
    if not deleted:
        raise CallFailed(Problem("UNDELETE_FAILED", "Entity is not in the recycle bin"))
    try:
        _write(one, {}, lambda: restore(key, by, at), by)
    except CallFailed as problem:
        if {p.code for p in problem.problems} & {"INSUFFICIENT_ACCESS_OR_READONLY"}:
            raise
        message = " ".join(p.message for p in problem.problems)
        raise CallFailed(Problem("UNDELETE_FAILED", message)) from problem
    return one.id_of(key)


def _offered(one: SObject, act: T | None, by: Actor) -> T:
    """The service function of a call. Raises ``CallFailed`` where the object has none, or the token
    doesn't allow it."""
    if act is None:
        message = f"{one.name} records are read only here."
        raise CallFailed(Problem("INSUFFICIENT_ACCESS_OR_READONLY", message))
    try:
        require_write(one, by)
    except Refused as refused:
        raise failed(refused) from refused
    return act


def _write(one: SObject, values: Mapping[str, Any], act: Callable[[], T], by: Actor) -> T:
    """Runs a service function; what it refuses is told in the words of this surface."""
    try:
        with transaction.atomic():
            return act()
    except Refused as refused:
        if [error.code for error in refused.errors] == ["not_found"]:
            raise is_deleted() from refused
        raise _with_duplicates(one, values, failed(refused, one), by) from refused
    except DataError as error:
        message = "A value is outside of what can be stored. Send a smaller one."
        raise CallFailed(Problem("NUMBER_OUTSIDE_VALID_RANGE", message)) from error


def _with_duplicates(
    one: SObject, values: Mapping[str, Any], problem: CallFailed, by: Actor
) -> CallFailed:
    """Says which record has the value already, where ``by`` may know."""
    return CallFailed(*(_duplicate(one, values, p, by) for p in problem.problems))


def _duplicate(one: SObject, values: Mapping[str, Any], problem: Problem, by: Actor) -> Problem:
    field = one.field(problem.fields[0]) if problem.fields else None
    if problem.code != "DUPLICATE_VALUE" or field is None or not field.unique:
        return problem
    value = values.get(field.attribute)
    taken = [] if value is None else keys_with(one, field, value, by=by)
    who = one.id_of(taken[0]) if taken else "<unknown>"
    message = f"duplicate value found: {field.name} duplicates value on record with id: {who}"
    return Problem(problem.code, message, problem.fields)
