"""Promotions that make the whole cart or its shipping cheaper, with every sentence."""

from datetime import date
from decimal import Decimal

from promotions.whole import CouponsInWhole
from tests.unit.wholes import MAY, buy, give, limit, spend, whole
from tests.unit.wording.sayings import Told

CARTS_AND_SHIPPING: Told = {
    "free shipping from 50 euros, announced": (
        whole(
            spend("50", approaching_discount_threshold=Decimal(30)),
            give("100 %", on="Shipping"),
            is_approaching_discount_applicable=True,
            exclusivity_type="No",
        ),
        """
        Spend at least 50.00 EUR, get free shipping.
        Shops tell customers how much is missing for the discount once the cart reaches 30.00 EUR.
        It runs until you end it.
        It applies automatically, without a coupon.
        It applies at most once per cart.
        It can be combined with every promotion that allows it.
        It has no priority number, so promotions that have one come first.
        """,
    ),
    "cheaper standard shipping for members": (
        whole(
            give("2.50 off cart", on="StandardShippingRate"),
            segments=("Members",),
            priority_number=0,
        ),
        """
        Get 2.50 EUR off standard shipping.
        It runs until you end it.
        It is limited to the segment *Members*.
        It applies automatically, without a coupon.
        It applies at most once per cart.
        It cannot be combined with other shipping discounts.
        Its priority number is 0, and the lowest number comes first.
        """,
    ),
    "ten euros off the cart with one of many coupons": (
        whole(
            spend("100"),
            give("10 off cart", on="Transaction"),
            limit("TotalUsage", 1000),
            limit("UsagePerCustomer", 1, each=True),
            is_automatic=False,
            coupons=CouponsInWhole(1200, any_without_end=True),
        ),
        """
        Spend at least 100.00 EUR, get 10.00 EUR off the whole cart.
        It runs until you end it.
        Customers enter one of its 1,200 coupons.
        It applies at most once per cart.
        All customers together can use it at most 1,000 times.
        Each customer can use it at most once.
        It cannot be combined with other order discounts.
        It has no priority number, so promotions that have one come first.
        """,
    ),
    "a percentage off the cart for enrolled members": (
        whole(
            give("10 %", on="Transaction"),
            segments=("Members", "German shops"),
            is_enrollment_required=True,
            enrollment_start_date=date(2026, 4, 1),
            enrollment_end_date=date(2026, 4, 30),
            maximum_enrollment_count=500,
            **MAY,
        ),
        """
        Get 10 % off the whole cart.
        It runs from 1 May 2026 00:00 to 31 May 2026 24:00 Europe/Berlin.
        Customers enroll from 1 April 2026 to the end of 30 April 2026.
        At most 500 customers can be enrolled.
        Only enrolled customers take part.
        It is limited to the segments *Members* and *German shops*.
        It applies automatically, without a coupon.
        It applies at most once per cart.
        It cannot be combined with other order discounts.
        It has no priority number, so promotions that have one come first.
        """,
    ),
    "any of several qualifiers": (
        whole(
            buy(2, category="Shoes"),
            buy(1, product="Coat"),
            spend("150"),
            give("15 %", on="Transaction"),
            qualifier_criteria="Any",
        ),
        """
        Buy 2 from *Shoes*, buy 1 of *Coat* or spend at least 150.00 EUR, get 15 % off the whole
            cart.
        It runs until you end it.
        It applies automatically, without a coupon.
        It applies at most once per cart.
        It cannot be combined with other order discounts.
        It has no priority number, so promotions that have one come first.
        """,
    ),
}
