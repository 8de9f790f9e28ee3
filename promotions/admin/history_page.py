"""The history of a promotion and of everything under it, with what the staff say about it; and of
a single record."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any, Final

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Page, Paginator
from django.db.models import Prefetch, Q, QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone

from promotions.access import Access
from promotions.actors import Actor
from promotions.admin.access import may
from promotions.admin.history_words import THROUGH, Told, tell
from promotions.admin.moments import show_moment
from promotions.admin.pages import page, promotion_or_404, promotion_url
from promotions.admin.refusals import in_words
from promotions.admin.site import actor_of
from promotions.errors import Refused
from promotions.models import (
    Promotion,
    PromotionFeed,
    PromotionFeedComment,
    PromotionHistory,
    PromotionPart,
    Record,
    User,
)
from promotions.models.picklists import FeedType
from promotions.services.feed import comment, delete_comment, delete_post, post
from promotions.trail import rows_shown

PER_PAGE: Final = 20
MOST_CHANGES: Final = 50
"""The most changes that are told of one act: cloning makes hundreds of records."""


@dataclass(frozen=True, slots=True)
class Remark:
    """A post or a comment."""

    key: int
    body: str
    who: str
    when: str
    mine: bool


@dataclass(frozen=True, slots=True)
class Entry:
    """One act, or one post, with what was said about it."""

    key: int
    who: str
    when: str
    through: str = ""
    reason: str = ""
    body: str = ""
    told: Sequence[Told] = ()
    more: int = 0
    """How many more changes there were."""
    comments: Sequence[Remark] = ()
    mine: bool = False
    """Whether it is the user's own post."""
    user: User | None = None
    """Who did it, of an act."""


def history_page(request: HttpRequest, key: str) -> HttpResponse:
    """The timeline of the promotion ``key``, live or deleted, the newest first."""
    promotion = promotion_or_404(request, key, deleted=None)
    if request.method == "POST":
        return _say(request, promotion)
    feed = (
        PromotionFeed.objects.filter(promotion=promotion, is_deleted=False)
        .select_related("created_by")
        .prefetch_related(
            Prefetch(
                "changes",
                rows_shown(PromotionHistory.objects.order_by("pk")),
            ),
            Prefetch(
                "comments",
                PromotionFeedComment.objects.filter(is_deleted=False)
                .select_related("created_by")
                .order_by("pk"),
            ),
        )
        .order_by("-pk")
    )
    shown = Paginator(feed, PER_PAGE).get_page(request.GET.get("page"))
    return _page(
        request,
        title=f"History: {promotion}",
        shown=shown,
        entries=_entries(shown.object_list, actor_of(request)),
        back=promotion_url(promotion) if not promotion.is_deleted else reverse("admin:recycle_bin"),
        back_title="Promotion" if not promotion.is_deleted else "Recycle bin",
        may_say=may_say(request, promotion),
    )


def last_acts(record: Record, by: Actor) -> Iterable[Entry]:
    """The last acts that changed fields of ``record`` itself, newest first."""
    return _acts(_rows_of(record)[:MOST_CHANGES], by)


def _rows_of(record: Record) -> QuerySet[PromotionHistory]:
    of_record = Q(object_name=record.object_name, record_key=record.pk)
    return rows_shown(PromotionHistory.objects.filter(of_record)).order_by("-pk")


def record_history_page(request: HttpRequest, record: Record) -> HttpResponse:
    """The timeline of one record: the rows of its own."""
    shown = Paginator(_rows_of(record), PER_PAGE * 5).get_page(request.GET.get("page"))
    app, kind = record._meta.app_label, record._meta.model_name
    whole = promotion_url(record.promotion, "history") if isinstance(record, PromotionPart) else ""
    return _page(
        request,
        title=f"History: {record}",
        shown=shown,
        entries=list(_acts(shown.object_list, actor_of(request))),
        back=reverse(f"admin:{app}_{kind}_change", args=[record.pk]),
        back_title=str(record._meta.verbose_name).capitalize(),
        whole_url=whole,
    )


def _page(
    request: HttpRequest, *, title: str, shown: Page[Any], entries: Sequence[Entry], **context: Any
) -> HttpResponse:
    return page(
        request,
        "promotions/admin/history.html",
        title=title,
        page=shown,
        entries=entries,
        **context,
    )


def _entries(feed: Iterable[PromotionFeed], by: Actor) -> list[Entry]:
    items = list(feed)
    rows = [row for item in items for row in list(item.changes.all())[:MOST_CHANGES]]
    told = tell(rows, by)
    return [_entry(item, told, by) for item in items]


def _entry(item: PromotionFeed, told: dict[int, Told], by: Actor) -> Entry:
    changes = list(item.changes.all())
    first = changes[0] if changes else None
    return Entry(
        key=item.pk,
        who=str(item.created_by),
        when=show_moment(item.created_date),
        through=THROUGH[first.source] if first else "",
        reason=(first and first.reason) or "",
        body=item.body or "",
        told=[told[row.pk] for row in changes[:MOST_CHANGES]],
        more=max(0, len(changes) - MOST_CHANGES),
        comments=[_remark(one, by) for one in item.comments.all()],
        mine=item.type == FeedType.TEXT_POST and item.created_by_id == by.user.pk,
    )


def _remark(one: PromotionFeedComment, by: Actor) -> Remark:
    mine = one.created_by_id == by.user.pk
    return Remark(one.pk, one.body, str(one.created_by), show_moment(one.created_date), mine)


def _acts(rows: Iterable[PromotionHistory], by: Actor) -> Iterable[Entry]:
    listed = list(rows)
    told = tell(listed, by)
    for _, group in groupby(
        listed, key=lambda row: (row.created_date, row.created_by_id, row.request_id)
    ):
        act = list(reversed(list(group)))
        yield Entry(
            key=act[0].pk,
            who=str(act[0].created_by),
            user=act[0].created_by,
            when=show_moment(act[0].created_date),
            through=THROUGH[act[0].source],
            reason=act[0].reason or "",
            told=[told[row.pk] for row in act],
        )


def may_say(request: HttpRequest, promotion: Promotion) -> bool:
    """Whether the user takes part in what is said about the promotion: who works on promotions,
    and sees this one."""
    return may(request, "change", promotion, Access.READ) and not promotion.is_deleted


def _say(request: HttpRequest, promotion: Promotion) -> HttpResponse:
    """Posts, comments on an entry, or takes a post or comment back."""
    if not may_say(request, promotion):
        raise PermissionDenied
    at, by = timezone.now(), actor_of(request)
    entry, remark = (_key(request.POST.get(name, "")) for name in ("entry", "remark"))
    body = request.POST.get("body", "")
    try:
        if "take_back" in request.POST and remark:
            delete_comment(promotion.pk, entry, remark, by=by, at=at)
        elif "take_back" in request.POST:
            delete_post(promotion.pk, entry, by=by, at=at)
        elif entry:
            comment(promotion.pk, entry, body, by=by, at=at)
        else:
            post(promotion.pk, body, by=by, at=at)
    except Refused as refused:
        messages.error(request, in_words(refused))
    return HttpResponseRedirect(request.get_full_path())


def _key(text: str) -> int:
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 19 else 0
