"""Removing the enrollments of a promotion for ever: the purge's part of this application."""

from enrollments.models import (
    EnrollmentPlaces,
    Offer,
    PromotionPartyUsage,
    PromotionPartyUsageHistory,
)
from promotions.models import Promotion


def purge_enrollments(promotion: Promotion) -> int:
    """Removes the enrollments in ``promotion``, their history and the offers that lead to it; how
    many enrollments. Only inside a purge, which alone may remove history."""
    usages = PromotionPartyUsage.objects.filter(promotion=promotion)
    # Row by row on the database's side: Django would load ten thousands to look for what refers.
    PromotionPartyUsageHistory.objects.filter(usage__promotion=promotion)._raw_delete("default")
    EnrollmentPlaces.objects.filter(promotion=promotion).delete()
    removed = usages._raw_delete("default")
    Offer.objects.filter(promotion=promotion).delete()
    return int(removed or 0)
