"""How people find their way through the fields of a promotion: the headings above them. Pure.

Whatever shows a whole promotion groups its fields so: the admin's form, the layouts of existing
clients.
"""

from collections.abc import Mapping, Sequence
from typing import Final

PROMOTION_SECTIONS: Final[Mapping[str, Sequence[str]]] = {
    "What": (
        "name",
        "display_name",
        "promotion_code",
        "external_id",
        "description",
        "image_url",
    ),
    "When it applies": ("is_active", "start_date_time", "end_date_time"),
    "Who may enroll": (
        "is_enrollment_required",
        "enrollment_start_date",
        "enrollment_end_date",
        "maximum_enrollment_count",
        "is_place_freed_on_withdrawal",
    ),
    "How it discounts": (
        "is_automatic",
        "is_commerce_promotion",
        "is_tiered",
        "qualifier_criteria",
        "target_criteria",
        "discount_order",
        "discount_restriction",
        "exclusivity_type",
        "are_qual_items_excl_from_discounts",
        "is_approaching_discount_applicable",
        "currency_iso_code",
    ),
    "Limits and priority": ("priority_number", "maximum_usage_count"),
    "Terms and notes": ("terms_and_conditions", "objective", "related_promotion"),
    "Owner": ("owner_user", "owner_group"),
}
"""By heading, in the order in which a marketer thinks; the model's names."""
