"""A promotion's status in SQL: the same answer as ``promotions.rules.promotion_status``."""

from datetime import datetime
from zoneinfo import ZoneInfo

from django.db.models import Case, CharField, Q, Value, When

from promotions.moments import day_in
from promotions.rules import PromotionStatus


def status_case(at: datetime, zone: ZoneInfo) -> Case:
    """An expression over promotions: the status at ``at`` for an organisation in ``zone``."""
    today = day_in(zone, at)
    enrollment_open = (
        Q(is_enrollment_required=True)
        & (Q(enrollment_start_date=None) | Q(enrollment_start_date__lte=today))
        & (Q(enrollment_end_date=None) | Q(enrollment_end_date__gte=today))
    )
    return Case(
        When(end_date_time__lte=at, then=Value(PromotionStatus.ENDED.value)),
        When(is_active=False, then=Value(PromotionStatus.DRAFT.value)),
        When(
            Q(start_date_time=None) | Q(start_date_time__lte=at),
            then=Value(PromotionStatus.RUNNING.value),
        ),
        When(enrollment_open, then=Value(PromotionStatus.ENROLLING.value)),
        default=Value(PromotionStatus.SCHEDULED.value),
        output_field=CharField(),
    )


def runs_between(start: datetime, end: datetime) -> Q:
    """The promotions whose period overlaps with this one, from ``start`` on and before ``end``."""
    begun = Q(start_date_time=None) | Q(start_date_time__lt=end)
    return begun & (Q(end_date_time=None) | Q(end_date_time__gt=start))
