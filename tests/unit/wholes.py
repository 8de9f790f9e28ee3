"""Promotions with their children for the pure modules, built in the words of a shop:
``whole(buy(2, category="Shoes"), give("20 %", category="Shoes", only=1))``."""

from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from decimal import Decimal
from itertools import count
from typing import Any
from zoneinfo import ZoneInfo

from promotions.whole import CouponsInWhole, Whole

BERLIN = ZoneInfo("Europe/Berlin")
FOR_EVER = datetime(9999, 12, 31, 23, 59, 59, tzinfo=UTC)

_keys = count(1)


def _key() -> int:
    return next(_keys)


def berlin(text: str) -> datetime:
    """``2026-05-01 00:00`` on the clocks of Berlin."""
    return datetime.fromisoformat(text).replace(tzinfo=BERLIN)


MAY: Any = {"start_date_time": berlin("2026-05-01"), "end_date_time": berlin("2026-06-01")}


def _decimal(value: float | str | None) -> Decimal | None:
    return None if value is None else Decimal(str(value))


@dataclass
class FakePromotion:
    """Active, automatic, in euros, without dates, enrollment or limits; else the defaults."""

    name: str = "Summer"
    is_active: bool = True
    is_deleted: bool = False
    start_date_time: datetime | None = None
    end_date_time: datetime | None = None
    is_enrollment_required: bool = False
    enrollment_start_date: date | None = None
    enrollment_end_date: date | None = None
    maximum_enrollment_count: int | None = None
    is_place_freed_on_withdrawal: bool = True
    currency_iso_code: str | None = "EUR"
    is_automatic: bool = True
    is_tiered: bool = False
    priority_number: int | None = None
    maximum_usage_count: int | None = None
    qualifier_criteria: str | None = "All"
    target_criteria: str | None = None
    discount_order: str | None = "MostExpensive"
    discount_restriction: str | None = "None"
    exclusivity_type: str | None = "Class"
    is_approaching_discount_applicable: bool = False
    are_qual_items_excl_from_discounts: bool = False
    pk: int | None = None


@dataclass
class FakeRule:
    type: str
    operator_type: str = "EQUAL_TO"
    type_value: str | None = None
    type_reference_name: str | None = None
    associated_qualifier_id: int | None = None
    associated_target_id: int | None = None


@dataclass
class FakeQualifier:
    qualifier_type: str
    qualifier_operator: str = "EQUAL_TO"
    qualifier_rule_criteria_type: str = "All"
    minimum_quantity: Decimal | None = None
    minimum_amount: Decimal | None = None
    approaching_discount_threshold: Decimal | None = None
    external_qualifier: str | None = None
    qualifier_product_name: str | None = None
    qualifier_product_category_name: str | None = None
    currency_iso_code: str | None = None
    promotion_tier_id: int | None = None
    pk: int = field(default_factory=_key)
    rules: tuple[FakeRule, ...] = ()


@dataclass
class FakeTarget:
    target_type: str
    adjustment_type: str
    target_operator: str = "EQUAL_TO"
    target_rule_criteria_type: str = "ALL"
    adjustment_amount: Decimal | None = None
    adjustment_percent: Decimal | None = None
    restriction_quantity: Decimal | None = None
    is_min_item_count_required: bool = False
    external_target: str | None = None
    target_product_name: str | None = None
    target_product_category_name: str | None = None
    currency_iso_code: str | None = None
    promotion_tier_id: int | None = None
    pk: int = field(default_factory=_key)
    rules: tuple[FakeRule, ...] = ()


@dataclass
class FakeTier:
    name: str
    rank: int | None = None
    parts: tuple[FakeQualifier | FakeTarget, ...] = ()
    pk: int = field(default_factory=_key)


@dataclass
class FakeLimit:
    type: str
    value: Decimal
    category: str = "PromotionLevel"


Part = FakeQualifier | FakeTarget | FakeTier | FakeLimit


