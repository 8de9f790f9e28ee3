"""A limited promotion's places are kept count of, not counted by an index that all enrollments are
written to."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("enrollments", "0011_indexes_of_ends")]
    operations = [
        migrations.RemoveIndex(
            model_name="promotionpartyusage",
            name="usage_enrolled_by_promotion",
        ),
    ]
