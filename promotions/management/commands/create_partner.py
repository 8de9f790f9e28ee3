"""``manage.py create_partner NAME --scope SCOPE …``"""

import json
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from promotions.errors import Refused
from promotions.services.partners import create_partner, known_scopes


class Command(BaseCommand):
    help = (
        "Creates a partner system and prints its client id and secret as JSON, once: "
        "only a hash of the secret is stored."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("name", help="what the partner is called in histories")
        parser.add_argument(
            "--scope",
            dest="scopes",
            nargs="+",
            action="extend",
            required=True,
            metavar="SCOPE",
            help="what it may do: " + ", ".join(known_scopes()),
        )

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            credentials = create_partner(name=options["name"], scopes=options["scopes"])
        except Refused as refused:
            raise CommandError(" ".join(e.detail for e in refused.errors)) from refused
        self.stdout.write(
            json.dumps(
                {
                    "client_id": credentials.partner.client_id,
                    "client_secret": credentials.client_secret,
                    "scopes": credentials.partner.scopes,
                }
            )
        )
