"""How promotions read in plain English: promotions as marketers make them, with every sentence.

``test_wording_parts.py`` goes through the single parts.
"""

import re
from datetime import UTC, date, datetime
from decimal import Decimal
from textwrap import dedent
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from promotions.whole import CouponsInWhole, Whole
from promotions.wording import Sentence, Topic, in_one_sentence, promotion_sentences
from promotions.wording.words import in_end, last_day
from tests.unit.wholes import (
    BERLIN,
    FakeRule,
    berlin,
    buy,
    give,
    limit,
    spend,
    tier,
    whole,
)

MAY: Any = {"start_date_time": berlin("2026-05-01"), "end_date_time": berlin("2026-06-01")}

PROMOTIONS: dict[str, tuple[Whole, str]] = {
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
    "just made, with nothing in it": (
        whole(is_active=False, is_automatic=False),
        """
        Nothing is discounted yet.
        It is inactive, so nothing happens before it is activated.
        It runs until you end it.
        Customers need a coupon, but there is none yet.
        """,
    ),
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


def lines(text: str) -> list[str]:
    """A sentence to a line; a line that is indented goes on with the one before."""
    return dedent(text).strip().replace("\n    ", " ").splitlines()


def told(whole: Whole, *, zone: ZoneInfo = BERLIN, commerce: bool = True) -> list[str]:
    return [one.text for one in promotion_sentences(whole, zone=zone, commerce=commerce)]


@pytest.mark.parametrize(("whole", "text"), PROMOTIONS.values(), ids=PROMOTIONS.keys())
def test_a_promotion_in_plain_english(whole: Whole, text: str) -> None:
    assert told(whole) == lines(text)


@pytest.mark.parametrize("whole", [row[0] for row in PROMOTIONS.values()], ids=PROMOTIONS.keys())
def test_every_text_is_one_full_sentence(whole: Whole) -> None:
    for text in told(whole):
        assert text[0].isupper()
        assert text.endswith(".")
        assert "; " not in text
        assert ". " not in text
        assert not re.search(r"None|True|False|_|\s{2}| ,| \.", text)


def test_sentences_come_in_the_order_of_their_topics() -> None:
    order = list(Topic)
    for row in PROMOTIONS.values():
        topics = [order.index(one.topic) for one in promotion_sentences(row[0], zone=BERLIN)]
        assert topics == sorted(topics)


def test_the_example_of_the_issue_in_one_sentence() -> None:
    example = promotion_sentences(PROMOTIONS["the example of the issue"][0], zone=BERLIN)
    assert in_one_sentence(example) == (
        "Buy 2 from *Shoes*, get 20 % off the cheapest; "
        "from 1 May 2026 00:00 to 31 May 2026 24:00 Europe/Berlin; "
        "customers enroll until the end of 15 May 2026; "
        "only enrolled customers take part; "
        "at most once per cart; "
        "cannot be combined with other product discounts; "
        "has no priority number, so promotions that have one come first"
    )


@pytest.mark.parametrize(
    ("texts", "joined"),
    [
        ([], ""),
        (["It runs until you end it."], "It runs until you end it"),
        (
            [
                "Tier Silver: get free shipping.",
                "Tier Gold: get 20 % off *Runner*.",
                "It is inactive, so nothing happens before it is activated.",
                "It can be combined with every promotion that allows it.",
            ],
            "Tier Silver: get free shipping; tier Gold: get 20 % off *Runner*; "
            "inactive, so nothing happens before it is activated; "
            "can be combined with every promotion that allows it",
        ),
    ],
)
def test_in_one_sentence(texts: list[str], joined: str) -> None:
    assert in_one_sentence([Sentence(Topic.OFFER, text) for text in texts]) == joined


# --- Where there are no carts ---------------------------------------------------------------------


def test_without_the_fields_about_carts_nothing_is_said_of_carts() -> None:
    promotion = whole(
        buy(2, category="Shoes"),
        give("20 %", category="Shoes"),
        limit("OrderCount", 5),
        limit("CartItemCount", 5),
        limit("TotalUsage", 7),
        **MAY,
        is_active=False,
        is_approaching_discount_applicable=True,
        is_enrollment_required=True,
        enrollment_end_date=date(2026, 5, 15),
        segments=("Members",),
        priority_number=4,
        coupons=CouponsInWhole(9),
    )
    assert told(promotion, commerce=False) == [
        "It is inactive, so nothing happens before it is activated.",
        "It runs from 1 May 2026 00:00 to 31 May 2026 24:00 Europe/Berlin.",
        "Customers enroll until the end of 15 May 2026.",
        "Only enrolled customers take part.",
        "It is limited to the segment *Members*.",
        "All customers together can use it at most 7 times.",
        "Its priority number is 4, and the lowest number comes first.",
    ]
    assert told(whole(give("20 %")), commerce=False) == ["It runs until you end it."]


def test_the_first_moment_of_the_calendar_breaks_nothing() -> None:
    first = datetime.min.replace(tzinfo=UTC)
    for zone in (ZoneInfo("UTC"), ZoneInfo("Europe/Berlin"), ZoneInfo("America/New_York")):
        assert in_end(first, zone)
        assert last_day(first, zone)
