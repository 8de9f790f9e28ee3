"""Declarations: which models are objects that clients can call for, and what may be done with them.

An application declares its own when Django loads it (``sobject_declarations.py``). All that is said
of an object's fields comes from the field dictionary. Source: the issue, "One generic engine".
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

from django.db.models import Model, QuerySet

from promotions import ids
from promotions.actors import Actor, Source
from promotions.dictionary import Field, fields_of
from promotions.errors import refuse
from promotions.sobjects.soql.tree import SearchIn

Create = Callable[[Mapping[str, Any], Actor, datetime], int]
"""Makes a record of values by the model's names (references by their key columns, such as
``promotion_id``; a reference without columns of its own by its attribute, as prefix and key);
answers with its primary key. Raises ``Refused``."""
Update = Callable[[int, Mapping[str, Any], Actor, datetime], Any]
Remove = Callable[[int, Actor, datetime], Any]
"""Deletes the record with this key, or takes it back out of the recycle bin. Raises ``Refused``."""
Rows = Callable[[Actor], "QuerySet[Any, Any]"]
"""The records that somebody may see, deleted ones included."""


def _dictionary_fields(model: type[Model]) -> Callable[[], Mapping[str, Field]]:
    return lambda: fields_of(model)


@dataclass(frozen=True, kw_only=True, eq=False)
class SObject:
    """One object. A service function that is missing is a call that is not offered."""

    name: str
    """The object's API name: ``PromotionTier``."""
    model: type[Model]
    key_prefix: str
    label: str
    label_plural: str
    rows: Rows
    read_scope: str | None
    """What a token must allow for reading; None: any token will do."""
    write_scope: str | None = None
    create: Create | None = None
    update: Update | None = None
    delete: Remove | None = None
    undelete: Remove | None = None
    get_fields: Callable[[], Mapping[str, Field]]
    child_relationships: Mapping[str, str] = field(default_factory=dict)
    """By the name of a reference of this object, what the records that name another by it are
    called there: ``{"PromotionId": "PromotionTiers"}``. Others have no such name."""
    cascades_from: Sequence[str] = ()
    """References to what takes this object's records along when it is deleted."""
    kept_by: Sequence[tuple[type[Model], str]] = ()
    """References (model and its field) that keep a record from being deleted."""
    seen_with: Sequence[str] = ()
    """The model's references to what anybody sees who sees the record."""
    searched: Mapping[str, SearchIn] = field(default_factory=dict)
    """The model's columns that a search looks at, folded where they are kept so, each with the
    group of fields that it belongs to (``ALL``: to no other); none: it isn't searchable. Their
    order is that of the index of words (``search/words.py``)."""
    searched_by_number: bool = False
    """Whether a search finds records by their number, such as ``PPU-000000042``, which no column
    holds."""
    layoutable: bool = True
    sections: Mapping[str, Sequence[str]] = field(default_factory=dict)
    """How a layout groups the fields, by headings; by the model's names. What is in none of them
    comes after these."""
    named_layouts: Sequence[str] = ()
    """Other names under which clients ask for the layout."""
    replicateable: bool = True
    feed_enabled: bool = False

    @property
    def fields(self) -> Mapping[str, Field]:
        """The fields by their names, ``Id`` first, as the organisation's settings have them now."""
        return self.get_fields()

    def id_of(self, key: int) -> str:
        """The record id, of 18 characters, of the record with this primary key."""
        return ids.encode(self.key_prefix, key)

    def field(self, name: str) -> Field | None:
        """The field of this name, in any case of letters; None where there is none."""
        return _by_lower_name(self.fields).get(name.lower())

    @property
    def number(self) -> int:
        """What tells the object from others, for good: its key prefix, read as a number."""
        return ids.decode("000", "000" + self.key_prefix.rjust(12, "0"))

    @property
    def viewable(self) -> bool:
        """Whether it says when the current user last viewed a record."""
        return bool(getattr(self.model, "viewable", False))

    @property
    def searchable(self) -> bool:
        return bool(self.searched) or self.searched_by_number

    @property
    def number_letters(self) -> str:
        """What the numbers begin with that are its records' names, where they have no other."""
        return getattr(self.model, "number_letters", None) or self.key_prefix

    @property
    def deleted_column(self) -> str | None:
        """The column that says that a record was deleted; None where records leave no trace."""
        return "is_deleted" if _has_column(self.model, "is_deleted") else None

    @property
    def name_field(self) -> Field | None:
        """The field that names a record to people."""
        return self.fields.get("Name")

    @property
    def id_lookups(self) -> list[Field]:
        """The fields by whose value a record can be called for in a path."""
        return [f for f in self.fields.values() if f.id_lookup or f.external_id]


