"""Most enrollments name neither an account nor an offer: their indexes hold those that do, in the
order in which lists show them; and accounts' enrollments are found by what lists ask for."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("enrollments", "0009_party_first")]
    operations = [
        migrations.AlterField(
            model_name="promotionpartyusage",
            name="account",
            field=models.ForeignKey(
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="party_usages",
                to="enrollments.account",
            ),
        ),
        migrations.AlterField(
            model_name="promotionpartyusage",
            name="enrollment_offer",
            field=models.ForeignKey(
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="party_usages",
                to="enrollments.offer",
            ),
        ),
        migrations.AddIndex(
            model_name="promotionpartyusage",
            index=models.Index(
                condition=models.Q(account__isnull=False),
                fields=["account", "id"],
                name="usage_by_account",
            ),
        ),
        migrations.AddIndex(
            model_name="promotionpartyusage",
            index=models.Index(
                condition=models.Q(enrollment_offer__isnull=False),
                fields=["enrollment_offer", "id"],
                name="usage_by_offer",
            ),
        ),
        migrations.RemoveIndex(
            model_name="promotionpartyusage",
            name="usage_of_account",
        ),
        migrations.AddIndex(
            model_name="promotionpartyusage",
            index=models.Index(
                condition=models.Q(type="Account"), fields=["id"], name="usage_of_account"
            ),
        ),
    ]
