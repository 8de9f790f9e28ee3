"""``manage.py renew_partner_secret CLIENT_ID``: for a secret that was lost or seen."""

import json
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from promotions.management.partners import partner_with
from promotions.services.partners import renew_secret


class Command(BaseCommand):
    help = (
        "Gives a partner system a new client secret and prints it as JSON, once. The old one stops "
        "working; access tokens live on until they expire."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("client_id")

    def handle(self, *args: Any, **options: Any) -> None:
        partner = partner_with(options["client_id"])
        renewed = renew_secret(partner)
        self.stdout.write(
            json.dumps({"client_id": partner.client_id, "client_secret": renewed.client_secret})
        )
