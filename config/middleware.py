"""What happens around every request."""

import ipaddress
import re
from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse

from config.health import healthz, readyz
from promotions.request_ids import request_id_for

GetResponse = Callable[[HttpRequest], HttpResponse]


def request_id(get_response: GetResponse) -> GetResponse:
    """Gives every request an id (``X-Request-Id``), taken from the caller where it is usable."""

    def middleware(request: HttpRequest) -> HttpResponse:
        with request_id_for(request.headers.get("X-Request-Id")) as chosen:
            response = get_response(request)
            response["X-Request-Id"] = chosen
            return response

    return middleware


def client_address(get_response: GetResponse) -> GetResponse:
    """Makes ``REMOTE_ADDR`` the caller's address where proxies stand before the service: what the
    outermost of ``TRUSTED_PROXIES`` saw. What a caller itself puts into the header stands further
    left and is not believed."""

    def middleware(request: HttpRequest) -> HttpResponse:
        proxies: int = settings.TRUSTED_PROXIES
        seen = request.headers.get("X-Forwarded-For", "").split(",")
        if proxies and len(seen) >= proxies and (address := _address(seen[-proxies])):
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
