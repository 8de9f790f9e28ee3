"""Records as JSON objects of the plain surface, and back: strict types, camelCase names.

A serializer parses and renders; what a record must satisfy is checked by the services. The
properties are derived from the model: name, length, choices, whether it can be null.
"""

from collections.abc import Iterator, Mapping
from datetime import date, datetime
from itertools import islice
from typing import Any, ClassVar, TypeVar, cast

from django.db import models
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from promotions import ids
from promotions.models import Record
from promotions.moments import format_moment, parse_moment
from promotions.naming import api_name

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


@extend_schema_field({"type": "string", "pattern": "^[0-9A-Za-z]{15}([A-Z0-5]{3})?$"})
class Reference(serializers.Field[int, Any, str, int]):
    """Another record, by its id; ``source`` is the model's key field."""

    def __init__(self, prefix: str, **options: Any) -> None:
        super().__init__(**options)
        self._prefix = prefix

    def to_internal_value(self, data: Any) -> int:
        return decode_reference(data, self._prefix)[1]

    def to_representation(self, value: int) -> str:
        return ids.encode(self._prefix, value)


class ReadOnlyText(serializers.CharField):
    def __init__(self, **options: Any) -> None:
        super().__init__(read_only=True, **options)


class RecordSerializer(serializers.ModelSerializer[M]):
    """Base of the serializers of records. ``Meta.fields`` lists model fields; the properties are
    named by ``promotions.naming``."""

    serializer_field_mapping: ClassVar = {
        models.CharField: Text,
        models.TextField: Text,
        models.BooleanField: Flag,
        models.PositiveIntegerField: Whole,
        models.DateTimeField: Moment,
        models.DateField: Day,
    }
    serializer_choice_field = Choice

    def get_fields(self) -> dict[str, serializers.Field[Any, Any, Any, Any]]:
        fields: dict[str, Any] = {"id": ReadOnlyText(source="record_id")}
        for name in self.Meta.fields:
            fields[api_name(name)] = self._field(name)
        fields |= self._declared_fields
        fields["createdDate"] = Moment(source="created_date", read_only=True)
        fields["lastModifiedDate"] = Moment(source="last_modified_date", read_only=True)
        return fields

    def _field(self, name: str) -> serializers.Field[Any, Any, Any, Any]:
        model: Any = self.Meta.model
        model_field = model._meta.get_field(name)
        if isinstance(model_field, models.ForeignKey):
            related: type[Record] = cast("type[Record]", model_field.related_model)
            return Reference(
                related.key_prefix,
                source=model_field.attname,
                required=False,
                allow_null=model_field.null,
            )
        kind, options = self.build_standard_field(name, model_field)
        if api_name(name) != name:
            options["source"] = name
        for key in ("allow_blank", "model_field", "validators", "help_text"):
            options.pop(key, None)
        if model_field.help_text:
            options["help_text"] = str(model_field.help_text)
        return kind(**options)

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
