"""The user that maintenance commands act as: nobody can log in as it."""

from django.db import migrations


def create(apps, schema_editor):
    apps.get_model("promotions", "User").objects.get_or_create(
        username="system",
        defaults={"first_name": "System", "password": "!", "is_active": False},
    )


class Migration(migrations.Migration):
    dependencies = [("promotions", "0001_initial")]
    operations = [migrations.RunPython(create, migrations.RunPython.noop)]
