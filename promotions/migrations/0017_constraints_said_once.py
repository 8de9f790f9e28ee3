"""What one constraint refuses no other needs to: each can be broken alone, and so be tested."""

from decimal import Decimal

from django.db import migrations, models
from django.db.models import Q


class Migration(migrations.Migration):
    dependencies = [("promotions", "0016_constraints_as_the_rules")]
    operations = [
        # The constraints on what goes with a type list the types.
        migrations.RemoveConstraint(
            model_name="promotionqualifier", name="qualifier_qualifier_type_known"
        ),
        migrations.RemoveConstraint(model_name="promotiontarget", name="target_target_type_known"),
        migrations.RemoveConstraint(
            model_name="promotiontarget", name="target_adjustment_type_known"
        ),
        migrations.RemoveConstraint(
            model_name="promotionlineitemrule", name="line_item_rule_type_known"
        ),
        migrations.RemoveConstraint(model_name="promotionshare", name="share_row_cause_known"),
        migrations.RemoveConstraint(model_name="promotionfeed", name="feed_type_known"),
        # And no type goes with both a product and a category.
        migrations.RemoveConstraint(
            model_name="promotionqualifier", name="qualifier_product_or_category"
        ),
        migrations.RemoveConstraint(
            model_name="promotiontarget", name="target_product_or_category"
        ),
        # That a percentage has no amount is said where the amounts are.
        migrations.RemoveConstraint(
            model_name="promotiontarget", name="target_percentage_has_percent_and_no_amount"
        ),
        migrations.AddConstraint(
            model_name="promotiontarget",
            constraint=models.CheckConstraint(
                name="target_percentage_has_percent",
                condition=~Q(adjustment_type="PercentageDiscount")
                | Q(
                    adjustment_percent__isnull=False,
                    adjustment_percent__gte=Decimal(1),
                    adjustment_percent__lte=Decimal(100),
                ),
            ),
        ),
    ]
