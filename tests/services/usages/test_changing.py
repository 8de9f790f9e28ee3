"""Changing the fields of an enrollment record: together or not at all, and what each takes."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from enrollments.models import PromotionPartyUsage
from enrollments.services.usages import update_usage
from enrollments.usage_values import DEEPEST, MOST, MOST_POINTS
from promotions import ids
from tests.factories import NOW, actor, make_offer, make_promotion
from tests.services.usages.records import (
    DAY,
    LATER,
    Values,
    fields_of,
    history,
    left,
    refusals,
    updated,
)

pytestmark = pytest.mark.django_db


# --- What changes ---------------------------------------------------------------------------------


def test_several_fields_change_together_by_one_step(usage: PromotionPartyUsage) -> None:
    offer = make_offer()
    values = {
        "enrollment_offer_id": offer.pk,
        "enrollment_expiration_date_time": None,
        "usage_count": 2,
        "issued_voucher_count": 1,
        "points_credited": Decimal(7),
    }
    changed = updated(usage, values)
    assert {name: getattr(changed, name) for name in values} == values
    assert (changed.version, changed.last_modified_date) == (2, LATER)
    assert {name for name, *_ in history(usage)} == {
        "created",
        "EnrollmentOfferId",
        "EnrollmentExpirationDateTime",
        "UsageCount",
        "IssuedVoucherCount",
        "PointsCredited",
    }


def test_all_or_nothing_of_it(usage: PromotionPartyUsage) -> None:
    values = {"usage_count": 2, "enrollment_expiration_date_time": NOW}
    before = fields_of(usage)
    [(code, _)] = refusals(update_usage, usage.pk, values, actor(), LATER)
    assert code == "period_reversed"
    assert fields_of(usage) == before


@pytest.mark.parametrize("withdrawn", [False, True])
def test_what_is_sent_as_it_was_changes_nothing(
    usage: PromotionPartyUsage, withdrawn: bool
) -> None:
    begins = NOW + timedelta(microseconds=123_456)
    PromotionPartyUsage.objects.filter(pk=usage.pk).update(enrollment_effective_date_time=begins)
    if withdrawn:
        left(usage)
    before = fields_of(usage), usage.version, usage.history.count()
    same = {
        "promotion_id": usage.promotion_id,
        "party_id": (ids.CONTACT, usage.contact_id),
        "is_party_enrolled": not withdrawn,
        "enrollment_offer_id": None,
        "enrollment_effective_date_time": begins.replace(microsecond=123_000),  # as clients read it
        "enrollment_expiration_date_time": usage.enrollment_expiration_date_time,
        "usage_count": 0,
        "points_credited": Decimal(0),
        "additional_attribute_info": None,
    }
    for values in (same, {}):
        after = updated(usage, values)
        assert (fields_of(after), after.version, after.history.count()) == before


# --- What is taken, and what is refused -----------------------------------------------------------


def _nested(depth: int) -> Any:
    return [] if depth == 1 else [_nested(depth - 1)]


@pytest.mark.parametrize(
    ("field", "value", "is_taken"),
    [
        ("usage_count", MOST, True),
        ("usage_count", True, False),
        ("order_count", Decimal("1.5"), False),
        ("points_credited", MOST_POINTS - Decimal("0.01"), True),
        ("points_credited", MOST_POINTS, False),
        ("points_credited", Decimal("0.006"), True),
        ("points_credited", "12", False),
        ("additional_attribute_info", "words", True),
        ("additional_attribute_info", {}, True),
        ("additional_attribute_info", "a\x00", False),
        ("additional_attribute_info", {"a": [{"\x00": 1}]}, False),
        ("additional_attribute_info", [float("inf")], False),
        ("additional_attribute_info", _nested(DEEPEST), True),
        ("additional_attribute_info", _nested(DEEPEST + 1), False),
    ],
    ids=repr,
)
def test_what_plain_fields_take(
    usage: PromotionPartyUsage, field: str, value: Any, is_taken: bool
) -> None:
    if is_taken:
        assert updated(usage, {field: value}).version == 2
    else:
        [(code, _)] = refusals(update_usage, usage.pk, {field: value}, actor(), LATER)
        assert code == "invalid_value"


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ({"promotion_id": 2**62}, [("invalid_value", "promotionId")]),
        ({"party_id": (ids.ACCOUNT, 1)}, [("invalid_value", "partyId")]),
        ({"is_party_enrolled": None}, [("required", "isPartyEnrolled")]),
        ({"usage_count": -1}, [("invalid_value", "usageCount")]),
        ({"enrollment_offer_id": 2**62}, [("offer_not_found", "enrollmentOfferId")]),
        (
            {"enrollment_effective_date_time": NOW + 9 * DAY},
            [("period_reversed", "enrollmentExpirationDateTime")],
        ),
        (
            {"enrollment_effective_date_time": NOW + 40 * DAY, "enrollment_offer_id": 2**62},
            [
                ("offer_not_found", "enrollmentOfferId"),
                ("period_reversed", "enrollmentExpirationDateTime"),
            ],
        ),
    ],
    ids=["promotion", "party", "null", "count", "offer", "period", "several"],
)
def test_what_an_update_must_not_say(
    usage: PromotionPartyUsage, values: Values, expected: list[tuple[str, str]]
) -> None:
    assert refusals(update_usage, usage.pk, values, actor(), LATER) == expected
    usage.refresh_from_db()
    assert usage.version == 1


def test_the_rules_about_offers_hold(usage: PromotionPartyUsage) -> None:
    for offer, code in (
        (make_offer(is_active=False), "offer_inactive"),
        (make_offer(promotion=make_promotion()), "offer_not_for_promotion"),
    ):
        values = {"enrollment_offer_id": offer.pk}
        [refusal] = refusals(update_usage, usage.pk, values, actor(), LATER)
        assert refusal == (code, "enrollmentOfferId")
