"""Filters of lists that follow from the field dictionary: one for every field that can be filtered
by, with the words and values that the organisation's settings allow now."""

from collections.abc import Iterator
from functools import cache
from typing import Any, ClassVar

import django_filters
from django.conf import settings
from django.db.models import Q, QuerySet
from drf_spectacular.utils import extend_schema_field

from promotions.api.filters import (
    DayFilter,
    EitherFilter,
    FlagFilter,
    FoldedFilter,
    IdFilter,
    NumberFilter,
    RecordFilters,
    WholeFilter,
    after,
    before,
)
from promotions.api.references import leads_to_another_promotion, prefix_of
from promotions.dictionary import Field, fields_of, folded_column
from promotions.models import Record
from promotions.numbers import parse_record_number
from promotions.selectors import hidden_promotions

Filters = Iterator[tuple[str, django_filters.Filter]]


class DeclaredFilters(RecordFilters):
    """The filters of a model's dictionary; what a subclass declares itself takes precedence."""

    model: ClassVar[type[Record]]

    @classmethod
    def as_set_up(cls) -> type["DeclaredFilters"]:
        """The filters there are with the settings as they are now."""
        filters: Any = cls
        return _filters_for(filters, tuple(settings.CURRENCIES), settings.COMMERCE_FIELDS)


@cache
def filters_of(model: type[Record]) -> type[DeclaredFilters]:
    """The filter set of a model that needs no filters beyond its dictionary's."""
    return type(f"{model.__name__}Filters", (DeclaredFilters,), {"model": model})


@cache
def _filters_for(
    filters: Any, currencies: tuple[str, ...], commerce: bool
) -> type[DeclaredFilters]:
    # What the settings are is asked by the dictionary; here they only tell the sets apart.
    declared = {
        name: one
        for field in fields_of(filters.model).values()
        if field.filterable and not field.system
        for name, one in _filters(filters.model, field)
        if name not in filters.declared_filters
    }
    return type(filters.__name__, (filters,), declared)


def _filters(model: type[Record], field: Field) -> Filters:
    name, path = field.json_name, field.path or field.attribute
    match field.type:
        case "reference":
            yield name, _reference(model, field)
        case "picklist" if field.values:
            enum = {"type": "string", "enum": [value for value, _ in field.values]}
            choice = django_filters.ChoiceFilter(field_name=path, choices=field.values)
            yield name, extend_schema_field(enum)(choice)
        case "boolean":
            yield name, FlagFilter(field_name=path)
        case "int":
            yield name, WholeFilter(field_name=path)
        case "double" | "currency" | "percent":
            yield name, NumberFilter(model._meta.get_field(path), field_name=path)
        case "dateTime":
            yield f"{name}_after", after(path)
            yield f"{name}_before", before(path)
        case "date":
            yield f"{name}_after", DayFilter(field_name=path, lookup_expr="gte")
            yield f"{name}_before", DayFilter(field_name=path, lookup_expr="lt")
        case _ if field.auto_number:
            yield name, RecordNumberFilter(model.number_letters or "")
        case _:
            yield name, _text(model, path)


def _reference(model: Any, field: Field) -> IdFilter:
    columns = [model._meta.get_field(name) for name in field.columns]
    if len(columns) > 1:
        return EitherFilter({prefix_of(c.related_model): _key_is(c.name) for c in columns})
    [column] = columns
    kind = PromotionFilter if leads_to_another_promotion(column) else IdFilter
    return kind((prefix_of(column.related_model),), field_name=column.name)


def _key_is(column: str) -> Any:
    return lambda key: Q(**{column: key})


def _text(model: type[Record], path: str) -> django_filters.CharFilter:
    """A text is compared without regard to case where it is kept folded, else as it is."""
    *relations, column = path.split("__")
    of: Any = model
    for relation in relations:
        of = of._meta.get_field(relation).related_model
    folded = folded_column(of, column)
    if folded is None:
        return django_filters.CharFilter(field_name=path)
    return FoldedFilter(field_name="__".join([*relations, folded]))


class RecordNumberFilter(django_filters.CharFilter):  # type: ignore[misc]
    """A record by its number, such as ``PT-000000042``; what is none finds nothing."""

    def __init__(self, letters: str) -> None:
        super().__init__(field_name="pk")
        self._letters = letters

    def filter(self, queryset: QuerySet[Any], value: str) -> QuerySet[Any]:
        if not value:
            return queryset
        key = parse_record_number(self._letters, value)
        return queryset.none() if key is None else queryset.filter(pk=key)


class PromotionFilter(IdFilter):
    """A promotion that the records name and that the caller may not see finds nothing."""

    def filter(self, queryset: QuerySet[Any], value: tuple[str, int] | None) -> QuerySet[Any]:
        if value is not None and hidden_promotions([value[1]], by=self.parent.actor):
            return queryset.none()
        return super().filter(queryset, value)
