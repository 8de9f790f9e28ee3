"""What a promotion may cost at most."""

from decimal import Decimal

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import promotions.models.fields


class Migration(migrations.Migration):
    dependencies = [
        ("promotions", "0006_segments"),
    ]

    operations = [
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
                "indexes": [],
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
    ]
