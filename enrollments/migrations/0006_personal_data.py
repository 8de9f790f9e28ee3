"""Who may see what is personal about customers: Support, of the roles that are there."""

from django.db import migrations

PERMISSION = ("view_personal_data", "Can see customers' names, addresses and numbers")


def grant(apps, schema_editor):
    content_type, _ = apps.get_model("contenttypes", "ContentType").objects.get_or_create(
        app_label="enrollments", model="contact"
    )
    codename, name = PERMISSION
    # Django makes this row only after all migrations; it is the same row.
    permission, _ = apps.get_model("auth", "Permission").objects.get_or_create(
        content_type=content_type, codename=codename, defaults={"name": name}
    )
    for group in apps.get_model("auth", "Group").objects.filter(name="Support"):
        group.permissions.add(permission)


class Migration(migrations.Migration):
    dependencies = [("enrollments", "0005_refused_calls")]
    operations = [
        migrations.AlterModelOptions(name="contact", options={"permissions": [PERMISSION]}),
        migrations.RunPython(grant, migrations.RunPython.noop),
    ]
