"""What the demo's promotions ask of a cart and give, with the small catalogue that they name."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Final


@dataclass(frozen=True, slots=True, kw_only=True)
class Ask:
    """A qualifier: so many of a category, or so much in all."""

    category: str | None = None
    quantity: int | None = None
    amount: Decimal | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Give:
    """A target: a percentage off a category, the delivery, or the whole order."""

    percent: int
    category: str | None = None
    delivery: bool = False
    pieces: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """A tier: what it asks and gives."""

    name: str
    asks: Sequence[Ask]
    gives: Sequence[Give]


@dataclass(frozen=True, slots=True, kw_only=True)
class Discount:
    """All that belongs to a promotion."""

    asks: Sequence[Ask] = ()
    gives: Sequence[Give] = ()
    steps: Sequence[Step] = ()
    members_only: bool = False
    coupons: int = 0
    pattern: str = ""
    promotion: Mapping[str, str | bool] = field(default_factory=dict)
    """Fields of the promotion itself, by the model's names."""


CATEGORIES: Final = {
    "COFFEE": "Coffee",
    "BOOKS": "Paperbacks",
    "GARDEN": "Seeds, soil and tools",
    "PARTS": "Bicycle parts",
    "CLEARANCE": "Last pieces",
    "WINE": "Wine",
    "SHOES": "Running shoes",
}
"""Categories of the demo shop by its own keys."""
MEMBERS: Final = "Club members"
BUYER_GROUP: Final = ("CLUB", "Club card holders")

_CHEAPEST: Final = {"discount_order": "LeastExpensive"}

DISCOUNTS: Final[Mapping[str, Discount]] = {
    "WELCOME": Discount(
        gives=[Give(percent=10), Give(percent=100, delivery=True)], members_only=True
    ),
    "COFFEE10": Discount(
        asks=[Ask(category="COFFEE", quantity=9)],
        gives=[Give(percent=100, category="COFFEE", pieces=1)],
        promotion=_CHEAPEST,
    ),
    "BIKEWEEK": Discount(gives=[Give(percent=15, category="PARTS")], members_only=True),
    "TRADE5": Discount(asks=[Ask(amount=Decimal(2000))], gives=[Give(percent=5)]),
    "CLEARANCE": Discount(gives=[Give(percent=50, category="CLEARANCE")]),
    "RUNCLUB": Discount(gives=[Give(percent=15, category="SHOES")]),
    "EARLYACCESS": Discount(
        gives=[Give(percent=10)],
        coupons=500,
        pattern="EARLY-****-****",
        promotion={"is_automatic": False},
    ),
    "READING": Discount(
        asks=[Ask(category="BOOKS", quantity=3)],
        gives=[Give(percent=100, category="BOOKS", pieces=1)],
        promotion=_CHEAPEST,
    ),
    "GARDEN": Discount(gives=[Give(percent=20, category="GARDEN")]),
    "WINECELLAR": Discount(
        steps=[
            Step(
                name=f"{bottles} bottles",
                asks=[Ask(category="WINE", quantity=bottles)],
                gives=[Give(percent=percent, category="WINE")],
            )
            for bottles, percent in ((3, 5), (6, 10), (12, 15))
        ],
        promotion={"is_tiered": True, "exclusivity_type": "Global"},
    ),
}
"""By the promotion's code; one without is about enrolling alone."""
