"""Paths as clients put them together."""

from collections.abc import Iterable
from typing import Any

from config.chunked import WSGIApplication


def begin_with_one_slash(application: WSGIApplication) -> WSGIApplication:
    """Some existing clients keep the service's address with a slash at its end and add one more:
    ``//services/data``. A redirect would cost them the body."""

    def with_one_slash(environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        if environ.get("PATH_INFO", "").startswith("//"):
            environ["PATH_INFO"] = "/" + environ["PATH_INFO"].lstrip("/")
        return application(environ, start_response)

    return with_one_slash
