"""What makes the parts of a promotion valid, and whether a coupon may be redeemed. Pure.

One generator for each object; forms, APIs and services ask it, and it yields every reason against
the record with the API's name of the field to mend. A promotion may be half finished, each of its
parts may not. What a single field takes (length, choices, a count of at least one, a tier's rank
from 1 to 10) is declared at the model's field and not said twice here; the rules keep quiet about
what depends on a field that is missing. Source: the described objects, and the compatible
platform's reference for what they leave open.

What the database can hold itself, as CHECK constraints unless it says otherwise; "names" means
that a product, a category or an external code is there::

    PromotionTier          a live one has a rank, from 1 to 10; UNIQUE (promotion, rank) of live
                           ones (together they hold "at most ten")
    PromotionQualifier     product or category, not both; neither together with an external code
                           type Product has no category, type ProductCategory no product
                           type TransactionTotal names nothing and has a minimum amount
                           operator NONE if, and only if, it names nothing
                           minimums and threshold above 0; threshold below a minimum amount
    PromotionTarget        product, category, external code, operator: as for a qualifier, with the
                           types Transaction, Shipping, StandardShippingRate naming nothing
                           percent: from 1 to 100 with PercentageDiscount, else null
                           amount: null with PercentageDiscount and BonusProduct, else above 0,
                           or from 0 with FixedPrice and TotalFixedPrice
                           adjustment type by target type, as in targets.ONLY_ON
                           restriction quantity above 0; there with TotalFixedPrice, and where
                           the minimum item count is required
    PromotionLineItemRule  the associated type's own reference, and not the other's
                           type Product: a product, no category, EQUAL_TO or NOT_EQUAL_TO;
                           type ProductCategory: the other way round
                           type Price: neither, and a value; type Attribute: not both, and a value
    Coupon                 ends after it starts; limit per buyer not above the limit for all
    PromotionLimit         value above 0; TotalUsage is PromotionLevel, UsagePerCustomer is
                           CustomerLevel; UNIQUE (promotion, type, category) of live ones
    PromotionLimitUsage    usage from 0
    PromotionMarketSegment a segment; UNIQUE (promotion, segment) of live ones

Only the rules hold: that a tier is one of the promotion's own and is there if, and only if, the
promotion is tiered (other tables), that a price is a number, that some limits are whole numbers,
and that a coupon's code can be typed.
"""

from promotions.child_rules.coupons import coupon_problems, redemption_refusals
from promotions.child_rules.limits import limit_problems, limit_usage_problems
from promotions.child_rules.line_item_rules import line_item_rule_problems, price_in
from promotions.child_rules.qualifiers import qualifier_problems
from promotions.child_rules.segments import market_segment_problems
from promotions.child_rules.targets import target_problems
from promotions.child_rules.tiers import MOST_TIERS, free_rank, tier_problems

__all__ = [
    "MOST_TIERS",
    "coupon_problems",
    "free_rank",
    "limit_problems",
    "limit_usage_problems",
    "line_item_rule_problems",
    "market_segment_problems",
    "price_in",
    "qualifier_problems",
    "redemption_refusals",
    "target_problems",
    "tier_problems",
]
