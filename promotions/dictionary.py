"""The field dictionary: what every field of every object is and takes, in one place.

What a model's field and its kind already say is derived; a model writes down only the exceptions
(``field_facts``, ``polymorphic``). The API, the admin, the services' checks, history and describe
calls read this. Source of the properties: the described objects.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import cache
from typing import Any, Final

from django.conf import settings
from django.db import models
from django.db.models import Expression

from promotions.models import Record
from promotions.models.facts import Facts, FieldFacts, identifier
from promotions.models.fields import (
    CurrencyField,
    DerivedField,
    FoldedField,
    LongTextArea,
    MoneyField,
    PercentField,
)
from promotions.naming import object_field_name, property_name

_BOOKKEEPING: Final = {"version", "deleted_date", "deleted_with_promotion"}
_TYPES: Final[tuple[tuple[type[Any], str], ...]] = (
    (CurrencyField, "picklist"),
    (models.ForeignKey, "reference"),
    (models.BooleanField, "boolean"),
    (models.URLField, "url"),
    (models.CharField, "string"),
    (models.JSONField, "textarea"),
    (models.TextField, "textarea"),
    (models.DateTimeField, "dateTime"),
    (models.DateField, "date"),
    (MoneyField, "currency"),
    (PercentField, "percent"),
    (models.DecimalField, "double"),
    (models.IntegerField, "int"),
    (models.AutoField, "id"),
)
"""The type of a kind of field: the first that fits."""
_GROUPABLE: Final = {"id", "string", "picklist", "reference", "boolean", "int", "date", "phone"}
"""Types of which equal values make groups; a text area, a moment or an amount doesn't."""
_SYSTEM: Final = {
    **identifier(),
    "is_deleted": Facts(createable=False, updateable=False),
    "created_by": Facts(createable=False, updateable=False, defaulted_on_create=True),
    "created_date": Facts(createable=False, updateable=False, defaulted_on_create=True),
    "last_modified_by": Facts(createable=False, updateable=False, defaulted_on_create=True),
    "last_modified_date": Facts(createable=False, updateable=False, defaulted_on_create=True),
    "system_modstamp": Facts(
        type="dateTime",
        computed=True,
        createable=False,
        updateable=False,
        defaulted_on_create=True,
        path="last_modified_date",
        label="system modstamp",
    ),
}
"""The fields that every described object has."""
_SEEN: Final = {
    name: Facts(
        type="dateTime",
        computed=True,
        createable=False,
        updateable=False,
        nillable=True,
        label=label,
        help_text=help_text,
    )
    for name, label, help_text in (
        (
            "last_referenced_date",
            "last referenced",
            "When you last viewed this record or one related to it.",
        ),
        ("last_viewed_date", "last viewed", "When you last viewed this record."),
    )
}
_NUMBER: Final = Facts(
    type="string",
    computed=True,
    auto_number=True,
    createable=False,
    updateable=False,
    groupable=False,
    id_lookup=True,
    defaulted_on_create=True,
    path="id",
    label="number",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """One field of an object."""

    name: str
    """As the described object has it: ``PromotionCode``, ``OwnerId``."""
    columns: tuple[str, ...]
    """The model's fields that hold it: several for a reference that may lead to several objects,
    none where it is computed."""
    attribute: str
    """Where a record has its value; of a reference the base of its columns' names."""
    path: str | None
    """What a query reads it by, from the model on; None where no single column has it."""
    sources: tuple[str, ...]
    """The model's references behind a reference: what it leads to is the first that is set."""
    expression: Callable[[str], Expression] | None
    """What a query reads it by where that is more than a column; see ``Facts``."""
    folded: str | None
    """The model's field that keeps it folded, for comparing without regard to case."""
    type: str
    length: int | None
    label: str
    help_text: str
    nillable: bool
    createable: bool
    updateable: bool
    filterable: bool
    groupable: bool
    sortable: bool
    id_lookup: bool
    auto_number: bool
    defaulted_on_create: bool
    default: Any
    restricted_picklist: bool
    values: tuple[tuple[str, str], ...]
    """A picklist's values with their labels."""
    reference_to: tuple[str, ...]
    """The names of the objects that a reference leads to."""
    relationship_name: str | None
    external_id: bool
    unique: bool
    """Whether no two live records have the same; without regard to case where it is folded."""
    objects_only: bool
    commerce: bool
    currency: bool
    system: bool
    """Whether every object has it."""

    @property
    def json_name(self) -> str:
        """The plain surface's name: ``promotionCode``."""
        return property_name(self.name)

    @property
    def writable(self) -> bool:
        return self.createable or self.updateable

    @property
    def properties(self) -> frozenset[str]:
        """In the words of the reference: ``Create``, ``Filter``, ``Nillable`` …"""
        said = {
            "Autonumber": self.auto_number,
            "Create": self.createable,
            "Defaulted on create": self.defaulted_on_create,
            "Filter": self.filterable,
            "Group": self.groupable,
            "Nillable": self.nillable,
            "Restricted picklist": self.restricted_picklist,
            "Sort": self.sortable,
            "Update": self.updateable,
            "idLookup": self.id_lookup,
        }
        return frozenset(word for word, holds in said.items() if holds)


def fields_of(model: type[models.Model]) -> Mapping[str, Field]:
    """The fields of an object by name, as the organisation's settings have it now: without those
    about currencies where there is one, and about carts where these are switched off."""
    return {
        name: replace(field, values=tuple((code, code) for code in settings.CURRENCIES))
        if field.currency
        else field
        for name, field in every_field_of(model).items()
        if (settings.CURRENCIES or not field.currency)
        and (settings.COMMERCE_FIELDS or not field.commerce)
    }


@cache
def every_field_of(model: type[models.Model]) -> Mapping[str, Field]:
    """The fields of an object by name, whatever the settings."""
    return declared_fields(model, _facts_of(model))


def declared_fields(model: type[models.Model], facts: FieldFacts) -> Mapping[str, Field]:
    """The fields of a model by what ``facts`` say of them: of one that can't say so itself."""
    parts = {
        column: base
        for base, columns in getattr(model, "polymorphic", {}).items()
        for column in columns
    }
    fields: dict[str, Field] = {}
    for column in model._meta.concrete_fields:
        base = parts.get(column.name)
        if isinstance(column, DerivedField) or column.name in _BOOKKEEPING:
            continue
        if base is None:
            field = _stored(column, facts.get(column.name, Facts()))
        else:
            columns = model.polymorphic[base]  # type: ignore[attr-defined]
            field = _polymorphic(model, base, columns, facts.get(base, Facts()))
        if not facts.get(base or column.name, Facts()).hidden:
            fields.setdefault(field.name, field)
    for name, fact in facts.items():
        if fact.computed and object_field_name(name) not in fields:
            field = _computed(name, fact)
            fields[field.name] = field
    return fields


def field_of_column(model: type[models.Model], column: str) -> Field | None:
    """The field that the model's field ``column`` holds, or is a part of."""
    return _by_column(model).get(column)


def property_of(model: type[models.Model], column: str) -> str:
    """The plain surface's name of what the model calls ``column``."""
    field = field_of_column(model, column)
    return field.json_name if field else property_name(object_field_name(column))


def columns_of(model: type[models.Model], property_: str) -> tuple[str, ...]:
    """The model's fields behind a property of the plain surface; none where there is none."""
    for field in every_field_of(model).values():
        if field.json_name == property_:
            return field.columns
    return ()


@cache
def _by_column(model: type[models.Model]) -> Mapping[str, Field]:
    return {column: field for field in every_field_of(model).values() for column in field.columns}


def folded_column(model: Any, column: str) -> str | None:
    """The model's field that keeps ``column`` folded; None where none does."""
    return next(
        (
            field.name
            for field in model._meta.concrete_fields
            if isinstance(field, FoldedField) and field.source == column
        ),
        None,
    )


def _is_unique(model: Any, column: str) -> bool:
    same = ([column], [folded_column(model, column)])
    # Among the live ones: other conditions, such as one owner's share, leave others the same.
    conditions = (None, models.Q(is_deleted=False))
    return any(
        isinstance(one, models.UniqueConstraint)
        and list(one.fields) in same
        and one.condition in conditions
        for one in model._meta.constraints
    )


def _facts_of(model: type[models.Model]) -> dict[str, Facts]:
    facts: dict[str, Facts] = {}
    if issubclass(model, Record):
        facts |= _SYSTEM
        if model.viewable:
            facts |= _SEEN
        if model.number_letters:
            facts["name"] = _NUMBER
    for base in reversed(model.__mro__):
        facts |= base.__dict__.get("field_facts", {})
    return facts


def _stored(column: "models.Field[Any, Any]", facts: Facts) -> Field:
    kind = facts.type or next(name for of, name in _TYPES if isinstance(column, of))
    is_long = isinstance(column, LongTextArea | models.JSONField)
    has_default = column.has_default()
    values = tuple((str(value), str(label)) for value, label in column.flatchoices)
    if facts.values is not None:
        values = tuple(pair for pair in values if pair[0] in facts.values)
    if values and facts.type is None:
        kind = "picklist"
    reference = isinstance(column, models.ForeignKey)
    name = facts.name or object_field_name(column.name) + ("Id" if reference else "")
    return _field(
        facts,
        name=name,
        columns=(column.name,),
        attribute=column.name,
        path=column.name,
        sources=(column.name,) if reference else (),
        folded=folded_column(column.model, column.name),
        type=kind,
        length=column.max_length or getattr(column, "LONGEST", None),
        label=str(column.verbose_name),
        help_text=str(column.help_text),
        nillable=bool(column.null),
        filterable=not is_long,
        groupable=kind in _GROUPABLE,
        sortable=not is_long,
        defaulted_on_create=has_default or isinstance(column, CurrencyField),
        default=column.get_default()
        if has_default and facts.defaulted_on_create is not False
        else None,
        restricted_picklist=kind == "picklist",
        values=values,
        reference_to=(_object_name(column.related_model),) if reference else (),
        relationship_name=object_field_name(column.name) if reference else None,
        unique=column.primary_key or column.unique or _is_unique(column.model, column.name),
        system=column.name in _SYSTEM,
    )


def _polymorphic(
    model: type[models.Model], base: str, columns: tuple[str, ...], facts: Facts
) -> Field:
    parts = [model._meta.get_field(column) for column in columns]
    return _field(
        facts,
        name=object_field_name(base) + "Id",
        columns=tuple(columns),
        attribute=base,
        path=None,
        sources=tuple(columns),
        folded=None,
        type="reference",
        length=None,
        label=base.replace("_", " "),
        help_text=str(getattr(parts[0], "help_text", "")),
        nillable=True,
        filterable=True,
        groupable=True,
        sortable=True,
        defaulted_on_create=False,
        default=None,
        restricted_picklist=False,
        values=(),
        reference_to=tuple(_object_name(part.related_model) for part in parts),
        relationship_name=object_field_name(base),
        unique=False,
        system=False,
    )


def _computed(name: str, facts: Facts) -> Field:
    kind = facts.type or "string"
    return _field(
        facts,
        name=facts.name or object_field_name(name),
        columns=(),
        attribute=name,
        path=facts.path,
        sources=tuple(facts.columns or ()),
        folded=None,
        type=kind,
        length=255 if kind == "string" else None,
        label=name.replace("_", " "),
        help_text="",
        nillable=False,
        filterable=True,
        groupable=kind in _GROUPABLE,
        sortable=True,
        defaulted_on_create=False,
        default=None,
        restricted_picklist=False,
        values=(),
        reference_to=tuple(facts.reference_to or ()),
        relationship_name=object_field_name(name).removesuffix("Id")
        if facts.reference_to
        else None,
        unique=facts.auto_number,
        system=name in _SYSTEM,
    )


def _field(facts: Facts, **derived: Any) -> Field:
    """What was derived, with the exceptions in its place."""
    for name in (
        "nillable",
        "filterable",
        "groupable",
        "sortable",
        "defaulted_on_create",
        "default",
        "label",
        "help_text",
        "length",
        "relationship_name",
    ):
        said = getattr(facts, name)
        if said is not None:
            derived[name] = said
    if derived["type"] == "reference" and facts.reference_to is not None:
        derived["reference_to"] = tuple(facts.reference_to)
    return Field(
        **derived,
        createable=facts.createable is not False,
        updateable=facts.updateable is not False,
        id_lookup=bool(facts.id_lookup),
        auto_number=facts.auto_number,
        external_id=facts.external_id,
        expression=facts.expression,
        objects_only=facts.objects_only,
        commerce=facts.commerce,
        currency=facts.currency or derived["name"] == "CurrencyIsoCode",
    )


def _object_name(related: Any) -> str:
    return str(getattr(related, "object_name", related.__name__))
