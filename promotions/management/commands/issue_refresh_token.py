"""``manage.py issue_refresh_token CLIENT_ID [--revoke]``: for clients that hold one."""

import json
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone

from promotions.management.partners import partner_with
from promotions.services.tokens import issue_refresh_token, revoke_refresh_tokens


class Command(BaseCommand):
    help = (
        "Prints a refresh token for a partner system as JSON, once: only a hash of it is stored. "
        "It gives access tokens, together with the client's secret, until it is revoked or has "
        "not been used for REFRESH_TOKEN_LIFETIME seconds. Others that the partner has live on."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("client_id")
        parser.add_argument(
            "--revoke",
            action="store_true",
            help="print none, but end all that the partner has, and what came by them",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        partner = partner_with(options["client_id"])
        if options["revoke"]:
            self.stdout.write(f"Refresh tokens revoked: {revoke_refresh_tokens(partner)}.")
            return
        token = issue_refresh_token(partner, at=timezone.now())
        self.stdout.write(json.dumps({"client_id": partner.client_id, "refresh_token": token}))
