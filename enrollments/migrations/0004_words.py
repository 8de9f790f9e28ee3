"""PostgreSQL: indexes of the words by which clients search customers and offers."""

from django.db import migrations

SEARCHED = {
    "account": "name_key, external_id",
    "contact": "first_name_key, last_name_key, email_key, phone, external_id",
    "offer": "name_key, code_key",
}


def create(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        for table, columns in SEARCHED.items():
            schema_editor.execute(
                f"CREATE INDEX {table}_words ON enrollments_{table} "
                f"USING gin (promotions_words({columns}))"
            )


def drop(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        for table in SEARCHED:
            schema_editor.execute(f"DROP INDEX {table}_words")


class Migration(migrations.Migration):
    replaces = [("enrollments", "0013_search_words")]
    dependencies = [("enrollments", "0003_the_roles"), ("promotions", "0005_words")]
    operations = [migrations.RunPython(create, drop)]
