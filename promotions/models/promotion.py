"""The Promotion object."""

from typing import ClassVar

from django.core.validators import MaxValueValidator
from django.db import models
from django.db.models import F, Q

from promotions import ids
from promotions.models.base import Owned, RecordManager
from promotions.models.facts import Facts, fixed
from promotions.models.fields import (
    EXTERNAL_ID_HELP,
    LARGEST_NUMBER,
    CountField,
    CurrencyField,
    FoldedField,
    LongTextArea,
    TextArea,
    not_blank,
)


class Promotion(Owned):
    """A promotion: what is offered, when it applies, and who may enroll in it until when.

    The fields mirror the described Promotion object; its words are in the help texts.
    """

    key_prefix: ClassVar = ids.PROMOTION
    promotion_path: ClassVar = ""
    field_facts: ClassVar = {
        "name": Facts(id_lookup=True),
        "promotion_code": Facts(id_lookup=True),
        "external_id": Facts(id_lookup=True, external_id=True),
        "is_tiered": fixed(commerce=True),
        # The described object gives it a default and doesn't call it "defaulted on create".
        "qualifier_criteria": Facts(default="All", defaulted_on_create=False, commerce=True),
        "maximum_usage_count": Facts(default=1, commerce=True),
        "is_automatic": Facts(commerce=True),
        "is_commerce_promotion": Facts(commerce=True),
        "target_criteria": Facts(commerce=True),
        "discount_order": Facts(commerce=True),
        "discount_restriction": Facts(commerce=True),
        "exclusivity_type": Facts(commerce=True),
        "is_approaching_discount_applicable": Facts(commerce=True),
        "are_qual_items_excl_from_discounts": Facts(commerce=True),
    }

    class DiscountOrder(models.TextChoices):
        LEAST_EXPENSIVE = "LeastExpensive", "Least expensive products first"
        MOST_EXPENSIVE = "MostExpensive", "Most expensive products first"

    class DiscountRestriction(models.TextChoices):
        LEAST_EXPENSIVE = "LeastExpensive", "Not above the cheapest qualifying product"
        NONE = "None", "No restriction"

    class ExclusivityType(models.TextChoices):
        NO = "No", "Combines with all others"
        CLASS = "Class", "Not with others that discount the same"
        GLOBAL = "Global", "With no other at all"

    class Criteria(models.TextChoices):
        ALL = "All", "All of them"
        ANY = "Any", "Any one of them"

    name = models.CharField(
        max_length=255,
        help_text="What your team calls this promotion. Customers see it only where it has no "
        "display name.",
    )
    name_key = FoldedField("name")
    display_name = models.CharField(
        max_length=255, null=True, blank=True, help_text="What customers see. Empty: the name."
    )
    promotion_code = models.CharField(
        max_length=255,
        null=True,
        blank=True,
        help_text="A short code that shops use for this promotion, such as SUMMER26. "
        "No two promotions have the same, whatever the case.",
    )
    promotion_code_key = FoldedField("promotion_code")
    external_id = models.CharField(
        max_length=255, null=True, blank=True, help_text=EXTERNAL_ID_HELP
    )
    description = TextArea(help_text="What the promotion gives, in a few sentences.")
    objective = TextArea(help_text="What the promotion is meant to achieve. For your team.")
    terms_and_conditions = LongTextArea(help_text="The terms that a customer accepts.")

    image_url = models.URLField(
        max_length=1000,
        null=True,
        blank=True,
        verbose_name="image",
        help_text="The address of a picture that shops show with the promotion.",
    )
    related_promotion = models.ForeignKey(
        "self",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        help_text="Another promotion that this one belongs with, such as the one it was cloned "
        "from.",
    )
    is_cloned = models.BooleanField(
        default=False, verbose_name="cloned", help_text="Whether it was made as a copy of another."
    )

    is_active = models.BooleanField(
        default=False,
        help_text="Switch on to let the promotion run. While it is off nobody can enroll "
        "and the enrollments that exist are paused.",
    )
    start_date_time = models.DateTimeField(
        null=True,
        blank=True,
        verbose_name="starts",
        help_text="From when the promotion applies. Empty: from now on.",
    )
    end_date_time = models.DateTimeField(
        null=True,
        blank=True,
        verbose_name="ends",
        help_text="The moment at which it stops to apply. Empty: it goes on until you end it.",
    )

    is_enrollment_required = models.BooleanField(
        default=False,
        verbose_name="customers enroll",
        help_text="Switch on to open this promotion to enrollment.",
    )
    enrollment_start_date = models.DateField(
        null=True,
        blank=True,
        verbose_name="enrollment opens",
        help_text="The first day on which customers can enroll. Empty: at once.",
    )
    enrollment_end_date = models.DateField(
        null=True,
        blank=True,
        verbose_name="enrollment closes",
        help_text="The last day on which customers can enroll, to its very end. "
        "Empty: as long as the promotion runs.",
    )

    maximum_enrollment_count = CountField(
        verbose_name="places",
        help_text="How many customers can be enrolled at most. Empty: as many as like.",
    )
    is_place_freed_on_withdrawal = models.BooleanField(
        default=True,
        db_default=True,
        verbose_name="withdrawing frees the place",
        help_text="On: who is withdrawn gives the place back. Off: a place that was taken stays "
        "taken, and its customer can come back to it.",
    )

    is_automatic = models.BooleanField(
        default=False,
        verbose_name="automatic",
        help_text="On: applies to every eligible cart by itself. Off: the buyer enters a coupon, "
        "where it has any.",
    )
    is_commerce_promotion = models.BooleanField(
        default=False,
        verbose_name="commerce promotion",
        help_text="Whether the promotion is for the business-to-business store.",
    )
    is_tiered = models.BooleanField(
        default=False,
        verbose_name="tiered",
        help_text="Whether the promotion uses tiers. This can't be changed after it is created.",
    )
    priority_number = models.PositiveIntegerField(
        null=True,
        blank=True,
        validators=[MaxValueValidator(LARGEST_NUMBER)],
        verbose_name="priority",
        help_text="A lower number comes first. Empty: after all that have one.",
    )
    maximum_usage_count = CountField(
        verbose_name="uses per cart",
        help_text="How many times it can be applied to one cart. Empty: once.",
    )
    qualifier_criteria = models.CharField(
        max_length=20,
        null=True,
        blank=True,
        choices=Criteria,
        default=Criteria.ALL,
        help_text="With several qualifiers: must a cart meet all of them, or any one?",
    )
    target_criteria = models.CharField(
        max_length=20,
        null=True,
        blank=True,
        choices=Criteria,
        help_text="With several targets: must a cart meet all of them, or any one?",
    )
    discount_order = models.CharField(
        max_length=20,
        null=True,
        blank=True,
        choices=DiscountOrder,
        default=DiscountOrder.MOST_EXPENSIVE,
        help_text="Which products are discounted first.",
    )
    discount_restriction = models.CharField(
        max_length=20,
        null=True,
        blank=True,
        choices=DiscountRestriction,
        default=DiscountRestriction.NONE,
        help_text="Whether only products that cost no more than the cheapest qualifying one "
        "are discounted.",
    )
    exclusivity_type = models.CharField(
        max_length=20,
        null=True,
        blank=True,
        choices=ExclusivityType,
        default=ExclusivityType.CLASS,
        verbose_name="exclusivity",
        help_text="Whether it can be combined with other promotions.",
    )
    is_approaching_discount_applicable = models.BooleanField(
        default=False,
        verbose_name="announce a discount that is near",
        help_text="Switch on to let shops say how little is missing for the discount.",
    )
    are_qual_items_excl_from_discounts = models.BooleanField(
        default=False,
        verbose_name="qualifying items are not discounted",
        help_text="Switch on for promotions like buy one, get one.",
    )
    currency_iso_code = CurrencyField()

    objects = RecordManager["Promotion"]()

    class Meta(Owned.Meta):
        # default_permissions are Django's own: view, add, change, delete.
        permissions = [
            ("view_all_promotions", "Can see every promotion, shared or not"),
            ("manage_all_promotions", "Can change, delete and share every promotion"),
        ]
        indexes = [
            models.Index(name="promotion_name_key", fields=["name_key", "id"]),
            models.Index(name="promotion_created", fields=["created_date", "id"]),
        ]
        constraints = [
            *Owned.Meta.constraints,
            models.UniqueConstraint(
                name="promotion_code_once",
                fields=["promotion_code_key"],
                condition=Q(is_deleted=False),
            ),
            models.CheckConstraint(name="promotion_name_not_blank", condition=~Q(name="")),
            not_blank("promotion_code", on="promotion"),
            models.UniqueConstraint(
                name="promotion_external_id_once",
                fields=["external_id"],
                condition=Q(is_deleted=False),
            ),
            not_blank("external_id", on="promotion"),
            models.CheckConstraint(
                name="promotion_ends_after_start",
                condition=Q(start_date_time=None)
                | Q(end_date_time=None)
                | Q(end_date_time__gt=F("start_date_time")),
            ),
            models.CheckConstraint(
                name="promotion_enrollment_closes_after_opening",
                condition=Q(enrollment_start_date=None)
                | Q(enrollment_end_date=None)
                | Q(enrollment_end_date__gte=F("enrollment_start_date")),
            ),
            models.CheckConstraint(
                name="promotion_maximum_usage_count_positive",
                condition=Q(maximum_usage_count=None) | Q(maximum_usage_count__gte=1),
            ),
            models.CheckConstraint(
                name="promotion_maximum_enrollment_count_positive",
                condition=Q(maximum_enrollment_count=None) | Q(maximum_enrollment_count__gte=1),
            ),
            models.CheckConstraint(
                name="promotion_qualifier_criteria_known",
                condition=Q(qualifier_criteria=None) | Q(qualifier_criteria__in=["All", "Any"]),
            ),
            models.CheckConstraint(
                name="promotion_target_criteria_known",
                condition=Q(target_criteria=None) | Q(target_criteria__in=["All", "Any"]),
            ),
            models.CheckConstraint(
                name="promotion_discount_order_known",
                condition=Q(discount_order=None)
                | Q(discount_order__in=["LeastExpensive", "MostExpensive"]),
            ),
            models.CheckConstraint(
                name="promotion_exclusivity_type_known",
                condition=Q(exclusivity_type=None)
                | Q(exclusivity_type__in=["No", "Class", "Global"]),
            ),
            models.CheckConstraint(
                name="promotion_not_related_to_itself",
                condition=Q(related_promotion=None) | ~Q(related_promotion=F("id")),
            ),
            models.CheckConstraint(
                name="promotion_discount_restriction_known",
                condition=Q(discount_restriction=None)
                | Q(discount_restriction__in=["LeastExpensive", "None"]),
            ),
        ]

    def __str__(self) -> str:
        return self.name
