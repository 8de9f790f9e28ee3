"""Request bodies sent in chunks, without a length."""

import tempfile
from collections.abc import Callable, Iterable
from typing import Any

WSGIApplication = Callable[[dict[str, Any], Any], Iterable[bytes]]

_LIMIT = 6 * 1024 * 1024
"""Read no more than this: past the largest body that is taken, its length alone is the answer."""
_IN_MEMORY = 256 * 1024
_UPLOADS = "/api/v1/enrollment-jobs"
"""Where files of any length come, which go to disk as they come."""
_UNMEASURED = "promotions.body_without_length"
"""Tells the view that nobody announced the length (``enrollments/api/uploads.py``)."""
_ANY_LENGTH = 2**62


def accept_chunked_bodies(application: WSGIApplication) -> WSGIApplication:
    """Django under WSGI sees an empty body where there is no Content-Length; existing clients send
    ``Transfer-Encoding: chunked``. Such a body is read first and handed on with its length; that of
    an upload is handed on as it comes, to be read to its end."""

    def with_length(environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        chunked = "chunked" in environ.get("HTTP_TRANSFER_ENCODING", "").lower()
        if not chunked or environ.get("CONTENT_LENGTH"):
            return application(environ, start_response)
        if environ.get("PATH_INFO", "").rstrip("/") == _UPLOADS:
            environ |= {"CONTENT_LENGTH": str(_ANY_LENGTH), _UNMEASURED: True}
            return application(environ, start_response)
        with tempfile.SpooledTemporaryFile(_IN_MEMORY) as body:
            size = 0
            while size < _LIMIT and (block := environ["wsgi.input"].read(64 * 1024)):
                size += body.write(block)
            body.seek(0)
            environ |= {"CONTENT_LENGTH": str(size), "wsgi.input": body}
            return application(environ, start_response)

    return with_length
