"""The database's constraints on shares and sharing rules, and on what tells what happened: feed,
comments, history, views."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.contrib.auth.models import Group

from promotions.access import Access
from promotions.actors import Source
from promotions.models import (
    PromotionFeed,
    PromotionFeedComment,
    PromotionHistory,
    PromotionShare,
    RecordView,
    SharingRule,
)
from promotions.services import sharing
from promotions.services.views import note_view
from tests.factories import LONG_AGO, NOW, actor, make_promotion, make_user
from tests.models.breaking import (
    Check,
    Make,
    Unique,
    Valid,
    Values,
    assert_once,
    assert_refused,
    names_of_checks,
    names_of_valid,
    put,
)

pytestmark = pytest.mark.django_db

DAY = timedelta(days=1)


def a_group() -> Group:
    return Group.objects.get_or_create(name="Buyers of the north")[0]


def rule() -> SharingRule:
    """What somebody owns, somebody else may read."""
    new = SharingRule(name="Ours", owner_user=make_user(), user=make_user(), access_level="Read")
    return sharing.create_rule(new, by=actor(), at=LONG_AGO)


def share_by_rule() -> PromotionShare:
    made = rule()
    promotion = make_promotion(owner_user=made.owner_user)
    return promotion.shares.get(rule=made)


def share_of_owner() -> PromotionShare:
    return make_promotion().shares.get()


def share_with_user() -> PromotionShare:
    promotion, user = make_promotion(), make_user()
    return sharing.share(promotion.pk, Access.READ, user=user.pk, by=actor(), at=NOW)


def share_with_group() -> PromotionShare:
    promotion, group = make_promotion(), a_group()
    return sharing.share(promotion.pk, Access.EDIT, group=group.pk, by=actor(), at=NOW)


def change() -> PromotionFeed:
    return make_promotion().feed.get()


def post() -> PromotionFeed:
    return PromotionFeed.objects.create(
        promotion=make_promotion(),
        type="TextPost",
        body="The posters are up.",
        created_by=actor().user,
        created_date=NOW,
    )


def comment() -> PromotionFeedComment:
    return PromotionFeedComment.objects.create(
        feed_item=post(), body="They are.", created_by=actor().user, created_date=NOW
    )


def history() -> PromotionHistory:
    return make_promotion().history.get()


def view() -> RecordView:
    user = make_user()
    note_view(make_promotion(), user=user, at=NOW)
    return RecordView.objects.get(user=user)


CHECKS: list[Check] = [
    ("sharingrule_deleted_has_date", rule, {"is_deleted": True}),
    ("sharingrule_deleted_has_date", rule, {"deleted_date": NOW}),
    ("sharingrule_modified_after_created", rule, {"last_modified_date": LONG_AGO - DAY}),
    ("sharing_rule_name_not_blank", rule, {"name": ""}),
    ("sharing_rule_one_owner", rule, {"owner_user": None}),
    ("sharing_rule_one_owner", rule, {"owner_group": a_group}),
    ("sharing_rule_with_one", rule, {"user": None}),
    ("sharing_rule_with_one", rule, {"group": a_group}),
    ("sharing_rule_access_level_known", rule, {"access_level": "Write"}),
    ("share_with_one", share_with_user, {"user": None}),
    ("share_with_one", share_with_user, {"group": a_group}),
    ("share_with_one", share_of_owner, {"user": None}),
    ("share_access_level_known", share_with_user, {"access_level": "None"}),
    ("share_by_rule_names_it", share_by_rule, {"rule": None}),
    ("share_by_rule_names_it", share_with_user, {"rule": rule}),
    ("share_by_rule_names_it", share_of_owner, {"rule": rule}),
    ("share_by_rule_names_it", share_with_user, {"row_cause": "Rule"}),
    ("share_by_rule_names_it", share_with_user, {"row_cause": "Team"}),
    ("share_of_owner_is_all", share_of_owner, {"access_level": "Read"}),
    ("share_of_owner_is_all", share_of_owner, {"access_level": "Edit"}),
    ("feed_post_has_body", post, {"body": None}),
    ("feed_post_has_body", post, {"body": ""}),
    ("feed_post_has_body", change, {"body": "Changed"}),
    ("feed_post_has_body", change, {"body": ""}),
    ("feed_post_has_body", post, {"type": "LinkPost"}),
    ("feed_only_posts_deleted", change, {"is_deleted": True}),
    ("feed_comment_has_body", comment, {"body": ""}),
    ("promotion_history_source_known", history, {"source": "rumour"}),
    ("promotion_history_source_known", history, {"source": ""}),
    ("record_view_referenced_when_viewed", view, {"last_viewed_date": NOW + DAY}),
    ("record_view_referenced_when_viewed", view, {"last_referenced_date": NOW - DAY}),
]


@pytest.mark.parametrize(("name", "make", "values"), CHECKS, ids=names_of_checks(CHECKS))
def test_checks(name: str, make: Make, values: Values) -> None:
    assert_refused(name, make(), values)


VALID: list[Valid] = [
    (rule, {"is_deleted": True, "deleted_date": NOW}),
    (rule, {"owner_user": None, "owner_group": a_group}),
    (rule, {"user": None, "group": a_group}),
    *((rule, {"access_level": level}) for level in ("Read", "Edit", "All")),
    *((share_with_user, {"access_level": level}) for level in ("Read", "Edit", "All")),
    *((share_by_rule, {"access_level": level}) for level in ("Read", "Edit", "All")),
    (share_by_rule, {"user": None, "group": a_group}),
    (share_of_owner, {"user": None, "group": a_group}),
    (share_with_group, {}),
    (change, {}),
    (post, {"is_deleted": True}),
    (comment, {"is_deleted": True}),
    *((history, {"source": source.value}) for source in Source),
    (view, {"last_viewed_date": None}),
    (view, {"last_referenced_date": NOW + DAY}),
]


@pytest.mark.parametrize(("make", "values"), VALID, ids=names_of_valid(VALID))
def test_what_is_valid_is_accepted(make: Make, values: Values) -> None:
    put(make(), values)


UNIQUES: list[Unique] = [
    ("share_one_owner", share_of_owner),
    ("share_once_with_user", share_with_user),
    ("share_once_with_group", share_with_group),
    ("share_once_by_rule", share_by_rule),
    ("record_view_once", view),
]


@pytest.mark.parametrize(("name", "make"), UNIQUES, ids=[name for name, _ in UNIQUES])
def test_uniques(name: str, make: Make) -> None:
    assert_once(name, make)


BESIDE: list[tuple[Callable[[], PromotionShare], Callable[[], PromotionShare], bool]] = [
    # two causes, and whether both give access to the same person
    (share_of_owner, share_with_user, True),
    (share_of_owner, share_by_rule, True),
    (share_by_rule, share_with_user, True),
    (share_by_rule, share_by_rule, True),
    (share_with_user, share_with_user, False),
    (share_with_group, share_with_user, False),
]


@pytest.mark.parametrize(
    ("first", "second", "same_person"),
    BESIDE,
    ids=[f"{first.__name__} beside {second.__name__}" for first, second, _ in BESIDE],
)
def test_a_promotion_is_shared_for_several_reasons(
    first: Callable[[], PromotionShare], second: Callable[[], PromotionShare], same_person: bool
) -> None:
    """Somebody may own a promotion, be given it by rules, and be given it by a colleague."""
    there, added = first(), second()
    values: Values = {"promotion": there.promotion}
    put(added, {**values, "user": there.user} if same_person else values)
    assert there.promotion.shares.filter(pk__in=[there.pk, added.pk]).count() == 2
