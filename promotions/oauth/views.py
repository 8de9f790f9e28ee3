"""The endpoints that issue access tokens and end them, in the form of OAuth 2.0."""

import base64
import binascii
import hashlib
import hmac
from typing import Any, Final

import orjson
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from oauth2_provider.views.mixins import OAuthLibMixin
from rest_framework.parsers import FormParser, MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response

from promotions.errors import common_status, refuse
from promotions.http.errors import errors_of, headers_for
from promotions.http.throttling import TokenThrottle
from promotions.http.untying import UntiedView
from promotions.models import Partner
from promotions.oauth.grants import GRANT_TYPES
from promotions.services.tokens import revoke_token
from promotions.token_format import ORGANIZATION_ID

_LARGEST_FORM: Final = 64 * 1024
"""In bytes: a form with a file could be of any size."""


class _Endpoint(UntiedView):
    """Base of both: a form without a token, answered and refused as RFC 6749, 5.2, has it."""

    authentication_classes = ()
    permission_classes = ()
    parser_classes = (FormParser, MultiPartParser)
    throttle_classes = (TokenThrottle,)

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        super().initial(request, *args, **kwargs)
        announced = request.META.get("CONTENT_LENGTH") or "0"
        if not announced.isdigit() or int(announced[:12]) > _LARGEST_FORM:
            raise refuse("payload_too_large", "A request for a token is a small form.")

    def get_exception_handler(self) -> Any:
        return _oauth_error


_READ: Final = "See the service's documentation on ways to a token."
_WHY: Final = {
    "invalid_client": "There is no such client id, or the secret is not its own.",
    "unsupported_grant_type": "Say how you prove who you are: grant_type=client_credentials.",
    "invalid_grant": "The token, assertion or log-in is not valid (any more).",
    "invalid_scope": "The partner doesn't have such a scope.",
    "unauthorized_client": "The partner may not get a token in this way.",
}
"""What to do about an error of which the standard's library says no more than its name."""


class TokenView(OAuthLibMixin, _Endpoint):  # type: ignore[misc]  # the toolkit has no types
    """``POST /services/oauth2/token``: by the client's id and secret, in the form or by HTTP Basic,
    by them and a refresh token or the name of the partner's user, or by a signed assertion.

    Answers what existing clients read beside the standard's properties: ``instance_url``, ``id``,
    ``issued_at`` and, where the secret was sent, its ``signature``.
    """

    @extend_schema(
        operation_id="token",
        tags=["authentication"],
        auth=[],
        request={
            "application/x-www-form-urlencoded": {
                "type": "object",
                "properties": {
                    "grant_type": {"type": "string", "enum": list(GRANT_TYPES)},
                    "client_id": {"type": "string"},
                    "client_secret": {"type": "string"},
                    "refresh_token": {"type": "string"},
                    "assertion": {"type": "string", "description": "JSON web token, RS256"},
                    "username": {"type": "string"},
                    "password": {"type": "string", "description": "The client's secret"},
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
        client_id, client_secret = _credentials(django_request)
        if not _plain(client_id, client_secret, *map(str, django_request.POST.values())):
            return Response(
                {"error": "invalid_client", "error_description": "Unreadable client credentials."},
                status=401,
            )
        django_request.META.setdefault("HTTP_HOST", django_request.get_host())
        _, headers, body, status = self.create_token_response(django_request)
        answer = orjson.loads(body)
        if status != 200:
            answer.setdefault("error_description", _WHY.get(answer.get("error"), _READ))
        if status == 200:
            answer |= self._what_existing_clients_read(
                django_request, answer["access_token"], client_secret
            )
        response = Response(answer, status=status)
        for name in ("Cache-Control", "Pragma", "WWW-Authenticate"):
            if name in headers:
                response[name] = headers[name]
        return response

    def _what_existing_clients_read(
        self, request: HttpRequest, access_token: str, client_secret: str
    ) -> dict[str, str]:
        checksum = hashlib.sha256(access_token.encode()).hexdigest()
        partner = Partner.objects.select_related("user").get(accesstoken__token_checksum=checksum)
        instance_url = request.build_absolute_uri("/").rstrip("/")
        identity = f"{instance_url}/id/{ORGANIZATION_ID}/{partner.acting_user.record_id}"
        issued_at = str(int(timezone.now().timestamp() * 1000))
        read = {"instance_url": instance_url, "id": identity, "issued_at": issued_at}
        if client_secret:
            signed = (identity + issued_at).encode()
            digest = hmac.digest(client_secret.encode(), signed, "sha256")
            read["signature"] = base64.b64encode(digest).decode()
        return read


class RevokeView(_Endpoint):
    """``POST /services/oauth2/revoke`` (RFC 7009): ends a token, of either kind.

    Whoever has a token may end it: existing clients send nothing but the token.
    """

    @extend_schema(
        operation_id="revoke",
        tags=["authentication"],
        auth=[],
        request={
            "application/x-www-form-urlencoded": {
                "type": "object",
                "properties": {"token": {"type": "string"}},
                "required": ["token"],
            }
        },
        responses={
            200: None,
            (400, "application/json"): {"$ref": "#/components/schemas/OAuthError"},
        },
    )
    def post(self, request: Request) -> HttpResponse:
        """End an access token, or a refresh token and what came by it."""
        token = request._request.POST.get("token", "")
        if not token:
            raise refuse("required", "Send the token to be revoked, as token=… in a form.")
        revoke_token(token)
        return HttpResponse(status=200)


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
