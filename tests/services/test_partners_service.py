"""Partner systems: creating them, their secrets and tokens."""

from datetime import timedelta

import pytest
from django.contrib.auth.hashers import check_password
from django.utils import timezone
from oauth2_provider.models import get_access_token_model

from promotions.errors import Refused
from promotions.models import Partner, User
from promotions.services.partners import create_partner, issue_token, known_scopes, renew_secret
from tests.factories import NOW, make_partner, token_for

pytestmark = pytest.mark.django_db


def test_a_partner_has_a_secret_scopes_and_a_user_of_its_own() -> None:
    credentials = create_partner(
        name=" Web shop ", scopes=["enrollments:write", "promotions:read", "enrollments:write"]
    )
    partner = Partner.objects.get(pk=credentials.partner.pk)
    assert (partner.name, partner.scopes) == ("Web shop", ["enrollments:write", "promotions:read"])
    assert partner.client_type == "confidential"
    assert partner.authorization_grant_type == "client-credentials"
    assert partner.client_secret != credentials.client_secret, "only a hash is stored"
    assert check_password(credentials.client_secret, partner.client_secret)
    user = partner.acting_user
    assert user.display_name == "Web shop"
    assert not user.has_usable_password()
    assert not user.is_staff
    assert not user.is_superuser


def test_two_partners_may_share_a_name_and_nothing_else() -> None:
    one, other = make_partner(name="Till"), make_partner(name="Till")
    assert one.partner.client_id != other.partner.client_id
    assert one.client_secret != other.client_secret
    assert one.partner.acting_user != other.partner.acting_user


@pytest.mark.parametrize("name", ["収納", "§", "x" * 150, "Ångström & Söhne"])
def test_any_printable_name_will_do(name: str) -> None:
    partner = make_partner(name=name).partner
    assert (partner.name, partner.acting_user.display_name) == (name, name)


@pytest.mark.parametrize(
    ("name", "scopes", "expected"),
    [
        ("", ["promotions:read"], ("required", "name")),
        (" \t", ["promotions:read"], ("required", "name")),
        ("x" * 151, ["promotions:read"], ("invalid_value", "name")),
        ("a\nb", ["promotions:read"], ("invalid_value", "name")),
        ("Shop", [], ("required", "scopes")),
        ("Shop", ["promotions:read", "everything"], ("invalid_value", "scopes")),
    ],
)
def test_what_is_refused(name: str, scopes: list[str], expected: tuple[str, str]) -> None:
    users = User.objects.count()
    with pytest.raises(Refused) as caught:
        create_partner(name=name, scopes=scopes)
    assert [(error.code, error.pointer) for error in caught.value.errors] == [expected]
    assert (Partner.objects.count(), User.objects.count()) == (0, users)


def test_the_scopes_are_those_of_the_settings() -> None:
    assert set(known_scopes()) == {
        f"{what}:{how}"
        for what in ("enrollments", "promotions", "customers")
        for how in ("read", "write")
    } | {"promotions:all"}


def test_a_new_secret_replaces_the_old_one() -> None:
    old = make_partner()
    new = renew_secret(old.partner)
    partner = Partner.objects.get(pk=old.partner.pk)
    assert partner.client_id == old.partner.client_id
    assert check_password(new.client_secret, partner.client_secret)
    assert not check_password(old.client_secret, partner.client_secret)


def test_a_token_has_the_partners_scopes_and_is_stored_as_a_hash() -> None:
    credentials = make_partner(["promotions:read", "customers:read"])
    token = issue_token(credentials.partner, at=NOW)
    record = get_access_token_model().objects.get()
    assert token not in (record.token, record.token_checksum)
    assert record.application == credentials.partner
    assert set(record.scope.split()) == {"promotions:read", "customers:read"}
    assert record.expires == NOW + timedelta(hours=2)


def test_the_factorys_token_is_valid_now() -> None:
    assert token_for(make_partner()) != token_for(make_partner())
    for record in get_access_token_model().objects.all():
        assert record.is_valid(["enrollments:write"])
        assert record.expires > timezone.now()
