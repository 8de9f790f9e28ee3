"""Deleting a promotion with everything under it, and taking it out of the recycle bin again."""

from datetime import timedelta
from typing import Any

import pytest
from django.apps import apps

from enrollments.models import PromotionPartyUsage
from enrollments.services.enrollments import withdraw
from enrollments.standing import Standing, standing
from promotions.access import Access
from promotions.actors import Source
from promotions.errors import Refused
from promotions.models import Coupon, Promotion, PromotionHistory, PromotionPart, PromotionTier
from promotions.services import history, parts, sharing
from promotions.services.promotions import update_promotion
from promotions.services.recycle_bin import (
    PARTS,
    current_dependents,
    delete_promotion,
    restore_promotion,
)
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

HOUR = timedelta(hours=1)
State = dict[tuple[str, int], dict[str, str | None]]


@pytest.fixture
def whole() -> Promotion:
    """A promotion with something of every kind under it."""
    promotion = make_promotion(is_tiered=True, name="Whole")
    tier = make_tier(promotion)
    make_line_item_rule(make_qualifier(promotion, promotion_tier=tier))
    make_target(promotion, promotion_tier=tier)
    make_limit_usage(make_limit(promotion))
    make_market_segment(promotion)
    make_coupon(promotion)
    return promotion


def live_parts(promotion: Promotion) -> State:
    return {
        (part.__name__, row.pk): history.values_of(row)
        for part in PARTS
        for row in part._default_manager.filter(promotion=promotion, is_deleted=False)
    }


def refused(call: Any, *args: Any, **options: Any) -> str:
    with pytest.raises(Refused) as caught:
        call(*args, **options)
    [error] = caught.value.errors
    return error.code


def test_all_kinds_of_parts_are_known() -> None:
    assert set(PARTS) == {m for m in apps.get_models() if issubclass(m, PromotionPart)}


def test_everything_goes_with_the_promotion_and_comes_back_with_it(whole: Promotion) -> None:
    before = live_parts(whole)
    assert {kind for kind, _ in before} >= {"PromotionTier", "PromotionLineItemRule", "Coupon"}
    delete_promotion(whole.pk, by=actor(), at=NOW)
    assert live_parts(whole) == {}
    restored = restore_promotion(whole.pk, by=actor(), at=NOW + HOUR)
    assert not restored.is_deleted
    assert restored.deleted_date is None
    assert restored.last_modified_date == NOW + HOUR
    assert live_parts(whole) == before


def test_what_was_deleted_before_stays_deleted(whole: Promotion) -> None:
    coupon = make_coupon(whole)
    parts_before = live_parts(whole)
    del parts_before[("Coupon", coupon.pk)]
    Coupon.objects.filter(pk=coupon.pk).update(is_deleted=True, deleted_date=NOW)
    delete_promotion(whole.pk, by=actor(), at=NOW)
    restore_promotion(whole.pk, by=actor(), at=NOW)
    assert live_parts(whole) == parts_before


def test_each_part_says_that_it_changed(whole: Promotion) -> None:
    delete_promotion(whole.pk, by=actor(), at=NOW)
    tier = PromotionTier.objects.get(promotion=whole)
    assert (tier.version, tier.last_modified_date, tier.deleted_date) == (2, NOW, NOW)
    restore_promotion(whole.pk, by=actor(), at=NOW + HOUR)
    tier.refresh_from_db()
    assert (tier.version, tier.last_modified_date, tier.deleted_date) == (3, NOW + HOUR, None)


def test_history_tells_of_both(whole: Promotion) -> None:
    delete_promotion(whole.pk, by=actor(Source.ADMIN), at=NOW)
    restore_promotion(whole.pk, by=actor(Source.COMMAND), at=NOW)
    rows = PromotionHistory.objects.filter(promotion=whole, field="IsDeleted").order_by("id")
    assert [(r.old_value, r.new_value, r.source) for r in rows] == [
        ("false", "true", "admin"),
        ("true", "false", "command"),
    ]


def test_customers_are_paused_meanwhile(whole: Promotion) -> None:
    usage = enroll_contact(make_contact(), whole, at=NOW)

    def stands() -> Standing:
        found = PromotionPartyUsage.objects.select_related("promotion").get(pk=usage.pk)
        return standing(found, found.promotion, NOW)

    delete_promotion(whole.pk, by=actor(), at=NOW, confirmed=True)
    assert stands() is Standing.PAUSED
    restore_promotion(whole.pk, by=actor(), at=NOW)
    assert stands() is Standing.ACTIVE


