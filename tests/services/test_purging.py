"""Removing deleted promotions for ever."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import models

from enrollments.models import Offer, PromotionPartyUsage, PromotionPartyUsageHistory
from promotions.actors import Source
from promotions.errors import Refused
from promotions.models import (
    CouponCodeRedemption,
    Promotion,
    PromotionFeed,
    PromotionHistory,
    PromotionShare,
    RecordView,
)
from promotions.services.purging import enrollment_records, purge_promotion, purgeable
from promotions.services.recycle_bin import PARTS, delete_promotion
from promotions.services.views import note_view
from tests.factories import (
    NOW,
    actor,
    enroll_contact,
    make_contact,
    make_offer,
    make_promotion,
    make_user,
)
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

DAY = timedelta(days=1)


def deleted(**overrides: Any) -> Promotion:
    """A promotion with everything under it, in the recycle bin."""
    promotion = make_promotion(is_tiered=True, **overrides)
    tier = make_tier(promotion)
    make_line_item_rule(make_qualifier(promotion, promotion_tier=tier))
    make_line_item_rule(make_target(promotion, promotion_tier=tier))
    make_limit_usage(make_limit(promotion))
    make_market_segment(promotion)
    make_coupon(promotion)
    note_view(tier, user=make_user(), at=NOW)
    delete_promotion(promotion.pk, by=actor(), at=NOW, confirmed=True)
    return promotion


def purge(promotion: Promotion, **options: Any) -> None:
    purge_promotion(promotion.pk, by=actor(Source.COMMAND), at=NOW + 20 * DAY, **options)


def test_what_has_lain_in_the_bin_long_enough(settings: Any) -> None:
    settings.RECYCLE_BIN_DAYS = 15
    promotion = deleted()
    make_promotion()
    assert not purgeable(NOW + 15 * DAY - timedelta(seconds=1)).exists()
    assert purgeable(NOW + 15 * DAY).get() == promotion
    assert purgeable(NOW + 3 * DAY, days=3).get() == promotion


def test_nothing_of_it_is_left_and_all_else_stays() -> None:
    promotion, other = deleted(), deleted()
    purge(promotion)
    kinds: list[type[models.Model]] = [*PARTS, PromotionHistory, PromotionFeed, PromotionShare]
    for rows in kinds:
        left = set(rows._default_manager.values_list("promotion", flat=True))
        assert left - {None} == (set() if rows is CouponCodeRedemption else {other.pk}), rows
    assert set(Promotion.objects.values_list("pk", flat=True)) == {other.pk}
    keys = set(RecordView.objects.values_list("key_prefix", "record_key"))
    tier = other.tiers.get()
    assert keys == {("0c8", other.pk), (tier.key_prefix, tier.pk)}


def test_enrollment_history_is_only_destroyed_when_told_so() -> None:
    promotion = make_promotion()
    usage = enroll_contact(
        make_contact(), promotion, at=NOW, offer_id=make_offer(promotion=promotion).pk
    )
    kept = enroll_contact(make_contact(), make_promotion(), at=NOW)
    delete_promotion(promotion.pk, by=actor(), at=NOW, confirmed=True)
    assert enrollment_records(promotion) == {"enrollments": 1}
    with pytest.raises(Refused) as caught:
        purge(promotion)
    [error] = caught.value.errors
    assert (error.code, error.extra) == ("confirmation_required", {"enrollments": 1})
    assert usage.history.exists()
    assert PromotionPartyUsage.objects.count() == 2
    purge(promotion, destroy_enrollment_history=True)
    assert PromotionPartyUsage.objects.get() == kept
    assert {row.usage for row in PromotionPartyUsageHistory.objects.all()} == {kept}
    assert not Offer.objects.exists()


def test_what_is_not_in_the_bin_is_not_purged() -> None:
    with pytest.raises(Refused, match="not_found"):
        purge(make_promotion())


def test_clones_forget_what_they_were_cloned_from() -> None:
    promotion = deleted()
    clone = make_promotion()
    Promotion.objects.filter(pk=clone.pk).update(related_promotion=promotion)
    purge(promotion)
    clone.refresh_from_db()
    assert (clone.related_promotion, clone.version) == (None, 2)
    row = clone.history.get(field="RelatedPromotionId")
    assert (row.old_value, row.new_value) == (promotion.record_id, None)
    assert row.reason == f"{promotion.record_id} was purged"
