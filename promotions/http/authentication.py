"""Who calls: access tokens and their scopes."""

import hashlib
from time import monotonic
from typing import TYPE_CHECKING, Any, Final

from django.utils import timezone
from rest_framework import exceptions
from rest_framework.authentication import BaseAuthentication
from rest_framework.permissions import SAFE_METHODS, BasePermission
from rest_framework.request import Request

from promotions.errors import refuse
from promotions.known_tokens import KnownToken, known_tokens
from promotions.models import Partner, User

if TYPE_CHECKING:
    from rest_framework.views import APIView  # imports this module, through the settings

_SCHEMES: Final = ("bearer", "oauth")
HOW_TO_GET_ONE: Final = (
    "Get an access token from /services/oauth2/token and send it as Authorization: Bearer <token>."
)


def token_of(request: Request) -> KnownToken:
    """What the request's access token stands for; only asked where there is one."""
    token: Any = request.auth
    assert isinstance(token, KnownToken)
    return token


def partner_of(request: Request) -> Partner:
    """The partner system that calls."""
    return token_of(request).partner


def scopes_of(request: Request) -> frozenset[str]:
    """What the request's token allows: of its own scopes those that its partner still has."""
    return token_of(request).scopes


class TokenAuthentication(BaseAuthentication):
    """``Authorization: Bearer <token>`` (or ``OAuth``, as some existing clients write).

    The request's user is the partner's own, ``request.auth`` what the token stands for. That is
    remembered for a few seconds; whether the token has expired is asked each time.
    """

    def authenticate(self, request: Request) -> tuple[User, KnownToken] | None:
        header = request.META.get("HTTP_AUTHORIZATION", "")
        if not header.strip():
            return None
        scheme, _, token = header.strip().partition(" ")
        if scheme.lower() not in _SCHEMES or not token.strip():
            raise exceptions.AuthenticationFailed(
                f"The Authorization header holds no access token. {HOW_TO_GET_ONE}"
            )
        found = self.check(token.strip())
        return found.user, found

    def check(self, token: str) -> KnownToken:
        """What this access token stands for. Raises ``AuthenticationFailed``."""
        checksum = hashlib.sha256(token.encode("utf-8", "surrogateescape")).hexdigest()
        found = known_tokens.find(checksum, at=monotonic())
        if found is None:
            raise exceptions.AuthenticationFailed(
                f"This access token is not known. {HOW_TO_GET_ONE}"
            )
        if found.expires <= timezone.now():
            raise exceptions.AuthenticationFailed(
                f"This access token has expired. {HOW_TO_GET_ONE}"
            )
        if not found.user.is_active:
            raise exceptions.AuthenticationFailed("This partner has been switched off.")
        return found

    def authenticate_header(self, request: Request) -> str:
        return 'Bearer realm="api"'


class QueryTokenAuthentication(TokenAuthentication):
    """Also ``?oauth_token=<token>``, as existing clients ask who they are (the client contract,
    section 0). Nowhere else: an address is kept and shown where a header isn't."""

    def authenticate(self, request: Request) -> tuple[User, KnownToken] | None:
        token = request.query_params.get("oauth_token", "").strip()
        if request.META.get("HTTP_AUTHORIZATION", "").strip() or not token:
            return super().authenticate(request)
        found = self.check(token)
        return found.user, found


class SessionHeaderAuthentication(TokenAuthentication):
    """Also ``X-SFDC-Session: <token>``, as clients of the older bulk calls send it (the client
    contract, section 0, 12)."""

    def authenticate(self, request: Request) -> tuple[User, KnownToken] | None:
        token = request.headers.get("X-SFDC-Session", "").strip()
        if not token:
            return super().authenticate(request)
        found = self.check(token)
        return found.user, found


class AnyToken(BasePermission):
    """A valid token, whatever its scopes."""

    def has_permission(self, request: Request, view: "APIView") -> bool:
        if request.auth is None:
            raise exceptions.NotAuthenticated(HOW_TO_GET_ONE)
        return True


class HasScope(BasePermission):
    """The token has the scope that the view asks for: ``read_scope`` or ``write_scope``."""

    def has_permission(self, request: Request, view: "APIView") -> bool:
        if request.auth is None:
            raise exceptions.NotAuthenticated(HOW_TO_GET_ONE)
        name = "read_scope" if request.method in SAFE_METHODS else "write_scope"
        scope = getattr(view, name, None)
        if scope not in scopes_of(request):
            raise refuse("insufficient_scope", f"This call needs a token with the scope {scope}.")
        return True
