"""The database refuses what the rules of the parts refuse, where it let some of it pass: a tier
without a rank, a threshold of no amount, an adjustment that its target can't have, a link to no
segment."""

from django.db import migrations, models
from django.db.models import F, Q

ON_ORDERS = ["Shipping", "StandardShippingRate", "Transaction"]
ON_ITEMS = ["Product", "ProductCategory"]
ON_WHAT_HAS_A_PRICE = ["Product", "ProductCategory", "Shipping", "StandardShippingRate"]


class Migration(migrations.Migration):
    dependencies = [("promotions", "0015_history_is_append_only")]
    operations = [
        migrations.AddConstraint(
            model_name="promotiontier",
            constraint=models.CheckConstraint(
                name="tier_has_rank", condition=Q(is_deleted=True) | Q(rank__isnull=False)
            ),
        ),
        migrations.RemoveConstraint(
            model_name="promotionqualifier", name="qualifier_threshold_below_amount"
        ),
        migrations.AddConstraint(
            model_name="promotionqualifier",
            constraint=models.CheckConstraint(
                name="qualifier_threshold_below_amount",
                condition=Q(approaching_discount_threshold=None)
                | Q(
                    minimum_amount__isnull=False,
                    approaching_discount_threshold__lt=F("minimum_amount"),
                ),
            ),
        ),
        migrations.AddConstraint(
            model_name="promotiontarget",
            constraint=models.CheckConstraint(
                name="target_adjustment_fits_its_type",
                condition=~Q(
                    adjustment_type__in=[
                        "FixedAmountOffTransaction",
                        "FixedAmountOffUnitPrice",
                        "FixedPrice",
                        "TotalFixedPrice",
                        "BonusProduct",
                    ]
                )
                | Q(adjustment_type="FixedAmountOffTransaction", target_type__in=ON_ORDERS)
                | Q(
                    adjustment_type__in=["FixedAmountOffUnitPrice", "FixedPrice"],
                    target_type__in=ON_WHAT_HAS_A_PRICE,
                )
                | Q(
                    adjustment_type__in=["TotalFixedPrice", "BonusProduct"],
                    target_type__in=ON_ITEMS,
                ),
            ),
        ),
        migrations.AddConstraint(
            model_name="promotionmarketsegment",
            constraint=models.CheckConstraint(
                name="market_segment_names_segment", condition=Q(promotion_segment__isnull=False)
            ),
        ),
    ]
