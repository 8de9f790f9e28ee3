"""What makes a promotion valid, begun, over, open to enrollment. Pure: no database, no clock.

The forms, the APIs and the services ask these functions and nobody else decides. Periods are
half-open: the beginning is inside, the end is outside.
"""

from collections.abc import Iterator, Sequence
from datetime import date, datetime
from enum import StrEnum
from typing import Protocol
from zoneinfo import ZoneInfo

from promotions.errors import DomainError
from promotions.moments import day_in


class PromotionLike(Protocol):
    """What the rules read of a promotion; the model has it."""

    name: str
    is_active: bool
    is_deleted: bool
    start_date_time: datetime | None
    end_date_time: datetime | None
    is_enrollment_required: bool
    enrollment_start_date: date | None
    enrollment_end_date: date | None


class WholePromotionLike(PromotionLike, Protocol):
    """What the rules about a promotion's own fields read besides."""

    related_promotion_id: int | None

    @property
    def pk(self) -> int | None: ...


def has_begun(start: datetime | None, at: datetime) -> bool:
    """Whether a period with this beginning has begun; without one it always has."""
    return start is None or start <= at


def is_over(end: datetime | None, at: datetime) -> bool:
    """Whether a period with this end is over; without one it never is."""
    return end is not None and end <= at


class EnrollmentWindow(StrEnum):
    """Where a moment lies in relation to the days on which customers can enroll."""

    NOT_OPEN = "not open yet"
    OPEN = "open"
    CLOSED = "closed"


def enrollment_window(promotion: PromotionLike, at: datetime, zone: ZoneInfo) -> EnrollmentWindow:
    """Rule 5: the window is whole calendar days in the organisation's time zone ``zone``, first
    and last day included; an absent end is open."""
    today = day_in(zone, at)
    if promotion.enrollment_start_date is not None and today < promotion.enrollment_start_date:
        return EnrollmentWindow.NOT_OPEN
    if promotion.enrollment_end_date is not None and today > promotion.enrollment_end_date:
        return EnrollmentWindow.CLOSED
    return EnrollmentWindow.OPEN


class PromotionStatus(StrEnum):
    """Where a promotion is in its life. Derived; ``promotions/status.py`` has it in SQL."""

    DRAFT = "draft"
    SCHEDULED = "scheduled"
    ENROLLING = "enrolling"
    RUNNING = "running"
    ENDED = "ended"


def promotion_status(promotion: PromotionLike, at: datetime, zone: ZoneInfo) -> PromotionStatus:
    """The first that holds: ended (its end has come), draft (not active), running (it has begun),
    enrolling (it has not, but customers can enroll already), scheduled."""
    if is_over(promotion.end_date_time, at):
        return PromotionStatus.ENDED
    if not promotion.is_active:
        return PromotionStatus.DRAFT
    if has_begun(promotion.start_date_time, at):
        return PromotionStatus.RUNNING
    if (
        promotion.is_enrollment_required
        and enrollment_window(promotion, at, zone) is EnrollmentWindow.OPEN
    ):
        return PromotionStatus.ENROLLING
    return PromotionStatus.SCHEDULED


def promotion_problems(promotion: WholePromotionLike) -> Iterator[DomainError]:
    """What is wrong between the fields of a promotion; pointers are the API's field names.

    What a single field takes (length, choices, least value) is declared at the model's field.
    """
    start, end = promotion.start_date_time, promotion.end_date_time
    if start is not None and end is not None and end <= start:
        yield DomainError("invalid_value", "The promotion must end after it starts.", "endDateTime")
    opens, closes = promotion.enrollment_start_date, promotion.enrollment_end_date
    if opens is not None and closes is not None and closes < opens:
        yield DomainError(
            "invalid_value",
            "The last day of enrollment must not lie before the first.",
            "enrollmentEndDate",
        )
    if (
        promotion.related_promotion_id is not None
        and promotion.related_promotion_id == promotion.pk
    ):
        yield DomainError(
            "invalid_value", "A promotion is not related to itself.", "relatedPromotionId"
        )


def currency_problem(code: str, currencies: Sequence[str]) -> Iterator[DomainError]:
    """What is wrong with a currency's ISO code. ``currencies`` are the organisation's, none where
    it has but one."""
    if code not in currencies:
        yield DomainError(
            "invalid_value",
            f"Use one of the organisation's currencies: {', '.join(currencies)}."
            if currencies
            else "This organisation has a single currency; leave this empty.",
            "currencyIsoCode",
        )


def uses_per_cart(maximum_usage_count: int | None) -> int:
    """How often a promotion can be applied to a cart; blank means once (``MaximumUsageCount``)."""
    return 1 if maximum_usage_count is None else maximum_usage_count


def priority_order(priority_number: int | None, key: int) -> tuple[bool, int, int]:
    """What promotions are ordered by: a lower ``PriorityNumber`` comes first, blank comes last;
    among equals the older one."""
    return priority_number is None, priority_number or 0, key
