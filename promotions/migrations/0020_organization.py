"""The table of the one organisation."""

from django.db import migrations, models
from django.db.models import Q


class Migration(migrations.Migration):
    dependencies = [("promotions", "0019_external_ids")]
    operations = [
        migrations.CreateModel(
            "Organization",
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
            options={"default_permissions": ()},
        ),
        migrations.AddConstraint(
            "organization", models.CheckConstraint(condition=Q(id=1), name="organization_is_one")
        ),
        migrations.AddConstraint(
            "organization",
            models.CheckConstraint(condition=~Q(name=""), name="organization_name_not_blank"),
        ),
    ]
