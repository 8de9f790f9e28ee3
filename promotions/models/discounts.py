"""What a promotion asks of a cart and what it gives: tiers, qualifiers, targets, line item rules.

The fields mirror the described objects. What must hold between them is in
``promotions/child_rules.py``; what the database can hold itself is here too.
"""

from decimal import Decimal
from typing import ClassVar

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q

from promotions import ids
from promotions.models import picklists
from promotions.models.base import Owned, PromotionPart, RecordManager
from promotions.models.catalogue import Product, ProductCategory
from promotions.models.facts import Facts, FieldFacts, fixed, read_only
from promotions.models.fields import (
    CurrencyField,
    MoneyField,
    NumberField,
    PercentField,
    at_most_one,
    not_blank,
    one_of,
    positive,
)

MOST_TIERS = 10
"""The described object: a tiered promotion can have up to ten tiers."""


def _name_and_sku(of: str) -> FieldFacts:
    """The read-only fields that say what a reference to the catalogue leads to."""
    paths = {
        f"{of}_product_category_name": f"{of}_category__name",
        f"{of}_product_name": f"{of}_product__name",
        f"{of}_product_sku": f"{of}_product__stock_keeping_unit",
    }
    return {
        name: read_only(type="string", computed=True, nillable=True, path=path)
        for name, path in paths.items()
    }


def _names(of: str, external: str) -> Q:
    """That a product, a category or an external code is there."""
    return (
        Q(**{f"{of}_product__isnull": False})
        | Q(**{f"{of}_category__isnull": False})
        | Q(**{f"{external}__isnull": False})
    )


def _chosen_in_catalogue() -> models.ForeignKey[Product | None, Product | None]:
    return models.ForeignKey(
        Product, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="product"
    )


def _category_in_catalogue() -> models.ForeignKey[ProductCategory | None, ProductCategory | None]:
    return models.ForeignKey(
        ProductCategory,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="category",
    )


class PromotionTier(PromotionPart):
    """A step of a tiered promotion: who buys more gets more."""

    key_prefix: ClassVar = ids.PROMOTION_TIER
    field_facts: ClassVar = {
        "promotion": fixed(),
        "name": Facts(id_lookup=True),
        "rank": Facts(),
    }

    name = models.CharField(max_length=255, help_text="Such as Silver, or 3 for 2.")
    rank = models.PositiveSmallIntegerField(
        null=True,
        blank=True,
        validators=[MinValueValidator(1), MaxValueValidator(MOST_TIERS)],
        help_text="1 is the first step, 10 the last. No two tiers of a promotion have the same. "
        "Empty: the next that is free.",
    )

    objects = RecordManager["PromotionTier"]()

    class Meta(PromotionPart.Meta):
        default_related_name = "tiers"
        indexes = [models.Index(name="tier_by_promotion", fields=["promotion", "rank", "id"])]
        constraints = [
            *PromotionPart.Meta.constraints,
            models.CheckConstraint(name="tier_name_not_blank", condition=~Q(name="")),
            models.CheckConstraint(
                name="tier_rank_from_1_to_10",
                condition=Q(rank=None) | Q(rank__gte=1, rank__lte=MOST_TIERS),
            ),
            # With the unique constraint it makes ten the most; null would be unlike any other.
            models.CheckConstraint(
                name="tier_has_rank", condition=Q(is_deleted=True) | Q(rank__isnull=False)
            ),
            models.UniqueConstraint(
                name="tier_rank_once",
                fields=["promotion", "rank"],
                condition=Q(is_deleted=False),
            ),
        ]


