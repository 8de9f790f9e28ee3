"""``issue_refresh_token``, ``set_partner_key``, and what ``create_partner`` does of both."""

import hashlib
import json
from pathlib import Path

import pytest
from django.core.management.base import CommandError
from oauth2_provider.models import get_refresh_token_model

from promotions.models import Partner
from tests.commands.running import output_of
from tests.factories import make_partner
from tests.oauth.keys import certificate, private_key, public_pem

pytestmark = pytest.mark.django_db


@pytest.fixture
def key_file(tmp_path: Path) -> Path:
    path = tmp_path / "shop.pem"
    path.write_bytes(public_pem(private_key()))
    return path


def is_stored(token: str) -> bool:
    checksum = hashlib.sha256(token.encode()).hexdigest()
    return bool(get_refresh_token_model().objects.filter(token_checksum=checksum).exists())


def test_refresh_tokens_are_printed_and_revoked() -> None:
    client_id = make_partner().partner.client_id
    printed = [json.loads(output_of("issue_refresh_token", client_id)) for _ in range(2)]
    assert all(one["client_id"] == client_id and is_stored(one["refresh_token"]) for one in printed)
    assert output_of("issue_refresh_token", client_id, "--revoke") == "Refresh tokens revoked: 2.\n"


def test_a_key_is_set_and_taken_away(key_file: Path) -> None:
    partner = make_partner().partner
    assert "SHA-256" in output_of("set_partner_key", partner.client_id, str(key_file))
    partner.refresh_from_db()
    assert partner.public_key.encode() == key_file.read_bytes()
    key_file.write_bytes(certificate(private_key()))
    output_of("set_partner_key", partner.client_id, str(key_file))
    assert "no key" in output_of("set_partner_key", partner.client_id, "--remove")
    partner.refresh_from_db()
    assert partner.public_key == ""


def test_a_partner_with_both_from_the_beginning(key_file: Path) -> None:
    options = ("--scope", "promotions:read", "--public-key", str(key_file), "--refresh-token")
    printed = json.loads(output_of("create_partner", "Shop", *options))
    assert is_stored(printed["refresh_token"])
    partner = Partner.objects.get(client_id=printed["client_id"])
    assert partner.public_key.encode() == key_file.read_bytes()
    assert partner.acting_user.username == printed["username"]


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b"", "PEM"),
        (b"-----BEGIN CERTIFICATE-----\nx", "PEM"),
        (b"-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----\n", "PEM"),
        (b"-----BEGIN RSA PRIVATE KEY-----\n", "private key"),
    ],
    ids=["empty", "no certificate", "no key", "private"],
)
def test_what_is_no_public_key_makes_nothing(key_file: Path, content: bytes, why: str) -> None:
    key_file.write_bytes(content)
    with pytest.raises(CommandError, match=why):
        output_of("create_partner", "Shop", "--scope", "x", "--public-key", str(key_file))
    assert not Partner.objects.exists()


def test_a_short_key_is_refused(key_file: Path) -> None:
    key_file.write_bytes(public_pem(private_key("short", bits=1024)))
    with pytest.raises(CommandError, match="at least 2048 bits"):
        output_of("set_partner_key", make_partner().partner.client_id, str(key_file))


@pytest.mark.parametrize(
    ("words", "why"),
    [(["nobody"], "no partner system"), (["nobody", "--revoke"], "no partner system")],
    ids=["issue", "revoke"],
)
def test_unknown_partners(words: list[str], why: str) -> None:
    with pytest.raises(CommandError, match=why):
        output_of("issue_refresh_token", *words)


def test_a_file_that_is_not_there_and_no_file_at_all(tmp_path: Path) -> None:
    client_id = make_partner().partner.client_id
    with pytest.raises(CommandError, match="cannot be read"):
        output_of("set_partner_key", client_id, str(tmp_path / "nothing"))
    with pytest.raises(CommandError, match="--remove"):
        output_of("set_partner_key", client_id)
