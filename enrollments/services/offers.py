"""What is done to offers: the only writer of them."""

from collections.abc import Iterable
from typing import Final

from enrollments.models import Offer
from promotions.errors import DomainError
from promotions.services.records import RecordService


def _problems(offer: Offer) -> Iterable[DomainError]:
    if offer.promotion is not None and offer.promotion.is_deleted:
        yield DomainError(
            "invalid_value", "This promotion was deleted. Name another.", "promotionId"
        )


offers: Final = RecordService(Offer, unique=("code_key",), problems=_problems)
