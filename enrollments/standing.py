"""Where a customer stands in a promotion: one word, in Python and in SQL, side by side.

Derived from the enrollment record, the promotion and the clock; stored nowhere. Source: the
enrollment contract, "Where a customer stands": the first that holds.
"""

from datetime import datetime
from enum import Enum, StrEnum
from typing import Final, Protocol

from django.db.models import Case, CharField, F, Q, Value, When
from django.db.models.expressions import Expression

from promotions.rules import has_begun, is_over

Moment = datetime | Expression
"""A moment, or what stands for one in a query."""


class Standing(StrEnum):
    WITHDRAWN = "withdrawn"
    EXPIRED = "expired"
    PAUSED = "paused"
    SCHEDULED = "scheduled"
    ACTIVE = "active"


class Cause(Enum):
    """Why a customer stands so: of the conditions, in their order, the first that holds."""

    WITHDRAWN = "withdrawn"
    OWN_PERIOD_OVER = "own period over"
    PROMOTION_OVER = "promotion over"
    PROMOTION_INACTIVE = "promotion inactive"
    PROMOTION_DELETED = "promotion deleted"
    OWN_PERIOD_TO_COME = "own period to come"
    PROMOTION_TO_COME = "promotion to come"
    NOTHING_AGAINST = "nothing against"


STANDING_OF: Final = {
    Cause.WITHDRAWN: Standing.WITHDRAWN,
    Cause.OWN_PERIOD_OVER: Standing.EXPIRED,
    Cause.PROMOTION_OVER: Standing.EXPIRED,
    Cause.PROMOTION_INACTIVE: Standing.PAUSED,
    Cause.PROMOTION_DELETED: Standing.PAUSED,
    Cause.OWN_PERIOD_TO_COME: Standing.SCHEDULED,
    Cause.PROMOTION_TO_COME: Standing.SCHEDULED,
    Cause.NOTHING_AGAINST: Standing.ACTIVE,
}


class UsageLike(Protocol):
    """What the rule reads of an enrollment; the model has it."""

    @property
    def is_party_enrolled(self) -> bool: ...
    @property
    def enrollment_effective_date_time(self) -> datetime: ...
    @property
    def enrollment_expiration_date_time(self) -> datetime | None: ...


class PromotionLike(Protocol):
    """What the rule reads of a promotion; the model has it."""

    @property
    def is_active(self) -> bool: ...
    @property
    def is_deleted(self) -> bool: ...
    @property
    def start_date_time(self) -> datetime | None: ...
    @property
    def end_date_time(self) -> datetime | None: ...


def standing(usage: UsageLike, promotion: PromotionLike, at: datetime) -> Standing:
    """Where the customer of ``usage`` stands in its ``promotion`` at the moment ``at``."""
    return STANDING_OF[cause(usage, promotion, at)]


def cause(usage: UsageLike, promotion: PromotionLike, at: datetime) -> Cause:
    """Which condition decides where the customer stands."""
    if not usage.is_party_enrolled:
        return Cause.WITHDRAWN
    if is_over(usage.enrollment_expiration_date_time, at):
        return Cause.OWN_PERIOD_OVER
    if is_over(promotion.end_date_time, at):
        return Cause.PROMOTION_OVER
    if promotion.is_deleted:
        return Cause.PROMOTION_DELETED
    if not promotion.is_active:
        return Cause.PROMOTION_INACTIVE
    if not has_begun(usage.enrollment_effective_date_time, at):
        return Cause.OWN_PERIOD_TO_COME
    if not has_begun(promotion.start_date_time, at):
        return Cause.PROMOTION_TO_COME
    return Cause.NOTHING_AGAINST


def standing_case(at: Moment) -> Case:
    """The same as an expression over PromotionPartyUsage rows."""
    *others, (last, _) = _conditions(at)
    return Case(
        *(When(condition, then=Value(word.value)) for word, condition in others),
        default=Value(last.value),
        output_field=CharField(),
    )


def stands(word: Standing, at: Moment) -> Q:
    """The same as a condition: that the customer stands so. Unlike a comparison with the expression
    it tells the database which columns and indexes decide."""
    found = Q()
    for other, condition in _conditions(at):
        if other is word:
            return found & condition
        found &= ~condition
    raise AssertionError("unreachable")


def promotions_of(word: Standing, at: Moment) -> Q:
    """The promotions in which customers can stand so, as far as the promotion alone decides: a
    condition on promotions, empty where it may be any."""
    return ~_over(at) & _paused() if word is Standing.PAUSED else Q()


def is_current(at: Moment) -> Q:
    """The enrollments that are not withdrawn and whose own period is not over."""
    return Q(is_party_enrolled=True) & ~Q(enrollment_expiration_date_time__lte=at)


def through_own_period(word: Standing, at: Moment) -> Q:
    """The enrollments whose customers have expired, or are scheduled, by their own period alone, as
    an index finds them."""
    if word is Standing.EXPIRED:
        return Q(is_party_enrolled=True, enrollment_expiration_date_time__lte=at)
    # What begins later than now began later than it was made: so few do that they have an index.
    later = Q(enrollment_effective_date_time__gt=F("created_date"))
    to_come = Q(is_party_enrolled=True, enrollment_effective_date_time__gt=at)
    return later & to_come & ~_over(at, "promotion__") & ~_paused("promotion__")


def through_promotion(word: Standing, at: Moment, path: str = "") -> tuple[Q, Q]:
    """What is asked of enrollments, and of promotions at ``path``, where customers have expired,
    are paused or scheduled whatever their own period."""
    if word is Standing.EXPIRED:
        return Q(is_party_enrolled=True), _over(at, path)
    if word is Standing.PAUSED:
        return is_current(at), ~_over(at, path) & _paused(path)
    to_come = Q(**{f"{path}start_date_time__gt": at})
    return is_current(at), to_come & ~_over(at, path) & ~_paused(path)


def _over(at: Moment, path: str = "") -> Q:
    return Q(**{f"{path}end_date_time__lte": at})


def _paused(path: str = "") -> Q:
    return Q(**{f"{path}is_active": False}) | Q(**{f"{path}is_deleted": True})


def _conditions(at: Moment) -> list[tuple[Standing, Q]]:
    """The words and what each asks for; the first whose condition holds is the standing."""
    return [
        (Standing.WITHDRAWN, Q(is_party_enrolled=False)),
        (
            Standing.EXPIRED,
            Q(enrollment_expiration_date_time__lte=at) | _over(at, "promotion__"),
        ),
        (Standing.PAUSED, _paused("promotion__")),
        (
            Standing.SCHEDULED,
            Q(enrollment_effective_date_time__gt=at) | Q(promotion__start_date_time__gt=at),
        ),
        (Standing.ACTIVE, Q()),
    ]
