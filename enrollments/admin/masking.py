"""Customers as somebody may read them: by name, or by their record id alone."""

from typing import Any

from enrollments.models import Account, Contact
from enrollments.personal_data import sees_personal_data
from promotions.actors import Actor
from promotions.admin.words import HIDDEN
from promotions.models import Record


def name_of(record: Record, by: Actor) -> str:
    """What a record is called to ``by``; customers have names only for who may see these."""
    is_customer = isinstance(record, Account | Contact)
    return masked(record) if is_customer and not sees_personal_data(by) else str(record)


def masked(customer: Any) -> str:
    """What a customer is called to who sees no personal data: ``Contact 003000000000042AAA``."""
    return f"{type(customer).__name__} {customer.record_id}"


def shown(text: str | None, by: Actor) -> str:
    """Something personal, a dash where there is none; that there is none is no secret."""
    if not text:
        return "–"
    return text if sees_personal_data(by) else HIDDEN
