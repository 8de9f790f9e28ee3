"""``manage.py import_coupons PROMOTION FILE.csv``"""

import os
from argparse import ArgumentParser
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, BinaryIO, TextIO

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from promotions.csv_files import write_rows
from promotions.management.operator import operator, promotion_named
from promotions.management.telling import Counter, refusals_as_errors
from promotions.services.coupon_files import Import, RefusedRow, import_coupons


class Command(BaseCommand):
    help = (
        "Makes coupons of a promotion from a CSV file whose first line names properties of coupons "
        "(couponCode and, if wanted, status, startDateTime, endDateTime, redemptionLimitAllBuyers, "
        "redemptionLimitPerBuyer, description). Bad rows are reported, the others written."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("promotion", help="the promotion's id or code")
        parser.add_argument("file", help="the CSV file, in UTF-8")
        parser.add_argument(
            "--all-or-none", action="store_true", help="a single bad row refuses the whole file"
        )
        parser.add_argument(
            "--dry-run", action="store_true", help="only say what is wrong with the file"
        )
        parser.add_argument(
            "--refused", metavar="FILE.csv", help="where to write the bad rows, with the reasons"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        promotion = promotion_named(options["promotion"])
        counter = Counter(self.stdout, "Rows read")
        with refusals_as_errors(), _opened(options["file"], options["refused"]) as (file, report):

            def note(row: RefusedRow) -> None:
                self.stderr.write(f"line {row.line}: {row.coupon_code}: {row.error.detail}")
                cells = [str(row.line), row.coupon_code, row.error.code, row.error.detail]
                report.write(write_rows([cells]))

            done = import_coupons(
                promotion.pk,
                file,
                by=operator(),
                at=timezone.now(),
                all_or_none=options["all_or_none"],
                trial=options["dry_run"],
                refused=note,
                progress=counter.show,
            )
        counter.finish()
        self._sum_up(done, trial=options["dry_run"])

    def _sum_up(self, done: Import, *, trial: bool) -> None:
        counts = f"{done.read:,} rows read, {done.refused:,} refused"
        if trial:
            self.stdout.write(f"{counts}. Nothing was written: this was a dry run.")
        elif done.batch is None:
            raise CommandError(f"{counts}. Nothing was written.")
        else:
            self.stdout.write(
                f"{counts}, {done.created:,} coupons made (batch {done.batch.record_id})."
            )


@contextmanager
def _opened(path: str, report: str | None) -> Iterator[tuple[BinaryIO, TextIO]]:
    """The file to be read, and that for the bad rows: nowhere unless it is named."""
    wanted = Path(report or os.devnull)
    try:
        if wanted.exists() and wanted.samefile(path):
            raise CommandError("--refused names the file that is to be read. Name another.")
        with (
            Path(path).open("rb") as file,
            wanted.open("w", encoding="utf-8", newline="") as bad_rows,
        ):
            bad_rows.write(write_rows([["line", "couponCode", "code", "reason"]]))
            yield file, bad_rows
    except OSError as error:
        raise CommandError(f"{error.filename}: {error.strerror}.") from error
