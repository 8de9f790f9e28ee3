"""Contacts are found by their telephone number however it is written."""

from django.db import migrations, models

import enrollments.models.customers


class Migration(migrations.Migration):
    dependencies = [("enrollments", "0006_personal_data")]
    operations = [
        migrations.AddField(
            model_name="contact",
            name="phone_key",
            field=enrollments.models.customers.PhoneKeyField("phone", editable=False, null=True),
        ),
        migrations.AddIndex(
            model_name="contact",
            index=models.Index(
                fields=["phone_key"], name="contact_phone_key", opclasses=["text_pattern_ops"]
            ),
        ),
    ]
