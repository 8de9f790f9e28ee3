"""Filters of lists: named after the properties, strict about what they are given.

An unknown filter, an empty or unreadable value, a filter given twice is ``invalid_filter``: a list
that silently ignored one would answer with more than was asked for.
"""

from collections.abc import Callable, Hashable, Mapping, Sequence
from copy import deepcopy
from datetime import datetime
from typing import TYPE_CHECKING, Any

import django_filters
from django import forms
from django.core.exceptions import ValidationError
from django.db.models import DateTimeField, Field, Q, QuerySet
from django.http import QueryDict
from django_filters.rest_framework import DjangoFilterBackend
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema_field
from rest_framework.request import Request

from promotions import ids
from promotions.actors import Actor
from promotions.api.pagination import PARAMETERS
from promotions.errors import DomainError, Refused
from promotions.folding import fold
from promotions.moments import parse_moment
from promotions.prepared import Parameter

if TYPE_CHECKING:
    from rest_framework.views import APIView  # imports this module, through the settings


class StrictFilterBackend(DjangoFilterBackend):  # type: ignore[misc]  # django-filter has no types
    """Applies the view's filter set, and refuses what it doesn't know."""

    def get_filterset_class(
        self, view: "APIView", queryset: QuerySet[Any] | None = None
    ) -> "type[FilterSet] | None":
        found: type[FilterSet] | None = super().get_filterset_class(view, queryset)
        return None if found is None else found.as_set_up()

    def filter_queryset(
        self, request: Request, queryset: QuerySet[Any], view: "APIView"
    ) -> QuerySet[Any]:
        filters = self.get_filterset_class(view, queryset)
        values = read_filters(filters, request.query_params)
        if filters is None:
            return queryset
        return filters(values, queryset, request=request).qs


def read_filters(filters: "type[FilterSet] | None", query: QueryDict) -> dict[str, Any]:
    """The values that ``query`` gives to ``filters``, by name: as the filters take them.

    Raises ``Refused`` with an ``invalid_filter`` for each that is unknown or unreadable.
    """
    known = filters.base_filters if filters else {}
    values: dict[str, Any] = {}
    unknown, unreadable = [], []
    for name, texts in query.lists():
        if problem := _problem(name, texts, known):
            unknown.append(DomainError("invalid_filter", problem, name[:80]))
        elif name in known:
            try:
                values[name] = known[name].field.clean(texts[0])
            except ValidationError as error:
                unreadable += [
                    DomainError("invalid_filter", message, name)
                    for message in _messages(error, known[name].field)
                ]
    if unknown or unreadable:
        raise Refused(*(unknown or unreadable))
    return values


def _messages(error: ValidationError, field: forms.Field) -> Sequence[str]:
    if isinstance(field, forms.ChoiceField):
        choices: Any = field.choices  # called and resolved by the field, whatever it was given
        return [f"Write one of {', '.join(str(value) for value, _ in choices if value)}."]
    return error.messages


def _problem(name: str, values: Sequence[str], known: Mapping[str, Any]) -> str | None:
    if name not in known and name not in PARAMETERS:
        return f"There is no such filter; known are {', '.join(sorted([*known, *PARAMETERS]))}."
    if len(values) > 1:
        return "Give this filter once."
    if not values[0].strip() or "\x00" in values[0]:
        return "Give this filter a value, or leave it out."
    return None


class PreparedFilter(django_filters.Filter):  # type: ignore[misc]
    """A filter whose query can be compiled once for all values (``promotions/prepared.py``). A
    filter that is none has a few values, each with a query of its own."""

    def split(self, value: Any) -> tuple[Hashable, Sequence[Any]]:
        """What of a value the query depends on, and what is put into the query."""
        return None, (value,)

    def join(self, kind: Any, parts: Sequence[Any]) -> Any:
        """The value again, of its kind and its parts, or of what stands for the parts."""
        return parts[0]


class _IdField(forms.Field):
    prefixes: tuple[str, ...] = ()

    def to_python(self, value: Any) -> tuple[str, int] | None:
        if value in self.empty_values:
            return None
        prefix = next((p for p in self.prefixes if value.startswith(p)), self.prefixes[0])
        try:
            return prefix, ids.decode(prefix, value)
        except ids.MalformedId as error:
            raise ValidationError(f"This is not a record id: {error}.") from error


@extend_schema_field(OpenApiTypes.STR)
class IdFilter(PreparedFilter):
    """A record of one of some kinds by its 15- or 18-character id; ``field_name`` is its key."""

    field_class = _IdField

    def __init__(self, prefixes: tuple[str, ...], field_name: str) -> None:
        super().__init__(field_name=field_name)
        self._prefixes = prefixes

    @property
    def field(self) -> forms.Field:
        field: forms.Field = super().field
        field.prefixes = self._prefixes  # type: ignore[attr-defined]
        return field

    def split(self, value: tuple[str, int]) -> tuple[Hashable, Sequence[Any]]:
        return value[0], value[1:]

    def join(self, kind: Any, parts: Sequence[Any]) -> Any:
        return (kind, *parts)

    def filter(self, queryset: QuerySet[Any], value: tuple[str, int] | None) -> QuerySet[Any]:
        return queryset if value is None else queryset.filter(**{self.field_name: value[1]})


