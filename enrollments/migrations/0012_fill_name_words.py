"""The words of the names that are there already, and PostgreSQL's index of them
(docs/decisions/0019-search.md)."""

from django.db import migrations

from enrollments.spelling import name_words

BATCH = 5_000
FILLED = {
    "account": ("UPDATE enrollments_account SET name_words = %s WHERE id = %s", ["name"]),
    "contact": (
        "UPDATE enrollments_contact SET first_name_words = %s, last_name_words = %s WHERE id = %s",
        ["first_name", "last_name"],
    ),
}
INDEXED = {"account": "name_words", "contact": "first_name_words, last_name_words"}


def fill(apps, schema_editor):
    for model, (update, names) in FILLED.items():
        rows = apps.get_model("enrollments", model).objects.order_by("pk").values_list("pk", *names)
        after = 0
        while batch := list(rows.filter(pk__gt=after)[:BATCH]):
            after = batch[-1][0]
            values = [
                (*(text and name_words(text) for text in texts), key) for key, *texts in batch
            ]
            with schema_editor.connection.cursor() as cursor:
                cursor.executemany(update, values)


def create(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        for table, words in INDEXED.items():
            schema_editor.execute(
                f"CREATE INDEX {table}_name_words ON enrollments_{table} "
                f"USING gin (promotions_words({words}))"
            )


def drop(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        for table in INDEXED:
            schema_editor.execute(f"DROP INDEX {table}_name_words")


class Migration(migrations.Migration):
    dependencies = [("enrollments", "0011_name_words"), ("promotions", "0005_words")]
    # The index is made in another transaction: rows that were written have checks to come.
    atomic = False
    operations = [
        migrations.RunPython(fill, migrations.RunPython.noop),
        migrations.RunPython(create, drop),
    ]
