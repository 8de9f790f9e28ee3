"""Accounts have the address that goods go to, too, and the last that existing clients know of them."""

from django.db import migrations, models

_NOTED = {
    "shipping_street": 255,
    "shipping_city": 40,
    "shipping_state": 80,
    "shipping_postal_code": 20,
    "shipping_country": 80,
    "jigsaw": 20,
    "account_source": 255,
    "sic_desc": 80,
}


class Migration(migrations.Migration):
    dependencies = [("enrollments", "0009_begins_later")]
    operations = [
        migrations.AddField(
            model_name="account",
            name=name,
            field=models.CharField(blank=True, max_length=length, null=True),
        )
        for name, length in _NOTED.items()
    ]
