from enrollments.models.customers import Account, Contact
from enrollments.models.offers import Offer
from enrollments.models.usages import PromotionPartyUsage, PromotionPartyUsageHistory

__all__ = ["Account", "Contact", "Offer", "PromotionPartyUsage", "PromotionPartyUsageHistory"]
