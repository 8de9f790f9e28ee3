"""Noting who looked at what when: ``LastViewedDate`` and ``LastReferencedDate``, for each user."""

from collections.abc import Sequence
from datetime import datetime

from promotions.models import Record, RecordView, User
from promotions.models.promotion import Promotion


def note_view(record: Record, *, user: User, at: datetime) -> None:
    """Remembers that ``user`` viewed ``record`` at the moment ``at``, and by that referenced it and
    the promotion it belongs to."""
    _note([(record.key_prefix, record.pk)], user, at, viewed=True)
    promotion = getattr(record, "promotion_id", None)
    if record.promotion_path and promotion is not None:
        _note([(Promotion.key_prefix, promotion)], user, at, viewed=False)


def note_reference(record: Record, *, user: User, at: datetime) -> None:
    """Remembers that ``user`` came across ``record`` without viewing it."""
    _note([(record.key_prefix, record.pk)], user, at, viewed=False)


def note_views(key_prefix: str, keys: Sequence[int], *, user: User, at: datetime) -> None:
    """Remembers that ``user`` viewed the records of one kind with these primary keys."""
    _note([(key_prefix, key) for key in keys], user, at, viewed=True)


def note_references(key_prefix: str, keys: Sequence[int], *, user: User, at: datetime) -> None:
    """Remembers that ``user`` came across them without viewing them."""
    _note([(key_prefix, key) for key in keys], user, at, viewed=False)


def last_viewed(record: Record, *, user: User) -> datetime | None:
    """When ``user`` last viewed ``record``; None where never."""
    views = RecordView.objects.filter(user=user, key_prefix=record.key_prefix, record_key=record.pk)
    return views.values_list("last_viewed_date", flat=True).first()


def _note(records: list[tuple[str, int]], user: User, at: datetime, *, viewed: bool) -> None:
    # One statement, so that two windows of one user don't get into each other's way.
    RecordView.objects.bulk_create(
        [
            RecordView(
                user=user,
                key_prefix=prefix,
                record_key=key,
                last_viewed_date=at if viewed else None,
                last_referenced_date=at,
            )
            for prefix, key in records
        ],
        update_conflicts=True,
        unique_fields=["user", "key_prefix", "record_key"],
        update_fields=["last_referenced_date", *(["last_viewed_date"] if viewed else [])],
    )