class PromotionQualifier(PromotionPart):
    """What must be in a cart for the promotion to apply."""

    key_prefix: ClassVar = ids.PROMOTION_QUALIFIER
    number_letters: ClassVar = "PQ"
    field_facts: ClassVar = {
        "promotion": fixed(),
        "currency_iso_code": Facts(currency=True),
        **_name_and_sku("qualifier"),
    }
    polymorphic: ClassVar = {"qualifier": ("qualifier_product", "qualifier_category")}

    promotion_tier = models.ForeignKey(
        PromotionTier, models.PROTECT, null=True, blank=True, verbose_name="tier"
    )
    qualifier_type = models.CharField(max_length=20, choices=picklists.QualifierType)
    qualifier_operator = models.CharField(max_length=20, choices=picklists.QualifierOperator)
    qualifier_rule_criteria_type = models.CharField(
        max_length=20,
        choices=picklists.QualifierRuleCriteriaType,
        verbose_name="rules to meet",
        help_text="With several line item rules: must an item meet all of them, or any one?",
    )
    qualifier_product = _chosen_in_catalogue()
    qualifier_category = _category_in_catalogue()
    external_qualifier = models.CharField(
        max_length=255,
        null=True,
        blank=True,
        verbose_name="external code",
        help_text="The shop's own code of a product or category that is not in the catalogue.",
    )
    minimum_quantity = NumberField(
        null=True, blank=True, help_text="How many of them must be in the cart."
    )
    minimum_amount = MoneyField(help_text="What they must cost together.")
    approaching_discount_threshold = MoneyField(
        help_text="From this amount on, shops say how little is missing."
    )
    currency_iso_code = CurrencyField()

    objects = RecordManager["PromotionQualifier"]()

    class Meta(PromotionPart.Meta):
        default_related_name = "qualifiers"
        indexes = [models.Index(name="qualifier_by_promotion", fields=["promotion", "id"])]
        constraints = [
            *PromotionPart.Meta.constraints,
            not_blank("external_qualifier", on="qualifier"),
            one_of("qualifier_operator", picklists.QualifierOperator, on="qualifier"),
            one_of(
                "qualifier_rule_criteria_type",
                picklists.QualifierRuleCriteriaType,
                on="qualifier",
            ),
            models.CheckConstraint(
                name="qualifier_names_what_its_type_says",
                condition=Q(qualifier_type="Product", qualifier_category=None)
                | Q(qualifier_type="ProductCategory", qualifier_product=None)
                | Q(
                    qualifier_type="TransactionTotal",
                    qualifier_product=None,
                    qualifier_category=None,
                    external_qualifier=None,
                    minimum_amount__isnull=False,
                ),
            ),
            models.CheckConstraint(
                name="qualifier_operator_none_names_nothing",
                condition=_names("qualifier", "external_qualifier") & ~Q(qualifier_operator="NONE")
                | ~_names("qualifier", "external_qualifier") & Q(qualifier_operator="NONE"),
            ),
            models.CheckConstraint(
                name="qualifier_catalogue_or_external",
                condition=Q(external_qualifier=None)
                | Q(qualifier_product=None, qualifier_category=None),
            ),
            models.CheckConstraint(
                name="qualifier_threshold_below_amount",
                condition=Q(approaching_discount_threshold=None)
                | Q(
                    minimum_amount__isnull=False,
                    approaching_discount_threshold__lt=F("minimum_amount"),
                ),
            ),
            positive("minimum_quantity", on="qualifier"),
            positive("minimum_amount", on="qualifier"),
            positive("approaching_discount_threshold", on="qualifier"),
        ]

    @property
    def qualifier_product_name(self) -> str | None:
        return self.qualifier_product.name if self.qualifier_product else None

    @property
    def qualifier_product_sku(self) -> str | None:
        return self.qualifier_product.stock_keeping_unit if self.qualifier_product else None

    @property
    def qualifier_product_category_name(self) -> str | None:
        return self.qualifier_category.name if self.qualifier_category else None


