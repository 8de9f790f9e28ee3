"""What the services refuse, said in a form: at the field it is about, else above the form."""

import re
from collections.abc import Iterable, Mapping
from datetime import date
from typing import Final

from django import forms

from promotions.admin.moments import show_day, show_moment
from promotions.dictionary import columns_of
from promotions.errors import DomainError, Refused
from promotions.moments import parse_moment

_MOMENT: Final = re.compile(
    r"(?P<ends>\b(?:ended at|would end|is over) )?(?P<bracket>\()?"
    r"(?<!such as )(?P<moment>\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(?:\.\d{1,6})?Z)(?(bracket)\))",
    re.ASCII,
)
"""A moment of the rules, alone between brackets or not, and whether something ends then. An example
of how to write one stays as it is to be written."""
_DAY: Final = re.compile(r"\d{4}-\d{2}-\d{2}(?= \()", re.ASCII)
"""A day of which the rules name the zone."""


def show_refusals(
    form: forms.BaseForm, errors: Iterable[DomainError], fields: Mapping[str, str] | None = None
) -> None:
    """Adds ``errors`` to a bound form.

    ``fields`` maps the first part of a pointer (``contact`` of ``contact.email``) to the form's
    field; by default the dictionary says which of the model's fields it names.
    """
    for error in errors:
        head = error.pointer.partition(".")[0]
        name = fields.get(head, head) if fields is not None else _form_field(form, head)
        form.add_error(name if name in form.fields else None, for_people(error.detail))


def in_words(refused: Refused) -> str:
    """All reasons of a refusal in a row."""
    return " ".join(for_people(error.detail) for error in refused.errors)


def for_people(detail: str) -> str:
    """A reason with its moments on the organisation's clocks, where the rules write UTC, and its
    days as the admin writes them."""
    detail = _MOMENT.sub(_moment, detail)
    return _DAY.sub(lambda found: show_day(date.fromisoformat(found[0])), detail)


def _moment(found: re.Match[str]) -> str:
    try:
        moment = parse_moment(found["moment"])
    except ValueError:
        return found[0]  # what a caller sent, who is told that there is no such moment
    ends = found["ends"] or ""
    shown = show_moment(moment, ends=bool(ends))
    if found["bracket"]:
        clock, _, zone = shown.removesuffix(")").rpartition(" (")
        shown = f"({clock}, {zone})"
    return ends + shown


def _form_field(form: forms.BaseForm, property_: str) -> str:
    """The form's field for a property: of a reference to one of several objects, the first."""
    columns = columns_of(form._meta.model, property_) if isinstance(form, forms.ModelForm) else ()
    return next((column for column in columns if column in form.fields), property_)
