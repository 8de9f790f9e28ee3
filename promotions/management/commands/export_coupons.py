"""``manage.py export_coupons PROMOTION [FILE]``"""

import os
from argparse import ArgumentParser
from collections.abc import Iterator
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from promotions.management.operator import operator, promotion_named
from promotions.management.telling import refusals_as_errors
from promotions.services.coupon_files import export_coupons


class Command(BaseCommand):
    help = "Writes the coupons of a promotion as a CSV file, with how often each was redeemed."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("promotion", help="the promotion's id or code")
        parser.add_argument("file", nargs="?", default="-", help="where to (default: - prints it)")

    def handle(self, *args: Any, **options: Any) -> None:
        promotion = promotion_named(options["promotion"])
        with refusals_as_errors():
            parts = export_coupons(promotion.pk, by=operator())
        if options["file"] == "-":
            for part in parts:
                self.stdout.write(part, ending="")
        else:
            try:
                self._write(options["file"], parts)
            except OSError as error:
                raise CommandError(f"{error.filename}: {error.strerror}.") from error

    def _write(self, path: str, parts: Iterator[str]) -> None:
        """Writes all or nothing: the file has its name when it is complete."""
        unfinished, size = f"{path}.part", 0
        with open(unfinished, "w", encoding="utf-8", newline="") as file:
            for part in parts:
                size += file.write(part)
        os.replace(unfinished, path)
        self.stdout.write(f"Wrote {path} ({size:,} characters).")
