"""How the API describes itself (OpenAPI): what all operations have in common, added once."""

from typing import Any, Final

from drf_spectacular.extensions import OpenApiAuthenticationExtension
from drf_spectacular.openapi import AutoSchema
from drf_spectacular.utils import OpenApiParameter

from promotions.errors import CATALOGUE
from promotions.http.error_codes import ERROR_CODES

_VERBS = ("/activate", "/clone", "/close", "/deactivate", "/restore", "/transfer", "/withdraw")
"""What paths end in that change a record by POST."""
_STATUSES = (400, 401, 403, 404, 405, 409, 412, 413, 415, 422, 429)
_KEY_DESCRIPTION: Final = (
    "Sent again within 24 hours, the same request gets the same answer again, a refusal by the "
    "rules as well, marked by the header `Idempotency-Replayed: true`. Another try needs another "
    "key."
)

_VIEWED = OpenApiParameter(
    "Sforce-Mru",
    str,
    OpenApiParameter.HEADER,
    description="`updateMru=true` notes that you viewed the record: `lastViewedDate`",
)


class Schema(AutoSchema):
    """Groups operations by resource."""

    def get_summary(self) -> str:
        """The first sentence of what the view's method says of itself."""
        method = getattr(self.view, getattr(self.view, "action", None) or self.method.lower(), None)
        lines = (getattr(method, "__doc__", None) or "").strip().split("\n\n")
        return " ".join(lines[0].split()).rstrip(".")

    def get_tags(self) -> list[str]:
        parts = [part for part in self.path.split("/") if part and "{" not in part]
        return [parts[2] if parts[:2] == ["api", "v1"] else parts[-1]]

    def get_override_parameters(self) -> list[Any]:
        parameters: list[Any] = super().get_override_parameters()
        model = getattr(self.view, "model", None)
        if getattr(self.view, "action", None) == "retrieve" and getattr(model, "viewable", False):
            parameters = [*parameters, _VIEWED]
        return parameters


class PartnerTokenScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]
    target_class = "promotions.http.authentication.TokenAuthentication"
    name = "partnerToken"

    def get_security_definition(self, auto_schema: Any) -> dict[str, str]:
        return {
            "type": "http",
            "scheme": "bearer",
            "description": "An access token from `/services/oauth2/token`.",
        }


def add_common_responses(
    result: dict[str, Any], generator: Any, request: Any, public: bool
) -> dict[str, Any]:
    """Adds the errors, the idempotency key and the conditional headers where they apply."""
    schemas = result["components"].setdefault("schemas", {})
    schemas.update(_schemas())
    result["components"]["responses"] = _error_responses()
    # Both forms work; the one without the slash is the one to use.
    result["paths"] = {path.rstrip("/"): ops for path, ops in result["paths"].items()}
    for path, operations in result["paths"].items():
        compatible = path.startswith("/services/")
        for method, operation in operations.items():
            if "oauth2" not in path:
                kind = "Compatible" if compatible else "Plain"
                for status in _STATUSES:
                    reference = {"$ref": f"#/components/responses/{kind}{status}"}
                    operation["responses"].setdefault(str(status), reference)
            if method == "post" and "oauth2" not in path:
                _add_header(operation, "Idempotency-Key", _KEY_DESCRIPTION)
            if method == "put":  # upserts
                operation["responses"]["201"] = operation["responses"]["200"]
            if method in ("patch", "put", "delete") or path.endswith(_VERBS):
                _add_header(operation, "If-Match", "The ETag that the change is based on")
    return result


def _error_responses() -> dict[str, Any]:
    """What the operations of each surface answer when they refuse, by status."""
    surfaces = (
        ("Compatible", "application/json", "CompatibleErrors"),
        ("Plain", "application/problem+json", "Problem"),
    )
    return {
        f"{kind}{status}": {
            "description": "; ".join(k.title for k in CATALOGUE.values() if k.status == status),
            "content": {media_type: {"schema": {"$ref": f"#/components/schemas/{schema}"}}},
        }
        for kind, media_type, schema in surfaces
        for status in _STATUSES
    }


def _add_header(operation: dict[str, Any], name: str, description: str) -> None:
    schema: dict[str, Any] = {"type": "string"}
    if name == "Idempotency-Key":
        schema |= {"minLength": 1, "maxLength": 255}
    operation.setdefault("parameters", []).append(
        {"name": name, "in": "header", "description": description, "schema": schema}
    )


def _schemas() -> dict[str, Any]:
    code = {"type": "string", "enum": list(CATALOGUE)}
    extra = {
        "promotionPartyUsageId": {"type": "string"},
        "matches": {"type": "integer"},
        "enrollments": {"type": "integer"},
    }
    return {
        "Problem": {
            "type": "object",
            "description": "A problem document, RFC 9457",
            "properties": {
                "type": {"type": "string", "format": "uri-reference"},
                "title": {"type": "string"},
                "status": {"type": "integer"},
                "detail": {"type": "string"},
                "code": {"type": "string", "enum": [*CATALOGUE, "several_errors"]},
                "errors": {
                    "type": "array",
                    "items": {
                        "type": "object",
                        "properties": {
                            "code": code,
                            "detail": {"type": "string"},
                            "pointer": {"type": "string"},
                            **extra,
                        },
                        "required": ["code", "detail", "pointer"],
                    },
                },
            },
            "required": ["type", "title", "status", "detail", "code", "errors"],
        },
        "CompatibleErrors": {
            "type": "array",
            "items": {
                "type": "object",
                "properties": {
                    "errorCode": {"type": "string", "enum": sorted(set(ERROR_CODES.values()))},
                    "message": {"type": "string"},
                    "fields": {"type": "array", "items": {"type": "string"}},
                    "code": code,
                    **extra,
                },
                "required": ["errorCode", "message", "fields", "code"],
            },
        },
        "OAuthError": {
            "type": "object",
            "properties": {
                "error": {"type": "string"},
                "error_description": {"type": "string"},
            },
            "required": ["error"],
        },
    }
