"""Figures that take longer to count than a page may wait."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("promotions", "0005_words")]
    operations = [
        migrations.CreateModel(
            name="KeptFigure",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("kind", models.CharField(max_length=60)),
                ("subject", models.CharField(blank=True, max_length=60)),
                ("value", models.JSONField(null=True)),
                ("counted_date", models.DateTimeField(null=True)),
                ("seconds", models.FloatField(default=0)),
                ("asked_date", models.DateTimeField()),
            ],
            options={
                "default_permissions": (),
                "constraints": [
                    models.UniqueConstraint(fields=("kind", "subject"), name="kept_figure_once"),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("counted_date", None), ("value__isnull", True)),
                            models.Q(("counted_date__isnull", False), ("value__isnull", False)),
                            _connector="OR",
                        ),
                        name="kept_figure_counted_has_date",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("seconds__gte", 0)),
                        name="kept_figure_seconds_not_negative",
                    ),
                ],
            },
        ),
    ]
