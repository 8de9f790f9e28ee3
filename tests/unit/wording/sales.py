"""Promotions that make products cheaper for whoever buys them, with every sentence."""

from datetime import date

from promotions.whole import CouponsInWhole
from tests.unit.wholes import MAY, berlin, give, limit, whole
from tests.unit.wording.sayings import Told

SALES: Told = {
    "a sale of a category": (
        whole(give("20 %", category="Shoes"), **MAY, exclusivity_type="No"),
        """
        Get 20 % off everything from *Shoes*.
        It runs from 1 May 2026 00:00 to 31 May 2026 24:00 Europe/Berlin.
        It applies automatically, without a coupon.
        It applies at most once per cart.
        It can be combined with every promotion that allows it.
        It has no priority number, so promotions that have one come first.
        """,
    ),
    "a sale of one product, with a coupon": (
        whole(
            give("12.5 %", product="Runner"),
            is_automatic=False,
            coupons=CouponsInWhole(1, ["RUN12"], berlin("2026-05-16")),
            end_date_time=berlin("2026-06-01"),
            priority_number=10,
        ),
        """
        Get 12.5 % off *Runner*.
        It runs until 31 May 2026 24:00 Europe/Berlin.
        Customers enter the coupon RUN12, valid until 15 May 2026 24:00 Europe/Berlin.
        It applies at most once per cart.
        It cannot be combined with other product discounts.
        Its priority number is 10, and the lowest number comes first.
        """,
    ),
    "prices of the week": (
        whole(
            give("9.99 each", product="Strap"),
            give("4.50 each", product="Cloth"),
            give("5 %", category="Films"),
            target_criteria="Any",
            start_date_time=berlin("2026-05-04 08:00"),
            end_date_time=berlin("2026-05-09 20:00"),
        ),
        """
        Get each *Strap* for 9.99 EUR, each *Cloth* for 4.50 EUR and 5 % off everything from
            *Films*, whichever are in the cart.
        It runs from 4 May 2026 08:00 to 9 May 2026 20:00 Europe/Berlin.
        It applies automatically, without a coupon.
        It applies at most once per cart.
        It cannot be combined with other product discounts.
        It has no priority number, so promotions that have one come first.
        """,
    ),
    "automatic, and coupons beside it": (
        whole(
            give("5 %", category="Tea"),
            is_enrollment_required=True,
            enrollment_start_date=date(2026, 5, 10),
            end_date_time=berlin("2026-06-01"),
            coupons=CouponsInWhole(3, ["A", "B", "C"], any_without_end=True),
        ),
        """
        Get 5 % off everything from *Tea*.
        It runs until 31 May 2026 24:00 Europe/Berlin.
        Customers enroll from 10 May 2026 until it ends.
        Only enrolled customers take part.
        It applies automatically, so its coupons are not needed.
        It applies at most once per cart.
        It cannot be combined with other product discounts.
        It has no priority number, so promotions that have one come first.
        """,
    ),
    "for loyal customers, capped": (
        whole(
            give("3 off total", product="Coffee"),
            limit("OrderCount", 2, each=True),
            limit("VouchersIssued", 300),
            limit("PointsCredited", 50, each=True),
            segments=("Regulars",),
            **MAY,
        ),
        """
        Get 3.00 EUR off the total for *Coffee*.
        It runs from 1 May 2026 00:00 to 31 May 2026 24:00 Europe/Berlin.
        It is limited to the segment *Regulars*.
        It applies automatically, without a coupon.
        It applies at most once per cart.
        It is applied to at most 2 orders of each customer.
        It issues at most 300 vouchers in total.
        It credits at most 50 points to each customer.
        It cannot be combined with other product discounts.
        It has no priority number, so promotions that have one come first.
        """,
    ),
}
