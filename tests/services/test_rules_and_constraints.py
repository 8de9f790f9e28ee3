"""The rules and the database's constraints say the same: what the rules accept the database takes,
and what it would not take they refuse before, in words. Property-based, around valid records."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final

import pytest
from django.contrib.auth.models import Group
from django.db import IntegrityError, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from promotions.errors import Refused
from promotions.models import (
    Coupon,
    PromotionLimit,
    PromotionLineItemRule,
    PromotionQualifier,
    PromotionTarget,
    picklists,
)
from promotions.services import parts
from promotions.services.coupons import coupons
from promotions.services.records import RecordService
from tests.factories import LONG_AGO, NOW, actor, make_promotion, make_user
from tests.part_factories import (
    make_coupon,
    make_limit,
    make_product,
    make_product_category,
    make_qualifier,
    make_target,
    make_tier,
)

pytestmark = pytest.mark.django_db

NOWHERE: Final = 10**9
"""The key of no record."""


@dataclass(frozen=True)
class Beyond:
    """A value that only the rules know whether to refuse: other tables, lengths, formats."""

    value: Any


Values = dict[str, Any]
Pools = Mapping[str, list[Any]]
"""The values that each field, by column, is tried with."""


@dataclass(frozen=True)
class Kind:
    """One kind of record, valid ones of it, and what is tried."""

    service: RecordService[Any]
    valid: list[Values]
    pools: Pools

    @property
    def tries(self) -> st.SearchStrategy[tuple[Values, Values]]:
        """A valid record's values, and others to be put in the place of a few."""
        most = min(4, len(self.pools) // 2)
        few = st.lists(st.sampled_from(sorted(self.pools)), max_size=most, unique=True)
        others = few.flatmap(
            lambda columns: st.fixed_dictionaries(
                {column: st.sampled_from(self.pools[column]) for column in columns}
            )
        )
        return st.tuples(st.sampled_from(self.valid), others)


def known(choices: type[Any]) -> list[Any]:
    """A picklist's values, and some that are none."""
    return [*choices.values, "Other", "", None]


def text(*values: Any) -> list[Any]:
    return [None, "", *values, Beyond("x" * 256), Beyond("a\x00b")]


def number(*values: str) -> list[Any]:
    beyond = [Beyond(Decimal(value)) for value in ("1E+20", "0.000001")]
    return [None, *(Decimal(value) for value in values), *beyond]


def owners() -> Pools:
    group = Group.objects.create(name="Buyers of the north")
    return {"owner_user_id": [make_user().pk, None], "owner_group_id": [group.pk, None]}


def catalogue(of: str) -> Pools:
    """What a reference to the catalogue is tried with."""
    product, category = make_product().pk, make_product_category().pk
    deleted = parts.products.delete(make_product().pk, by=actor(), at=NOW).pk
    return {
        f"{of}_product_id": [None, product, Beyond(deleted), Beyond(NOWHERE)],
        f"{of}_category_id": [None, category, Beyond(NOWHERE)],
    }


def targets() -> Kind:
    items = catalogue("target")
    tier = make_tier()
    common = {
        "promotion_id": make_promotion().pk,
        "target_operator": "NONE",
        "target_rule_criteria_type": "ALL",
    }
    percent = {"adjustment_type": "PercentageDiscount", "adjustment_percent": Decimal(20)}
    of_tier = {"promotion_id": Beyond(tier.promotion_id), "promotion_tier_id": tier.pk}
    return Kind(
        parts.targets,
        [
            {**common, **percent, "target_type": "Transaction"},
            {**common, **percent, **of_tier, "target_type": "Shipping"},
            {
                **common,
                **percent,
                "target_type": "Product",
                "target_operator": "EQUAL_TO",
                "target_product_id": items["target_product_id"][1],
            },
            {
                **common,
                "target_type": "ProductCategory",
                "target_operator": "NOT_EQUAL_TO",
                "external_target": "SHOES",
                "adjustment_type": "FixedPrice",
                "adjustment_amount": Decimal(5),
            },
            {
                **common,
                "target_type": "Product",
                "adjustment_type": "TotalFixedPrice",
                "adjustment_amount": Decimal(5),
                "restriction_quantity": Decimal(3),
            },
        ],
        {
            **items,
            "promotion_id": [None, Beyond(NOWHERE), Beyond(tier.promotion_id)],
            "promotion_tier_id": [None, Beyond(tier.pk), Beyond(NOWHERE)],
            "target_type": known(picklists.TargetType),
            "target_operator": known(picklists.TargetOperator),
            "target_rule_criteria_type": known(picklists.TargetRuleCriteriaType),
            "external_target": text("SHOE"),
            "adjustment_type": known(picklists.AdjustmentType),
            "adjustment_percent": number("0", "0.99", "1", "100", "100.01"),
            "adjustment_amount": number("-0.01", "0", "0.01", "5"),
            "restriction_quantity": number("-1", "0", "0.0001", "3"),
            "is_min_item_count_required": [True, False, None],
        },
    )


def qualifiers() -> Kind:
    items = catalogue("qualifier")
    tier = make_tier()
    common = {
        "promotion_id": make_promotion().pk,
        "qualifier_operator": "NONE",
        "qualifier_rule_criteria_type": "All",
    }
    return Kind(
        parts.qualifiers,
        [
            {
                **common,
                "qualifier_type": "Product",
                "qualifier_operator": "EQUAL_TO",
                "qualifier_product_id": items["qualifier_product_id"][1],
            },
            {
                **common,
                "promotion_id": Beyond(tier.promotion_id),
                "promotion_tier_id": tier.pk,
                "qualifier_type": "ProductCategory",
                "qualifier_operator": "NOT_EQUAL_TO",
                "external_qualifier": "SHOES",
            },
            {
                **common,
                "qualifier_type": "TransactionTotal",
                "minimum_amount": Decimal(50),
                "approaching_discount_threshold": Decimal(40),
            },
            {**common, "qualifier_type": "Product", "minimum_quantity": Decimal(2)},
        ],
        {
            **items,
            "promotion_id": [None, Beyond(NOWHERE), Beyond(tier.promotion_id)],
            "promotion_tier_id": [None, Beyond(tier.pk), Beyond(NOWHERE)],
            "qualifier_type": known(picklists.QualifierType),
            "qualifier_operator": known(picklists.QualifierOperator),
            "qualifier_rule_criteria_type": known(picklists.QualifierRuleCriteriaType),
            "external_qualifier": text("SHOE"),
            "minimum_quantity": number("-1", "0", "0.0001", "2"),
            "minimum_amount": number("-0.01", "0", "0.01", "50"),
            "approaching_discount_threshold": number("-1", "0", "0.01", "49.99", "50"),
        },
    )


def line_item_rules() -> Kind:
    items = catalogue("type_reference")
    qualifier = make_qualifier()
    target = make_target(qualifier.promotion)
    elsewhere = make_qualifier()
    of_qualifier = {
        "associated_type": "PromotionQualifier",
        "associated_qualifier_id": qualifier.pk,
    }
    of_target = {"associated_type": "PromotionTarget", "associated_target_id": target.pk}
    return Kind(
        parts.line_item_rules,
        [
            {**of_qualifier, "type": "Price", "operator_type": "LESS_THAN", "type_value": "10"},
            {**of_target, "type": "Attribute", "operator_type": "EQUAL_TO", "type_value": "10"},
            {
                **of_qualifier,
                "type": "Product",
                "operator_type": "EQUAL_TO",
                "type_reference_product_id": items["type_reference_product_id"][1],
            },
            {
                **of_target,
                "type": "ProductCategory",
                "operator_type": "NOT_EQUAL_TO",
                "type_reference_category_id": items["type_reference_category_id"][1],
            },
        ],
        {
            **items,
            **owners(),
            "promotion_id": [None, qualifier.promotion_id, Beyond(elsewhere.promotion_id)],
            "associated_type": known(picklists.AssociatedType),
            "associated_qualifier_id": [
                None,
                qualifier.pk,
                Beyond(elsewhere.pk),
                Beyond(NOWHERE),
            ],
            "associated_target_id": [None, target.pk, Beyond(NOWHERE)],
            "type": known(picklists.LineItemRuleType),
            "operator_type": known(picklists.OperatorType),
            "type_value": text("10", Beyond("red")),
        },
    )


def limits() -> Kind:
    promotion = make_promotion()
    make_limit(promotion, type="Milestone", category="CustomerLevel")
    common = {"promotion_id": promotion.pk, "value": Decimal(10)}
    return Kind(
        parts.limits,
        [
            {**common, "type": "TotalUsage", "category": "PromotionLevel"},
            {**common, "type": "UsagePerCustomer", "category": "CustomerLevel"},
            {**common, "type": "FinancialLiability", "category": "CustomerLevel"},
            {**common, "type": "Milestone", "category": "PromotionLevel"},
        ],
        {
            "promotion_id": [None, Beyond(NOWHERE)],
            "type": known(picklists.LimitType),
            "category": known(picklists.LimitCategory),
            "value": [*number("-1", "0", "1"), Beyond(Decimal("0.5"))],
        },
    )


def coupon_kind() -> Kind:
    promotion = make_promotion()
    make_coupon(promotion, coupon_code="Taken")
    common = {"promotion_id": promotion.pk, "coupon_code": "FREE"}
    return Kind(
        coupons,
        [
            {**common, "status": "Active"},
            {**common, "start_date_time": LONG_AGO, "end_date_time": NOW},
            {**common, "redemption_limit_all_buyers": 10, "redemption_limit_per_buyer": 2},
        ],
        {
            **owners(),
            "promotion_id": [None, Beyond(NOWHERE)],
            "coupon_code": text("taken", "ßTRASSE", Beyond(" FREE"), Beyond("A\u200bB")),
            "status": known(picklists.CouponStatus),
            "start_date_time": [None, LONG_AGO, NOW],
            "end_date_time": [None, LONG_AGO, NOW],
            "redemption_limit_all_buyers": [None, 1, 10, Beyond(0), Beyond(-1), Beyond(2**31)],
            "redemption_limit_per_buyer": [None, 1, 11, Beyond(0), Beyond(-1), Beyond(2**31)],
            "description": [None, "", "For members.", Beyond("x" * 32_001), Beyond("a\x00b")],
            "currency_iso_code": [None, "", Beyond("EUR"), Beyond("Euro")],
        },
    )


KINDS = {
    PromotionTarget: targets,
    PromotionQualifier: qualifiers,
    PromotionLineItemRule: line_item_rules,
    PromotionLimit: limits,
    Coupon: coupon_kind,
}
kinds = pytest.mark.parametrize("kind", KINDS.values(), ids=[model.__name__ for model in KINDS])
examples = settings(
    max_examples=200,
    derandomize=True,
    database=None,
    suppress_health_check=list(HealthCheck),
)


def plain(values: Values) -> Values:
    return {c: v.value if isinstance(v, Beyond) else v for c, v in values.items()}


def undone(act: Callable[[], object]) -> None:
    """Does something in a transaction and takes it back; what it raises is raised."""
    with transaction.atomic():
        act()
        transaction.set_rollback(True)


@kinds
def test_what_is_created_is_refused_in_words_or_saved(kind: Callable[[], Kind]) -> None:
    tried = kind()
    outcomes = {"saved": 0, "refused": 0}

    @examples
    @given(tried.tries)
    def check(example: tuple[Values, Values]) -> None:
        values = {**example[0], **example[1]}
        record = tried.service.model(**plain(values))
        try:
            undone(lambda: tried.service.create(record, by=actor(), at=NOW))
            outcomes["saved"] += 1
        except Refused:
            outcomes["refused"] += 1
            if any(isinstance(value, Beyond) for value in values.values()):
                return
            # As the service left it: empty texts are null, what it fills in is there.
            with pytest.raises(IntegrityError):
                undone(lambda: record.save(force_insert=True))

    check()
    assert min(outcomes.values()) >= 20, outcomes


@kinds
def test_what_is_changed_is_refused_in_words_or_saved(kind: Callable[[], Kind]) -> None:
    tried = kind()
    outcomes = {"saved": 0, "refused": 0}

    @examples
    @given(tried.tries)
    def check(example: tuple[Values, Values]) -> None:
        valid, changes = example

        def act() -> None:
            record = tried.service.create(
                tried.service.model(**plain(valid)), by=actor(), at=LONG_AGO
            )
            tried.service.update(record.pk, plain(changes), by=actor(), at=NOW)

        try:
            undone(act)
            outcomes["saved"] += 1
        except Refused:
            outcomes["refused"] += 1

    check()
    assert min(outcomes.values()) >= 20, outcomes
