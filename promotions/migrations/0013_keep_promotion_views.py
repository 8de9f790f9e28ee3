"""What was known of promotions viewed moves to where the views of all records are."""

from django.db import migrations

_BATCH = 1000


def move(apps, schema_editor):
    old_model = apps.get_model("promotions", "PromotionView")
    new_model = apps.get_model("promotions", "RecordView")
    seen = old_model.objects.exclude(last_viewed_date=None, last_referenced_date=None)
    new_model.objects.bulk_create(
        (
            new_model(
                user_id=view.user_id,
                key_prefix="0c8",
                record_key=view.promotion_id,
                last_viewed_date=view.last_viewed_date,
                last_referenced_date=max(
                    moment
                    for moment in (view.last_viewed_date, view.last_referenced_date)
                    if moment is not None
                ),
            )
            for view in seen.iterator()
        ),
        batch_size=_BATCH,
    )


class Migration(migrations.Migration):
    dependencies = [("promotions", "0012_record_views")]
    operations = [migrations.RunPython(move, migrations.RunPython.noop)]