class PromotionTarget(PromotionPart):
    """What is discounted, and by how much."""

    key_prefix: ClassVar = ids.PROMOTION_TARGET
    number_letters: ClassVar = "PT"
    field_facts: ClassVar = {
        "promotion": fixed(),
        "currency_iso_code": Facts(currency=True),
        **_name_and_sku("target"),
    }
    polymorphic: ClassVar = {"target": ("target_product", "target_category")}

    promotion_tier = models.ForeignKey(
        PromotionTier, models.PROTECT, null=True, blank=True, verbose_name="tier"
    )
    target_type = models.CharField(max_length=20, choices=picklists.TargetType)
    target_operator = models.CharField(max_length=20, choices=picklists.TargetOperator)
    target_rule_criteria_type = models.CharField(
        max_length=20,
        choices=picklists.TargetRuleCriteriaType,
        verbose_name="rules to meet",
        help_text="With several line item rules: must an item meet all of them, or any one?",
    )
    target_product = _chosen_in_catalogue()
    target_category = _category_in_catalogue()
    external_target = models.CharField(
        max_length=255,
        null=True,
        blank=True,
        verbose_name="external code",
        help_text="The shop's own code of a product or category that is not in the catalogue.",
    )
    adjustment_type = models.CharField(max_length=40, choices=picklists.AdjustmentType)
    adjustment_percent = PercentField(help_text="From 1 to 100.")
    adjustment_amount = MoneyField(help_text="The amount off, or the fixed price.")
    restriction_quantity = NumberField(
        null=True, blank=True, help_text="How many pieces are discounted at most. Empty: all."
    )
    is_min_item_count_required = models.BooleanField(
        default=False,
        verbose_name="so many pieces must be there",
        help_text="Whether so many pieces must be in the cart for any to be discounted.",
    )
    currency_iso_code = CurrencyField()

    objects = RecordManager["PromotionTarget"]()

    class Meta(PromotionPart.Meta):
        default_related_name = "targets"
        indexes = [models.Index(name="target_by_promotion", fields=["promotion", "id"])]
        constraints = [
            *PromotionPart.Meta.constraints,
            not_blank("external_target", on="target"),
            one_of("target_operator", picklists.TargetOperator, on="target"),
            one_of("target_rule_criteria_type", picklists.TargetRuleCriteriaType, on="target"),
            positive("restriction_quantity", on="target"),
            models.CheckConstraint(
                name="target_percentage_has_percent",
                condition=~Q(adjustment_type="PercentageDiscount")
                | Q(
                    adjustment_percent__isnull=False,
                    adjustment_percent__gte=Decimal(1),
                    adjustment_percent__lte=Decimal(100),
                ),
            ),
            models.CheckConstraint(
                name="target_only_percentage_has_percent",
                condition=Q(adjustment_percent=None) | Q(adjustment_type="PercentageDiscount"),
            ),
            models.CheckConstraint(
                name="target_names_what_its_type_says",
                condition=Q(target_type="Product", target_category=None)
                | Q(target_type="ProductCategory", target_product=None)
                | Q(
                    target_type__in=["Shipping", "StandardShippingRate", "Transaction"],
                    target_product=None,
                    target_category=None,
                    external_target=None,
                ),
            ),
            models.CheckConstraint(
                name="target_operator_none_names_nothing",
                condition=_names("target", "external_target") & ~Q(target_operator="NONE")
                | ~_names("target", "external_target") & Q(target_operator="NONE"),
            ),
            models.CheckConstraint(
                name="target_catalogue_or_external",
                condition=Q(external_target=None) | Q(target_product=None, target_category=None),
            ),
            models.CheckConstraint(
                name="target_amount_where_its_type_takes_one",
                condition=Q(
                    adjustment_type__in=["PercentageDiscount", "BonusProduct"],
                    adjustment_amount=None,
                )
                | Q(
                    adjustment_type__in=["FixedPrice", "TotalFixedPrice"],
                    adjustment_amount__isnull=False,
                    adjustment_amount__gte=Decimal(0),
                )
                | Q(
                    adjustment_type__in=[
                        "FixedAmountOffLineItemTotal",
                        "FixedAmountOffTransaction",
                        "FixedAmountOffUnitPrice",
                    ],
                    adjustment_amount__isnull=False,
                    adjustment_amount__gt=Decimal(0),
                ),
            ),
            models.CheckConstraint(
                name="target_adjustment_fits_its_type",
                condition=~Q(
                    adjustment_type__in=[
                        "FixedAmountOffTransaction",
                        "FixedAmountOffUnitPrice",
                        "FixedPrice",
                        "TotalFixedPrice",
                        "BonusProduct",
                    ]
                )
                | Q(
                    adjustment_type="FixedAmountOffTransaction",
                    target_type__in=["Shipping", "StandardShippingRate", "Transaction"],
                )
                | Q(
                    adjustment_type__in=["FixedAmountOffUnitPrice", "FixedPrice"],
                    target_type__in=[
                        "Product",
                        "ProductCategory",
                        "Shipping",
                        "StandardShippingRate",
                    ],
                )
                | Q(
                    adjustment_type__in=["TotalFixedPrice", "BonusProduct"],
                    target_type__in=["Product", "ProductCategory"],
                ),
            ),
            models.CheckConstraint(
                name="target_counted_pieces_have_quantity",
                condition=Q(restriction_quantity__isnull=False)
                | Q(is_min_item_count_required=False) & ~Q(adjustment_type="TotalFixedPrice"),
            ),
        ]

    @property
    def target_product_name(self) -> str | None:
        return self.target_product.name if self.target_product else None

    @property
    def target_product_sku(self) -> str | None:
        return self.target_product.stock_keeping_unit if self.target_product else None

    @property
    def target_product_category_name(self) -> str | None:
        return self.target_category.name if self.target_category else None


