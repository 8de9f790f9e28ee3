"""Posts and comments in a promotion's feed."""

from datetime import timedelta
from typing import Any

import pytest
from pytest_django import Settings

from promotions.access import Access
from promotions.errors import Refused
from promotions.models import Promotion, PromotionFeed, PromotionFeedComment, PromotionHistory
from promotions.services import feed, history
from promotions.services.recycle_bin import delete_promotion
from promotions.services.sharing import share
from tests.factories import LONG_AGO, NOW, actor, make_promotion, make_user
from tests.services.threads import at_once

pytestmark = pytest.mark.django_db


def refusals(call: Any, *args: Any, **options: Any) -> list[tuple[str, str]]:
    with pytest.raises(Refused) as caught:
        call(*args, **{"by": actor(), "at": NOW, **options})
    return [(error.code, error.pointer) for error in caught.value.errors]


@pytest.fixture
def promotion() -> Promotion:
    return make_promotion()


@pytest.fixture
def entry(promotion: Promotion) -> PromotionFeed:
    return feed.post(promotion.pk, "Hello", by=actor(), at=LONG_AGO)


def test_a_post_and_a_comment_know_who_wrote_them_and_when(promotion: Promotion) -> None:
    clerk = actor(user=make_user())
    entry = feed.post(promotion.pk, " Hello\n", by=clerk, at=NOW)
    remark = feed.comment(promotion.pk, entry.pk, "\tYes ", by=clerk, at=NOW)
    for one, body in ((entry, "Hello"), (remark, "Yes")):
        one.refresh_from_db()
        assert (one.body, one.created_by, one.created_date) == (body, clerk.user, NOW)
    assert (entry.type, entry.promotion, remark.feed_item) == ("TextPost", promotion, entry)


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ("", "required"),
        (" \n", "required"),
        ("x" * 10_001, "invalid_value"),
        ("a\0b", "invalid_value"),
    ],
)
def test_what_is_no_text(promotion: Promotion, entry: PromotionFeed, body: str, code: str) -> None:
    assert refusals(feed.post, promotion.pk, body) == [(code, "body")]
    assert refusals(feed.comment, promotion.pk, entry.pk, body) == [(code, "body")]
    assert (PromotionFeed.objects.filter(type="TextPost").count()) == 1


def test_a_comment_never_comes_before_what_it_is_about(promotion: Promotion) -> None:
    entry = feed.post(promotion.pk, "Hello", by=actor(), at=NOW)
    early = NOW - timedelta(seconds=1)
    assert feed.comment(promotion.pk, entry.pk, "x", by=actor(), at=early).created_date == NOW


def test_taking_back_removes_nothing_and_is_told(
    promotion: Promotion, entry: PromotionFeed
) -> None:
    remark = feed.comment(promotion.pk, entry.pk, "Yes", by=actor(), at=LONG_AGO)
    entries = PromotionFeed.objects.count()
    feed.delete_comment(promotion.pk, entry.pk, remark.pk, by=actor(), at=NOW)
    feed.delete_post(promotion.pk, entry.pk, by=actor(), at=NOW)
    assert PromotionFeed.objects.get(pk=entry.pk).is_deleted
    assert PromotionFeedComment.objects.get().body == "Yes"
    assert PromotionFeed.objects.count() == entries  # of the feed itself the feed doesn't tell
    rows = PromotionHistory.objects.filter(promotion=promotion, feed_item=None).order_by("pk")
    assert list(rows.values_list("object_name", "record_key", "field", "new_value")) == [
        ("PromotionFeedComment", remark.pk, "IsDeleted", "true"),
        ("PromotionFeed", entry.pk, "IsDeleted", "true"),
    ]


def test_without_its_history_nothing_is_taken_back(
    promotion: Promotion, entry: PromotionFeed, monkeypatch: pytest.MonkeyPatch
) -> None:
    remark = feed.comment(promotion.pk, entry.pk, "Yes", by=actor(), at=LONG_AGO)

    def fail(*args: object, **options: object) -> None:
        raise RuntimeError("no room for history")

    monkeypatch.setattr(history, "write", fail)
    with pytest.raises(RuntimeError):
        feed.delete_comment(promotion.pk, entry.pk, remark.pk, by=actor(), at=NOW)
    with pytest.raises(RuntimeError):
        feed.delete_post(promotion.pk, entry.pk, by=actor(), at=NOW)
    assert not PromotionFeed.objects.get(pk=entry.pk).is_deleted
    assert not PromotionFeedComment.objects.get().is_deleted


@pytest.mark.parametrize("level", [None, Access.READ, Access.ALL])
def test_who_sees_the_promotion_writes_and_who_may_do_all_takes_back(
    settings: Settings, promotion: Promotion, entry: PromotionFeed, level: Access | None
) -> None:
    settings.PROMOTION_SHARING = "private"
    clerk = actor(user=make_user())
    if level is None:
        assert refusals(feed.post, promotion.pk, "x", by=clerk) == [("not_found", "")]
        assert refusals(feed.comment, promotion.pk, entry.pk, "x", by=clerk) == [("not_found", "")]
        assert refusals(feed.delete_post, promotion.pk, entry.pk, by=clerk) == [("not_found", "")]
        return
    share(promotion.pk, level, user=clerk.user.pk, by=actor(), at=NOW)
    own = feed.post(promotion.pk, "x", by=clerk, at=NOW)
    feed.delete_post(promotion.pk, own.pk, by=clerk, at=NOW)
    if level is Access.READ:
        assert refusals(feed.delete_post, promotion.pk, entry.pk, by=clerk) == [
            ("insufficient_access", "")
        ]
    else:
        feed.delete_post(promotion.pk, entry.pk, by=clerk, at=NOW)


def test_nothing_is_said_about_what_was_deleted(promotion: Promotion, entry: PromotionFeed) -> None:
    delete_promotion(promotion.pk, by=actor(), at=NOW)
    assert refusals(feed.post, promotion.pk, "x") == [("not_found", "")]
    assert refusals(feed.comment, promotion.pk, entry.pk, "x") == [("not_found", "")]


@pytest.mark.django_db(transaction=True)
def test_a_post_is_taken_back_once() -> None:
    promotion, tester = make_promotion(), actor()
    entry = feed.post(promotion.pk, "Hello", by=tester, at=NOW)

    def act() -> str:
        try:
            feed.delete_post(promotion.pk, entry.pk, by=tester, at=NOW)
        except Refused as refused:
            return refused.errors[0].code
        return "taken back"

    assert sorted(at_once([act] * 3)) == ["not_found", "not_found", "taken back"]
    assert PromotionHistory.objects.filter(object_name="PromotionFeed").count() == 1
