"""Would an enrollment be accepted now? What the rules say, check by check; nothing is written."""

from dataclasses import dataclass, replace
from datetime import datetime
from zoneinfo import ZoneInfo

from django.conf import settings

from enrollments.checks import CheckName, Outcome, walked
from enrollments.deciding import Decision, decide
from enrollments.facts import PromotionFacts
from enrollments.services.loading import read_facts
from enrollments.services.places import places_taken
from enrollments.wire import Item
from promotions.actors import Actor
from promotions.errors import DomainError
from promotions.models import Promotion


@dataclass(frozen=True, slots=True)
class Explanation:
    """What ``decide`` says of an item, and what became of each of its checks."""

    decision: Decision
    outcomes: dict[CheckName, Outcome]

    @property
    def errors(self) -> tuple[DomainError, ...]:
        """The reasons against it; none where it would be accepted."""
        return self.decision.errors


def explain(item: Item, *, by: Actor, at: datetime) -> Explanation:
    """Whether the customer that ``item`` names would be enrolled at the moment ``at``, by the same
    reading and deciding as a call; ``by`` says what can be seen."""
    facts = read_facts([item], by, hold=False)
    facts.promotions = {name: _counted(one) for name, one in facts.promotions.items()}
    [decision] = decide([item], facts, at, ZoneInfo(settings.TIME_ZONE))
    return Explanation(decision, walked(decision.refused_by, names_offer=item.names_offer))


def _counted(promotion: PromotionFacts) -> PromotionFacts:
    """With the places that are taken, where it has a limit; what a call would keep isn't here."""
    if promotion.maximum_enrollment_count is None or promotion.taken is not None:
        return promotion
    return replace(promotion, taken=places_taken(Promotion.objects.get(pk=promotion.key)))
