"""PostgreSQL: the words of what clients search, by a function and indexes on it
(docs/decisions/0019-search.md). The signs that part words are those of
``promotions/sobjects/search/words.py``."""

from django.db import migrations

SIGNS = " \t\r\n.,;:!?@#$%&*()[]{}<>/\\|+-=_'\"`~^"
FUNCTION = """
CREATE FUNCTION promotions_words(VARIADIC texts text[]) RETURNS tsvector
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $words$
  SELECT coalesce(array_to_tsvector(array_agg(left(word, 100))), ''::tsvector)
  FROM unnest(
    string_to_array(translate(lower(array_to_string(texts, ' ')), {signs}, {blanks}), ' ')
  ) AS word
  WHERE word <> ''
$words$
"""
SEARCHED = {
    "promotion": "name_key, display_name, promotion_code_key, external_id, description",
    "coupon": "coupon_code_key",
    "promotionsegment": "name_key",
    "product": "name_key, external_id",
    "productcategory": "name_key, external_id",
    "buyergroup": "name_key, external_id",
    "webstore": "name_key, external_id",
}


def create(apps, schema_editor):
    if schema_editor.connection.vendor != "postgresql":
        return
    signs, blanks = (schema_editor.quote_value(text) for text in (SIGNS, " " * len(SIGNS)))
    schema_editor.execute(FUNCTION.format(signs=signs, blanks=blanks), None)
    for table, columns in SEARCHED.items():
        schema_editor.execute(
            f"CREATE INDEX {table}_words ON promotions_{table} "
            f"USING gin (promotions_words({columns}))"
        )


def drop(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        for table in SEARCHED:
            schema_editor.execute(f"DROP INDEX {table}_words")
        schema_editor.execute("DROP FUNCTION promotions_words(text[])")


class Migration(migrations.Migration):
    replaces = [("promotions", "0023_search_words")]
    dependencies = [("promotions", "0004_append_only_history")]
    operations = [migrations.RunPython(create, drop)]
