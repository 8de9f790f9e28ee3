"""Who may see and change which promotion: every role, every kind of share, every default."""

from typing import Any

import pytest
from django.contrib.auth.models import Group

from enrollments.models import Offer, PromotionPartyUsage
from promotions.access import Access
from promotions.actors import Actor, Source
from promotions.errors import Refused
from promotions.models import Promotion, PromotionTier, Record, User
from promotions.permissions import EVERY_PROMOTION, reach, require
from promotions.services import sharing
from promotions.services.promotions import update_promotion
from tests.factories import (
    NOW,
    actor,
    enroll_contact,
    make_account,
    make_contact,
    make_offer,
    make_partner,
    make_promotion,
    make_user,
)
from tests.part_factories import make_tier

pytestmark = pytest.mark.django_db

NONE, READ, EDIT, ALL = Access


def person(role: str | None = None, **more: Any) -> Actor:
    return Actor(make_user(role, **more), Source.ADMIN)


def client(*scopes: str) -> Actor:
    return Actor(make_partner().partner.acting_user, Source.API, frozenset(scopes))


def access_to(record: Record, by: Actor) -> Access:
    """The most that ``by`` may do with a record, asked level by level."""
    allowed = [
        access
        for access in Access
        if access
        and type(record)._default_manager.filter(pk=record.pk).exists()
        and type(record).objects.accessible(by, access).filter(pk=record.pk).exists()  # type: ignore[attr-defined]
    ]
    assert allowed == [access for access in Access if NONE < access <= max(allowed, default=NONE)]
    return max(allowed, default=NONE)


@pytest.fixture
def owner() -> Actor:
    return person("Marketers")


@pytest.fixture
def promotion(owner: Actor) -> Promotion:
    return make_promotion(by=owner, is_tiered=True)


@pytest.mark.parametrize(
    ("role", "private", "read", "read_write"),
    [
        (None, NONE, READ, EDIT),
        ("Marketers", NONE, READ, EDIT),
        ("Marketing leads", ALL, ALL, ALL),
        ("Support", READ, READ, EDIT),
        ("Auditors", READ, READ, EDIT),
    ],
)
def test_roles(
    settings: Any,
    promotion: Promotion,
    role: str | None,
    private: Access,
    read: Access,
    read_write: Access,
) -> None:
    """What a role may do with rows; whether it may change any at all its permissions say."""
    by = person(role)
    for default, expected in (("private", private), ("read", read), ("read_write", read_write)):
        settings.PROMOTION_SHARING = default
        assert reach(by) is expected
        assert access_to(promotion, by) is expected


def test_owners_superusers_and_commands_have_all(settings: Any, promotion: Promotion) -> None:
    settings.PROMOTION_SHARING = "private"
    owner = Actor(User.objects.get(pk=promotion.owner_user_id or 0), Source.ADMIN)
    assert access_to(promotion, owner) is ALL
    assert access_to(promotion, person(is_superuser=True)) is ALL
    assert access_to(promotion, actor(Source.COMMAND)) is ALL


def test_who_has_left_has_nothing(settings: Any, promotion: Promotion) -> None:
    settings.PROMOTION_SHARING = "private"
    assert access_to(promotion, person("Marketing leads", is_active=False)) is NONE


@pytest.mark.parametrize(
    ("scopes", "private", "read_write"),
    [
        ((), NONE, EDIT),
        (("promotions:read", "promotions:write"), NONE, EDIT),
        ((EVERY_PROMOTION,), ALL, ALL),
    ],
)
def test_clients_by_scope(
    settings: Any,
    promotion: Promotion,
    scopes: tuple[str, ...],
    private: Access,
    read_write: Access,
) -> None:
    by = client(*scopes)
    settings.PROMOTION_SHARING = "private"
    assert access_to(promotion, by) is private
    settings.PROMOTION_SHARING = "read_write"
    assert access_to(promotion, by) is read_write


def test_a_clients_permissions_are_its_scopes_alone(settings: Any, promotion: Promotion) -> None:
    """Its user stands for it in histories; a role given to that user opens no door."""
    settings.PROMOTION_SHARING = "private"
    by = client("promotions:read")
    by.user.groups.add(Group.objects.get(name="Marketing leads"))
    assert access_to(promotion, by) is NONE


@pytest.mark.parametrize("level", [READ, EDIT, ALL])
@pytest.mark.parametrize("through", ["user", "group"])
def test_shares(
    settings: Any, promotion: Promotion, owner: Actor, level: Access, through: str
) -> None:
    settings.PROMOTION_SHARING = "private"
    by, group = person("Marketers"), Group.objects.create(name="Shoes")
    by.user.groups.add(group)
    assert access_to(promotion, by) is NONE
    keys: dict[str, int] = {through: by.user.pk if through == "user" else group.pk}
    share = sharing.share(promotion.pk, level, **keys, by=owner, at=NOW)
    assert access_to(promotion, by) is level
    assert access_to(make_promotion(by=owner), by) is NONE
    sharing.unshare(promotion.pk, share.pk, by=owner, at=NOW)
    assert access_to(promotion, by) is NONE


