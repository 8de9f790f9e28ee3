"""The admin of promotions, what belongs to them, people and partner systems. One module for each
admin class or page."""

from promotions.admin import (
    catalogue,
    coupons,
    partners,
    parts,
    people,
    promotions,
    segments,
    sharing_rules,
)

__all__ = [
    "catalogue",
    "coupons",
    "partners",
    "parts",
    "people",
    "promotions",
    "segments",
    "sharing_rules",
]
