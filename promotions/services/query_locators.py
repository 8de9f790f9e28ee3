"""Locators of queries: where their readers go on, and until when they may."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from promotions.models import QueryLocator, QueryPosition, User

LIFETIME: Final = timedelta(hours=2)
"""For so long after its last use a locator can be used again."""
MOST_OPEN: Final = 50
"""Locators of a user; with a further one the oldest goes."""
MOST_CHILDREN_OPEN: Final = 4_000
"""Of what a user has not read of records' children: what one page has at most, of 200 records with
20 relationships each. They are counted apart, so that a page's own locator stays."""
_BATCH: Final = 1_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """What is kept of a query for its further pages: see ``QueryLocator``."""

    user: User
    text: str
    all_rows: bool
    page_size: int
    asked_at: datetime
    last_key: int
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Rest:
    """The children of one record that are not on its page: ``total`` is that of all its children,
    ``offset`` of how many are on the page, and the last of these has the values ``values``."""

    parent_key: int
    total: int
    offset: int
    values: Sequence[Any]


def open_locator(kept: Kept, *, total: int) -> QueryLocator:
    """A new locator of its user."""
    locator = _locator(kept, total)
    locator.save(force_insert=True)
    _remove_surplus(kept.user, MOST_OPEN, child=False)
    return locator


def open_child_locators(kept: Kept, child: int, rests: Sequence[Rest]) -> list[QueryLocator]:
    """New locators of what is left of the children in the relationship ``child`` of the query, each
    with its position; as many statements for all as for one."""
    opened = QueryLocator.objects.bulk_create(
        _locator(kept, rest.total, child, rest.parent_key) for rest in rests
    )
    QueryPosition.objects.bulk_create(
        QueryPosition(locator=locator, offset=rest.offset, values=list(rest.values))
        for locator, rest in zip(opened, rests, strict=True)
    )
    _remove_surplus(kept.user, MOST_CHILDREN_OPEN, child=True)
    return opened


def _locator(
    kept: Kept, total: int, child: int | None = None, parent_key: int | None = None
) -> QueryLocator:
    return QueryLocator(
        user=kept.user,
        text=kept.text,
        page_size=kept.page_size,
        all_rows=kept.all_rows,
        child=child,
        parent_key=parent_key,
        asked_at=kept.asked_at,
        last_key=kept.last_key,
        total=total,
        expires=kept.at + LIFETIME,
    )


def _remove_surplus(user: User, most: int, *, child: bool) -> None:
    others = QueryLocator.objects.filter(user=user, child__isnull=not child).order_by("-pk")
    while surplus := list(others.values_list("pk", flat=True)[most : most + _BATCH]):
        _remove(surplus)


def note_position(
    locator: QueryLocator, *, offset: int, values: Sequence[Any], at: datetime
) -> None:
    """Remembers that the page behind ``offset`` rows begins after the row with these values, and
    that the locator was used."""
    # One statement, so that two readers of one page don't get into each other's way.
    QueryPosition.objects.bulk_create(
        [QueryPosition(locator=locator, offset=offset, values=list(values))],
        update_conflicts=True,
        unique_fields=["locator", "offset"],
        update_fields=["values"],
    )
    if locator.expires - at < LIFETIME / 2:
        QueryLocator.objects.filter(pk=locator.pk).update(expires=at + LIFETIME)


def remove_expired_locators(*, at: datetime) -> int:
    """Removes locators that can't be used any more; how many."""
    expired = QueryLocator.objects.filter(expires__lte=at)
    total = 0
    while keys := list(expired.values_list("pk", flat=True)[:_BATCH]):
        _remove(keys)
        total += len(keys)
    return total


def _remove(keys: Sequence[int]) -> None:
    # Without asking for each what goes with it: of a long answer there are thousands.
    QueryPosition.objects.filter(locator__in=keys).delete()
    QueryLocator.objects.filter(pk__in=keys).delete()
