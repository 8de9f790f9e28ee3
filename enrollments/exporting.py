"""Enrollments as the lines of a file, some hundred at a time: what a page of a list has, in bulk.

A line has the same properties as everywhere else (``rendering.py``). It is made column by column
instead of row by row, because of a million rows that takes a third of the time.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from enum import StrEnum
from itertools import islice
from typing import Any, Final, NamedTuple

import orjson

from enrollments.models import PromotionPartyUsage
from enrollments.rendering import PROPERTIES
from promotions import ids
from promotions.csv_files import write_rows
from promotions.models.people import name_of
from promotions.numbers import record_numbers


class Form(StrEnum):
    """How an export is written; the word is also the end of a file's name."""

    CSV = "csv"
    """A table as RFC 4180 has it, with the properties' names in the first line."""
    NDJSON = "ndjson"
    """A JSON object for each enrollment, one a line."""


MEDIA_TYPES: Final[Mapping[Form, str]] = {
    Form.CSV: "text/csv; charset=utf-8",
    Form.NDJSON: "application/x-ndjson",
}
_BROKEN_OFF: Final = b"THE EXPORT BROKE OFF HERE AND IS NOT COMPLETE. ASK FOR IT AGAIN."
_CACHED: Final = 100
_TEXTS: Final = [
    PROPERTIES.index(name) for name in ("promotionCode", "withdrawnBy", "withdrawalReason")
]
"""Where the properties stand in which people write what they like."""
_PLAIN: Final = re.compile(r"\w[\w .:;/()!?&-]*")
"""Texts that stand in CSV as they are, and mean nothing to JSON."""


class Columns(NamedTuple):
    """The columns of some enrollments, under the names of what is read for them."""

    id: Sequence[int]
    promotion_id: Sequence[int]
    promotion__promotion_code: Sequence[str | None]
    type: Sequence[str]
    account_id: Sequence[int | None]
    contact_id: Sequence[int | None]
    enrollment_offer_id: Sequence[int | None]
    standing: Sequence[str]
    is_party_enrolled: Sequence[bool]
    enrollment_effective_date_time: Sequence[datetime]
    enrollment_expiration_date_time: Sequence[datetime | None]
    withdrawn_date: Sequence[datetime | None]
    withdrawn_by__first_name: Sequence[str | None]
    withdrawn_by__last_name: Sequence[str | None]
    withdrawn_by__username: Sequence[str | None]
    withdrawal_reason: Sequence[str | None]
    usage_count: Sequence[int]
    created_date: Sequence[datetime]
    last_modified_date: Sequence[datetime]


COLUMNS: Final = Columns._fields
"""What is read of enrollments with their standing; rows are tuples of these."""


def begin(form: Form) -> bytes:
    """What stands before the enrollments."""
    return write_rows([PROPERTIES]).encode() if form is Form.CSV else b""


def break_off(form: Form) -> bytes:
    """What stands behind the enrollments where not all of them are there: a line that is neither
    an enrollment's nor readable as one. For there is a server that ends an answer as if it were
    complete when we fail, and callers must not take it for that."""
    return _BROKEN_OFF + (b"\r\n" if form is Form.CSV else b"\n")


def write(form: Form, rows: Sequence[Any]) -> bytes:
    """The lines of ``rows``, of which there is at least one."""
    return _WRITERS[form](_properties(Columns(*zip(*rows, strict=True))))


def _properties(columns: Columns) -> Sequence[Sequence[Any]]:
    """The columns of the properties, in their order; date-times are left to who writes them."""
    return [
        _ids(ids.PROMOTION_PARTY_USAGE, columns.id),
        record_numbers(PromotionPartyUsage.number_letters, columns.id),
        _ids(ids.PROMOTION, columns.promotion_id),
        columns.promotion__promotion_code,
        columns.type,
        _ids(ids.ACCOUNT, columns.account_id),
        _ids(ids.CONTACT, columns.contact_id),
        _ids(ids.OFFER, columns.enrollment_offer_id),
        columns.standing,
        columns.is_party_enrolled,
        columns.enrollment_effective_date_time,
        columns.enrollment_expiration_date_time,
        columns.withdrawn_date,
        _names(columns),
        columns.withdrawal_reason,
        columns.usage_count,
        columns.created_date,
        columns.last_modified_date,
    ]


