"""What a caller gets for a path that there is not, in the form of its surface."""

import logging
import sys
from collections.abc import Callable
from http.client import responses
from time import time
from typing import Any, Final

from django.core.exceptions import DisallowedHost
from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.template.loader import get_template
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request

from promotions.errors import refuse
from promotions.http.compatible import CompatibleView
from promotions.http.errors import PROBLEM_MEDIA_TYPE
from promotions.http.throttling import window
from promotions.http.untying import UntiedView

logger = logging.getLogger(__name__)

_LOGGED: Final = "unknown paths"
_LOGGED_RATE: Final = "120/minute"
"""In each process."""


class NotThere(UntiedView):
    """Any method: not found, whoever asks; each surface says so in its form."""

    authentication_classes = ()
    permission_classes = ()
    throttle_classes = ()

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        # Tells the operator what a client calls that is not offered; whoever calls anything can't
        # fill the log by it. A line is a JSON object: nothing in a path ends it.
        if window(_LOGGED, _LOGGED_RATE).wait("", at=time()) is None:
            logger.warning("no such resource: %.20s %.200s", request.method, request.path)
        raise refuse("not_found", "The requested resource does not exist.")


@extend_schema(exclude=True)
class NotFoundView(NotThere):
    """Under ``/api/``."""


@extend_schema(exclude=True)
class CompatibleNotFoundView(NotThere, CompatibleView):
    """Under ``/services/`` and ``/id/``."""


PlainAnswer = Callable[[HttpRequest, int, str], HttpResponse]
"""How failures outside of the views are told, by status and words. It must not fail itself."""
_FORMS: Final[dict[str, PlainAnswer]] = {}


def tell_plainly_below(beginning: str, form: PlainAnswer) -> None:
    """Has the failures of requests whose paths begin so told in a form of their own; for the door
    that is there."""
    _FORMS[beginning] = form


_UNAVAILABLE = "The service cannot reach its database at the moment. Try again in a few seconds."
_DEFECT = "Something went wrong in the service; it is logged. Try again later."


def server_error(request: HttpRequest) -> HttpResponse:
    """What a caller gets when we fail: in the form of its surface, 503 where the database does."""
    unavailable = isinstance(sys.exc_info()[1], OperationalError | InterfaceError)
    status, detail = (503, _UNAVAILABLE) if unavailable else (500, _DEFECT)
    response = _plain_answer(request, status, detail, "UNKNOWN_EXCEPTION")
    if unavailable:
        response["Retry-After"] = "5"
    return response


def unreadable_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """What a caller gets for a request that is refused before any view sees it."""
    detail = (
        "This service does not answer under this host name (setting ALLOWED_HOSTS)."
        if isinstance(exception, DisallowedHost)
        else "The request cannot be read."
    )
    return _plain_answer(request, 400, detail, "INVALID_API_INPUT")


def _plain_answer(request: HttpRequest, status: int, detail: str, error_code: str) -> HttpResponse:
    """An answer outside the catalogue, without anything that could fail on the way."""
    for beginning, form in _FORMS.items():
        if request.path_info.startswith(beginning):
            return form(request, status, detail)
    if request.path_info.startswith(("/services/", "/id/")):
        entries = [{"errorCode": error_code, "message": detail, "fields": []}]
        return JsonResponse(entries, status=status, safe=False)
    if request.path_info.startswith("/api/"):
        title = responses[status]
        problem = {"type": "about:blank", "title": title, "status": status, "detail": detail}
        return JsonResponse(problem, status=status, content_type=PROBLEM_MEDIA_TYPE)
    page = get_template("failed.html").render({"detail": detail, "request": request})
    return HttpResponse(page, status=status)
