"""``manage.py set_partner_key CLIENT_ID FILE``, or ``--remove``: for signed assertions."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from promotions.management.files import content_of
from promotions.management.partners import partner_with
from promotions.management.telling import refusals_as_errors
from promotions.public_keys import fingerprint
from promotions.services.partners import set_public_key


class Command(BaseCommand):
    help = (
        "Gives a partner system the public key, or the certificate, by which it signs assertions "
        "(JWT bearer) from now on; a key that it had is no longer heeded."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("client_id")
        parser.add_argument("file", nargs="?", help="PEM of an RSA public key or a certificate")
        parser.add_argument("--remove", action="store_true", help="take its key away instead")

    def handle(self, *args: Any, **options: Any) -> None:
        if bool(options["file"]) == options["remove"]:
            raise CommandError("Give a file, or --remove.")
        partner = partner_with(options["client_id"])
        with refusals_as_errors():
            set_public_key(partner, content_of(options["file"]) if options["file"] else None)
        if partner.public_key:
            self.stdout.write(f"The key is set; its SHA-256 is {fingerprint(partner.public_key)}.")
        else:
            self.stdout.write("The partner has no key any more.")
