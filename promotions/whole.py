"""A promotion and its children in one piece, as the pure modules read them. Pure.

``promotions/wording`` says in plain English what it gives, ``promotions/warnings.py`` what is odd
about it. Whoever asks loads the rows; the models have all of these attributes.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from typing import Protocol

from promotions import rules


class PromotionLike(rules.PromotionLike, Protocol):
    """What wording and warnings read of the promotion itself."""

    currency_iso_code: str | None
    maximum_enrollment_count: int | None
    is_place_freed_on_withdrawal: bool
    is_automatic: bool
    is_tiered: bool
    priority_number: int | None
    maximum_usage_count: int | None
    qualifier_criteria: str | None
    target_criteria: str | None
    discount_order: str | None
    discount_restriction: str | None
    exclusivity_type: str | None
    is_approaching_discount_applicable: bool
    are_qual_items_excl_from_discounts: bool

    @property
    def pk(self) -> int | None: ...


class TierLike(Protocol):
    """A step of a tiered promotion."""

    name: str
    rank: int | None

    @property
    def pk(self) -> int: ...


class QualifierLike(Protocol):
    """What a cart must hold."""

    promotion_tier_id: int | None
    qualifier_type: str
    qualifier_operator: str
    qualifier_rule_criteria_type: str
    minimum_quantity: Decimal | None
    minimum_amount: Decimal | None
    approaching_discount_threshold: Decimal | None
    external_qualifier: str | None
    currency_iso_code: str | None

    @property
    def pk(self) -> int: ...
    @property
    def qualifier_product_name(self) -> str | None: ...
    @property
    def qualifier_product_category_name(self) -> str | None: ...


class Discounting(Protocol):
    """What is read of a target to know the class of its discount."""

    target_type: str


class TargetLike(Discounting, Protocol):
    """What is discounted, and by how much."""

    promotion_tier_id: int | None
    target_operator: str
    target_rule_criteria_type: str
    adjustment_type: str
    adjustment_amount: Decimal | None
    adjustment_percent: Decimal | None
    restriction_quantity: Decimal | None
    is_min_item_count_required: bool
    external_target: str | None
    currency_iso_code: str | None

    @property
    def pk(self) -> int: ...
    @property
    def target_product_name(self) -> str | None: ...
    @property
    def target_product_category_name(self) -> str | None: ...


class LineItemRuleLike(Protocol):
    """A condition on the items that a qualifier or a target means."""

    associated_qualifier_id: int | None
    associated_target_id: int | None
    type: str
    operator_type: str
    type_value: str | None

    @property
    def type_reference_name(self) -> str | None: ...


class LimitLike(Protocol):
    """How much there is at most, for each customer or in total."""

    category: str
    type: str
    value: Decimal


@dataclass(frozen=True, slots=True)
class CouponsInWhole:
    """What is told of a promotion's coupons, of which there may be millions."""

    count: int = 0
    codes: Sequence[str] = ()
    """Every code where there are at most three, else none."""
    latest_end: datetime | None = None
    """The last moment at which one ends, of those that have an end of their own."""
    any_without_end: bool = False
    """Whether one has none of its own, and so ends with the promotion."""
    unlimited: int = 0
    """How many anybody can use any number of times."""
    uses_by_all: int | None = None
    """How often each can be used in all, where that is limited and the same of all."""
    uses_by_each: int | None = None
    """How often one buyer can use each, likewise."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Whole:
    """A promotion and everything below it, deleted records left out.

    The promotion may be half finished; each of its children is valid, as
    ``promotions/child_rules`` has it.
    """

    promotion: PromotionLike
    tiers: Sequence[TierLike] = ()
    qualifiers: Sequence[QualifierLike] = ()
    targets: Sequence[TargetLike] = ()
    line_item_rules: Sequence[LineItemRuleLike] = ()
    limits: Sequence[LimitLike] = ()
    segment_names: Sequence[str] = ()
    coupons: CouponsInWhole = field(default_factory=CouponsInWhole)


class DiscountClass(StrEnum):
    """What a discount is taken off. Promotions of exclusivity Class exclude each other within one;
    the values are the words in which people read them."""

    PRODUCT = "product"
    ORDER = "order"
    SHIPPING = "shipping"


_CLASSES = {
    "Product": DiscountClass.PRODUCT,
    "ProductCategory": DiscountClass.PRODUCT,
    "Shipping": DiscountClass.SHIPPING,
    "StandardShippingRate": DiscountClass.SHIPPING,
    "Transaction": DiscountClass.ORDER,
}


def discount_classes(targets: Iterable[Discounting]) -> frozenset[DiscountClass]:
    """The classes of the discounts that a promotion with these targets gives; none without."""
    return frozenset(_CLASSES[target.target_type] for target in targets)
