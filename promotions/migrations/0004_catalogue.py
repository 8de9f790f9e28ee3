"""The catalogue that promotions name: products, categories, buyer groups, stores."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import promotions.models.fields


class Migration(migrations.Migration):
    dependencies = [
        ("auth", "0012_alter_user_first_name_max_length"),
        ("promotions", "0003_field_kinds"),
    ]

    operations = [
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
    ]
