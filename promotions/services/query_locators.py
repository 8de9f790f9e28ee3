"""Locators of queries: where their readers go on, and until when they may."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, Final

from promotions.models import QueryLocator, QueryPosition, User

LIFETIME: Final = timedelta(hours=2)
"""For so long after its last use a locator can be used again."""
MOST_OPEN: Final = 50
"""Locators of a user; with a further one the oldest goes."""
_BATCH: Final = 1_000


def open_locator(
    *,
    user: User,
    text: str,
    all_rows: bool,
    asked_at: datetime,
    last_key: int,
    total: int,
    at: datetime,
    child: int | None = None,
    parent_key: int | None = None,
) -> QueryLocator:
    """A new locator of ``user``."""
    locator = QueryLocator.objects.create(
        user=user,
        text=text,
        all_rows=all_rows,
        child=child,
        parent_key=parent_key,
        asked_at=asked_at,
        last_key=last_key,
        total=total,
        expires=at + LIFETIME,
    )
    others = QueryLocator.objects.filter(user=user).order_by("-pk")
    if surplus := list(others.values_list("pk", flat=True)[MOST_OPEN : MOST_OPEN + _BATCH]):
        _remove(surplus)
    return locator


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
