"""Cases of what makes a part valid: each changes a part that is valid and says what is wrong then,
code and pointer, in order."""

from collections.abc import Iterable
from typing import Any

import pytest

from promotions.errors import DomainError

Wrong = list[tuple[str, str]]
Cases = dict[str, tuple[dict[str, Any], Wrong]]


def found(problems: Iterable[DomainError]) -> Wrong:
    """What is wrong, after making sure that each reason is in words."""
    listed = list(problems)
    assert all(problem.detail.endswith(".") for problem in listed)
    return [(problem.code, problem.pointer) for problem in listed]


def invalid(*pointers: str) -> Wrong:
    return [("invalid_value", pointer) for pointer in pointers]


def required(*pointers: str) -> Wrong:
    return [("required", pointer) for pointer in pointers]


def duplicate(*pointers: str) -> Wrong:
    return [("duplicate_value", pointer) for pointer in pointers]


def table(cases: Cases) -> pytest.MarkDecorator:
    return pytest.mark.parametrize(("changes", "wrong"), cases.values(), ids=cases.keys())


OWN_TIERS = frozenset((1, 2))

TIER_REFERENCES = {
    # the tier that is named, whether the promotion is tiered
    "one of the promotion's": (2, True, []),
    "none, of a tiered promotion": (None, True, required("promotionTierId")),
    "another promotion's": (3, True, invalid("promotionTierId")),
    "none": (None, False, []),
    "one, of a promotion that is not tiered": (1, False, invalid("promotionTierId")),
}
"""How parts refer to tiers, all in one way."""