def test_the_most_of_several_shares_counts(
    settings: Any, promotion: Promotion, owner: Actor
) -> None:
    settings.PROMOTION_SHARING = "read"
    by = person("Marketers")
    group = Group.objects.get(name="Marketers")
    sharing.share(promotion.pk, READ, user=by.user.pk, by=owner, at=NOW)
    sharing.share(promotion.pk, EDIT, group=group.pk, by=owner, at=NOW)
    assert access_to(promotion, by) is EDIT
    assert Promotion.objects.accessible(by).count() == 1, "and it is there once"


def test_a_groups_promotion_is_its_members(settings: Any) -> None:
    settings.PROMOTION_SHARING = "private"
    group = Group.objects.get(name="Marketers")
    promotion = make_promotion(by=person(), owner_group=group)
    assert access_to(promotion, person("Marketers")) is ALL
    assert access_to(promotion, person()) is NONE


def test_a_transfer_takes_and_gives(settings: Any, promotion: Promotion, owner: Actor) -> None:
    settings.PROMOTION_SHARING = "private"
    heir, friend = person("Marketers"), person("Marketers")
    sharing.share(promotion.pk, READ, user=friend.user.pk, by=owner, at=NOW)
    update_promotion(promotion.pk, {"owner_user": heir.user}, by=owner, at=NOW)
    assert access_to(promotion, heir) is ALL
    assert access_to(promotion, owner) is NONE
    assert access_to(promotion, friend) is READ


def test_a_transfer_needs_all_access(settings: Any, promotion: Promotion, owner: Actor) -> None:
    settings.PROMOTION_SHARING = "private"
    editor = person("Marketers")
    sharing.share(promotion.pk, EDIT, user=editor.user.pk, by=owner, at=NOW)
    update_promotion(promotion.pk, {"name": "New"}, by=editor, at=NOW)
    with pytest.raises(Refused, match="insufficient_access"):
        update_promotion(promotion.pk, {"owner_user": editor.user}, by=editor, at=NOW)
    promotion.refresh_from_db()
    assert (promotion.name, promotion.owner_user) == ("New", owner.user)


def test_what_belongs_to_a_promotion_is_seen_with_it(
    settings: Any, promotion: Promotion, owner: Actor
) -> None:
    settings.PROMOTION_SHARING = "private"
    stranger = person("Marketers")
    tier = make_tier(promotion, by=owner)
    offer = make_offer(promotion=promotion, by=owner)
    usage = enroll_contact(make_contact(), promotion, at=NOW, by=owner)
    assert isinstance(tier, PromotionTier)
    for record in (tier, offer, usage):
        assert access_to(record, owner) is ALL
        assert access_to(record, stranger) is NONE
    sharing.share(promotion.pk, READ, user=stranger.user.pk, by=owner, at=NOW)
    for record in (tier, offer, usage):
        assert access_to(record, stranger) is READ


def test_what_belongs_to_no_promotion_is_everybodys(settings: Any) -> None:
    settings.PROMOTION_SHARING = "private"
    stranger = person()
    for record in (make_offer(), make_contact(), make_account()):
        assert access_to(record, stranger) is ALL
    assert Offer.objects.accessible(stranger).count() == 1
    assert not PromotionPartyUsage.objects.accessible(stranger).exists()


def test_what_is_required_and_not_allowed_is_said(
    settings: Any, promotion: Promotion, owner: Actor
) -> None:
    settings.PROMOTION_SHARING = "read"
    require(promotion, person(), READ)
    with pytest.raises(Refused) as caught:
        require(promotion, person(), EDIT)
    assert [error.code for error in caught.value.errors] == ["insufficient_access"]
    require(promotion, owner, ALL)


def test_an_offer_for_a_promotion_is_made_by_who_may_change_that(
    settings: Any, promotion: Promotion, owner: Actor
) -> None:
    settings.PROMOTION_SHARING = "read"
    with pytest.raises(Refused, match="insufficient_access"):
        make_offer(promotion=promotion, by=person("Marketers"))
    assert not Offer.objects.exists()
    make_offer(promotion=promotion, by=owner)


def test_who_has_left_is_given_no_promotion(promotion: Promotion, owner: Actor) -> None:
    gone = make_user("Marketers", is_active=False)
    with pytest.raises(Refused) as caught:
        update_promotion(promotion.pk, {"owner_user": gone}, by=owner, at=NOW)
    assert [error.pointer for error in caught.value.errors] == ["ownerId"]
