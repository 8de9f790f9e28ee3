"""Other systems' keys of promotions."""

from django.db import migrations, models
from django.db.models import Q


class Migration(migrations.Migration):
    dependencies = [("promotions", "0018_places_given_back")]
    operations = [
        migrations.AddField(
            "promotion",
            "external_id",
            models.CharField(
                blank=True,
                help_text="The key of this record in the system it comes from. "
                "No two have the same.",
                max_length=255,
                null=True,
            ),
        ),
        migrations.AddConstraint(
            "promotion",
            models.UniqueConstraint(
                condition=Q(is_deleted=False),
                fields=("external_id",),
                name="promotion_external_id_once",
            ),
        ),
        migrations.AddConstraint(
            "promotion",
            models.CheckConstraint(
                condition=Q(external_id=None) | ~Q(external_id=""),
                name="promotion_external_id_not_blank",
            ),
        ),
    ]
