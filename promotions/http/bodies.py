"""Bodies of calls that are no records: of a verb, a post, a share. As strict as records are."""

from collections.abc import Mapping
from typing import Any

from rest_framework import serializers
from rest_framework.request import Request

from promotions.http.json import json_body_or_none

_MOST_REPORTED = 20
"""Of unknown properties no more are reported: an answer is not many times its request."""


class Body(serializers.Serializer[Any]):
    """Base of such bodies: a JSON object of the declared properties and no others. Without any
    declared, it is the body of a call that takes none."""

    def to_internal_value(self, data: Any) -> Any:
        if not isinstance(data, Mapping):
            detail = serializers.ErrorDetail("Send a JSON object.", code="invalid_type")
            raise serializers.ValidationError({"non_field_errors": [detail]})
        known = ", ".join(self.fields) or "none"
        unknown = f"There is no such property; known are {known}."
        errors: dict[str, Any] = {
            str(name)[:80]: [serializers.ErrorDetail(unknown, code="unknown_property")]
            for name in [name for name in data if name not in self.fields][:_MOST_REPORTED]
        }
        try:
            values = super().to_internal_value(data)
        except serializers.ValidationError as error:
            errors |= error.detail if isinstance(error.detail, dict) else {"": error.detail}
        if errors:
            raise serializers.ValidationError(errors)
        return values


def read_body(body: type[Body], data: Any) -> dict[str, Any]:
    """What ``data`` says, by the names of the model. Raises what the API answers as a problem."""
    serializer = body(data=data)
    serializer.is_valid(raise_exception=True)
    values: dict[str, Any] = serializer.validated_data
    return values


def refuse_body(request: Request) -> None:
    """For a call that needs no body: there is none, or an empty object."""
    read_body(Body, json_body_or_none(request))
