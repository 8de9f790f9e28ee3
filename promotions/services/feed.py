"""Posts and comments in the feed of a promotion: the only writer of both.

Whoever sees the promotion may write; what was written is taken back by who wrote it, or by who may
do everything with the promotion. Nothing is removed, and history tells who took it back.
"""

from datetime import datetime
from typing import Final

from django.db import transaction

from promotions.access import Access
from promotions.actors import Actor
from promotions.errors import refuse
from promotions.models import Promotion, PromotionFeed, PromotionFeedComment
from promotions.models.picklists import FeedType
from promotions.permissions import require
from promotions.services import history
from promotions.services.records import hold_promotion

LONGEST_BODY: Final = 10_000


def post(key: int, body: str, *, by: Actor, at: datetime) -> PromotionFeed:
    """Adds a post of 1 to 10,000 characters to the feed of the promotion ``key``.

    Raises ``Refused``: ``not_found``, ``required``, ``invalid_value``.
    """
    body = _checked(body)
    with transaction.atomic():
        return PromotionFeed.objects.create(
            promotion=_hold(key, by),
            type=FeedType.TEXT_POST,
            body=body,
            created_by=by.user,
            created_date=at,
        )


def comment(
    key: int, entry_key: int, body: str, *, by: Actor, at: datetime
) -> PromotionFeedComment:
    """Adds a comment to an entry, a post or a change, of the feed of the promotion ``key``.

    Raises ``Refused``, as ``post`` does.
    """
    body = _checked(body)
    with transaction.atomic():
        entry = _entry(_hold(key, by), entry_key)
        return PromotionFeedComment.objects.create(
            feed_item=entry, body=body, created_by=by.user, created_date=max(at, entry.created_date)
        )


def delete_post(key: int, entry_key: int, *, by: Actor, at: datetime) -> None:
    """Takes a post back, with the comments on it.

    Raises ``Refused``: ``not_found``, ``insufficient_access`` for somebody else's, and
    ``invalid_value`` for a change, which stays.
    """
    with transaction.atomic():
        promotion = _hold(key, by)
        entry = _entry(promotion, entry_key)
        if entry.type != FeedType.TEXT_POST:
            raise refuse("invalid_value", "A change can't be taken back here; only posts can.")
        _take_back(entry, promotion, by=by, at=at)


def delete_comment(key: int, entry_key: int, comment_key: int, *, by: Actor, at: datetime) -> None:
    """Takes a comment back. Raises ``Refused``: ``not_found``, ``insufficient_access``."""
    with transaction.atomic():
        promotion = _hold(key, by)
        comments = _entry(promotion, entry_key).comments.filter(is_deleted=False)
        found = comments.filter(pk=comment_key).first()
        if found is None:
            raise refuse("not_found", "There is no such comment, or it was deleted.")
        _take_back(found, promotion, by=by, at=at)


def _take_back(
    written: PromotionFeed | PromotionFeedComment, promotion: Promotion, *, by: Actor, at: datetime
) -> None:
    if written.created_by_id != by.user.pk:
        require(promotion, by, Access.ALL)
    written.is_deleted = True
    written.save(update_fields=["is_deleted"])
    event = history.Event(written, "IsDeleted", "false", "true")
    history.write([event], promotion=promotion.pk, by=by, at=at, in_feed=False)


def _checked(body: str) -> str:
    """The text without blanks around it."""
    body = body.strip()
    if not body:
        raise refuse("required", "Write something.", "body")
    if len(body) > LONGEST_BODY:
        raise refuse("invalid_value", f"Write at most {LONGEST_BODY:,} characters.", "body")
    if "\x00" in body:
        raise refuse("invalid_value", "This must not contain the NUL character.", "body")
    return body


def _hold(key: int, by: Actor) -> Promotion:
    promotion = hold_promotion(key, by, Access.READ)
    if promotion is None:
        raise refuse("not_found", "There is no such promotion, or it was deleted.")
    return promotion


def _entry(promotion: Promotion, key: int) -> PromotionFeed:
    entry = promotion.feed.filter(pk=key, is_deleted=False).first()
    if entry is None:
        raise refuse("not_found", "There is no such entry, or it was deleted.")
    return entry
