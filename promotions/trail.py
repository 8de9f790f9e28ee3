"""Reads of what happened to promotions: history and feed, as the organisation's settings have them.

A field that is switched off is absent here as it is everywhere, also from rows that were written
while it was on; of another promotion that the reader may not see, not even the id is told.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from django.db.models import Count, Q, QuerySet, Window
from django.db.models.functions import RowNumber

from promotions import ids
from promotions.actors import Actor
from promotions.dictionary import every_field_of, fields_of
from promotions.models import (
    Coupon,
    CouponBatch,
    CouponCodeRedemption,
    Promotion,
    PromotionFeed,
    PromotionFeedComment,
    PromotionHistory,
    PromotionLimit,
    PromotionLimitUsage,
    PromotionLineItemRule,
    PromotionMarketSegment,
    PromotionQualifier,
    PromotionShare,
    PromotionTarget,
    PromotionTier,
)
from promotions.selectors import hidden_promotions

OBJECTS: Final[Mapping[str, Any]] = {
    getattr(model, "object_name", model.__name__): model
    for model in (
        Promotion,
        PromotionTier,
        PromotionQualifier,
        PromotionTarget,
        PromotionLineItemRule,
        PromotionMarketSegment,
        PromotionLimit,
        PromotionLimitUsage,
        Coupon,
        CouponBatch,
        CouponCodeRedemption,
        PromotionShare,
        PromotionFeed,
        PromotionFeedComment,
    )
}
"""What a promotion's history tells of, by the names of the objects."""
OTHER_PROMOTION: Final = "RelatedPromotionId"
"""The field that leads to a promotion that may be out of sight."""
MOST_IN_ENTRY: Final = 100
"""So many changes and comments come with an entry of the feed; the others are told by number."""


def rows_shown(rows: QuerySet[PromotionHistory]) -> QuerySet[PromotionHistory]:
    """``rows`` without those about fields that are switched off, with who made each."""
    off = Q()
    for name in OBJECTS:
        if fields := switched_off(name):
            off |= Q(object_name=name, field__in=fields)
    return (rows.exclude(off) if off else rows).select_related("created_by")


def switched_off(object_name: str) -> set[str]:
    """The fields of an object that the organisation doesn't have."""
    model = OBJECTS.get(object_name)
    return set() if model is None else set(every_field_of(model)) - set(fields_of(model))


def hidden_ids(rows: Iterable[PromotionHistory], by: Actor) -> frozenset[str]:
    """The ids in ``rows`` that lead to promotions which ``by`` may not see; in one statement."""
    named = {
        value
        for row in rows
        for value in (
            *((row.old_value, row.new_value) if row.field == OTHER_PROMOTION else ()),
            (row.snapshot or {}).get(OTHER_PROMOTION),
        )
        if value
    }
    keys = {ids.decode(Promotion.key_prefix, text): text for text in named}
    return frozenset(keys[key] for key in hidden_promotions(keys, by=by))


@dataclass(slots=True)
class Entry:
    """An entry of a feed, with the first of its changes and comments."""

    entry: PromotionFeed
    changes: list[PromotionHistory] = field(default_factory=list)
    change_count: int = 0
    comments: list[PromotionFeedComment] = field(default_factory=list)
    comment_count: int = 0


def feed_of(promotion: Promotion) -> QuerySet[PromotionFeed]:
    """The entries of a promotion's feed that were not taken back."""
    return PromotionFeed.objects.filter(promotion=promotion, is_deleted=False).select_related(
        "created_by"
    )


def comments_on(entries: Iterable[PromotionFeed]) -> QuerySet[PromotionFeedComment]:
    """The comments on ``entries`` that were not taken back."""
    comments = PromotionFeedComment.objects.filter(feed_item__in=list(entries), is_deleted=False)
    return comments.select_related("created_by")


def with_what_they_tell(entries: Sequence[PromotionFeed]) -> list[Entry]:
    """``entries`` with their changes and comments, in four statements whatever there is."""
    told = {entry.pk: Entry(entry) for entry in entries}
    rows = rows_shown(PromotionHistory.objects.filter(feed_item__in=list(told)))
    comments = comments_on(entries)
    for row in _first(rows):
        told[row.feed_item_id].changes.append(row)
    for remark in _first(comments):
        told[remark.feed_item_id].comments.append(remark)
    for key, count in _counted(rows).items():
        told[key].change_count = count
    for key, count in _counted(comments).items():
        told[key].comment_count = count
    return list(told.values())


def _first(of_entries: QuerySet[Any]) -> Iterable[Any]:
    """The first few of each entry, the oldest first."""
    place = Window(RowNumber(), partition_by="feed_item", order_by="id")
    placed: QuerySet[Any] = of_entries.annotate(place=place)
    return placed.filter(place__lte=MOST_IN_ENTRY).order_by("id")


def _counted(of_entries: QuerySet[Any]) -> dict[int, int]:
    counted = of_entries.order_by().values("feed_item").annotate(count=Count("pk"))
    return dict(counted.values_list("feed_item", "count"))
