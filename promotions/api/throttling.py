"""How often one caller may call."""

from typing import TYPE_CHECKING

from rest_framework.request import Request
from rest_framework.throttling import SimpleRateThrottle

from promotions.api.authentication import partner_of

if TYPE_CHECKING:
    from rest_framework.views import APIView  # imports this module, through the settings


class PartnerThrottle(SimpleRateThrottle):
    """By partner system (setting API_RATE_LIMIT); counted in each server process."""

    scope = "partner"

    def get_cache_key(self, request: Request, view: "APIView") -> str | None:
        if request.auth is None:
            return None
        return self.cache_format % {"scope": self.scope, "ident": partner_of(request).pk}


class TokenThrottle(SimpleRateThrottle):
    """By address (setting TOKEN_RATE_LIMIT): checking a client secret is expensive by design."""

    scope = "token"

    def get_cache_key(self, request: Request, view: "APIView") -> str:
        ident = request.META.get("REMOTE_ADDR", "")
        return self.cache_format % {"scope": self.scope, "ident": ident}
