"""``manage.py load_demo``"""

import time
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from enrollments.demo.loading import demo_partner, load, records_in_use
from enrollments.models import PromotionPartyUsage
from promotions.models import Promotion


class Command(BaseCommand):
    help = "Loads the demo data into an empty database; a second time it changes nothing."

    def handle(self, *args: Any, **options: Any) -> None:
        if demo_partner() is not None:
            self.stdout.write("The demo data is there already.")
            return
        if used := records_in_use():
            counts = ", ".join(f"{count} {kind}" for kind, count in used.items())
            raise CommandError(
                f"This database is in use: it holds {counts}. The demo is only loaded into an "
                "empty one. Nothing was changed. Name another, for example: "
                "DATABASE_URL=sqlite:///var/demo.sqlite3 make demo"
            )
        self.stdout.write("Loading the demo data…")
        self._shown = 0.0
        load(at=timezone.now(), zone=ZoneInfo(settings.TIME_ZONE), report=self._report)
        self.stdout.write(
            f"Loaded: {Promotion.objects.live().count()} promotions, "
            f"{PromotionPartyUsage.objects.count()} enrollments."
        )

    def _report(self, step: str, done: int, total: int) -> None:
        """On a terminal one line that counts, elsewhere a line when a step is done."""
        terminal, now = self.stdout.isatty(), time.monotonic()
        if done < total and not (terminal and now - self._shown > 0.1):
            return
        self._shown = now
        start, end = ("\r", "\n" if done == total else "") if terminal else ("", "\n")
        self.stdout.write(f"{start}  {step}: {done} of {total}", ending=end)
        self.stdout.flush()
