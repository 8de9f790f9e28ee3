"""A promotion that is over in a month, and an enrollment in it."""

import pytest

from enrollments.models import PromotionPartyUsage
from promotions.models import Promotion
from tests.factories import NOW, enroll_contact, make_contact, make_promotion
from tests.services.usages.records import DAY


@pytest.fixture
def promotion() -> Promotion:
    return make_promotion(end_date_time=NOW + 30 * DAY)


@pytest.fixture
def usage(promotion: Promotion) -> PromotionPartyUsage:
    return enroll_contact(make_contact(), promotion, at=NOW, expiration=NOW + 9 * DAY)
