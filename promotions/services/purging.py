"""Removing deleted promotions for ever, once their days in the recycle bin are over."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from django.conf import settings
from django.db import connection, models, transaction
from django.db.models import QuerySet

from promotions.actors import Actor
from promotions.database import is_postgresql
from promotions.dependents import all_dependents
from promotions.errors import refuse
from promotions.models import (
    CouponBatch,
    Promotion,
    PromotionFeed,
    PromotionFeedComment,
    PromotionHistory,
    PromotionShare,
    RecordView,
)
from promotions.services import history
from promotions.services.recycle_bin import PARTS


def purgeable(at: datetime, days: int | None = None) -> QuerySet[Promotion]:
    """The promotions that have lain in the recycle bin for ``days`` (a setting says how many), the
    first deleted first."""
    kept = timedelta(days=settings.RECYCLE_BIN_DAYS if days is None else days)
    over = Promotion.objects.filter(is_deleted=True, deleted_date__lte=at - kept)
    return over.order_by("deleted_date", "pk")


def enrollment_records(promotion: Promotion) -> dict[str, int]:
    """What purging the promotion would destroy beyond itself: ``{"enrollments": 12}``."""
    kept = {one.what: one.kept(promotion) for one in all_dependents()}
    return {what: count for what, count in kept.items() if count}


def purge_promotion(
    key: int, *, by: Actor, at: datetime, destroy_enrollment_history: bool = False
) -> None:
    """Removes a deleted promotion and everything under it, its history too.

    Raises ``Refused``: ``not_found`` where it is not in the recycle bin, and
    ``confirmation_required`` where customers were enrolled in it, unless
    ``destroy_enrollment_history`` says that their records and history are to go with it.
    """
    with transaction.atomic():
        deleted = Promotion.objects.filter(is_deleted=True).select_for_update()
        promotion = deleted.filter(pk=key).first()
        if promotion is None:
            raise refuse("not_found", "There is no such promotion in the recycle bin.")
        kept = enrollment_records(promotion)
        if kept and not destroy_enrollment_history:
            what = ", ".join(f"{name}: {count:,}" for name, count in kept.items())
            raise refuse(
                "confirmation_required",
                f"Purging {promotion.record_id} destroys records with their history ({what}). "
                "Say so to do it all the same.",
                **kept,
            )
        _allow_removal_of_history()
        for dependents in all_dependents():
            dependents.purge(promotion)
        _forget_relations(promotion, by=by, at=at)
        for rows in _everything_under(promotion):
            # The database removes them itself: Django would first load what may refer to each.
            rows._raw_delete(rows.db)
        Promotion.objects.filter(pk=promotion.pk)._raw_delete(deleted.db)


def _everything_under(promotion: Promotion) -> Iterator[QuerySet[models.Model]]:
    """All rows that belong to a promotion, what refers to others before these."""
    for part in PARTS:
        own = part._default_manager.filter(promotion=promotion)
        yield RecordView.objects.filter(key_prefix=part.key_prefix, record_key__in=own.values("pk"))
        yield own
    yield CouponBatch.objects.filter(promotion=promotion)
    yield PromotionHistory.objects.filter(promotion=promotion)
    yield PromotionFeedComment.objects.filter(feed_item__promotion=promotion)
    yield PromotionFeed.objects.filter(promotion=promotion)
    yield PromotionShare.objects.filter(promotion=promotion)
    yield RecordView.objects.filter(key_prefix=promotion.key_prefix, record_key=promotion.pk)


def _forget_relations(promotion: Promotion, *, by: Actor, at: datetime) -> None:
    """Promotions that are related to this one no longer are; their history tells."""
    for related in Promotion.objects.filter(related_promotion=promotion).select_for_update():
        before = history.values_of(related)
        related.related_promotion = None
        related.version += 1
        related.last_modified_by = by.user
        related.last_modified_date = max(at, related.last_modified_date)
        related.save()
        history.write(
            history.changed(related, before),
            promotion=related.pk,
            by=by,
            at=related.last_modified_date,
            reason=f"{promotion.record_id} was purged",
        )


def _allow_removal_of_history() -> None:
    """PostgreSQL refuses to remove history, save in a transaction that says that it purges."""
    if is_postgresql():
        with connection.cursor() as cursor:
            cursor.execute("SET LOCAL promotions.purging = 'on'")
