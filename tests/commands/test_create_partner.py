"""``manage.py create_partner``"""

import json

import pytest
from django.contrib.auth.hashers import check_password
from django.core.management.base import CommandError

from promotions.models import Partner
from promotions.services.partners import known_scopes
from tests.commands.running import output_of

pytestmark = pytest.mark.django_db


def test_prints_the_credentials_as_json() -> None:
    printed = json.loads(
        output_of("create_partner", "Web shop", "--scope", "enrollments:write", "enrollments:read")
    )
    assert printed.keys() == {"client_id", "client_secret", "username", "scopes"}
    partner = Partner.objects.get(client_id=printed["client_id"])
    assert partner.name == "Web shop"
    assert partner.scopes == printed["scopes"] == ["enrollments:write", "enrollments:read"]


def test_stores_only_a_hash_of_the_secret() -> None:
    printed = json.loads(output_of("create_partner", "Till", "--scope", "promotions:read"))
    stored = Partner.objects.get(client_id=printed["client_id"]).client_secret
    assert printed["client_secret"] not in stored
    assert check_password(printed["client_secret"], stored)


def test_the_scope_option_can_be_repeated() -> None:
    scopes = list(known_scopes())
    options = [word for scope in scopes for word in ("--scope", scope)]
    assert json.loads(output_of("create_partner", "App", *options))["scopes"] == scopes


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["Shop", "--scope", "enrollments:rule"], "no scope enrollments:rule"),
        ([" ", "--scope", "enrollments:read"], "Give the partner a name"),
        (["x" * 151, "--scope", "enrollments:read"], "at most 150"),
        (["Shop"], "--scope"),
    ],
)
def test_refuses_with_a_sentence_and_creates_nothing(words: list[str], message: str) -> None:
    with pytest.raises(CommandError, match=message):
        output_of("create_partner", *words)
    assert not Partner.objects.exists()
