"""Locators on the wire: ``01gXXXXXXXXXXXXXXX-2000``, and what a row's place is kept as.

A locator is bound to its user and expires. Source: the client contract, section 2: ``query``.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any, Final

from promotions import ids
from promotions.actors import Actor
from promotions.models import QueryLocator, QueryPosition
from promotions.sobjects.errors import CallFailed, Problem

_WRITTEN: Final = re.compile(r"(?P<id>01g[0-9A-Za-z]{12}(?:[0-9A-Za-z]{3})?)-(?P<offset>\d{1,12})")


@dataclass(frozen=True, slots=True)
class Place:
    """Where a reader goes on: behind the row with these values of what is ordered by."""

    locator: QueryLocator
    offset: int
    values: Sequence[Any]


def written(locator: QueryLocator, offset: int) -> str:
    """The locator as the answer names it: of what comes behind ``offset`` rows."""
    return f"{ids.encode(ids.QUERY_LOCATOR, locator.pk)}-{offset}"


def find(text: str, *, by: Actor, at: datetime) -> Place:
    """Where a locator leads. ``INVALID_QUERY_LOCATOR`` for one that is malformed, somebody else's,
    no longer or never there."""
    match = _WRITTEN.fullmatch(text)
    if match is None:
        raise _invalid()
    try:
        key = ids.decode(ids.QUERY_LOCATOR, match["id"])
    except ids.MalformedId as error:
        raise _invalid() from error
    position = (
        QueryPosition.objects.select_related("locator")
        .filter(
            locator=key,
            locator__user=by.user.pk,
            locator__expires__gt=at,
            offset=int(match["offset"]),
        )
        .first()
    )
    if position is None:
        raise _invalid()
    return Place(position.locator, position.offset, [_read(value) for value in position.values])


def _invalid() -> CallFailed:
    message = "invalid query locator: it is unknown, another user's, or has expired. Query again."
    return CallFailed(Problem("INVALID_QUERY_LOCATOR", message))


# --- What a row's place is kept as --------------------------------------------------------------


def kept(values: Sequence[Any]) -> list[Any]:
    """Values of a database as JSON can keep them."""
    return [_kept(value) for value in values]


def _kept(value: Any) -> Any:
    match value:
        case datetime():
            return {"moment": value.astimezone(UTC).isoformat()}
        case date():
            return {"day": value.isoformat()}
        case Decimal():
            return {"number": str(value)}
    return value


def _read(value: Any) -> Any:
    match value:
        case {"moment": text}:
            return datetime.fromisoformat(text)
        case {"day": text}:
            return date.fromisoformat(text)
        case {"number": text}:
            return Decimal(text)
    return value
