"""Who a promotion is for."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import promotions.models.fields


class Migration(migrations.Migration):
    dependencies = [
        ("auth", "0012_alter_user_first_name_max_length"),
        ("promotions", "0005_discounts"),
    ]

    operations = [
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
                "indexes": [],
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
                "indexes": [],
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
                ],
            },
        ),
    ]
