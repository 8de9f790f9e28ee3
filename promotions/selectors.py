"""Reads of promotions and what belongs to them."""

from typing import Any, TypeVar

from django.db.models import OuterRef, QuerySet, Subquery

from promotions.actors import Actor
from promotions.models import Promotion, Record, RecordQuerySet, RecordView

M = TypeVar("M", bound=Record)


def promotions_seen_by(by: Actor) -> QuerySet[Promotion]:
    """Live promotions that ``by`` may see, with when they were last viewed by them."""
    return with_views(Promotion.objects.accessible(by), by)


def with_views(records: QuerySet[M], by: Actor) -> QuerySet[M]:
    """``records`` with when the user last viewed each (``last_viewed_date``), and it or a record
    related to it (``last_referenced_date``)."""
    views = RecordView.objects.filter(
        user=by.user.pk, key_prefix=records.model.key_prefix, record_key=OuterRef("pk")
    )
    seen: QuerySet[M] = records.annotate(
        last_viewed_date=Subquery(views.values("last_viewed_date")),
        last_referenced_date=Subquery(views.values("last_referenced_date")),
    )
    return seen


def deleted_promotions(by: Actor) -> RecordQuerySet[Any]:
    """The promotions in the recycle bin that ``by`` may see."""
    return Promotion.objects.filter(is_deleted=True).accessible(by)  # type: ignore[attr-defined]
