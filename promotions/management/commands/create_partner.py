"""``manage.py create_partner NAME --scope SCOPE …``"""

import json
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from promotions.errors import Refused
from promotions.management.files import content_of
from promotions.services.partners import create_partner, known_scopes
from promotions.services.tokens import issue_refresh_token


class Command(BaseCommand):
    help = (
        "Creates a partner system and prints its client id and secret as JSON, once: "
        "only a hash of the secret is stored. Also its user's name, which clients that log in by "
        "user name and password send, with the secret as the password."
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
        parser.add_argument(
            "--public-key",
            metavar="FILE",
            help="PEM of the RSA key or certificate by which it signs assertions (JWT bearer)",
        )
        parser.add_argument(
            "--refresh-token",
            action="store_true",
            help="print a refresh token as well, for clients that want one",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        public_key = content_of(options["public_key"]) if options["public_key"] else None
        try:
            credentials = create_partner(
                name=options["name"], scopes=options["scopes"], public_key=public_key
            )
        except Refused as refused:
            raise CommandError(" ".join(e.detail for e in refused.errors)) from refused
        partner = credentials.partner
        printed = {
            "client_id": partner.client_id,
            "client_secret": credentials.client_secret,
            "username": partner.acting_user.username,
            "scopes": partner.scopes,
        }
        if options["refresh_token"]:
            printed["refresh_token"] = issue_refresh_token(partner, at=timezone.now())
        self.stdout.write(json.dumps(printed))