def buy(
    quantity: float | None = None,
    *rules: FakeRule,
    product: str | None = None,
    category: str | None = None,
    code: str | None = None,
    worth: str | None = None,
    operator: str = "EQUAL_TO",
    **more: Any,
) -> FakeQualifier:
    """So many of a product or a category, or of anything; ``worth``: for how much at least."""
    return FakeQualifier(
        qualifier_type="ProductCategory" if category else "Product",
        qualifier_operator=operator if product or category or code or rules else "NONE",
        minimum_quantity=_decimal(quantity),
        minimum_amount=_decimal(worth),
        qualifier_product_name=product,
        qualifier_product_category_name=category,
        external_qualifier=code,
        rules=rules,
        **more,
    )


def spend(amount: str, **more: Any) -> FakeQualifier:
    """So much in the whole cart."""
    return FakeQualifier("TransactionTotal", "NONE", minimum_amount=_decimal(amount), **more)


_KINDS = {
    "off each": "FixedAmountOffUnitPrice",
    "off total": "FixedAmountOffLineItemTotal",
    "off cart": "FixedAmountOffTransaction",
    "each": "FixedPrice",
    "together": "TotalFixedPrice",
    "gift": "BonusProduct",
}


def give(
    what: str,
    *rules: FakeRule,
    product: str | None = None,
    category: str | None = None,
    code: str | None = None,
    on: str | None = None,
    only: float | None = None,
    operator: str = "EQUAL_TO",
    **more: Any,
) -> FakeTarget:
    """``20 %``, ``5 off each``, ``5 off total``, ``5 off cart``, ``9.99 each``, ``20 together`` or
    ``gift``, on a product, a category or ``on`` another type of target; ``only`` so many."""
    number, _, kind = what.rpartition("gift") if what == "gift" else what.partition(" ")
    value = _decimal(number or None)
    is_percent = kind == "%"
    return FakeTarget(
        target_type=on or ("ProductCategory" if category else "Product"),
        adjustment_type="PercentageDiscount" if is_percent else _KINDS[kind or "gift"],
        target_operator=operator if product or category or code or rules else "NONE",
        adjustment_percent=value if is_percent else None,
        adjustment_amount=None if is_percent else value,
        restriction_quantity=_decimal(only),
        target_product_name=product,
        target_product_category_name=category,
        external_target=code,
        rules=rules,
        **more,
    )


def tier(name: str, rank: int | None, *parts: FakeQualifier | FakeTarget) -> FakeTier:
    return FakeTier(name, rank, parts)


def limit(kind: str, value: float | str, *, each: bool = False) -> FakeLimit:
    category = "CustomerLevel" if each else "PromotionLevel"
    return FakeLimit(kind, Decimal(str(value)), category)


def whole(
    *parts: Part,
    coupons: CouponsInWhole | None = None,
    segments: tuple[str, ...] = (),
    **fields: Any,
) -> Whole:
    """The promotion with these children; ``fields`` are the promotion's own."""
    tiers = [part for part in parts if isinstance(part, FakeTier)]
    leaves: list[Part] = [part for part in parts if not isinstance(part, FakeTier)]
    for step in tiers:
        leaves += [replace(leaf, promotion_tier_id=step.pk) for leaf in step.parts]
    qualifiers = [leaf for leaf in leaves if isinstance(leaf, FakeQualifier)]
    targets = [leaf for leaf in leaves if isinstance(leaf, FakeTarget)]
    return Whole(
        promotion=FakePromotion(**{"is_tiered": bool(tiers), **fields}),
        tiers=tiers,
        qualifiers=qualifiers,
        targets=targets,
        line_item_rules=[
            *(replace(rule, associated_qualifier_id=q.pk) for q in qualifiers for rule in q.rules),
            *(replace(rule, associated_target_id=t.pk) for t in targets for rule in t.rules),
        ],
        limits=[leaf for leaf in leaves if isinstance(leaf, FakeLimit)],
        segment_names=segments,
        coupons=coupons or CouponsInWhole(),
    )
