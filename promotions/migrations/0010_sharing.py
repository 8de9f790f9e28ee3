"""Who may see and change which promotion."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("auth", "0012_alter_user_first_name_max_length"),
        ("promotions", "0009_history_and_feed"),
    ]

    operations = [
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
                "indexes": [],
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
                        condition=models.Q(("row_cause__in", ["Owner", "Manual", "Rule"])),
                        name="share_row_cause_known",
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
    ]
