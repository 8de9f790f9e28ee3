"""``manage.py partition_enrollments --partitions N``"""

import time
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from enrollments.services.partitioning import MOST_PARTITIONS, partition_enrollments
from promotions.management.telling import refusals_as_errors


class Command(BaseCommand):
    help = (
        "Divides the table of enrollments into partitions by promotion, on PostgreSQL, or brings "
        "it back into one. Until it is done nobody reads or writes enrollments, which takes about "
        "a minute for every five million: stop the service first. It needs as much disk again as "
        "the table with its indexes. Broken off, it leaves everything as it was. "
        "docs/decisions/0016-partitioning.md says when it pays."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--partitions", type=int, required=True, help=f"2 to {MOST_PARTITIONS}, or 0 for one"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        began, partitions = time.monotonic(), options["partitions"]
        with refusals_as_errors():
            count = partition_enrollments(
                partitions, report=lambda step: self.stdout.write(f"{step}…")
            )
        where = f"{partitions} partitions" if partitions else "one table"
        seconds = time.monotonic() - began
        self.stdout.write(f"{count:,} enrollments are in {where} now, after {seconds:.0f} s.")
