"""``manage.py generate_coupons PROMOTION PATTERN QUANTITY``"""

from argparse import ArgumentParser, ArgumentTypeError
from datetime import datetime
from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone

from promotions.coupon_codes import HOW_TO_WRITE
from promotions.management.operator import operator, promotion_named
from promotions.management.telling import Counter, refusals_as_errors
from promotions.models.picklists import CouponStatus
from promotions.moments import parse_moment
from promotions.services.coupon_generation import generate_coupons


def _moment(text: str) -> datetime:
    try:
        return parse_moment(text)
    except ValueError as error:
        raise ArgumentTypeError(str(error)) from error


class Command(BaseCommand):
    help = (
        "Makes coupons of a promotion with codes of a pattern that nobody can guess: all of them, "
        "or none. A million take about half a minute."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("promotion", help="the promotion's id or code")
        parser.add_argument("pattern", help=HOW_TO_WRITE.replace("%", "%%"))
        parser.add_argument("quantity", type=int, help="how many")
        parser.add_argument(
            "--status",
            choices=CouponStatus.values,
            default=CouponStatus.INACTIVE.value,
            help="(default: %(default)s)",
        )
        for name, what in (("--start", "from when"), ("--end", "until when")):
            parser.add_argument(
                name, type=_moment, metavar="MOMENT", help=f"{what}, as 2026-05-01T00:00:00+02:00"
            )
        parser.add_argument(
            "--limit-all-buyers", type=int, metavar="N", help="how often each can be used in all"
        )
        parser.add_argument(
            "--limit-per-buyer", type=int, metavar="N", help="how often by one buyer"
        )
        parser.add_argument("--description")
        parser.add_argument("--currency", metavar="CODE", help="an ISO 4217 code")

    def handle(self, *args: Any, **options: Any) -> None:
        promotion = promotion_named(options["promotion"])
        counter = Counter(self.stdout, "Coupons made")
        with refusals_as_errors():
            batch = generate_coupons(
                promotion.pk,
                pattern=options["pattern"],
                quantity=options["quantity"],
                values={
                    "status": options["status"],
                    "start_date_time": options["start"],
                    "end_date_time": options["end"],
                    "redemption_limit_all_buyers": options["limit_all_buyers"],
                    "redemption_limit_per_buyer": options["limit_per_buyer"],
                    "description": options["description"],
                    "currency_iso_code": options["currency"],
                },
                by=operator(),
                at=timezone.now(),
                progress=counter.show,
            )
        counter.finish()
        self.stdout.write(
            f"Made {batch.quantity:,} coupons {batch.pattern} of {promotion.name} "
            f"(batch {batch.record_id})."
        )
