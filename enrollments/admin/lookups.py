"""Choosing a customer, a promotion, an offer while typing: nobody lists big tables."""

from typing import Any

from django import forms
from django.contrib import admin
from django.db import models

from enrollments.models import PromotionPartyUsage
from promotions.actors import Actor
from promotions.admin.site import KeySelect, choice_of
from promotions.models import RecordQuerySet


class LookupField(forms.ModelChoiceField):  # type: ignore[type-arg]  # not generic at run time
    """One of the live records that an enrollment's field ``name`` can name."""

    def __init__(self, name: str, **options: Any) -> None:
        field = PromotionPartyUsage._meta.get_field(name)
        assert isinstance(field, models.ForeignKey)
        self._records: RecordQuerySet[Any] = RecordQuerySet(field.related_model).live()
        self._by: Actor | None = None
        super().__init__(self._records, widget=KeySelect(field, admin.site), **options)

    def limit_to(self, by: Actor) -> None:
        """Leaves only what ``by`` may see, under names that ``by`` may read."""
        self._by = by
        self.queryset = self._records.accessible(by)

    def label_from_instance(self, obj: models.Model) -> str:
        assert self._by is not None
        return choice_of(obj, self._by)
