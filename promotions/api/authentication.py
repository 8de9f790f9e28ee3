"""Who calls: access tokens and their scopes."""

import hashlib
from datetime import datetime
from typing import TYPE_CHECKING, Any, Final

from django.utils import timezone
from oauth2_provider.models import get_access_token_model
from rest_framework import exceptions
from rest_framework.authentication import BaseAuthentication
from rest_framework.permissions import SAFE_METHODS, BasePermission
from rest_framework.request import Request

from promotions.errors import refuse
from promotions.models import Partner, User

if TYPE_CHECKING:
    from rest_framework.views import APIView  # imports this module, through the settings

_SCHEMES: Final = ("bearer", "oauth")
HOW_TO_GET_ONE: Final = (
    "Get an access token from /services/oauth2/token and send it as Authorization: Bearer <token>."
)


def token_of(request: Request) -> Any:
    """The access token that the request came with; only asked where there is one."""
    return request.auth


def partner_of(request: Request) -> Partner:
    """The partner system that calls."""
    partner: Partner = token_of(request).application
    return partner


def scopes_of(request: Request) -> frozenset[str]:
    """What the request's token allows: of its own scopes those that its partner still has."""
    return frozenset(token_of(request).scope.split()) & frozenset(partner_of(request).scopes)


class TokenAuthentication(BaseAuthentication):
    """``Authorization: Bearer <token>`` (or ``OAuth``, as some existing clients write).

    The request's user is the partner's own, ``request.auth`` the token with its application.
    """

    def authenticate(self, request: Request) -> tuple[User, Any] | None:
        header = request.headers.get("Authorization", "")
        if not header.strip():
            return None
        scheme, _, token = header.strip().partition(" ")
        if scheme.lower() not in _SCHEMES or not token.strip():
            raise exceptions.AuthenticationFailed(
                f"The Authorization header holds no access token. {HOW_TO_GET_ONE}"
            )
        return self._check(token.strip(), timezone.now())

    def _check(self, token: str, at: datetime) -> tuple[User, Any]:
        checksum = hashlib.sha256(token.encode("utf-8", "surrogateescape")).hexdigest()
        found = (
            get_access_token_model()
            .objects.select_related("application__user")
            .filter(token_checksum=checksum)
            .first()
        )
        if found is None or found.application is None:
            raise exceptions.AuthenticationFailed(
                f"This access token is not known. {HOW_TO_GET_ONE}"
            )
        if found.expires <= at:
            raise exceptions.AuthenticationFailed(
                f"This access token has expired. {HOW_TO_GET_ONE}"
            )
        user = found.application.acting_user
        if not user.is_active:
            raise exceptions.AuthenticationFailed("This partner has been switched off.")
        return user, found

    def authenticate_header(self, request: Request) -> str:
        return 'Bearer realm="api"'


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
