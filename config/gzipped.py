"""Bodies compressed by gzip, of requests and of answers."""

import gzip
import io
import re
import tempfile
import zlib
from collections.abc import Iterable, Iterator
from contextlib import closing
from functools import lru_cache
from typing import IO, Any, Final

from config.chunked import (
    ANY_LENGTH,
    IN_MEMORY,
    LIMIT,
    UNMEASURED,
    WSGIApplication,
    is_upload,
)

_API: Final = ("/api/", "/services/", "/id/")
"""Pages are left alone: they hold secrets beside what a caller chose, which compression would give
away (BREACH). The API's answers hold none, and no browser can be led to ask for one: what they are
given for is a header, not a cookie."""
_TAKES_IT_AS_IT_IS: Final = re.compile(r"/api/v1/enrollment-jobs/?")
"""Keeps files as they come (``enrollments/api/uploads.py``)."""
_NAMES: Final = ("gzip", "x-gzip")
_LEAST: Final = 1400
"""Bytes. What fits into one packet arrives no sooner for being smaller, and answers to enrollments
do."""
_LEVEL: Final = 1
"""Lists of records shrink nearly as much by it as by the others, which take several times as
long."""
_BROKEN: Final = b"\x1f"
"""Handed on for a body that can't be unpacked: with nothing, views would take it for none."""
_WITH_HEADER: Final = zlib.MAX_WBITS | 16
_BLOCK: Final = 64 * 1024
_NOT_AT_ALL: Final = re.compile(r"\s*q\s*=\s*0(?:\.0*)?\s*")
_COMPRESSIBLE: Final = re.compile(r"(?:application/(?:json|problem\+json|xml|vnd\.|yaml)|text/)")


def accept_gzip(application: WSGIApplication) -> WSGIApplication:
    """Unpacks a request's body that comes with ``Content-Encoding: gzip``, and packs the answer for
    whoever accepts that, at the API's paths.

    A body counts as large as it is unpacked: past the largest that is taken no more is unpacked, so
    that no small one becomes a large one here. What is no gzip is handed on as no more than a byte
    that nothing begins with, and as still packed. An upload is unpacked as it is read.
    """
    packing = _packing(application)

    def with_gzip(environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        path = environ.get("PATH_INFO", "")
        if not path.startswith(_API):
            return application(environ, start_response)
        inner = packing if _wants_gzip(environ) else application
        packed = environ.get("HTTP_CONTENT_ENCODING", "").strip().lower() in _NAMES
        if not packed or _TAKES_IT_AS_IT_IS.fullmatch(path):
            return inner(environ, start_response)
        body = _unpacking(environ)
        if is_upload(path):
            del environ["HTTP_CONTENT_ENCODING"]
            environ |= {"CONTENT_LENGTH": str(ANY_LENGTH), UNMEASURED: True, "wsgi.input": body}
            return inner(environ, start_response)
        with tempfile.SpooledTemporaryFile(IN_MEMORY) as unpacked:
            if _unpack(body, unpacked):
                del environ["HTTP_CONTENT_ENCODING"]
            environ |= {"CONTENT_LENGTH": str(unpacked.tell()), "wsgi.input": unpacked}
            unpacked.seek(0)
            return inner(environ, start_response)

    return with_gzip


# --- Requests -----------------------------------------------------------------------------------


class _Announced(io.RawIOBase):
    """A request's body, to the end that was announced and no further."""

    def __init__(self, stream: IO[bytes], length: int) -> None:
        self._stream, self._left = stream, length

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        block = self._stream.read(min(len(buffer), self._left))
        self._left -= len(block)
        buffer[: len(block)] = block
        return len(block)


class _Unpacked(io.RawIOBase):
    """What is in a gzip file, as it is read. One that is broken, or none, is an ``OSError``, which
    Django takes for a body that can't be read."""

    def __init__(self, packed: IO[bytes]) -> None:
        self._file = gzip.GzipFile(fileobj=packed)

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        try:
            block = self._file.read1(len(buffer))
        except (EOFError, zlib.error) as error:
            raise gzip.BadGzipFile("broken") from error
        buffer[: len(block)] = block
        return len(block)


def _unpacking(environ: dict[str, Any]) -> IO[bytes]:
    """The body of a request, to be read unpacked."""
    announced = environ.get("CONTENT_LENGTH") or "0"
    length = int(announced) if announced.isascii() and announced.isdigit() else 0
    packed: IO[bytes] = io.BufferedReader(_Announced(environ["wsgi.input"], length), _BLOCK)
    return io.BufferedReader(_Unpacked(packed), _BLOCK)


def _unpack(body: IO[bytes], unpacked: IO[bytes]) -> bool:
    """Whether that could be done; the first bytes of what would be too large are enough."""
    try:
        while unpacked.tell() < LIMIT and (block := body.read(_BLOCK)):
            unpacked.write(block)
    except gzip.BadGzipFile:
        unpacked.seek(0)
        unpacked.truncate()
        unpacked.write(_BROKEN)
        return False
    return True


# --- Answers ------------------------------------------------------------------------------------


def _wants_gzip(environ: dict[str, Any]) -> bool:
    accepted = environ.get("HTTP_ACCEPT_ENCODING")
    return bool(accepted) and environ.get("REQUEST_METHOD") != "HEAD" and _accepts(accepted)


@lru_cache(maxsize=256)
def _accepts(encodings: str) -> bool:
    """Whether gzip is among the encodings that a client accepts."""
    for encoding in encodings.lower().split(","):
        name, _, parameters = encoding.partition(";")
        if name.strip() in _NAMES:
            return not _NOT_AT_ALL.fullmatch(parameters)
    return False


def _packing(application: WSGIApplication) -> WSGIApplication:
    """The same application, whose answers are packed where that is worth it."""

    def packed(environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        said: list[Any] = []
        body = application(environ, lambda *what: said.extend(what))
        status, headers, *_ = said
        named = {name.lower(): value for name, value in headers}
        length = named.get("content-length")
        if (
            "content-encoding" in named
            or not _COMPRESSIBLE.match(named.get("content-type", ""))
            or (length is not None and int(length) < _LEAST)
        ):
            start_response(status, headers)
            return body
        kept = [(name, value) for name, value in headers if name.lower() != "content-length"]
        kept += [("Content-Encoding", "gzip"), ("Vary", "Accept-Encoding")]
        if length is None:
            start_response(status, kept)
            return _Packed(body)
        with closing(_Packed(body)) as parts:
            whole = b"".join(parts)
        start_response(status, [*kept, ("Content-Length", str(len(whole)))])
        return [whole]

    return packed


class _Packed:
    """An answer's body, packed as it comes."""

    def __init__(self, body: Iterable[bytes]) -> None:
        self._body = body

    def __iter__(self) -> Iterator[bytes]:
        packer = zlib.compressobj(_LEVEL, zlib.DEFLATED, _WITH_HEADER)
        for part in self._body:
            if packed := packer.compress(part):
                yield packed
        yield packer.flush()

    def close(self) -> None:
        """Tells the answer that it is over, as a server does."""
        close = getattr(self._body, "close", None)
        if close is not None:
            close()
