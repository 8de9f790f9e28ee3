"""Where a customer stands in a promotion: one word, in Python and in SQL, side by side.

Derived from the enrollment record, the promotion and the clock; stored nowhere. Source: the
enrollment contract, "Where a customer stands": the first that holds.
"""

from datetime import datetime
from enum import StrEnum
from typing import Protocol

from django.db.models import Case, CharField, Q, Value, When

from promotions.rules import PromotionLike, has_begun, is_over


class Standing(StrEnum):
    WITHDRAWN = "withdrawn"
    EXPIRED = "expired"
    PAUSED = "paused"
    SCHEDULED = "scheduled"
    ACTIVE = "active"


class UsageLike(Protocol):
    """What the rule reads of an enrollment; the model has it."""

    is_party_enrolled: bool
    enrollment_effective_date_time: datetime
    enrollment_expiration_date_time: datetime | None


def standing(usage: UsageLike, promotion: PromotionLike, at: datetime) -> Standing:
    """Where the customer of ``usage`` stands in its ``promotion`` at the moment ``at``."""
    if not usage.is_party_enrolled:
        return Standing.WITHDRAWN
    if is_over(usage.enrollment_expiration_date_time, at) or is_over(promotion.end_date_time, at):
        return Standing.EXPIRED
    if not promotion.is_active or promotion.is_deleted:
        return Standing.PAUSED
    if not (
        has_begun(usage.enrollment_effective_date_time, at)
        and has_begun(promotion.start_date_time, at)
    ):
        return Standing.SCHEDULED
    return Standing.ACTIVE


def standing_case(at: datetime) -> Case:
    """The same as an expression over PromotionPartyUsage rows."""
    return Case(
        When(is_party_enrolled=False, then=Value(Standing.WITHDRAWN.value)),
        When(
            Q(enrollment_expiration_date_time__lte=at) | Q(promotion__end_date_time__lte=at),
            then=Value(Standing.EXPIRED.value),
        ),
        When(
            Q(promotion__is_active=False) | Q(promotion__is_deleted=True),
            then=Value(Standing.PAUSED.value),
        ),
        When(
            Q(enrollment_effective_date_time__gt=at) | Q(promotion__start_date_time__gt=at),
            then=Value(Standing.SCHEDULED.value),
        ),
        default=Value(Standing.ACTIVE.value),
        output_field=CharField(),
    )
