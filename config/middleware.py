"""What happens around every request."""

import ipaddress
import re
from collections.abc import Callable
from functools import lru_cache
from typing import Final

from django.conf import settings
from django.core.handlers.exception import convert_exception_to_response
from django.http import HttpRequest, HttpResponse
from django.template.response import SimpleTemplateResponse
from django.urls import ResolverMatch, resolve

from config.health import healthz, readyz
from promotions.http.compatible import API_USAGE, CONTENT_TYPE
from promotions.http.untying import untie
from promotions.request_ids import request_id_for

GetResponse = Callable[[HttpRequest], HttpResponse]

_COMPATIBLE: Final = ("/services/", "/id/")
_DATA: Final = "/services/data"
_ASYNC: Final = "/services/async/"
_API: Final = ("/api/v1/", *_COMPATIBLE)
_LONG: Final = 200
"""Characters of a path that is not remembered."""
_API_HEADERS: Final = {
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
    "X-Frame-Options": "DENY",
}
"""What keeps a browser that is led to an answer from making a page of it."""


def request_id(get_response: GetResponse) -> GetResponse:
    """Gives every request an id (``X-Request-Id``), taken from the caller where it is usable."""

    def middleware(request: HttpRequest) -> HttpResponse:
        with request_id_for(request.META.get("HTTP_X_REQUEST_ID")) as chosen:
            response = get_response(request)
            response["X-Request-Id"] = chosen
            return response

    return middleware


def client_address(get_response: GetResponse) -> GetResponse:
    """Makes ``REMOTE_ADDR`` the caller's address where proxies stand before the service: what the
    outermost of ``TRUSTED_PROXIES`` saw. What a caller itself puts into the header stands further
    left and is not believed."""

    def middleware(request: HttpRequest) -> HttpResponse:
        if proxies := settings.TRUSTED_PROXIES:
            seen = request.META.get("HTTP_X_FORWARDED_FOR", "").split(",")
            if len(seen) >= proxies and (address := _address(seen[-proxies])):
                request.META["REMOTE_ADDR"] = address
        return get_response(request)

    return middleware


def _address(text: str) -> str:
    """The IP address in what a proxy wrote, some with a port; empty where there is none."""
    host = re.sub(r"^\[(.+)\](:\d+)?$|^([\d.]+):\d+$", r"\1\3", text.strip())
    try:
        return str(ipaddress.ip_address(host))
    except ValueError:
        return ""


def api_path(get_response: GetResponse) -> GetResponse:
    """Answers the API's requests by their views alone, past all middleware below this one: it is
    there for people's browsers (sessions, log-ins, forms, pages, static files) and takes longer
    than the call itself. What the API needs of it is done here; see docs/decisions/0014."""
    by_view: GetResponse = convert_exception_to_response(_answer_of_view)  # type: ignore[assignment]  # it knows asynchronous views as well

    def middleware(request: HttpRequest) -> HttpResponse:
        if not request.path_info.startswith(_API):
            return get_response(request)
        response = by_view(request)
        untie(request, response)
        for name, value in _API_HEADERS.items():
            response.headers.setdefault(name, value)
        if request.path_info.startswith(_COMPATIBLE):
            _as_existing_clients_read(request.path_info, response)
        if not response.streaming and "Content-Length" not in response.headers:
            response.headers["Content-Length"] = str(len(response.content))
        return response

    return middleware


def _as_existing_clients_read(path: str, response: HttpResponse) -> None:
    """What every answer of the compatible surface has, whichever view or failure it comes from."""
    # Clients of the older bulk calls know JSON by its bare name.
    is_json = response.headers.get("Content-Type") == "application/json"
    if is_json and not path.startswith(_ASYNC):
        response.headers["Content-Type"] = CONTENT_TYPE
    if path.startswith(_DATA):
        response.headers["Sforce-Limit-Info"] = API_USAGE


@lru_cache(maxsize=1024)
def _resolved(path: str) -> ResolverMatch:
    """Partners call the same few paths, and finding the view of one takes a while."""
    return resolve(path)


def _answer_of_view(request: HttpRequest) -> HttpResponse:
    """What the view says that the path leads to, rendered; what it raises is told by the caller."""
    request.get_host()  # raises DisallowedHost
    path = request.path_info
    match = request.resolver_match = (_resolved if len(path) < _LONG else resolve)(path)
    response: HttpResponse = match.func(request, *match.args, **match.kwargs)
    if isinstance(response, SimpleTemplateResponse):
        response.render()
    return response


def health_checks(get_response: GetResponse) -> GetResponse:
    """Answers ``/healthz`` and ``/readyz`` under any host name: probes ask by address."""
    checks = {"/healthz": healthz, "/readyz": readyz}

    def middleware(request: HttpRequest) -> HttpResponse:
        check = checks.get(request.path_info.rstrip("/"))
        return check(request) if check else get_response(request)

    return middleware


def admin_content_policy(get_response: GetResponse) -> GetResponse:
    """Loosens the content security policy by what the theme needs, and under /admin/ only."""

    def middleware(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        if request.path.startswith("/admin/"):
            response._csp_update = settings.ADMIN_CONTENT_SECURITY_POLICY  # type: ignore[attr-defined]
        return response

    return middleware
