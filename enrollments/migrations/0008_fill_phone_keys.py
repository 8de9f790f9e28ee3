"""The keys of the telephone numbers that are there already."""

from django.db import migrations

from enrollments.phones import phone_key

BATCH = 5_000


def fill(apps, schema_editor):
    contacts = apps.get_model("enrollments", "Contact").objects
    without = contacts.filter(phone__isnull=False, phone_key=None).order_by("pk")
    after = 0
    while rows := list(without.filter(pk__gt=after).values_list("pk", "phone")[:BATCH]):
        after = rows[-1][0]
        with schema_editor.connection.cursor() as cursor:
            cursor.executemany(
                "UPDATE enrollments_contact SET phone_key = %s WHERE id = %s",
                [(phone_key(phone), key) for key, phone in rows],
            )


class Migration(migrations.Migration):
    dependencies = [("enrollments", "0007_phone_keys")]
    operations = [migrations.RunPython(fill, migrations.RunPython.noop)]