class EitherFilter(IdFilter):
    """A record of one of some kinds by its id; for each kind's prefix, the condition on its key."""

    def __init__(self, conditions: Mapping[str, Callable[[int], Q]]) -> None:
        super().__init__(tuple(conditions), field_name="id")
        self._conditions = conditions

    def filter(self, queryset: QuerySet[Any], value: tuple[str, int] | None) -> QuerySet[Any]:
        return queryset if value is None else queryset.filter(self._conditions[value[0]](value[1]))


class _MomentField(forms.Field):
    def to_python(self, value: Any) -> datetime | None:
        if value in self.empty_values:
            return None
        try:
            # A plus sign that was not percent-encoded arrives as a space.
            return parse_moment(value[:-6] + value[-6:].replace(" ", "+"))
        except ValueError as error:
            raise ValidationError(str(error)) from error


@extend_schema_field(OpenApiTypes.DATETIME)
class MomentFilter(PreparedFilter):
    """A date-time with an offset."""

    field_class = _MomentField


class _FlagField(forms.Field):
    def to_python(self, value: Any) -> bool | None:
        if value in self.empty_values:
            return None
        if value not in ("true", "false"):
            raise ValidationError("Write true or false.")
        return bool(value == "true")


@extend_schema_field(OpenApiTypes.BOOL)
class FlagFilter(django_filters.Filter):  # type: ignore[misc]
    """``true`` or ``false``."""

    field_class = _FlagField


class _FoldedField(forms.CharField):
    def clean(self, value: Any) -> str:
        return fold(super().clean(value))


class FoldedFilter(django_filters.CharFilter, PreparedFilter):  # type: ignore[misc]
    """A text, compared without regard to case; ``field_name`` is a folded field."""

    field_class = _FoldedField


@extend_schema_field(OpenApiTypes.INT)
class WholeFilter(django_filters.Filter):  # type: ignore[misc]
    """A whole number."""

    field_class = forms.IntegerField


@extend_schema_field(OpenApiTypes.NUMBER)
class NumberFilter(django_filters.Filter):  # type: ignore[misc]
    """A number, of no more digits than the model's field ``like`` has."""

    field_class = forms.DecimalField

    def __init__(self, like: Any, **options: Any) -> None:
        # More digits than these the database's driver doesn't take.
        super().__init__(max_digits=like.max_digits, decimal_places=like.decimal_places, **options)


class DayFilter(django_filters.DateFilter):  # type: ignore[misc]
    """A date as ``YYYY-MM-DD``, and in no other form."""

    def __init__(self, **options: Any) -> None:
        wrong = {"invalid": "Write a date that exists as YYYY-MM-DD."}
        super().__init__(input_formats=["%Y-%m-%d"], error_messages=wrong, **options)


def _field_of(one: PreparedFilter) -> "Field[Any, Any] | None":
    """How the filter's values are written for the database, where that is not as they are."""
    return DateTimeField() if isinstance(one, MomentFilter) else None


class FilterSet(django_filters.FilterSet):  # type: ignore[misc]
    """Base of our filter sets. ``values`` come from ``read_filters``."""

    def __init__(
        self,
        values: Mapping[str, Any],
        queryset: QuerySet[Any],
        *,
        request: Any = None,
        at: Any = None,
    ) -> None:
        # In place of the library's own, which copies every filter there is and builds a form of
        # them all, for each request: that took longer than the rest of a list.
        self.values, self.queryset, self.request, self._at = values, queryset, request, at

    @property
    def qs(self) -> QuerySet[Any]:
        """The rows of the queryset that the values leave over."""
        found = self.queryset
        for name, value in self.values.items():
            one = deepcopy(self.base_filters[name])
            one.parent, one.model = self, found.model
            found = one.filter(found, value)
        return found

    @classmethod
    def as_set_up(cls) -> "type[FilterSet]":
        """The set as the organisation's settings have it."""
        return cls

    @classmethod
    def prepare(cls, values: Mapping[str, Any]) -> tuple[Hashable, dict[str, Any], dict[str, Any]]:
        """What of ``values`` a query depends on; the values with a ``Parameter`` for each part that
        it doesn't depend on; and these parts, by the parameters' names."""
        form: list[Hashable] = []
        stand_ins: dict[str, Any] = {}
        parts: dict[str, Any] = {}
        for name, value in sorted(values.items()):
            one = cls.base_filters[name]
            if not isinstance(one, PreparedFilter):
                form.append((name, value))
                stand_ins[name] = value
                continue
            kind, put_in = one.split(value)
            named = {f"{name}{place}": part for place, part in enumerate(put_in)}
            form.append((name, kind))
            stand_ins[name] = one.join(kind, [Parameter(each, _field_of(one)) for each in named])
            parts |= named
        return tuple(form), stand_ins, parts

    @property
    def actor(self) -> Actor:
        """Who asks."""
        actor: Actor = self.request.parser_context["view"].actor
        return actor

    @property
    def at(self) -> datetime:
        """The moment of the request."""
        at: datetime = self._at or self.request.parser_context["view"].at
        return at


def after(field_name: str) -> MomentFilter:
    """``…_after``: at that moment or later."""
    return MomentFilter(field_name=field_name, lookup_expr="gte")


def before(field_name: str) -> MomentFilter:
    """``…_before``: earlier than that moment, so that two ranges can meet without sharing a row."""
    return MomentFilter(field_name=field_name, lookup_expr="lt")


class RecordFilters(FilterSet):
    """The filters that lists of every kind of record have."""

    createdDate_after = after("created_date")
    createdDate_before = before("created_date")
    lastModifiedDate_after = after("last_modified_date")
    lastModifiedDate_before = before("last_modified_date")
