"""What is there from the start: the user that maintenance commands act as, and as whom nobody can
log in; and the one organisation, which existing clients read before anything else."""

from django.db import migrations
from django.utils import timezone


def create(apps, schema_editor):
    apps.get_model("promotions", "User").objects.get_or_create(
        username="system",
        defaults={"first_name": "System", "password": "!", "is_active": False},
    )
    apps.get_model("promotions", "Organization").objects.get_or_create(
        pk=1, defaults={"created_date": timezone.now()}
    )


class Migration(migrations.Migration):
    replaces = [("promotions", "0002_system_user"), ("promotions", "0021_the_organization")]
    dependencies = [("promotions", "0002_models")]
    operations = [migrations.RunPython(create, migrations.RunPython.noop)]
