"""PostgreSQL itself refuses to change or remove a row of the enrollments' history."""

from django.db import migrations

CREATE = """
CREATE FUNCTION refuse_history_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'history is append-only: % on % refused', TG_OP, TG_TABLE_NAME
    USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON enrollments_promotionpartyusagehistory
  FOR EACH ROW EXECUTE FUNCTION refuse_history_change();
"""
DROP = """
DROP TRIGGER append_only ON enrollments_promotionpartyusagehistory;
DROP FUNCTION refuse_history_change();
"""


def create(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute(CREATE, None)  # no parameters: % is RAISE's


def drop(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute(DROP, None)


class Migration(migrations.Migration):
    dependencies = [("enrollments", "0001_initial")]
    operations = [migrations.RunPython(create, drop)]
