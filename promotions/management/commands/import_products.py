"""``manage.py import_products FILE.csv``"""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from promotions.management.operator import operator
from promotions.management.telling import Counter, refusals_as_errors
from promotions.services.importing import Import, RefusedRow, import_products


class Command(BaseCommand):
    help = (
        "Creates or changes products and categories from a CSV file with the columns externalId, "
        "name and, if wanted, stockKeepingUnit and kind (product or category; empty: product). "
        "The externalId decides which record a row is. Bad rows are reported, the others written; "
        "ends with status 1 where there were any."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", help="the CSV file, in UTF-8")
        parser.add_argument(
            "--dry-run", action="store_true", help="only say what is wrong with the file"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        counter = Counter(self.stdout, "Rows read")
        try:
            with refusals_as_errors(), Path(options["file"]).open("rb") as file:
                done = import_products(
                    file,
                    by=operator(),
                    at=timezone.now(),
                    trial=options["dry_run"],
                    refused=self._tell,
                    progress=counter.show,
                )
        except OSError as error:
            raise CommandError(f"{error.filename}: {error.strerror}.") from error
        counter.finish()
        for reason in done.broken_off:
            self.stderr.write(reason.detail)
        self._sum_up(done, trial=options["dry_run"])

    def _tell(self, row: RefusedRow) -> None:
        reasons = " ".join(
            f"{error.pointer}: {error.detail}" if error.pointer else error.detail
            for error in row.errors
        )
        self.stderr.write(f"line {row.line}: {reasons}")

    def _sum_up(self, done: Import, *, trial: bool) -> None:
        told = (
            f"{done.read:,} rows read: {done.created:,} new, {done.updated:,} known, "
            f"{done.refused:,} refused."
        )
        if trial:
            told += " Nothing was written: this was a dry run."
        if done.refused or done.broken_off:
            raise CommandError(told)
        self.stdout.write(told)