def declaration(
    model: Any, *, rows: Rows, name: str | None = None, prefix: str | None = None, **more: Any
) -> SObject:
    """The declaration of a model, with what follows from the model itself."""
    meta = model._meta
    name = name or getattr(model, "object_name", model.__name__)
    said = {
        "label": str(meta.verbose_name).capitalize(),
        "label_plural": str(meta.verbose_name_plural).capitalize(),
        "get_fields": _dictionary_fields(model),
        "rows": rows,
        "seen_with": [path] if (path := getattr(model, "promotion_path", None)) else [],
    }
    prefix = prefix or model.key_prefix
    return SObject(**{"name": name, "model": model, "key_prefix": prefix, **said, **more})


_declared: Final[dict[str, SObject]] = {}
"""By their names in small letters."""


def declare(*objects: SObject) -> None:
    """Called by each application when Django loads it."""
    for one in objects:
        _declared[one.name.lower()] = one


def every_sobject() -> list[SObject]:
    """All there are, by name."""
    return [_declared[name] for name in sorted(_declared)]


def sobject(name: str) -> SObject | None:
    """The object of this name, in any case of letters."""
    return _declared.get(name.lower())


def sobject_of(model: type[Model]) -> SObject | None:
    """The object that shows this model's records."""
    return next((one for one in _declared.values() if one.model is model), None)


def sobject_with_prefix(prefix: str) -> SObject | None:
    """The object whose ids begin so."""
    return next((one for one in _declared.values() if one.key_prefix == prefix), None)


def sobject_with_number(number: int) -> SObject | None:
    """The object with this ``number``."""
    return next((one for one in _declared.values() if one.number == number), None)


def children_of(parent: SObject) -> list[tuple[SObject, Field, str | None]]:
    """The references that lead to an object: from which one, by which field, and what the records
    that name it so are called there, if anything."""
    return [
        (child, one, child.child_relationships.get(one.name))
        for child in every_sobject()
        for one in child.fields.values()
        if parent.name in one.reference_to
    ]


def may_read(one: SObject, by: Actor) -> bool:
    return _allows(one.read_scope, by)


def may_write(one: SObject, by: Actor) -> bool:
    return one.write_scope is not None and _allows(one.write_scope, by)


def require_read(one: SObject, by: Actor) -> None:
    """Raises ``insufficient_scope``."""
    _require(one.read_scope, by)


def require_write(one: SObject, by: Actor) -> None:
    """Raises ``insufficient_scope``."""
    _require(one.write_scope, by)


def _allows(scope: str | None, by: Actor) -> bool:
    return scope is None or by.source is not Source.API or scope in by.scopes


def _require(scope: str | None, by: Actor) -> None:
    if not _allows(scope, by):
        raise refuse("insufficient_scope", f"This call needs a token with the scope {scope}.")


def _has_column(model: type[Model], name: str) -> bool:
    return any(column.name == name for column in model._meta.concrete_fields)


def _by_lower_name(fields: Mapping[str, Field]) -> Mapping[str, Field]:
    return {name.lower(): one for name, one in fields.items()}
