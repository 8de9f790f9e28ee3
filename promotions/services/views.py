"""Noting who viewed which promotion when."""

from datetime import datetime

from promotions.models import Promotion, PromotionView, User


def note_view(promotion: Promotion, *, user: User, at: datetime) -> None:
    """Remembers that ``user`` viewed ``promotion`` at the moment ``at`` (``LastViewedDate``)."""
    # One statement, so that two windows of one user don't get into each other's way.
    PromotionView.objects.bulk_create(
        [PromotionView(user=user, promotion=promotion, last_viewed_date=at)],
        update_conflicts=True,
        unique_fields=["user", "promotion"],
        update_fields=["last_viewed_date"],
    )


def last_viewed(promotion: Promotion, *, user: User) -> datetime | None:
    """When ``user`` last viewed ``promotion``; None where never."""
    view = PromotionView.objects.filter(promotion=promotion, user=user).first()
    return view.last_viewed_date if view else None
