"""What enrollments are to the promotion that they are in, for those who delete and purge it."""

from collections.abc import Collection, Mapping
from datetime import datetime

from enrollments.figures import CURRENT, current_in
from enrollments.models import PromotionPartyUsage
from promotions.models import Promotion


class Enrollments:
    """Enrollments with their history, and the offers that lead to the promotion."""

    what, what_one = "enrollments", "enrollment"
    figure = CURRENT.name

    def current(self, promotions: Collection[Promotion], at: datetime) -> Mapping[int, int]:
        """Customers who are enrolled and whose own period is not over."""
        return current_in(promotions, at)

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
