"""Records as JSON objects of the plain surface, and back: strict types, camelCase names.

A serializer parses and renders; what a record must satisfy is checked by the services. The
properties are those of the field dictionary.
"""

from collections.abc import Iterator, Mapping
from copy import deepcopy
from datetime import date, datetime
from decimal import Decimal
from functools import cache, cached_property
from itertools import islice
from typing import Any, Final, TypeVar

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from promotions import ids
from promotions.api.references import leads_to_another_promotion, prefix_of
from promotions.dictionary import Field, fields_of
from promotions.models import Record
from promotions.moments import format_moment, parse_moment
from promotions.selectors import hidden_promotions
from promotions.services.records import NO_SUCH_RECORD

M = TypeVar("M", bound=Record)
_MOST_REPORTED = 20
"""Of properties that can't be set no more are reported: an answer is not many times its request."""


class Text(serializers.CharField):
    """A string; anything else is ``invalid_type``, not turned into one."""

    def to_internal_value(self, data: Any) -> str:
        if not isinstance(data, str):
            raise serializers.ValidationError("This must be a string.", code="invalid_type")
        return super().to_internal_value(data)

    def run_validation(self, data: Any = serializers.empty) -> Any:
        # An empty text is none: null where the property can be null, else missing.
        if isinstance(data, str) and not data.strip() and self.allow_null:
            return None
        return super().run_validation(data)


class Flag(serializers.BooleanField):
    def to_internal_value(self, data: Any) -> bool:
        if not isinstance(data, bool):
            raise serializers.ValidationError("Write true or false.", code="invalid_type")
        return data


class Whole(serializers.IntegerField):
    def to_internal_value(self, data: Any) -> int:
        # A whole number past 64 bits is parsed as a float: it is too large, not of a wrong type.
        if isinstance(data, float) and data.is_integer() and abs(data) >= 2**63:
            return int(data)
        if not isinstance(data, int) or isinstance(data, bool):
            raise serializers.ValidationError("This must be a whole number.", code="invalid_type")
        return data


class Moment(serializers.DateTimeField):
    def to_internal_value(self, data: Any) -> datetime:
        if not isinstance(data, str):
            raise serializers.ValidationError("This must be a string.", code="invalid_type")
        try:
            return parse_moment(data)
        except ValueError as error:
            raise serializers.ValidationError(str(error), code="invalid_datetime") from error

    def to_representation(self, value: datetime) -> str:
        return format_moment(value)


class Day(serializers.DateField):
    def to_internal_value(self, data: Any) -> date:
        if not isinstance(data, str):
            raise serializers.ValidationError("This must be a string.", code="invalid_type")
        try:
            if len(data) != len("2026-05-01"):
                raise ValueError
            return date.fromisoformat(data)
        except ValueError as error:
            detail = "Write a date that exists as YYYY-MM-DD."
            raise serializers.ValidationError(detail, code="invalid_value") from error


class Choice(serializers.ChoiceField):
    def to_internal_value(self, data: Any) -> str:
        if not isinstance(data, str):
            raise serializers.ValidationError("This must be a string.", code="invalid_type")
        if data not in self.choices:
            detail = f"Write one of {', '.join(self.choices)}."
            raise serializers.ValidationError(detail, code="invalid_value")
        return data


def decode_reference(data: Any, *prefixes: str) -> tuple[str, int]:
    """The prefix and key behind an id that may be of several kinds."""
    if not isinstance(data, str):
        raise serializers.ValidationError("An id must be a string.", code="invalid_type")
    prefix = next((p for p in prefixes if data.startswith(p)), prefixes[0])
    try:
        return prefix, ids.decode(prefix, data)
    except ids.MalformedId as error:
        detail = f"Send the record's id as it was given: {error}."
        raise serializers.ValidationError(detail, code="malformed_id") from error


_ID_SCHEMA: Final = {"type": "string", "pattern": "^[0-9A-Za-z]{15}([A-Z0-5]{3})?$"}


@extend_schema_field(_ID_SCHEMA)
class Reference(serializers.Field[int, Any, str, int]):
    """Another record, by its id; ``source`` is the model's key field."""

    def __init__(self, prefix: str, **options: Any) -> None:
        super().__init__(**options)
        self._prefix = prefix

    def to_internal_value(self, data: Any) -> int:
        return decode_reference(data, self._prefix)[1]

    def to_representation(self, value: int) -> str:
        return ids.encode(self._prefix, value)


