"""Counting the places of limited promotions anew, where no count is kept yet."""

from collections.abc import Iterable

from django.db.models import Q

from enrollments.models import EnrollmentPlaces, PromotionPartyUsage
from promotions.models import Promotion


def places_taken(promotion: Promotion) -> int:
    """How many places of ``promotion`` are taken, by its enrollments: of those enrolled and not
    withdrawn, or of all where withdrawing gives nothing back."""
    enrolled = Q(is_party_enrolled=True) if promotion.is_place_freed_on_withdrawal else Q()
    return PromotionPartyUsage.objects.filter(enrolled, promotion=promotion).count()


def count_places(promotions: Iterable[int]) -> None:
    """Counts the places of the limited promotions with these primary keys, and keeps the counts.

    Inside the transaction of who enrolls, who holds them: whoever takes or frees a place holds
    the promotion too, and whoever set the limit waited for those who enrolled without one.
    """
    for promotion in Promotion.objects.filter(pk__in=set(promotions)):
        EnrollmentPlaces.objects.update_or_create(
            promotion=promotion, defaults={"taken": places_taken(promotion)}
        )


def forget_places(promotion: Promotion) -> None:
    """Its places are counted anew by whoever enrolls next, if there is still a limit. Inside the
    transaction that changes what is counted, and holds the promotion alone."""
    EnrollmentPlaces.objects.filter(promotion=promotion).delete()
