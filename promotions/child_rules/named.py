"""What a qualifier or a target names: a product, a category, or nothing. Pure.

A product or category is named by its record in the catalogue (two columns, of which the type says
the right one) or by the shop's own code for it. Naming nothing goes with the operator NONE: the
order as a whole, or items that line item rules describe.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Final, Literal

from promotions.errors import DomainError

PRODUCT: Final = "Product"
PRODUCT_CATEGORY: Final = "ProductCategory"
ITEMS: Final = frozenset((PRODUCT, PRODUCT_CATEGORY))
"""The types that are about items of the cart."""

EQUAL_TO: Final = "EQUAL_TO"
NOT_EQUAL_TO: Final = "NOT_EQUAL_TO"
NONE: Final = "NONE"


@dataclass(frozen=True, slots=True)
class Named:
    """How a qualifier or a target says what it is about."""

    by: Literal["qualifier", "target"]
    type: str
    operator: str
    product_id: int | None
    category_id: int | None
    external: str | None

    @property
    def anything(self) -> bool:
        return self.by_record or bool(self.external)

    @property
    def by_record(self) -> bool:
        return self.product_id is not None or self.category_id is not None

    @property
    def id_pointer(self) -> str:
        return f"{self.by}Id"

    @property
    def external_pointer(self) -> str:
        return f"external{self.by.capitalize()}"

    @property
    def operator_pointer(self) -> str:
        return f"{self.by}Operator"


def item_problems(named: Named) -> Iterator[DomainError]:
    """What is wrong with how a product or category is named."""
    is_product = named.type == PRODUCT
    one, other = ("product", "category") if is_product else ("category", "product")
    if (named.category_id if is_product else named.product_id) is not None:
        detail = f"This type is about a {one}. Choose a {one} and no {other}, or change the type."
        yield DomainError("invalid_value", detail, named.id_pointer)
    if named.by_record and named.external:
        detail = f"Choose the {one} or give its external code, not both."
        yield DomainError("invalid_value", detail, named.external_pointer)
    if named.anything and named.operator == NONE:
        detail = f"Set the operator to {EQUAL_TO} or {NOT_EQUAL_TO}, or name no {one}."
        yield DomainError("invalid_value", detail, named.operator_pointer)
    elif not named.anything and named.operator in (EQUAL_TO, NOT_EQUAL_TO):
        detail = (
            f"Choose a {one} or give its external code. "
            f"To go by line item rules alone, set the operator to {NONE}."
        )
        yield DomainError("required", detail, named.id_pointer)


def order_problems(named: Named) -> Iterator[DomainError]:
    """What is wrong where the order as a whole is meant, or its shipping."""
    detail = "This type is about the whole order. Leave this empty, or change the type."
    if named.by_record:
        yield DomainError("invalid_value", detail, named.id_pointer)
    if named.external:
        yield DomainError("invalid_value", detail, named.external_pointer)
    if named.operator in (EQUAL_TO, NOT_EQUAL_TO):
        detail = f"This type is about the whole order. Set the operator to {NONE}."
        yield DomainError("invalid_value", detail, named.operator_pointer)


def above_zero(value: Decimal | None, pointer: str) -> Iterator[DomainError]:
    """What is wrong with a quantity or an amount that need not be there."""
    if value is not None and value <= 0:
        detail = "Give a number above 0, or leave this empty."
        yield DomainError("invalid_value", detail, pointer)
