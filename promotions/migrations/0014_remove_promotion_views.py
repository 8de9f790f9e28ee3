"""The views of all records have replaced those of promotions."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("promotions", "0013_keep_promotion_views")]
    operations = [migrations.DeleteModel("PromotionView")]
