"""The endpoint that issues access tokens."""

import base64
import binascii
import hmac
from typing import Any, Final

import orjson
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from oauth2_provider.scopes import BaseScopes
from oauth2_provider.settings import oauth2_settings
from oauth2_provider.views.mixins import OAuthLibMixin
from rest_framework.parsers import FormParser, MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from promotions.errors import common_status, refuse
from promotions.http.errors import errors_of, headers_for
from promotions.http.throttling import TokenThrottle
from promotions.models import Partner
from promotions.token_format import ORGANIZATION_ID, new_access_token

_LARGEST_FORM: Final = 64 * 1024
"""In bytes: a form with a file could be of any size."""


class PartnerScopes(BaseScopes):  # type: ignore[misc]  # the toolkit has no types
    """The scopes a token can have: those of its partner, all unless it asks for less."""

    def get_all_scopes(self) -> dict[str, str]:
        return dict(oauth2_settings.SCOPES)

    def get_available_scopes(
        self, application: Partner | None = None, *args: Any, **kwargs: Any
    ) -> list[str]:
        return list(application.scopes) if application else list(oauth2_settings.SCOPES)

    def get_default_scopes(
        self, application: Partner | None = None, *args: Any, **kwargs: Any
    ) -> list[str]:
        return self.get_available_scopes(application)


def generate_access_token(request: Any, refresh_token: bool = False) -> str:
    """The toolkit's hook for the form of tokens."""
    return new_access_token()


class TokenView(OAuthLibMixin, APIView):  # type: ignore[misc]  # the toolkit has no types
    """``POST /services/oauth2/token``: client credentials, in the form or by HTTP Basic.

    Answers what existing clients read beside the standard's properties: ``instance_url``, ``id``,
    ``issued_at`` and its ``signature``. Errors have the standard's form (RFC 6749, 5.2).
    """

    authentication_classes = ()
    permission_classes = ()
    parser_classes = (FormParser, MultiPartParser)
    throttle_classes = (TokenThrottle,)

    @extend_schema(
        operation_id="token",
        tags=["authentication"],
        auth=[],
        request={
            "application/x-www-form-urlencoded": {
                "type": "object",
                "properties": {
                    "grant_type": {"type": "string", "enum": ["client_credentials"]},
                    "client_id": {"type": "string"},
                    "client_secret": {"type": "string"},
                    "scope": {"type": "string", "description": "Space-separated; default: all"},
                },
                "required": ["grant_type"],
            }
        },
        responses={
            200: {
                "type": "object",
                "properties": {
                    "access_token": {"type": "string"},
                    "token_type": {"type": "string"},
                    "expires_in": {"type": "integer"},
                    "scope": {"type": "string"},
                    "instance_url": {"type": "string"},
                    "id": {"type": "string"},
                    "issued_at": {"type": "string"},
                    "signature": {"type": "string"},
                },
                "required": ["access_token", "token_type", "instance_url"],
            },
            (400, "application/json"): {"$ref": "#/components/schemas/OAuthError"},
            (401, "application/json"): {"$ref": "#/components/schemas/OAuthError"},
        },
    )
    def post(self, request: Request) -> HttpResponse:
        """Get an access token with the client id and secret that `create_partner` printed."""
        django_request = request._request
        announced = request.META.get("CONTENT_LENGTH") or "0"
        if not announced.isdigit() or int(announced[:12]) > _LARGEST_FORM:
            raise refuse("payload_too_large", "A request for a token is a small form.")
        client_id, client_secret = _credentials(django_request)
        if not _plain(client_id, client_secret, *map(str, django_request.POST.values())):
            return Response(
                {"error": "invalid_client", "error_description": "Unreadable client credentials."},
                status=401,
            )
        _, headers, body, status = self.create_token_response(django_request)
        answer = orjson.loads(body)
        if status == 200:
            answer |= self._what_existing_clients_read(django_request, client_id, client_secret)
        response = Response(answer, status=status)
        for name in ("Cache-Control", "Pragma", "WWW-Authenticate"):
            if name in headers:
                response[name] = headers[name]
        return response

    def _what_existing_clients_read(
        self, request: HttpRequest, client_id: str, client_secret: str
    ) -> dict[str, str]:
        partner = Partner.objects.select_related("user").get(client_id=client_id)
        instance_url = request.build_absolute_uri("/").rstrip("/")
        identity = f"{instance_url}/id/{ORGANIZATION_ID}/{partner.acting_user.record_id}"
        issued_at = str(int(timezone.now().timestamp() * 1000))
        digest = hmac.digest(client_secret.encode(), (identity + issued_at).encode(), "sha256")
        return {
            "instance_url": instance_url,
            "id": identity,
            "issued_at": issued_at,
            "signature": base64.b64encode(digest).decode(),
        }

    def get_exception_handler(self) -> Any:
        return _oauth_error


def _credentials(request: HttpRequest) -> tuple[str, str]:
    """Client id and secret as the toolkit will read them: from HTTP Basic, else from the form."""
    scheme, _, encoded = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() == "basic":
        try:
            text = base64.b64decode(encoded.strip(), validate=True).decode()
        except (binascii.Error, UnicodeDecodeError):
            return "\0", ""
        client_id, _, secret = text.partition(":")
        return client_id, secret
    return request.POST.get("client_id", ""), request.POST.get("client_secret", "")


def _plain(*texts: str) -> bool:
    return all(text.isascii() and (text.isprintable() or not text) for text in texts)


def _oauth_error(exc: Exception, context: dict[str, Any]) -> Response | None:
    errors = errors_of(exc)
    if not errors:
        return None
    return Response(
        {"error": "invalid_request", "error_description": errors[0].detail},
        status=common_status(errors),
        headers=headers_for(exc),
    )
