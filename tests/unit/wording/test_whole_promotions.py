"""How promotions read in plain English: promotions as marketers make them, with every sentence."""

import re
from datetime import date
from textwrap import dedent
from zoneinfo import ZoneInfo

import pytest

from promotions.whole import CouponsInWhole, Whole
from promotions.wording import Sentence, Topic, in_one_sentence, promotion_sentences
from tests.unit.wholes import BERLIN, MAY, buy, give, limit, whole
from tests.unit.wording.buying_and_getting import BUYING_AND_GETTING
from tests.unit.wording.carts_and_shipping import CARTS_AND_SHIPPING
from tests.unit.wording.sales import SALES
from tests.unit.wording.sayings import Told
from tests.unit.wording.tiers_and_drafts import TIERS_AND_DRAFTS

PROMOTIONS: Told = {**BUYING_AND_GETTING, **SALES, **CARTS_AND_SHIPPING, **TIERS_AND_DRAFTS}


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


# --- In one sentence ------------------------------------------------------------------------------


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
