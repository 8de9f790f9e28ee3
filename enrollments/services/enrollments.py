"""Withdrawing and changing a period: what is done to an enrollment that exists.

Each act is one transaction with its history inside. What is allowed is decided by
``enrollments/rules.py``. Source: the enrollment contract, rule 13. Enrolling is
``enrollments/services/enrolling.py``.
"""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Final

from enrollments import rules
from enrollments.models import PromotionPartyUsage
from enrollments.services.history import Changed, record_changes, with_values
from enrollments.services.places import give_back_place
from promotions.access import Access
from promotions.actors import Actor
from promotions.errors import Refused
from promotions.models import Promotion
from promotions.services.records import RecordService
from promotions.services.transactions import in_transaction

enrollments: Final = RecordService(
    PromotionPartyUsage, change_access=Access.READ, delete_access=Access.READ
)
"""Finds and locks them: who sees the promotion may enroll its customers, and withdraw them."""


def withdraw(
    key: int, *, by: Actor, at: datetime, reason: str, expected: Iterable[int] | None = None
) -> PromotionPartyUsage:
    """Withdraws the enrollment with primary key ``key``: who, when and why are kept. Its place in a
    limited promotion is free again, where the promotion says so.

    Raises ``Refused``: ``not_found``, ``version_conflict``, ``reason_required``, ``not_enrolled``.
    """

    def act() -> PromotionPartyUsage:
        hold_promotion_of(key)
        usage = _lock_for_change(key, reason, expected, by)
        values = withdrawal(usage, reason.strip(), by=by, at=at)
        save(with_values(usage, values, by=by, at=at), by=by, reason=reason.strip())
        give_back_place(usage.promotion_id)
        return usage

    return in_transaction(act)


def change_period(
    key: int,
    period: Mapping[str, datetime | None],
    *,
    by: Actor,
    at: datetime,
    reason: str,
    expected: Iterable[int] | None = None,
) -> PromotionPartyUsage:
    """Changes the customer's own window of the enrollment with primary key ``key``.

    ``period`` holds ``effective`` and ``expiration`` as far as they change: null as expiration
    lets the enrollment end with the promotion, null as beginning makes it begin now. Raises
    ``Refused``: as ``withdraw`` does, and what rule 7 refuses.
    """

    def act() -> PromotionPartyUsage:
        usage = _lock_for_change(key, reason, expected, by)
        wanted = rules.period_of(
            period.get("effective", usage.enrollment_effective_date_time),
            period.get("expiration", usage.enrollment_expiration_date_time),
            at,
        )
        if wanted != _period(usage):
            if refusal := rules.period_refusal(wanted, usage.promotion, at):
                raise Refused(refusal)
            values = {
                "enrollment_effective_date_time": wanted.effective,
                "enrollment_expiration_date_time": wanted.expiration,
            }
            save(with_values(usage, values, by=by, at=at), by=by, reason=reason.strip())
        return usage

    return in_transaction(act)


def withdrawal(
    usage: PromotionPartyUsage, reason: str, *, by: Actor, at: datetime
) -> dict[str, object]:
    """What is set in an enrollment that is withdrawn."""
    return {
        "is_party_enrolled": False,
        "withdrawn_date": max(at, usage.last_modified_date),
        "withdrawn_by": by.user,
        "withdrawal_reason": reason,
    }


def hold_promotion_of(key: int) -> Promotion | None:
    """Holds the promotion of an enrollment before the enrollment itself, in the order in which who
    enrolls holds them: while its places are counted or their limit changes, this waits."""
    promotion = PromotionPartyUsage.objects.filter(pk=key).values("promotion")
    return Promotion.objects.select_for_update(no_key=True).filter(pk__in=promotion).first()


def _lock_for_change(
    key: int, reason: str, expected: Iterable[int] | None, by: Actor
) -> PromotionPartyUsage:
    usage = enrollments.lock(key, expected, by=by)
    refusal = rules.reason_refusal(reason) or (
        None if usage.is_party_enrolled else rules.not_enrolled()
    )
    if refusal:
        raise Refused(refusal)
    return usage


def _period(usage: PromotionPartyUsage) -> rules.Period:
    return rules.Period(usage.enrollment_effective_date_time, usage.enrollment_expiration_date_time)


_CHANGEABLE: Final = (
    "account",
    "enrollment_offer",
    "enrollment_effective_date_time",
    "enrollment_expiration_date_time",
    "is_party_enrolled",
    "withdrawn_date",
    "withdrawn_by",
    "withdrawal_reason",
    "usage_count",
    "order_count",
    "issued_voucher_count",
    "points_credited",
    "additional_attribute_info",
    "is_deleted",
    "deleted_date",
    "last_modified_by",
    "last_modified_date",
    "version",
)


def save(changed: Changed, *, by: Actor, reason: str | None) -> None:
    """Writes a changed enrollment that is held, and a history row for each field that changed."""
    changed.usage.save(update_fields=_CHANGEABLE)
    record_changes([changed], by=by, reason=reason)
