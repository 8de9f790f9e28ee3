"""The places of limited promotions: counting them where no count is kept yet, taking and giving
back one. Who enrolls takes them in ``writing.py``."""

from collections.abc import Iterable

from django.db.models import F, Q

from enrollments import rules
from enrollments.models import EnrollmentPlaces, PromotionPartyUsage
from promotions.errors import Refused
from promotions.models import Promotion


def places_taken(promotion: Promotion) -> int:
    """How many places of ``promotion`` are taken, by its enrollments: of those enrolled, neither
    withdrawn nor deleted, or of all where withdrawing gives nothing back."""
    enrolled = Q(is_party_enrolled=True, is_deleted=False)
    counted = enrolled if promotion.is_place_freed_on_withdrawal else Q()
    return PromotionPartyUsage.objects.filter(counted, promotion=promotion).count()


def count_places(promotions: Iterable[int]) -> None:
    """Counts the places of the limited promotions with these primary keys, and keeps the counts.

    Inside the transaction of who enrolls, who holds them: whoever takes or frees a place holds
    the promotion too, and whoever set the limit waited for those who enrolled without one.
    """
    for promotion in Promotion.objects.filter(pk__in=set(promotions)):
        EnrollmentPlaces.objects.update_or_create(
            promotion=promotion, defaults={"taken": places_taken(promotion)}
        )


def give_back_place(promotion: int) -> None:
    """A customer of the promotion with this primary key is no longer enrolled: the place is free
    again, where the promotion says so. Inside a transaction that holds the promotion."""
    EnrollmentPlaces.objects.filter(
        promotion=promotion, promotion__is_place_freed_on_withdrawal=True
    ).update(taken=F("taken") - 1)


def take_place_again(promotion: Promotion) -> None:
    """A customer whose record lay in the recycle bin is enrolled again: takes a place, if it was
    given back. Inside a transaction that holds the promotion, before the record is changed.

    Raises ``Refused``: ``enrollment_limit_reached``.
    """
    limited = promotion.maximum_enrollment_count is not None
    if not limited or not rules.takes_a_place(promotion, is_enrolled=False):
        return
    places = EnrollmentPlaces.objects.filter(promotion=promotion)
    if not places.exists():
        count_places([promotion.pk])
    if refusal := rules.limit_refusal(promotion, places.get().taken):
        raise Refused(refusal)
    places.update(taken=F("taken") + 1)


def forget_places(promotion: Promotion) -> None:
    """Its places are counted anew by whoever enrolls next, if there is still a limit. Inside the
    transaction that changes what is counted, and holds the promotion alone."""
    EnrollmentPlaces.objects.filter(promotion=promotion).delete()
