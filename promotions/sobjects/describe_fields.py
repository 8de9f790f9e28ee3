"""What a field is, as a describe call says it: every key that existing clients may ask for.

Each entry comes from the field dictionary and the model's columns, which are also what writing,
querying and reading go by; a generated test tries each field and compares. Source: the client
contract, section 4.
"""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any, Final

from django.db import models

from promotions.actors import Actor
from promotions.dictionary import Field
from promotions.sobjects.declare import SObject, every_sobject, may_write
from promotions.sobjects.values import bounds_of, digits_of, longest

TYPES: Final[Mapping[str, str]] = {"dateTime": "datetime"}
"""What clients call a type of the dictionary where that is another word."""
SOAP_TYPES: Final[Mapping[str, str]] = {
    "boolean": "xsd:boolean",
    "currency": "xsd:double",
    "date": "xsd:date",
    "dateTime": "xsd:dateTime",
    "double": "xsd:double",
    "id": "tns:ID",
    "int": "xsd:int",
    "percent": "xsd:double",
    "reference": "tns:ID",
}
"""By the dictionary's type; a text where none is said."""
_ID_LENGTH: Final = 18
_BYTES: Final = 4
"""Of a character in UTF-8, at most."""
_IDENTIFIERS: Final = frozenset({"id", "reference"})
_NO_AGGREGATES: Final = frozenset({"boolean"})
_LARGEST_INT: Final = 10
"""Digits of the largest whole number that there is."""


def describe_field(one: SObject, field: Field, by: Actor) -> dict[str, Any]:
    """The entry of a field of an object, as it is for whoever asks: what ``by`` may not write is
    not called writable."""
    writable = may_write(one, by)
    length = _length(field)
    polymorphic = len(field.reference_to) > 1
    digits, precision, scale = _digits(one, field)
    return {
        "aggregatable": is_aggregatable(field),
        "aiPredictionField": False,
        "autoNumber": field.auto_number,
        "byteLength": length if field.type in _IDENTIFIERS else length * _BYTES,
        "calculated": is_calculated(field),
        "calculatedFormula": None,
        "cascadeDelete": field.name in one.cascades_from,
        "caseSensitive": field.unique and field.folded is None and length > 0,
        "compoundFieldName": None,
        "controllerName": None,
        "createable": writable and one.create is not None and field.createable,
        "custom": False,
        "defaultValue": default_value(one, field),
        "defaultValueFormula": None,
        "defaultedOnCreate": field.defaulted_on_create,
        "dependentPicklist": False,
        "deprecatedAndHidden": False,
        "digits": digits,
        "displayLocationInDecimal": False,
        "encrypted": False,
        "externalId": field.external_id,
        "extraTypeInfo": "plaintextarea" if field.type == "textarea" else None,
        "filterable": field.filterable,
        "filteredLookupInfo": None,
        "formulaTreatNullNumberAsZero": False,
        "groupable": field.groupable,
        "highScaleNumber": False,
        "htmlFormatted": False,
        "idLookup": field.id_lookup,
        "inlineHelpText": field.help_text or None,
        "label": label_of(field),
        "length": length,
        "mask": None,
        "maskType": None,
        "name": field.name,
        "nameField": field.name == "Name",
        "namePointing": polymorphic,
        "nillable": field.nillable,
        "permissionable": False,
        "picklistValues": picklist_values(one, field),
        "polymorphicForeignKey": polymorphic,
        "precision": precision,
        "queryByDistance": False,
        "referenceTargetField": None,
        "referenceTo": list(field.reference_to),
        "relationshipName": field.relationship_name,
        "relationshipOrder": 0 if field.name in one.cascades_from else None,
        "restrictedDelete": is_delete_restricted(one, field),
        "restrictedPicklist": field.restricted_picklist,
        "scale": scale,
        "searchPrefilterable": False,
        "soapType": SOAP_TYPES.get(field.type, "xsd:string"),
        "sortable": field.sortable,
        "type": type_of(field),
        "unique": field.unique,
        "updateable": writable and one.update is not None and field.updateable,
        "writeRequiresMasterRead": False,
    }


def type_of(field: Field) -> str:
    """The type in the words of existing clients, which refuse one that they don't know."""
    return TYPES.get(field.type, field.type)


def label_of(field: Field) -> str:
    return field.label[:1].upper() + field.label[1:]


def is_aggregatable(field: Field) -> bool:
    """Whether a query may count the field's values, or take the least or greatest of them."""
    return field.filterable and field.type not in _NO_AGGREGATES


def is_calculated(field: Field) -> bool:
    """Whether it follows from other fields: nobody writes it, and it is not the service's own
    account of the record."""
    read_elsewhere = field.path is not None or field.expression is not None
    counted = field.auto_number or field.system or bool(field.sources)
    return not field.columns and read_elsewhere and not counted


def is_delete_restricted(one: SObject, field: Field) -> bool:
    """Whether what the field refers to can't be deleted as long as it does."""
    return any(
        (one.model, column) in target.kept_by
        for target in every_sobject()
        if target.name in field.reference_to
        for column in field.sources
    )


def default_value(one: SObject, field: Field) -> bool | int | float | str | None:
    """What a new record has in the field where nothing is said, if that is always the same."""
    if not field.columns:
        return None
    column: Any = one.model._meta.get_field(field.columns[0])
    match column.get_default() if column.has_default() else None:
        case bool() | int() | float() as default:
            return default
        case Decimal() as default:
            return float(default)
        case str() as default:
            return str(default)  # a plain one, of a picklist's constant
    return None


def picklist_values(one: SObject, field: Field) -> list[dict[str, Any]]:
    """A picklist's values in their order. Of currencies the first is the organisation's own."""
    default = default_value(one, field)
    if field.currency and field.defaulted_on_create and field.values:
        default = field.values[0][0]
    return [
        {
            "active": True,
            "defaultValue": value == default,
            "label": label,
            "validFor": None,
            "value": value,
        }
        for value, label in field.values
    ]


def _length(field: Field) -> int:
    """In characters; 0 of what is no text."""
    if field.type in _IDENTIFIERS:
        return _ID_LENGTH
    return 0 if field.type in SOAP_TYPES else longest(field)


def _digits(one: SObject, field: Field) -> tuple[int, int, int]:
    """Of a whole number its digits, of another its digits in all and those behind the point."""
    if field.type not in ("int", "double", "currency", "percent"):
        return 0, 0, 0
    column: Any = one.model._meta.get_field(field.columns[0]) if field.columns else None
    if isinstance(column, models.DecimalField):
        return 0, digits_of(column), int(column.decimal_places or 0)
    digits = _LARGEST_INT if column is None else len(str(bounds_of(column)[1]))
    return (digits, 0, 0) if field.type == "int" else (0, digits, 0)
