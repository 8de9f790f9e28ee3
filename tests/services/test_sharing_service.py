"""Shares, the owner's, those by rules, and those given by hand."""

from typing import Any

import pytest
from django.contrib.auth.models import Group
from django.utils import timezone

from promotions.access import Access
from promotions.actors import Actor, Source
from promotions.errors import Refused
from promotions.models import Promotion, PromotionHistory, PromotionShare, SharingRule, User
from promotions.services import history
from promotions.services.promotions import update_promotion
from promotions.services.recycle_bin import delete_promotion
from promotions.services.sharing import create_rule, delete_rule, share, unshare, update_rule
from tests.factories import NOW, actor, make_promotion, make_user
from tests.services.threads import at_once

pytestmark = pytest.mark.django_db


def refusals(call: Any, *args: Any, **options: Any) -> list[tuple[str, str]]:
    with pytest.raises(Refused) as caught:
        call(*args, **{"by": actor(), "at": NOW, **options})
    return [(error.code, error.pointer) for error in caught.value.errors]


def shares(promotion: Promotion) -> list[tuple[str, str, str]]:
    """Why, with whom and how much."""
    found = PromotionShare.objects.filter(promotion=promotion).order_by("row_cause", "pk")
    return [(one.row_cause, str(one.group or one.user), one.access_level) for one in found]


def operator() -> Actor:
    """Who may do everything with every promotion."""
    return actor(Source.COMMAND)


def make_rule(owner: User, user: User, access_level: str = "Edit") -> SharingRule:
    rule = SharingRule(name="x", owner_user=owner, user=user, access_level=access_level)
    return create_rule(rule, by=actor(), at=NOW)


def test_the_owner_always_has_one_and_a_transfer_moves_it() -> None:
    first, group = make_user(username="first"), Group.objects.get(name="Marketers")
    promotion = make_promotion(owner_user=first)
    assert shares(promotion) == [("Owner", "first", "All")]
    changes = {"owner_user": None, "owner_group": group}
    update_promotion(promotion.pk, changes, by=operator(), at=NOW)
    assert shares(promotion) == [("Owner", "Marketers", "All")]


def test_what_was_given_by_hand_stays_with_a_new_owner() -> None:
    promotion = make_promotion()
    friend, owner = make_user(username="friend"), make_user(username="owner")
    share(promotion.pk, Access.READ, user=friend.pk, by=actor(), at=NOW)
    update_promotion(promotion.pk, {"owner_user": owner}, by=actor(), at=NOW)
    assert shares(promotion) == [("Manual", "friend", "Read"), ("Owner", "owner", "All")]


def test_rules_follow_the_owner() -> None:
    marta, sam, helper = (make_user(username=name) for name in ("marta", "sam", "helper"))
    rule = make_rule(marta, helper)
    promotion = make_promotion(owner_user=marta)
    assert ("Rule", "helper", "Edit") in shares(promotion)
    update_promotion(promotion.pk, {"owner_user": sam}, by=operator(), at=NOW)
    assert shares(promotion) == [("Owner", "sam", "All")]
    update_rule(rule.pk, {"owner_user": sam, "access_level": "Read"}, by=actor(), at=NOW)
    assert ("Rule", "helper", "Read") in shares(promotion)
    delete_rule(rule.pk, by=actor(), at=NOW)
    assert shares(promotion) == [("Owner", "sam", "All")]
    update_promotion(promotion.pk, {"owner_user": marta}, by=operator(), at=NOW)
    assert shares(promotion) == [("Owner", "marta", "All")]


def test_rules_reach_what_lies_in_the_recycle_bin() -> None:
    marta, helper = make_user(username="marta"), make_user(username="helper")
    promotion = make_promotion(owner_user=marta)
    delete_promotion(promotion.pk, by=operator(), at=timezone.now())
    make_rule(marta, helper)
    assert ("Rule", "helper", "Edit") in shares(promotion)


