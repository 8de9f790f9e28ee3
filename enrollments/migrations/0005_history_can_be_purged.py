"""Enrollments' history is append-only in the same way as promotions': only a purge that says so may
remove rows."""

from django.db import migrations

REPLACE = """
DROP TRIGGER append_only ON enrollments_promotionpartyusagehistory;
DROP FUNCTION refuse_history_change();
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON enrollments_promotionpartyusagehistory
  FOR EACH ROW EXECUTE FUNCTION refuse_history_loss();
"""
BACK = """
DROP TRIGGER append_only ON enrollments_promotionpartyusagehistory;
CREATE FUNCTION refuse_history_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'history is append-only: % on % refused', TG_OP, TG_TABLE_NAME
    USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON enrollments_promotionpartyusagehistory
  FOR EACH ROW EXECUTE FUNCTION refuse_history_change();
"""


def replace(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute(REPLACE, None)  # no parameters: % is RAISE's


def back(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute(BACK, None)


class Migration(migrations.Migration):
    dependencies = [
        ("enrollments", "0004_history_rows"),
        ("promotions", "0015_history_is_append_only"),
    ]
    operations = [migrations.RunPython(replace, back)]
