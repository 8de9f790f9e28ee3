"""``manage.py purge_promotions``: to be run once a day."""

from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from promotions.errors import Refused
from promotions.management.operator import operator
from promotions.models import Promotion
from promotions.services.purging import enrollment_records, purge_promotion, purgeable


class Command(BaseCommand):
    help = (
        "Removes promotions for ever, with everything under them, whose days in the recycle bin "
        "are over. Promotions in which customers were enrolled stay, unless told otherwise."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--days",
            type=int,
            default=settings.RECYCLE_BIN_DAYS,
            help="how long a deleted promotion is kept (default: %(default)s)",
        )
        parser.add_argument(
            "--destroy-enrollment-history",
            action="store_true",
            help="purge promotions with enrollments too, and the enrollments with their history",
        )
        parser.add_argument("--dry-run", action="store_true", help="only say what would be removed")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["days"] < 0:
            raise CommandError("--days must be 0 or more.")
        at = timezone.now()
        due = list(purgeable(at, options["days"]))
        purged = kept = 0
        for number, promotion in enumerate(due, 1):
            if self._purge(f"{number}/{len(due)}", promotion, options):
                purged += 1
            else:
                kept += 1
        would_be = "to be purged" if options["dry_run"] else "purged"
        self.stdout.write(f"Promotions {would_be}: {purged}, kept for their enrollments: {kept}.")

    def _purge(self, place: str, promotion: Promotion, options: dict[str, Any]) -> bool:
        """Purges one promotion and says so; whether it was, or would be."""
        destroy = options["destroy_enrollment_history"]
        records = enrollment_records(promotion)
        what = ", ".join(f"{name}: {count:,}" for name, count in records.items())
        line = f"{place} {promotion.record_id} {promotion.name}" + (f" ({what})" if what else "")
        try:
            if not options["dry_run"]:
                purge_promotion(
                    promotion.pk,
                    by=operator(),
                    at=timezone.now(),
                    destroy_enrollment_history=destroy,
                )
        except Refused as refused:
            codes = {error.code for error in refused.errors}
            if codes != {"confirmation_required"}:
                self.stdout.write(f"{line}: no longer in the recycle bin.")
                return False
        gone = destroy or not records
        self.stdout.write(line if gone else f"{line}: kept. See --destroy-enrollment-history.")
        return gone
