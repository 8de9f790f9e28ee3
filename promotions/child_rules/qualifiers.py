"""What must be in a cart for a promotion to apply. Pure."""

from collections.abc import Collection, Iterator
from decimal import Decimal
from typing import Final, Protocol

from promotions.child_rules.named import ITEMS, Named, above_zero, item_problems, order_problems
from promotions.child_rules.tiers import tier_reference_problems
from promotions.errors import DomainError

TRANSACTION_TOTAL: Final = "TransactionTotal"


class QualifierLike(Protocol):
    """What the rules read of a qualifier."""

    promotion_tier_id: int | None
    qualifier_type: str
    qualifier_operator: str
    qualifier_product_id: int | None
    qualifier_category_id: int | None
    external_qualifier: str | None
    minimum_quantity: Decimal | None
    minimum_amount: Decimal | None
    approaching_discount_threshold: Decimal | None


def qualifier_problems(
    qualifier: QualifierLike, *, is_tiered: bool, tiers: Collection[int]
) -> Iterator[DomainError]:
    """What is wrong with a qualifier. ``tiers`` are the keys of its promotion's live tiers."""
    yield from tier_reference_problems(
        qualifier.promotion_tier_id, is_tiered=is_tiered, tiers=tiers
    )
    named = Named(
        by="qualifier",
        type=qualifier.qualifier_type,
        operator=qualifier.qualifier_operator,
        product_id=qualifier.qualifier_product_id,
        category_id=qualifier.qualifier_category_id,
        external=qualifier.external_qualifier,
    )
    if named.type in ITEMS:
        yield from item_problems(named)
    elif named.type == TRANSACTION_TOTAL:
        yield from order_problems(named)
    # A product or category without a minimum is met by a single piece.
    yield from above_zero(qualifier.minimum_quantity, "minimumQuantity")
    yield from above_zero(qualifier.minimum_amount, "minimumAmount")
    yield from above_zero(qualifier.approaching_discount_threshold, "approachingDiscountThreshold")
    yield from _threshold_problems(qualifier)


def _threshold_problems(qualifier: QualifierLike) -> Iterator[DomainError]:
    """The amount to reach, and the one from which on shops say how little is missing."""
    minimum, threshold = qualifier.minimum_amount, qualifier.approaching_discount_threshold
    if minimum is not None:
        if threshold is not None and threshold >= minimum:
            detail = "Give an amount below the minimum amount; from there on nothing is missing."
            yield DomainError("invalid_value", detail, "approachingDiscountThreshold")
    elif qualifier.qualifier_type == TRANSACTION_TOTAL:
        detail = "Give the amount that the cart must reach."
        yield DomainError("required", detail, "minimumAmount")
    elif threshold is not None:
        detail = "Give the minimum amount that is being approached, or leave the threshold empty."
        yield DomainError("required", detail, "minimumAmount")
