"""What the pure rules read of records, without records."""

from dataclasses import dataclass
from datetime import UTC, date, datetime

NOW = datetime(2026, 5, 15, 12, 0, tzinfo=UTC)
"""The moment of the request."""


@dataclass
class FakePromotion:
    """Active, open to enrollment, without dates."""

    name: str = "Summer"
    is_active: bool = True
    is_deleted: bool = False
    start_date_time: datetime | None = None
    end_date_time: datetime | None = None
    is_enrollment_required: bool = True
    enrollment_start_date: date | None = None
    enrollment_end_date: date | None = None
    currency_iso_code: str | None = None
    pk: int | None = None
    related_promotion_id: int | None = None


@dataclass
class FakeUsage:
    """Enrolled for ever."""

    is_party_enrolled: bool = True
    enrollment_effective_date_time: datetime = datetime(2020, 1, 1, tzinfo=UTC)
    enrollment_expiration_date_time: datetime | None = None


@dataclass
class FakeOffer:
    promotion_id: int | None = None
    is_active: bool = True


def utc(text: str) -> datetime:
    """``2026-05-01 00:00:00`` in UTC."""
    return datetime.fromisoformat(text).replace(tzinfo=UTC)
