from enrollments.models.customers import Account, Contact
from enrollments.models.offers import Offer
from enrollments.models.places import EnrollmentPlaces
from enrollments.models.usages import PromotionPartyUsage, PromotionPartyUsageHistory

__all__ = [
    "Account",
    "Contact",
    "EnrollmentPlaces",
    "Offer",
    "PromotionPartyUsage",
    "PromotionPartyUsageHistory",
]
