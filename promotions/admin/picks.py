"""Choosing a record while typing, in rows of which there may be many: what stands there already
costs no statement of its own, and a name that is not there yet can be given on the way."""

from collections.abc import Iterable, Mapping
from typing import Any, Final

from django import forms
from django.contrib import admin
from django.core.exceptions import ValidationError
from django.db import models

from promotions.actors import Actor
from promotions.admin.record_forms import NO_SUCH_RECORD
from promotions.admin.site import KeySelect, everybodys_label_of, is_key
from promotions.folding import fold
from promotions.models import Record, RecordQuerySet

NEW: Final = "new:"
"""What stands before a name that is to be added."""
_LONGEST: Final = 255


class PickWidget(KeySelect):
    """The select; ``may_add`` lets people type a name that is not there."""

    def __init__(self, column: Any, *, may_add: bool) -> None:
        super().__init__(column, admin.site)
        self.labels: dict[str, str] = {}
        self.may_add = may_add

    def __deepcopy__(self, memo: Any) -> "PickWidget":
        copied: PickWidget = super().__deepcopy__(memo)
        copied.labels = {}
        return copied

    def build_attrs(self, base_attrs: dict[str, Any], extra_attrs: Any = None) -> dict[str, Any]:
        attrs = super().build_attrs(base_attrs, extra_attrs)
        # Ours, not Django's own: promotions/static/promotions/editor.js sets it up.
        names = attrs["class"].replace("admin-autocomplete", "")
        extra = {"data-may-add": "1"} if self.may_add else {}
        return {**attrs, "class": f"{names} promotion-pick", **extra}

    def optgroups(self, name: str, value: Any, attrs: Any = None) -> Any:
        options = [
            self.create_option(name, one, self.label(one), True, number)
            for number, one in enumerate(value)
            if one
        ]
        empty = self.create_option(name, "", "", not options, len(options))
        return [(None, [empty], 0), (None, options, 1)]

    def label(self, value: str) -> str:
        """How a value is called that stands in the form."""
        if value.startswith(NEW):
            return f"{value.removeprefix(NEW)} (new)"
        return self.labels.get(value, value)


class PickField(forms.Field):
    """A record by its key, or the name of a new one. What is cleaned is the text; ``resolve``
    finds the records of all rows at once."""

    def __init__(self, column: Any, *, may_add: bool = False, **options: Any) -> None:
        self.model: type[Record] = column.related_model
        self.column = column.name
        widget = PickWidget(column, may_add=may_add)
        super().__init__(required=False, widget=widget, **options)
        self.may_add = may_add

    def prepare_value(self, value: Any) -> Any:
        if isinstance(value, models.Model):
            self.widget.labels[str(value.pk)] = everybodys_label_of(value)
            return str(value.pk)
        return "" if value is None else str(value)

    def to_python(self, value: Any) -> str:
        text = str(value or "").strip()
        if not text or is_key(text):
            return text
        name = text.removeprefix(NEW).strip()
        if not self.may_add or not text.startswith(NEW) or not name or "\x00" in name:
            raise ValidationError(NO_SUCH_RECORD, code="invalid_choice")
        if len(name) > _LONGEST:
            raise ValidationError(f"Give it a name of at most {_LONGEST} letters.")
        return f"{NEW}{name}"

    def has_changed(self, initial: Any, data: Any) -> bool:
        return bool(self.prepare_value(initial) != str(data or "").strip())


class Picked:
    """The records that the picks of a form lead to: one statement for each kind."""

    def __init__(self, wanted: Mapping[type[Record], Iterable[str]], by: Actor) -> None:
        self._found: dict[tuple[type[Record], str], Record] = {}
        for model, texts in wanted.items():
            self._find(model, set(texts), by)

    def _find(self, model: type[Record], texts: set[str], by: Actor) -> None:
        keys = [int(text) for text in texts if text and not text.startswith(NEW)]
        names = {text for text in texts if text.startswith(NEW)}
        folded = {fold(name.removeprefix(NEW)) for name in names}
        if not keys and not names:
            return
        live: RecordQuerySet[Any] = RecordQuerySet(model).live().accessible(by)
        where = models.Q(pk__in=keys)
        if names:  # one of this name may be there after all
            where |= models.Q(name_key__in=folded)
        by_name: dict[str, Record] = {}
        for record in live.filter(where).order_by("-pk"):
            self._found[model, str(record.pk)] = record
            if names:
                by_name[record.name_key] = record
        new: dict[str, Record] = {}
        for number, text in enumerate(sorted(names), start=1):
            name = text.removeprefix(NEW)
            key = fold(name)
            record = by_name.get(key) or new.setdefault(key, _unsaved(model, name, -number))
            self._found[model, text] = record

    def get(self, model: type[Record], text: str) -> Record | None:
        """The record behind a pick; None where there is none to be seen. One that is new has a
        provisional key below 0."""
        return self._found.get((model, text))


def _unsaved(model: type[Record], name: str, key: int) -> Record:
    made: Any = model
    record: Record = made(name=name, pk=key)
    return record
