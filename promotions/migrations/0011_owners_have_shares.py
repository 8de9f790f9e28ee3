"""Every promotion has a share for its owner, those that were there before shares too."""

from django.db import migrations

_BATCH = 1000


def share(apps, schema_editor):
    promotion_model = apps.get_model("promotions", "Promotion")
    share_model = apps.get_model("promotions", "PromotionShare")
    without = promotion_model.objects.filter(shares=None)
    while batch := list(without[:_BATCH]):
        share_model.objects.bulk_create(
            share_model(
                promotion=promotion,
                user_id=promotion.owner_user_id,
                group_id=promotion.owner_group_id,
                access_level="All",
                row_cause="Owner",
                last_modified_by_id=promotion.created_by_id,
                last_modified_date=promotion.created_date,
            )
            for promotion in batch
        )


class Migration(migrations.Migration):
    dependencies = [("promotions", "0010_sharing")]
    operations = [migrations.RunPython(share, migrations.RunPython.noop)]
