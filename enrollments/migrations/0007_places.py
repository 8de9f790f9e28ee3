"""The count of places that are taken of promotions with a limit."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("enrollments", "0006_more_roles"),
        ("promotions", "0018_places_given_back"),
    ]
    operations = [
        migrations.CreateModel(
            name="EnrollmentPlaces",
            fields=[
                (
                    "promotion",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        primary_key=True,
                        related_name="enrollment_places",
                        serialize=False,
                        to="promotions.promotion",
                    ),
                ),
                ("taken", models.PositiveIntegerField()),
            ],
            options={"default_permissions": ()},
        ),
    ]
