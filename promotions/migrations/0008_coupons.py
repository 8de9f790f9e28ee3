"""Coupons and their redemptions."""

import django.core.validators
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import promotions.models.fields


class Migration(migrations.Migration):
    dependencies = [
        ("auth", "0012_alter_user_first_name_max_length"),
        ("promotions", "0007_limits"),
    ]

    operations = [
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
                "indexes": [],
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