def test_sharing_the_same_again_changes_nothing() -> None:
    promotion, friend = make_promotion(), make_user()
    first, again = (
        share(promotion.pk, Access.EDIT, user=friend.pk, by=actor(), at=NOW) for _ in "12"
    )
    assert first == again
    rows = PromotionHistory.objects.filter(object_name="PromotionShare")
    assert list(rows.values_list("field", flat=True)) == ["created"]


def test_taking_back_is_told() -> None:
    promotion, friend = make_promotion(), make_user()
    given = share(promotion.pk, Access.EDIT, user=friend.pk, by=actor(), at=NOW)
    unshare(promotion.pk, given.pk, by=actor(), at=NOW)
    newest = PromotionHistory.objects.filter(record_key=given.pk).order_by("-pk")[0]
    assert (newest.object_name, newest.field, newest.new_value) == (
        "PromotionShare",
        "IsDeleted",
        "true",
    )


@pytest.mark.parametrize(
    ("options", "pointer"),
    [
        ({}, "userOrGroupId"),
        ({"user": 1, "group": 1}, "userOrGroupId"),
        ({"user": 2**62}, "userOrGroupId"),
        ({"group": 2**62}, "userOrGroupId"),
    ],
)
def test_with_whom_nothing_is_shared(options: dict[str, int], pointer: str) -> None:
    promotion = make_promotion()
    assert refusals(share, promotion.pk, Access.READ, **options) == [("invalid_value", pointer)]


def test_no_access_is_not_shared() -> None:
    promotion, friend = make_promotion(), make_user()
    assert refusals(share, promotion.pk, Access.NONE, user=friend.pk) == [
        ("invalid_value", "accessLevel")
    ]
    assert refusals(share, 2**62, Access.READ, user=friend.pk) == [("not_found", "")]


@pytest.mark.parametrize("cause", ["Owner", "Rule"])
def test_only_what_was_given_by_hand_is_taken_back(cause: str) -> None:
    marta = make_user()
    make_rule(marta, make_user())
    promotion = make_promotion(owner_user=marta)
    kept = PromotionShare.objects.get(promotion=promotion, row_cause=cause)
    by = operator()
    assert refusals(unshare, promotion.pk, kept.pk, by=by) == [("invalid_value", "rowCause")]
    assert PromotionShare.objects.filter(pk=kept.pk).exists()


def test_a_rule_names_an_owner_and_somebody_to_share_with() -> None:
    rule = SharingRule(name="")
    assert refusals(create_rule, rule) == [
        ("required", "name"),
        ("required", "ownerId"),
        ("required", "userOrGroupId"),
    ]
    kept = make_rule(make_user(), make_user())
    assert refusals(update_rule, kept.pk, {"user": None}) == [("required", "userOrGroupId")]


@pytest.mark.parametrize("act", ["transfer", "share", "unshare"])
def test_without_its_history_nothing_is_shared(act: str, monkeypatch: pytest.MonkeyPatch) -> None:
    promotion, friend = make_promotion(), make_user()
    given = share(promotion.pk, Access.READ, user=friend.pk, by=actor(), at=NOW)
    before = list(PromotionShare.objects.order_by("pk").values())
    acts: dict[str, Any] = {
        "transfer": lambda: update_promotion(
            promotion.pk, {"owner_user": friend}, by=actor(), at=NOW
        ),
        "share": lambda: share(promotion.pk, Access.ALL, user=friend.pk, by=actor(), at=NOW),
        "unshare": lambda: unshare(promotion.pk, given.pk, by=actor(), at=NOW),
    }

    def fail(*args: object, **options: object) -> None:
        raise RuntimeError("no room for history")

    monkeypatch.setattr(history, "write", fail)
    with pytest.raises(RuntimeError):
        acts[act]()
    assert list(PromotionShare.objects.order_by("pk").values()) == before


@pytest.mark.django_db(transaction=True)
def test_sharing_with_the_same_person_at_once_makes_one_share() -> None:
    promotion, friend, tester = make_promotion(), make_user(), actor()

    def act() -> int:
        return share(promotion.pk, Access.EDIT, user=friend.pk, by=tester, at=NOW).pk

    assert len(set(at_once([act] * 4))) == 1
    assert PromotionShare.objects.filter(row_cause="Manual").count() == 1
