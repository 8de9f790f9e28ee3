"""How much of a promotion there is, for all customers and for each. Pure."""

from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from typing import Final, Protocol

from promotions.errors import DomainError

LEVEL_OF: Final[Mapping[str, tuple[str, str]]] = {
    "TotalUsage": ("PromotionLevel", "Total usage is counted for the whole promotion."),
    "UsagePerCustomer": ("CustomerLevel", "Usage per customer is counted for each customer."),
}
"""The types whose name says their category; the others are counted either way."""

WHOLE: Final = frozenset(("OrderCount", "TotalUsage", "UsagePerCustomer", "VouchersIssued"))
"""The types that count what doesn't come in parts; amounts, points and pieces may."""


class LimitLike(Protocol):
    """What the rules read of a limit."""

    category: str
    type: str
    value: Decimal | None


class LimitUsageLike(Protocol):
    """What the rules read of a limit's usage."""

    usage: Decimal | None


def limit_problems(limit: LimitLike, *, others: Sequence[LimitLike]) -> Iterator[DomainError]:
    """What is wrong with a limit. ``others`` are the promotion's other live limits."""
    level, because = LEVEL_OF.get(limit.type, (limit.category, ""))
    if limit.category and limit.category != level:
        yield DomainError("invalid_value", f"{because} Choose {level}.", "category")
    if any((other.type, other.category) == (limit.type, limit.category) for other in others):
        detail = "The promotion has a limit of this type and category. Change that one instead."
        yield DomainError("duplicate_value", detail, "type")
    if limit.value is None:
        return
    if limit.value <= 0:
        yield DomainError("invalid_value", "Give a number above 0.", "value")
    elif limit.type in WHOLE and limit.value != limit.value.to_integral_value():
        yield DomainError("invalid_value", "Give a whole number; these come in no parts.", "value")


def limit_usage_problems(usage: LimitUsageLike) -> Iterator[DomainError]:
    """What is wrong with how much of a limit is reported as used. More than the limit is allowed:
    it says what has happened."""
    if usage.usage is not None and usage.usage < 0:
        yield DomainError("invalid_value", "Give 0 or more.", "usage")
