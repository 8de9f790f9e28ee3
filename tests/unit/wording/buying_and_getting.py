"""Promotions that give who buys something products cheaper or free, with every sentence."""

from datetime import date

from promotions.whole import CouponsInWhole
from tests.unit.wholes import MAY, FakeRule, berlin, buy, give, limit, spend, whole
from tests.unit.wording.sayings import Told

BUYING_AND_GETTING: Told = {
    "the example of the issue": (
        whole(
            buy(2, category="Shoes"),
            give("20 %", category="Shoes", only=1),
            **MAY,
            discount_order="LeastExpensive",
            is_automatic=False,
            is_enrollment_required=True,
            enrollment_end_date=date(2026, 5, 15),
        ),
        """
        Buy 2 from *Shoes*, get 20 % off the cheapest.
        It runs from 1 May 2026 00:00 to 31 May 2026 24:00 Europe/Berlin.
        Customers enroll until the end of 15 May 2026.
        Only enrolled customers take part.
        It applies at most once per cart.
        It cannot be combined with other product discounts.
        It has no priority number, so promotions that have one come first.
        """,
    ),
    "three for two": (
        whole(
            buy(3, category="Socks"),
            give("100 %", category="Socks", only=1),
            discount_order="LeastExpensive",
            maximum_usage_count=5,
        ),
        """
        Buy 3 from *Socks*, get the cheapest free.
        It runs until you end it.
        It applies automatically, without a coupon.
        It applies at most 5 times per cart.
        It cannot be combined with other product discounts.
        It has no priority number, so promotions that have one come first.
        """,
    ),
    "buy one, get one free": (
        whole(
            buy(1, category="Shoes"),
            give("100 %", category="Shoes", only=1),
            are_qual_items_excl_from_discounts=True,
            discount_order="LeastExpensive",
            discount_restriction="LeastExpensive",
            maximum_usage_count=2,
        ),
        """
        Buy 1 from *Shoes*, get 1 more free (the cheapest one).
        Only products that cost no more than the cheapest one bought to qualify are discounted.
        It runs until you end it.
        It applies automatically, without a coupon.
        It applies at most twice per cart.
        It cannot be combined with other product discounts.
        It has no priority number, so promotions that have one come first.
        """,
    ),
    "the second of a product at half price": (
        whole(
            buy(1, product="Runner"),
            give("50 %", product="Runner", only=1),
            are_qual_items_excl_from_discounts=True,
            exclusivity_type="Global",
        ),
        """
        Buy 1 of *Runner*, get 50 % off 1 more.
        It runs until you end it.
        It applies automatically, without a coupon.
        It applies at most once per cart.
        It cannot be combined with any other promotion.
        It has no priority number, so promotions that have one come first.
        """,
    ),
    "shoes bought, socks cheaper, the shoes themselves not": (
        whole(
            buy(1, category="Shoes"),
            give("30 %", category="Socks", only=2),
            are_qual_items_excl_from_discounts=True,
        ),
        """
        Buy 1 from *Shoes*, get 30 % off the 2 most expensive from *Socks*.
        What is bought to qualify is not discounted itself.
        It runs until you end it.
        It applies automatically, without a coupon.
        It applies at most once per cart.
        It cannot be combined with other product discounts.
        It has no priority number, so promotions that have one come first.
        """,
    ),
    "three books for 25 euros": (
        whole(
            buy(3, category="Books"),
            give("25 together", category="Books", only=3, is_min_item_count_required=True),
            maximum_usage_count=10,
        ),
        """
        Buy 3 from *Books*, get the 3 most expensive for 25.00 EUR in total.
        It runs until you end it.
        It applies automatically, without a coupon.
        It applies at most 10 times per cart.
        It cannot be combined with other product discounts.
        It has no priority number, so promotions that have one come first.
        """,
    ),
    "a free gift": (
        whole(buy(2, product="Runner"), give("gift", product="Cap"), **MAY),
        """
        Buy 2 of *Runner*, get 1 of *Cap* as a free gift.
        It runs from 1 May 2026 00:00 to 31 May 2026 24:00 Europe/Berlin.
        It applies automatically, without a coupon.
        It applies at most once per cart.
        It cannot be combined with other product discounts.
        It has no priority number, so promotions that have one come first.
        """,
    ),
    "free gifts to choose, with two coupons": (
        whole(
            spend("200"),
            give("gift", category="Samples", only=3),
            is_automatic=False,
            coupons=CouponsInWhole(2, ["GIFT", "THANKS"], any_without_end=True),
        ),
        """
        Spend at least 200.00 EUR, get 3 from *Samples* as free gifts.
        It runs until you end it.
        Customers enter the coupon GIFT or THANKS.
        It applies at most once per cart.
        It cannot be combined with other product discounts.
        It has no priority number, so promotions that have one come first.
        """,
    ),
    "all of several qualifiers, several rewards": (
        whole(
            buy(1, category="Jackets"),
            buy(1, category="Trousers"),
            give("20 %", category="Jackets", only=1),
            give("100 %", on="Shipping"),
            discount_order="LeastExpensive",
        ),
        """
        Buy 1 from *Jackets* and 1 from *Trousers*, get 20 % off the cheapest from *Jackets* and
            free shipping.
        It runs until you end it.
        It applies automatically, without a coupon.
        It applies at most once per cart.
        It cannot be combined with other product or shipping discounts.
        It has no priority number, so promotions that have one come first.
        """,
    ),
    "accessories of a camera, both of them": (
        whole(
            buy(product="Camera"),
            give("10 %", product="Lens"),
            give("20 off each", category="Bags"),
            target_criteria="All",
        ),
        """
        Buy *Camera*, get 10 % off *Lens* and 20.00 EUR off each product from *Bags*, if both are in
            the cart.
        It runs until you end it.
        It applies automatically, without a coupon.
        It applies at most once per cart.
        It cannot be combined with other product discounts.
        It has no priority number, so promotions that have one come first.
        """,
    ),
    "everything but what is reduced already": (
        whole(
            buy(2, category="Sale", operator="NOT_EQUAL_TO"),
            give("10 %", category="Sale", operator="NOT_EQUAL_TO"),
            start_date_time=berlin("2026-11-27"),
        ),
        """
        Buy 2 products not from *Sale*, get 10 % off everything not from *Sale*.
        It runs from 27 November 2026 00:00 Europe/Berlin until you end it.
        It applies automatically, without a coupon.
        It applies at most once per cart.
        It cannot be combined with other product discounts.
        It has no priority number, so promotions that have one come first.
        """,
    ),
    "two categories, spelled out by line item rules": (
        whole(
            buy(
                2,
                FakeRule("ProductCategory", type_reference_name="Shoes"),
                FakeRule("ProductCategory", type_reference_name="Bags"),
                qualifier_rule_criteria_type="Any",
            ),
            give("25 %", FakeRule("Price", "GREATER_THAN", "50"), category="Belts"),
        ),
        """
        Buy 2 from *Shoes* or *Bags*, get 25 % off everything from *Belts* costing more than 50.00
            EUR.
        It runs until you end it.
        It applies automatically, without a coupon.
        It applies at most once per cart.
        It cannot be combined with other product discounts.
        It has no priority number, so promotions that have one come first.
        """,
    ),
    "dear products of a colour": (
        whole(
            buy(
                1,
                FakeRule("Price", "GREATER_THAN_OR_EQUAL_TO", "80"),
                FakeRule("Attribute", type_value="red"),
            ),
            give("8 off each", product="Polish", only=1),
        ),
        """
        Buy 1 product costing at least 80.00 EUR and with the attribute *red*, get 8.00 EUR off 1 of
            *Polish*.
        It runs until you end it.
        It applies automatically, without a coupon.
        It applies at most once per cart.
        It cannot be combined with other product discounts.
        It has no priority number, so promotions that have one come first.
        """,
    ),
    "in dollars, by the shop's own codes": (
        whole(
            buy(3, code="SHOES-01", worth="60", currency_iso_code="USD"),
            give("5 off total", code="SOCKS-02", currency_iso_code="USD"),
            limit("FinancialLiability", 10000),
            currency_iso_code=None,
        ),
        """
        Buy 3 of *SHOES-01* worth at least 60.00 USD, get 5.00 USD off the total for *SOCKS-02*.
        It runs until you end it.
        It applies automatically, without a coupon.
        It applies at most once per cart.
        Its discounts add up to at most 10,000.00 in total.
        It cannot be combined with other product discounts.
        It has no priority number, so promotions that have one come first.
        """,
    ),
    "money spent on a category, two pieces cheaper": (
        whole(
            buy(category="Garden", worth="75.5"),
            give("5 off each", category="Tools", only=2, is_min_item_count_required=True),
            currency_iso_code=None,
        ),
        """
        Spend at least 75.50 on products from *Garden*, get 5.00 off each of the 2 most expensive
            from *Tools* (only if the cart has at least 2 of them).
        It runs until you end it.
        It applies automatically, without a coupon.
        It applies at most once per cart.
        It cannot be combined with other product discounts.
        It has no priority number, so promotions that have one come first.
        """,
    ),
    "a big basket": (
        whole(
            buy(10),
            give("100 %", only=1),
            discount_order="LeastExpensive",
            is_automatic=False,
        ),
        """
        Buy 10 products, get the cheapest free.
        It runs until you end it.
        Customers need a coupon, but there is none yet.
        It applies at most once per cart.
        It cannot be combined with other product discounts.
        It has no priority number, so promotions that have one come first.
        """,
    ),
    "fabric by the metre": (
        whole(
            buy(2.5, product="Linen"),
            give("1.5 off each", product="Linen"),
            end_date_time=berlin("2026-12-31 12:30"),
        ),
        """
        Buy 2.5 of *Linen*, get 1.50 EUR off each *Linen*.
        It runs until 31 December 2026 12:30 Europe/Berlin.
        It applies automatically, without a coupon.
        It applies at most once per cart.
        It cannot be combined with other product discounts.
        It has no priority number, so promotions that have one come first.
        """,
    ),
}
