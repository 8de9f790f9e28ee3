"""The checks of an enrollment in words: what each expects, and what was found. Words only: what
passes and what fails is decided by the rules."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, NamedTuple

from enrollments.checks import CheckName, Outcome
from enrollments.deciding import Decision
from enrollments.facts import PromotionFacts
from enrollments.models import PromotionPartyUsage
from enrollments.services.explaining import Explanation
from enrollments.standing import STANDING_OF, Cause, Standing, cause, standing
from promotions.admin.moments import organisation_zone, show_day, show_moment
from promotions.admin.refusals import for_people
from promotions.admin.site import badge
from promotions.errors import CATALOGUE
from promotions.ids import PROMOTION_PARTY_USAGE, MalformedId, decode
from promotions.moments import day_in
from promotions.wording.states import ACTIVE, INACTIVE, active_or_not

NOT_REACHED: Final = "Not looked at: a check before it failed."


@dataclass(frozen=True, slots=True)
class Seen:
    """What was decided on, and when."""

    decision: Decision
    customer: str
    """What the customer is called; empty where there is none."""
    at: datetime

    @property
    def promotion(self) -> PromotionFacts:
        assert self.decision.promotion is not None  # later checks aren't reached without
        return self.decision.promotion


class Words(NamedTuple):
    title: str
    expected: str
    found: Callable[[Seen], str]


@dataclass(frozen=True, slots=True)
class Row:
    """A check, as the page shows it."""

    title: str
    outcome: str
    expected: str
    found: str

    @property
    def badge(self) -> str:
        return badge(self.outcome)


def rows(explanation: Explanation, customer: str, at: datetime) -> list[Row]:
    """All checks in their order; ``customer`` is what the customer is called to who reads it."""
    seen = Seen(explanation.decision, customer, at)
    shown = []
    for name, outcome in explanation.outcomes.items():
        words = WORDS[name]
        found = NOT_REACHED if outcome is Outcome.NOT_REACHED else words.found(seen)
        shown.append(Row(words.title, outcome.value, words.expected, found))
    return shown


# --- What was found -------------------------------------------------------------------------------


def _customer(seen: Seen) -> str:
    refused = CheckName.CUSTOMER in seen.decision.refused_by
    return seen.decision.errors[0].detail if refused else seen.customer


def _promotion(seen: Seen) -> str:
    found = seen.decision.promotion
    if found is None:
        return "There is none, it was deleted, or it is not shared with you."
    return f"{found.name} ({found.code})" if found.code else found.name


def _offer(seen: Seen) -> str:
    return "There is none." if seen.decision.offer is None else seen.decision.offer.code


def _window(seen: Seen) -> str:
    opens, closes = seen.promotion.enrollment_start_date, seen.promotion.enrollment_end_date
    zone = organisation_zone()
    today = f"Today is {show_day(day_in(zone, seen.at))} ({zone.key})"
    first = f"opens on {show_day(opens)}" if opens else "is open from the beginning"
    last = f"closes at the end of {show_day(closes)}" if closes else "does not close"
    return f"{today}. Enrollment {first} and {last}."


def _offer_leads(seen: Seen) -> str:
    leads = None if seen.decision.offer is None else seen.decision.offer.promotion_id
    if leads is None:
        return "It leads to any promotion."
    own = leads == seen.promotion.key
    return "It leads to this promotion." if own else "It belongs to another promotion."


def _offer_active(seen: Seen) -> str:
    offer = seen.decision.offer
    return f"It is {active_or_not(offer is not None and offer.is_active)}."


def _period(seen: Seen) -> str:
    begins, ends = seen.decision.period
    until = f"to {show_moment(ends, ends=True)}" if ends else "until the promotion ends"
    return f"From {show_moment(begins)} {until}."


def _begins_in_time(seen: Seen) -> str:
    begins = show_moment(seen.decision.period.effective)
    return f"It would begin {begins}. {_end(seen)}"


def _ends_in_time(seen: Seen) -> str:
    ends, start = seen.decision.period.expiration, seen.promotion.start_date_time
    own = f"It would end {show_moment(ends, ends=True)}." if ends else "It has no end of its own."
    begins = show_moment(start, otherwise="none, it applies at any time")
    return f"{own} The promotion's beginning: {begins}."


def _end(seen: Seen) -> str:
    end = seen.promotion.end_date_time
    return (
        f"The promotion's end: {show_moment(end, ends=True)}."
        if end
        else "The promotion has no end."
    )


def _record(seen: Seen) -> str:
    existing: Any = seen.decision.customer.existing
    if existing is None:
        return "No enrollment in this promotion yet."
    number = PromotionPartyUsage(pk=existing.pk).name
    if existing.is_deleted:
        return f"{number} was deleted; the customer can be enrolled again."
    return f"{number} is {standing(existing, seen.promotion, seen.at)}."


def _place(seen: Seen) -> str:
    limit = seen.promotion.maximum_enrollment_count
    if limit is None:
        return "As many customers as like."
    return f"{seen.promotion.taken or 0:,} of {limit:,} places are taken."


WORDS: Final[Mapping[CheckName, Words]] = {
    CheckName.CUSTOMER: Words("The customer", "Exactly one customer, not deleted", _customer),
    CheckName.PROMOTION: Words("The promotion", "It exists and is not deleted", _promotion),
    CheckName.OFFER: Words("The offer", "It exists and is not deleted", _offer),
    CheckName.ACTIVE: Words(
        "Promotion is active",
        f"It is {ACTIVE}",
        lambda s: f"It is {active_or_not(s.promotion.is_active)}.",
    ),
    CheckName.NOT_OVER: Words("Promotion is not over", "Its end is still to come", _end),
    CheckName.TAKES_ENROLLMENTS: Words(
        "Promotion takes enrollments",
        "Customers enroll in it",
        lambda s: (
            "Customers enroll in it."
            if s.promotion.is_enrollment_required
            else "It applies without enrolling, so nobody can enroll."
        ),
    ),
    CheckName.WINDOW: Words(
        "Enrollment is open", "Today is one of the days of enrollment", _window
    ),
    CheckName.OFFER_LEADS_HERE: Words(
        "Offer fits", "It leads to this promotion or to any", _offer_leads
    ),
    CheckName.OFFER_ACTIVE: Words("Offer is active", f"It is {ACTIVE}", _offer_active),
    CheckName.PERIOD_ORDER: Words("Own period", "It ends after it begins", _period),
    CheckName.PERIOD_NOT_OVER: Words(
        "Own period is not over", "Its end, if any, is still to come", _period
    ),
    CheckName.PERIOD_BEGINS_IN_TIME: Words(
        "Own period begins in time", "It begins before the promotion ends", _begins_in_time
    ),
    CheckName.PERIOD_ENDS_IN_TIME: Words(
        "Own period ends late enough", "It ends after the promotion begins", _ends_in_time
    ),
    CheckName.ONCE: Words("Once in the call", "The call names the customer once", lambda s: "–"),
    CheckName.NOT_ENROLLED: Words(
        "Not enrolled already", "No enrollment, or one that is withdrawn or expired", _record
    ),
    CheckName.PLACE: Words(
        "A place is left", "Fewer are taken than there are, or the customer keeps one", _place
    ),
}


# --- What was wrong with a call that was refused --------------------------------------------------

WAS_WRONG: Final[Mapping[str, str]] = {
    "customer_not_found": "Customer was not found",
    "customer_ambiguous": "Several customers matched",
    "account_contact_mismatch": "Contact did not belong to the account",
    "promotion_not_found": "Promotion was not found",
    "offer_not_found": "Offer was not found",
    "promotion_inactive": f"Promotion was {INACTIVE}",
    "promotion_ended": "Promotion was over",
    "enrollment_not_enabled": "Promotion took no enrollments",
    "enrollment_not_open": "Enrollment was not open yet",
    "enrollment_closed": "Enrollment was closed",
    "offer_not_for_promotion": "Offer belonged to another promotion",
    "offer_inactive": f"Offer was {INACTIVE}",
    "period_reversed": "Own period ended before it began",
    "period_in_past": "Own period was over already",
    "period_outside_promotion": "Own period missed the promotion's",
    "duplicate_in_request": "Call named the customer twice",
    "already_enrolled": "Customer was enrolled already",
    "enrollment_limit_reached": "No place was left",
}
"""By code, what a check found that failed. As it was then: since, it may have changed."""


def what_was_wrong(code: str) -> str:
    """Why a kept call was refused, in a few words, for its error's code; of a call that could not
    be read the words of the catalogue."""
    return WAS_WRONG.get(code) or (CATALOGUE[code].title if code in CATALOGUE else code)


def is_malformed(code: str) -> bool:
    """Whether the code of a kept call tells that it could not be read: no rule was asked."""
    return code not in WAS_WRONG


_ENROLLMENT: Final = re.compile(rf"\b{PROMOTION_PARTY_USAGE}[0-9A-Za-z]{{15}}\b", re.ASCII)


def in_words(detail: str) -> str:
    """A reason as staff read it: enrollments by their numbers, where callers are told ids."""
    return _ENROLLMENT.sub(_number, for_people(detail))


def _number(found: re.Match[str]) -> str:
    try:
        return PromotionPartyUsage(pk=decode(PROMOTION_PARTY_USAGE, found[0])).name
    except MalformedId:
        return found[0]


# --- Where a customer stands ----------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Stands:
    """Where the customer of an enrollment stands."""

    word: Standing
    lead: str
    """Whether the promotion applies to the customer, in a few words."""
    because: str
    """Which condition decides that."""


def where_stands(usage: Any, at: datetime) -> Stands:
    """Where the customer of an enrollment stands at the moment ``at``, and why."""
    why = cause(usage, usage.promotion, at)
    word = STANDING_OF[why]
    return Stands(word, _LEADS[word], _CAUSES[why](usage))


_LEADS: Final[Mapping[Standing, str]] = {
    Standing.ACTIVE: "Enrolled: the promotion applies to this customer now",
    Standing.SCHEDULED: "Enrolled, but the promotion does not apply to this customer yet",
    Standing.PAUSED: "Enrolled, but paused: the promotion does not apply now",
    Standing.EXPIRED: "The enrollment has expired: the promotion does not apply any more",
    Standing.WITHDRAWN: "The enrollment was withdrawn: the promotion does not apply",
}


_CAUSES: Final[Mapping[Cause, Callable[[Any], str]]] = {
    Cause.WITHDRAWN: lambda u: f"It was withdrawn on {show_moment(u.withdrawn_date)}.",
    Cause.OWN_PERIOD_OVER: lambda u: (
        "The customer's own period ended on "
        f"{show_moment(u.enrollment_expiration_date_time, ends=True)}."
    ),
    Cause.PROMOTION_OVER: lambda u: (
        f"The promotion ended on {show_moment(u.promotion.end_date_time, ends=True)}."
    ),
    Cause.PROMOTION_DELETED: lambda u: "The promotion is in the recycle bin.",
    Cause.PROMOTION_INACTIVE: lambda u: f"The promotion is {INACTIVE}.",
    Cause.OWN_PERIOD_TO_COME: lambda u: (
        f"The customer's own period begins on {show_moment(u.enrollment_effective_date_time)}."
    ),
    Cause.PROMOTION_TO_COME: lambda u: (
        f"The promotion begins on {show_moment(u.promotion.start_date_time)}."
    ),
    Cause.NOTHING_AGAINST: lambda u: (
        "The promotion is running, and so is the customer's own period."
    ),
}
