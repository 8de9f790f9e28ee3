"""Calls of partners that would have enrolled somebody and were refused: kept for a while, so that
"why was she refused yesterday?" can be answered."""

from typing import Any, ClassVar, Self, cast

from django.conf import settings
from django.db import models
from django.db.models import Q

from enrollments.models.customers import Account, Contact
from enrollments.models.offers import Offer
from promotions.actors import Actor
from promotions.models import Promotion, Record
from promotions.permissions import condition


class RefusedCallQuerySet(models.QuerySet["RefusedCall"]):
    def shown(self, by: Actor) -> Self:
        """Those in promotions that ``by`` may see, and those that named none."""
        return self.filter(condition(cast("type[Record]", RefusedCall), by))


def _told(model: type[models.Model]) -> Any:
    """A reference that never stands in the way of removing what it leads to, and whose row is
    written without looking there."""
    return models.ForeignKey(
        model,
        models.CASCADE,
        null=True,
        related_name="+",
        db_index=False,
        db_constraint=False,
    )


class RefusedCall(models.Model):
    """One item of a call that was not enrolled, or a call that was refused as a whole.

    No more of a customer than who it is, where that is certain; of an unknown one only by what kind
    of identifier the caller named it, never its value. Written by
    ``enrollments/services/refused_calls.py``, which also removes it after ``REFUSED_CALLS_DAYS``.
    """

    promotion_path: ClassVar = "promotion"

    class Door(models.TextChoices):
        COMPATIBLE = "promotion-enrollments", "promotion-enrollments"
        PLAIN = "enrollments", "/api/v1/enrollments"

    created_date = models.DateTimeField()
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.CASCADE,
        related_name="+",
        db_index=False,
        db_constraint=False,
    )
    """The partner's own user."""
    door = models.CharField(max_length=30, choices=Door)
    request_id = models.CharField(max_length=64, blank=True)
    item_count = models.PositiveIntegerField(null=True)
    """How many items the call had; null where it was refused before they were read."""

    contact = _told(Contact)
    account = _told(Account)
    promotion = _told(Promotion)
    offer = _told(Offer)
    named_by = models.CharField(max_length=200, blank=True)
    """The kinds of identifiers that were sent: ``contact.email promotion.code``."""
    effective = models.DateTimeField(null=True)
    expiration = models.DateTimeField(null=True)
    """The period that was asked for, as far as one was."""

    code = models.CharField(max_length=40)
    """Of the catalogue of errors."""
    detail = models.TextField()
    pointer = models.TextField(blank=True)
    further = models.JSONField(null=True)
    """What else was wrong with the item: code, detail and pointer of each."""
    is_of_another_item = models.BooleanField(default=False)
    """Nothing was wrong with this item: the call was to enroll all or none, and the reason is that
    of another item."""

    objects = RefusedCallQuerySet.as_manager()

    class Meta:
        verbose_name = "refused call"
        default_permissions = ()  # who sees enrollments sees what became none
        indexes = [
            models.Index(name="refused_call_created", fields=["created_date", "id"]),
            models.Index(
                name="refused_call_by_contact",
                fields=["contact", "id"],
                condition=Q(contact__isnull=False),
            ),
            models.Index(
                name="refused_call_by_account",
                fields=["account", "id"],
                condition=Q(account__isnull=False),
            ),
            models.Index(
                name="refused_call_by_promotion",
                fields=["promotion", "id"],
                condition=Q(promotion__isnull=False),
            ),
            models.Index(name="refused_call_by_request", fields=["request_id", "id"]),
        ]
        constraints = [
            models.CheckConstraint(
                name="refused_call_says_why", condition=~Q(code="") & ~Q(detail="")
            ),
            models.CheckConstraint(
                name="refused_call_door_known",
                condition=Q(door__in=["promotion-enrollments", "enrollments"]),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.code}: {self.detail}"

    @property
    def party(self) -> Account | Contact | None:
        """The customer, where it was certain who that is."""
        party: Account | Contact | None = self.contact or self.account
        return party
