"""What the services refuse, said in a form: at the field it is about, else above the form."""

import re
from collections.abc import Iterable, Mapping
from typing import Final

from django import forms

from promotions.admin.moments import show_moment
from promotions.errors import DomainError, Refused
from promotions.moments import parse_moment
from promotions.naming import model_name

_FIELDS: Final[Mapping[str, str]] = {"owner_id": "owner_user"}
"""Names in the API that are no field's."""
_MOMENT: Final = re.compile(r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(?:\.\d{1,6})?Z", re.ASCII)


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
        form.add_error(name if name in form.fields else None, for_people(error.detail))


def in_words(refused: Refused) -> str:
    """All reasons of a refusal in a row."""
    return " ".join(for_people(error.detail) for error in refused.errors)


def for_people(detail: str) -> str:
    """A reason with its moments on the organisation's clocks, where the rules write UTC."""
    return _MOMENT.sub(lambda found: show_moment(parse_moment(found[0])), detail)


def _form_field(pointer: str) -> str:
    name = model_name(pointer)
    return _FIELDS.get(name, name)
