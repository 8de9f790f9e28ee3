"""What is done to offers: the only writer of them."""

from typing import Final

from enrollments.models import Offer
from promotions.services.records import RecordService

offers: Final = RecordService(Offer, unique=("code_key",))
