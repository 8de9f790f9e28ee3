"""For whom a promotion is. Pure.

Segments, their buyer groups and stores have no rules between their fields; that none is named
twice, the unique indexes know (a segment may have too many to compare here).
"""

from collections.abc import Iterator
from typing import Protocol

from promotions.errors import DomainError


class MarketSegmentLike(Protocol):
    """What the rules read of the link between a promotion and a segment."""

    promotion_segment_id: int | None


def market_segment_problems(link: MarketSegmentLike) -> Iterator[DomainError]:
    """What is wrong with such a link. The described object also knows market segments, which this
    service does not, so that a link without a segment would lead nowhere."""
    if link.promotion_segment_id is None:
        yield DomainError("required", "Choose the segment for which it is.", "promotionSegmentId")
