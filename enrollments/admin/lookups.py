"""Choosing a customer, a promotion, an offer while typing: over big tables nobody lists them all.

Django's autocompletion, with labels that tell two customers of one name apart.
"""

from typing import Any

from django import forms
from django.contrib import admin
from django.contrib.admin.views.autocomplete import AutocompleteJsonView
from django.db import models
from django.urls import reverse

from enrollments.models import Contact, PromotionPartyUsage
from promotions.actors import Actor
from promotions.admin.site import KeySelect
from promotions.models import Promotion, RecordQuerySet


def label_of(record: models.Model) -> str:
    """How a record is named where it is chosen among others."""
    match record:
        case Contact():
            parts = [record.full_name, record.email, str(record.account or "")]
            return " · ".join(part for part in parts if part)
        case Promotion():
            code = record.promotion_code
            return f"{record.name} ({code})" if code else record.name
        case _:
            return str(record)


class LookupView(AutocompleteJsonView):
    """Answers what somebody types, to those who may view the records."""

    def serialize_result(self, obj: Any, to_field_name: str) -> dict[str, str]:
        return {"id": str(getattr(obj, to_field_name)), "text": label_of(obj)}


class LookupSelect(KeySelect):
    """A select that is filled by ``LookupView``."""

    def get_url(self) -> str:
        return reverse("admin:enrollment_lookup")


class LookupField(forms.ModelChoiceField):  # type: ignore[type-arg]  # not generic at run time
    """One of the live records that an enrollment's field ``name`` can name."""

    def __init__(self, name: str, **options: Any) -> None:
        field = PromotionPartyUsage._meta.get_field(name)
        assert isinstance(field, models.ForeignKey)
        self._records: RecordQuerySet[Any] = RecordQuerySet(field.related_model).live()
        super().__init__(self._records, widget=LookupSelect(field, admin.site), **options)

    def limit_to(self, by: Actor) -> None:
        """Leaves only what ``by`` may see."""
        self.queryset = self._records.accessible(by)

    def label_from_instance(self, obj: models.Model) -> str:
        return label_of(obj)
