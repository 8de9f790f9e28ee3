"""Request bodies sent in chunks, without a length."""

import re
import tempfile
from collections.abc import Callable, Iterable
from typing import Any, Final

WSGIApplication = Callable[[dict[str, Any], Any], Iterable[bytes]]

LIMIT: Final = 6 * 1024 * 1024
"""Read no more than this: past the largest body that is taken, its length alone is the answer."""
IN_MEMORY: Final = 256 * 1024
_UPLOADS: Final = re.compile(
    r"/api/v1/enrollment-jobs/?"
    r"|/services/data/v\d\d\.0/jobs/ingest/[^/]+/batches/?"
    r"|/services/async/\d\d\.0/job/[^/]+/batch/?"
)
"""Where files of any length come, which go to disk as they come."""
UNMEASURED: Final = "promotions.body_without_length"
"""Tells the view that nobody announced the length (``promotions/http/uploads.py``)."""
ANY_LENGTH: Final = 2**62


def accept_chunked_bodies(application: WSGIApplication) -> WSGIApplication:
    """Django under WSGI sees an empty body where there is no Content-Length; existing clients send
    ``Transfer-Encoding: chunked``. Such a body is read first and handed on with its length; that of
    an upload is handed on as it comes, to be read to its end."""

    def with_length(environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        chunked = "chunked" in environ.get("HTTP_TRANSFER_ENCODING", "").lower()
        if not chunked or environ.get("CONTENT_LENGTH"):
            return application(environ, start_response)
        if is_upload(environ.get("PATH_INFO", "")):
            environ |= {"CONTENT_LENGTH": str(ANY_LENGTH), UNMEASURED: True}
            return application(environ, start_response)
        with tempfile.SpooledTemporaryFile(IN_MEMORY) as body:
            size = 0
            while size < LIMIT and (block := environ["wsgi.input"].read(64 * 1024)):
                size += body.write(block)
            body.seek(0)
            environ |= {"CONTENT_LENGTH": str(size), "wsgi.input": body}
            return application(environ, start_response)

    return with_length


def is_upload(path: str) -> bool:
    """Whether files of any length may come there."""
    return _UPLOADS.fullmatch(path) is not None
