"""What the services refuse, said in a form: at the field it is about, else above the form."""

from collections.abc import Iterable, Mapping
from typing import Final

from django import forms

from promotions.errors import DomainError, Refused
from promotions.naming import model_name

_FIELDS: Final[Mapping[str, str]] = {"owner_id": "owner_user"}
"""Names in the API that are no field's."""


def show_refusals(
    form: forms.BaseForm, errors: Iterable[DomainError], fields: Mapping[str, str] | None = None
) -> None:
    """Adds ``errors`` to a bound form.

    ``fields`` maps the first part of a pointer (``contact`` of ``contact.email``) to the form's
    field; by default a pointer names the model's field.
    """
    for error in errors:
        head = error.pointer.partition(".")[0]
        name = fields.get(head, head) if fields is not None else _form_field(head)
        form.add_error(name if name in form.fields else None, error.detail)


def in_words(refused: Refused) -> str:
    """All reasons of a refusal in a row."""
    return " ".join(error.detail for error in refused.errors)


def _form_field(pointer: str) -> str:
    name = model_name(pointer)
    return _FIELDS.get(name, name)
