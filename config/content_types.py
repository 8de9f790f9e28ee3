"""Requests whose Content-Type can't be read, on which Django fails before anything of ours runs."""

import codecs
from collections.abc import Iterable
from functools import lru_cache
from typing import Any, Final

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
    except (ValueError, LookupError, TypeError):  # the last where numbered parts are not
        return False
    charset = parameters.get("charset", "utf-8")
    try:
        codecs.lookup(charset)
    except LookupError:
        return True
    try:
        return _PLAIN.encode().decode(charset, "replace") == _PLAIN
    except (ValueError, LookupError):  # "hex", for one, is a codec, and none of text
        return False
