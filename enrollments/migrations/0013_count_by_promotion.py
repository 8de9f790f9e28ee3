from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("enrollments", "0012_fill_name_words")]

    operations = [
        migrations.RemoveIndex(model_name="promotionpartyusage", name="usage_by_promotion"),
        migrations.AddIndex(
            model_name="promotionpartyusage",
            index=models.Index(
                fields=["promotion", "id"], include=["is_deleted"], name="usage_by_promotion"
            ),
        ),
    ]
