"""The public keys by which partners sign assertions."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("promotions", "0021_the_organization")]
    operations = [
        migrations.AddField(
            model_name="partner",
            name="public_key",
            # The release before this one doesn't name the column.
            field=models.TextField(blank=True, default="", db_default=""),
        ),
    ]