class PromotionLineItemRule(PromotionPart, Owned):
    """A condition on the items that a qualifier or a target means."""

    key_prefix: ClassVar = ids.PROMOTION_LINE_ITEM_RULE
    number_letters: ClassVar = "PLR"
    viewable: ClassVar = False
    field_facts: ClassVar = {
        "promotion": Facts(hidden=True),
        "associated_reference": fixed(nillable=False),
        "associated_type": fixed(),
    }
    polymorphic: ClassVar = {
        **Owned.polymorphic,
        "associated_reference": ("associated_qualifier", "associated_target"),
        "type_reference": ("type_reference_product", "type_reference_category"),
    }

    associated_type = models.CharField(max_length=20, choices=picklists.AssociatedType)
    associated_qualifier = models.ForeignKey(
        PromotionQualifier, models.PROTECT, null=True, blank=True
    )
    associated_target = models.ForeignKey(PromotionTarget, models.PROTECT, null=True, blank=True)
    type = models.CharField(max_length=20, choices=picklists.LineItemRuleType)
    operator_type = models.CharField(
        max_length=30, choices=picklists.OperatorType, default=picklists.OperatorType.EQUAL_TO
    )
    type_reference_product = _chosen_in_catalogue()
    type_reference_category = _category_in_catalogue()
    type_value = models.CharField(
        max_length=255,
        null=True,
        blank=True,
        help_text="The price, or the attribute's value, to compare with.",
    )

    objects = RecordManager["PromotionLineItemRule"]()

    class Meta(PromotionPart.Meta, Owned.Meta):
        default_related_name = "line_item_rules"
        indexes = [models.Index(name="line_item_rule_by_promotion", fields=["promotion", "id"])]
        constraints = [
            *PromotionPart.Meta.constraints,
            *(c for c in Owned.Meta.constraints if c.name.endswith("one_owner")),
            models.CheckConstraint(
                name="line_item_rule_type_names_associated",
                condition=Q(
                    associated_type="PromotionQualifier",
                    associated_qualifier__isnull=False,
                    associated_target=None,
                )
                | Q(
                    associated_type="PromotionTarget",
                    associated_qualifier=None,
                    associated_target__isnull=False,
                ),
            ),
            at_most_one(
                "type_reference_product",
                "type_reference_category",
                name="line_item_rule_product_or_category",
            ),
            models.CheckConstraint(
                name="line_item_rule_compares_what_its_type_says",
                condition=Q(
                    type="Product",
                    type_reference_product__isnull=False,
                    type_reference_category=None,
                    operator_type__in=["EQUAL_TO", "NOT_EQUAL_TO"],
                )
                | Q(
                    type="ProductCategory",
                    type_reference_product=None,
                    type_reference_category__isnull=False,
                    operator_type__in=["EQUAL_TO", "NOT_EQUAL_TO"],
                )
                | Q(
                    type="Price",
                    type_reference_product=None,
                    type_reference_category=None,
                    type_value__isnull=False,
                )
                | Q(type="Attribute", type_value__isnull=False),
            ),
            not_blank("type_value", on="line_item_rule"),
            one_of("operator_type", picklists.OperatorType, on="line_item_rule"),
        ]

    @property
    def type_reference_name(self) -> str | None:
        """The name of the product or category that it compares with."""
        found = self.type_reference_product or self.type_reference_category
        return found.name if found else None
