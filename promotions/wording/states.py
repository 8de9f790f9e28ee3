"""The words for how a promotion stands, the same on every page. Pure.

A promotion is *active* or *inactive*, whether it was active once or never; it is *activated* and
*deactivated*. One that is active is scheduled, enrolling or running, and has ended in the end. What
is *paused* is an enrollment, while its promotion is inactive or deleted. The API has names of its
own, which clients know (``PromotionStatus``).
"""

from collections.abc import Mapping
from typing import Final

from promotions.rules import PromotionStatus

ACTIVE: Final = "active"
INACTIVE: Final = "inactive"
ACTIVATED: Final = "activated"
DEACTIVATED: Final = "deactivated"

STATUS_WORDS: Final[Mapping[PromotionStatus, str]] = {
    PromotionStatus.DRAFT: INACTIVE,
    PromotionStatus.SCHEDULED: "scheduled",
    PromotionStatus.ENROLLING: "enrolling",
    PromotionStatus.RUNNING: "running",
    PromotionStatus.ENDED: "ended",
}


def active_or_not(is_active: bool) -> str:
    """The word for the switch alone."""
    return ACTIVE if is_active else INACTIVE
