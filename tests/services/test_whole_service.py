"""Making a promotion with everything under it in one act."""

from typing import Any

import pytest
from django.db import IntegrityError

from promotions.errors import Refused
from promotions.models import (
    Coupon,
    Promotion,
    PromotionFeed,
    PromotionHistory,
    PromotionLineItemRule,
    PromotionPart,
    PromotionQualifier,
    PromotionTarget,
    PromotionTier,
)
from promotions.services import whole
from promotions.services.whole import Branch, create_whole, parts_problems, whole_problems
from tests.factories import NOW, actor, make_user
from tests.part_factories import make_coupon
from tests.services.threads import at_once

pytestmark = pytest.mark.django_db


def qualifier(**values: Any) -> PromotionQualifier:
    return PromotionQualifier(
        **{
            "qualifier_type": "Product",
            "qualifier_operator": "EQUAL_TO",
            "qualifier_rule_criteria_type": "All",
            "external_qualifier": "SHOE",
            **values,
        }
    )


def target(**values: Any) -> PromotionTarget:
    return PromotionTarget(
        **{
            "target_type": "Transaction",
            "target_operator": "NONE",
            "target_rule_criteria_type": "ALL",
            "adjustment_type": "PercentageDiscount",
            "adjustment_percent": 20,
            **values,
        }
    )


def rule() -> PromotionLineItemRule:
    return PromotionLineItemRule(type="Price", operator_type="GREATER_THAN", type_value="10")


def branch(record: PromotionPart, pointer: str, *below: Branch, **options: Any) -> Branch:
    return Branch(record, pointer, (), below, **options)


def create(promotion: Promotion, *parts: Branch) -> Promotion:
    return create_whole(promotion, parts, given=["name"], by=actor(), at=NOW)


def test_everything_is_made_by_the_same_person_at_the_same_moment() -> None:
    clerk = actor(user=make_user())
    parts = [
        branch(
            PromotionTier(name="Silver"),
            "t",
            branch(qualifier(), "q", branch(rule(), "r")),
            branch(target(), "g", branch(rule(), "s")),
        )
    ]
    promotion = create_whole(
        Promotion(name="x", is_tiered=True), parts, given=["name"], by=clerk, at=NOW
    )
    for model in (PromotionTier, PromotionQualifier, PromotionTarget, PromotionLineItemRule):
        for part in model._default_manager.all():
            assert part.promotion == promotion
            assert (part.created_by, part.created_date, part.version) == (clerk.user, NOW, 1)
    [narrowing, other] = PromotionLineItemRule.objects.order_by("pk")
    assert (narrowing.associated_qualifier, narrowing.associated_target) == (
        PromotionQualifier.objects.get(),
        None,
    )
    assert (other.associated_type, other.associated_target) == (
        "PromotionTarget",
        PromotionTarget.objects.get(),
    )
    assert PromotionQualifier.objects.get().promotion_tier == PromotionTier.objects.get()
    assert PromotionFeed.objects.count() == 1
    snapshots = PromotionHistory.objects.filter(field="created", object_name="PromotionQualifier")
    tier = PromotionTier.objects.get()
    assert snapshots.get().snapshot["PromotionTierId"] == tier.record_id  # type: ignore[index]


def test_checking_says_the_same_as_creating() -> None:
    parts = [branch(target(adjustment_percent=0), "targets[0]")]
    promotion = Promotion(name="")
    found = whole_problems(promotion, parts, given=["name"], by=actor(), at=NOW)
    assert [(e.code, e.pointer) for e in found] == [
        ("required", "name"),
        ("invalid_value", "targets[0].adjustmentPercent"),
    ]
    with pytest.raises(Refused) as refused:
        create(promotion, *parts)
    assert list(refused.value.errors) == found
    assert not Promotion.objects.exists()


def test_below_what_cannot_be_read_the_rules_still_hold() -> None:
    bad = branch(rule(), "q.r")
    bad.record.type_value = "cheap"  # type: ignore[attr-defined]
    parts = [
        branch(PromotionTier(), "t", branch(target(adjustment_percent=0), "g"), readable=False),
        branch(qualifier(), "q", bad),
    ]
    found = parts_problems(parts, is_tiered=False, by=actor(), at=NOW)
    assert [(e.code, e.pointer) for e in found] == [
        ("invalid_value", "g.adjustmentPercent"),
        ("invalid_value", "q.r.typeValue"),
    ]


def test_a_race_for_a_code_is_lost_with_the_same_words(monkeypatch: pytest.MonkeyPatch) -> None:
    make_coupon(coupon_code="sun")
    real, calls = whole._taken_codes, []

    def blind_once(records: Any) -> set[str]:
        calls.append(records)
        return set() if len(calls) == 1 else real(records)

    monkeypatch.setattr(whole, "_taken_codes", blind_once)
    parts = [
        branch(Coupon(coupon_code=code), f"coupons[{number}]")
        for number, code in enumerate(("SEA", "SUN"))
    ]
    with pytest.raises(Refused) as refused:
        create(Promotion(name="x"), *parts)
    assert [(e.code, e.pointer) for e in refused.value.errors] == [
        ("duplicate_value", "coupons[1].couponCode")
    ]
    assert not Promotion.objects.filter(name="x").exists()


def test_any_other_broken_constraint_stays_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(whole, "whole_problems", lambda *args, **options: [])
    bad = target(adjustment_percent=0, is_deleted=False)
    bad.created_by = bad.last_modified_by = actor().user
    bad.created_date = bad.last_modified_date = NOW
    with pytest.raises(IntegrityError):
        create(Promotion(name="x"), branch(bad, "targets[0]"))
    assert not Promotion.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_of_many_at_once_with_the_same_code_one_is_made() -> None:
    tester = actor()

    def act() -> str:
        parts = [branch(target(), "targets[0]"), branch(Coupon(coupon_code="SUN"), "coupons[0]")]
        try:
            create_whole(Promotion(name="x"), parts, given=["name"], by=tester, at=NOW)
        except Refused as refused:
            return refused.errors[0].pointer
        return "made"

    assert sorted(at_once([act] * 4)) == ["coupons[0].couponCode"] * 3 + ["made"]
    assert (Promotion.objects.count(), PromotionTarget.objects.count()) == (1, 1)