class PromotionReference(Reference):
    """Another promotion. One that the caller may not see is shown as null, and stays as it is where
    null is sent back; naming it is like naming one that is not there."""

    def get_attribute(self, instance: Any) -> int | None:
        key: int | None = super().get_attribute(instance)
        return None if self._is_hidden(key, instance) else key

    def run_validation(self, data: Any = serializers.empty) -> Any:
        record = self.parent.instance
        if data is None and record is not None and self._is_hidden(self._named_by(record), record):
            raise serializers.SkipField
        return super().run_validation(data)

    def to_internal_value(self, data: Any) -> int:
        key = super().to_internal_value(data)
        if self._is_hidden(key):
            raise serializers.ValidationError(NO_SUCH_RECORD, code="invalid_value")
        return key

    def _is_hidden(self, key: int | None, record: Any = None) -> bool:
        """Asked once for all records that are being shown with ``record``."""
        if key is None:
            return False
        if key not in self._known:
            shown = self.parent.instance if record is not None else None
            named = map(self._named_by, shown) if isinstance(shown, list) else ()
            keys = {key, *(other for other in named if other is not None)}
            hidden = hidden_promotions(keys, by=self.context["view"].actor)
            self._known.update((key, key in hidden) for key in keys)
        return self._known[key]

    @cached_property
    def _known(self) -> dict[int, bool]:
        return {}

    def _named_by(self, record: Any) -> int | None:
        key: int | None = getattr(record, str(self.source))
        return key


@extend_schema_field(_ID_SCHEMA)
class EitherReference(serializers.Field[Any, Any, str | None, Any]):
    """A reference that may lead to one of several objects, told apart by the id's prefix; each has
    a column of its own. ``parts`` holds the columns' key fields by prefix."""

    def __init__(self, parts: Mapping[str, str], **options: Any) -> None:
        super().__init__(source="*", **options)
        self._parts = parts

    def to_internal_value(self, data: Any) -> dict[str, int | None]:
        prefix, key = decode_reference(data, *self._parts)
        chosen: dict[str, int | None] = dict.fromkeys(self._parts.values())
        return chosen | {self._parts[prefix]: key}

    def run_validation(self, data: Any = serializers.empty) -> Any:
        if data is None and self.allow_null:
            return dict.fromkeys(self._parts.values())
        return super().run_validation(data)

    def to_representation(self, value: Any) -> str | None:
        for prefix, column in self._parts.items():
            key = getattr(value, column)
            if key is not None:
                return ids.encode(prefix, key)
        return None


@extend_schema_field({"type": "number"})
class Number(serializers.DecimalField):
    """A JSON number; exact, as many digits as the field has."""

    def to_internal_value(self, data: Any) -> Decimal:
        if not isinstance(data, int | float) or isinstance(data, bool):
            raise serializers.ValidationError("This must be a number.", code="invalid_type")
        return super().to_internal_value(repr(data))

    def to_representation(self, value: Decimal) -> Any:
        # 15 digits at most: a double has them all, and orjson writes the shortest form.
        return int(value) if value == value.to_integral_value() else float(value)


class ReadOnlyText(serializers.CharField):
    def __init__(self, **options: Any) -> None:
        super().__init__(**{**options, "read_only": True})


_KINDS: Final[Mapping[str, type[serializers.Field[Any, Any, Any, Any]]]] = {
    "boolean": Flag,
    "currency": Number,
    "date": Day,
    "dateTime": Moment,
    "double": Number,
    "int": Whole,
    "percent": Number,
}
"""Types of the dictionary and what reads and writes them; the others are texts."""


