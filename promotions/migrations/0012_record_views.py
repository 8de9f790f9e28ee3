"""When who last looked at which record, of every kind."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("promotions", "0011_owners_have_shares"),
    ]

    operations = [
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
                "indexes": [],
            },
        ),
    ]
