"""What is done to promotions: the only writer of them."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from django.conf import settings

from promotions.actors import Actor
from promotions.errors import DomainError
from promotions.models import Promotion
from promotions.rules import promotion_problems
from promotions.services.records import RecordService

_records = RecordService(
    Promotion,
    unique=("promotion_code_key",),
    problems=lambda promotion: promotion_problems(promotion, currencies=settings.CURRENCIES),
)


def create_promotion(promotion: Promotion, *, by: Actor, at: datetime) -> Promotion:
    """Saves a new promotion, owned by its creator unless it names an owner.

    Raises ``Refused`` with every reason; pointers are the API's field names.
    """
    if promotion.owner_user_id is None and promotion.owner_group_id is None:
        promotion.owner_user = by.user
    return _records.create(promotion, by=by, at=at)


def update_promotion(
    key: int,
    changes: Mapping[str, Any],
    *,
    by: Actor,
    at: datetime,
    expected: Iterable[int] | None = None,
) -> Promotion:
    """Sets fields of a promotion, by their model names. ``expected``: the versions known to the
    caller. Raises ``Refused``; ``is_tiered`` can't be changed (the described object says so)."""

    def check(promotion: Promotion) -> Iterable[DomainError]:
        if changes.get("is_tiered", promotion.is_tiered) != promotion.is_tiered:
            yield DomainError(
                "invalid_value",
                "Whether a promotion is tiered can't be changed. Make a new promotion instead.",
                "isTiered",
            )

    return _records.update(key, changes, by=by, at=at, expected=expected, check=check)


def delete_promotion(
    key: int, *, by: Actor, at: datetime, expected: Iterable[int] | None = None
) -> Promotion:
    """Deletes a promotion softly: its enrollments stay and are paused, its code is free again."""
    return _records.delete(key, by=by, at=at, expected=expected)
