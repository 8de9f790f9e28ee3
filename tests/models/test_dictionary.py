"""The field dictionary against the described objects, field by field.

``reference/fields.json`` holds their facts: of every object and field that this service offers, the
type, the properties, picklist values, default, and what a reference leads to. Loyalty members are
out of scope, and left out of it.
"""

import json
from pathlib import Path
from typing import Any

import pytest
from django.apps import apps
from django.db import models
from pytest_django import Settings

from enrollments.models import Account, Contact, Offer, PromotionPartyUsage
from promotions.dictionary import every_field_of, field_of_column, fields_of
from promotions.models import Promotion, PromotionLimitUsage, PromotionSegment, Record
from promotions.models.fields import DerivedField

REFERENCE: dict[str, dict[str, dict[str, Any]]] = json.loads(
    (Path(__file__).parent / "reference" / "fields.json").read_text()
)
MODELS: dict[str, type[Record]] = {
    model.object_name: model
    for model in apps.get_models()
    if isinstance(model, type) and issubclass(model, Record)
}
FIELDS = [(object_name, field) for object_name, fields in REFERENCE.items() for field in fields]

SYSTEM = {
    "Id",
    "IsDeleted",
    "CreatedDate",
    "CreatedById",
    "LastModifiedDate",
    "LastModifiedById",
    "SystemModstamp",
}
OWN = {
    "Promotion": {"ExternalId", "MaximumEnrollmentCount", "IsPlaceFreedOnWithdrawal"},
    "PromotionPartyUsage": {"WithdrawnDate", "WithdrawnBy", "WithdrawalReason"},
}
"""What this service adds to the described objects."""


def test_the_reference_is_whole() -> None:
    assert len(REFERENCE) == 14
    assert len(FIELDS) == 150


@pytest.mark.parametrize(("object_name", "name"), FIELDS)
def test_a_field_is_as_the_reference_has_it(object_name: str, name: str) -> None:
    field = every_field_of(MODELS[object_name])[name]
    said = {
        "type": field.type,
        "properties": sorted(field.properties),
        "default": field.default,
        "values": sorted(value for value, _ in field.values),
        "referenceTo": sorted(field.reference_to),
        "relationshipName": field.relationship_name,
    }
    wanted = {
        "default": None,
        "values": [],
        "referenceTo": [],
        "relationshipName": None,
        **REFERENCE[object_name][name],
    }
    assert said == wanted | {"values": sorted(wanted["values"])}


@pytest.mark.parametrize("object_name", REFERENCE)
def test_there_are_no_fields_beyond_the_reference_but_our_own(object_name: str) -> None:
    fields = set(every_field_of(MODELS[object_name]))
    assert fields - set(REFERENCE[object_name]) == SYSTEM | OWN.get(object_name, set())


@pytest.mark.parametrize("model", MODELS.values(), ids=MODELS.keys())
def test_every_column_is_somebodys(model: type[Record]) -> None:
    """What a model stores is in the dictionary, or is the service's own affair."""
    bookkeeping = {"version", "deleted_date", "deleted_with_promotion", "batch"}
    for column in model._meta.concrete_fields:
        hidden = column.name in bookkeeping or isinstance(column, DerivedField)
        hidden |= column.name == "promotion" and "PromotionId" not in every_field_of(model)
        field = field_of_column(model, column.name)
        assert (field is None) == hidden, column.name


@pytest.mark.parametrize("model", MODELS.values(), ids=MODELS.keys())
def test_every_field_can_be_read_and_has_a_label(model: type[Record]) -> None:
    for field in every_field_of(model).values():
        assert field.label
        for column in field.columns:
            assert isinstance(model._meta.get_field(column), models.Field)


def test_types_say_what_can_be_done_with_a_field() -> None:
    fields = every_field_of(Promotion)
    terms, description = fields["TermsAndConditions"], fields["Description"]
    assert (terms.filterable, terms.sortable) == (False, False)
    assert (description.filterable, description.groupable) == (True, False)
    assert not fields["EndDateTime"].groupable
    assert fields["EnrollmentEndDate"].groupable


def test_currencies_are_a_field_only_where_there_are_several(settings: Settings) -> None:
    settings.CURRENCIES = []
    assert "CurrencyIsoCode" not in fields_of(Promotion)
    settings.CURRENCIES = ["EUR", "CHF"]
    field = fields_of(Promotion)["CurrencyIsoCode"]
    assert field.values == (("EUR", "EUR"), ("CHF", "CHF"))
    assert field.nillable
    assert not fields_of(PromotionSegment)["CurrencyIsoCode"].nillable


COMMERCE = {
    "AreQualItemsExclFromDiscounts",
    "DiscountOrder",
    "DiscountRestriction",
    "ExclusivityType",
    "IsApproachingDiscountApplicable",
    "IsAutomatic",
    "IsCommercePromotion",
    "IsTiered",
    "MaximumUsageCount",
    "QualifierCriteria",
    "TargetCriteria",
}


def test_the_fields_about_carts_can_be_switched_off(settings: Settings) -> None:
    settings.COMMERCE_FIELDS = True
    everything = set(fields_of(Promotion))
    settings.COMMERCE_FIELDS = False
    assert everything - set(fields_of(Promotion)) == COMMERCE


def test_the_services_own_affairs_are_no_fields() -> None:
    assert "PromotionId" not in every_field_of(PromotionLimitUsage)
    assert "NameKey" not in every_field_of(Promotion)
    assert "Version" not in every_field_of(Promotion)


@pytest.mark.parametrize(
    ("model", "name", "type_"),
    [
        (Account, "Name", "string"),
        (Account, "ExternalId", "string"),
        (Contact, "Email", "email"),
        (Contact, "Phone", "phone"),
        (Contact, "AccountId", "reference"),
        (Offer, "PromotionId", "reference"),
        (Offer, "IsActive", "boolean"),
        (PromotionPartyUsage, "WithdrawnDate", "dateTime"),
    ],
)
def test_objects_beside_the_described_ones(model: type[Record], name: str, type_: str) -> None:
    assert every_field_of(model)[name].type == type_
