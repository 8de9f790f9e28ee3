"""The steps of a tiered promotion, and what belongs to them. Pure."""

from collections.abc import Collection, Iterator, Sequence
from typing import Final, Protocol

from promotions.errors import DomainError

MOST_TIERS: Final = 10
"""The described object: "A tiered promotion can have up to 10 associated tiers." Also the highest
rank."""


class TierLike(Protocol):
    """What the rules read of a tier."""

    rank: int | None


def tier_problems(
    tier: TierLike, *, others: Sequence[TierLike], is_tiered: bool
) -> Iterator[DomainError]:
    """What is wrong with a tier. ``others`` are the promotion's other live tiers; a rank that was
    left open has been filled in with ``free_rank``."""
    if not is_tiered:
        detail = "This promotion is not tiered. Make a tiered promotion to give it tiers."
        yield DomainError("invalid_value", detail, "promotionId")
    elif len(others) >= MOST_TIERS:
        detail = f"This promotion has {MOST_TIERS} tiers, which is the most. Change one of them."
        yield DomainError("invalid_value", detail, "promotionId")
    elif tier.rank is None:
        yield DomainError("required", f"Choose a rank: {_free_in_words(others)}.", "rank")
    elif tier.rank in _taken(others):
        detail = f"Another tier has this rank. Choose one that is free: {_free_in_words(others)}."
        yield DomainError("duplicate_value", detail, "rank")


def free_rank(others: Sequence[TierLike]) -> int | None:
    """The lowest rank that none of a promotion's tiers has; none where all are taken."""
    return next(iter(_free(others)), None)


def tier_reference_problems(
    tier_id: int | None, *, is_tiered: bool, tiers: Collection[int]
) -> Iterator[DomainError]:
    """What is wrong with the tier that a qualifier or target names. ``tiers`` are the keys of the
    promotion's live tiers."""
    pointer = "promotionTierId"
    if not is_tiered:
        if tier_id is not None:
            detail = "This promotion is not tiered. Leave the tier empty."
            yield DomainError("invalid_value", detail, pointer)
    elif tier_id is None:
        yield DomainError("required", "Choose the tier of the promotion for which it is.", pointer)
    elif tier_id not in tiers:
        detail = "This tier is not one of the promotion's. Choose one of its own."
        yield DomainError("invalid_value", detail, pointer)


def _taken(tiers: Sequence[TierLike]) -> set[int | None]:
    return {tier.rank for tier in tiers}


def _free(tiers: Sequence[TierLike]) -> list[int]:
    taken = _taken(tiers)
    return [rank for rank in range(1, MOST_TIERS + 1) if rank not in taken]


def _free_in_words(tiers: Sequence[TierLike]) -> str:
    return ", ".join(map(str, _free(tiers)))
