"""What a model says of its fields beyond what their kinds say; ``promotions/dictionary.py`` reads
both and is where the rest of the service looks."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import BooleanField, Expression, Value
from django.db.models import Field as Column


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """The exceptions of one field; None: as its kind has it.

    With ``computed`` the model has no column of this name: it is a property or comes from
    elsewhere, and the service fills it in.
    """

    name: str | None = None
    """As the API calls it, where that doesn't follow from the model's name."""
    path: str | None = None
    """Of a computed field, what a query reads it by."""
    columns: Sequence[str] | None = None
    """Of a computed reference, the references that it is read from: the first that is set."""
    expression: Callable[[str], Expression] | None = None
    """Of a computed field that is more than a column: what a query reads it by, given the way to
    its record from the query's own, such as ``owner_user__`` (empty: it is that record)."""
    type: str | None = None
    nillable: bool | None = None
    createable: bool | None = None
    updateable: bool | None = None
    filterable: bool | None = None
    groupable: bool | None = None
    sortable: bool | None = None
    id_lookup: bool | None = None
    defaulted_on_create: bool | None = None
    default: Any = None
    values: Sequence[str] | None = None
    reference_to: Sequence[str] | None = None
    relationship_name: str | None = None
    external_id: bool = False
    """Whether it is another system's key of the record."""
    label: str | None = None
    help_text: str | None = None
    length: int | None = None
    computed: bool = False
    auto_number: bool = False
    hidden: bool = False
    """Not a field of the object: the service's own bookkeeping."""
    objects_only: bool = False
    """Only over the object surface: what existing clients know of the object and this service has
    no use for itself."""
    commerce: bool = False
    """Only where the organisation has the fields about carts switched on."""
    currency: bool = False
    """Only where the organisation has several currencies."""


FieldFacts = Mapping[str, Facts]


def read_only(**more: Any) -> Facts:
    """Set by the service alone."""
    return Facts(**{"createable": False, "updateable": False, **more})


def constant(value: Any, column: "Column[Any, Any]", **more: Any) -> Facts:
    """The same for every record; ``column`` is of its kind."""
    nillable = value is None
    said = {"computed": True, "nillable": nillable, "expression": lambda _: Value(value, column)}
    return read_only(**{**said, **more})


def identifier() -> FieldFacts:
    """What every object has, also those that are no ``Record``."""
    return {
        "id": Facts(
            type="id", createable=False, updateable=False, defaulted_on_create=True, id_lookup=True
        )
    }


def never_deleted() -> FieldFacts:
    """Of objects that leave no trace when they are removed."""
    return {"is_deleted": constant(False, BooleanField(), type="boolean")}


def fixed(**more: Any) -> Facts:
    """Set when the record is made, and never after."""
    return Facts(**{"updateable": False, **more})
