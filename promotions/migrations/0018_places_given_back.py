"""Whether withdrawing from a promotion with a limit gives the place back."""

import django.core.validators
from django.db import migrations, models

import promotions.models.fields


class Migration(migrations.Migration):
    dependencies = [("promotions", "0017_constraints_said_once")]
    operations = [
        migrations.AddField(
            model_name="promotion",
            name="is_place_freed_on_withdrawal",
            field=models.BooleanField(
                default=True,
                db_default=True,  # the release before this one doesn't name the column
                verbose_name="withdrawing frees the place",
                help_text="On: who is withdrawn gives the place back. Off: a place that was taken "
                "stays taken, and its customer can come back to it.",
            ),
        ),
        migrations.AlterField(
            model_name="promotion",
            name="maximum_enrollment_count",
            field=promotions.models.fields.CountField(
                blank=True,
                help_text="How many customers can be enrolled at most. Empty: as many as like.",
                null=True,
                validators=[
                    django.core.validators.MinValueValidator(1),
                    django.core.validators.MaxValueValidator(2147483647),
                ],
                verbose_name="places",
            ),
        ),
    ]
