"""One record per customer and promotion, kept by an index that begins with the customer: it answers
what a customer is enrolled in too, and the contacts need no index beside it."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("enrollments", "0008_enrollment_jobs")]
    operations = [
        migrations.RemoveConstraint(
            model_name="promotionpartyusage",
            name="usage_once_per_promotion_and_contact",
        ),
        migrations.RemoveConstraint(
            model_name="promotionpartyusage",
            name="usage_once_per_promotion_and_account",
        ),
        migrations.AddConstraint(
            model_name="promotionpartyusage",
            constraint=models.UniqueConstraint(
                fields=("contact", "promotion"), name="usage_once_per_promotion_and_contact"
            ),
        ),
        migrations.AddConstraint(
            model_name="promotionpartyusage",
            constraint=models.UniqueConstraint(
                condition=models.Q(contact=None),
                fields=("account", "promotion"),
                name="usage_once_per_promotion_and_account",
            ),
        ),
        migrations.AlterField(
            model_name="promotionpartyusage",
            name="contact",
            field=models.ForeignKey(
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="party_usages",
                to="enrollments.contact",
            ),
        ),
    ]
