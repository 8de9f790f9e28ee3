"""Every table, as it is before the first release. ``replaces`` names the steps that led there,
for databases that have taken them all; one that has not is brought there by the commit before this
file came."""

from decimal import Decimal

import django.contrib.auth.models
import django.contrib.auth.validators
import django.core.validators
import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models

import promotions.models.fields


class Migration(migrations.Migration):
    replaces = [
        ("promotions", "0003_field_kinds"),
        ("promotions", "0004_catalogue"),
        ("promotions", "0005_discounts"),
        ("promotions", "0006_segments"),
        ("promotions", "0007_limits"),
        ("promotions", "0008_coupons"),
        ("promotions", "0009_history_and_feed"),
        ("promotions", "0010_sharing"),
        ("promotions", "0011_owners_have_shares"),
        ("promotions", "0012_record_views"),
        ("promotions", "0013_keep_promotion_views"),
        ("promotions", "0014_remove_promotion_views"),
        ("promotions", "0016_constraints_as_the_rules"),
        ("promotions", "0017_constraints_said_once"),
        ("promotions", "0018_places_given_back"),
        ("promotions", "0019_external_ids"),
        ("promotions", "0020_organization"),
        ("promotions", "0022_partner_public_keys"),
        ("promotions", "0024_query_locators"),
        ("promotions", "0025_bulk_jobs"),
    ]

    dependencies = [
        ("promotions", "0001_people"),
        ("oauth2_provider", "0022_refreshtoken_token_family_index"),
    ]

    operations = [
        migrations.CreateModel(
            name="Organization",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("name", models.CharField(default="Promotions", max_length=80)),
                ("instance_name", models.CharField(default="SELF", max_length=5)),
                ("is_sandbox", models.BooleanField(default=False)),
                ("organization_type", models.CharField(default="Self-hosted", max_length=40)),
                ("created_date", models.DateTimeField()),
            ],
            options={
                "default_permissions": (),
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("id", 1)), name="organization_is_one"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("name", ""), _negated=True),
                        name="organization_name_not_blank",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Promotion",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("created_date", models.DateTimeField()),
                ("last_modified_date", models.DateTimeField()),
                ("is_deleted", models.BooleanField(default=False)),
                ("deleted_date", models.DateTimeField(blank=True, null=True)),
                ("version", models.PositiveIntegerField(default=1)),
                (
                    "name",
                    models.CharField(
                        help_text="What your team calls this promotion. Customers see it only where it has no display name.",
                        max_length=255,
                    ),
                ),
                (
                    "name_key",
                    promotions.models.fields.FoldedField("name", editable=False, null=True),
                ),
                (
                    "display_name",
                    models.CharField(
                        blank=True,
                        help_text="What customers see. Empty: the name.",
                        max_length=255,
                        null=True,
                    ),
                ),
                (
                    "promotion_code",
                    models.CharField(
                        blank=True,
                        help_text="A short code that shops use for this promotion, such as SUMMER26. No two promotions have the same, whatever the case.",
                        max_length=255,
                        null=True,
                    ),
                ),
                (
                    "promotion_code_key",
                    promotions.models.fields.FoldedField(
                        "promotion_code", editable=False, null=True
                    ),
                ),
                (
                    "description",
                    promotions.models.fields.TextArea(
                        blank=True,
                        help_text="What the promotion gives, in a few sentences.",
                        null=True,
                        validators=[django.core.validators.MaxLengthValidator(32000)],
                    ),
                ),
                (
                    "objective",
                    promotions.models.fields.TextArea(
                        blank=True,
                        help_text="What the promotion is meant to achieve. For your team.",
                        null=True,
                        validators=[django.core.validators.MaxLengthValidator(32000)],
                    ),
                ),
                (
                    "terms_and_conditions",
                    promotions.models.fields.LongTextArea(
                        blank=True,
                        help_text="The terms that a customer accepts.",
                        null=True,
                        validators=[django.core.validators.MaxLengthValidator(32000)],
                    ),
                ),
                (
                    "image_url",
                    models.URLField(
                        blank=True,
                        help_text="The address of a picture that shops show with the promotion.",
                        max_length=1000,
                        null=True,
                        verbose_name="image",
                    ),
                ),
                (
                    "is_cloned",
                    models.BooleanField(
                        default=False,
                        help_text="Whether it was made as a copy of another.",
                        verbose_name="cloned",
                    ),
                ),
                (
                    "is_active",
                    models.BooleanField(
                        default=False,
                        help_text="Switch on to let the promotion run. While it is off nobody can enroll and the enrollments that exist are paused.",
                    ),
                ),
                (
                    "start_date_time",
                    models.DateTimeField(
                        blank=True,
                        help_text="From when the promotion applies. Empty: from now on.",
                        null=True,
                        verbose_name="starts",
                    ),
                ),
                (
                    "end_date_time",
                    models.DateTimeField(
                        blank=True,
                        help_text="The moment at which it stops to apply. Empty: it goes on until you end it.",
                        null=True,
                        verbose_name="ends",
                    ),
                ),
                (
                    "is_enrollment_required",
                    models.BooleanField(
                        default=False,
                        help_text="Switch on to open this promotion to enrollment.",
                        verbose_name="customers enroll",
                    ),
                ),
                (
                    "enrollment_start_date",
                    models.DateField(
                        blank=True,
                        help_text="The first day on which customers can enroll. Empty: at once.",
                        null=True,
                        verbose_name="enrollment opens",
                    ),
                ),
                (
                    "enrollment_end_date",
                    models.DateField(
                        blank=True,
                        help_text="The last day on which customers can enroll, to its very end. Empty: as long as the promotion runs.",
                        null=True,
                        verbose_name="enrollment closes",
                    ),
                ),
                (
                    "maximum_enrollment_count",
                    promotions.models.fields.CountField(
                        blank=True,
                        help_text="How many customers can be enrolled at most. Empty: as many as like.",
                        null=True,
                        validators=[
                            django.core.validators.MinValueValidator(1),
                            django.core.validators.MaxValueValidator(2147483647),
                        ],
                        verbose_name="places",
                    ),
                ),
                (
                    "is_automatic",
                    models.BooleanField(
                        default=False,
                        help_text="On: applies to every eligible cart by itself. Off: the buyer enters a coupon, where it has any.",
                        verbose_name="automatic",
                    ),
                ),
                (
                    "is_commerce_promotion",
                    models.BooleanField(
                        default=False,
                        help_text="Whether the promotion is for the business-to-business store.",
                        verbose_name="commerce promotion",
                    ),
                ),
                (
                    "is_tiered",
                    models.BooleanField(
                        default=False,
                        help_text="Whether the promotion uses tiers. This can't be changed after it is created.",
                        verbose_name="tiered",
                    ),
                ),
                (
                    "priority_number",
                    models.PositiveIntegerField(
                        blank=True,
                        help_text="A lower number comes first. Empty: after all that have one.",
                        null=True,
                        validators=[django.core.validators.MaxValueValidator(2147483647)],
                        verbose_name="priority",
                    ),
                ),
                (
                    "maximum_usage_count",
                    promotions.models.fields.CountField(
                        blank=True,
                        help_text="How many times it can be applied to one cart. Empty: once.",
                        null=True,
                        validators=[
                            django.core.validators.MinValueValidator(1),
                            django.core.validators.MaxValueValidator(2147483647),
                        ],
                        verbose_name="uses per cart",
                    ),
                ),
                (
                    "qualifier_criteria",
                    models.CharField(
                        blank=True,
                        choices=[("All", "All of them"), ("Any", "Any one of them")],
                        default="All",
                        help_text="With several qualifiers: must a cart meet all of them, or any one?",
                        max_length=20,
                        null=True,
                    ),
                ),
                (
                    "target_criteria",
                    models.CharField(
                        blank=True,
                        choices=[("All", "All of them"), ("Any", "Any one of them")],
                        help_text="With several targets: must a cart meet all of them, or any one?",
                        max_length=20,
                        null=True,
                    ),
                ),
                (
                    "discount_order",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("LeastExpensive", "Least expensive products first"),
                            ("MostExpensive", "Most expensive products first"),
                        ],
                        default="MostExpensive",
                        help_text="Which products are discounted first.",
                        max_length=20,
                        null=True,
                    ),
                ),
                (
                    "discount_restriction",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("LeastExpensive", "Not above the cheapest qualifying product"),
                            ("None", "No restriction"),
                        ],
                        default="None",
                        help_text="Whether only products that cost no more than the cheapest qualifying one are discounted.",
                        max_length=20,
                        null=True,
                    ),
                ),
                (
                    "exclusivity_type",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("No", "Combines with all others"),
                            ("Class", "Not with others that discount the same"),
                            ("Global", "With no other at all"),
                        ],
                        default="Class",
                        help_text="Whether it can be combined with other promotions.",
                        max_length=20,
                        null=True,
                        verbose_name="exclusivity",
                    ),
                ),
                (
                    "is_approaching_discount_applicable",
                    models.BooleanField(
                        default=False,
                        help_text="Switch on to let shops say how little is missing for the discount.",
                        verbose_name="announce a discount that is near",
                    ),
                ),
                (
                    "are_qual_items_excl_from_discounts",
                    models.BooleanField(
                        default=False,
                        help_text="Switch on for promotions like buy one, get one.",
                        verbose_name="qualifying items are not discounted",
                    ),
                ),
                (
                    "currency_iso_code",
                    promotions.models.fields.CurrencyField(
                        blank=True, max_length=3, null=True, verbose_name="currency"
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
                (
                    "last_modified_by",
                    models.ForeignKey(
                        db_index=False,
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
                    "related_promotion",
                    models.ForeignKey(
                        blank=True,
                        help_text="Another promotion that this one belongs with, such as the one it was cloned from.",
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="promotions.promotion",
                    ),
                ),
                (
                    "is_place_freed_on_withdrawal",
                    models.BooleanField(
                        db_default=True,
                        default=True,
                        help_text="On: who is withdrawn gives the place back. Off: a place that was taken stays taken, and its customer can come back to it.",
                        verbose_name="withdrawing frees the place",
                    ),
                ),
                (
                    "external_id",
                    models.CharField(
                        blank=True,
                        help_text="The key of this record in the system it comes from. No two have the same.",
                        max_length=255,
                        null=True,
                    ),
                ),
            ],
            options={
                "abstract": False,
                "indexes": [
                    models.Index(fields=["name_key", "id"], name="promotion_name_key"),
                    models.Index(fields=["created_date", "id"], name="promotion_created"),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("deleted_date", None), ("is_deleted", False)),
                            models.Q(("deleted_date__isnull", False), ("is_deleted", True)),
                            _connector="OR",
                        ),
                        name="promotion_deleted_has_date",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("last_modified_date__gte", models.F("created_date"))),
                        name="promotion_modified_after_created",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("is_deleted", False)),
                        fields=("promotion_code_key",),
                        name="promotion_code_once",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("name", ""), _negated=True),
                        name="promotion_name_not_blank",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("promotion_code", None),
                            models.Q(("promotion_code", ""), _negated=True),
                            _connector="OR",
                        ),
                        name="promotion_promotion_code_not_blank",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("start_date_time", None),
                            ("end_date_time", None),
                            ("end_date_time__gt", models.F("start_date_time")),
                            _connector="OR",
                        ),
                        name="promotion_ends_after_start",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("enrollment_start_date", None),
                            ("enrollment_end_date", None),
                            ("enrollment_end_date__gte", models.F("enrollment_start_date")),
                            _connector="OR",
                        ),
                        name="promotion_enrollment_closes_after_opening",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("maximum_usage_count", None),
                            ("maximum_usage_count__gte", 1),
                            _connector="OR",
                        ),
                        name="promotion_maximum_usage_count_positive",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("maximum_enrollment_count", None),
                            ("maximum_enrollment_count__gte", 1),
                            _connector="OR",
                        ),
                        name="promotion_maximum_enrollment_count_positive",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("owner_group", None), ("owner_user__isnull", False)),
                            models.Q(("owner_group__isnull", False), ("owner_user", None)),
                            _connector="OR",
                        ),
                        name="promotion_one_owner",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("qualifier_criteria", None),
                            ("qualifier_criteria__in", ["All", "Any"]),
                            _connector="OR",
                        ),
                        name="promotion_qualifier_criteria_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("target_criteria", None),
                            ("target_criteria__in", ["All", "Any"]),
                            _connector="OR",
                        ),
                        name="promotion_target_criteria_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("discount_order", None),
                            ("discount_order__in", ["LeastExpensive", "MostExpensive"]),
                            _connector="OR",
                        ),
                        name="promotion_discount_order_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("exclusivity_type", None),
                            ("exclusivity_type__in", ["No", "Class", "Global"]),
                            _connector="OR",
                        ),
                        name="promotion_exclusivity_type_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("related_promotion", None),
                            models.Q(("related_promotion", models.F("id")), _negated=True),
                            _connector="OR",
                        ),
                        name="promotion_not_related_to_itself",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("discount_restriction", None),
                            ("discount_restriction__in", ["LeastExpensive", "None"]),
                            _connector="OR",
                        ),
                        name="promotion_discount_restriction_known",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("is_deleted", False)),
                        fields=("external_id",),
                        name="promotion_external_id_once",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("external_id", None),
                            models.Q(("external_id", ""), _negated=True),
                            _connector="OR",
                        ),
                        name="promotion_external_id_not_blank",
                    ),
                ],
                "permissions": [
                    ("view_all_promotions", "Can see every promotion, shared or not"),
                    ("manage_all_promotions", "Can change, delete and share every promotion"),
                ],
            },
        ),
        migrations.CreateModel(
            name="Product",
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
                ("name", models.CharField(max_length=255)),
                (
                    "name_key",
                    promotions.models.fields.FoldedField("name", editable=False, null=True),
                ),
                (
                    "external_id",
                    models.CharField(
                        blank=True,
                        help_text="The key of this record in the system it comes from. No two have the same.",
                        max_length=255,
                        null=True,
                    ),
                ),
                (
                    "stock_keeping_unit",
                    models.CharField(
                        blank=True,
                        help_text="The article number.",
                        max_length=180,
                        null=True,
                        verbose_name="SKU",
                    ),
                ),
                (
                    "stock_keeping_unit_key",
                    promotions.models.fields.FoldedField(
                        "stock_keeping_unit", editable=False, null=True
                    ),
                ),
            ],
            options={
                "abstract": False,
                "default_permissions": (),
                "indexes": [
                    models.Index(fields=["name_key", "id"], name="product_by_name"),
                    models.Index(fields=["stock_keeping_unit_key", "id"], name="product_by_sku"),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("deleted_date", None), ("is_deleted", False)),
                            models.Q(("deleted_date__isnull", False), ("is_deleted", True)),
                            _connector="OR",
                        ),
                        name="product_deleted_has_date",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("last_modified_date__gte", models.F("created_date"))),
                        name="product_modified_after_created",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("name", ""), _negated=True),
                        name="product_name_not_blank",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("external_id", None),
                            models.Q(("external_id", ""), _negated=True),
                            _connector="OR",
                        ),
                        name="product_external_id_not_blank",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("is_deleted", False)),
                        fields=("external_id",),
                        name="product_external_id_once",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("stock_keeping_unit", None),
                            models.Q(("stock_keeping_unit", ""), _negated=True),
                            _connector="OR",
                        ),
                        name="product_stock_keeping_unit_not_blank",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="ProductCategory",
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
                ("name", models.CharField(max_length=255)),
                (
                    "name_key",
                    promotions.models.fields.FoldedField("name", editable=False, null=True),
                ),
                (
                    "external_id",
                    models.CharField(
                        blank=True,
                        help_text="The key of this record in the system it comes from. No two have the same.",
                        max_length=255,
                        null=True,
                    ),
                ),
            ],
            options={
                "verbose_name_plural": "product categories",
                "abstract": False,
                "default_permissions": (),
                "indexes": [
                    models.Index(fields=["name_key", "id"], name="productcategory_by_name")
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("deleted_date", None), ("is_deleted", False)),
                            models.Q(("deleted_date__isnull", False), ("is_deleted", True)),
                            _connector="OR",
                        ),
                        name="productcategory_deleted_has_date",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("last_modified_date__gte", models.F("created_date"))),
                        name="productcategory_modified_after_created",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("name", ""), _negated=True),
                        name="productcategory_name_not_blank",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("external_id", None),
                            models.Q(("external_id", ""), _negated=True),
                            _connector="OR",
                        ),
                        name="productcategory_external_id_not_blank",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("is_deleted", False)),
                        fields=("external_id",),
                        name="productcategory_external_id_once",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="BuyerGroup",
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
                ("name", models.CharField(max_length=255)),
                (
                    "name_key",
                    promotions.models.fields.FoldedField("name", editable=False, null=True),
                ),
                (
                    "external_id",
                    models.CharField(
                        blank=True,
                        help_text="The key of this record in the system it comes from. No two have the same.",
                        max_length=255,
                        null=True,
                    ),
                ),
            ],
            options={
                "abstract": False,
                "default_permissions": (),
                "indexes": [models.Index(fields=["name_key", "id"], name="buyergroup_by_name")],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("deleted_date", None), ("is_deleted", False)),
                            models.Q(("deleted_date__isnull", False), ("is_deleted", True)),
                            _connector="OR",
                        ),
                        name="buyergroup_deleted_has_date",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("last_modified_date__gte", models.F("created_date"))),
                        name="buyergroup_modified_after_created",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("name", ""), _negated=True),
                        name="buyergroup_name_not_blank",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("external_id", None),
                            models.Q(("external_id", ""), _negated=True),
                            _connector="OR",
                        ),
                        name="buyergroup_external_id_not_blank",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("is_deleted", False)),
                        fields=("external_id",),
                        name="buyergroup_external_id_once",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="WebStore",
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
                ("name", models.CharField(max_length=255)),
                (
                    "name_key",
                    promotions.models.fields.FoldedField("name", editable=False, null=True),
                ),
                (
                    "external_id",
                    models.CharField(
                        blank=True,
                        help_text="The key of this record in the system it comes from. No two have the same.",
                        max_length=255,
                        null=True,
                    ),
                ),
            ],
            options={
                "abstract": False,
                "default_permissions": (),
                "indexes": [models.Index(fields=["name_key", "id"], name="webstore_by_name")],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("deleted_date", None), ("is_deleted", False)),
                            models.Q(("deleted_date__isnull", False), ("is_deleted", True)),
                            _connector="OR",
                        ),
                        name="webstore_deleted_has_date",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("last_modified_date__gte", models.F("created_date"))),
                        name="webstore_modified_after_created",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("name", ""), _negated=True),
                        name="webstore_name_not_blank",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("external_id", None),
                            models.Q(("external_id", ""), _negated=True),
                            _connector="OR",
                        ),
                        name="webstore_external_id_not_blank",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("is_deleted", False)),
                        fields=("external_id",),
                        name="webstore_external_id_once",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="PromotionSegment",
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
                    "name",
                    models.CharField(help_text="Such as Members, or German shops.", max_length=255),
                ),
                (
                    "name_key",
                    promotions.models.fields.FoldedField("name", editable=False, null=True),
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
                "indexes": [models.Index(fields=["name_key", "id"], name="segment_by_name")],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("deleted_date", None), ("is_deleted", False)),
                            models.Q(("deleted_date__isnull", False), ("is_deleted", True)),
                            _connector="OR",
                        ),
                        name="promotionsegment_deleted_has_date",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("last_modified_date__gte", models.F("created_date"))),
                        name="promotionsegment_modified_after_created",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("owner_group", None), ("owner_user__isnull", False)),
                            models.Q(("owner_group__isnull", False), ("owner_user", None)),
                            _connector="OR",
                        ),
                        name="promotionsegment_one_owner",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("name", ""), _negated=True),
                        name="segment_name_not_blank",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="SharingRule",
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
                ("name", models.CharField(max_length=255)),
                (
                    "owner_user",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="promotions owned by",
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
                        verbose_name="or by a group",
                    ),
                ),
                (
                    "user",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="shared with",
                    ),
                ),
                (
                    "group",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="auth.group",
                        verbose_name="or with a group",
                    ),
                ),
                (
                    "access_level",
                    models.CharField(
                        choices=[
                            ("Read", "See it"),
                            ("Edit", "See and change it"),
                            ("All", "See, change, delete and share it"),
                        ],
                        default="Read",
                        max_length=10,
                    ),
                ),
            ],
            options={
                "abstract": False,
                "default_permissions": (),
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("deleted_date", None), ("is_deleted", False)),
                            models.Q(("deleted_date__isnull", False), ("is_deleted", True)),
                            _connector="OR",
                        ),
                        name="sharingrule_deleted_has_date",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("last_modified_date__gte", models.F("created_date"))),
                        name="sharingrule_modified_after_created",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("name", ""), _negated=True),
                        name="sharing_rule_name_not_blank",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("owner_group", None), ("owner_user__isnull", False)),
                            models.Q(("owner_group__isnull", False), ("owner_user", None)),
                            _connector="OR",
                        ),
                        name="sharing_rule_one_owner",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("group", None), ("user__isnull", False)),
                            models.Q(("group__isnull", False), ("user", None)),
                            _connector="OR",
                        ),
                        name="sharing_rule_with_one",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("access_level__in", ["Read", "Edit", "All"])),
                        name="sharing_rule_access_level_known",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="RecordView",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "user",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                ("key_prefix", models.CharField(max_length=3)),
                ("record_key", models.BigIntegerField()),
                ("last_viewed_date", models.DateTimeField(null=True)),
                ("last_referenced_date", models.DateTimeField()),
            ],
            options={
                "default_permissions": (),
                "constraints": [
                    models.UniqueConstraint(
                        fields=("user", "key_prefix", "record_key"), name="record_view_once"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("last_viewed_date", None),
                            ("last_referenced_date__gte", models.F("last_viewed_date")),
                            _connector="OR",
                        ),
                        name="record_view_referenced_when_viewed",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="QueryLocator",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("text", models.TextField()),
                ("all_rows", models.BooleanField()),
                ("page_size", models.PositiveSmallIntegerField()),
                ("child", models.PositiveSmallIntegerField(null=True)),
                ("parent_key", models.BigIntegerField(null=True)),
                ("asked_at", models.DateTimeField()),
                ("last_key", models.BigIntegerField()),
                ("total", models.BigIntegerField()),
                ("expires", models.DateTimeField(db_index=True)),
                (
                    "user",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "default_permissions": (),
                "indexes": [models.Index(fields=["user", "id"], name="query_locator_of_user")],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("child", None), ("parent_key", None)),
                            models.Q(("child__isnull", False), ("parent_key__isnull", False)),
                            _connector="OR",
                        ),
                        name="query_locator_child_has_parent",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="BulkJob",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "type",
                    models.CharField(
                        choices=[("V2Ingest", "Ingest"), ("V2Query", "Query")], max_length=10
                    ),
                ),
                (
                    "operation",
                    models.CharField(
                        choices=[
                            ("insert", "Insert"),
                            ("update", "Update"),
                            ("upsert", "Upsert"),
                            ("delete", "Delete"),
                            ("query", "Query"),
                            ("queryAll", "Query All"),
                        ],
                        max_length=10,
                    ),
                ),
                ("object_name", models.CharField(max_length=80)),
                ("query", models.TextField(null=True)),
                ("external_id_field", models.CharField(max_length=80, null=True)),
                (
                    "column_delimiter",
                    models.CharField(
                        choices=[
                            ("COMMA", ","),
                            ("TAB", "\t"),
                            ("SEMICOLON", ";"),
                            ("PIPE", "|"),
                            ("BACKQUOTE", "`"),
                            ("CARET", "^"),
                        ],
                        max_length=10,
                    ),
                ),
                (
                    "line_ending",
                    models.CharField(choices=[("LF", "\n"), ("CRLF", "\r\n")], max_length=4),
                ),
                ("api_version", models.CharField(max_length=5)),
                (
                    "source",
                    models.CharField(
                        choices=[("admin", "admin"), ("api", "api"), ("command", "command")],
                        max_length=10,
                    ),
                ),
                ("scopes", models.JSONField(default=list)),
                ("created_date", models.DateTimeField()),
                ("system_modstamp", models.DateTimeField()),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("Open", "Open"),
                            ("UploadComplete", "Upload Complete"),
                            ("InProgress", "In Progress"),
                            ("JobComplete", "Job Complete"),
                            ("Failed", "Failed"),
                            ("Aborted", "Aborted"),
                        ],
                        max_length=20,
                    ),
                ),
                ("failure", models.TextField(null=True)),
                ("path", models.CharField(max_length=64, null=True)),
                ("size", models.BigIntegerField(default=0)),
                ("position", models.BigIntegerField(default=0)),
                ("line", models.BigIntegerField(default=1)),
                ("rows_done", models.BigIntegerField(default=0)),
                ("rows_failed", models.BigIntegerField(default=0)),
                ("successful_size", models.BigIntegerField(default=0)),
                ("failed_size", models.BigIntegerField(default=0)),
                ("milliseconds", models.BigIntegerField(default=0)),
                (
                    "created_by",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "default_permissions": (),
                "indexes": [
                    models.Index(
                        condition=models.Q(("state__in", ["UploadComplete", "InProgress"])),
                        fields=["id"],
                        name="bulk_job_at_work",
                    ),
                    models.Index(fields=["created_by", "type", "-id"], name="bulk_job_of_user"),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("type__in", ["V2Ingest", "V2Query"])),
                        name="bulk_job_type_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "operation__in",
                                ["insert", "update", "upsert", "delete", "query", "queryAll"],
                            )
                        ),
                        name="bulk_job_operation_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "state__in",
                                [
                                    "Open",
                                    "UploadComplete",
                                    "InProgress",
                                    "JobComplete",
                                    "Failed",
                                    "Aborted",
                                ],
                            )
                        ),
                        name="bulk_job_state_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "column_delimiter__in",
                                ["COMMA", "TAB", "SEMICOLON", "PIPE", "BACKQUOTE", "CARET"],
                            )
                        ),
                        name="bulk_job_column_delimiter_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("line_ending__in", ["LF", "CRLF"])),
                        name="bulk_job_line_ending_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("failure", None),
                            models.Q(("failure", ""), _negated=True),
                            _connector="OR",
                        ),
                        name="bulk_job_failure_not_blank",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("failure__isnull", False), ("state", "Failed")),
                            models.Q(
                                models.Q(("state", "Failed"), _negated=True), ("failure", None)
                            ),
                            _connector="OR",
                        ),
                        name="bulk_job_failed_says_why",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("query__isnull", False), ("type", "V2Query")),
                            models.Q(models.Q(("type", "V2Query"), _negated=True), ("query", None)),
                            _connector="OR",
                        ),
                        name="bulk_job_query_asks",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("rows_done__gte", models.F("rows_failed")), ("rows_failed__gte", 0)
                        ),
                        name="bulk_job_counts_add_up",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="IdempotentRequest",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("path", models.TextField()),
                ("key", models.CharField(max_length=255)),
                ("body_hash", models.BinaryField()),
                ("created_date", models.DateTimeField(db_index=True)),
                ("status", models.PositiveSmallIntegerField(null=True)),
                ("headers", models.JSONField(default=dict)),
                ("body", models.BinaryField(default=b"")),
                (
                    "partner",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to=settings.OAUTH2_PROVIDER_APPLICATION_MODEL,
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("partner", "key", "path"), name="idempotent_request_once"
                    )
                ],
            },
        ),
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
                    models.CheckConstraint(
                        condition=models.Q(
                            ("is_deleted", True), ("rank__isnull", False), _connector="OR"
                        ),
                        name="tier_has_rank",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="PromotionSegmentBuyerGroup",
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
                    "promotion_segment",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        to="promotions.promotionsegment",
                        verbose_name="segment",
                    ),
                ),
                (
                    "currency_iso_code",
                    promotions.models.fields.CurrencyField(
                        blank=True, max_length=3, null=True, verbose_name="currency"
                    ),
                ),
                (
                    "buyer_group",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, to="promotions.buyergroup"
                    ),
                ),
            ],
            options={
                "abstract": False,
                "default_permissions": (),
                "default_related_name": "segment_buyer_groups",
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("deleted_date", None), ("is_deleted", False)),
                            models.Q(("deleted_date__isnull", False), ("is_deleted", True)),
                            _connector="OR",
                        ),
                        name="promotionsegmentbuyergroup_deleted_has_date",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("last_modified_date__gte", models.F("created_date"))),
                        name="promotionsegmentbuyergroup_modified_after_created",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("is_deleted", False)),
                        fields=("promotion_segment", "buyer_group"),
                        name="segment_has_buyer_group_once",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="PromotionSegmentSalesStore",
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
                    "promotion_segment",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        to="promotions.promotionsegment",
                        verbose_name="segment",
                    ),
                ),
                (
                    "currency_iso_code",
                    promotions.models.fields.CurrencyField(
                        blank=True, max_length=3, null=True, verbose_name="currency"
                    ),
                ),
                (
                    "sales_store",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        to="promotions.webstore",
                        verbose_name="store",
                    ),
                ),
            ],
            options={
                "abstract": False,
                "default_permissions": (),
                "default_related_name": "segment_sales_stores",
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("deleted_date", None), ("is_deleted", False)),
                            models.Q(("deleted_date__isnull", False), ("is_deleted", True)),
                            _connector="OR",
                        ),
                        name="promotionsegmentsalesstore_deleted_has_date",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("last_modified_date__gte", models.F("created_date"))),
                        name="promotionsegmentsalesstore_modified_after_created",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("is_deleted", False)),
                        fields=("promotion_segment", "sales_store"),
                        name="segment_has_store_once",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="PromotionMarketSegment",
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
                    "promotion_segment",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        to="promotions.promotionsegment",
                        verbose_name="segment",
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
                "default_related_name": "market_segments",
                "indexes": [
                    models.Index(fields=["promotion", "id"], name="market_segment_by_promotion")
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("deleted_date", None), ("is_deleted", False)),
                            models.Q(("deleted_date__isnull", False), ("is_deleted", True)),
                            _connector="OR",
                        ),
                        name="promotionmarketsegment_deleted_has_date",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("last_modified_date__gte", models.F("created_date"))),
                        name="promotionmarketsegment_modified_after_created",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("deleted_with_promotion", False), ("is_deleted", True), _connector="OR"
                        ),
                        name="promotionmarketsegment_deleted_with_promotion_is_deleted",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("is_deleted", False)),
                        fields=("promotion", "promotion_segment"),
                        name="promotion_for_segment_once",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("promotion_segment__isnull", False)),
                        name="market_segment_names_segment",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="PromotionLimit",
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
                    "category",
                    models.CharField(
                        choices=[
                            ("CustomerLevel", "For each customer"),
                            ("PromotionLevel", "For the whole promotion"),
                        ],
                        max_length=20,
                    ),
                ),
                (
                    "type",
                    models.CharField(
                        choices=[
                            ("CartItemCount", "Items in the cart"),
                            ("FinancialLiability", "Financial liability"),
                            ("OrderCount", "Orders"),
                            ("PointsCredited", "Points credited"),
                            ("TotalUsage", "Uses in total"),
                            ("UsagePerCustomer", "Uses by each customer"),
                            ("VouchersIssued", "Vouchers issued"),
                            ("Milestone", "Milestone"),
                        ],
                        max_length=30,
                    ),
                ),
                (
                    "value",
                    promotions.models.fields.NumberField(
                        decimal_places=4, help_text="The most of it.", max_digits=15
                    ),
                ),
            ],
            options={
                "abstract": False,
                "default_permissions": (),
                "default_related_name": "limits",
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("deleted_date", None), ("is_deleted", False)),
                            models.Q(("deleted_date__isnull", False), ("is_deleted", True)),
                            _connector="OR",
                        ),
                        name="promotionlimit_deleted_has_date",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("last_modified_date__gte", models.F("created_date"))),
                        name="promotionlimit_modified_after_created",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("deleted_with_promotion", False), ("is_deleted", True), _connector="OR"
                        ),
                        name="promotionlimit_deleted_with_promotion_is_deleted",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("category__in", ["CustomerLevel", "PromotionLevel"])),
                        name="limit_category_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "type__in",
                                [
                                    "CartItemCount",
                                    "FinancialLiability",
                                    "OrderCount",
                                    "PointsCredited",
                                    "TotalUsage",
                                    "UsagePerCustomer",
                                    "VouchersIssued",
                                    "Milestone",
                                ],
                            )
                        ),
                        name="limit_type_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("value__gt", Decimal("0"))), name="limit_value_positive"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("category", "PromotionLevel"), ("type", "TotalUsage")),
                            models.Q(("category", "CustomerLevel"), ("type", "UsagePerCustomer")),
                            models.Q(
                                ("type__in", ["TotalUsage", "UsagePerCustomer"]), _negated=True
                            ),
                            _connector="OR",
                        ),
                        name="limit_category_fits_type",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("is_deleted", False)),
                        fields=("promotion", "type", "category"),
                        name="limit_once_per_type_and_category",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="CouponBatch",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "promotion",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="coupon_batches",
                        to="promotions.promotion",
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("generated", "Generated"),
                            ("imported", "Imported"),
                            ("cloned", "Cloned"),
                        ],
                        max_length=20,
                    ),
                ),
                ("pattern", models.CharField(max_length=64, null=True)),
                ("quantity", models.PositiveIntegerField()),
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
            ],
            options={
                "verbose_name_plural": "coupon batches",
                "default_permissions": (),
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("kind", "generated"), _negated=True),
                            ("pattern__isnull", False),
                            _connector="OR",
                        ),
                        name="coupon_batch_generated_from_pattern",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="PromotionFeed",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "promotion",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="feed",
                        to="promotions.promotion",
                    ),
                ),
                (
                    "type",
                    models.CharField(
                        choices=[("TrackedChange", "A change"), ("TextPost", "A post")],
                        max_length=20,
                    ),
                ),
                ("body", models.TextField(null=True)),
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
                ("is_deleted", models.BooleanField(default=False)),
            ],
            options={
                "default_permissions": (),
                "indexes": [models.Index(fields=["promotion", "-id"], name="feed_by_promotion")],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("body__isnull", False),
                                ("type", "TextPost"),
                                models.Q(("body", ""), _negated=True),
                            ),
                            models.Q(("body", None), ("type", "TrackedChange")),
                            _connector="OR",
                        ),
                        name="feed_post_has_body",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("is_deleted", False), ("type", "TextPost"), _connector="OR"
                        ),
                        name="feed_only_posts_deleted",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="PromotionShare",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "promotion",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="shares",
                        to="promotions.promotion",
                    ),
                ),
                (
                    "user",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "group",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="auth.group",
                    ),
                ),
                (
                    "access_level",
                    models.CharField(
                        choices=[
                            ("Read", "See it"),
                            ("Edit", "See and change it"),
                            ("All", "See, change, delete and share it"),
                        ],
                        max_length=10,
                    ),
                ),
                (
                    "row_cause",
                    models.CharField(
                        choices=[
                            ("Owner", "Owns it"),
                            ("Manual", "Shared by somebody"),
                            ("Rule", "Shared by a rule"),
                        ],
                        max_length=10,
                    ),
                ),
                (
                    "rule",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="shares",
                        to="promotions.sharingrule",
                    ),
                ),
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
            ],
            options={
                "default_permissions": (),
                "indexes": [
                    models.Index(
                        fields=["user", "promotion", "access_level"], name="share_of_user"
                    ),
                    models.Index(
                        fields=["group", "promotion", "access_level"], name="share_of_group"
                    ),
                    models.Index(fields=["promotion", "id"], name="share_of_promotion"),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("group", None), ("user__isnull", False)),
                            models.Q(("group__isnull", False), ("user", None)),
                            _connector="OR",
                        ),
                        name="share_with_one",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("access_level__in", ["Read", "Edit", "All"])),
                        name="share_access_level_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("row_cause", "Rule"), ("rule__isnull", False)),
                            models.Q(("row_cause__in", ["Owner", "Manual"]), ("rule", None)),
                            _connector="OR",
                        ),
                        name="share_by_rule_names_it",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("row_cause", "Owner"), _negated=True),
                            ("access_level", "All"),
                            _connector="OR",
                        ),
                        name="share_of_owner_is_all",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("row_cause", "Owner")),
                        fields=("promotion",),
                        name="share_one_owner",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("group", None), ("row_cause", "Manual")),
                        fields=("promotion", "user"),
                        name="share_once_with_user",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("row_cause", "Manual"), ("user", None)),
                        fields=("promotion", "group"),
                        name="share_once_with_group",
                    ),
                    models.UniqueConstraint(
                        fields=("promotion", "rule"), name="share_once_by_rule"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="QueryPosition",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("offset", models.BigIntegerField()),
                ("values", models.JSONField()),
                (
                    "locator",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="positions",
                        to="promotions.querylocator",
                    ),
                ),
            ],
            options={
                "default_permissions": (),
                "constraints": [
                    models.UniqueConstraint(
                        fields=("locator", "offset"), name="query_position_once"
                    )
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
                    models.CheckConstraint(
                        condition=models.Q(
                            ("approaching_discount_threshold", None),
                            models.Q(
                                ("approaching_discount_threshold__lt", models.F("minimum_amount")),
                                ("minimum_amount__isnull", False),
                            ),
                            _connector="OR",
                        ),
                        name="qualifier_threshold_below_amount",
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
                            ("target_operator__in", ["EQUAL_TO", "NOT_EQUAL_TO", "NONE"])
                        ),
                        name="target_target_operator_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("target_rule_criteria_type__in", ["ALL", "ANY"])),
                        name="target_target_rule_criteria_type_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("restriction_quantity__gt", Decimal("0"))),
                        name="target_restriction_quantity_positive",
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
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                (
                                    "adjustment_type__in",
                                    [
                                        "FixedAmountOffTransaction",
                                        "FixedAmountOffUnitPrice",
                                        "FixedPrice",
                                        "TotalFixedPrice",
                                        "BonusProduct",
                                    ],
                                ),
                                _negated=True,
                            ),
                            models.Q(
                                ("adjustment_type", "FixedAmountOffTransaction"),
                                (
                                    "target_type__in",
                                    ["Shipping", "StandardShippingRate", "Transaction"],
                                ),
                            ),
                            models.Q(
                                ("adjustment_type__in", ["FixedAmountOffUnitPrice", "FixedPrice"]),
                                (
                                    "target_type__in",
                                    [
                                        "Product",
                                        "ProductCategory",
                                        "Shipping",
                                        "StandardShippingRate",
                                    ],
                                ),
                            ),
                            models.Q(
                                ("adjustment_type__in", ["TotalFixedPrice", "BonusProduct"]),
                                ("target_type__in", ["Product", "ProductCategory"]),
                            ),
                            _connector="OR",
                        ),
                        name="target_adjustment_fits_its_type",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("adjustment_type", "PercentageDiscount"), _negated=True),
                            models.Q(
                                ("adjustment_percent__gte", Decimal("1")),
                                ("adjustment_percent__isnull", False),
                                ("adjustment_percent__lte", Decimal("100")),
                            ),
                            _connector="OR",
                        ),
                        name="target_percentage_has_percent",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="PromotionLimitUsage",
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
                    "promotion_limit",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        to="promotions.promotionlimit",
                        verbose_name="limit",
                    ),
                ),
                (
                    "usage",
                    promotions.models.fields.NumberField(
                        decimal_places=4, help_text="How much of the limit is used.", max_digits=15
                    ),
                ),
            ],
            options={
                "abstract": False,
                "default_permissions": (),
                "default_related_name": "limit_usages",
                "indexes": [
                    models.Index(fields=["promotion", "id"], name="limit_usage_by_promotion")
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("deleted_date", None), ("is_deleted", False)),
                            models.Q(("deleted_date__isnull", False), ("is_deleted", True)),
                            _connector="OR",
                        ),
                        name="promotionlimitusage_deleted_has_date",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("last_modified_date__gte", models.F("created_date"))),
                        name="promotionlimitusage_modified_after_created",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("deleted_with_promotion", False), ("is_deleted", True), _connector="OR"
                        ),
                        name="promotionlimitusage_deleted_with_promotion_is_deleted",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("usage__gte", 0)), name="limit_usage_not_negative"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Coupon",
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
                    "coupon_code",
                    models.CharField(
                        help_text="What buyers enter. No two coupons have the same, whatever the case.",
                        max_length=255,
                        verbose_name="code",
                    ),
                ),
                (
                    "coupon_code_key",
                    promotions.models.fields.FoldedField("coupon_code", editable=False, null=True),
                ),
                (
                    "status",
                    models.CharField(
                        choices=[("Active", "Active"), ("Inactive", "Inactive")],
                        default="Inactive",
                        max_length=20,
                    ),
                ),
                (
                    "start_date_time",
                    models.DateTimeField(
                        blank=True,
                        help_text="Empty: with the promotion.",
                        null=True,
                        verbose_name="starts",
                    ),
                ),
                (
                    "end_date_time",
                    models.DateTimeField(
                        blank=True,
                        help_text="Empty: with the promotion.",
                        null=True,
                        verbose_name="ends",
                    ),
                ),
                (
                    "redemption_limit_all_buyers",
                    promotions.models.fields.CountField(
                        blank=True,
                        help_text="How often it can be used in all. Empty: as often as they like.",
                        null=True,
                        validators=[
                            django.core.validators.MinValueValidator(1),
                            django.core.validators.MaxValueValidator(2147483647),
                        ],
                        verbose_name="uses by all buyers",
                    ),
                ),
                (
                    "redemption_limit_per_buyer",
                    promotions.models.fields.CountField(
                        blank=True,
                        help_text="How often one buyer can use it. Empty: as often as they like.",
                        null=True,
                        validators=[
                            django.core.validators.MinValueValidator(1),
                            django.core.validators.MaxValueValidator(2147483647),
                        ],
                        verbose_name="uses by each buyer",
                    ),
                ),
                (
                    "description",
                    promotions.models.fields.TextArea(
                        blank=True,
                        null=True,
                        validators=[django.core.validators.MaxLengthValidator(32000)],
                    ),
                ),
                (
                    "currency_iso_code",
                    promotions.models.fields.CurrencyField(
                        blank=True, max_length=3, null=True, verbose_name="currency"
                    ),
                ),
                (
                    "batch",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="coupons",
                        to="promotions.couponbatch",
                    ),
                ),
                (
                    "owner_user",
                    models.ForeignKey(
                        blank=True,
                        db_index=False,
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
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="auth.group",
                    ),
                ),
            ],
            options={
                "abstract": False,
                "default_permissions": (),
                "default_related_name": "coupons",
                "indexes": [models.Index(fields=["promotion", "id"], name="coupon_by_promotion")],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("deleted_date", None), ("is_deleted", False)),
                            models.Q(("deleted_date__isnull", False), ("is_deleted", True)),
                            _connector="OR",
                        ),
                        name="coupon_deleted_has_date",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("last_modified_date__gte", models.F("created_date"))),
                        name="coupon_modified_after_created",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("deleted_with_promotion", False), ("is_deleted", True), _connector="OR"
                        ),
                        name="coupon_deleted_with_promotion_is_deleted",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("owner_group", None), ("owner_user__isnull", False)),
                            models.Q(("owner_group__isnull", False), ("owner_user", None)),
                            _connector="OR",
                        ),
                        name="coupon_one_owner",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("status__in", ["Active", "Inactive"])),
                        name="coupon_status_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("coupon_code", ""), _negated=True),
                        name="coupon_code_not_blank",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("description", None),
                            models.Q(("description", ""), _negated=True),
                            _connector="OR",
                        ),
                        name="coupon_description_not_blank",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("is_deleted", False)),
                        fields=("coupon_code_key",),
                        name="coupon_code_once",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("start_date_time", None),
                            ("end_date_time", None),
                            ("end_date_time__gt", models.F("start_date_time")),
                            _connector="OR",
                        ),
                        name="coupon_ends_after_start",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("redemption_limit_all_buyers", None),
                            ("redemption_limit_per_buyer", None),
                            (
                                "redemption_limit_per_buyer__lte",
                                models.F("redemption_limit_all_buyers"),
                            ),
                            _connector="OR",
                        ),
                        name="coupon_limit_per_buyer_within_limit",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="PromotionFeedComment",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "feed_item",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="comments",
                        to="promotions.promotionfeed",
                    ),
                ),
                ("body", models.TextField()),
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
                ("is_deleted", models.BooleanField(default=False)),
            ],
            options={
                "default_permissions": (),
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("body", ""), _negated=True),
                        name="feed_comment_has_body",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="PromotionHistory",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("field", models.CharField(max_length=64)),
                ("old_value", models.TextField(null=True)),
                ("new_value", models.TextField(null=True)),
                ("reason", models.TextField(null=True)),
                (
                    "source",
                    models.CharField(
                        choices=[("admin", "admin"), ("api", "api"), ("command", "command")],
                        max_length=10,
                    ),
                ),
                ("request_id", models.CharField(blank=True, max_length=64)),
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
                    "promotion",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="history",
                        to="promotions.promotion",
                    ),
                ),
                (
                    "feed_item",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="changes",
                        to="promotions.promotionfeed",
                    ),
                ),
                ("object_name", models.CharField(max_length=40)),
                ("record_key", models.BigIntegerField()),
                ("snapshot", models.JSONField(null=True)),
            ],
            options={
                "verbose_name_plural": "promotion history",
                "abstract": False,
                "default_permissions": (),
                "indexes": [
                    models.Index(fields=["promotion", "-id"], name="promotion_history_newest"),
                    models.Index(
                        fields=["object_name", "record_key", "-id"],
                        name="promotion_history_of_record",
                    ),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("source__in", ["admin", "api", "command"])),
                        name="promotion_history_source_known",
                    )
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
        migrations.CreateModel(
            name="CouponCodeRedemption",
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
                    "coupon",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        to="promotions.coupon",
                    ),
                ),
                (
                    "buyer",
                    models.CharField(
                        help_text="Who the buyer is, in the shop's terms.", max_length=255
                    ),
                ),
                (
                    "transaction",
                    models.CharField(
                        help_text="The shop's order. A coupon is used once in an order.",
                        max_length=255,
                    ),
                ),
                (
                    "owner_user",
                    models.ForeignKey(
                        blank=True,
                        db_index=False,
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
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="auth.group",
                    ),
                ),
            ],
            options={
                "abstract": False,
                "default_permissions": (),
                "default_related_name": "redemptions",
                "indexes": [
                    models.Index(fields=["promotion", "id"], name="redemption_by_promotion"),
                    models.Index(fields=["transaction", "id"], name="redemption_by_transaction"),
                    models.Index(fields=["coupon", "buyer"], name="redemption_by_coupon_and_buyer"),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("deleted_date", None), ("is_deleted", False)),
                            models.Q(("deleted_date__isnull", False), ("is_deleted", True)),
                            _connector="OR",
                        ),
                        name="couponcoderedemption_deleted_has_date",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("last_modified_date__gte", models.F("created_date"))),
                        name="couponcoderedemption_modified_after_created",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("deleted_with_promotion", False), ("is_deleted", True), _connector="OR"
                        ),
                        name="couponcoderedemption_deleted_with_promotion_is_deleted",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("owner_group", None), ("owner_user__isnull", False)),
                            models.Q(("owner_group__isnull", False), ("owner_user", None)),
                            _connector="OR",
                        ),
                        name="couponcoderedemption_one_owner",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("is_deleted", False)),
                        fields=("coupon", "transaction"),
                        name="coupon_redeemed_once_per_transaction",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("buyer", ""), _negated=True),
                        name="redemption_buyer_not_blank",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("transaction", ""), _negated=True),
                        name="redemption_transaction_not_blank",
                    ),
                ],
            },
        ),
    ]
