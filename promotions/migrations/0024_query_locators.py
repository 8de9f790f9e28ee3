"""Where readers of long answers to queries go on."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("promotions", "0023_search_words"),
    ]

    operations = [
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
            },
        ),
        migrations.AddIndex(
            model_name="querylocator",
            index=models.Index(fields=["user", "id"], name="query_locator_of_user"),
        ),
        migrations.AddConstraint(
            model_name="querylocator",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("child", None), ("parent_key", None)),
                    models.Q(("child__isnull", False), ("parent_key__isnull", False)),
                    _connector="OR",
                ),
                name="query_locator_child_has_parent",
            ),
        ),
        migrations.AddConstraint(
            model_name="queryposition",
            constraint=models.UniqueConstraint(
                fields=("locator", "offset"), name="query_position_once"
            ),
        ),
    ]
