"""What happens around every request."""

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse

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


def admin_content_policy(get_response: GetResponse) -> GetResponse:
    """Loosens the content security policy by what the theme needs, and under /admin/ only."""

    def middleware(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        if request.path.startswith("/admin/"):
            response._csp_update = settings.ADMIN_CONTENT_SECURITY_POLICY  # type: ignore[attr-defined]
        return response

    return middleware
