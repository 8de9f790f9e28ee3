"""What a promotion discounts, and by how much. Pure."""

from collections.abc import Collection, Iterator, Mapping
from decimal import Decimal
from typing import Final, Protocol

from promotions.child_rules.named import ITEMS, Named, above_zero, item_problems, order_problems
from promotions.child_rules.tiers import tier_reference_problems
from promotions.errors import DomainError

TRANSACTION: Final = "Transaction"
SHIPPING: Final = frozenset(("Shipping", "StandardShippingRate"))
ORDER_LEVEL: Final = SHIPPING | {TRANSACTION}

PERCENTAGE: Final = "PercentageDiscount"
BONUS_PRODUCT: Final = "BonusProduct"
TOTAL_FIXED_PRICE: Final = "TotalFixedPrice"
PRICES: Final = frozenset(("FixedPrice", TOTAL_FIXED_PRICE))
AMOUNTS_OFF: Final = frozenset(
    ("FixedAmountOffLineItemTotal", "FixedAmountOffTransaction", "FixedAmountOffUnitPrice")
)

_ON_ORDERS: Final = (
    "An amount off the order can't be taken off products. "
    "Take it off the unit price or the line's total, or target the order."
)
_ON_WHAT_HAS_A_PRICE: Final = (
    "The order as a whole has no unit price. Choose another adjustment, or target products."
)
_ON_ITEMS: Final = "Only products can be adjusted like this. Choose another adjustment."

ONLY_ON: Final[Mapping[str, tuple[frozenset[str], str]]] = {
    "FixedAmountOffTransaction": (ORDER_LEVEL, _ON_ORDERS),
    "FixedAmountOffUnitPrice": (ITEMS | SHIPPING, _ON_WHAT_HAS_A_PRICE),
    "FixedPrice": (ITEMS | SHIPPING, _ON_WHAT_HAS_A_PRICE),
    TOTAL_FIXED_PRICE: (ITEMS, _ON_ITEMS),
    BONUS_PRODUCT: (ITEMS, _ON_ITEMS),
}
"""The adjustments that don't go with every type of target: with which they do, and what to say.
The others do; an amount off the line items' total was the one for orders before there was another.
"""


class TargetLike(Protocol):
    """What the rules read of a target."""

    promotion_tier_id: int | None
    target_type: str
    target_operator: str
    target_product_id: int | None
    target_category_id: int | None
    external_target: str | None
    adjustment_type: str
    adjustment_amount: Decimal | None
    adjustment_percent: Decimal | None
    restriction_quantity: Decimal | None
    is_min_item_count_required: bool


def target_problems(
    target: TargetLike, *, is_tiered: bool, tiers: Collection[int]
) -> Iterator[DomainError]:
    """What is wrong with a target. ``tiers`` are the keys of its promotion's live tiers."""
    yield from tier_reference_problems(target.promotion_tier_id, is_tiered=is_tiered, tiers=tiers)
    named = Named(
        by="target",
        type=target.target_type,
        operator=target.target_operator,
        product_id=target.target_product_id,
        category_id=target.target_category_id,
        external=target.external_target,
    )
    if named.type in ITEMS:
        yield from item_problems(named)
    elif named.type in ORDER_LEVEL:
        yield from order_problems(named)
    yield from _adjustment_type_problems(target)
    yield from _percent_problems(target)
    yield from _amount_problems(target)
    yield from _quantity_problems(target)


def _adjustment_type_problems(target: TargetLike) -> Iterator[DomainError]:
    types, detail = ONLY_ON.get(target.adjustment_type, (ITEMS | ORDER_LEVEL, ""))
    if target.target_type in (ITEMS | ORDER_LEVEL) - types:
        yield DomainError("invalid_value", detail, "adjustmentType")


def _percent_problems(target: TargetLike) -> Iterator[DomainError]:
    percent, pointer = target.adjustment_percent, "adjustmentPercent"
    if target.adjustment_type == PERCENTAGE:
        if percent is None:
            yield DomainError("required", "Give a percentage from 1 to 100.", pointer)
        elif not 1 <= percent <= 100:
            yield DomainError("invalid_value", "Give a percentage from 1 to 100.", pointer)
    elif percent is not None and target.adjustment_type in AMOUNTS_OFF | PRICES | {BONUS_PRODUCT}:
        detail = "Only a percentage discount has a percentage. Leave this empty, or change to it."
        yield DomainError("invalid_value", detail, pointer)


def _amount_problems(target: TargetLike) -> Iterator[DomainError]:
    amount, pointer = target.adjustment_amount, "adjustmentAmount"
    if target.adjustment_type in AMOUNTS_OFF:
        if amount is None:
            yield DomainError("required", "Give the amount to take off.", pointer)
        elif amount <= 0:
            yield DomainError("invalid_value", "Give an amount above 0.", pointer)
    elif target.adjustment_type in PRICES:
        if amount is None:
            yield DomainError("required", "Give the fixed price.", pointer)
        elif amount < 0:
            detail = "Give a price of 0 (for free) or more."
            yield DomainError("invalid_value", detail, pointer)
    elif amount is not None and target.adjustment_type in (PERCENTAGE, BONUS_PRODUCT):
        detail = "This adjustment has no amount. Leave this empty, or change the adjustment."
        yield DomainError("invalid_value", detail, pointer)


def _quantity_problems(target: TargetLike) -> Iterator[DomainError]:
    quantity, pointer = target.restriction_quantity, "restrictionQuantity"
    yield from above_zero(quantity, pointer)
    if quantity is None and target.adjustment_type == TOTAL_FIXED_PRICE:
        yield DomainError("required", "Say for how many pieces the fixed price is.", pointer)
    elif quantity is None and target.is_min_item_count_required:
        yield DomainError("required", "Say how many pieces must be in the cart.", pointer)
