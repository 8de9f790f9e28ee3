"""Files that come as the body of a request, or in a form: straight to disk, never in memory."""

import base64
import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from django.http import HttpRequest, UnreadablePostError
from django.utils.http import parse_header_parameters
from rest_framework.request import Request

from enrollments.form_files import FILE, FormFile
from enrollments.services.job_files import AudienceFile, most_bytes, receive, too_large
from promotions.errors import DomainError, Refused, refuse
from promotions.http.uploads import announced_size, body_blocks
from promotions.services.kept_files import broken_off

_FORM: Final = "multipart/form-data"
_MEDIA_TYPES: Final = (
    "text/csv",
    "application/csv",
    "application/x-ndjson",
    "application/ndjson",
    "application/jsonl",
    "application/gzip",
)
"""Any of them will do: what is in a file is told by its first bytes."""
_DIGEST: Final = re.compile(r"\bsha-256=:([A-Za-z0-9+/=]+):")
"""How ``Content-Digest`` says it: so a body without a length is told from one that broke off, which
the server doesn't tell."""
_SLACK: Final = 64 * 1024
"""What a form is longer than its file, at most."""


@dataclass(frozen=True, slots=True)
class Received:
    """A file on disk, and what was said with it."""

    file: AudienceFile
    said: Mapping[str, str]

    @property
    def digest(self) -> bytes:
        """What tells the request from others."""
        told = repr((self.file.sha256, sorted(self.said.items())))
        return hashlib.sha256(told.encode("utf-8", "surrogateescape")).digest()


def receive_file(request: Request, known: Mapping[str, Any]) -> Received:
    """The file that a request brings, as its body or as the part ``file`` of a form, and its
    parameters, those ``known``, from its query or the form.

    Raises ``Refused``: ``unsupported_media_type``, ``payload_too_large``, ``empty_request``,
    ``required``, ``invalid_value``, ``invalid_filter``; nothing is kept then.
    """
    plain = request._request
    media_type, parameters = parse_header_parameters(plain.META.get("CONTENT_TYPE") or "")
    announced = announced_size(plain)
    if announced > most_bytes() + _SLACK:
        raise too_large()
    said, errors = _said(request.query_params.lists(), known, "invalid_filter")
    if errors:
        raise Refused(*errors)
    if media_type == _FORM:
        return _of_form(plain, said, known)
    _check_type(media_type, parameters, plain)
    try:
        _, said_of_it = parse_header_parameters(plain.headers.get("Content-Disposition", ""))
    except (ValueError, TypeError) as error:  # the latter where numbered parts are not
        detail = "The file's name can't be read. Write it in UTF-8, or leave it out."
        raise refuse("invalid_value", detail, "Content-Disposition") from error
    name = said_of_it.get("filename")
    file = receive(name or "", body_blocks(plain))
    wanted = _DIGEST.search(plain.headers.get("Content-Digest", ""))
    if file.size < announced or (wanted and wanted[1] != _base64(file.sha256)):
        file.discard()
        raise refuse("invalid_value", "The body is not what was announced. Send it again.")
    return Received(file, said)


def _base64(hexadecimal: str) -> str:
    return base64.b64encode(bytes.fromhex(hexadecimal)).decode()


def _check_type(media_type: str, parameters: Mapping[str, str], plain: HttpRequest) -> None:
    if media_type not in _MEDIA_TYPES or parameters.get("charset", "utf-8").lower() != "utf-8":
        detail = (
            "Send the file as it is, in UTF-8, with the header Content-Type: text/csv or "
            "application/x-ndjson; or as the part “file” of a form (multipart/form-data)."
        )
        raise refuse("unsupported_media_type", detail)
    encoding = plain.headers.get("Content-Encoding", "identity").lower()
    if encoding not in ("identity", "gzip", "x-gzip"):
        raise refuse("unsupported_media_type", "Send the file as it is, or compressed by gzip.")


def _of_form(plain: HttpRequest, said: dict[str, str], known: Mapping[str, Any]) -> Received:
    arriving = FormFile(plain)
    plain.upload_handlers = [arriving]
    try:
        fields = plain.POST
        more, errors = _said(fields.lists(), known, "unknown_property")
        errors += [
            DomainError("invalid_value", "Give this once.", name) for name in more if name in said
        ]
        if not arriving.has_come:
            detail = "Send the file as the part “file” of the form."
            errors.append(DomainError("required", detail, FILE))
        if errors:
            raise Refused(*errors)
        return Received(arriving.finish(), {**said, **more})
    except BaseException as failure:
        arriving.discard()
        if isinstance(failure, UnreadablePostError):
            raise broken_off() from failure
        raise


def _said(
    given: Any, known: Mapping[str, Any], unknown: str
) -> tuple[dict[str, str], list[DomainError]]:
    said, errors = {}, []
    for name, values in given:
        if name not in known:
            detail = f"There is no such parameter; known are {', '.join(known)}."
            errors.append(DomainError(unknown, detail, name[:80]))
        elif len(values) > 1 or "\x00" in values[0]:
            errors.append(DomainError("invalid_value", "Give this once, and as text.", name))
        elif values[0].strip():
            said[name] = values[0].strip()
    return said, errors[:20]
