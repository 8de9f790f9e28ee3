"""Removing what has served its time. Never enrollments, their history, or what they refer to."""

from datetime import datetime
from typing import Final

from oauth2_provider.models import clear_expired

from promotions.models import IdempotentRequest
from promotions.services.idempotency import REMEMBERED

_BATCH: Final = 10_000


def forget_idempotent_requests(*, at: datetime) -> int:
    """Removes the answers kept for idempotency keys that are no longer heeded; how many."""
    old = IdempotentRequest.objects.filter(created_date__lte=at - REMEMBERED)
    total = 0
    while keys := list(old.values_list("pk", flat=True)[:_BATCH]):
        total += IdempotentRequest.objects.filter(pk__in=keys).delete()[0]
    return total


def remove_expired_tokens() -> None:
    """Removes access tokens that have expired."""
    clear_expired()