def _ids(prefix: str, keys: Sequence[int | None]) -> Sequence[str | None]:
    if keys.count(keys[0]) == len(keys):  # as the promotion's
        return [keys[0] if keys[0] is None else ids.encode(prefix, keys[0])] * len(keys)
    return [key if key is None else ids.encode(prefix, key) for key in keys]


def _names(columns: Columns) -> Sequence[str | None]:
    """Who withdrew the enrollments."""
    people = zip(
        columns.withdrawn_by__username,
        columns.withdrawn_by__first_name,
        columns.withdrawn_by__last_name,
        strict=True,
    )
    return [
        username if username is None else name_of(first or "", last or "", username)
        for username, first, last in people
    ]


def _dumps(rows: Sequence[Any]) -> bytes:
    """JSON, in C; its date-times are those of ``format_moment``."""
    return orjson.dumps(rows, option=orjson.OPT_UTC_Z)


def _object(
    id_: Any,
    number: Any,
    promotion: Any,
    code: Any,
    type_: Any,
    account: Any,
    contact: Any,
    offer: Any,
    status: Any,
    enrolled: Any,
    effective: Any,
    expiration: Any,
    withdrawn: Any,
    by: Any,
    reason: Any,
    uses: Any,
    created: Any,
    modified: Any,
) -> dict[str, Any]:
    """The properties with their names."""
    return {
        "id": id_,
        "name": number,
        "promotionId": promotion,
        "promotionCode": code,
        "type": type_,
        "accountId": account,
        "contactId": contact,
        "enrollmentOfferId": offer,
        "status": status,
        "isPartyEnrolled": enrolled,
        "enrollmentEffectiveDateTime": effective,
        "enrollmentExpirationDateTime": expiration,
        "withdrawnDate": withdrawn,
        "withdrawnBy": by,
        "withdrawalReason": reason,
        "usageCount": uses,
        "createdDate": created,
        "lastModifiedDate": modified,
    }


def _write_ndjson(columns: Sequence[Sequence[Any]]) -> bytes:
    objects = map(_object, *columns)
    lines = []
    # Few at a time: more than the processor's cache holds take longer.
    while some := list(islice(objects, _CACHED)):
        # Between objects and nowhere else: in a string a quotation mark has a backslash before
        # it, and behind the one that ends a string there is no letter.
        lines.append(_dumps(some)[1:-1].replace(b'},{"id":', b'}\n{"id":'))
    return b"\n".join(lines) + b"\n"


def _write_csv(columns: Sequence[Sequence[Any]]) -> bytes:
    rows: list[tuple[Any, ...]] = list(zip(*columns, strict=True))
    texts = list(zip(*(columns[place] for place in _TEXTS), strict=True))
    odd = {found for found in set(texts) if not _are_plain(found)}
    apart = [n for n, found in enumerate(texts) if found in odd] if odd else []
    alone = [_csv_line(rows[n]) for n in apart]
    # The arrays of JSON become lines of CSV by leaving out brackets, quotation marks and null. That
    # is right where no text has such characters or wants quotation marks; what has is put in after.
    for n in apart:
        rows[n] = ()
    lines = _dumps(rows)[2:-2].replace(b",null", b",").replace(b'"', b"").split(b"],[")
    for n, line in zip(apart, alone, strict=True):
        lines[n] = line
    return b"\r\n".join(lines) + b"\r\n"


def _are_plain(texts: Sequence[str | None]) -> bool:
    return all(text is None or _PLAIN.fullmatch(text) for text in texts)


def _csv_line(row: Sequence[Any]) -> bytes:
    cells = [_cell(value) for value in orjson.loads(_dumps(row))]
    return write_rows([cells])[:-2].encode()


def _cell(value: str | int | bool | None) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return "" if value is None else str(value)


_WRITERS: Final[Mapping[Form, Callable[[Sequence[Sequence[Any]]], bytes]]] = {
    Form.CSV: _write_csv,
    Form.NDJSON: _write_ndjson,
}
