"""What is done to promotions as a whole: the only writer of them."""

from collections.abc import Callable, Collection, Iterable, Mapping
from datetime import datetime
from typing import Any, Final

from django.db import transaction

from promotions.access import Access
from promotions.actors import Actor
from promotions.dependents import all_dependents
from promotions.errors import DomainError, Refused, refuse
from promotions.models import Promotion, User
from promotions.rules import has_begun, is_over, promotion_problems
from promotions.services import sharing
from promotions.services.records import RecordService
from promotions.services.transactions import in_transaction

promotions: Final = RecordService(
    Promotion,
    unique=("promotion_code_key", "external_id"),
    problems=promotion_problems,
    tracked=True,
    delete_access=Access.ALL,
)

_PLACES: Final = ("maximum_enrollment_count", "is_place_freed_on_withdrawal")
"""What says how many customers can be enrolled."""


def create_promotion(promotion: Promotion, *, by: Actor, at: datetime) -> Promotion:
    """Saves a new promotion, owned by its creator unless it names an owner.

    Raises ``Refused`` with every reason; pointers are the API's field names.
    """
    with transaction.atomic():
        promotions.create(promotion, by=by, at=at)
        sharing.follow_owner(promotion, by=by, at=at)
    return promotion


def update_promotion(
    key: int,
    changes: Mapping[str, Any],
    *,
    by: Actor,
    at: datetime,
    expected: Iterable[int] | None = None,
) -> Promotion:
    """Sets fields of a promotion, by their model names. ``expected``: the versions known to the
    caller. Raises ``Refused``. Naming another owner is a transfer, and needs all access."""

    def act() -> Promotion:
        before = hold_to_change(key, changes, expected, by=by)
        owner = before.owner_id
        moves = any(
            name in changes and changes[name] != getattr(before, name)
            for name in ("owner_user", "owner_user_id", "owner_group", "owner_group_id")
        )
        if moves:
            promotions.lock(key, by=by, access=Access.ALL)
            _check_new_owner(changes)
        places = any(name in changes and changes[name] != getattr(before, name) for name in _PLACES)
        promotion = promotions.update(key, changes, by=by, at=at)
        if places:
            for dependents in all_dependents():
                dependents.places_changed(promotion)
        if promotion.owner_id != owner:
            sharing.follow_owner(promotion, by=by, at=at)
        return promotion

    return in_transaction(act)


def hold_to_change(
    key: int, changes: Collection[str], expected: Iterable[int] | None = None, *, by: Actor
) -> Promotion:
    """The promotion, held until the transaction ends so that the fields ``changes`` can be set.
    Raises ``Refused``."""
    if any(name in changes for name in _PLACES):
        _wait_for_enrollments(key)  # before any weaker lock: two that raise theirs never end
    return promotions.lock(key, expected, by=by, access=Access.EDIT)


def _wait_for_enrollments(key: int) -> None:
    """Who enrolls holds the promotion's row for as long as that takes. Nobody may be enrolled by
    the old limit once the new one counts, so this waits for them and lets nobody follow."""
    Promotion.objects.select_for_update().filter(pk=key).first()


def _check_new_owner(changes: Mapping[str, Any]) -> None:
    user = changes.get("owner_user_id", getattr(changes.get("owner_user"), "pk", None))
    if user is not None and not User.objects.filter(pk=user, is_active=True).exists():
        raise refuse("invalid_value", "This user has left or never was. Name another.", "ownerId")


def activate(
    key: int, *, by: Actor, at: datetime, expected: Iterable[int] | None = None
) -> Promotion:
    """Lets a promotion run. Raises ``Refused``: ``invalid_value`` where it is over."""

    def refusal(promotion: Promotion) -> DomainError | None:
        if is_over(promotion.end_date_time, at):
            detail = "The promotion is over. Move its end first."
            return DomainError("invalid_value", detail, "endDateTime")
        return None

    return _switch(key, {"is_active": True}, refusal, by=by, at=at, expected=expected)


def deactivate(
    key: int, *, by: Actor, at: datetime, expected: Iterable[int] | None = None
) -> Promotion:
    """Pauses a promotion: nobody can enroll, and who is enrolled is paused."""
    return _switch(key, {"is_active": False}, lambda _: None, by=by, at=at, expected=expected)


def close(key: int, *, by: Actor, at: datetime, expected: Iterable[int] | None = None) -> Promotion:
    """Ends a promotion now, for good: its end becomes the moment ``at``.

    Raises ``Refused``: ``invalid_value`` where it is over already or has not begun.
    """

    def refusal(promotion: Promotion) -> DomainError | None:
        if is_over(promotion.end_date_time, at):
            return DomainError("invalid_value", "The promotion is over already.", "endDateTime")
        start = promotion.start_date_time
        if start is not None and (not has_begun(start, at) or start == at):
            detail = "The promotion has not begun. Deactivate it, or delete it, instead."
            return DomainError("invalid_value", detail, "startDateTime")
        return None

    return _switch(key, {"end_date_time": at}, refusal, by=by, at=at, expected=expected)


def _switch(
    key: int,
    changes: Mapping[str, Any],
    refusal: Callable[[Promotion], DomainError | None],
    *,
    by: Actor,
    at: datetime,
    expected: Iterable[int] | None,
) -> Promotion:
    with transaction.atomic():
        promotion = promotions.lock(key, expected, by=by, access=Access.EDIT)
        if reason := refusal(promotion):
            raise Refused(reason)
        return promotions.update(key, changes, by=by, at=at)
