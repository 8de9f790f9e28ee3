"""Reads of promotions."""

from django.db.models import F, FilteredRelation, Q, QuerySet

from promotions.models import Promotion, User


def promotions_seen_by(user: User) -> QuerySet[Promotion]:
    """Live promotions with when ``user`` last viewed each, and a record related to it."""
    seen: QuerySet[Promotion] = (
        Promotion.objects.live()
        .annotate(mine=FilteredRelation("views", condition=Q(views__user=user.pk)))
        .annotate(
            last_viewed_date=F("mine__last_viewed_date"),
            last_referenced_date=F("mine__last_referenced_date"),
        )
    )
    return seen
