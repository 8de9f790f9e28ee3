"""Fields of Promotion are of the kinds that the field dictionary knows; who may see all."""

import django.core.validators
import django.db.models.deletion
from django.db import migrations

import promotions.models.fields


class Migration(migrations.Migration):
    dependencies = [
        ("auth", "0012_alter_user_first_name_max_length"),
        ("promotions", "0002_system_user"),
    ]

    operations = [
        migrations.AlterModelOptions(
            name="promotion",
            options={
                "permissions": [
                    ("view_all_promotions", "Can see every promotion, shared or not"),
                    ("manage_all_promotions", "Can change, delete and share every promotion"),
                ]
            },
        ),
        migrations.AlterField(
            model_name="promotion",
            name="currency_iso_code",
            field=promotions.models.fields.CurrencyField(
                blank=True, max_length=3, null=True, verbose_name="currency"
            ),
        ),
        migrations.AlterField(
            model_name="promotion",
            name="description",
            field=promotions.models.fields.TextArea(
                blank=True,
                help_text="What the promotion gives, in a few sentences.",
                null=True,
                validators=[django.core.validators.MaxLengthValidator(32000)],
            ),
        ),
        migrations.AlterField(
            model_name="promotion",
            name="maximum_enrollment_count",
            field=promotions.models.fields.CountField(
                blank=True,
                help_text="How many customers can be enrolled at most. Who is withdrawn gives the place back. Empty: as many as like.",
                null=True,
                validators=[
                    django.core.validators.MinValueValidator(1),
                    django.core.validators.MaxValueValidator(2147483647),
                ],
                verbose_name="places",
            ),
        ),
        migrations.AlterField(
            model_name="promotion",
            name="maximum_usage_count",
            field=promotions.models.fields.CountField(
                blank=True,
                help_text="How many times it can be applied to one cart. Empty: once.",
                null=True,
                validators=[
                    django.core.validators.MinValueValidator(1),
                    django.core.validators.MaxValueValidator(2147483647),
                ],
                verbose_name="uses per cart",
            ),
        ),
        migrations.AlterField(
            model_name="promotion",
            name="objective",
            field=promotions.models.fields.TextArea(
                blank=True,
                help_text="What the promotion is meant to achieve. For your team.",
                null=True,
                validators=[django.core.validators.MaxLengthValidator(32000)],
            ),
        ),
        migrations.AlterField(
            model_name="promotion",
            name="terms_and_conditions",
            field=promotions.models.fields.LongTextArea(
                blank=True,
                help_text="The terms that a customer accepts.",
                null=True,
                validators=[django.core.validators.MaxLengthValidator(32000)],
            ),
        ),
    ]
