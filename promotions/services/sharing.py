"""Sharing promotions: the only writer of shares and sharing rules.

The owner's share is always there; rules make and remove theirs as promotions come to their owner or
leave; people give and take the rest. A promotion's history tells of all but the rules' own.
"""

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from typing import Any, Final

from django.contrib.auth.models import Group
from django.db import transaction
from django.db.models import Q, QuerySet

from promotions.access import Access
from promotions.actors import Actor
from promotions.errors import DomainError, refuse
from promotions.models import Promotion, PromotionShare, SharingRule, User
from promotions.models.picklists import RowCause
from promotions.services import history
from promotions.services.records import RecordService, hold_promotion


def _rule_problems(rule: SharingRule) -> Iterator[DomainError]:
    if (rule.owner_user_id is None) == (rule.owner_group_id is None):
        detail = "Name the user or the group whose promotions are shared."
        yield DomainError("required", detail, "ownerId")
    if (rule.user_id is None) == (rule.group_id is None):
        yield DomainError("required", "Name the user or the group to share with.", "userOrGroupId")


sharing_rules: Final = RecordService(SharingRule, problems=_rule_problems)


def follow_owner(promotion: Promotion, *, by: Actor, at: datetime) -> None:
    """Makes the shares fit the promotion's owner: the owner's own, and those of the rules about
    that owner. To be called in the transaction that gave it the owner."""
    promotion.shares.exclude(row_cause=RowCause.MANUAL).delete()
    PromotionShare.objects.bulk_create(
        [
            PromotionShare(
                promotion=promotion,
                user_id=promotion.owner_user_id,
                group_id=promotion.owner_group_id,
                access_level=Access.ALL.word,
                row_cause=RowCause.OWNER,
                last_modified_by=by.user,
                last_modified_date=at,
            ),
            *(
                _share_by(rule, promotion, by, at)
                for rule in SharingRule.objects.live().filter(
                    owner_user=promotion.owner_user_id, owner_group=promotion.owner_group_id
                )
            ),
        ]
    )


def share(
    key: int,
    access: Access,
    *,
    user: int | None = None,
    group: int | None = None,
    by: Actor,
    at: datetime,
) -> PromotionShare:
    """Shares the promotion ``key`` with a user or a group (by key), or changes how much.

    Raises ``Refused``: ``not_found``, ``insufficient_access``, ``invalid_value`` for somebody who
    is not there, for both or neither, and for no access.
    """
    if access < Access.READ:
        raise refuse("invalid_value", "Write one of Read, Edit, All.", "accessLevel")
    with transaction.atomic():
        promotion = _hold(key, by)
        _check_there(user, group)
        with_whom = Q(user=user) if group is None else Q(group=group)
        manual = promotion.shares.select_for_update().filter(with_whom, row_cause=RowCause.MANUAL)
        found = manual.first()
        if found is not None and found.access_level == access.word:
            return found
        before = history.values_of(found) if found else {}
        given = found or PromotionShare(
            promotion=promotion, user_id=user, group_id=group, row_cause=RowCause.MANUAL
        )
        given.access_level = access.word
        given.last_modified_by, given.last_modified_date = by.user, at
        given.save()
        events = history.changed(given, before) if found else [history.created(given)]
        history.write(events, promotion=promotion.pk, by=by, at=at)
    return given


def unshare(key: int, share_key: int, *, by: Actor, at: datetime) -> None:
    """Takes back the share ``share_key`` of the promotion ``key``.

    Raises ``Refused``: ``not_found``, ``insufficient_access``, ``invalid_value`` for a share that
    the owner or a rule has.
    """
    with transaction.atomic():
        promotion = _hold(key, by)
        found = promotion.shares.select_for_update().filter(pk=share_key).first()
        if found is None:
            raise refuse("not_found", "There is no such share.")
        if found.row_cause != RowCause.MANUAL:
            detail = "The owner always has access. Transfer the promotion instead."
            if found.row_cause == RowCause.RULE:
                detail = "A sharing rule gives this access. Change the rule instead."
            raise refuse("invalid_value", detail, "rowCause")
        event = history.Event(found, "IsDeleted", "false", "true")
        history.write([event], promotion=promotion.pk, by=by, at=at)
        found.delete()


def create_rule(rule: SharingRule, *, by: Actor, at: datetime) -> SharingRule:
    """Saves a sharing rule, and shares what it is about. Raises ``Refused``."""
    with transaction.atomic():
        sharing_rules.create(rule, by=by, at=at)
        _apply(rule, by=by, at=at)
    return rule


def update_rule(
    key: int,
    changes: Mapping[str, Any],
    *,
    by: Actor,
    at: datetime,
    expected: Iterable[int] | None = None,
) -> SharingRule:
    """Changes a sharing rule, and what it shares. Raises ``Refused``."""
    with transaction.atomic():
        rule = sharing_rules.update(key, changes, by=by, at=at, expected=expected)
        rule.shares.all().delete()
        _apply(rule, by=by, at=at)
    return rule


def delete_rule(
    key: int, *, by: Actor, at: datetime, expected: Iterable[int] | None = None
) -> SharingRule:
    """Deletes a sharing rule, and takes back what it shared. Raises ``Refused``."""
    with transaction.atomic():
        rule = sharing_rules.delete(key, by=by, at=at, expected=expected)
        rule.shares.all().delete()
    return rule


def _apply(rule: SharingRule, *, by: Actor, at: datetime) -> None:
    owned: QuerySet[Promotion] = Promotion.objects.filter(
        owner_user=rule.owner_user_id, owner_group=rule.owner_group_id
    )
    PromotionShare.objects.bulk_create(
        (_share_by(rule, promotion, by, at) for promotion in owned.iterator()), batch_size=1000
    )


def _share_by(rule: SharingRule, promotion: Promotion, by: Actor, at: datetime) -> PromotionShare:
    return PromotionShare(
        promotion=promotion,
        user_id=rule.user_id,
        group_id=rule.group_id,
        access_level=rule.access_level,
        row_cause=RowCause.RULE,
        rule=rule,
        last_modified_by=by.user,
        last_modified_date=at,
    )


def _hold(key: int, by: Actor) -> Promotion:
    promotion = hold_promotion(key, by, Access.ALL)
    if promotion is None:
        raise refuse("not_found", "There is no such promotion, or it was deleted.")
    return promotion


def _check_there(user: int | None, group: int | None) -> None:
    if user is not None and group is None:
        there, kind = User.objects.filter(pk=user, is_active=True).exists(), "active user"
    elif group is not None and user is None:
        there, kind = Group.objects.filter(pk=group).exists(), "group"
    else:
        raise refuse("invalid_value", "Name one user or one group.", "userOrGroupId")
    if not there:
        raise refuse("invalid_value", f"There is no such {kind}.", "userOrGroupId")
