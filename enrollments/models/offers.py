"""Offers: what brings a customer to enroll."""

from typing import ClassVar

from django.db import models
from django.db.models import Q

from promotions import ids
from promotions.models import Promotion
from promotions.models.base import FoldedField, Record, RecordManager


class Offer(Record):
    """An e-mail, a voucher, a banner that initiates enrollments; perhaps for one promotion only."""

    key_prefix: ClassVar = ids.OFFER
    promotion_path: ClassVar = "promotion"
    viewable: ClassVar = False

    code = models.CharField(
        max_length=255,
        help_text="What partners call this offer. No two offers have the same, whatever the case.",
    )
    code_key = FoldedField("code")
    name = models.CharField(max_length=255)
    name_key = FoldedField("name")
    promotion = models.ForeignKey(
        Promotion,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="offers",
        help_text="The promotion that this offer leads to. Empty: any.",
    )
    is_active = models.BooleanField(
        default=True, help_text="Customers can only enroll through an active offer."
    )

    objects = RecordManager["Offer"]()

    class Meta(Record.Meta):
        indexes = [models.Index(name="offer_created", fields=["created_date", "id"])]
        constraints = [
            *Record.Meta.constraints,
            models.UniqueConstraint(
                name="offer_code_once", fields=["code_key"], condition=Q(is_deleted=False)
            ),
            models.CheckConstraint(name="offer_name_not_blank", condition=~Q(name="")),
            models.CheckConstraint(name="offer_code_not_blank", condition=~Q(code="")),
        ]

    def __str__(self) -> str:
        return f"{self.name} ({self.code})"