def test_current_enrollments_ask_for_a_confirmation(whole: Promotion) -> None:
    usages = [enroll_contact(make_contact(), whole, at=NOW) for _ in range(2)]
    enroll_contact(make_contact(), whole, at=NOW, expiration=NOW + HOUR / 2)
    later = NOW + HOUR
    assert current_dependents(whole, later) == {"enrollments": 2}
    with pytest.raises(Refused) as caught:
        delete_promotion(whole.pk, by=actor(), at=later)
    [error] = caught.value.errors
    assert (error.code, error.extra) == ("confirmation_required", {"enrollments": 2})
    whole.refresh_from_db()
    assert not whole.is_deleted
    for usage in usages:
        withdraw(usage.pk, by=actor(), at=later, reason="moved away")
    delete_promotion(whole.pk, by=actor(), at=later)


def test_a_promotion_that_is_over_has_no_current_enrollments() -> None:
    promotion = make_promotion(end_date_time=NOW + HOUR)
    enroll_contact(make_contact(), promotion, at=NOW)
    delete_promotion(promotion.pk, by=actor(), at=NOW + HOUR)


def test_codes_that_were_given_away_meanwhile_keep_it_in_the_bin() -> None:
    promotion = make_promotion(promotion_code="SUMMER")
    make_coupon(promotion, coupon_code="SUN")
    delete_promotion(promotion.pk, by=actor(), at=NOW)
    other = make_promotion(promotion_code="summer")
    make_coupon(other, coupon_code="sun")
    with pytest.raises(Refused) as caught:
        restore_promotion(promotion.pk, by=actor(), at=NOW)
    assert {(error.code, error.pointer) for error in caught.value.errors} == {
        ("duplicate_value", "promotionCode"),
        ("duplicate_value", "couponCode"),
    }
    promotion.refresh_from_db()
    assert promotion.is_deleted


def test_only_who_may_delete_may_restore(settings: Any) -> None:
    settings.PROMOTION_SHARING = "private"
    owner, editor, stranger = (actor(Source.ADMIN, make_user("Marketers")) for _ in range(3))
    promotion = make_promotion(by=owner)
    sharing.share(promotion.pk, Access.EDIT, user=editor.user.pk, by=owner, at=NOW)
    assert refused(delete_promotion, promotion.pk, by=stranger, at=NOW) == "not_found"
    assert refused(delete_promotion, promotion.pk, by=editor, at=NOW) == "insufficient_access"
    delete_promotion(promotion.pk, by=owner, at=NOW)
    assert refused(restore_promotion, promotion.pk, by=stranger, at=NOW) == "not_found"
    assert refused(restore_promotion, promotion.pk, by=editor, at=NOW) == "insufficient_access"
    restore_promotion(promotion.pk, by=owner, at=NOW)


def test_what_is_not_in_the_bin_is_not_restored(whole: Promotion) -> None:
    assert refused(restore_promotion, whole.pk, by=actor(), at=NOW) == "not_found"
    assert refused(restore_promotion, 0, by=actor(), at=NOW) == "not_found"


def test_a_stale_version_restores_nothing(whole: Promotion) -> None:
    delete_promotion(whole.pk, by=actor(), at=NOW)
    code = refused(restore_promotion, whole.pk, by=actor(), at=NOW, expected=[1])
    assert code == "version_conflict"


def test_nothing_changes_where_history_cannot_be_written(
    whole: Promotion, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*args: Any, **options: Any) -> None:
        raise RuntimeError("no room")

    before = live_parts(whole)
    monkeypatch.setattr(history, "write", fail)
    with pytest.raises(RuntimeError):
        delete_promotion(whole.pk, by=actor(), at=NOW)
    whole.refresh_from_db()
    assert (whole.is_deleted, live_parts(whole)) == (False, before)


def test_a_tier_that_is_used_is_not_deleted(whole: Promotion) -> None:
    tier = PromotionTier.objects.get(promotion=whole)
    assert refused(parts.tiers.delete, tier.pk, by=actor(), at=NOW) == "in_use"


def test_the_parts_of_a_deleted_promotion_do_not_exist(whole: Promotion) -> None:
    tier = PromotionTier.objects.get(promotion=whole)
    delete_promotion(whole.pk, by=actor(), at=NOW)
    changes = {"name": "Gold"}
    assert refused(parts.tiers.update, tier.pk, changes, by=actor(), at=NOW) == "not_found"
    code = refused(update_promotion, whole.pk, changes, by=actor(), at=NOW)
    assert code == "not_found"
