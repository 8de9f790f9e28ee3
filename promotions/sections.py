"""How people find their way through the fields of a promotion: the headings above them. Pure.

Whatever shows a whole promotion groups its fields so: the admin's form, the layouts of existing
clients.
"""

from collections.abc import Mapping, Sequence
from typing import Final

WHAT: Final = "What"
WHEN: Final = "When"
WHO: Final = "Who may take part"
DISCOUNT: Final = "What is discounted"
LIMITS: Final = "Limits and priority"
COUPONS: Final = "Coupons"
TERMS: Final = "Terms"
NOTES: Final = "Notes"
MORE: Final = "More about carts and shops"
OWNER: Final = "Owner"

PROMOTION_SECTIONS: Final[Mapping[str, Sequence[str]]] = {
    WHAT: ("name", "display_name", "promotion_code", "external_id", "description"),
    WHEN: ("is_active", "start_date_time", "end_date_time"),
    WHO: (
        "is_enrollment_required",
        "enrollment_start_date",
        "enrollment_end_date",
        "maximum_enrollment_count",
        "is_place_freed_on_withdrawal",
    ),
    DISCOUNT: ("is_tiered", "discount_order"),
    LIMITS: ("priority_number", "maximum_usage_count", "exclusivity_type"),
    COUPONS: ("is_automatic",),
    TERMS: ("terms_and_conditions",),
    NOTES: ("objective", "related_promotion"),
    MORE: (
        "qualifier_criteria",
        "target_criteria",
        "discount_restriction",
        "are_qual_items_excl_from_discounts",
        "is_approaching_discount_applicable",
        "is_commerce_promotion",
        "currency_iso_code",
        "image_url",
    ),
    OWNER: ("owner_user", "owner_group"),
}
"""By heading, in the order in which a marketer thinks; the model's names."""
