"""A few promotions with customers in them, for tests of what is counted."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from enrollments.models import PromotionPartyUsage
from enrollments.services.enrollments import withdraw
from promotions.figures import TakesLong
from promotions.models import Promotion
from tests.factories import actor, enroll_contact, make_contact, make_offer, make_promotion

DAY = timedelta(days=1)


@dataclass(frozen=True)
class Scene:
    limited: Promotion
    """Three of its four places are taken, one customer was withdrawn, one has used it."""
    unlimited: Promotion
    """Two customers, one through an offer; one whose own period is over."""
    draft: Promotion
    """One customer, paused."""
    empty: Promotion


def takes_long(subject: str, at: datetime) -> Any:
    """How something is counted at once that takes too long for that."""
    raise TakesLong


def make_scene(now: datetime) -> Scene:
    """As it stands at ``now``, which must not lie before the clock's time by much."""
    limited = make_promotion(
        name="Limited", maximum_enrollment_count=4, end_date_time=now + 300 * DAY
    )
    offer = make_offer(promotion=limited, name="Newsletter", code="NEWS")
    unlimited = make_promotion(name="Unlimited")
    draft = make_promotion(name="Draft", is_active=True)
    usages = [
        enroll_contact(make_contact(), limited, at=now - 40 * DAY),
        enroll_contact(make_contact(), limited, at=now - 5 * DAY, offer_id=offer.pk),
        enroll_contact(make_contact(), limited, at=now - 5 * DAY),
        enroll_contact(make_contact(), limited, at=now - 2 * DAY, effective=now + 3 * DAY),
    ]
    withdraw(usages[0].pk, by=actor(), at=now - DAY, reason="Asked for it.")
    PromotionPartyUsage.objects.filter(pk=usages[1].pk).update(usage_count=2)
    enroll_contact(make_contact(), unlimited, at=now - 3 * DAY)
    enroll_contact(
        make_contact(), unlimited, at=now - 3 * DAY, effective=now - 3 * DAY, expiration=now - DAY
    )
    enroll_contact(make_contact(), draft, at=now - DAY)
    Promotion.objects.filter(pk=draft.pk).update(is_active=False)
    empty = make_promotion(name="Empty", is_enrollment_required=False)
    return Scene(limited, unlimited, draft, empty)
