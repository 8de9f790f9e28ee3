"""The one organisation's row, which existing clients read before anything else."""

from django.db import migrations
from django.utils import timezone


def create(apps, schema_editor):
    apps.get_model("promotions", "Organization").objects.get_or_create(
        pk=1, defaults={"created_date": timezone.now()}
    )


class Migration(migrations.Migration):
    dependencies = [("promotions", "0020_organization")]
    operations = [migrations.RunPython(create, migrations.RunPython.noop)]
