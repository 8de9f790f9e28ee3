"""Which record a client means: by its id, or by the value of a field that identifies records.

Source: the client contract, section 2 (retrieve, upsert) and section 3, the rows on 404.
"""

from typing import Any, Final

from promotions import ids
from promotions.actors import Actor
from promotions.dictionary import Field
from promotions.folding import fold
from promotions.numbers import parse_record_number
from promotions.sobjects.declare import SObject, sobject_with_prefix
from promotions.sobjects.errors import CallFailed, Problem
from promotions.sobjects.values import parse

MOST_FOUND: Final = 20
"""Of records that a value fits no more are told."""


def junk_id(text: str) -> CallFailed:
    """That a text in a path is no id."""
    message = f"Provided external ID field does not exist or is not accessible: {text[:80]}"
    return CallFailed(Problem("NOT_FOUND", message), status=404)


def never_there() -> CallFailed:
    return CallFailed(
        Problem("INVALID_CROSS_REFERENCE_KEY", "invalid cross reference id"), status=404
    )


def is_deleted() -> CallFailed:
    return CallFailed(Problem("ENTITY_IS_DELETED", "entity is deleted"))


def decode(one: SObject, text: Any) -> int:
    """The primary key behind an id of this object. Raises ``CallFailed``: junk is not found, an id
    of another object never was there."""
    if not isinstance(text, str):
        raise junk_id(str(text))
    try:
        return ids.decode(one.key_prefix, text)
    except ids.MalformedId as error:
        if _is_another(one, text):
            raise never_there() from error
        raise junk_id(text) from error


def _is_another(one: SObject, text: str) -> bool:
    other = sobject_with_prefix(text[:3])
    if other is None or other is one:
        return False
    try:
        ids.decode(other.key_prefix, text)
    except ids.MalformedId:
        return False
    return True


def require_live(one: SObject, key: int, *, by: Actor) -> None:
    """Raises ``CallFailed`` where ``by`` sees no live record with this key: deleted, or absent."""
    rows = one.rows(by).filter(pk=key)
    if one.deleted_column is None:
        if not rows.exists():
            raise never_there()
        return
    deleted = rows.values_list(one.deleted_column, flat=True).first()
    if deleted is None:
        raise never_there()
    if deleted:
        raise is_deleted()


def lookup_field(one: SObject, name: str) -> Field:
    """The field of this name, which must identify records. Raises ``CallFailed``."""
    field = one.field(name)
    if field is None or not (field.id_lookup or field.external_id):
        raise junk_id(name)
    return field


def keys_with(one: SObject, field: Field, value: Any, *, by: Actor) -> list[int]:
    """The keys of the live records whose ``field`` has this value, at most ``MOST_FOUND``; compared
    without regard to case where the field is. Raises ``CallFailed`` where the field can't have
    such a value."""
    rows = one.rows(by).order_by("pk")
    if one.deleted_column is not None:
        rows = rows.filter(**{one.deleted_column: False})
    if field.type == "id":
        rows = rows.filter(pk=decode(one, value))
    elif field.auto_number:
        key = parse_record_number(one.number_letters, str(value))
        if key is None or key > 2**63 - 1:
            return []
        rows = rows.filter(pk=key)
    else:
        parsed = _parsed(one, field, value)
        if parsed is None or "\x00" in parsed:
            return []
        column = field.folded or field.attribute
        rows = rows.filter(**{column: fold(parsed) if field.folded else parsed})
    return list(rows.values_list("pk", flat=True)[:MOST_FOUND])


def _parsed(one: SObject, field: Field, value: Any) -> str | None:
    if not field.columns:
        return None if value is None else str(value)
    text = parse(one, field, value).get(field.attribute) if value is not None else None
    return None if text is None else str(text)
