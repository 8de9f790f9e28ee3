"""How much a data set has, and what is in it. Pure."""

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True, slots=True)
class Size:
    """How much there is."""

    contacts: int = 100_000
    promotions: int = 500
    """Those that the enrollments are in."""
    enrollments: int = 200_000
    open_promotions: int = 50
    """Further ones without an enrollment yet, each with an offer of its own."""
    coupons: int = 0
    """Half of them of the first promotion, the others dealt out among the next hundred."""
    everybody_in_first: bool = False
    """Whether each contact is enrolled in the first promotion; of the others, the earlier ones have
    more than the later ones in any case."""


@dataclass(frozen=True, slots=True)
class Dataset:
    """The primary keys of what was made."""

    contacts: range
    promotions: range
    open_promotions: range
    offers: range
    """Of the open promotions, in their order."""
    enrollments: int
