"""Conditions on the items that a qualifier or a target means. Pure."""

import re
from collections.abc import Iterator
from decimal import Decimal
from typing import Final, Protocol

from promotions.child_rules.named import EQUAL_TO, ITEMS, NOT_EQUAL_TO, PRODUCT
from promotions.errors import DomainError

ATTRIBUTE: Final = "Attribute"
PRICE: Final = "Price"
ORDERINGS: Final = frozenset(
    ("GREATER_THAN", "GREATER_THAN_OR_EQUAL_TO", "LESS_THAN", "LESS_THAN_OR_EQUAL_TO")
)

ORDERED: Final = frozenset((ATTRIBUTE, PRICE))
"""The types that compare values with an order; a product is another, or it is not."""

_PRICE: Final = re.compile(r"[0-9]{1,15}(\.[0-9]{1,15})?")


class LineItemRuleLike(Protocol):
    """What the rules read of a line item rule."""

    associated_type: str
    associated_qualifier_id: int | None
    associated_target_id: int | None
    type: str
    operator_type: str
    type_reference_product_id: int | None
    type_reference_category_id: int | None
    type_value: str | None


def line_item_rule_problems(rule: LineItemRuleLike) -> Iterator[DomainError]:
    """What is wrong with a line item rule."""
    yield from _associated_problems(rule)
    if rule.type in ITEMS:
        yield from _item_problems(rule)
    elif rule.type == PRICE:
        yield from _price_problems(rule)
    elif rule.type == ATTRIBUTE:
        yield from _attribute_problems(rule)


def price_in(text: str) -> Decimal | None:
    """The price that a price rule's value says, as in ``19.90``; none where it is no price."""
    return Decimal(text) if _PRICE.fullmatch(text) else None


def _associated_problems(rule: LineItemRuleLike) -> Iterator[DomainError]:
    pointer = "associatedReferenceId"
    if rule.associated_type == "PromotionQualifier":
        one, key, other_key = "qualifier", rule.associated_qualifier_id, rule.associated_target_id
    elif rule.associated_type == "PromotionTarget":
        one, key, other_key = "target", rule.associated_target_id, rule.associated_qualifier_id
    else:
        return
    if other_key is not None:
        detail = f"The type says that this is a {one}. Name a {one}, or change the type."
        yield DomainError("invalid_value", detail, pointer)
    elif key is None:
        yield DomainError("required", f"Name the {one} that the rule belongs to.", pointer)


def _item_problems(rule: LineItemRuleLike) -> Iterator[DomainError]:
    product, category = rule.type_reference_product_id, rule.type_reference_category_id
    if rule.type == PRODUCT:
        one, key, other_key = "product", product, category
    else:
        one, key, other_key = "category", category, product
    if other_key is not None:
        detail = f"This type compares with a {one}. Choose a {one}, or change the type."
        yield DomainError("invalid_value", detail, "typeReferenceId")
    elif key is None:
        yield DomainError("required", f"Choose the {one} to compare with.", "typeReferenceId")
    if rule.operator_type in ORDERINGS and rule.type not in ORDERED:
        detail = f"A {one} has no order. Set the operator to {EQUAL_TO} or {NOT_EQUAL_TO}."
        yield DomainError("invalid_value", detail, "operatorType")


def _price_problems(rule: LineItemRuleLike) -> Iterator[DomainError]:
    if rule.type_reference_product_id is not None or rule.type_reference_category_id is not None:
        # It would read as if only this product's price counted.
        detail = "A price rule is about every item. Leave this empty and add a rule for a product."
        yield DomainError("invalid_value", detail, "typeReferenceId")
    if not rule.type_value:
        yield DomainError("required", "Give the price to compare with.", "typeValue")
    elif price_in(rule.type_value) is None:
        detail = "Write the price as a plain number with a point, such as 19.90."
        yield DomainError("invalid_value", detail, "typeValue")


def _attribute_problems(rule: LineItemRuleLike) -> Iterator[DomainError]:
    if not rule.type_value:
        yield DomainError("required", "Give the attribute's value to compare with.", "typeValue")
    # Whose attribute it is may be said; on its own it is any item's.
    if rule.type_reference_product_id is not None and rule.type_reference_category_id is not None:
        detail = "Choose a product or a category, not both."
        yield DomainError("invalid_value", detail, "typeReferenceId")
