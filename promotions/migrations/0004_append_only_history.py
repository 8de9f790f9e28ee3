"""PostgreSQL itself refuses to change or remove a row of history. Only a purge may remove rows, in
a transaction that says so: ``SET LOCAL promotions.purging = 'on'``."""

from django.db import migrations

CREATE = """
CREATE FUNCTION refuse_history_loss() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'DELETE' AND current_setting('promotions.purging', true) = 'on' THEN
    RETURN OLD;
  END IF;
  RAISE EXCEPTION 'history is append-only: % on % refused', TG_OP, TG_TABLE_NAME
    USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON promotions_promotionhistory
  FOR EACH ROW EXECUTE FUNCTION refuse_history_loss();
"""
DROP = """
DROP TRIGGER append_only ON promotions_promotionhistory;
DROP FUNCTION refuse_history_loss();
"""


def create(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute(CREATE, None)  # no parameters: % is RAISE's


def drop(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute(DROP, None)


class Migration(migrations.Migration):
    replaces = [("promotions", "0015_history_is_append_only")]
    dependencies = [("promotions", "0003_first_rows")]
    operations = [migrations.RunPython(create, drop)]
