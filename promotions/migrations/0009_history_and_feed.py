"""What happened to promotions."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("promotions", "0008_coupons"),
    ]

    operations = [
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
                        condition=models.Q(("type__in", ["TrackedChange", "TextPost"])),
                        name="feed_type_known",
                    ),
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
                "indexes": [],
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
    ]
