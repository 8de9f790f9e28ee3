"""PromotionPartyUsage, the enrollment record, and its history."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from enrollments.models.customers import Account, Contact
from enrollments.models.offers import Offer
from promotions import ids
from promotions.actors import Source
from promotions.models import HistoryRow, Promotion
from promotions.models.base import Record, RecordManager
from promotions.models.facts import Facts, fixed, read_only


class PromotionPartyUsage(Record):
    """A customer's one record in a promotion, for ever; partners track its id.

    The party is the contact, or the account where no contact is named. Written by
    ``enrollments.services`` alone; what it is as an object is in docs/decisions/0021. Source: the
    enrollment contract, rule 8 and "Where a customer stands".
    """

    key_prefix: ClassVar = ids.PROMOTION_PARTY_USAGE
    promotion_path: ClassVar = "promotion"
    number_letters: ClassVar = "PPU"
    field_facts: ClassVar = {
        "type": read_only(nillable=True),
        "account": read_only(),
        "contact": read_only(),
        "party_id": fixed(
            computed=True,
            type="reference",
            reference_to=("Account", "Contact"),
            columns=("contact", "account"),
        ),
        # The columns always have a value; who creates a record may leave it out.
        "enrollment_effective_date_time": Facts(nillable=True),
        "is_party_enrolled": Facts(default=False),
        "usage_count": Facts(
            type="double", nillable=True, groupable=False, defaulted_on_create=False
        ),
        "order_count": Facts(nillable=True, defaulted_on_create=False),
        "issued_voucher_count": Facts(nillable=True, defaulted_on_create=False),
        "points_credited": Facts(nillable=True, defaulted_on_create=False),
        "withdrawn_date": read_only(),
        "withdrawn_by": read_only(name="WithdrawnBy"),
        "withdrawal_reason": read_only(),
    }

    class Type(models.TextChoices):
        ACCOUNT = "Account"
        CONTACT = "Contact"

    promotion = models.ForeignKey(
        Promotion, models.PROTECT, related_name="party_usages", db_index=False
    )
    type = models.CharField(max_length=20, choices=Type)
    account = models.ForeignKey(
        Account, models.PROTECT, null=True, related_name="party_usages", db_index=False
    )
    contact = models.ForeignKey(
        Contact, models.PROTECT, null=True, related_name="party_usages", db_index=False
    )
    enrollment_offer = models.ForeignKey(
        Offer, models.PROTECT, null=True, related_name="party_usages", db_index=False
    )

    is_party_enrolled = models.BooleanField(default=True)
    enrollment_effective_date_time = models.DateTimeField()
    enrollment_expiration_date_time = models.DateTimeField(null=True)
    withdrawn_date = models.DateTimeField(null=True)
    withdrawn_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", db_index=False
    )
    withdrawal_reason = models.TextField(null=True)

    usage_count = models.PositiveIntegerField(default=0)
    order_count = models.PositiveIntegerField(default=0)
    issued_voucher_count = models.PositiveIntegerField(default=0)
    points_credited = models.DecimalField(max_digits=18, decimal_places=2, default=0)
    additional_attribute_info = models.JSONField(null=True)

    objects = RecordManager["PromotionPartyUsage"]()

    class Meta(Record.Meta):
        verbose_name = "enrollment"
        verbose_name_plural = "enrollments"
        # Each is written for every enrollment that it holds: what reads it, and what it costs, is
        # in docs/decisions/0015-indexes.md.
        indexes = [
            models.Index(name="usage_created", fields=["created_date", "id"]),
            # A promotion's enrollments, page by page, and how many: without a look at each of them.
            models.Index(
                name="usage_by_promotion", fields=["promotion", "id"], include=["is_deleted"]
            ),
            # What changed since a partner last looked.
            models.Index(name="usage_modified", fields=["last_modified_date", "id"]),
            # The few among very many.
            models.Index(
                name="usage_by_account",
                fields=["account", "id"],
                condition=Q(account__isnull=False),
            ),
            models.Index(
                name="usage_by_offer",
                fields=["enrollment_offer", "id"],
                condition=Q(enrollment_offer__isnull=False),
            ),
            models.Index(name="usage_of_account", fields=["id"], condition=Q(type="Account")),
            models.Index(
                name="usage_by_expiration",
                fields=["enrollment_expiration_date_time", "id"],
                condition=Q(enrollment_expiration_date_time__isnull=False),
            ),
            models.Index(
                name="usage_begins_later",
                fields=["enrollment_effective_date_time", "id"],
                condition=Q(enrollment_effective_date_time__gt=F("created_date")),
            ),
            models.Index(
                name="usage_withdrawn", fields=["id"], condition=Q(is_party_enrolled=False)
            ),
            models.Index(
                name="usage_by_withdrawal",
                fields=["withdrawn_date", "id"],
                condition=Q(withdrawn_date__isnull=False),
            ),
        ]
        constraints = [
            *Record.Meta.constraints,
            # The party first: the same index answers what a customer is enrolled in.
            models.UniqueConstraint(
                name="usage_once_per_promotion_and_contact", fields=["contact", "promotion"]
            ),
            models.UniqueConstraint(
                name="usage_once_per_promotion_and_account",
                fields=["account", "promotion"],
                condition=Q(contact=None),
            ),
            models.CheckConstraint(
                name="usage_type_names_party",
                condition=Q(type="Contact", contact__isnull=False)
                | Q(type="Account", contact=None, account__isnull=False),
            ),
            models.CheckConstraint(
                name="usage_expires_after_effective",
                condition=Q(enrollment_expiration_date_time=None)
                | Q(enrollment_expiration_date_time__gt=F("enrollment_effective_date_time")),
            ),
            models.CheckConstraint(
                name="usage_withdrawn_with_date_person_reason",
                condition=Q(
                    is_party_enrolled=True,
                    withdrawn_date=None,
                    withdrawn_by=None,
                    withdrawal_reason=None,
                )
                | Q(
                    is_party_enrolled=False,
                    withdrawn_date__isnull=False,
                    withdrawn_by__isnull=False,
                    withdrawal_reason__isnull=False,
                )
                & ~Q(withdrawal_reason=""),
            ),
            models.CheckConstraint(
                name="usage_points_not_negative", condition=Q(points_credited__gte=0)
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def name(self) -> str:
        """The number that people quote, such as ``PPU-000000042``."""
        return self.number

    @property
    def party(self) -> Account | Contact:
        """The customer who is enrolled."""
        party = self.contact or self.account
        assert party is not None  # usage_type_names_party
        return party


class PromotionPartyUsageHistory(HistoryRow):
    """What happened to an enrollment."""

    key_prefix: ClassVar = ids.PROMOTION_PARTY_USAGE_HISTORY
    field_facts: ClassVar = {
        "usage": read_only(name="PromotionPartyUsageId", relationship_name="PromotionPartyUsage")
    }

    usage = models.ForeignKey(
        PromotionPartyUsage, models.PROTECT, related_name="history", db_index=False
    )

    class Meta(HistoryRow.Meta):
        verbose_name_plural = "promotion party usage history"
        indexes = [models.Index(name="usage_history_by_usage", fields=["usage", "-id"])]
        constraints = [
            models.CheckConstraint(
                name="usage_history_source_known",
                condition=Q(source__in=[source.value for source in Source]),
            ),
        ]
