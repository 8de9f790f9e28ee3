"""PostgreSQL itself refuses to change or remove a row of the enrollments' history, as of the
promotions': only a purge that says so may."""

from django.db import migrations

CREATE = """
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON enrollments_promotionpartyusagehistory
  FOR EACH ROW EXECUTE FUNCTION refuse_history_loss();
"""
DROP = "DROP TRIGGER append_only ON enrollments_promotionpartyusagehistory"


def create(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute(CREATE, None)


def drop(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute(DROP, None)


class Migration(migrations.Migration):
    replaces = [
        ("enrollments", "0002_history_is_append_only"),
        ("enrollments", "0005_history_can_be_purged"),
    ]
    dependencies = [
        ("enrollments", "0001_models"),
        ("promotions", "0004_append_only_history"),
    ]
    operations = [migrations.RunPython(create, drop)]
