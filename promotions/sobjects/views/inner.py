"""Calls inside of a call: made by the very views that answer them over HTTP, as the same caller.

They are counted once, as the call that contains them, and reach nothing but what is under
``/services/data``. Source: the client contract, section 2, "composite" and "batch / tree".
"""

import re
from collections.abc import Mapping
from contextlib import nullcontext
from functools import partial
from io import BytesIO
from time import monotonic
from typing import Any, Final
from urllib.parse import unquote_to_bytes

import orjson
from django.core.handlers.wsgi import WSGIRequest
from django.db import transaction
from django.http.response import HttpResponseBase
from django.template.response import SimpleTemplateResponse
from django.urls import Resolver404, resolve
from rest_framework.authentication import BaseAuthentication
from rest_framework.request import Request
from rest_framework.views import APIView

from promotions.http.untying import untie
from promotions.services.transactions import joins_another
from promotions.sobjects.composite import Answer, Call, refusal
from promotions.sobjects.errors import CallFailed, Problem, not_found
from promotions.sobjects.reading import DATA_PATH

_URL: Final = re.compile(r"(?:/?services/data)?/?(?P<below>v[0-9]{2}\.0(?:/.*)?)", re.DOTALL)
_NOT_INSIDE: Final = re.compile(
    r"v[0-9.]+/+(?:jobs|composite(?!/(?:sobjects|tree)))(?:/|$)", re.IGNORECASE
)
"""What isn't called from within another call: another such one, and what takes or gives files."""
_KEPT: Final = (
    "HTTP_HOST",
    "REMOTE_ADDR",
    "SERVER_NAME",
    "SERVER_PORT",
    "SERVER_PROTOCOL",
    "wsgi.url_scheme",
)
"""What the calls inside have of the one outside."""
_SHOWN_HEADERS: Final = ("Location", "ETag", "Last-Modified")
LONGEST: Final = 120.0
"""Seconds after which no further call inside another is begun."""
LARGEST: Final = 50 * 1024 * 1024
"""Bytes of answers after which none is, either: all of them are in memory until the last is there.
"""


class Budget:
    """What all calls inside of one may take together: each may ask for thousands of records, and
    for as long as a query may take."""

    def __init__(self) -> None:
        self._until, self._left = monotonic() + LONGEST, LARGEST

    def check(self) -> None:
        """Raises ``CallFailed`` where nothing is left for another call."""
        if self._left < 0 or monotonic() > self._until:
            message = "The calls before this one took all that one request may. Send fewer at once."
            raise CallFailed(Problem("EXCEEDED_MAX_SIZE_REQUEST", message))

    def spend(self, size: int) -> None:
        self._left -= size


class SameCaller(BaseAuthentication):
    """Who called outside calls inside."""

    def __init__(self, outer: Request) -> None:
        self._outer = outer

    def authenticate(self, request: Request) -> tuple[Any, Any]:
        return self._outer.user, self._outer.auth

    def authenticate_header(self, request: Request) -> str:
        return 'Bearer realm="api"'


def answer_to(outer: Request, call: Call, budget: Budget) -> Answer:
    """Makes a call and waits for its answer."""
    try:
        budget.check()
        # In a transaction with others, what one call gives up is no more than its own.
        with transaction.atomic() if joins_another() else nullcontext():
            return _read(_respond(outer, call), budget)
    except CallFailed as problem:
        return refusal(problem)


def _respond(outer: Request, call: Call) -> HttpResponseBase:
    path, _, query = call.url.partition("?")
    match = _URL.fullmatch(path)
    if match is None:
        message = "The url of a call inside another begins with /services/data/v59.0/."
        raise CallFailed(Problem("INVALID_INPUT", message))
    below = unquote_to_bytes(match["below"])
    if _NOT_INSIDE.match(below.decode("latin-1")):
        message = "This can't be called from within another call. Send it by itself."
        raise CallFailed(Problem("INVALID_INPUT", message))
    request = _request(outer, call, below, query)
    try:
        found = resolve(request.path_info)
    except Resolver404 as error:
        raise not_found() from error
    view: type[APIView] | None = getattr(found.func, "cls", None)
    if view is None:
        raise not_found()
    options: dict[str, Any] = {**getattr(found.func, "initkwargs", {}), "throttle_classes": ()}
    if view.authentication_classes:
        options["authentication_classes"] = (partial(SameCaller, outer),)
    request.resolver_match = found
    response = view.as_view(**options)(request, *found.args, **found.kwargs)
    if isinstance(response, SimpleTemplateResponse):
        response.render()
    untie(request, response)
    return response


def _request(outer: Request, call: Call, below: bytes, query: str) -> WSGIRequest:
    body = b"" if call.body is None else orjson.dumps(call.body)
    return WSGIRequest(
        {
            **{name: outer.META[name] for name in _KEPT if name in outer.META},
            **_environ(call.headers),
            "REQUEST_METHOD": call.method,
            "PATH_INFO": f"{DATA_PATH}/" + below.decode("latin-1"),
            "QUERY_STRING": query.encode("utf-8", "replace").decode("latin-1"),
            "CONTENT_TYPE": "application/json",
            "CONTENT_LENGTH": str(len(body)),
            "wsgi.input": BytesIO(body),
        }
    )


def _environ(headers: Mapping[str, str]) -> dict[str, str]:
    return {f"HTTP_{name.upper().replace('-', '_')}": value for name, value in headers.items()}


def _read(response: HttpResponseBase, budget: Budget) -> Answer:
    # It isn't closed: that would end the request as a whole, with its connection to the database.
    content = response.content if hasattr(response, "content") else b""
    budget.spend(len(content))
    headers = {name: response[name] for name in _SHOWN_HEADERS if name in response}
    if not content:
        return Answer(response.status_code, None, headers)
    try:
        return Answer(response.status_code, orjson.loads(content), headers)
    except orjson.JSONDecodeError:
        return Answer(response.status_code, content.decode("utf-8", "replace"), headers)
