"""Who withdrew, and whose own period ends, between two moments: few among very many."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("enrollments", "0010_indexes_of_few")]
    operations = [
        migrations.AddIndex(
            model_name="promotionpartyusage",
            index=models.Index(
                condition=models.Q(enrollment_expiration_date_time__isnull=False),
                fields=["enrollment_expiration_date_time", "id"],
                name="usage_by_expiration",
            ),
        ),
        migrations.AddIndex(
            model_name="promotionpartyusage",
            index=models.Index(
                condition=models.Q(withdrawn_date__isnull=False),
                fields=["withdrawn_date", "id"],
                name="usage_by_withdrawal",
            ),
        ),
    ]
