"""The promotion and the contact that requests to enroll are mostly about."""

import pytest

from enrollments.models import Contact
from promotions.models import Promotion
from tests.factories import make_contact, make_promotion


@pytest.fixture
def promotion() -> Promotion:
    return make_promotion(promotion_code="SUMMER26")


@pytest.fixture
def contact() -> Contact:
    return make_contact(first_name="Zoë", last_name="Straße", email="zoe@Example.COM")
