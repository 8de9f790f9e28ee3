"""The wire format of enrolling as the API's description (OpenAPI) shows it.

What is accepted is decided by ``enrollments/wire.py``; a test sends what this describes.
"""

from typing import Any, Final

from enrollments.rules import LONGEST_REASON
from enrollments.wire import MOST_ITEMS

_ID: Final = {"type": "string", "description": "A record's id, 15 or 18 characters"}
_TEXT: Final = {"type": "string", "minLength": 1}
_MOMENT: Final = {"type": "string", "format": "date-time", "description": "With an offset or Z"}


def _object(properties: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"type": "object", "properties": properties, "additionalProperties": False, **more}


_CONTACT: Final = _object({"id": _ID, "lastName": _TEXT, "email": _TEXT}, minProperties=1)
_CODED: Final = _object({"id": _ID, "code": _TEXT}, minProperties=1)

_ITEM: Final = _object(
    {
        "account": _object({"id": _ID}, required=["id"]),
        "contact": _CONTACT,
        "promotion": _CODED,
        "enrollmentOffer": _CODED,
        "enrollmentEffectiveDateTime": _MOMENT,
        "enrollmentExpirationDateTime": _MOMENT,
    },
    required=["promotion"],
    anyOf=[{"required": ["contact"]}, {"required": ["account"]}],
)
_REASON: Final = {
    "type": "string",
    "minLength": 1,
    "maxLength": LONGEST_REASON,
    "description": "Why, in a few words",
}

ITEM: Final = {"application/json": _ITEM}
WITHDRAWAL: Final = {"application/json": _object({"reason": _REASON}, required=["reason"])}
PERIOD: Final = {
    "application/json": _object(
        {
            "enrollmentEffectiveDateTime": {**_MOMENT, "type": ["string", "null"]},
            "enrollmentExpirationDateTime": {**_MOMENT, "type": ["string", "null"]},
            "reason": _REASON,
        },
        required=["reason"],
    )
}
REQUEST: Final = {
    "application/json": _object(
        {
            "inputParameters": {
                "type": "array",
                "items": _ITEM,
                "minItems": 1,
                "maxItems": MOST_ITEMS,
            },
            "allOrNone": {"type": "boolean", "default": True},
        },
        required=["inputParameters"],
    )
}
_NULLABLE_TEXT: Final = {"type": ["string", "null"]}
_ERRORS: Final = {"$ref": "#/components/schemas/CompatibleErrors"}
ANSWER: Final = {
    "type": "object",
    "properties": {
        "results": {
            "type": "array",
            "items": {
                "type": "object",
                "properties": {
                    "account": _object({"id": _ID}),
                    "contact": _object({"id": _ID, "lastName": _TEXT, "email": _NULLABLE_TEXT}),
                    "promotion": _object({"id": _ID, "code": _NULLABLE_TEXT}),
                    "enrollmentOffer": _object({"id": _ID, "code": _TEXT}),
                    "promotionPartyUsageId": _ID,
                    "enrollmentEffectiveDateTime": _MOMENT,
                    "enrollmentExpirationDateTime": _MOMENT,
                    "errors": _ERRORS,
                },
            },
        }
    },
    "required": ["results"],
}
NONE_ENROLLED: Final = {"anyOf": [_ERRORS, ANSWER]}
"""A refused request; with ``allOrNone: false`` the results, none of them good."""
