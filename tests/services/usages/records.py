"""Enrollment records: made and changed as objects, refused, and what they hold."""

from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Any

import pytest

from enrollments.models import PromotionPartyUsage
from enrollments.services.enrollments import withdraw
from enrollments.services.usages import create_usage, update_usage
from promotions import ids
from promotions.errors import Refused
from promotions.models import Promotion
from tests.factories import NOW, actor, make_contact

DAY = timedelta(days=1)
LATER = NOW + DAY
Values = dict[str, Any]


def of_contact(promotion: Promotion, **more: Any) -> Values:
    """The values of a new record of somebody who has none."""
    return {"promotion_id": promotion.pk, "party_id": (ids.CONTACT, make_contact().pk), **more}


def created(values: Values) -> PromotionPartyUsage:
    return PromotionPartyUsage.objects.get(pk=create_usage(values, actor(), NOW))


def updated(usage: PromotionPartyUsage, values: Values) -> PromotionPartyUsage:
    update_usage(usage.pk, values, actor(), LATER)
    return PromotionPartyUsage.objects.get(pk=usage.pk)


def left(usage: PromotionPartyUsage) -> PromotionPartyUsage:
    """The same, withdrawn."""
    withdraw(usage.pk, by=actor(), at=NOW, reason="moved")
    usage.refresh_from_db()
    return usage


def refusals(act: Callable[..., Any], *args: Any) -> list[tuple[str, str]]:
    with pytest.raises(Refused) as caught:
        act(*args)
    return [(error.code, error.pointer) for error in caught.value.errors]


def history(usage: PromotionPartyUsage) -> list[tuple[str, str | None, str | None]]:
    rows = usage.history.order_by("pk")
    return [(row.field, row.old_value, row.new_value) for row in rows]


def fields_of(usage: PromotionPartyUsage) -> Mapping[str, Any]:
    """All that the record holds but who changed it last, and when."""
    values = PromotionPartyUsage.objects.values().get(pk=usage.pk)
    touched = ("version", "last_modified_date", "last_modified_by_id")
    return {name: value for name, value in values.items() if name not in touched}
