"""What is done to coupons one by one: creating, changing, deleting. What is done to many at once is
in ``coupon_generation.py`` and ``coupon_files.py``, redeeming in ``redemptions.py``."""

from typing import Final

from promotions.child_rules import coupon_problems
from promotions.models import Coupon
from promotions.services.coupon_generation import clone_coupons, generate_coupons
from promotions.services.records import RecordService

__all__ = ["clone_coupons", "coupons", "generate_coupons"]

coupons: Final = RecordService(
    Coupon, unique=("coupon_code_key",), problems=coupon_problems, tracked=True
)
