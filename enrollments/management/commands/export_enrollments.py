"""``manage.py export_enrollments PROMOTION [FILE]``"""

import os
from argparse import ArgumentParser
from collections.abc import Iterator
from gzip import GzipFile
from io import BufferedWriter
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from enrollments.exporting import Form
from enrollments.services.exports import export_enrollments
from promotions.management.operator import operator, promotion_named
from promotions.management.telling import Counter, refusals_as_errors


class Command(BaseCommand):
    help = "Writes all enrollments of a promotion to a file, as CSV or as a JSON object a line."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("promotion", help="the promotion's id or code")
        where = "where to (default: - prints it); compressed where the name ends with .gz"
        parser.add_argument("file", nargs="?", default="-", help=where)
        parser.add_argument(
            "--format",
            choices=[form.value for form in Form],
            help="how it is written (default: as the file's name ends, else csv)",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        promotion, path = promotion_named(options["promotion"]), options["file"]
        ending = path.lower().removesuffix(".gz").rpartition(".")[2]
        by_name = Form.NDJSON if ending in ("ndjson", "jsonl") else Form.CSV
        form = Form(options["format"]) if options["format"] else by_name
        with refusals_as_errors():
            parts = export_enrollments(promotion.pk, form, by=operator(), at=timezone.now())
        if path == "-":
            for part, _ in parts:
                self.stdout.write(part.decode(), ending="")
            return
        try:
            self._write(path, parts)
        except OSError as error:
            raise CommandError(f"{error.filename}: {error.strerror}.") from error

    def _write(self, path: str, parts: Iterator[tuple[bytes, int]]) -> None:
        """Writes all or nothing: the file has its name when it is complete."""
        unfinished, done = f"{path}.part", 0
        counter = Counter(self.stdout, "Exported enrollments")
        with _opened(unfinished, compressed=path.lower().endswith(".gz")) as file:
            for part, rows in parts:
                file.write(part)
                done += rows
                counter.show(done)
        counter.finish()
        os.replace(unfinished, path)
        self.stdout.write(f"Wrote {path} ({done:,} enrollments).")


def _opened(path: str, *, compressed: bool) -> GzipFile | BufferedWriter:
    """A file that is written anew; of the levels of compression the one that keeps up."""
    return GzipFile(path, "wb", compresslevel=1) if compressed else open(path, "wb")
