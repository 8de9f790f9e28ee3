"""Tiers: their ranks, and how many there are."""

from collections.abc import Iterable
from dataclasses import dataclass

import pytest

from promotions.child_rules import (
    MOST_TIERS,
    free_rank,
    tier_problems,
)
from tests.unit.child_rules.cases import Wrong, duplicate, found, invalid, required


@dataclass
class FakeTier:
    rank: int | None = None


def tiers(*ranks: int) -> list[FakeTier]:
    return [FakeTier(rank) for rank in ranks]


TIERS = {
    # rank, the others', whether the promotion is tiered
    "the first": (1, (), True, []),
    "ranks may leave gaps": (10, (1, 5), True, []),
    "the tenth": (10, range(1, 10), True, []),
    "a rank twice": (2, (1, 2), True, duplicate("rank")),
    "no rank": (None, (1,), True, required("rank")),
    "the eleventh": (1, range(1, 11), True, invalid("promotionId")),
    "the eleventh, without a rank": (None, range(1, 11), True, invalid("promotionId")),
    "of a promotion that is not tiered": (1, (), False, invalid("promotionId")),
}


@pytest.mark.parametrize(("rank", "others", "is_tiered", "wrong"), TIERS.values(), ids=TIERS.keys())
def test_tiers(rank: int | None, others: Iterable[int], is_tiered: bool, wrong: Wrong) -> None:
    problems = tier_problems(FakeTier(rank), others=tiers(*others), is_tiered=is_tiered)
    assert found(problems) == wrong


@pytest.mark.parametrize("rank", [1, None])
def test_which_ranks_are_free_is_said(rank: int | None) -> None:
    (problem,) = tier_problems(FakeTier(rank), others=tiers(1, 3, 4, 5, 7, 8), is_tiered=True)
    assert problem.detail.endswith(": 2, 6, 9, 10.")


@pytest.mark.parametrize(
    ("taken", "free"),
    [((), 1), ((1, 2), 3), ((2, 3), 1), ((1, 3), 2), (range(1, 10), 10), (range(1, 11), None)],
)
def test_the_lowest_free_rank(taken: Iterable[int], free: int | None) -> None:
    assert free_rank(tiers(*taken)) == free


def test_ten_tiers_as_the_object_is_described() -> None:
    assert MOST_TIERS == 10
