"""Customers: accounts (companies, households) and contacts (people)."""

from typing import Any, ClassVar, Final

from django.core.validators import MaxValueValidator, RegexValidator
from django.db import models
from django.db.models import F, Q, Value
from django.db.models.functions import Coalesce, Concat, Trim

from enrollments.phones import phone_key
from enrollments.spelling import name_words
from promotions import ids
from promotions.models.base import DerivedField, FoldedField, Record, RecordManager, not_blank
from promotions.models.facts import Facts, constant, read_only
from promotions.models.fields import EXTERNAL_ID_HELP, LARGEST_NUMBER, MoneyField, TextArea

_PROFILE: Final = (
    "type",
    "parent",
    "billing_street",
    "billing_city",
    "billing_state",
    "billing_postal_code",
    "billing_country",
    "shipping_street",
    "shipping_city",
    "shipping_state",
    "shipping_postal_code",
    "shipping_country",
    "phone",
    "fax",
    "account_number",
    "website",
    "sic",
    "industry",
    "annual_revenue",
    "number_of_employees",
    "ownership",
    "ticker_symbol",
    "description",
    "rating",
    "site",
    "jigsaw",
    "account_source",
    "sic_desc",
)
"""What existing clients keep of an account; nothing here depends on it."""


def _noted(length: int) -> Any:
    return models.CharField(max_length=length, null=True, blank=True)


class NameWordsField(DerivedField):
    """The words of a name, in the spellings by which people look for it."""

    derive = staticmethod(name_words)


class Account(Record):
    """A company, a household: a customer that contacts can belong to."""

    key_prefix: ClassVar = ids.ACCOUNT
    viewable: ClassVar = False
    field_facts: ClassVar = {
        "name": Facts(id_lookup=True),
        "external_id": Facts(id_lookup=True, external_id=True),
        **{name: Facts(objects_only=True) for name in _PROFILE},
        "phone": Facts(type="phone", objects_only=True),
        "fax": Facts(type="phone", objects_only=True),
        "website": Facts(type="url", objects_only=True),
        # Filled in nowhere, but tables that clients bring have a column for it.
        "jigsaw_company_id": constant(
            None, models.CharField(), type="string", length=20, objects_only=True
        ),
    }

    name = models.CharField(max_length=255)
    name_key = FoldedField("name")
    name_words = NameWordsField("name")
    external_id = models.CharField(
        max_length=255, null=True, blank=True, help_text=EXTERNAL_ID_HELP
    )

    type = _noted(255)
    parent = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="+", db_index=False
    )
    billing_street = _noted(255)
    billing_city = _noted(40)
    billing_state = _noted(80)
    billing_postal_code = _noted(20)
    billing_country = _noted(80)
    shipping_street = _noted(255)
    shipping_city = _noted(40)
    shipping_state = _noted(80)
    shipping_postal_code = _noted(20)
    shipping_country = _noted(80)
    phone = _noted(40)
    fax = _noted(40)
    account_number = _noted(40)
    website = _noted(255)
    sic = _noted(20)
    industry = _noted(255)
    annual_revenue = MoneyField()
    number_of_employees = models.PositiveIntegerField(
        null=True, blank=True, validators=[MaxValueValidator(LARGEST_NUMBER)]
    )
    ownership = _noted(255)
    ticker_symbol = _noted(20)
    description = TextArea()
    rating = _noted(255)
    site = _noted(80)
    jigsaw = _noted(20)
    account_source = _noted(255)
    sic_desc = _noted(80)

    objects = RecordManager["Account"]()

    class Meta(Record.Meta):
        indexes = [
            models.Index(
                name="account_name_key", fields=["name_key"], opclasses=["text_pattern_ops"]
            ),
            models.Index(name="account_by_name", fields=["name_key", "id"]),
            models.Index(name="account_created", fields=["created_date", "id"]),
            models.Index(name="account_modified", fields=["last_modified_date", "id"]),
        ]
        constraints = [
            *Record.Meta.constraints,
            models.UniqueConstraint(
                name="account_external_id_once",
                fields=["external_id"],
                condition=Q(is_deleted=False),
            ),
            models.CheckConstraint(name="account_name_not_blank", condition=~Q(name="")),
            not_blank("external_id", on="account"),
        ]

    def __str__(self) -> str:
        return self.name


