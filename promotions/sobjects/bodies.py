"""From the JSON object that a client sends for a record to values for the service that writes it.

Source: the client contract, section 2 (create, update, upsert) and section 3.
"""

from collections.abc import Callable, Mapping
from typing import Any

from promotions.actors import Actor
from promotions.dictionary import Field
from promotions.sobjects.declare import SObject, may_read
from promotions.sobjects.errors import CallFailed, Problem, required
from promotions.sobjects.identifying import keys_with
from promotions.sobjects.paths import targets_of
from promotions.sobjects.values import cleared, parse, wrong_kind

_MOST_REPORTED = 20
"""Of problems no more are reported: an answer is not many times its request."""


def values_to_create(one: SObject, body: Any, *, by: Actor) -> dict[str, Any]:
    """The values of a new record, by the model's names. Raises ``CallFailed`` with every reason."""
    values = _values(one, body, by, lambda field: field.createable, creating=True)
    if missing := [f.name for f in one.fields.values() if _is_missing(f, values)]:
        raise CallFailed(required(missing))
    return values


def values_to_update(one: SObject, body: Any, *, by: Actor) -> dict[str, Any]:
    """The values to change, by the model's names; null clears. Raises ``CallFailed``."""
    return _values(one, body, by, lambda field: field.updateable, creating=False)


def _is_missing(field: Field, values: Mapping[str, Any]) -> bool:
    if not field.createable or field.nillable or field.defaulted_on_create:
        return False
    if field.default is not None:
        return False
    if field.type == "reference" and field.columns:
        return all(values.get(f"{column}_id") is None for column in field.columns)
    return values.get(field.attribute) is None


def _values(
    one: SObject, body: Any, by: Actor, allows: Callable[[Field], bool], *, creating: bool
) -> dict[str, Any]:
    if not isinstance(body, Mapping):
        message = "The body must be a JSON object of the record's fields."
        raise CallFailed(Problem("JSON_PARSER_ERROR", message))
    values: dict[str, Any] = {}
    problems: list[Problem] = []
    forbidden: list[str] = []
    for name, value in body.items():
        if name.lower() == "attributes":
            continue
        try:
            field, value = _field(one, name, value, by)
            if not allows(field):
                forbidden.append(field.name)
            elif value is not None:
                values |= parse(one, field, value)
            elif not creating:
                values |= cleared(field)
        except CallFailed as failed:
            problems += failed.problems
    if forbidden:
        problems.append(_not_writable(forbidden))
    if problems:
        raise CallFailed(*problems[:_MOST_REPORTED])
    return values


def _not_writable(names: list[str]) -> Problem:
    message = (
        f"Unable to create/update fields: {', '.join(names)}. Please check the security settings "
        "of this field and verify that it is read/write for your profile or permission set."
    )
    return Problem("INVALID_FIELD_FOR_INSERT_UPDATE", message, tuple(names))


def _field(one: SObject, name: str, value: Any, by: Actor) -> tuple[Field, Any]:
    """The field that a name stands for, and its value: of a relationship that names the other
    record by its own key (``{"Account": {"ExternalId": "A-1"}}``), that one's id."""
    if name.lower() == "id":
        message = "The Id field should not be specified in the sobject data."
        raise CallFailed(Problem("INVALID_FIELD", message, ("Id",)))
    field = one.field(name)
    if field is not None and not isinstance(value, Mapping):
        return field, value
    related = _relationship(one, name)
    if related is not None and (value is None or isinstance(value, Mapping)):
        return related, None if value is None else _named_record(one, related, value, by)
    if field is not None:
        return field, value
    message = f"No such column '{name[:80]}' on sobject of type {one.name}"
    raise CallFailed(Problem("INVALID_FIELD", message, (name[:80],)))


def _relationship(one: SObject, name: str) -> Field | None:
    fields = one.fields.values()
    return next((f for f in fields if (f.relationship_name or "").lower() == name.lower()), None)


def _named_record(one: SObject, field: Field, value: Mapping[str, Any], by: Actor) -> str:
    """The id of the record that a relationship names by one of its id look-ups."""
    said = {n: v for n, v in value.items() if n.lower() != "attributes"}
    attributes = value.get("attributes")
    said_type = attributes.get("type") if isinstance(attributes, Mapping) else None
    wanted_type = str(said_type or "").lower()
    # Whose records may not be read, of those nobody is told which values there are.
    targets = [
        target
        for _, target in targets_of(field)
        if wanted_type in ("", target.name.lower()) and may_read(target, by)
    ]
    if len(said) != 1:
        raise wrong_kind(field, "one field that identifies the record", value)
    (name, key), *_ = said.items()
    for target in targets:
        lookup = target.field(name)
        if lookup is None or not (lookup.id_lookup or lookup.external_id):
            continue
        found = keys_with(target, lookup, key, by=by)
        if len(found) == 1:
            return target.id_of(found[0])
        what = "More than one record" if found else "Foreign key external ID: no record"
        message = f"{what} found for {target.name} with {lookup.name} {str(key)[:80]}"
        raise CallFailed(Problem("INVALID_FIELD", message, (field.name,)))
    message = f"{name[:80]} does not identify the record that {field.name} refers to."
    raise CallFailed(Problem("INVALID_FIELD", message, (field.name,)))