class RecordSerializer(serializers.ModelSerializer[M]):
    """Base of the serializers of records: the dictionary says which properties there are."""

    def get_fields(self) -> dict[str, serializers.Field[Any, Any, Any, Any]]:
        model: Any = self.Meta.model
        fields: dict[str, Any] = {"id": ReadOnlyText(source="record_id")}
        for field in fields_of(model).values():
            if not field.system and not field.objects_only:
                fields[field.json_name] = _serializer_field(model, field)
        fields |= deepcopy(self._declared_fields)  # each serializer binds its own
        fields["createdDate"] = Moment(source="created_date", read_only=True)
        fields["lastModifiedDate"] = Moment(source="last_modified_date", read_only=True)
        return fields

    def to_internal_value(self, data: Any) -> dict[str, Any]:
        if not isinstance(data, Mapping):
            detail = serializers.ErrorDetail("Send a JSON object.", code="invalid_type")
            raise serializers.ValidationError({"non_field_errors": [detail]})
        errors = dict(islice(self._not_writable(data), _MOST_REPORTED))
        writable = {
            name: value
            for name, value in data.items()
            if name in self.fields and not self.fields[name].read_only
        }
        if not self.partial:  # absent and null mean the same
            writable = {name: value for name, value in writable.items() if value is not None}
        try:
            values: dict[str, Any] = super().to_internal_value(writable)
        except serializers.ValidationError as error:
            errors |= error.detail if isinstance(error.detail, dict) else {"": error.detail}
        if errors:
            raise serializers.ValidationError(errors)
        return values

    def _not_writable(self, data: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
        """Unknown properties; and read-only ones, unless they are sent back as they were."""
        current = self.to_representation(self.instance) if self.instance is not None else {}
        for name, value in data.items():
            field = self.fields.get(name)
            if field is None:
                detail = f"There is no such property; known are {', '.join(self.fields)}."
                yield name[:80], [serializers.ErrorDetail(detail, code="unknown_property")]
            elif field.read_only and value is not None and value != current.get(name):
                detail = "This is set by the service. Leave it out."
                yield name, [serializers.ErrorDetail(detail, code="invalid_value")]


@cache
def serializer_of(model: type[M]) -> type[RecordSerializer[M]]:
    """The serializer of a model that has no properties beyond its dictionary's."""
    meta = type("Meta", (), {"model": model})
    members = {"Meta": meta, "__doc__": model.__doc__}
    return type(f"{model.__name__}Serializer", (RecordSerializer,), members)


def _serializer_field(model: Any, field: Field) -> serializers.Field[Any, Any, Any, Any]:
    """What reads and writes one field of the dictionary."""
    options: dict[str, Any] = {"help_text": field.help_text} if field.help_text else {}
    if not field.writable:
        options["read_only"] = True
    else:
        options["required"] = field.createable and not field.nillable and field.default is None
        options["required"] &= not field.defaulted_on_create
        options["allow_null"] = field.nillable
    if field.type == "reference":
        return _reference(model, field, options)
    source = "number" if field.auto_number else field.attribute
    if source != field.json_name:
        options["source"] = source
    if not field.writable:
        if field.nillable:
            options |= {"allow_null": True, "default": None}
        return _KINDS.get(field.type, ReadOnlyText)(**options)
    column = model._meta.get_field(field.columns[0])
    if field.type == "picklist" and field.values:
        return Choice(choices=field.values, **options)
    kind = _KINDS.get(field.type, Text)
    if kind is Text:
        options["max_length"] = field.length
    elif kind is Number:
        options |= {"max_digits": column.max_digits, "decimal_places": column.decimal_places}
    elif kind is Whole:
        options |= _bounds(column)
    return kind(**options)


def _reference(
    model: Any, field: Field, options: dict[str, Any]
) -> serializers.Field[Any, Any, Any, Any]:
    options.pop("help_text", None)
    columns = [model._meta.get_field(name) for name in field.columns]
    if len(columns) > 1:
        parts = {prefix_of(c.related_model): c.attname for c in columns}
        return EitherReference(parts, **options)
    # Whether a reference is missing is said by the service, which may know it from the path.
    options |= {"source": columns[0].attname}
    if "required" in options:
        options["required"] = False
    kind = PromotionReference if leads_to_another_promotion(columns[0]) else Reference
    return kind(prefix_of(columns[0].related_model), **options)


def _bounds(column: "models.Field[Any, Any]") -> dict[str, Any]:
    """The least and the greatest number that a column's validators let pass."""
    bounds: dict[str, Any] = {"min_value": 0}
    for validator in column.validators:
        if isinstance(validator, MinValueValidator):
            bounds["min_value"] = max(bounds["min_value"], validator.limit_value)
        elif isinstance(validator, MaxValueValidator):
            limit = validator.limit_value
            bounds["max_value"] = min(bounds.get("max_value", limit), limit)
    return bounds
