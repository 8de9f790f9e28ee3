"""A promotion as a list of plain sentences, and as one. Pure."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final
from zoneinfo import ZoneInfo

from promotions.whole import Whole
from promotions.wording import offer, terms
from promotions.wording.states import ACTIVATED, INACTIVE


class Topic(StrEnum):
    """What a sentence is about, in the order in which they are told."""

    OFFER = "offer"
    ANNOUNCEMENT = "announcement"
    STATUS = "status"
    PERIOD = "period"
    ENROLLMENT = "enrollment"
    AUDIENCE = "audience"
    COUPONS = "coupons"
    LIMITS = "limits"
    COMBINATION = "combination"
    ORDER = "order"


@dataclass(frozen=True, slots=True)
class Sentence:
    """One full sentence, with a capital and a full stop."""

    topic: Topic
    text: str


_SUBJECTS: Final = ("It runs ", "It applies ", "It is ", "It ")
"""What is left out of a sentence that is one of many about the same promotion."""


def promotion_sentences(whole: Whole, *, zone: ZoneInfo, commerce: bool = True) -> list[Sentence]:
    """The promotion and its children in plain English, most important first.

    Moments and days are those of ``zone``, the organisation's, and it is named. Names stand in
    asterisks, amounts beside their currency. Without ``commerce``, where the organisation has
    switched the fields about carts off, nothing is said of carts. Nothing depends on the time of
    asking: a promotion that is over is described like any other.
    """
    return [Sentence(topic, text) for topic, text in _told(whole, zone, commerce) if text]


def in_one_sentence(sentences: Sequence[Sentence]) -> str:
    """The sentences as one, without a full stop: ``Buy 2 from *Shoes*, get 20 % off the cheapest;
    from 1 May 2026 00:00 to …; at most once per cart``."""
    clauses = [sentence.text.removesuffix(".") for sentence in sentences]
    return "; ".join([*clauses[:1], *map(_shortened, clauses[1:])])


def _shortened(clause: str) -> str:
    for subject in _SUBJECTS:
        if clause.startswith(subject):
            return clause.removeprefix(subject)
    return clause[:1].lower() + clause[1:]


def _told(whole: Whole, zone: ZoneInfo, commerce: bool) -> Iterator[tuple[Topic, str | None]]:
    promotion = whole.promotion
    if commerce:
        for text in offer.offer_sentences(whole):
            yield Topic.OFFER, text
        yield Topic.ANNOUNCEMENT, offer.announcement(whole)
    if not promotion.is_active:
        yield Topic.STATUS, f"It is {INACTIVE}, so nothing happens before it is {ACTIVATED}."
    yield Topic.PERIOD, terms.period(promotion, zone)
    for text in terms.enrollment(promotion, zone):
        yield Topic.ENROLLMENT, text
    for text in terms.audience(whole):
        yield Topic.AUDIENCE, text
    yield from _told_of_use(whole, zone, commerce)


def _told_of_use(
    whole: Whole, zone: ZoneInfo, commerce: bool
) -> Iterator[tuple[Topic, str | None]]:
    """How it is applied, how often and beside what; without a target these would be idle words."""
    promotion = whole.promotion
    discounts = commerce and bool(whole.targets)
    if commerce:
        yield Topic.COUPONS, terms.application(whole, zone)
    if discounts:
        yield Topic.LIMITS, terms.uses_per_cart(promotion)
    for limit in whole.limits:
        if commerce or limit.type not in terms.CART_LIMITS:
            yield Topic.LIMITS, terms.limit(limit, promotion.currency_iso_code)
    if discounts:
        yield Topic.COMBINATION, terms.combination(whole)
    if discounts or promotion.priority_number is not None:
        yield Topic.ORDER, terms.order(promotion)
