"""How often one caller may call, counted in the memory of each server process."""

from collections.abc import Mapping
from functools import cache
from time import time
from typing import TYPE_CHECKING, Any, Final

from rest_framework.request import Request
from rest_framework.settings import api_settings
from rest_framework.throttling import BaseThrottle

from promotions.http.authentication import partner_of
from promotions.sliding_window import SlidingWindow

if TYPE_CHECKING:
    from rest_framework.views import APIView  # imports this module, through the settings

_SECONDS: Final = {"second": 1, "minute": 60, "hour": 3600, "day": 86400}


@cache
def window(scope: str, rate: str) -> SlidingWindow:
    """What this process has counted of a kind of call, under a rate such as ``600/minute``."""
    limit, _, period = rate.partition("/")
    return SlidingWindow(int(limit), _SECONDS[period])


class WindowThrottle(BaseThrottle):
    """Base of ours, for the rates that the framework's settings name. The framework's own keeps a
    list of times in a cache, copied at each call, and lets two at once through for one."""

    THROTTLE_RATES: Mapping[str, Any] = api_settings.DEFAULT_THROTTLE_RATES
    scope: str
    _wait: float | None = None

    def ident_of(self, request: Request) -> str | None:
        """Whose calls are counted together; None where they are not."""
        raise NotImplementedError

    def allow_request(self, request: Request, view: "APIView") -> bool:
        rate = self.THROTTLE_RATES[self.scope]
        if rate is None:
            return True
        ident = self.ident_of(request)
        if ident is not None:
            self._wait = window(self.scope, rate).wait(ident, at=time())
        return self._wait is None

    def wait(self) -> float | None:
        return self._wait


class PartnerThrottle(WindowThrottle):
    """By partner system (setting API_RATE_LIMIT); counted in each server process."""

    scope = "partner"

    def ident_of(self, request: Request) -> str | None:
        return None if request.auth is None else str(partner_of(request).pk)


class TokenThrottle(WindowThrottle):
    """By address (setting TOKEN_RATE_LIMIT): checking a client secret is expensive by design."""

    scope = "token"

    def ident_of(self, request: Request) -> str:
        return str(request.META.get("REMOTE_ADDR", ""))
