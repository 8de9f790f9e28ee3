"""Coupons: codes that buyers enter, up to millions for a promotion, and what was done with them."""

from typing import ClassVar

from django.db import models
from django.db.models import F, Q

from promotions import ids
from promotions.models import picklists
from promotions.models.base import Owned, PromotionPart, RecordManager
from promotions.models.facts import Facts, fixed
from promotions.models.fields import (
    CountField,
    CurrencyField,
    FoldedField,
    TextArea,
    group_or_none,
    not_blank,
    one_of,
    person,
    person_or_nobody,
)


class CouponBatch(models.Model):
    """Coupons that came into being together: generated from a pattern, imported, or cloned."""

    key_prefix: ClassVar = ids.COUPON_BATCH

    class Kind(models.TextChoices):
        GENERATED = "generated"
        IMPORTED = "imported"
        CLONED = "cloned"

    promotion = models.ForeignKey(
        "promotions.Promotion", models.PROTECT, related_name="coupon_batches"
    )
    kind = models.CharField(max_length=20, choices=Kind)
    pattern = models.CharField(max_length=64, null=True)
    quantity = models.PositiveIntegerField()
    created_by = person()
    created_date = models.DateTimeField()

    class Meta:
        verbose_name_plural = "coupon batches"
        default_permissions = ()
        constraints = [
            models.CheckConstraint(
                name="coupon_batch_generated_from_pattern",
                condition=~Q(kind="generated") | Q(pattern__isnull=False),
            )
        ]

    def __str__(self) -> str:
        return f"{self.quantity:,} {self.kind} coupons"

    @property
    def record_id(self) -> str:
        return ids.encode(self.key_prefix, self.pk)


class Coupon(PromotionPart, Owned):
    """A code that a buyer enters to get a promotion."""

    key_prefix: ClassVar = ids.COUPON
    number_letters: ClassVar = "CPN"
    field_facts: ClassVar = {
        "promotion": fixed(),
        "coupon_code": Facts(id_lookup=True),
        "currency_iso_code": Facts(currency=True),
        "batch": Facts(hidden=True),
    }

    coupon_code = models.CharField(
        max_length=255,
        verbose_name="code",
        help_text="What buyers enter. No two coupons have the same, whatever the case.",
    )
    coupon_code_key = FoldedField("coupon_code", null=False)
    status = models.CharField(
        max_length=20, choices=picklists.CouponStatus, default=picklists.CouponStatus.INACTIVE
    )
    start_date_time = models.DateTimeField(
        null=True, blank=True, verbose_name="starts", help_text="Empty: with the promotion."
    )
    end_date_time = models.DateTimeField(
        null=True, blank=True, verbose_name="ends", help_text="Empty: with the promotion."
    )
    redemption_limit_all_buyers = CountField(
        verbose_name="uses by all buyers",
        help_text="How often it can be used in all. Empty: as often as they like.",
    )
    redemption_limit_per_buyer = CountField(
        verbose_name="uses by each buyer",
        help_text="How often one buyer can use it. Empty: as often as they like.",
    )
    description = TextArea()
    currency_iso_code = CurrencyField()
    batch = models.ForeignKey(
        CouponBatch, models.PROTECT, null=True, related_name="coupons", db_index=False
    )
    # Without indexes: there may be a million coupons, and nobody asks for those of an owner.
    owner_user = person_or_nobody(db_index=False)
    owner_group = group_or_none(db_index=False)

    objects = RecordManager["Coupon"]()

    class Meta(PromotionPart.Meta, Owned.Meta):
        default_related_name = "coupons"
        indexes = [models.Index(name="coupon_by_promotion", fields=["promotion", "id"])]
        constraints = [
            *PromotionPart.Meta.constraints,
            *(c for c in Owned.Meta.constraints if c.name.endswith("one_owner")),
            one_of("status", picklists.CouponStatus, on="coupon"),
            models.CheckConstraint(name="coupon_code_not_blank", condition=~Q(coupon_code="")),
            not_blank("description", on="coupon"),
            models.UniqueConstraint(
                name="coupon_code_once",
                fields=["coupon_code_key"],
                condition=Q(is_deleted=False),
            ),
            models.CheckConstraint(
                name="coupon_ends_after_start",
                condition=Q(start_date_time=None)
                | Q(end_date_time=None)
                | Q(end_date_time__gt=F("start_date_time")),
            ),
            models.CheckConstraint(
                name="coupon_limit_per_buyer_within_limit",
                condition=Q(redemption_limit_all_buyers=None)
                | Q(redemption_limit_per_buyer=None)
                | Q(redemption_limit_per_buyer__lte=F("redemption_limit_all_buyers")),
            ),
        ]

    def __str__(self) -> str:
        return self.coupon_code


class CouponCodeRedemption(PromotionPart, Owned):
    """That a buyer used a coupon, in a transaction of the shop."""

    key_prefix: ClassVar = ids.COUPON_CODE_REDEMPTION
    number_letters: ClassVar = "CCR"
    viewable: ClassVar = False
    field_facts: ClassVar = {
        "promotion": Facts(hidden=True),
        "coupon": fixed(),
        "buyer": fixed(),
        "transaction": fixed(id_lookup=True),
    }

    coupon = models.ForeignKey(Coupon, models.PROTECT, db_index=False)
    buyer = models.CharField(max_length=255, help_text="Who the buyer is, in the shop's terms.")
    transaction = models.CharField(
        max_length=255, help_text="The shop's order. A coupon is used once in an order."
    )
    owner_user = person_or_nobody(db_index=False)
    owner_group = group_or_none(db_index=False)

    objects = RecordManager["CouponCodeRedemption"]()

    class Meta(PromotionPart.Meta, Owned.Meta):
        default_related_name = "redemptions"
        indexes = [
            models.Index(name="redemption_by_promotion", fields=["promotion", "id"]),
            models.Index(name="redemption_by_transaction", fields=["transaction", "id"]),
            models.Index(name="redemption_by_coupon_and_buyer", fields=["coupon", "buyer"]),
        ]
        constraints = [
            *PromotionPart.Meta.constraints,
            *(c for c in Owned.Meta.constraints if c.name.endswith("one_owner")),
            models.UniqueConstraint(
                name="coupon_redeemed_once_per_transaction",
                fields=["coupon", "transaction"],
                condition=Q(is_deleted=False),
            ),
            models.CheckConstraint(name="redemption_buyer_not_blank", condition=~Q(buyer="")),
            models.CheckConstraint(
                name="redemption_transaction_not_blank", condition=~Q(transaction="")
            ),
        ]
