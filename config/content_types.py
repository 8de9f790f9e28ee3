"""Content types that can't be read, of requests and of parts of forms: Django fails on them, of
requests before anything of ours runs."""

import codecs
from collections.abc import Iterable
from functools import lru_cache
from typing import Any, Final

from django.core.handlers.wsgi import WSGIRequest
from django.http.multipartparser import MultiPartParserError
from django.utils.http import parse_header_parameters

from config.chunked import WSGIApplication

_UNKNOWN: Final = "application/octet-stream"
"""What a body is that nobody says anything about (RFC 9110, 8.3)."""
_PLAIN: Final = "\\u0041+AEE-"
"""ASCII that reads differently in what is no charset of plain text, such as UTF-7, which can say
half characters, and Python's escapes."""


def doubt_content_types(application: WSGIApplication) -> WSGIApplication:
    """A Content-Type that can't be read counts as none: where the body matters, the caller is told
    which to send, in the form of its surface."""

    def with_content_type(environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        if not _is_readable(environ.get("CONTENT_TYPE", "")):
            environ["CONTENT_TYPE"] = _UNKNOWN
        return application(environ, start_response)

    return with_content_type


@lru_cache(maxsize=256)
def _is_readable(content_type: str) -> bool:
    """Whether its parameters can be read, and a body in its charset; one that nobody knows is
    overlooked by Django, and so here."""
    if ";" not in content_type:
        return True
    try:
        _, parameters = parse_header_parameters(content_type)
        charset = parameters.get("charset", "utf-8")
        return not _is_known(charset) or _PLAIN.encode().decode(charset, "replace") == _PLAIN
    except (ValueError, LookupError, TypeError):
        # The second of "hex", for one, which is a codec, but none of text; the last where Python
        # orders numbered parts of a parameter and one without a number.
        return False


def _is_known(charset: str) -> bool:
    try:
        codecs.lookup(charset)
    except LookupError:
        return False
    return True


class Request(WSGIRequest):
    """A request that says of a form with such a part that it can't be read."""

    def parse_file_upload(self, *args: Any, **kwargs: Any) -> Any:
        try:
            return super().parse_file_upload(*args, **kwargs)
        except TypeError as error:  # see _is_readable
            raise MultiPartParserError("A part of the form has an unreadable header.") from error
