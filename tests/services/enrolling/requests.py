"""Requests to enroll, and what becomes of them: enrollments, or errors."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

import pytest

from enrollments.models import PromotionPartyUsage
from enrollments.services.enrolling import enroll
from enrollments.services.outcomes import Enrolled, Outcome
from enrollments.wire import Item, Unreadable
from promotions.errors import DomainError, Refused
from tests.factories import NOW, actor

SECOND = timedelta(seconds=1)
DAY = timedelta(days=1)


def item(number: int = 0, **names: Any) -> Item:
    return Item(pointer=f"inputParameters[{number}]", **names)


def request(items: Sequence[Item | Unreadable], **options: Any) -> Sequence[Outcome]:
    return enroll(items, **{"by": actor(), "at": NOW, **options})


def enrolled(one: Item, **options: Any) -> PromotionPartyUsage:
    """The enrollment that an item gets, as it is in the database."""
    [outcome] = request([one], **options)
    assert isinstance(outcome, Enrolled)
    return PromotionPartyUsage.objects.get(pk=outcome.key)


def errors(*items: Item | Unreadable, **options: Any) -> tuple[DomainError, ...]:
    with pytest.raises(Refused) as caught:
        request(items, **options)
    return caught.value.errors


def refusals(*items: Item | Unreadable, **options: Any) -> list[tuple[str, str]]:
    """Code and pointer of each error, the pointer from the item on."""
    found = errors(*items, **options)
    return [(error.code, error.pointer.removeprefix("inputParameters")) for error in found]