class PhoneKeyField(DerivedField):
    """A telephone number as it is looked up, however it was written."""

    derive = staticmethod(phone_key)


class Contact(Record):
    """A person."""

    key_prefix: ClassVar = ids.CONTACT
    viewable: ClassVar = False
    field_facts: ClassVar = {
        "email": Facts(type="email", id_lookup=True, groupable=True),
        "phone": Facts(type="phone"),
        "external_id": Facts(id_lookup=True, external_id=True),
        "name": read_only(
            computed=True,
            objects_only=True,
            length=511,
            label="full name",
            expression=lambda path: Trim(
                Concat(Coalesce(F(f"{path}first_name"), Value("")), Value(" "), f"{path}last_name")
            ),
        ),
    }

    account = models.ForeignKey(
        Account, models.PROTECT, null=True, blank=True, related_name="contacts"
    )
    first_name = models.CharField(max_length=255, null=True, blank=True)
    first_name_key = FoldedField("first_name")
    first_name_words = NameWordsField("first_name")
    last_name = models.CharField(max_length=255)
    last_name_key = FoldedField("last_name")
    last_name_words = NameWordsField("last_name")
    email = models.CharField(
        max_length=254,
        null=True,
        blank=True,
        verbose_name="e-mail",
        # Not Django's check: it refuses addresses that exist, such as those with umlauts.
        validators=[
            RegexValidator(r"^[^@\s]+@[^@\s]+$", "Write an address such as name@example.com.")
        ],
    )
    email_key = FoldedField("email")
    phone = models.CharField(max_length=40, null=True, blank=True)
    phone_key = PhoneKeyField("phone")
    external_id = models.CharField(
        max_length=255, null=True, blank=True, help_text=EXTERNAL_ID_HELP
    )

    objects = RecordManager["Contact"]()

    class Meta(Record.Meta):
        permissions = [("view_personal_data", "Can see customers' names, addresses and numbers")]
        # text_pattern_ops serves both equality and "begins with" on PostgreSQL.
        indexes = [
            models.Index(
                name="contact_email_key", fields=["email_key"], opclasses=["text_pattern_ops"]
            ),
            models.Index(
                name="contact_last_name_key",
                fields=["last_name_key", "first_name_key"],
                opclasses=["text_pattern_ops", "text_pattern_ops"],
            ),
            models.Index(
                name="contact_first_name_key",
                fields=["first_name_key"],
                opclasses=["text_pattern_ops"],
            ),
            models.Index(name="contact_by_last_name", fields=["last_name_key", "id"]),
            models.Index(name="contact_phone", fields=["phone"]),
            models.Index(
                name="contact_phone_key", fields=["phone_key"], opclasses=["text_pattern_ops"]
            ),
            models.Index(name="contact_created", fields=["created_date", "id"]),
            models.Index(name="contact_modified", fields=["last_modified_date", "id"]),
        ]
        constraints = [
            *Record.Meta.constraints,
            models.UniqueConstraint(
                name="contact_external_id_once",
                fields=["external_id"],
                condition=Q(is_deleted=False),
            ),
            models.CheckConstraint(name="contact_last_name_not_blank", condition=~Q(last_name="")),
            *(
                not_blank(field, on="contact")
                for field in ("first_name", "email", "phone", "external_id")
            ),
        ]

    def __str__(self) -> str:
        return self.full_name

    @property
    def name(self) -> str:
        return self.full_name

    @property
    def full_name(self) -> str:
        return f"{self.first_name} {self.last_name}" if self.first_name else self.last_name
