from enrollments.models.customers import Account, Contact
from enrollments.models.jobs import (
    EnrollmentJob,
    EnrollmentJobPartition,
    EnrollmentJobRefusal,
    JobStatus,
)
from enrollments.models.offers import Offer
from enrollments.models.places import EnrollmentPlaces
from enrollments.models.refused_calls import RefusedCall
from enrollments.models.usages import PromotionPartyUsage, PromotionPartyUsageHistory

__all__ = [
    "Account",
    "Contact",
    "EnrollmentJob",
    "EnrollmentJobPartition",
    "EnrollmentJobRefusal",
    "EnrollmentPlaces",
    "JobStatus",
    "Offer",
    "PromotionPartyUsage",
    "PromotionPartyUsageHistory",
    "RefusedCall",
]
