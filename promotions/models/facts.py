"""What a model says of its fields beyond what their kinds say; ``promotions/dictionary.py`` reads
both and is where the rest of the service looks."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any


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
    label: str | None = None
    help_text: str | None = None
    length: int | None = None
    computed: bool = False
    auto_number: bool = False
    hidden: bool = False
    """Not a field of the object: the service's own bookkeeping."""
    commerce: bool = False
    """Only where the organisation has the fields about carts switched on."""
    currency: bool = False
    """Only where the organisation has several currencies."""


FieldFacts = Mapping[str, Facts]


def read_only(**more: Any) -> Facts:
    """Set by the service alone."""
    return Facts(**{"createable": False, "updateable": False, **more})


def fixed(**more: Any) -> Facts:
    """Set when the record is made, and never after."""
    return Facts(**{"updateable": False, **more})
