"""Refusals that arrive although the request hasn't ended."""

from collections.abc import Iterable
from contextlib import suppress
from time import monotonic
from typing import Any, Final

from config.chunked import WSGIApplication

MOST: Final = 64 * 1024 * 1024
"""Bytes that are still taken, for nothing, after a refusal."""
SECONDS: Final = 10
_BLOCK: Final = 256 * 1024


def hear_them_out(application: WSGIApplication) -> WSGIApplication:
    """Takes what is left of the body of a request that is refused, some of it, before answering.

    The server closes a connection with a body half-read, and what the other side sends into a
    closed connection makes it forget the answer it was to read (RFC 9112, 9.6). Who sends
    ``Expect: 100-continue`` waits for the answer and is not asked for the body.
    """

    def heard_out(environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        body = environ["wsgi.input"]
        statuses: list[str] = []

        def noting(status: str, *rest: Any) -> Any:
            statuses.append(status)
            return start_response(status, *rest)

        answer = application(environ, noting)
        if statuses and statuses[-1].startswith("4") and _may_have_more(environ):
            _take(body)
        return answer

    return heard_out


def _may_have_more(environ: dict[str, Any]) -> bool:
    sends_it = environ.get("CONTENT_LENGTH") or "HTTP_TRANSFER_ENCODING" in environ
    return bool(sends_it) and "HTTP_EXPECT" not in environ


def _take(body: Any) -> None:
    """Of what is left, as much as there is, within reason."""
    until, left = monotonic() + SECONDS, MOST
    with suppress(OSError):  # it broke off: then nobody waits for the answer
        while left > 0 and monotonic() < until and (block := body.read(_BLOCK)):
            left -= len(block)
