"""Field names of models, objects and the API."""

import pytest

from enrollments.models import Contact, PromotionPartyUsage
from promotions.dictionary import columns_of, property_of
from promotions.models import Promotion, Record
from promotions.naming import object_field_name, property_name

NAMES: list[tuple[type[Record], str, str]] = [
    (Promotion, "name", "name"),
    (Promotion, "promotion_code", "promotionCode"),
    (Promotion, "enrollment_end_date", "enrollmentEndDate"),
    (Promotion, "are_qual_items_excl_from_discounts", "areQualItemsExclFromDiscounts"),
    (Promotion, "currency_iso_code", "currencyIsoCode"),
    (Promotion, "related_promotion", "relatedPromotionId"),
    (Contact, "external_id", "externalId"),
    (Contact, "account", "accountId"),
    (PromotionPartyUsage, "contact", "contactId"),
    (PromotionPartyUsage, "promotion", "promotionId"),
    (PromotionPartyUsage, "enrollment_offer", "enrollmentOfferId"),
    (PromotionPartyUsage, "is_party_enrolled", "isPartyEnrolled"),
    (PromotionPartyUsage, "withdrawn_by", "withdrawnBy"),
]


@pytest.mark.parametrize(("model", "column", "api"), NAMES)
def test_names_both_ways(model: type[Record], column: str, api: str) -> None:
    assert property_of(model, column) == api
    assert columns_of(model, api) == (column,)


@pytest.mark.parametrize("owner", ["owner_user", "owner_group"])
def test_the_owner_is_one_property_whoever_it_is(owner: str) -> None:
    assert property_of(Promotion, owner) == "ownerId"
    assert columns_of(Promotion, "ownerId") == ("owner_user", "owner_group")


def test_what_is_no_property_has_no_columns() -> None:
    assert columns_of(Promotion, "shoeSize") == ()


def test_the_words_of_a_name() -> None:
    assert object_field_name("enrollment_expiration_date_time") == "EnrollmentExpirationDateTime"
    assert property_name("EnrollmentExpirationDateTime") == "enrollmentExpirationDateTime"
