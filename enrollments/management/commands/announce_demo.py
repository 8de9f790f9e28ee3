"""``manage.py announce_demo``"""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from enrollments.demo.announcing import announcement
from enrollments.demo.loading import demo_partner


class Command(BaseCommand):
    help = "Prints the demo's addresses and log-ins and a call that enrolls a customer."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--host", default="127.0.0.1", help="where the server listens")
        parser.add_argument("--port", type=int, default=8000)
        parser.add_argument(
            "--authority",
            type=Path,
            metavar="FILE",
            help="it is served by HTTPS, with a certificate by the one in this file",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        partner = demo_partner()
        if partner is None:
            raise CommandError("This database does not hold the demo. Run load_demo first.")
        self.stdout.write(
            announcement(
                partner,
                host=options["host"],
                port=options["port"],
                authority=options["authority"],
                at=timezone.now(),
                zone=ZoneInfo(settings.TIME_ZONE),
            )
        )
