"""What a promotion asks of a cart and what it gives."""

from decimal import Decimal

import django.core.validators
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import promotions.models.fields


class Migration(migrations.Migration):
    dependencies = [
        ("auth", "0012_alter_user_first_name_max_length"),
        ("promotions", "0004_catalogue"),
    ]

    operations = [
        migrations.CreateModel(
            name="PromotionTier",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "created_by",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                ("created_date", models.DateTimeField()),
                (
                    "last_modified_by",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                ("last_modified_date", models.DateTimeField()),
                ("is_deleted", models.BooleanField(default=False)),
                ("deleted_date", models.DateTimeField(blank=True, null=True)),
                ("version", models.PositiveIntegerField(default=1)),
                (
                    "promotion",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        to="promotions.promotion",
                    ),
                ),
                ("deleted_with_promotion", models.BooleanField(default=False)),
                ("name", models.CharField(help_text="Such as Silver, or 3 for 2.", max_length=255)),
                (
                    "rank",
                    models.PositiveSmallIntegerField(
                        blank=True,
                        help_text="1 is the first step, 10 the last. No two tiers of a promotion have the same. Empty: the next that is free.",
                        null=True,
                        validators=[
                            django.core.validators.MinValueValidator(1),
                            django.core.validators.MaxValueValidator(10),
                        ],
                    ),
                ),
            ],
            options={
                "abstract": False,
                "default_permissions": (),
                "default_related_name": "tiers",
                "indexes": [
                    models.Index(fields=["promotion", "rank", "id"], name="tier_by_promotion")
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("deleted_date", None), ("is_deleted", False)),
                            models.Q(("deleted_date__isnull", False), ("is_deleted", True)),
                            _connector="OR",
                        ),
                        name="promotiontier_deleted_has_date",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("last_modified_date__gte", models.F("created_date"))),
                        name="promotiontier_modified_after_created",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("deleted_with_promotion", False), ("is_deleted", True), _connector="OR"
                        ),
                        name="promotiontier_deleted_with_promotion_is_deleted",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("name", ""), _negated=True), name="tier_name_not_blank"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("rank", None),
                            models.Q(("rank__gte", 1), ("rank__lte", 10)),
                            _connector="OR",
                        ),
                        name="tier_rank_from_1_to_10",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("is_deleted", False)),
                        fields=("promotion", "rank"),
                        name="tier_rank_once",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="PromotionQualifier",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "created_by",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                ("created_date", models.DateTimeField()),
                (
                    "last_modified_by",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                ("last_modified_date", models.DateTimeField()),
                ("is_deleted", models.BooleanField(default=False)),
                ("deleted_date", models.DateTimeField(blank=True, null=True)),
                ("version", models.PositiveIntegerField(default=1)),
                (
                    "promotion",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        to="promotions.promotion",
                    ),
                ),
                ("deleted_with_promotion", models.BooleanField(default=False)),
                (
                    "promotion_tier",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        to="promotions.promotiontier",
                        verbose_name="tier",
                    ),
                ),
                (
                    "qualifier_type",
                    models.CharField(
                        choices=[
                            ("Product", "Products"),
                            ("ProductCategory", "A product category"),
                            ("TransactionTotal", "The total of the cart"),
                        ],
                        max_length=20,
                    ),
                ),
                (
                    "qualifier_operator",
                    models.CharField(
                        choices=[("EQUAL_TO", "is"), ("NONE", "–"), ("NOT_EQUAL_TO", "is not")],
                        max_length=20,
                    ),
                ),
                (
                    "qualifier_rule_criteria_type",
                    models.CharField(
                        choices=[("All", "All of them"), ("Any", "Any one of them")],
                        help_text="With several line item rules: must an item meet all of them, or any one?",
                        max_length=20,
                        verbose_name="rules to meet",
                    ),
                ),
                (
                    "qualifier_product",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="promotions.product",
                        verbose_name="product",
                    ),
                ),
                (
                    "qualifier_category",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="promotions.productcategory",
                        verbose_name="category",
                    ),
                ),
                (
                    "external_qualifier",
                    models.CharField(
                        blank=True,
                        help_text="The shop's own code of a product or category that is not in the catalogue.",
                        max_length=255,
                        null=True,
                        verbose_name="external code",
                    ),
                ),
                (
                    "minimum_quantity",
                    promotions.models.fields.NumberField(
                        blank=True,
                        decimal_places=4,
                        help_text="How many of them must be in the cart.",
                        max_digits=15,
                        null=True,
                    ),
                ),
                (
                    "minimum_amount",
                    promotions.models.fields.MoneyField(
                        blank=True,
                        decimal_places=2,
                        help_text="What they must cost together.",
                        max_digits=15,
                        null=True,
                    ),
                ),
                (
                    "approaching_discount_threshold",
                    promotions.models.fields.MoneyField(
                        blank=True,
                        decimal_places=2,
                        help_text="From this amount on, shops say how little is missing.",
                        max_digits=15,
                        null=True,
                    ),
                ),
                (
                    "currency_iso_code",
                    promotions.models.fields.CurrencyField(
                        blank=True, max_length=3, null=True, verbose_name="currency"
                    ),
                ),
            ],
            options={
                "abstract": False,
                "default_permissions": (),
                "default_related_name": "qualifiers",
                "indexes": [
                    models.Index(fields=["promotion", "id"], name="qualifier_by_promotion")
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("deleted_date", None), ("is_deleted", False)),
                            models.Q(("deleted_date__isnull", False), ("is_deleted", True)),
                            _connector="OR",
                        ),
                        name="promotionqualifier_deleted_has_date",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("last_modified_date__gte", models.F("created_date"))),
                        name="promotionqualifier_modified_after_created",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("deleted_with_promotion", False), ("is_deleted", True), _connector="OR"
                        ),
                        name="promotionqualifier_deleted_with_promotion_is_deleted",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("external_qualifier", None),
                            models.Q(("external_qualifier", ""), _negated=True),
                            _connector="OR",
                        ),
                        name="qualifier_external_qualifier_not_blank",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "qualifier_type__in",
                                ["Product", "ProductCategory", "TransactionTotal"],
                            )
                        ),
                        name="qualifier_qualifier_type_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("qualifier_operator__in", ["EQUAL_TO", "NONE", "NOT_EQUAL_TO"])
                        ),
                        name="qualifier_qualifier_operator_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("qualifier_rule_criteria_type__in", ["All", "Any"])),
                        name="qualifier_qualifier_rule_criteria_type_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("qualifier_category", None),
                            ("qualifier_product", None),
                            _connector="OR",
                        ),
                        name="qualifier_product_or_category",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("qualifier_category", None), ("qualifier_type", "Product")),
                            models.Q(
                                ("qualifier_product", None), ("qualifier_type", "ProductCategory")
                            ),
                            models.Q(
                                ("external_qualifier", None),
                                ("minimum_amount__isnull", False),
                                ("qualifier_category", None),
                                ("qualifier_product", None),
                                ("qualifier_type", "TransactionTotal"),
                            ),
                            _connector="OR",
                        ),
                        name="qualifier_names_what_its_type_says",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                models.Q(
                                    ("qualifier_product__isnull", False),
                                    ("qualifier_category__isnull", False),
                                    ("external_qualifier__isnull", False),
                                    _connector="OR",
                                ),
                                models.Q(("qualifier_operator", "NONE"), _negated=True),
                            ),
                            models.Q(
                                models.Q(
                                    ("qualifier_product__isnull", False),
                                    ("qualifier_category__isnull", False),
                                    ("external_qualifier__isnull", False),
                                    _connector="OR",
                                    _negated=True,
                                ),
                                ("qualifier_operator", "NONE"),
                            ),
                            _connector="OR",
                        ),
                        name="qualifier_operator_none_names_nothing",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("external_qualifier", None),
                            models.Q(("qualifier_category", None), ("qualifier_product", None)),
                            _connector="OR",
                        ),
                        name="qualifier_catalogue_or_external",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("minimum_amount", None),
                            ("approaching_discount_threshold", None),
                            ("approaching_discount_threshold__lt", models.F("minimum_amount")),
                            _connector="OR",
                        ),
                        name="qualifier_threshold_below_amount",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("minimum_quantity__gt", Decimal("0"))),
                        name="qualifier_minimum_quantity_positive",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("minimum_amount__gt", Decimal("0"))),
                        name="qualifier_minimum_amount_positive",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("approaching_discount_threshold__gt", Decimal("0"))),
                        name="qualifier_approaching_discount_threshold_positive",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="PromotionTarget",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "created_by",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                ("created_date", models.DateTimeField()),
                (
                    "last_modified_by",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                ("last_modified_date", models.DateTimeField()),
                ("is_deleted", models.BooleanField(default=False)),
                ("deleted_date", models.DateTimeField(blank=True, null=True)),
                ("version", models.PositiveIntegerField(default=1)),
                (
                    "promotion",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        to="promotions.promotion",
                    ),
                ),
                ("deleted_with_promotion", models.BooleanField(default=False)),
                (
                    "promotion_tier",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        to="promotions.promotiontier",
                        verbose_name="tier",
                    ),
                ),
                (
                    "target_type",
                    models.CharField(
                        choices=[
                            ("Product", "Products"),
                            ("ProductCategory", "A product category"),
                            ("Shipping", "Shipping"),
                            ("StandardShippingRate", "The standard shipping rate"),
                            ("Transaction", "The whole order"),
                        ],
                        max_length=20,
                    ),
                ),
                (
                    "target_operator",
                    models.CharField(
                        choices=[("EQUAL_TO", "is"), ("NOT_EQUAL_TO", "is not"), ("NONE", "–")],
                        max_length=20,
                    ),
                ),
                (
                    "target_rule_criteria_type",
                    models.CharField(
                        choices=[("ALL", "All of them"), ("ANY", "Any one of them")],
                        help_text="With several line item rules: must an item meet all of them, or any one?",
                        max_length=20,
                        verbose_name="rules to meet",
                    ),
                ),
                (
                    "target_product",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="promotions.product",
                        verbose_name="product",
                    ),
                ),
                (
                    "target_category",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="promotions.productcategory",
                        verbose_name="category",
                    ),
                ),
                (
                    "external_target",
                    models.CharField(
                        blank=True,
                        help_text="The shop's own code of a product or category that is not in the catalogue.",
                        max_length=255,
                        null=True,
                        verbose_name="external code",
                    ),
                ),
                (
                    "adjustment_type",
                    models.CharField(
                        choices=[
                            ("FixedAmountOffLineItemTotal", "An amount off the line's total"),
                            ("FixedAmountOffTransaction", "An amount off the order"),
                            ("FixedAmountOffUnitPrice", "An amount off each piece"),
                            ("FixedPrice", "A fixed price for each piece"),
                            ("TotalFixedPrice", "A fixed price for all together"),
                            ("PercentageDiscount", "A percentage"),
                            ("BonusProduct", "A bonus product"),
                        ],
                        max_length=40,
                    ),
                ),
                (
                    "adjustment_percent",
                    promotions.models.fields.PercentField(
                        blank=True,
                        decimal_places=2,
                        help_text="From 1 to 100.",
                        max_digits=5,
                        null=True,
                    ),
                ),
                (
                    "adjustment_amount",
                    promotions.models.fields.MoneyField(
                        blank=True,
                        decimal_places=2,
                        help_text="The amount off, or the fixed price.",
                        max_digits=15,
                        null=True,
                    ),
                ),
                (
                    "restriction_quantity",
                    promotions.models.fields.NumberField(
                        blank=True,
                        decimal_places=4,
                        help_text="How many pieces are discounted at most. Empty: all.",
                        max_digits=15,
                        null=True,
                    ),
                ),
                (
                    "is_min_item_count_required",
                    models.BooleanField(
                        default=False,
                        help_text="Whether so many pieces must be in the cart for any to be discounted.",
                        verbose_name="so many pieces must be there",
                    ),
                ),
                (
                    "currency_iso_code",
                    promotions.models.fields.CurrencyField(
                        blank=True, max_length=3, null=True, verbose_name="currency"
                    ),
                ),
            ],
            options={
                "abstract": False,
                "default_permissions": (),
                "default_related_name": "targets",
                "indexes": [models.Index(fields=["promotion", "id"], name="target_by_promotion")],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("deleted_date", None), ("is_deleted", False)),
                            models.Q(("deleted_date__isnull", False), ("is_deleted", True)),
                            _connector="OR",
                        ),
                        name="promotiontarget_deleted_has_date",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("last_modified_date__gte", models.F("created_date"))),
                        name="promotiontarget_modified_after_created",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("deleted_with_promotion", False), ("is_deleted", True), _connector="OR"
                        ),
                        name="promotiontarget_deleted_with_promotion_is_deleted",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("external_target", None),
                            models.Q(("external_target", ""), _negated=True),
                            _connector="OR",
                        ),
                        name="target_external_target_not_blank",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "target_type__in",
                                [
                                    "Product",
                                    "ProductCategory",
                                    "Shipping",
                                    "StandardShippingRate",
                                    "Transaction",
                                ],
                            )
                        ),
                        name="target_target_type_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("target_operator__in", ["EQUAL_TO", "NOT_EQUAL_TO", "NONE"])
                        ),
                        name="target_target_operator_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("target_rule_criteria_type__in", ["ALL", "ANY"])),
                        name="target_target_rule_criteria_type_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "adjustment_type__in",
                                [
                                    "FixedAmountOffLineItemTotal",
                                    "FixedAmountOffTransaction",
                                    "FixedAmountOffUnitPrice",
                                    "FixedPrice",
                                    "TotalFixedPrice",
                                    "PercentageDiscount",
                                    "BonusProduct",
                                ],
                            )
                        ),
                        name="target_adjustment_type_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("target_category", None), ("target_product", None), _connector="OR"
                        ),
                        name="target_product_or_category",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("restriction_quantity__gt", Decimal("0"))),
                        name="target_restriction_quantity_positive",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("adjustment_type", "PercentageDiscount"), _negated=True),
                            models.Q(
                                ("adjustment_amount", None),
                                ("adjustment_percent__gte", Decimal("1")),
                                ("adjustment_percent__isnull", False),
                                ("adjustment_percent__lte", Decimal("100")),
                            ),
                            _connector="OR",
                        ),
                        name="target_percentage_has_percent_and_no_amount",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("adjustment_percent", None),
                            ("adjustment_type", "PercentageDiscount"),
                            _connector="OR",
                        ),
                        name="target_only_percentage_has_percent",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("target_category", None), ("target_type", "Product")),
                            models.Q(("target_product", None), ("target_type", "ProductCategory")),
                            models.Q(
                                ("external_target", None),
                                ("target_category", None),
                                ("target_product", None),
                                (
                                    "target_type__in",
                                    ["Shipping", "StandardShippingRate", "Transaction"],
                                ),
                            ),
                            _connector="OR",
                        ),
                        name="target_names_what_its_type_says",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                models.Q(
                                    ("target_product__isnull", False),
                                    ("target_category__isnull", False),
                                    ("external_target__isnull", False),
                                    _connector="OR",
                                ),
                                models.Q(("target_operator", "NONE"), _negated=True),
                            ),
                            models.Q(
                                models.Q(
                                    ("target_product__isnull", False),
                                    ("target_category__isnull", False),
                                    ("external_target__isnull", False),
                                    _connector="OR",
                                    _negated=True,
                                ),
                                ("target_operator", "NONE"),
                            ),
                            _connector="OR",
                        ),
                        name="target_operator_none_names_nothing",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("external_target", None),
                            models.Q(("target_category", None), ("target_product", None)),
                            _connector="OR",
                        ),
                        name="target_catalogue_or_external",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("adjustment_amount", None),
                                ("adjustment_type__in", ["PercentageDiscount", "BonusProduct"]),
                            ),
                            models.Q(
                                ("adjustment_amount__gte", Decimal("0")),
                                ("adjustment_amount__isnull", False),
                                ("adjustment_type__in", ["FixedPrice", "TotalFixedPrice"]),
                            ),
                            models.Q(
                                ("adjustment_amount__gt", Decimal("0")),
                                ("adjustment_amount__isnull", False),
                                (
                                    "adjustment_type__in",
                                    [
                                        "FixedAmountOffLineItemTotal",
                                        "FixedAmountOffTransaction",
                                        "FixedAmountOffUnitPrice",
                                    ],
                                ),
                            ),
                            _connector="OR",
                        ),
                        name="target_amount_where_its_type_takes_one",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("restriction_quantity__isnull", False),
                            models.Q(
                                ("is_min_item_count_required", False),
                                models.Q(("adjustment_type", "TotalFixedPrice"), _negated=True),
                            ),
                            _connector="OR",
                        ),
                        name="target_counted_pieces_have_quantity",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="PromotionLineItemRule",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "created_by",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                ("created_date", models.DateTimeField()),
                (
                    "last_modified_by",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                ("last_modified_date", models.DateTimeField()),
                ("is_deleted", models.BooleanField(default=False)),
                ("deleted_date", models.DateTimeField(blank=True, null=True)),
                ("version", models.PositiveIntegerField(default=1)),
                (
                    "owner_user",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "owner_group",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="auth.group",
                    ),
                ),
                (
                    "promotion",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        to="promotions.promotion",
                    ),
                ),
                ("deleted_with_promotion", models.BooleanField(default=False)),
                (
                    "associated_type",
                    models.CharField(
                        choices=[
                            ("PromotionQualifier", "A qualifier"),
                            ("PromotionTarget", "A target"),
                        ],
                        max_length=20,
                    ),
                ),
                (
                    "associated_qualifier",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        to="promotions.promotionqualifier",
                    ),
                ),
                (
                    "associated_target",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        to="promotions.promotiontarget",
                    ),
                ),
                (
                    "type",
                    models.CharField(
                        choices=[
                            ("Attribute", "An attribute"),
                            ("Price", "The price"),
                            ("Product", "The product"),
                            ("ProductCategory", "The product category"),
                        ],
                        max_length=20,
                    ),
                ),
                (
                    "operator_type",
                    models.CharField(
                        choices=[
                            ("EQUAL_TO", "is"),
                            ("GREATER_THAN", "is more than"),
                            ("GREATER_THAN_OR_EQUAL_TO", "is at least"),
                            ("LESS_THAN", "is less than"),
                            ("LESS_THAN_OR_EQUAL_TO", "is at most"),
                            ("NOT_EQUAL_TO", "is not"),
                        ],
                        default="EQUAL_TO",
                        max_length=30,
                    ),
                ),
                (
                    "type_reference_product",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="promotions.product",
                        verbose_name="product",
                    ),
                ),
                (
                    "type_reference_category",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="promotions.productcategory",
                        verbose_name="category",
                    ),
                ),
                (
                    "type_value",
                    models.CharField(
                        blank=True,
                        help_text="The price, or the attribute's value, to compare with.",
                        max_length=255,
                        null=True,
                    ),
                ),
            ],
            options={
                "abstract": False,
                "default_permissions": (),
                "default_related_name": "line_item_rules",
                "indexes": [
                    models.Index(fields=["promotion", "id"], name="line_item_rule_by_promotion")
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("deleted_date", None), ("is_deleted", False)),
                            models.Q(("deleted_date__isnull", False), ("is_deleted", True)),
                            _connector="OR",
                        ),
                        name="promotionlineitemrule_deleted_has_date",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("last_modified_date__gte", models.F("created_date"))),
                        name="promotionlineitemrule_modified_after_created",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("deleted_with_promotion", False), ("is_deleted", True), _connector="OR"
                        ),
                        name="promotionlineitemrule_deleted_with_promotion_is_deleted",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("owner_group", None), ("owner_user__isnull", False)),
                            models.Q(("owner_group__isnull", False), ("owner_user", None)),
                            _connector="OR",
                        ),
                        name="promotionlineitemrule_one_owner",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("associated_qualifier__isnull", False),
                                ("associated_target", None),
                                ("associated_type", "PromotionQualifier"),
                            ),
                            models.Q(
                                ("associated_qualifier", None),
                                ("associated_target__isnull", False),
                                ("associated_type", "PromotionTarget"),
                            ),
                            _connector="OR",
                        ),
                        name="line_item_rule_type_names_associated",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("type_reference_category", None),
                            ("type_reference_product", None),
                            _connector="OR",
                        ),
                        name="line_item_rule_product_or_category",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("operator_type__in", ["EQUAL_TO", "NOT_EQUAL_TO"]),
                                ("type", "Product"),
                                ("type_reference_category", None),
                                ("type_reference_product__isnull", False),
                            ),
                            models.Q(
                                ("operator_type__in", ["EQUAL_TO", "NOT_EQUAL_TO"]),
                                ("type", "ProductCategory"),
                                ("type_reference_category__isnull", False),
                                ("type_reference_product", None),
                            ),
                            models.Q(
                                ("type", "Price"),
                                ("type_reference_category", None),
                                ("type_reference_product", None),
                                ("type_value__isnull", False),
                            ),
                            models.Q(("type", "Attribute"), ("type_value__isnull", False)),
                            _connector="OR",
                        ),
                        name="line_item_rule_compares_what_its_type_says",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("type_value", None),
                            models.Q(("type_value", ""), _negated=True),
                            _connector="OR",
                        ),
                        name="line_item_rule_type_value_not_blank",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("type__in", ["Attribute", "Price", "Product", "ProductCategory"])
                        ),
                        name="line_item_rule_type_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "operator_type__in",
                                [
                                    "EQUAL_TO",
                                    "GREATER_THAN",
                                    "GREATER_THAN_OR_EQUAL_TO",
                                    "LESS_THAN",
                                    "LESS_THAN_OR_EQUAL_TO",
                                    "NOT_EQUAL_TO",
                                ],
                            )
                        ),
                        name="line_item_rule_operator_type_known",
                    ),
                ],
            },
        ),
    ]
