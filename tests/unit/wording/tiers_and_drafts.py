"""Promotions in tiers, and those in which nothing is discounted yet, with every sentence."""

from datetime import date

from tests.unit.wholes import MAY, buy, give, spend, tier, whole
from tests.unit.wording.sayings import Told

TIERS_AND_DRAFTS: Told = {
    "the more the cheaper": (
        whole(
            tier("Gold", 2, spend("200"), give("20 %", on="Transaction")),
            tier("Silver", 1, spend("100"), give("10 %", on="Transaction")),
            priority_number=1,
            is_enrollment_required=True,
        ),
        """
        Tier Silver: spend at least 100.00 EUR, get 10 % off the whole cart.
        Tier Gold: spend at least 200.00 EUR, get 20 % off the whole cart.
        It runs until you end it.
        Customers enroll at any time.
        Only enrolled customers take part.
        It applies automatically, without a coupon.
        It applies at most once per cart.
        It cannot be combined with other order discounts.
        Its priority number is 1, and the lowest number comes first.
        """,
    ),
    "tiers of quantities, one of them not ready": (
        whole(
            tier("3 for 2", 1, buy(3, category="Tea"), give("100 %", category="Tea", only=1)),
            tier("Tier 2", 2, buy(5, category="Tea"), give("100 %", category="Tea", only=2)),
            tier("Last", 10, buy(10, category="Tea")),
            discount_order="LeastExpensive",
            is_active=False,
        ),
        """
        Tier 3 for 2: buy 3 from *Tea*, get the cheapest free.
        Tier 2: buy 5 from *Tea*, get the 2 cheapest free.
        Tier Last: buy 10 from *Tea*, but nothing is discounted yet.
        It is inactive, so nothing happens before it is activated.
        It runs until you end it.
        It applies automatically, without a coupon.
        It applies at most once per cart.
        It cannot be combined with other product discounts.
        It has no priority number, so promotions that have one come first.
        """,
    ),
    "tiered, without tiers": (
        whole(is_tiered=True, **MAY),
        """
        It works in tiers, but has none yet, so nothing is discounted.
        It runs from 1 May 2026 00:00 to 31 May 2026 24:00 Europe/Berlin.
        It applies automatically, without a coupon.
        """,
    ),
    "just made, with nothing in it": (
        whole(is_active=False, is_automatic=False),
        """
        Nothing is discounted yet.
        It is inactive, so nothing happens before it is activated.
        It runs until you end it.
        Customers need a coupon, but there is none yet.
        """,
    ),
    "enrollment for its own sake": (
        whole(
            is_automatic=False,
            is_enrollment_required=True,
            enrollment_start_date=date(2026, 5, 1),
            enrollment_end_date=date(2026, 5, 15),
        ),
        """
        Nothing is discounted yet.
        It runs until you end it.
        Customers enroll from 1 May 2026 to the end of 15 May 2026 in Europe/Berlin.
        Only enrolled customers take part.
        """,
    ),
    "a qualifier, and no target yet": (
        whole(buy(2, category="Shoes"), is_active=False, priority_number=3, **MAY),
        """
        Buy 2 from *Shoes*, but nothing is discounted yet.
        It is inactive, so nothing happens before it is activated.
        It runs from 1 May 2026 00:00 to 31 May 2026 24:00 Europe/Berlin.
        It applies automatically, without a coupon.
        Its priority number is 3, and the lowest number comes first.
        """,
    ),
}
