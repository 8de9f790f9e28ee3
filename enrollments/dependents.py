"""What enrollments are to the promotion that they are in, for those who delete and purge it."""

from datetime import datetime

from django.db.models import Q

from enrollments.models import PromotionPartyUsage
from promotions.models import Promotion


class Enrollments:
    """Enrollments with their history, and the offers that lead to the promotion."""

    what = "enrollments"

    def current(self, promotion: Promotion, at: datetime) -> int:
        """Customers who are enrolled and whose own period is not over."""
        if promotion.end_date_time is not None and promotion.end_date_time <= at:
            return 0
        return (
            PromotionPartyUsage.objects.live()
            .filter(promotion=promotion, is_party_enrolled=True)
            .filter(
                Q(enrollment_expiration_date_time=None) | Q(enrollment_expiration_date_time__gt=at)
            )
            .count()
        )

    def places_changed(self, promotion: Promotion) -> None:
        from enrollments.services.places import forget_places

        forget_places(promotion)

    def kept(self, promotion: Promotion) -> int:
        return PromotionPartyUsage.objects.filter(promotion=promotion).count()

    def purge(self, promotion: Promotion) -> int:
        from enrollments.services.purging import purge_enrollments

        return purge_enrollments(promotion)

    def clean_up(self, at: datetime) -> str:
        from enrollments.services.job_files import remove_old_files
        from enrollments.services.refused_calls import remove_old_refused_calls

        return (
            f"Files of enrollment jobs removed: {remove_old_files(at=at)}.\n"
            f"Refused calls forgotten: {remove_old_refused_calls(at=at):,}."
        )
