"""Which promotions need attention: exactly those of which their own pages say that they are odd,
but for what can't be combined with others."""

from datetime import timedelta
from typing import Any

import pytest
from pytest_django import DjangoAssertNumQueries

from promotions import attention
from promotions.attention import ATTENTION, in_short
from promotions.figures import EVERYTHING, TakesLong
from promotions.models import Promotion
from promotions.snapshots import description_of
from promotions.warnings import AdviceCode
from tests.factories import NOW, actor, make_promotion
from tests.part_factories import (
    make_coupon,
    make_limit,
    make_market_segment,
    make_qualifier,
    make_target,
    make_tier,
)

pytestmark = pytest.mark.django_db

DAY = timedelta(days=1)


@pytest.fixture
def promotions() -> list[Promotion]:
    """Some with parts, odd in different ways, that get in each other's way."""
    end = NOW + 30 * DAY
    bare = make_promotion()
    fine = make_promotion(end_date_time=end, exclusivity_type="No", is_automatic=True)
    make_target(fine)
    make_qualifier(fine)
    alone = make_promotion(exclusivity_type="Global", end_date_time=end)
    make_target(alone)
    make_coupon(alone, end_date_time=NOW + 40 * DAY)
    tiered = make_promotion(is_tiered=True)
    make_tier(tiered)
    make_limit(tiered)
    segments = make_promotion(end_date_time=end, is_enrollment_required=False)
    make_target(segments, target_type="Transaction")
    make_market_segment(segments)
    later = make_promotion(start_date_time=NOW + 50 * DAY, enrollment_end_date=NOW.date() - DAY)
    make_target(later)
    off = make_promotion(is_enrollment_required=False, enrollment_start_date=NOW.date())
    return [bare, fine, alone, tiered, segments, later, off]


def test_equal_to_what_each_page_says(promotions: list[Promotion]) -> None:
    expected = {}
    for promotion in promotions:
        stored = Promotion.objects.get(pk=promotion.pk)
        codes = [one.code for one in description_of(stored, by=actor(), at=NOW).warnings]
        told = [code.value for code in codes if code is not AdviceCode.OVERLAPS_EXCLUSIVE]
        if told:
            expected[str(promotion.pk)] = told
    assert ATTENTION.count(EVERYTHING, NOW) == expected
    found = {code for codes in expected.values() for code in codes}
    assert len(found) >= 6
    assert all(in_short(codes) for codes in expected.values())


def test_those_that_run_or_should(promotions: list[Promotion]) -> None:
    make_promotion(is_active=False)
    make_promotion(is_active=False, start_date_time=NOW + DAY)
    make_promotion(start_date_time=NOW - 2 * DAY, end_date_time=NOW)
    late = make_promotion(is_active=False, start_date_time=NOW)
    found = ATTENTION.count(EVERYTHING, NOW)
    assert found.pop(str(late.pk)) == ["starts_in_past"]
    assert found.keys() <= {str(one.pk) for one in promotions}


def test_of_many_nobody_waits_for(
    promotions: list[Promotion], monkeypatch: pytest.MonkeyPatch
) -> None:
    at_once: Any = ATTENTION.at_once
    assert at_once(EVERYTHING, NOW) == ATTENTION.count(EVERYTHING, NOW)
    monkeypatch.setattr(attention, "FEW", 3)
    with pytest.raises(TakesLong):
        at_once(EVERYTHING, NOW)


def test_as_many_statements_for_many_as_for_one(
    promotions: list[Promotion], django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    for _ in range(10):
        make_target(make_promotion())
    with django_assert_max_num_queries(7):
        ATTENTION.count(EVERYTHING, NOW)
