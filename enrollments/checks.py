"""The checks of an enrollment, by name and in the order in which they are asked. Pure.

A check asks a rule of ``enrollments/rules.py`` and is none itself. ``enrollments/deciding.py``
walks them and notes which one refused; ``walked`` says from that what became of each.
"""

from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final, NamedTuple
from zoneinfo import ZoneInfo

from enrollments import rules
from enrollments.facts import OfferFacts, PromotionFacts
from promotions.errors import DomainError


class CheckName(StrEnum):
    """All of them, in order."""

    # What is named is there: of these all errors are told.
    CUSTOMER = "customer"
    PROMOTION = "promotion"
    OFFER = "offer"
    # What is named fits together: after the first error no more are asked.
    ACTIVE = "promotion active"
    NOT_OVER = "promotion not over"
    TAKES_ENROLLMENTS = "promotion takes enrollments"
    WINDOW = "enrollment window"
    OFFER_LEADS_HERE = "offer leads here"
    OFFER_ACTIVE = "offer active"
    PERIOD_ORDER = "period ends after its beginning"
    PERIOD_NOT_OVER = "period not over"
    PERIOD_BEGINS_IN_TIME = "period begins in time"
    PERIOD_ENDS_IN_TIME = "period ends in time"
    ONCE = "once in the request"
    NOT_ENROLLED = "not enrolled"
    PLACE = "place left"


NAMING: Final = (CheckName.CUSTOMER, CheckName.PROMOTION, CheckName.OFFER)
OF_OFFERS: Final = (CheckName.OFFER, CheckName.OFFER_LEADS_HERE, CheckName.OFFER_ACTIVE)
"""Asked only where an offer is named."""


@dataclass(frozen=True, slots=True)
class Terms:
    """What promotion, offer and period say together, at a moment, in the organisation's zone."""

    promotion: PromotionFacts
    offer: OfferFacts | None
    period: rules.Period
    at: datetime
    zone: ZoneInfo


class Check(NamedTuple):
    name: CheckName
    refusal: Callable[[Terms], DomainError | None]


TERMS: Final = (
    Check(CheckName.ACTIVE, lambda t: rules.inactive_refusal(t.promotion)),
    Check(CheckName.NOT_OVER, lambda t: rules.ended_refusal(t.promotion, t.at)),
    Check(CheckName.TAKES_ENROLLMENTS, lambda t: rules.enrollment_not_enabled_refusal(t.promotion)),
    Check(CheckName.WINDOW, lambda t: rules.window_refusal(t.promotion, t.at, t.zone)),
    Check(
        CheckName.OFFER_LEADS_HERE,
        lambda t: None if t.offer is None else _leads_here(t.offer, t.promotion),
    ),
    Check(
        CheckName.OFFER_ACTIVE,
        lambda t: None if t.offer is None else rules.offer_inactive_refusal(t.offer),
    ),
    Check(CheckName.PERIOD_ORDER, lambda t: rules.reversed_refusal(t.period)),
    Check(CheckName.PERIOD_NOT_OVER, lambda t: rules.in_past_refusal(t.period, t.at)),
    Check(
        CheckName.PERIOD_BEGINS_IN_TIME, lambda t: rules.begins_late_refusal(t.period, t.promotion)
    ),
    Check(CheckName.PERIOD_ENDS_IN_TIME, lambda t: rules.ends_early_refusal(t.period, t.promotion)),
)
"""Those about promotion, offer and period, whoever the customer is."""


def _leads_here(offer: OfferFacts, promotion: PromotionFacts) -> DomainError | None:
    return rules.other_promotion_refusal(offer, promotion.key)


class Outcome(StrEnum):
    PASSED = "passed"
    FAILED = "failed"
    NOT_REACHED = "not reached"


def walked(
    refused_by: Collection[CheckName], *, names_offer: bool, alone: bool = True
) -> dict[CheckName, Outcome]:
    """What became of each check that was to be asked, of an item that the checks ``refused_by``
    refused; of an item ``alone`` in its request nobody asks whether it is there once."""
    outcomes = {}
    is_over = False
    for name in CheckName:
        if (name in OF_OFFERS and not names_offer) or (name is CheckName.ONCE and alone):
            continue
        if name not in NAMING and any(other in refused_by for other in NAMING):
            is_over = True
        if is_over:
            outcomes[name] = Outcome.NOT_REACHED
            continue
        outcomes[name] = Outcome.FAILED if name in refused_by else Outcome.PASSED
        is_over = name in refused_by and name not in NAMING
    return outcomes
