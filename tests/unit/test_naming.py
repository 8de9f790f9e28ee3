"""Field names of the API and of the models, both ways."""

import pytest

from enrollments.services.history import field_label
from promotions.naming import api_name, model_name

NAMES = [
    ("name", "name"),
    ("promotion_code", "promotionCode"),
    ("enrollment_end_date", "enrollmentEndDate"),
    ("are_qual_items_excl_from_discounts", "areQualItemsExclFromDiscounts"),
    ("currency_iso_code", "currencyIsoCode"),
    ("external_id", "externalId"),
    ("account", "accountId"),
    ("contact", "contactId"),
    ("promotion", "promotionId"),
    ("enrollment_offer", "enrollmentOfferId"),
    ("is_party_enrolled", "isPartyEnrolled"),
    ("withdrawn_by", "withdrawnBy"),
]


@pytest.mark.parametrize(("model", "api"), NAMES)
def test_names_both_ways(model: str, api: str) -> None:
    assert api_name(model) == api
    assert model_name(api) == model


@pytest.mark.parametrize("owner", ["owner_user", "owner_group"])
def test_the_owner_is_one_property_whoever_it_is(owner: str) -> None:
    assert api_name(owner) == "ownerId"


def test_history_names_fields_as_the_object_does() -> None:
    assert field_label("enrollment_expiration_date_time") == "EnrollmentExpirationDateTime"
    assert field_label("enrollment_offer") == "EnrollmentOfferId"
