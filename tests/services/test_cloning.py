"""Cloning a promotion: everything under it, and nothing that customers did."""

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from promotions.access import Access
from promotions.actors import Source
from promotions.dictionary import every_field_of
from promotions.errors import Refused
from promotions.models import Promotion, PromotionPart, PromotionShare
from promotions.services import history, sharing
from promotions.services.cloning import clone_promotion
from promotions.services.recycle_bin import PARTS, delete_promotion
from tests.factories import NOW, actor, enroll_contact, make_contact, make_promotion, make_user
from tests.part_factories import (
    make_coupon,
    make_limit,
    make_limit_usage,
    make_line_item_rule,
    make_market_segment,
    make_qualifier,
    make_target,
    make_tier,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def source() -> Promotion:
    promotion = make_promotion(
        name="Summer",
        is_tiered=True,
        priority_number=3,
        end_date_time=NOW,
        description="Sun.",
    )
    for _ in range(2):
        tier = make_tier(promotion)
        make_line_item_rule(make_qualifier(promotion, promotion_tier=tier))
        make_line_item_rule(
            make_target(
                promotion,
                promotion_tier=tier,
                target_type="Product",
                target_operator="EQUAL_TO",
                external_target="HAT",
            )
        )
    make_limit_usage(make_limit(promotion))
    make_market_segment(promotion)
    make_coupon(promotion, coupon_code="SUN")
    return promotion


def count(promotion: Promotion, part: type[PromotionPart]) -> int:
    return part._default_manager.filter(promotion=promotion, is_deleted=False).count()


def test_the_clone_is_an_inactive_draft_of_who_made_it(source: Promotion) -> None:
    user = make_user("Marketers")
    clone = clone_promotion(source.pk, by=actor(Source.ADMIN, user), at=NOW)
    clone.refresh_from_db()
    assert (clone.name, clone.is_active, clone.is_cloned) == ("Copy of Summer", False, True)
    assert (clone.related_promotion, clone.promotion_code) == (source, None)
    assert clone.external_id is None
    assert (clone.owner_user, clone.created_by, clone.version) == (user, user, 1)
    assert PromotionShare.objects.get(promotion=clone).row_cause == "Owner"
    own = {"owner_user", "owner_group", "promotion_code", "external_id"}
    own |= {"is_active", "name", "is_cloned"}
    for field in every_field_of(Promotion).values():
        for column in set(field.columns) - own - {"related_promotion"}:
            if field.createable:
                assert getattr(clone, column) == getattr(source, column), column


@pytest.mark.parametrize(
    ("name", "old", "new"),
    [
        (None, "Summer", "Copy of Summer"),
        (None, "x" * 255, "Copy of " + "x" * 247),
        ("June", "Summer", "June"),
    ],
)
def test_its_name(name: str | None, old: str, new: str) -> None:
    source = make_promotion(name=old)
    assert clone_promotion(source.pk, by=actor(), at=NOW, name=name).name == new


def test_a_name_that_is_none_is_refused(source: Promotion) -> None:
    with pytest.raises(Refused) as caught:
        clone_promotion(source.pk, by=actor(), at=NOW, name="")
    assert [error.pointer for error in caught.value.errors] == ["name"]
    assert Promotion.objects.count() == 1


def test_everything_under_it_is_there_twice_but_what_customers_did(source: Promotion) -> None:
    enroll_contact(make_contact(), make_promotion(), at=NOW)
    clone = clone_promotion(source.pk, by=actor(), at=NOW)
    counts = {part.__name__: (count(source, part), count(clone, part)) for part in PARTS}
    assert counts == {
        "PromotionTier": (2, 2),
        "PromotionQualifier": (2, 2),
        "PromotionTarget": (2, 2),
        "PromotionLineItemRule": (4, 4),
        "PromotionMarketSegment": (1, 1),
        "PromotionLimit": (1, 1),
        "PromotionLimitUsage": (1, 0),
        "Coupon": (1, 1),
        "CouponCodeRedemption": (0, 0),
    }
    assert not clone.party_usages.exists()


def test_the_copies_refer_to_each_other_and_not_to_the_originals(source: Promotion) -> None:
    clone = clone_promotion(source.pk, by=actor(), at=NOW)
    tiers = set(clone.tiers.all())
    assert {q.promotion_tier for q in clone.qualifiers.all()} == tiers
    assert {t.promotion_tier for t in clone.targets.all()} == tiers
    rules = clone.line_item_rules.all()
    assert {r.associated_qualifier for r in rules} - {None} == set(clone.qualifiers.all())
    assert {r.associated_target for r in rules} - {None} == set(clone.targets.all())
    assert {tier.rank for tier in tiers} == {1, 2}


def test_deleted_parts_stay_behind(source: Promotion) -> None:
    tier = make_tier(source)
    type(tier).objects.filter(pk=tier.pk).update(is_deleted=True, deleted_date=NOW)
    clone = clone_promotion(source.pk, by=actor(), at=NOW)
    assert count(clone, type(tier)) == 2


def test_coupons_get_codes_of_their_own(source: Promotion) -> None:
    [coupon] = clone_promotion(source.pk, by=actor(), at=NOW).coupons.all()
    assert coupon.coupon_code != "SUN"
    assert coupon.status == "Active"


def test_history_tells_of_every_copy_in_one_entry_of_the_feed(source: Promotion) -> None:
    clone = clone_promotion(source.pk, by=actor(Source.ADMIN), at=NOW)
    rows = clone.history.filter(field=history.CREATED).exclude(object_name__startswith="Coupon")
    assert rows.count() == 1 + 2 + 2 + 2 + 4 + 1 + 1
    assert len({row.feed_item_id for row in rows}) == 1
    assert {row.source for row in rows} == {"admin"}


def test_a_clone_can_be_cloned(source: Promotion) -> None:
    first = clone_promotion(source.pk, by=actor(), at=NOW)
    second = clone_promotion(first.pk, by=actor(), at=NOW)
    assert second.related_promotion == first


def test_who_sees_it_may_clone_it_and_nobody_else(settings: Any, source: Promotion) -> None:
    settings.PROMOTION_SHARING = "private"
    reader = actor(Source.ADMIN, make_user("Marketers"))
    with pytest.raises(Refused, match="not_found"):
        clone_promotion(source.pk, by=reader, at=NOW)
    sharing.share(source.pk, Access.READ, user=reader.user.pk, by=actor(Source.COMMAND), at=NOW)
    assert clone_promotion(source.pk, by=reader, at=NOW).owner_user == reader.user


def test_what_is_deleted_or_stale_is_not_cloned(source: Promotion) -> None:
    with pytest.raises(Refused, match="version_conflict"):
        clone_promotion(source.pk, by=actor(), at=NOW, expected=[7])
    delete_promotion(source.pk, by=actor(), at=NOW)
    with pytest.raises(Refused, match="not_found"):
        clone_promotion(source.pk, by=actor(), at=NOW)


def test_the_number_of_statements_does_not_grow_with_the_parts(source: Promotion) -> None:
    def statements() -> int:
        with CaptureQueriesContext(connection) as queries:
            clone_promotion(source.pk, by=actor(), at=NOW)
        return len(queries)

    statements()  # content types and the like are looked up once
    few = statements()
    tier = source.tiers.first()
    for _ in range(20):
        make_line_item_rule(make_qualifier(source, promotion_tier=tier))
        make_coupon(source)
    assert statements() <= few + 2
