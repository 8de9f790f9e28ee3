"""What the reasons call things."""

from dataclasses import replace

import pytest

from promotions.child_rules import (
    line_item_rule_problems,
    qualifier_problems,
)
from tests.unit.child_rules.test_line_item_rules import FakeRule, of_category, target_s
from tests.unit.child_rules.test_qualifiers import CATEGORY, PRODUCT, FakeQualifier

NOUNS = {
    "no product": (replace(PRODUCT, qualifier_product_id=None), "a product or"),
    "no category": (replace(CATEGORY, qualifier_category_id=None), "a category or"),
    "a category for a product": (
        replace(PRODUCT, qualifier_product_id=None, qualifier_category_id=1),
        "a product and no category,",
    ),
    "a product for a category": (
        replace(CATEGORY, qualifier_category_id=None, qualifier_product_id=1),
        "a category and no product,",
    ),
    "no qualifier": (FakeRule(associated_qualifier_id=None), "the qualifier that"),
    "no target": (replace(FakeRule(), **target_s()), "the target that"),
    "no product to compare with": (FakeRule(type_reference_product_id=None), "the product to"),
    "no category to compare with": (
        replace(FakeRule(), **of_category(type_reference_category_id=None)),
        "the category to",
    ),
}


@pytest.mark.parametrize(("part", "says"), NOUNS.values(), ids=NOUNS.keys())
def test_the_reason_names_what_the_type_asks_for(part: FakeQualifier | FakeRule, says: str) -> None:
    (problem,) = (
        line_item_rule_problems(part)
        if isinstance(part, FakeRule)
        else qualifier_problems(part, is_tiered=False, tiers=())
    )
    assert says in problem.detail
